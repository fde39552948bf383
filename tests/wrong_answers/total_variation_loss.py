"""Wrong answers to the exercises of lesson 6, and what the checks say about them."""

import numpy as np
import tensorflow as tf

from helpers import losses


def diagonal(image, absolute=tf.abs, both=True):
    total = tf.reduce_sum(absolute(image[1:, 1:] - image[:-1, :-1]))
    return total + (tf.reduce_sum(absolute(image[1:, :-1] - image[:-1, 1:])) if both else 0)


def diagonal_in_one_direction(image):
    return diagonal(image, both=False)


def diagonal_squared(image):
    return diagonal(image, absolute=tf.square)


def diagonal_with_signs(image):
    return diagonal(image, absolute=tf.identity)


def diagonal_across_the_border(image):
    return sum(tf.reduce_sum(tf.abs(image - tf.roll(image, (1, shift), (0, 1)))) for shift in (1, -1))


def diagonal_as_a_mean(image):
    return diagonal(image) / tf.cast(tf.size(image), tf.float32)


def diagonal_without_gradient(image):
    return diagonal(image).numpy()


def smooth(image, epsilon, offset=1.0, both=True):
    differences = [image[1:] - image[:-1], *([image[:, 1:] - image[:, :-1]] if both else [])]
    return sum(tf.reduce_sum(tf.sqrt(d**2 + epsilon**2) - offset * epsilon) for d in differences)


def smooth_of(term):
    return lambda x, epsilon: sum(tf.reduce_sum(term(d, epsilon)) for d in (x[1:] - x[:-1], x[:, 1:] - x[:, :-1]))


def smooth_epsilon_not_subtracted(image, epsilon):
    return smooth(image, epsilon, offset=0)


def smooth_epsilon_subtracted_once(image, epsilon):
    return smooth(image, epsilon, offset=0) - epsilon


def smooth_vertical_only(image, epsilon):
    return smooth(image, epsilon, both=False)


def smooth_absolute(image, epsilon):
    return losses.total_variation_loss(image)


def smooth_squared(image, epsilon):
    return tf.reduce_sum(tf.square(image[1:] - image[:-1])) + tf.reduce_sum(tf.square(image[:, 1:] - image[:, :-1]))


def smooth_without_gradient(image, epsilon):
    return float(smooth(image, epsilon))


WRONG = {
    "diagonal_variation": {
        "one absolute value for both": (
            lambda x: tf.reduce_sum(tf.abs(x[1:, 1:] - x[:-1, :-1] + x[1:, :-1] - x[:-1, 1:])),
            "",
        ),
        "channels added first": (lambda x: diagonal(tf.reduce_sum(x, -1, keepdims=True)), "its negative"),
        "at a distance of two": (
            lambda x: tf.reduce_sum(tf.abs(x[2:, 2:] - x[:-2, :-2])) + tf.reduce_sum(tf.abs(x[2:, :-2] - x[:-2, 2:])),
            "",
        ),
        "total variation": (losses.total_variation_loss, "checkerboard"),
        "in one direction": (diagonal_in_one_direction, "mirrored"),
        "squared": (diagonal_squared, "three times the contrast"),
        "with signs": (diagonal_with_signs, ""),
        "across the border": (diagonal_across_the_border, "across the border"),
        "as a mean": (diagonal_as_a_mean, ""),
        "without gradient": (diagonal_without_gradient, "no gradient"),
        "a root without a slope at 0": (
            lambda x: diagonal(x, absolute=lambda d: tf.sqrt(tf.square(d))),
            "not a finite number",
        ),
    },
    "smooth_variation": {
        "Huber": (smooth_of(lambda d, e: tf.where(abs(d) < e, d**2 / (2 * e), abs(d) - e / 2)), "0.2071"),
        "log cosh": (
            smooth_of(lambda d, e: e * (abs(d / e) + tf.math.softplus(-2 * abs(d / e)) - np.log(2))),
            "0.2071",
        ),
        "a fraction": (smooth_of(lambda d, e: d**2 / (abs(d) + e)), "0.2071"),
        "epsilon not subtracted": (smooth_epsilon_not_subtracted, "subtract epsilon"),
        "epsilon subtracted once": (smooth_epsilon_subtracted_once, "inside the sum"),
        "vertical only": (smooth_vertical_only, "both directions"),
        "absolute": (smooth_absolute, "far below epsilon"),
        "squared": (smooth_squared, "ten times as much"),
        "with Python's int": (
            lambda x, epsilon: (
                smooth(x, epsilon, offset=0) - epsilon * int(2 * tf.size(x) - tf.size(x[0]) - tf.size(x[:, 0]))
            ),
            "cannot be compiled",
        ),
        "without gradient": (smooth_without_gradient, "no gradient"),
    },
}
