"""Lesson 7, optimization: the checks of its exercises."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from .verdict import call, check, close, number, require, require_gradient


@check
def weighted_total(function: Callable) -> None:
    """Exercise 1: The total loss of three losses and three weights."""
    names = ("content", "style", "total variation")
    losses = {name: tf.constant(value) for name, value in zip(names, (2.0, 0.7, 3.0), strict=True)}
    weights = {name: 0.0 for name in names}
    require(close(number(call(function, losses, weights)), 0), "with all weights 0 the total should be 0.")
    for name in names:
        total = number(call(function, losses, weights | {name: 1.0}))
        require(
            close(total, losses[name]),
            f"with weight 1 for the {name} loss and 0 for the others, the total should be the {name} loss.",
        )
    weights = dict(zip(names, (0.3, 0.5, 0.2), strict=True))
    total = number(call(function, losses, weights))
    doubled = {name: 2 * weight for name, weight in weights.items()}
    require(close(number(call(function, losses, doubled)), 2 * total), "twice the weights should give twice the total.")
    alone = [number(call(function, losses, {**dict.fromkeys(names, 0.0), name: weights[name]})) for name in names]
    require(close(total, sum(alone)), "the total should be the sum of the three weighted losses.")
    require_gradient(lambda x: function({**losses, "style": x}, weights), losses["style"])


@check
def descend(function: Callable) -> None:
    """Exercise 2: One step of gradient descent on an image, kept in 0..255."""
    image = tf.constant(np.random.default_rng(7).uniform(60, 200, (4, 5, 3)), tf.float32)
    slopes = tf.constant(np.random.default_rng(8).uniform(-1, 1, (4, 5, 3)), tf.float32)

    def tilted(x):
        return tf.reduce_sum(slopes * x)

    def bowl(x):
        return tf.reduce_sum((x - 128) ** 2) / 2

    after = np.asarray(call(function, bowl, image, 0.1))
    require(after.shape == image.shape, f"the result should have the shape of the image, not {after.shape}.")
    require(not np.array_equal(after, image), "the image did not change at all.")
    require(float(bowl(tf.constant(after))) < float(bowl(image)), "the loss should fall, and it rises.")
    small, large = (np.asarray(call(function, tilted, image, rate)) - image for rate in (5.0, 10.0))
    require(close(large, 2 * small, 1e-3), "twice the learning rate should move each pixel twice as far.")
    steeper = np.asarray(call(function, lambda x: 2 * tilted(x), image, 5.0)) - image
    require(close(steeper, 2 * small, 1e-3), "where the slope is twice as steep, the step should be twice as long.")
    require(
        close(-np.sum(small * slopes), 5 * np.sum(slopes**2), 1e-3),
        "the direction is right, but the length is not learning rate times gradient.",
    )
    flat = np.asarray(call(function, lambda x: tf.reduce_sum(0 * x), image, 0.1))
    require(close(flat, image), "where the loss is flat, the image should stay as it is.")
    far = np.asarray(call(function, tilted, image, 1000.0))
    require(far.min() >= 0 and far.max() <= 255, "after a long step there are values below 0 or above 255.")
    require(far.min() < 1 and far.max() > 254, "the whole range from 0 to 255 should be allowed.")


@check
def descend_in_coordinates(function: Callable) -> None:
    """Exercise 3: One step of gradient descent in other coordinates than pixels."""
    rng = np.random.default_rng(9)
    numbers = tf.constant(rng.uniform(-50, 50, (6,)), tf.float32)
    matrix = tf.constant(rng.normal(size=(6, 4)), tf.float32)
    slopes = tf.constant(rng.uniform(-1, 1, (4,)), tf.float32)

    def mix(x):
        return tf.linalg.matvec(matrix, x, transpose_a=True)

    def tilted(picture):
        return tf.reduce_sum(slopes * picture)

    after = np.asarray(call(function, tilted, mix, numbers, 0.1))
    require(
        after.shape == numbers.shape,
        f"the result should have the shape of the coordinates, {tuple(numbers.shape)}, not {after.shape}.",
    )
    require(not np.array_equal(after, numbers), "the coordinates did not change at all.")
    require(
        float(tilted(mix(tf.constant(after)))) < float(tilted(mix(numbers))), "the loss of the picture should fall."
    )
    small, large = (np.asarray(call(function, tilted, mix, numbers, rate)) - numbers for rate in (0.1, 0.2))
    require(close(large, 2 * small, 1e-3), "twice the learning rate should move each coordinate twice as far.")
    doubled = np.asarray(call(function, tilted, lambda x: 2 * mix(x), numbers, 0.1)) - numbers
    require(
        close(doubled, 2 * small, 1e-3),
        "where the picture changes twice as fast with the coordinates, they should move twice as far.",
    )
    require(
        close(-0.1 * tf.linalg.matvec(matrix, slopes), small, 1e-3),
        "the direction is right, but the length is not learning rate times gradient.",
    )
    far = np.asarray(call(function, tilted, mix, numbers, 1000.0))
    require(far.min() < 0 and far.max() > 255, "coordinates are no pixels; they should not be clipped.")
