"""Wrong answers to the exercises of lesson 5, and what the checks say about them."""

import tensorflow as tf

from helpers import losses


def centered(features):
    return features - tf.reduce_mean(features, axis=[0, 1])


def covariance_not_divided(features):
    return tf.einsum("ijc,ijd->cd", centered(features), centered(features))


def covariance_with_channels_and_positions_mixed(features):
    height, width, channels = features.shape
    matrix = tf.reshape(centered(features), (channels, height * width))
    return tf.matmul(matrix, matrix, transpose_b=True) / (height * width)


def halved_beside_the_diagonal(features):
    matrix = losses.gram_matrix(centered(features))
    return (matrix + tf.linalg.diag(tf.linalg.diag_part(matrix))) / 2


def correlation(features):
    return losses.gram_matrix(centered(features) / tf.math.reduce_std(features, (0, 1)))


def covariance_of_positions(features):
    matrix = tf.reshape(centered(features), (-1, features.shape[-1]))
    return tf.matmul(matrix, matrix, transpose_b=True) / matrix.shape[0]


def covariance_centered_on_one_mean(features):
    return losses.gram_matrix(features - tf.reduce_mean(features))


def covariance_without_gradient(features):
    return tf.constant(losses.gram_matrix(tf.constant(centered(features).numpy())).numpy())


def deviation(features, axis=(0, 1)):
    return tf.sqrt(tf.math.reduce_variance(features, axis=axis) + 1e-6)


def statistics(first=tf.reduce_mean, second=deviation, axis=(0, 1)):
    return lambda features: tf.stack([first(features, axis=axis), second(features, axis=axis)])


def sum_instead(features, axis):
    return tf.reduce_sum(features, axis=axis)


def without_gradient(features):
    return tf.constant(statistics()(features).numpy())


def root_at_zero(features, axis):
    return tf.math.reduce_std(features, axis=axis)


def too_much_under_the_root(features, axis):
    return tf.sqrt(tf.math.reduce_variance(features, axis=axis) + 0.1) - 0.08


def mean_size(features, axis):
    return tf.reduce_mean(tf.abs(features - tf.reduce_mean(features, axis=axis)), axis=axis)


WRONG = {
    "covariance_matrix": {
        "diagonal only": (lambda f: tf.linalg.diag(tf.math.reduce_variance(f, (0, 1))), "their covariance is -1"),
        "absolute": (lambda f: tf.abs(losses.gram_matrix(centered(f))), "their covariance is -1"),
        "beside the diagonal halved": (halved_beside_the_diagonal, "their covariance is -1"),
        "correlation": (correlation, "nine times"),
        "Gram matrix": (losses.gram_matrix, "mean"),
        "not divided": (covariance_not_divided, "divide by the number of positions"),
        "with channels and positions mixed": (covariance_with_channels_and_positions_mixed, "mixed up"),
        "positions": (covariance_of_positions, "shape (4, 4)"),
        "centered on one mean": (covariance_centered_on_one_mean, "each channel's own mean"),
        "without gradient": (covariance_without_gradient, "no gradient"),
    },
    "style_statistics": {
        "a root that is infinitely steep": (statistics(second=root_at_zero), "not a finite number"),
        "the other way round": (lambda f: statistics()(f)[::-1], "the means come first"),
        "variances": (statistics(second=tf.math.reduce_variance), "Take their roots"),
        "one row": (lambda f: tf.reduce_mean(f, axis=(0, 1)), "shape (2, 4)"),
        "columns": (lambda f: tf.transpose(statistics()(f)), "shape (2, 4)"),
        "a tuple of two of one column": (lambda f: (f[0], f[1]), "shape (2, 4)"),
        "one axis only": (statistics(axis=0), "shape (2, 4)"),
        "all channels together": (
            lambda f: tf.repeat(statistics(axis=(0, 1, 2))(f)[:, None], 4, axis=1),
            "first row",
        ),
        "sums": (statistics(first=sum_instead), "sums are not means"),
        "mean sizes": (statistics(second=mean_size), "second row"),
        "far from the center": (statistics(second=too_much_under_the_root), "second row"),
        "without gradient": (without_gradient, "no gradient"),
    },
}
