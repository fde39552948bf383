"""Moving pictures, one of the lessons beyond the eight: the checks of its exercises."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from .verdict import call, check, close, number, numbers, random_image, require, require_paints


def course_carried_on(last: np.ndarray, fresh: np.ndarray, pixels: int) -> np.ndarray:
    """The last painted frame, moved to the left by so many pixels; what comes in on the right is from `fresh`."""
    return np.concatenate([last[:, pixels:], fresh[:, fresh.shape[1] - pixels :]], axis=1)


def course_temporal_loss(image: tf.Tensor, before: tf.Tensor, known: tf.Tensor) -> tf.Tensor:
    """The mean squared difference of two images (height, width, 3) where `known` (height, width) is 1."""
    squares = tf.reduce_mean(tf.square(image - before), axis=-1)
    return tf.reduce_sum(known * squares) / tf.reduce_sum(known)


@check(course_carried_on)
def carried_on(function: Callable) -> None:
    """Exercise 1: `function(last, fresh, pixels)`, the last frame moved to the left."""
    last, fresh = random_image(12, 5, 8), random_image(13, 5, 8)
    kept = last.copy(), fresh.copy()
    result = numbers(call(function, last, fresh, 3), last.shape)
    require(
        (last == kept[0]).all() and (fresh == kept[1]).all(),
        "the frames that are given should stay as they are; work on a copy.",
    )
    require(
        not close(result[:, 3:], last[:, :-3]),
        "that moves to the right. When the camera goes to the right, what it sees moves to the left.",
    )
    require(not close(result[3:], last[:-3]) and not close(result[:-3], last[3:]), "columns move, not rows.")
    require(
        close(result[:, :-3], last[:, 3:]),
        "column 3 of the last frame should become column 0, column 4 column 1, and so on, if it moves by 3.",
    )
    require(
        not close(result[:, -3:], last[:, :3]),
        "what leaves the frame on the left comes back on the right; these columns should be from the frame that was "
        "painted alone.",
    )
    require(
        not close(result[:, -3:], fresh[:, :3]),
        "the new columns should be those at the right end of the frame that was painted alone, where they belong.",
    )
    require(
        close(result[:, -3:], fresh[:, -3:]),
        "the last 3 columns should be those of the frame that was painted alone.",
    )
    require(
        close(numbers(function(last, fresh, 0), last.shape), last),
        "a frame that moves by 0 pixels should stay as it is. Note that `fresh[:, -0:]` are all of its columns.",
    )


@check(course_temporal_loss)
def temporal_loss(function: Callable) -> None:
    """Exercise 2: `function(image, before, known)`, the mean squared difference where something is known."""
    rng = np.random.default_rng(14)
    image, before = (tf.constant(rng.uniform(0, 1, (4, 6, 3)), tf.float32) for _ in range(2))
    known = tf.concat([tf.ones((4, 4)), tf.zeros((4, 2))], axis=1)
    loss = number(call(function, image, before, known))
    squares = np.square(image.numpy() - before.numpy())
    inside = squares[:, :4]
    require(loss >= 0, "a loss of squares cannot be below 0.")
    require(close(function(image, image, known), 0), "for two equal images the loss should be 0.")
    require(
        not close(loss, squares.mean()),
        "the new columns count as well; multiply the squares by `known`, which is 0 there.",
    )
    require(
        not close(loss, inside.sum() / squares.size) and not close(loss, inside.sum() / 24),
        "divide by how many positions are known, and not by all of them.",
    )
    require(not close(loss, inside.sum()), "the squares are added up; take their mean.")
    require(
        not close(loss, inside.sum() / 16),
        "that is the mean over the positions, but the three colors are added up; take their mean, too.",
    )
    require(
        not close(loss, np.abs(image.numpy() - before.numpy())[:, :4].mean()),
        "these are the differences without their signs; square them.",
    )
    require(
        close(function(0.5 * image, 0.5 * before, known), loss / 4, 1e-3),
        "half the difference everywhere should give a quarter of the loss.",
    )
    require(
        close(loss, inside.mean(), 1e-3),
        "the result should be the mean of the squared differences over all values that are known.",
    )
    require_paints(lambda x: function(x, before, known), image)
