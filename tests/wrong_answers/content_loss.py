"""Wrong answers to the exercises of lesson 4, and what the checks say about them."""

import tensorflow as tf

from helpers.images import preprocess
from helpers.losses import content_loss, style_loss
from helpers.vgg import build_vgg19


def distance(first=preprocess, second=preprocess, loss=content_loss):
    def content_distance(generated, content, layer):
        network = build_vgg19([layer])
        return loss(network(first(generated)[tf.newaxis])[layer], network(second(content)[tf.newaxis])[layer])

    return content_distance


def squares(x):
    return tf.reduce_sum(tf.square(x))


def same(x):
    return x


WRONG = {
    "relative_content_loss": {
        "mean of channels' shares": (
            lambda f, p: tf.reduce_mean(tf.reduce_sum((f - p) ** 2, (0, 1)) / tf.reduce_sum(p**2, (0, 1))),
            "",
        ),
        "mean of positions' shares": (
            lambda f, p: tf.reduce_mean(tf.reduce_sum((f - p) ** 2, 2) / tf.reduce_sum(p**2, 2)),
            "divide once",
        ),
        "mean of values' shares": (lambda f, p: tf.reduce_mean((f - p) ** 2 / (p**2 + 1e-9)), ""),
        "largest channel": (
            lambda f, p: tf.reduce_max(tf.reduce_sum((f - p) ** 2, (0, 1)) / tf.reduce_sum(p**2, (0, 1))),
            "divide once",
        ),
        "not divided": (lambda f, p: squares(f - p), "ten times"),
        "divided by the count": (lambda f, p: tf.reduce_mean(tf.square(f - p)), "ten times"),
        "divided by the root": (lambda f, p: squares(f - p) / tf.sqrt(squares(p)), "ten times"),
        "by the mean square": (lambda f, p: squares(f - p) / tf.reduce_mean(tf.square(p)), "four times as large"),
        "not squared": (lambda f, p: tf.reduce_sum(abs(f - p)) / tf.reduce_sum(abs(p)), "loss four times"),
        "by the generated map": (lambda f, p: squares(f - p) / (squares(f) + 1e-9), "result should be 1"),
        "positions averaged away": (
            lambda f, p: squares(tf.reduce_mean(f - p, axis=(0, 1))) / squares(tf.reduce_mean(p, axis=(0, 1))),
            "other positions",
        ),
        "gradient blocked": (lambda f, p: tf.constant(squares(f - p).numpy() / squares(p).numpy()), "no gradient"),
    },
    "content_gradient": {
        "divided by the count": (lambda f, p: 2 * (f - p) / tf.cast(tf.size(f), f.dtype), "common factor"),
        "one row": (lambda f, p: 2 * (f - p)[:1], "shape"),
        "signs": (lambda f, p: 2 * tf.sign(f - p), "does not change as"),
        "half": (lambda f, p: f - p, "common factor"),
        "downhill": (lambda f, p: 2 * (p - f), "sign"),
        "the loss instead": (lambda f, p: tf.reduce_sum((f - p) ** 2), "shape"),
        "squares": (lambda f, p: (f - p) ** 2, "does not change as"),
        "target forgotten": (lambda f, p: 2 * f, "nothing to change"),
        "absolute": (lambda f, p: 2 * abs(f - p), "does not change as"),
    },
    "content_distance": {
        "always one layer": (lambda x, c, layer: distance()(x, c, "block2_conv1"), "feature maps of block1_conv2"),
        "the content image not": (distance(preprocess, same), "only one of the two"),
        "divided by two": (distance(loss=lambda f, p: content_loss(f, p) / 2), "sum of squared differences"),
        "nothing preprocessed": (distance(same, same), "were not preprocessed"),
        "the generated one not": (distance(same, preprocess), "only one of the two"),
        "pixels": (lambda x, c, layer: squares(x - c), "compares the pixels"),
        "mean": (distance(loss=lambda f, p: tf.reduce_mean(tf.square(f - p))), "sum of squared differences"),
        "Gram matrices": (distance(loss=style_loss), "sum of squared differences"),
        "through NumPy": (lambda x, c, layer: distance()(x.numpy(), c.numpy(), layer).numpy(), "no gradient"),
    },
}
