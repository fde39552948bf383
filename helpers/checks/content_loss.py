"""Lesson 4, content loss: the checks of its exercises."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from ..images import preprocess
from ..vgg import build_vgg19
from .verdict import call, check, close, number, require, require_gradient


@check
def relative_content_loss(function: Callable) -> None:
    """Exercise 1: `function(features, target)`, the content loss divided by the target's size."""
    random = np.random.default_rng(5)
    features, target = (tf.constant(random.uniform(0, 3, (4, 5, 2)), tf.float32) for _ in range(2))

    def loss(features, target):
        return number(call(function, features, target))

    require(close(loss(target, target), 0), "for the target itself the loss should be 0.")
    require(
        close(loss(10 * features, 10 * target), loss(features, target)),
        "features and target ten times as large: the result should be the same, and yours changes.",
    )
    require(
        close(loss(tf.tile(features, (2, 2, 1)), tf.tile(target, (2, 2, 1))), loss(features, target)),
        "a picture four times as large, with the same features: the result should stay, and yours changes.",
    )
    require(
        close(loss(tf.zeros_like(target), target), 1),
        "features that are 0 everywhere are off by all of the target: the result should be 1.",
    )
    require(
        close(loss(3 * target, target), 4),
        "a difference twice as large should make the loss four times as large.",
    )
    shuffled = tf.gather(tf.reshape(target, (20, 2)), random.permutation(20))
    require(
        loss(tf.reshape(shuffled, target.shape), target) > 0.01,
        "the same features at other positions are other content, and your loss does not notice.",
    )
    scale = tf.constant([1.0, 10.0])
    expected = np.sum((scale * (features - target)) ** 2) / np.sum((scale * target) ** 2)
    require(
        close(loss(scale * features, scale * target), expected),
        "with one channel ten times as strong the number is not the sum of all squared differences, divided by the sum "
        "of all squares. Add up everything first, then divide once.",
    )
    require_gradient(lambda x: call(function, x, target), features)


@check
def content_gradient(function: Callable) -> None:
    """Exercise 2: `function(features, target)`, the content loss's gradient for the features."""
    random = np.random.default_rng(4)
    features, target = random.normal(size=(2, 3, 4, 2))
    gradient = np.asarray(call(function, tf.constant(features), tf.constant(target)), dtype=float)
    require(
        gradient.shape == features.shape,
        f"there is one number for each feature, so the shape should be {features.shape}, not {gradient.shape}.",
    )
    at_target = np.asarray(call(function, tf.constant(target), tf.constant(target)))
    require(close(at_target, 0), "where the features are those of the target there is nothing to change.")

    # Central differences are exact for a sum of squares, up to rounding.
    def loss(x):
        return float(np.sum((x - target) ** 2))

    change = 1e-3
    expected = np.zeros_like(features)
    for index in np.ndindex(*features.shape):
        shift = np.zeros_like(features)
        shift[index] = change
        expected[index] = (loss(features + shift) - loss(features - shift)) / (2 * change)
    require(
        not close(gradient, -expected),
        "the sign is wrong: the gradient points to where the loss grows.",
    )
    slope = np.vdot(gradient, expected) / np.vdot(expected, expected)
    require(
        close(slope, 1) or not close(gradient, slope * expected),
        "the direction is right, but the numbers are too small or too large by a common factor.",
    )
    require(
        close(gradient, expected),
        "change one feature a little, and the loss does not change as your gradient says.",
    )


@check
def content_distance(function: Callable) -> None:
    """Exercise 3: `function(generated, content, layer)`, the content loss of two images on a layer."""
    random = np.random.default_rng(6)
    generated, content = random.uniform(0, 255, (2, 32, 48, 3)).astype(np.float32)
    a, b = preprocess(generated), preprocess(content)
    for layer in ("block2_conv1", "block1_conv2"):
        network = build_vgg19([layer])

        def distance(a, b, network=network, layer=layer):
            return float(np.sum(np.square(network(a[np.newaxis])[layer] - network(b[np.newaxis])[layer])))

        result = number(call(function, tf.constant(generated), tf.constant(content), layer))
        require(not close(result, distance(generated, content), 1e-3), "the images were not preprocessed.")
        require(
            not (close(result, distance(a, content), 1e-3) or close(result, distance(generated, b), 1e-3)),
            "only one of the two images was preprocessed.",
        )
        require(
            close(number(call(function, tf.constant(content), tf.constant(content), layer)), 0),
            "an image compared with itself should give 0.",
        )
        require(
            not close(result, float(np.sum(np.square(a - b))), 1e-3),
            "this compares the pixels. Content is compared in the feature maps.",
        )
        require(
            close(result, distance(a, b), 1e-3),
            f"the number is not the sum of squared differences of the feature maps of {layer}.",
        )
    require_gradient(lambda x: call(function, x, tf.constant(content), layer), tf.constant(generated))
