"""Lesson 6, total variation loss: the checks of its exercises."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from .verdict import call, check, close, number, require, require_few_operations, require_paints


def course_diagonal_variation(image: tf.Tensor) -> tf.Tensor:
    """The sum of absolute differences between diagonal neighbors of an image (height, width, channels)."""
    down_right = image[1:, 1:] - image[:-1, :-1]
    down_left = image[1:, :-1] - image[:-1, 1:]
    return tf.reduce_sum(tf.abs(down_right)) + tf.reduce_sum(tf.abs(down_left))


def course_smooth_variation(image: tf.Tensor, epsilon: float) -> tf.Tensor:
    """The sum of sqrt(d^2 + epsilon^2) - epsilon over the vertical and horizontal differences d of an image."""
    differences = image[1:] - image[:-1], image[:, 1:] - image[:, :-1]
    return tf.add_n([tf.reduce_sum(tf.sqrt(d**2 + epsilon**2) - epsilon) for d in differences])


@check(course_diagonal_variation)
def diagonal_variation(function: Callable) -> None:
    """Exercise 1: The absolute differences between diagonal neighbors."""
    image = tf.constant(np.random.default_rng(7).uniform(0, 1, (6, 5, 3)), tf.float32)
    loss = number(call(function, image))
    require(abs(number(function(tf.ones_like(image)))) < 1e-3, "a picture of one color should give 0.")
    require(loss > 0, "a picture of random pixels should give more than 0.")
    checkerboard = tf.constant(np.indices((6, 6)).sum(axis=0)[..., np.newaxis] % 2, tf.float32)
    require(
        abs(number(function(checkerboard))) < 1e-3,
        "a checkerboard should give 0: its diagonal neighbors are equal. Do you compare neighbors side by side?",
    )
    require(close(number(function(-image)), loss), "a negative should give the same; take absolute values.")
    require(close(number(function(3 * image)), 3 * loss), "three times the contrast should give three times as much.")
    require(
        close(number(function(image[:, ::-1])), loss, 1e-3),
        "a mirrored picture should give the same; is one of the two diagonal directions missing?",
    )
    spot = np.zeros((5, 5, 1), np.float32)
    spot[0, 0] = 1
    require(
        close(number(function(tf.constant(spot))), 1),
        "a bright pixel in the corner has one diagonal neighbor; are pixels compared across the border?",
    )
    square = tf.constant([[3.0, 1.0], [5.0, 0.0]])[..., tf.newaxis]
    require(
        close(number(function(square)), 7),
        "for the four pixels 3, 1 and 5, 0 the two diagonals differ by 3 and by 4; each difference counts on its own.",
    )
    middle = tf.constant(np.pad(np.ones((1, 1, 1), np.float32), ((1, 1), (1, 1), (0, 0))))
    require(
        close(number(function(middle)), 4),
        "a bright pixel in the middle of 3 x 3 has four diagonal neighbors, next to it.",
    )
    require(
        close(number(function(tf.concat([image, -image], axis=-1))), 2 * loss),
        "a picture beside its negative, as further channels, should give twice as much; each value counts on its own.",
    )
    require(
        close(number(function(tf.concat([image, image], axis=-1))), 2 * loss),
        "a picture with twice the channels should give twice as much; add up all differences.",
    )
    for x in (image, tf.ones_like(image)):
        require_paints(function, x)
    require_few_operations(function, image)


@check(course_smooth_variation)
def smooth_variation(function: Callable) -> None:
    """Exercise 2: The total variation with its corner at 0 rounded off."""
    image = tf.constant(np.random.default_rng(8).uniform(0, 1, (6, 5, 3)), tf.float32)
    loss = number(call(function, image, 0.1))
    require(
        abs(number(function(tf.ones_like(image), 0.1))) < 1e-3,
        "a picture of one color should give 0; subtract epsilon from each term, inside the sum.",
    )
    require(loss > 0, "a picture of random pixels should give more than 0.")
    require(close(number(function(-image, 0.1)), loss), "a negative should give the same.")
    require(
        close(number(function(tf.transpose(image, (1, 0, 2)), 0.1)), loss, 1e-3),
        "exchanging rows and columns should change nothing; are both directions in it?",
    )
    edge = tf.constant([[0.0, 0.0, 1.0]])[..., tf.newaxis]
    require(
        close(number(function(edge, 1e-4)), 1, 1e-3),
        "with a very small epsilon a single edge of height 1 should cost 1, as in the total variation loss.",
    )
    require(
        close(number(function(10 * edge, 1e-4)), 10, 1e-3),
        "with a very small epsilon an edge ten times as high should cost ten times as much.",
    )
    small = number(function(0.01 * edge, 1.0))
    require(
        close(number(function(0.02 * edge, 1.0)), 4 * small, 5e-2),
        "far below epsilon, a difference twice as large should cost four times as much.",
    )
    require(
        close(number(function(0.5 * edge, 0.5)), 0.5 * (np.sqrt(2) - 1), 1e-3),
        "a difference as large as epsilon, 0.5, should cost the root of 0.5^2 + 0.5^2 minus 0.5, which is 0.2071.",
    )
    for x in (image, tf.ones_like(image)):
        require_paints(lambda x: function(x, 0.1), x)
    require_few_operations(lambda x: function(x, 0.1), image)
