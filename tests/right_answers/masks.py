"""Right answers to the exercises of the lesson on masks, each written in another way."""

import numpy as np
import tensorflow as tf
from PIL import Image

from helpers import losses


def rows_of(features):
    return tf.reshape(features, (-1, features.shape[-1]))


def with_roots(features, mask):
    """The Gram matrix of the features times the mask's roots."""
    guided = features * tf.sqrt(mask / tf.reduce_mean(mask))[..., tf.newaxis]
    return losses.gram_matrix(guided)


def with_matmul(features, mask):
    rows, weights = rows_of(features), tf.reshape(mask, (-1, 1))
    return tf.matmul(rows * weights, rows, transpose_a=True) / tf.reduce_sum(weights)


def with_a_diagonal_matrix(features, mask):
    rows, weights = rows_of(features), tf.reshape(mask, [-1])
    return tf.transpose(rows) @ tf.linalg.diag(weights) @ rows / tf.reduce_sum(weights)


def position_by_position(features, mask):
    total = tf.zeros((features.shape[-1],) * 2)
    for row, weight in zip(tf.unstack(rows_of(features)), tf.unstack(tf.reshape(mask, [-1])), strict=True):
        total += weight * row[:, None] * row[None, :]
    return total / tf.reduce_sum(mask)


def row_by_row(features, mask):
    total = 0
    for of_row, weights in zip(tf.unstack(features), tf.unstack(mask), strict=True):
        total += tf.einsum("j,jc,jd->cd", weights, of_row, of_row)
    return total / tf.reduce_sum(mask)


def in_float64(features, mask):
    features, mask = tf.cast(features, tf.float64), tf.cast(mask, tf.float64)
    return tf.einsum("ij,ijc,ijd->cd", mask, features, features) / tf.reduce_sum(mask)


def a_mean_over_a_mean(features, mask):
    products = features[..., :, None] * features[..., None, :] * mask[..., None, None]
    return tf.reduce_mean(products, axis=(0, 1)) / tf.reduce_mean(mask)


def with_shares(features, mask):
    shares = mask / tf.reduce_sum(mask)
    return tf.tensordot(features * shares[..., None], features, [[0, 1], [0, 1]])


def even(mask):
    mask = np.asarray(mask, float)
    return mask[: mask.shape[0] // 2 * 2, : mask.shape[1] // 2 * 2]


def with_a_loop(mask):
    height, width = np.shape(mask)
    result = np.zeros((height // 2, width // 2))
    for i in range(height // 2):
        for j in range(width // 2):
            result[i, j] = np.mean(mask[2 * i : 2 * i + 2, 2 * j : 2 * j + 2])
    return result


def with_reshape(mask):
    mask = even(mask)
    return mask.reshape(mask.shape[0] // 2, 2, mask.shape[1] // 2, 2).mean(axis=(1, 3))


def with_matrices(mask):
    mask = even(mask)
    up, across = (np.kron(np.eye(side // 2), [0.5, 0.5]) for side in mask.shape)
    return up @ mask @ across.T


def with_pooling(mask):
    mask = tf.constant(np.asarray(mask, np.float32))[tf.newaxis, ..., tf.newaxis]
    return tf.nn.avg_pool2d(mask, 2, 2, "VALID")[0, ..., 0]


def with_pillow(mask):
    mask = even(mask)
    picture = Image.fromarray(mask.astype(np.float32))
    return np.asarray(picture.resize((mask.shape[1] // 2, mask.shape[0] // 2), Image.Resampling.BOX))


def as_lists(mask):
    return with_reshape(mask).tolist()


RIGHT = {
    "masked_gram": {
        "einsum": lambda f, m: tf.einsum("ij,ijc,ijd->cd", m, f, f) / tf.reduce_sum(m),
        "roots": with_roots,
        "matmul": with_matmul,
        "a diagonal matrix": with_a_diagonal_matrix,
        "position by position": position_by_position,
        "row by row": row_by_row,
        "in float64": in_float64,
        "a mean over a mean": a_mean_over_a_mean,
        "shares": with_shares,
    },
    "halved": {
        "four pictures": lambda m: (
            (even(m)[::2, ::2] + even(m)[1::2, ::2] + even(m)[::2, 1::2] + even(m)[1::2, 1::2]) / 4
        ),
        "rows, then columns": lambda m: (
            (even(m)[::2] + even(m)[1::2])[:, ::2] / 4 + (even(m)[::2] + even(m)[1::2])[:, 1::2] / 4
        ),
        "a loop": with_a_loop,
        "reshape": with_reshape,
        "matrices": with_matrices,
        "average pooling": with_pooling,
        "pillow": with_pillow,
        "lists": as_lists,
    },
}
