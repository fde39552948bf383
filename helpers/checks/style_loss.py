"""Lesson 5, style loss: the checks of its exercises."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from .verdict import call, check, close, number, require, require_gradient


@check
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
    require_gradient(function, features)


@check
def statistics_loss(function: Callable) -> None:
    """Exercise 2: The distance between means and standard deviations of the channels."""
    rng = np.random.default_rng(6)
    features, target = (tf.constant(rng.uniform(0, 2, shape), tf.float32) for shape in [(6, 5, 4), (3, 8, 4)])
    loss = number(call(function, features, target))
    require(close(number(function(features, features)), 0), "a feature map compared with itself should give 0.")
    require(loss > 0, "two different feature maps should give more than 0.")
    shuffled = tf.constant(rng.permutation(features.numpy().reshape(-1, 4)).reshape(5, 6, 4))
    require(
        abs(number(function(shuffled, features))) < 1e-6,
        "shuffling the positions should change nothing; take mean and standard deviation over both of the axes "
        "of the positions, for each channel.",
    )
    require(
        close(number(function(features + 3, features)), 4 * 9, 1e-3),
        "adding 3 to all values of four channels should cost 4 times 3 squared, through the means alone.",
    )
    centered = features - tf.reduce_mean(features, axis=[0, 1])
    spread = np.sum(np.var(features, axis=(0, 1)))
    require(
        close(number(function(3 * centered, centered)), 4 * spread, 1e-3),
        "two feature maps with the same means, one spread three times as wide, should differ by their standard "
        "deviations.",
    )
    pair, wider = tf.constant([[[-1.0], [1.0]]]), tf.constant([[[1.0], [5.0]]])
    require(
        close(number(function(wider, pair)), 9 + 1, 1e-3),
        "a channel of mean 0 and deviation 1 against one of mean 3 and deviation 2: the squares 9 and 1 are added.",
    )
    require(close(number(function(target, features)), loss), "exchanging the two feature maps should change nothing.")
    require_gradient(lambda x: function(x, target), features)
