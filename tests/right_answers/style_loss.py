"""Right answers to the exercises of lesson 5, each written in another way."""

import tensorflow as tf

from helpers import losses


def rows_of(features):
    return tf.reshape(features, (-1, features.shape[-1]))


def centered(features):
    return features - tf.reduce_mean(features, axis=[0, 1], keepdims=True)


def moments_apart(features):
    """E[xy] - E[x] E[y]."""
    mean = tf.reduce_mean(rows_of(features), axis=0)
    return losses.gram_matrix(features) - tf.einsum("c,d->cd", mean, mean)


def with_matmul(features):
    matrix = rows_of(centered(features))
    return tf.transpose(matrix) @ matrix / matrix.shape[0]


def position_by_position(features):
    total = tf.zeros((features.shape[-1],) * 2)
    rows = tf.unstack(rows_of(centered(features)))
    for row in rows:
        total += row[:, None] * row[None, :]
    return total / len(rows)


def channel_by_channel(features):
    channels = tf.unstack(centered(features), axis=-1)
    return tf.stack([tf.stack([tf.reduce_mean(a * b) for b in channels]) for a in channels])


def statistics(mean, deviation):
    def statistics_loss(features, target):
        return sum(tf.reduce_sum((part(features) - part(target)) ** 2) for part in (mean, deviation))

    return statistics_loss


def mean(features):
    return tf.reduce_mean(features, axis=[0, 1])


def deviation(features, small=0.0):
    return tf.sqrt(tf.reduce_mean((features - mean(features)) ** 2, axis=[0, 1]) + small)


def in_one_table(features, target):
    def table(f):
        return tf.stack([mean(f), tf.math.reduce_std(f, axis=(0, 1))])

    return tf.reduce_sum(tf.square(table(features) - table(target)))


def with_moments(features, target):
    (mean_f, variance_f), (mean_t, variance_t) = (tf.nn.moments(x, axes=[0, 1]) for x in (features, target))
    return tf.reduce_sum((mean_f - mean_t) ** 2) + tf.reduce_sum((tf.sqrt(variance_f) - tf.sqrt(variance_t)) ** 2)


def channel_after_channel(features, target):
    loss = 0.0
    for f, t in zip(tf.unstack(features, axis=-1), tf.unstack(target, axis=-1), strict=True):
        loss += (tf.reduce_mean(f) - tf.reduce_mean(t)) ** 2
        loss += (tf.math.reduce_std(f) - tf.math.reduce_std(t)) ** 2
    return loss


RIGHT = {
    "covariance_matrix": {
        "Gram matrix of what is centered": lambda f: losses.gram_matrix(centered(f)),
        "moments apart": moments_apart,
        "matmul": with_matmul,
        "einsum": lambda f: tf.einsum("ijc,ijd->cd", centered(f), centered(f)) / (f.shape[0] * f.shape[1]),
        "tensordot": lambda f: tf.tensordot(centered(f), centered(f), [[0, 1], [0, 1]]) / (f.shape[0] * f.shape[1]),
        "position by position": position_by_position,
        "channel by channel": channel_by_channel,
        "a mean of products": lambda f: tf.reduce_mean(centered(f)[..., None] * centered(f)[..., None, :], axis=(0, 1)),
        "in float64": lambda f: losses.gram_matrix(centered(tf.cast(f, tf.float64))),
    },
    "statistics_loss": {
        "reduce_std": statistics(mean, lambda f: tf.math.reduce_std(f, axis=[0, 1])),
        "a root of the variance": statistics(mean, lambda f: tf.sqrt(tf.math.reduce_variance(f, axis=[0, 1]))),
        "by hand": statistics(mean, deviation),
        "with a small number": statistics(mean, lambda f: deviation(f, 1e-6)),
        "E[x^2] - E[x]^2": statistics(mean, lambda f: tf.sqrt(mean(f * f) - mean(f) ** 2 + 1e-9)),
        "rows of positions": statistics(
            lambda f: tf.reduce_mean(rows_of(f), 0), lambda f: tf.math.reduce_std(rows_of(f), 0)
        ),
        "in one table": in_one_table,
        "moments": with_moments,
        "channel after channel": channel_after_channel,
    },
}
