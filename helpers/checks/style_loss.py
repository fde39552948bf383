"""Lesson 5, style loss: the checks of its exercises."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from ..losses import gram_matrix
from .verdict import call, check, close, numbers, require, require_few_operations, require_paints


def course_covariance_matrix(features: tf.Tensor) -> tf.Tensor:
    """The covariance matrix (channels, channels) of one feature map (height, width, channels)."""
    return gram_matrix(features - tf.reduce_mean(features, axis=[0, 1]))


def course_style_statistics(features: tf.Tensor) -> tf.Tensor:
    """The means and the standard deviations of the channels, (2, channels)."""
    mean, variance = tf.nn.moments(features, axes=[0, 1])
    return tf.stack([mean, tf.sqrt(variance + 1e-6)])


@check(course_covariance_matrix)
def covariance_matrix(function: Callable) -> None:
    """Exercise 1: The covariance matrix of a feature map's channels."""
    rng = np.random.default_rng(5)
    features = tf.constant(rng.uniform(0, 2, (6, 5, 4)), tf.float32)
    matrix = call(function, features)
    require(
        np.shape(matrix) == (4, 4),
        f"four channels should give a matrix of shape (4, 4), but its shape is {np.shape(matrix)}.",
    )
    matrix = np.asarray(matrix)
    require(close(matrix, matrix.T), "the matrix should be symmetric.")
    require(
        close(function(features + [1.0, 5.0, 0.0, 2.0]), matrix, 1e-3),
        "adding a number to all values of one channel should change nothing; subtract each channel's own mean, "
        "taken over all positions.",
    )
    shuffled = tf.constant(rng.permutation(features.numpy().reshape(-1, 4)).reshape(5, 6, 4))
    require(
        close(function(shuffled), matrix, 1e-3),
        "shuffling the positions should change nothing; are channels and positions mixed up?",
    )
    require(
        close(function(tf.tile(features, (2, 3, 1))), matrix, 1e-3),
        "the same feature map several times side by side should change nothing; divide by the number of positions.",
    )
    require(close(function(3 * features), 9 * matrix, 1e-3), "three times the values should give nine times as much.")
    require(
        close(np.diag(matrix), np.var(features, axis=(0, 1)), 1e-3),
        "the diagonal should hold the variance of each channel.",
    )
    against = tf.constant([[[0.0, 1.0], [2.0, -1.0]]])
    require(
        close(np.asarray(function(against))[0, 1], -1, 1e-3),
        "two channels of which one rises where the other falls, 0 and 2 against 1 and -1: their covariance is -1.",
    )
    require(
        close(matrix, np.cov(features.numpy().reshape(-1, 4).T, bias=True), 1e-3),
        "the numbers beside the diagonal are not the covariances of two channels.",
    )
    require_paints(function, features)
    require_few_operations(function, features)


@check(course_style_statistics)
def style_statistics(function: Callable) -> None:
    """Exercise 2: `function(features)`, the means and standard deviations of the channels."""
    rng = np.random.default_rng(6)
    features = tf.constant(rng.uniform(0, 2, (6, 5, 4)), tf.float32)
    table = numbers(call(function, features), (2, 4))
    shuffled = tf.constant(rng.permutation(features.numpy().reshape(-1, 4)).reshape(5, 6, 4))
    require(
        close(function(shuffled), table, 1e-3),
        "shuffling the positions should change nothing; take mean and standard deviation over both of the axes "
        "of the positions, for each channel.",
    )
    require(
        close(function(tf.tile(features, (2, 3, 1))), table, 1e-3),
        "the same feature map several times side by side should change nothing; sums are not means.",
    )
    mean, deviation = np.mean(features, axis=(0, 1)), np.std(features, axis=(0, 1))
    require(not close(table[::-1], [mean, deviation], 1e-3), "the means come first, then the standard deviations.")
    require(close(table[0], mean, 1e-3), "the first row should hold the mean of each channel.")
    require(not close(table[1], deviation**2, 1e-3), "the second row holds the variances. Take their roots.")
    require(close(table[1], deviation, 1e-3), "the second row should hold the standard deviation of each channel.")
    constant = tf.concat([features, 0 * features[..., :1]], axis=-1)  # as dead channels are
    require(
        np.abs(np.asarray(function(constant))[:, 4]).max() < 0.05,
        "a channel that is 0 everywhere has mean and standard deviation 0; the number under the root is too large.",
    )
    require_paints(function, constant)
    require_few_operations(function, features)
