"""Wrong answers to the exercises of lesson 7, and what the checks say about them."""

import tensorflow as tf
from right_answers.optimization import slope as gradient


def total(losses, weights):
    return sum(weights[name] * losses[name] for name in losses)


def with_weights_crossed(losses, weights):
    return total(losses, weights | {"content": weights["style"], "style": weights["content"]})


def without_total_variation(losses, weights):
    return total({name: losses[name] for name in ("content", "style")}, weights)


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
    "weighted_total": {
        "weights squared": (lambda losses, weights: total(losses, {n: w**2 for n, w in weights.items()}), ""),
        "losses squared": (lambda losses, weights: total({n: x**2 for n, x in losses.items()}, weights), "the total"),
        "weights ignored": (lambda losses, weights: sum(losses.values()), "with all weights 0"),
        "weights crossed": (with_weights_crossed, "the total should be the content loss"),
        "mean": (lambda losses, weights: total(losses, weights) / 3, "the total should be the content loss"),
        "total variation forgotten": (without_total_variation, "the total should be the total variation loss"),
        "divided by the weights": (
            lambda losses, weights: total(losses, weights) / (sum(weights.values()) + 1e-9),
            "twice the weights",
        ),
        "gradient blocked": (lambda losses, weights: tf.constant(float(total(losses, weights))), "no gradient"),
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
