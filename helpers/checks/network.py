"""A network that paints, one of the lessons beyond the eight: the checks of its exercises."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from ..losses import content_loss, gram_distance, gram_matrix, squared_norm
from .verdict import call, check, close, number, require, require_paints

CONTENT_LAYER = "block4_conv2"


def course_instance_norm(features: tf.Tensor) -> tf.Tensor:
    """Features (n, height, width, channels): each channel of each picture with mean 0 and variance 1."""
    mean, variance = tf.nn.moments(features, axes=[1, 2], keepdims=True)
    return (features - mean) * tf.math.rsqrt(variance + 1e-5)


def course_painting_loss(painted: dict, wanted: dict, grams: dict, content_weight: float) -> tf.Tensor:
    """Content and style loss of a batch of painted pictures, each divided by the size of its target, on average."""
    size = tf.reduce_sum(tf.square(wanted[CONTENT_LAYER]), axis=[1, 2, 3])
    content = content_loss(painted[CONTENT_LAYER], wanted[CONTENT_LAYER]) / size
    style = [gram_distance(gram_matrix(painted[layer]), gram) / squared_norm(gram) for layer, gram in grams.items()]
    return tf.reduce_mean(content_weight * content + tf.add_n(style) / len(style))


@check(course_instance_norm)
def instance_norm(function: Callable) -> None:
    """Exercise 1: `function(features)`, each channel of each picture with mean 0 and variance 1."""
    rng = np.random.default_rng(10)
    features = tf.constant(rng.normal(5, 2, (2, 4, 5, 3)) * [1, 2, 3] + [0, 10, 20], tf.float32)
    features = features * [[[[1.0]]], [[[3.0]]]]  # the second picture has three times the contrast
    result = call(function, features)
    require(
        np.shape(result) == (2, 4, 5, 3),
        f"the result should have the shape of the features, (2, 4, 5, 3), but its shape is {np.shape(result)}.",
    )
    result = np.asarray(result)
    values = features.numpy()
    every_picture = (values - values.mean((0, 1, 2))) / values.std((0, 1, 2))
    require(
        not close(result, every_picture, 1e-2),
        "mean and variance are taken over both pictures together; each picture has its own. Leave out the first axis.",
    )
    every_channel = (values - values.mean((1, 2, 3), keepdims=True)) / values.std((1, 2, 3), keepdims=True)
    require(
        not close(result, every_channel, 1e-2),
        "mean and variance are taken over all channels together; each channel has its own. Leave out the last axis.",
    )
    means, variances = result.mean((1, 2)), result.var((1, 2))
    require(
        np.abs(means).max() < 1e-2,
        "the mean of each channel of each picture should be 0; subtract the mean over rows and columns.",
    )
    require(
        np.abs(variances - 1).max() < 1e-2,
        "the variance of each channel of each picture should be 1; divide by the standard deviation, which is the root "
        "of the variance.",
    )
    require(
        close(result, (values - values.mean((1, 2), keepdims=True)) / values.std((1, 2), keepdims=True), 1e-2),
        "a value above the mean should stay above it, and a larger one larger.",
    )
    flat = np.asarray(function(tf.ones((1, 4, 5, 3))))
    require(
        np.isfinite(flat).all(),
        "a channel that is the same everywhere has the variance 0, and 0 / 0 is no number; add a small number such as "
        "1e-5 to the variance.",
    )
    require_paints(function, tf.ones((1, 4, 5, 3)))


@check(course_painting_loss)
def painting_loss(function: Callable) -> None:
    """Exercise 2: `function(painted, wanted, grams, content_weight)`, the loss of a batch of painted pictures."""
    rng = np.random.default_rng(11)
    layers = {CONTENT_LAYER: (2, 3, 4, 5), "block1_conv1": (2, 6, 5, 3), "block2_conv1": (2, 4, 4, 6)}
    painted, wanted = (
        {layer: tf.constant(rng.uniform(0, 2, shape), tf.float32) for layer, shape in layers.items()} for _ in range(2)
    )
    wanted[CONTENT_LAYER] *= [[[[1.0]]], [[[2.0]]]]  # the second photograph's features are twice as large
    grams = {
        layer: gram_matrix(tf.constant(rng.uniform(0, 3, layers[layer][1:]), tf.float32))
        for layer in ("block1_conv1", "block2_conv1")
    }
    contents, styles = expected(painted, wanted, grams)
    both = number(call(function, painted, wanted, grams, 0.5))
    require(
        not close(both, np.sum(0.5 * contents + styles)),
        "the losses of both pictures are added up; take their mean, so that the size of a batch does not matter.",
    )
    style = number(function(painted, wanted, grams, 0.0))
    mixed = {layer: tf.concat(tf.unstack(painted[layer]), axis=0) for layer in grams}
    joint = [relative(gram_of(mixed[layer]), grams[layer]) for layer in grams]
    require(
        not close(style, np.mean(joint)),
        "there is one Gram matrix for both pictures together; each picture has its own.",
    )
    require(
        not close(style, len(grams) * styles.mean()),
        "the style losses of the layers are added up; take their mean.",
    )
    distances = [
        np.mean([np.sum((gram_of(picture) - grams[layer].numpy()) ** 2) for picture in painted[layer]])
        for layer in grams
    ]
    require(
        not close(style, np.mean(distances)),
        "the style loss on each layer should be divided by the size of the painting's Gram matrix, `squared_norm`.",
    )
    require(
        close(style, styles.mean(), 1e-3),
        "with content weight 0 the mean of the style losses should be left: over the layers of `grams`, and over the "
        "pictures.",
    )
    content = number(function(painted, wanted, grams, 1.0)) - style
    found = painted[CONTENT_LAYER].numpy(), wanted[CONTENT_LAYER].numpy()
    whole, size = np.sum((found[0] - found[1]) ** 2), np.sum(found[1] ** 2)  # of the batch
    undivided = whole / len(found[0])
    require(
        not close(content, undivided),
        "the content loss should be divided by the size of its own photograph's feature map.",
    )
    require(
        not close(content, undivided / size) and not close(content, whole / size),
        "the content loss of each picture should be divided by the size of its own photograph's feature map, and not "
        "by that of the whole batch: `squared_norm` adds up both.",
    )
    require(
        close(content, contents.mean(), 1e-3), "the content loss compares the painted pictures with the photographs."
    )
    require(close(both, np.mean(0.5 * contents + styles), 1e-3), "the content loss should be multiplied by its weight.")
    require_paints(
        lambda x: function(painted | {CONTENT_LAYER: x, "block1_conv1": x[:, :, :, :3]}, wanted, grams, 0.5),
        painted[CONTENT_LAYER],
    )


def gram_of(features: tf.Tensor) -> np.ndarray:
    rows = np.asarray(features).reshape(-1, features.shape[-1])
    return rows.T @ rows / len(rows)


def relative(value, target) -> float:
    return np.sum((np.asarray(value) - np.asarray(target)) ** 2) / np.sum(np.asarray(target) ** 2)


def expected(painted: dict, wanted: dict, grams: dict) -> tuple[np.ndarray, np.ndarray]:
    """Content and style loss of each picture, one after another."""
    pairs = zip(painted[CONTENT_LAYER], wanted[CONTENT_LAYER], strict=True)
    contents = [relative(one, other) for one, other in pairs]
    pictures = range(len(painted[CONTENT_LAYER]))
    styles = [np.mean([relative(gram_of(painted[layer][i]), grams[layer]) for layer in grams]) for i in pictures]
    return np.array(contents), np.array(styles)
