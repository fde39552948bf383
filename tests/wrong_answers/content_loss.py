"""Wrong answers to the exercises of lesson 4, and what the checks say about them."""

import tensorflow as tf

from helpers.images import preprocess
from helpers.losses import content_loss, relative_content_loss, style_loss
from helpers.vgg import build_vgg19


def loss_of(first=preprocess, second=preprocess, loss=relative_content_loss, layer=None):
    def content_loss_of(content, asked):
        of = layer or asked
        network = build_vgg19([of], pooling="avg")
        target = network(second(tf.constant(content))[tf.newaxis])[of]
        return lambda image: loss(network(first(image)[tf.newaxis])[of], target)

    return content_loss_of


def number_instead(content, layer):
    return tf.constant(0.3)


def inner_returns_nothing(content, layer):
    return lambda image: None


def target_follows(content, layer):
    return lambda image: loss_of()(image, layer)(image)


def gradient_blocked(content, layer):
    return lambda image: tf.constant(loss_of()(content, layer)(tf.constant(image.numpy())).numpy())


def by_the_image(f, p):
    return squares(f - p) / squares(f)


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
    "content_loss_of": {
        "always one layer": (loss_of(layer="block2_conv2"), "relative content loss on block1_conv2"),
        "the content image not preprocessed": (loss_of(preprocess, same), "only one of the two"),
        "the image not preprocessed": (loss_of(same, preprocess), "only one of the two"),
        "nothing preprocessed": (loss_of(same, same), "were not preprocessed"),
        "not divided": (loss_of(loss=content_loss), "was not divided"),
        "divided by the count": (loss_of(loss=lambda f, p: tf.reduce_mean(tf.square(f - p))), "relative content loss"),
        "divided by the image's features": (loss_of(loss=by_the_image), "not by those of the target"),
        "pixels": (lambda c, layer: lambda x: squares(x - c) / squares(preprocess(c)), "compares the pixels"),
        "Gram matrices": (loss_of(loss=style_loss), "relative content loss"),
        "a number": (number_instead, "should be a function"),
        "nothing inside": (inner_returns_nothing, "inner function returns None"),
        "the target follows the image": (target_follows, "relative content loss"),
        "through NumPy": (gradient_blocked, "no gradient"),
    },
}
