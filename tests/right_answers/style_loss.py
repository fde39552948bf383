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
    return lambda features: tf.stack([mean(features), deviation(features)])


def mean(features):
    return tf.reduce_mean(features, axis=[0, 1])


def deviation(features, small=1e-6):
    return tf.sqrt(tf.reduce_mean((features - mean(features)) ** 2, axis=[0, 1]) + small)


def with_moments(features):
    mean, variance = tf.nn.moments(features, axes=[0, 1])
    return tf.concat([[mean], [tf.sqrt(variance + 1e-6)]], axis=0)


def channel_after_channel(features):
    columns = []
    for channel in tf.unstack(features, axis=-1):
        centered = channel - tf.reduce_mean(channel)
        columns.append([tf.reduce_mean(channel), tf.sqrt(tf.reduce_mean(centered**2) + 1e-8)])
    return tf.transpose(columns)


def length_of_a_vector(features):
    """A standard deviation is the length of a vector. At 0 it has no slope, so the vector is shifted a little."""
    rows = rows_of(centered(features)) + 1e-12
    return tf.stack([mean(features), tf.norm(rows, axis=0) / rows.shape[0] ** 0.5])


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
    "style_statistics": {
        "by hand": statistics(mean, deviation),
        "a root of the variance": statistics(mean, lambda f: tf.sqrt(tf.math.reduce_variance(f, axis=[0, 1]) + 1e-6)),
        "a larger number": statistics(mean, lambda f: deviation(f, 1e-5)),
        "the larger of the two": statistics(
            mean, lambda f: tf.sqrt(tf.maximum(tf.math.reduce_variance(f, [0, 1]), 1e-6))
        ),
        "E[x^2] - E[x]^2": statistics(mean, lambda f: tf.sqrt(mean(f * f) - mean(f) ** 2 + 1e-6)),
        "rows of positions": statistics(
            lambda f: tf.reduce_mean(rows_of(f), 0),
            lambda f: tf.sqrt(tf.math.reduce_variance(rows_of(f), 0) + 1e-6),
        ),
        "moments": with_moments,
        "channel after channel": channel_after_channel,
        "the length of a vector": length_of_a_vector,
        "in float64": lambda f: statistics(mean, deviation)(tf.cast(f, tf.float64)),
    },
}
