"""Wrong answers to the exercises of lesson 7, and what the checks say about them."""

import tensorflow as tf
from right_answers.optimization import share, total
from right_answers.optimization import slope as gradient

from helpers import losses


def with_weights(change):
    return lambda image, maps, targets, weights: total()(image, maps, targets, change(weights))


def crossed(weights):
    return weights | {"content": weights["style"], "style": weights["content"]}


def from_255(image):
    return losses.total_variation_loss(image) / tf.size(image, tf.float32)


def not_counted(image):
    return losses.total_variation_loss(image / 255)


def style_not_divided(f, target):
    return losses.gram_distance(losses.gram_matrix(f), target)


def divided_by_the_picture(f, target):
    gram = losses.gram_matrix(f)
    return losses.gram_distance(gram, target) / tf.reduce_sum(gram**2)


def no_style_target(f, target):
    return tf.reduce_mean(losses.gram_matrix(f))


def blocked(image, maps, targets, weights):
    return tf.constant(float(total()(image, maps, targets, weights)))


def only_the_last_layer(image, maps, targets, weights):
    name = list(targets["style"])[-1]
    return total()(image, maps, {**targets, "style": {name: targets["style"][name]}}, weights)


def outside_the_tape(loss, image, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
    return tf.clip_by_value(image - learning_rate * tape.gradient(loss(image), image), 0, 255)


def step(rate=lambda rate: rate, slope=lambda slope: slope, low=0, high=255):
    def descend(loss, image, learning_rate):
        return tf.clip_by_value(image - rate(learning_rate) * slope(gradient(loss, image)), low, high)

    return descend


def through(to_picture, loss, numbers):
    return gradient(lambda x: loss(to_picture(x)), numbers)


def pixels_moved(loss, to_picture, numbers, learning_rate):
    picture = to_picture(numbers)
    return picture - learning_rate * gradient(loss, picture)


def picture_outside_the_tape(loss, to_picture, numbers, learning_rate):
    picture = to_picture(numbers)
    with tf.GradientTape() as tape:
        tape.watch(numbers)
        value = loss(picture)
    return numbers - learning_rate * tape.gradient(value, numbers)


def step_in_coordinates(rate=lambda rate: rate, slope=lambda slope: slope, low=-1e9, high=1e9):
    def descend(loss, to_picture, numbers, learning_rate):
        slopes = slope(through(to_picture, loss, numbers))
        return tf.clip_by_value(numbers - rate(learning_rate) * slopes, low, high)

    return descend


WRONG = {
    "total_loss": {
        "content not divided": (total(content=losses.content_loss), "content part is not divided"),
        "target forgotten": (total(content=lambda f, p: share(f, p) + 1), "content part should be 0"),
        "style added up": (total(mean=sum), "take their mean"),
        "style not divided": (total(style=style_not_divided), "divided by the sum of squares"),
        "style divided by the picture": (total(style=divided_by_the_picture), "divided by the sum of squares"),
        "style without target": (total(style=no_style_target), "does not depend on the style targets"),
        "last layer only": (only_the_last_layer, "mean over the layers"),
        "colors to 255": (total(variation=from_255), "divide the image by 255"),
        "values not counted": (total(variation=not_counted), "number of values"),
        "weights ignored": (with_weights(lambda weights: dict.fromkeys(weights, 1.0)), "with all weights 0"),
        "weights crossed": (with_weights(crossed), "content part"),
        "weights squared": (
            with_weights(lambda weights: {name: weight**2 for name, weight in weights.items()}),
            "its own weight",
        ),
        "a mean of the three": (total(add=lambda parts: sum(parts) / 3), "content weight alone"),
        "total variation forgotten": (total(variation=lambda image: 0.0), "total variation weight alone"),
        "gradient blocked": (blocked, "no gradient"),
    },
    "descend": {
        "uphill": (step(rate=lambda rate: -rate), "it rises"),
        "not clipped": (lambda loss, image, rate: image - rate * gradient(loss, image), "below 0 or above 255"),
        "clipped to 0..1": (step(high=1), "it rises"),
        "clipped to 10..245": (step(low=10, high=245), "the whole range"),
        "learning rate ignored": (step(rate=lambda rate: 1), "twice the learning rate"),
        "only the sign": (step(slope=tf.sign), "twice as steep"),
        "half a step": (step(rate=lambda rate: rate / 2), "the length is not"),
        "unchanged": (lambda loss, image, rate: image, "did not change at all"),
        "outside the tape": (outside_the_tape, "stopped with TypeError"),
    },
    "descend_in_coordinates": {
        "the pixels moved": (pixels_moved, "the shape of the coordinates"),
        "picture outside the tape": (picture_outside_the_tape, "stopped with"),
        "uphill": (step_in_coordinates(rate=lambda rate: -rate), "should fall"),
        "unchanged": (lambda loss, to_picture, numbers, rate: numbers, "did not change at all"),
        "learning rate ignored": (step_in_coordinates(rate=lambda rate: 1), "twice the learning rate"),
        "only the sign": (step_in_coordinates(slope=tf.sign), "twice as fast"),
        "half a step": (step_in_coordinates(rate=lambda rate: rate / 2), "the length is not"),
        "clipped": (step_in_coordinates(low=-255, high=255), "should not be clipped"),
    },
}
