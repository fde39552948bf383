"""Other ways to compare styles than by Gram matrices, for `StyleTransfer(style_loss=...)`.

Each takes feature maps (1, height, width, channels), and forgets where in the picture something is.
"""

import tensorflow as tf

from ..objective import GRAM, StyleLoss, squared_norm


def moments(features: tf.Tensor, positions: int | None = None, counts: tf.Tensor | None = None) -> tf.Tensor:
    """Mean and covariance of the channels: what a normal distribution would keep of them.

    The Gram matrix is the covariance plus the products of the means. Kept apart, the means count on their own.

    Args:
        features: feature map (1, height, width, channels).
        counts: how much each position counts, (height, width), 1 on average; None: all the same.

    Returns:
        (1, channels + 1, channels): the covariance matrix, and below it the mean.
    """
    rows = tf.reshape(features, (1, -1, features.shape[-1]))
    counts = None if counts is None else tf.reshape(counts, (1, -1, 1))
    mean = tf.reduce_mean(rows if counts is None else rows * counts, axis=1, keepdims=True)
    centered = rows - mean if counts is None else (rows - mean) * tf.sqrt(counts)
    covariance = tf.matmul(centered, centered, transpose_a=True) / tf.cast(tf.shape(rows)[1], rows.dtype)
    return tf.concat([covariance, mean], axis=1)


def moments_distance(table: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Mean of the squared distances of the two covariances and of the two means, each divided by its target's size."""
    parts = [
        tf.reduce_sum(tf.square(part - wanted), axis=[-2, -1]) / squared_norm(wanted)
        for part, wanted in ((table[:, :-1], target[:, :-1]), (table[:, -1:], target[:, -1:]))
    ]
    return tf.add_n(parts) / 2


def sorted_projections(features: tf.Tensor, positions: int | None = None, counts: tf.Tensor | None = None) -> tf.Tensor:
    """The features seen from as many random directions as there are channels; what each direction sees is sorted.

    Two sets of features are the same exactly if they look alike from all directions. The directions are always the
    same ones: with new ones at each step L-BFGS would see another function each time.

    Args:
        features: feature map (1, height, width, channels).
        positions: how long each sorted list shall be; where that is not height x width, values are interpolated.
        counts: how much each position counts, (height, width), 1 on average: one that counts twice takes twice as
            much of its list. None: all the same.

    Returns:
        (1, channels, positions): a sorted list for each direction.
    """
    channels = features.shape[-1]
    directions = tf.random.stateless_normal((channels, channels), seed=(channels, 0), dtype=features.dtype)
    directions /= tf.norm(directions, axis=1, keepdims=True)
    seen = tf.matmul(directions, tf.reshape(features, (-1, channels)), transpose_b=True)
    if counts is not None:
        return weighted_lists(seen, tf.reshape(counts, [-1]), positions)[tf.newaxis]
    lists = tf.sort(seen)
    return lists[tf.newaxis] if positions is None else interpolated(lists, positions)[tf.newaxis]


def interpolated(lists: tf.Tensor, length: int) -> tf.Tensor:
    """Lists (n, old length) read at `length` places that are evenly spaced, in between by linear interpolation."""
    last = lists.shape[1] - 1
    places = (tf.range(length, dtype=lists.dtype) + 0.5) * lists.shape[1] / length - 0.5
    places = tf.clip_by_value(places, 0, last)
    before = tf.minimum(tf.cast(places, tf.int32), last - 1)
    share = places - tf.cast(before, lists.dtype)
    return (1 - share) * tf.gather(lists, before, axis=1) + share * tf.gather(lists, before + 1, axis=1)


def weighted_lists(values: tf.Tensor, counts: tf.Tensor, length: int | None) -> tf.Tensor:
    """Values (n, old length), sorted, each over as much of the new list as it counts; linear in between.

    Counts of 1 and 0 give the list of the values that count.

    Args:
        counts: (old length,), 1 on average.
        length: of the new lists; None: as long as the old ones.
    """
    places = tf.cast(tf.shape(values)[1] if length is None else length, values.dtype)
    wanted = (tf.range(places) + 0.5) / places
    highest = tf.reduce_max(tf.where(counts > 0, values, values.dtype.min), axis=1, keepdims=True)
    values = tf.where(counts > 0, values, highest)  # what does not count stands nowhere in between
    order = tf.argsort(values)
    values, counts = tf.gather(values, order, batch_dims=1), tf.gather(counts, order)
    middles = (tf.cumsum(counts, axis=1) - counts / 2) / tf.reduce_sum(counts, axis=1, keepdims=True)
    wanted = tf.tile(wanted[tf.newaxis], [tf.shape(values)[0], 1])
    after = tf.clip_by_value(tf.searchsorted(middles, wanted), 1, tf.shape(values)[1] - 1)
    start, end = (tf.gather(middles, place, batch_dims=1) for place in (after - 1, after))
    share = tf.clip_by_value((wanted - start) / tf.maximum(end - start, 1e-12), 0, 1)
    lower, upper = (tf.gather(values, place, batch_dims=1) for place in (after - 1, after))
    return (1 - share) * lower + share * upper


def projections_distance(table: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """The sliced Wasserstein distance of two tables of sorted projections, divided by the target's size."""
    return tf.reduce_sum(tf.square(table - target), axis=[-2, -1]) / squared_norm(target)


# Huang & Belongie (2017, arXiv:1703.06868) set a picture's means and variances to the painting's; these are compared
# here, and with them the covariances.
MOMENTS = StyleLoss(moments, moments_distance)
# Heitz, Vanhoey, Chambon & Belcour (2021), "A sliced Wasserstein loss for neural texture synthesis" (arXiv:2006.07229).
SLICED = StyleLoss(sorted_projections, projections_distance)

STYLE_LOSSES = {"gram": GRAM, "moments": MOMENTS, "sliced": SLICED}
