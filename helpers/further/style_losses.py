"""Other ways to compare styles than by Gram matrices, for `StyleTransfer(style_loss=...)`.

Each takes feature maps (1, height, width, channels), and forgets where in the picture something is.
"""

import tensorflow as tf

from ..objective import GRAM, StyleLoss, squared_norm


def moments(features: tf.Tensor, positions: int | None = None) -> tf.Tensor:
    """Mean and covariance of the channels: what a normal distribution would keep of them.

    The Gram matrix is the covariance plus the products of the means. Kept apart, the means count on their own.

    Returns:
        (1, channels + 1, channels): the covariance matrix, and below it the mean.
    """
    rows = tf.reshape(features, (1, -1, features.shape[-1]))
    mean = tf.reduce_mean(rows, axis=1, keepdims=True)
    centered = rows - mean
    covariance = tf.matmul(centered, centered, transpose_a=True) / tf.cast(tf.shape(rows)[1], rows.dtype)
    return tf.concat([covariance, mean], axis=1)


def moments_distance(table: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Mean of the squared distances of the two covariances and of the two means, each divided by its target's size."""
    parts = [
        tf.reduce_sum(tf.square(part - wanted), axis=[-2, -1]) / squared_norm(wanted)
        for part, wanted in ((table[:, :-1], target[:, :-1]), (table[:, -1:], target[:, -1:]))
    ]
    return tf.add_n(parts) / 2


def sorted_projections(features: tf.Tensor, positions: int | None = None) -> tf.Tensor:
    """The features seen from as many random directions as there are channels; what each direction sees is sorted.

    Two sets of features are the same exactly if they look alike from all directions. The directions are always the
    same ones: with new ones at each step L-BFGS would see another function each time.

    Args:
        features: feature map (1, height, width, channels).
        positions: how long each sorted list shall be; where that is not height x width, values are interpolated.

    Returns:
        (1, channels, positions): a sorted list for each direction.
    """
    channels = features.shape[-1]
    directions = tf.random.stateless_normal((channels, channels), seed=(channels, 0), dtype=features.dtype)
    directions /= tf.norm(directions, axis=1, keepdims=True)
    lists = tf.sort(tf.matmul(directions, tf.reshape(features, (-1, channels)), transpose_b=True))
    return lists[tf.newaxis] if positions is None else interpolated(lists, positions)[tf.newaxis]


def interpolated(lists: tf.Tensor, length: int) -> tf.Tensor:
    """Lists (n, old length) read at `length` places that are evenly spaced, in between by linear interpolation."""
    last = lists.shape[1] - 1
    places = (tf.range(length, dtype=lists.dtype) + 0.5) * lists.shape[1] / length - 0.5
    places = tf.clip_by_value(places, 0, last)
    before = tf.minimum(tf.cast(places, tf.int32), last - 1)
    share = places - tf.cast(before, lists.dtype)
    return (1 - share) * tf.gather(lists, before, axis=1) + share * tf.gather(lists, before + 1, axis=1)


def projections_distance(table: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """The sliced Wasserstein distance of two tables of sorted projections, divided by the target's size."""
    return tf.reduce_sum(tf.square(table - target), axis=[-2, -1]) / squared_norm(target)


# Huang & Belongie (2017, arXiv:1703.06868) set a picture's means and variances to the painting's; these are compared
# here, and with them the covariances.
MOMENTS = StyleLoss(moments, moments_distance)
# Heitz, Vanhoey, Chambon & Belcour (2021), "A sliced Wasserstein loss for neural texture synthesis" (arXiv:2006.07229).
SLICED = StyleLoss(sorted_projections, projections_distance)

STYLE_LOSSES = {"gram": GRAM, "moments": MOMENTS, "sliced": SLICED}
