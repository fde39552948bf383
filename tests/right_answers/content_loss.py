"""Right answers to the exercises of lesson 4, each written in another way."""

import numpy as np
import tensorflow as tf

from helpers.images import preprocess
from helpers.losses import content_loss
from helpers.vgg import build_vgg19


def squares(x):
    return tf.reduce_sum(tf.square(x))


def in_two_lines(features, target):
    difference = features - target
    return tf.reduce_sum(difference * difference) / tf.reduce_sum(target * target)


def row_by_row(features, target):
    above = below = 0.0
    for row, wanted in zip(tf.unstack(features), tf.unstack(target), strict=True):
        above, below = above + squares(row - wanted), below + squares(wanted)
    return above / below


def with_a_tape(features, target):
    with tf.GradientTape() as tape:
        tape.watch(features)
        value = tf.reduce_sum((features - target) ** 2)
    return tape.gradient(value, features)


def value_by_value(features, target):
    gradient = np.zeros(features.shape)
    for index in np.ndindex(*gradient.shape):
        gradient[index] = 2 * (float(features[index]) - float(target[index]))
    return gradient


def distance(batch=lambda image: preprocess(image)[tf.newaxis], loss=lambda f, p: content_loss(f, p)[0]):
    def content_distance(generated, content, layer):
        network = build_vgg19([layer])
        return loss(network(batch(generated))[layer], network(batch(content))[layer])

    return content_distance


def both_at_once(generated, content, layer):
    features = build_vgg19([layer])(preprocess(tf.stack([generated, content])))[layer]
    return tf.reduce_sum((features[0] - features[1]) ** 2)


def two_networks(generated, content, layer):
    features, target = (build_vgg19([layer])(preprocess(x)[None])[layer] for x in (generated, content))
    return squares(features - target)


RIGHT = {
    "relative_content_loss": {
        "sums of squares": lambda f, p: squares(f - p) / squares(p),
        "two lines": in_two_lines,
        "row by row": row_by_row,
        "means of squares": lambda f, p: tf.reduce_mean((f - p) ** 2) / tf.reduce_mean(p**2),
        "norms": lambda f, p: (tf.norm(f - p + 1e-12) / tf.norm(p)) ** 2,
        "einsum": lambda f, p: tf.einsum("ijc,ijc->", f - p, f - p) / tf.einsum("ijc,ijc->", p, p),
        "nn.l2_loss": lambda f, p: tf.nn.l2_loss(f - p) / tf.nn.l2_loss(p),
        "tensordot": lambda f, p: tf.tensordot(f - p, f - p, 3) / tf.tensordot(p, p, 3),
        "through the course's": lambda f, p: content_loss(f, p) / content_loss(p, 0.0),
        "the target scaled to 1": lambda f, p: squares(f / tf.sqrt(squares(p)) - p / tf.sqrt(squares(p))),
        "with a shape of (1,)": lambda f, p: tf.reshape(squares(f - p) / squares(p), (1,)),
    },
    "content_gradient": {
        "twice the difference": lambda f, p: 2 * (f - p),
        "a sum": lambda f, p: (f - p) + (f - p),
        "multiplied out": lambda f, p: 2 * f - 2 * p,
        "tf.multiply": lambda f, p: tf.multiply(tf.cast(2, f.dtype), tf.subtract(f, p)),
        "NumPy": lambda f, p: 2 * (f.numpy() - p.numpy()),
        "minus": lambda f, p: -2 * (p - f),
        "value by value": value_by_value,
        "a list": lambda f, p: (2 * (f - p)).numpy().tolist(),
        "a tape": with_a_tape,
    },
    "content_distance": {
        "the course's loss": distance(),
        "squares": distance(loss=lambda f, p: squares(f - p)),
        "one number in a batch": distance(loss=content_loss),
        "expand_dims": distance(batch=lambda image: tf.expand_dims(preprocess(image), 0)),
        "reshape": distance(batch=lambda image: tf.reshape(preprocess(image), (1, *image.shape))),
        "preprocess the batch": distance(batch=lambda image: preprocess(image[None])),
        "without the batch axis": distance(loss=lambda f, p: content_loss(f[0], p[0])),
        "both at once": both_at_once,
        "two networks": two_networks,
    },
}
