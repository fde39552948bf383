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


def statistics(features, target, axis=(0, 1), parts=(tf.reduce_mean, tf.math.reduce_std), size=tf.square):
    return sum(tf.reduce_sum(size(part(features, axis=axis) - part(target, axis=axis))) for part in parts)


def statistics_of_means_only(features, target):
    return statistics(features, target, parts=[tf.reduce_mean])


def statistics_of_deviations_only(features, target):
    return statistics(features, target, parts=[tf.math.reduce_std])


def statistics_of_all_channels_together(features, target):
    return statistics(features, target, axis=(0, 1, 2))


def statistics_of_positions(features, target):
    return statistics(features, target, axis=2)


def statistics_not_squared(features, target):
    return statistics(features, target, size=tf.abs)


def statistics_with_variances(features, target):
    return statistics(features, target, parts=[tf.reduce_mean, tf.math.reduce_variance])


def statistics_added_before_squaring(features, target):
    mean, deviation = (
        abs(part(features, (0, 1)) - part(target, (0, 1))) for part in (tf.reduce_mean, tf.math.reduce_std)
    )
    return tf.reduce_sum((mean + deviation) ** 2)


def statistics_of_the_larger_one(features, target):
    mean, deviation = (part(features, (0, 1)) - part(target, (0, 1)) for part in (tf.reduce_mean, tf.math.reduce_std))
    return tf.reduce_sum(tf.maximum(mean**2, deviation**2))


def statistics_without_gradient(features, target):
    return float(statistics(features, target))


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
    "statistics_loss": {
        "added before squaring": (statistics_added_before_squaring, "are added"),
        "the larger one": (statistics_of_the_larger_one, "are added"),
        "means only": (statistics_of_means_only, "standard deviations"),
        "deviations only": (statistics_of_deviations_only, "means alone"),
        "all channels together": (statistics_of_all_channels_together, "means alone"),
        "positions": (statistics_of_positions, ""),
        "not squared": (statistics_not_squared, "3 squared"),
        "with variances": (statistics_with_variances, "standard deviations"),
        "without gradient": (statistics_without_gradient, "no gradient"),
    },
}
