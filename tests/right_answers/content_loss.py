"""Right answers to the exercises of lesson 4, each written in another way."""

import tensorflow as tf

from helpers.images import preprocess
from helpers.losses import content_loss, relative_content_loss
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


def loss_of(
    pooling="avg",
    batch=lambda image: preprocess(image)[tf.newaxis],
    loss=lambda f, p: squares(f - p) / squares(p),
):
    def content_loss_of(content, layer):
        network = build_vgg19([layer], pooling=pooling)
        target = network(batch(tf.constant(content)))[layer]
        return lambda image: loss(network(batch(image))[layer], target)

    return content_loss_of


class LossOf:
    def __init__(self, content, layer):
        self.network, self.layer = build_vgg19([layer]), layer
        self.target = self.features(content)

    def features(self, image):
        return self.network(preprocess(image)[tf.newaxis])[self.layer][0]

    def __call__(self, image):
        return tf.reduce_sum((self.features(image) - self.target) ** 2) / tf.reduce_sum(self.target**2)


def both_at_once(content, layer):
    network = build_vgg19([layer])

    def loss(image):
        features = network(preprocess(tf.stack([image, tf.constant(content)])))[layer]
        return squares(features[0] - features[1]) / squares(features[1])

    return loss


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
    "content_loss_of": {
        "average pooling": loss_of(),
        "max pooling": loss_of("max"),
        "L2 pooling": loss_of("l2"),
        "the course's losses": loss_of(loss=relative_content_loss),
        "without the batch axis": loss_of(loss=lambda f, p: relative_content_loss(f[0], p[0])),
        "expand_dims": loss_of(batch=lambda image: tf.expand_dims(preprocess(image), 0)),
        "preprocess the batch": loss_of(batch=lambda image: preprocess(image[None])),
        "both at once": both_at_once,
        "a class": LossOf,
    },
}
