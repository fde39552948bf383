"""Lesson 4, content loss: the checks of its exercises."""

import functools
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from .. import losses
from ..images import preprocess
from ..vgg import POOLING, build_vgg19
from .verdict import call, check, close, number, require, require_few_operations, require_paints


def course_content_loss_of(content: np.ndarray, layer: str) -> Callable:
    """The relative content loss on a layer, as a function of an image (height, width, 3), RGB, 0..255."""
    network = build_vgg19([layer], pooling="avg")

    def features(image):
        return network(preprocess(image)[tf.newaxis])[layer][0]

    target = features(tf.constant(content))
    return lambda image: losses.relative_content_loss(features(image), target)


@check(losses.relative_content_loss)
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
    for x in (features, target):  # the painting starts at the target
        require_paints(lambda x: call(function, x, target), x)
    require_few_operations(lambda x: function(x, tf.ones_like(x)), features)


LAYERS = ("block2_conv2", "block1_conv2", "block3_conv1")


@functools.cache  # a check is run many times
def views_and_features() -> tuple[dict, list[dict]]:
    """Two images, as they are and preprocessed, by name; and the feature maps of each, one table a kind of pooling.

    Any kind of pooling is right.
    """
    generated, content = np.random.default_rng(6).uniform(0, 255, (2, 32, 48, 3)).astype(np.float32)
    views = {"generated": generated, "content": content}
    views |= {f"preprocessed {name}": preprocess(image) for name, image in views.items()}
    networks = [build_vgg19(LAYERS, pooling=pooling) for pooling in POOLING]
    return views, [{name: network(view[np.newaxis]) for name, view in views.items()} for network in networks]


@check(course_content_loss_of)
def content_loss_of(function: Callable) -> None:
    """Exercise 2: `function(content, layer)`, which returns the content loss on a layer as a function of an image."""
    views, seen = views_and_features()
    generated, content = views["generated"], views["content"]
    for layer in LAYERS:
        loss = call(function, content.copy(), layer)
        require(
            callable(loss),
            "the result should be a function that takes an image, but it is of type "
            f"{type(loss).__name__}. Define a second function inside, and return it.",
        )
        result = loss(tf.constant(generated))
        require(result is not None, "the inner function returns None; it should return the loss.")
        result = number(result)

        def is_distance(view, target, relative=True, layer=layer, result=result):
            """Whether the result is the loss between two views, with one of the kinds of pooling."""
            pairs = [(maps[view][layer].numpy(), maps[target][layer].numpy()) for maps in seen]
            return any(close(result, np.sum((f - p) ** 2) / (np.sum(p**2) if relative else 1), 1e-3) for f, p in pairs)

        a, b = "preprocessed generated", "preprocessed content"
        require(not is_distance("generated", "content"), "the images were not preprocessed.")
        require(
            not (is_distance(a, "content") or is_distance("generated", b)),
            "only one of the two images was preprocessed.",
        )
        require(close(number(loss(tf.constant(content))), 0), "for the content image itself the loss should be 0.")
        require(not is_distance(a, b, relative=False), "the loss was not divided by the target's sum of squares.")
        require(not is_distance(b, a), "it is divided by the features of the image, not by those of the target.")
        require(
            not close(result, np.sum(np.square(views[a] - views[b])) / np.sum(np.square(views[b])), 1e-3),
            "this compares the pixels. Content is compared in the feature maps.",
        )
        require(is_distance(a, b), f"the number is not the relative content loss on {layer}.")
    require_paints(loss, tf.constant(generated))
