"""Right answers to the exercises of the lesson on moving pictures, each written in another way."""

import numpy as np
import tensorflow as tf
from PIL import Image


def on_a_copy(last, alone, pixels):
    result = alone.copy()
    result[:, : last.shape[1] - pixels] = last[:, pixels:]
    return result


def rolled(last, alone, pixels):
    result = np.roll(last, -pixels, axis=1)
    width = last.shape[1]
    result[:, width - pixels :] = alone[:, width - pixels :]
    return result


def column_by_column(last, alone, pixels):
    width = last.shape[1]
    columns = [last[:, j + pixels] if j + pixels < width else alone[:, j] for j in range(width)]
    return np.stack(columns, axis=1)


def with_where(last, alone, pixels):
    old = np.arange(last.shape[1])[:, np.newaxis] < last.shape[1] - pixels
    return np.where(old, np.roll(last, -pixels, axis=1), alone)


def from_one_long_strip(last, alone, pixels):
    strip = np.hstack([last, alone[:, alone.shape[1] - pixels :]])
    return strip[:, pixels:]


def in_tensorflow(last, alone, pixels):
    return tf.concat([last[:, pixels:], alone[:, alone.shape[1] - pixels :]], axis=1)


def with_indices(last, alone, pixels):
    both = np.concatenate([last, alone], axis=1)
    width = last.shape[1]
    return both[:, [*range(pixels, width), *range(2 * width - pixels, 2 * width)]]


def channel_by_channel(last, alone, pixels):
    pictures = [Image.fromarray(alone[..., c]) for c in range(3)]
    for c, picture in enumerate(pictures):
        picture.paste(Image.fromarray(np.ascontiguousarray(last[:, pixels:, c])), (0, 0))
    return np.stack([np.asarray(picture) for picture in pictures], axis=-1)


def mean_of_colors(image, before, known):
    return tf.reduce_sum(known * tf.reduce_mean((image - before) ** 2, -1)) / tf.reduce_sum(known)


def with_a_new_axis(image, before, known):
    return tf.reduce_sum(known[..., None] * (image - before) ** 2) / (3 * tf.reduce_sum(known))


def masked(image, before, known):
    return tf.reduce_mean(tf.boolean_mask(tf.square(image - before), known > 0))


def of_differences_times_known(image, before, known):
    return tf.reduce_sum(((image - before) * known[..., tf.newaxis]) ** 2) / tf.reduce_sum(known) / 3


def with_einsum(image, before, known):
    difference = image - before
    return tf.einsum("ij,ijc,ijc->", known, difference, difference) / (3 * tf.reduce_sum(known))


def mean_over_mean(image, before, known):
    return tf.reduce_mean(known[..., None] * (image - before) ** 2) / tf.reduce_mean(known)


def filled_in(image, before, known):
    """Where nothing is known, the image itself is taken for what was there before."""
    target = tf.where(known[..., None] > 0, before, image)
    return tf.reduce_mean((image - target) ** 2) / tf.reduce_mean(known)


def in_float64(image, before, known):
    return mean_of_colors(*(tf.cast(x, tf.float64) for x in (image, before, known)))


RIGHT = {
    "carried_on": {
        "on a copy": on_a_copy,
        "rolled": rolled,
        "column by column": column_by_column,
        "where": with_where,
        "one long strip": from_one_long_strip,
        "TensorFlow": in_tensorflow,
        "indices": with_indices,
        "channel by channel": channel_by_channel,
    },
    "temporal_loss": {
        "mean of colors": mean_of_colors,
        "a new axis": with_a_new_axis,
        "masked": masked,
        "differences times known": of_differences_times_known,
        "einsum": with_einsum,
        "mean over mean": mean_over_mean,
        "filled in": filled_in,
        "in float64": in_float64,
    },
}
