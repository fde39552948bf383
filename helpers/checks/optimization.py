"""Lesson 7, optimization: the checks of its exercises."""

from collections.abc import Callable, Mapping

import numpy as np
import tensorflow as tf

from .. import losses
from .verdict import call, check, close, number, require, require_paints

CONTENT_LAYER = "block4_conv2"


def course_total_loss(image: tf.Tensor, maps: Mapping, targets: Mapping, weights: Mapping) -> tf.Tensor:
    """The weighted sum of the three losses, each divided by the size of its target (see lesson 7, exercise 1)."""
    content = losses.relative_content_loss(maps[CONTENT_LAYER], targets["content"])
    style = [
        losses.gram_distance(losses.gram_matrix(maps[name]), target) / losses.squared_norm(target)
        for name, target in targets["style"].items()
    ]
    variation = losses.total_variation_loss(image / 255) / tf.size(image, tf.float32)
    return (
        weights["content"] * content
        + weights["style"] * tf.add_n(style) / len(style)
        + weights["total variation"] * variation
    )


def course_descend(loss: Callable, image: tf.Tensor, learning_rate: float) -> tf.Tensor:
    """The image after one step of gradient descent, with all values in 0..255."""
    return tf.clip_by_value(course_descend_in_coordinates(loss, tf.identity, image, learning_rate), 0, 255)


def course_descend_in_coordinates(
    loss: Callable, to_picture: Callable, numbers: tf.Tensor, learning_rate: float
) -> tf.Tensor:
    """The coordinates after one step of gradient descent on the loss of their picture."""
    with tf.GradientTape() as tape:
        tape.watch(numbers)
        value = loss(to_picture(numbers))
    return numbers - learning_rate * tape.gradient(value, numbers)


@check(course_total_loss)
def total_loss(function: Callable) -> None:
    """Exercise 1: `function(image, maps, targets, weights)`, the weighted sum of the three losses."""
    rng = np.random.default_rng(3)

    def tensor(*shape):
        return tf.constant(rng.uniform(0, 2, shape), tf.float32)

    image = 100 * tensor(8, 12, 3)
    maps = {CONTENT_LAYER: tensor(2, 3, 5), "block1_conv1": tensor(8, 12, 4), "block2_conv1": tensor(4, 6, 3)}
    style = {"block1_conv1": losses.gram_matrix(tensor(5, 7, 4)), "block2_conv1": losses.gram_matrix(tensor(6, 2, 3))}
    targets = {"content": tensor(2, 3, 5), "style": style}
    names = ("content", "style", "total variation")
    none = dict.fromkeys(names, 0.0)

    def total(image=image, maps=maps, targets=targets, **weights):
        return number(call(function, image, maps, targets, none | weights))

    require(close(total(), 0), "with all weights 0 the total should be 0.")
    alone = {name: total(**{name: 1.0}) for name in names}
    expected = {name: float(course_total_loss(image, maps, targets, none | {name: 1.0})) for name in names}
    at_target = total(maps={**maps, CONTENT_LAYER: targets["content"]}, content=1.0)
    require(close(at_target, 0), "with the target's own feature map the content part should be 0.")
    difference = float(losses.content_loss(maps[CONTENT_LAYER], targets["content"]))
    require(not close(alone["content"], difference), "the content part is not divided by the target's size.")
    require(close(alone["content"], expected["content"]), "with the content weight alone the number is not right.")
    require(
        not close(alone["style"], 2 * expected["style"]),
        "the style part is the sum over the layers; take their mean.",
    )
    ratio = total(targets={**targets, "style": {name: 2 * gram for name, gram in style.items()}}, style=1.0)
    require(ratio != alone["style"], "the style part does not depend on the style targets.")
    require(
        close(alone["style"], expected["style"]),
        "with the style weight alone the number is not the mean over the layers of the squared distance of two Gram "
        "matrices, divided by the sum of squares of the target.",
    )
    variation = float(losses.total_variation_loss(image))
    require(
        not close(alone["total variation"], variation / image.numpy().size),
        "for the total variation the colors have to go from 0 to 1: divide the image by 255.",
    )
    require(
        not close(alone["total variation"], variation / 255),
        "the total variation is not divided by the number of values.",
    )
    require(
        close(alone["total variation"], expected["total variation"]),
        "with the total variation weight alone the number is not right.",
    )
    weights = dict(zip(names, (0.3, 0.5, 0.2), strict=True))
    require(
        close(total(**weights), sum(weights[name] * alone[name] for name in names)),
        "the total should be the sum of the three losses, each times its own weight.",
    )
    require_paints(lambda x: function(x, maps, targets, weights), image)
    for name in maps:
        require_paints(lambda x, name=name: function(image, {**maps, name: x}, targets, weights), maps[name])


@check(course_descend)
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


@check(course_descend_in_coordinates)
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
