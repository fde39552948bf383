"""Masks, the first lesson beyond the eight: the checks of its exercises."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from ..masks import pooled
from .verdict import Off, call, check, close, require, require_few_operations, require_paints


def course_masked_gram(features: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    """The Gram matrix (channels, channels) of the part of a feature map (height, width, channels) that a mask shows."""
    weighted = features * mask[..., tf.newaxis]
    return tf.einsum("ijc,ijd->cd", weighted, features) / tf.reduce_sum(mask)


def course_halved(mask: np.ndarray) -> np.ndarray:
    """A mask (height, width) at half the size: averages of 2 x 2."""
    return pooled(mask, 1)


@check(course_masked_gram)
def masked_gram(function: Callable) -> None:
    """Exercise 1: `function(features, mask)`, the Gram matrix of the part that the mask shows."""
    rng = np.random.default_rng(8)
    features = tf.constant(rng.uniform(0, 2, (6, 5, 4)), tf.float32)
    mask = tf.constant(rng.uniform(0.1, 1, (6, 5)), tf.float32)
    matrix = call(function, features, mask)
    require(
        np.shape(matrix) == (4, 4),
        f"four channels should give a matrix of shape (4, 4), but its shape is {np.shape(matrix)}.",
    )
    matrix = np.asarray(matrix)
    rows = features.numpy().reshape(-1, 4)
    white = np.asarray(function(features, tf.ones((6, 5))))
    require(
        not close(white, rows.T @ rows, 1e-3),
        "where the mask is 1 everywhere, the result should be the Gram matrix: divide by the sum of the mask.",
    )
    require(
        close(white, rows.T @ rows / len(rows), 1e-3),
        "where the mask is 1 everywhere, the result should be the Gram matrix of lesson 5.",
    )
    require(close(matrix, matrix.T, 1e-3), "the matrix should be symmetric.")
    upper = tf.concat([tf.ones((3, 5)), tf.zeros((3, 5))], axis=0)
    part = rows[:15].T @ rows[:15]
    shown = np.asarray(function(features, upper))
    require(
        not close(shown, part / 30, 1e-3),
        "for a mask that shows half of the positions, the numbers are half as large as they should be: divide by the "
        "sum of the mask, not by the number of positions.",
    )
    require(
        close(shown, part / 15, 1e-3),
        "for a mask of zeros and ones the result should be the Gram matrix of the positions with a one, and of those "
        "alone.",
    )
    weights = mask.numpy().reshape(-1, 1)
    require(
        not close(matrix, (weights**2 * rows).T @ rows / weights.sum(), 1e-3)
        and not close(matrix, (weights**2 * rows).T @ rows / (weights**2).sum(), 1e-3),
        "a position of 1/2 should count half as much as one of 1, but here it counts a quarter: the mask is in both "
        "factors. Multiply only one of them by it, or both by its root.",
    )
    require(
        close(function(features, 0.5 * mask), matrix, 1e-3),
        "a mask that is half as bright everywhere should change nothing; divide by the sum of the mask.",
    )
    require(
        close(matrix, (weights * rows).T @ rows / weights.sum(), 1e-3),
        "each position's products should be multiplied by the mask's value at that position.",
    )
    require_paints(lambda x: function(x, tf.ones(x.shape[:2])), features)
    require_few_operations(lambda x: function(x, tf.ones(x.shape[:2])), features)


@check(course_halved)
def halved(function: Callable) -> None:
    """Exercise 2: `function(mask)`, a mask at half the size."""
    mask = np.random.default_rng(9).uniform(0, 1, (4, 6)).astype(np.float32)
    result = call(function, mask.copy())
    try:
        result = np.asarray(result, float)
    except (TypeError, ValueError):
        raise Off(f"the result should be an array, but it is of type {type(result).__name__}.") from None
    require(
        result.shape == (2, 3),
        f"a mask of 4 rows and 6 columns should become one of (2, 3), but its shape is {result.shape}.",
    )
    rows, columns = (function(np.repeat([[0.0, 1.0]], 2, axis=0)), function(np.array([[0.0, 0.0], [1.0, 1.0]])))
    squares = [mask[i : i + 2, j : j + 2] for i in (0, 2) for j in (0, 2, 4)]
    picked = [[square[i, j] for square in squares] for i in (0, 1) for j in (0, 1)]
    require(
        not any(close(result.ravel(), one) for one in picked),
        "each new value is one of the four; take the average of the four, so that half a square counts half.",
    )
    require(
        not close(result.ravel(), [square.sum() for square in squares]),
        "the sums of four values go up to 4; take their averages, so that white stays white.",
    )
    require(
        not close(result.ravel(), [square.max() for square in squares]),
        "the largest of four makes the region grow; take the average.",
    )
    require(
        close(rows, 0.5) and close(columns, 0.5),
        "a square that is half white should become 1/2, in both directions.",
    )
    require(
        close(result.ravel(), [square.mean() for square in squares]),
        "each new value should be the average of a square of two rows and two columns.",
    )
    odd = np.asarray(function(np.pad(mask, ((0, 1), (0, 1)))))
    require(
        odd.shape == (2, 3) and close(odd, result),
        "VGG19 drops the last row or column when their number is odd: 5 rows and 7 columns become 2 and 3.",
    )
