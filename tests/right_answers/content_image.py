"""Right answers to the exercises of lesson 1, each written in another way."""

import math
from fractions import Fraction

import keras
import numpy as np
import tensorflow as tf

from helpers.images import MEAN_BGR


def by_cases(height, width, longer):
    if height >= width:
        return longer, round(width * longer / height)
    return round(height * longer / width), longer


def with_fractions(height, width, longer):
    factor = Fraction(longer, max(height, width))
    return round(height * factor), round(width * factor)


def in_a_list(height, width, longer):
    return [round(side * longer / max(height, width)) for side in (height, width)]


def with_numpy(height, width, longer):
    return np.rint(np.array([height, width]) * longer / max(height, width)).astype(int)


def half_added(height, width, longer):
    return tuple(int(side * longer / max(height, width) + 0.5) for side in (height, width))


def floor_of_half_added(height, width, longer):
    factor = longer / max(height, width)
    return math.floor(height * factor + 0.5), math.floor(width * factor + 0.5)


def in_whole_numbers(height, width, longer):
    largest = max(height, width)
    return (2 * height * longer + largest) // (2 * largest), (2 * width * longer + largest) // (2 * largest)


def sorted_sides(height, width, longer):
    shorter = round(min(height, width) / max(height, width) * longer)
    return (longer, shorter) if height > width else (shorter, longer)


def step_by_step(image):
    array = np.array(image)[..., ::-1].copy()
    for channel in range(3):
        array[..., channel] -= MEAN_BGR[channel]
    return array


def one_by_one(image):
    red, green, blue = (image[..., channel] for channel in range(3))
    return np.stack([blue - 103.939, green - 116.779, red - 123.68], axis=-1)


def in_keras(image):
    return keras.applications.vgg19.preprocess_input(image.copy())


RIGHT = {
    "fitted_size": {
        "by cases": by_cases,
        "fractions": with_fractions,
        "a list": in_a_list,
        "NumPy": with_numpy,
        "half added": half_added,
        "floor": floor_of_half_added,
        "whole numbers": in_whole_numbers,
        "sorted sides": sorted_sides,
        "floats without a fraction": lambda h, w, longer: (
            float(round(h * longer / max(h, w))),
            float(round(w * longer / max(h, w))),
        ),
    },
    "preprocess": {
        "turned, then subtracted": lambda image: image[..., ::-1] - MEAN_BGR,
        "subtracted, then turned": lambda image: (image - MEAN_BGR[::-1])[..., ::-1],
        "flip": lambda image: np.flip(image, axis=-1) - MEAN_BGR,
        "by numbers": lambda image: image[..., [2, 1, 0]] - MEAN_BGR,
        "take": lambda image: np.take(image, [2, 1, 0], axis=-1) - MEAN_BGR,
        "subtract": lambda image: np.subtract(image[..., ::-1], MEAN_BGR),
        "one channel after the other": one_by_one,
        "a copy": step_by_step,
        "float64": lambda image: image.astype(np.float64)[..., ::-1] - MEAN_BGR,
        "matrix": lambda image: image @ np.eye(3)[::-1] - MEAN_BGR,
        "a tensor": lambda image: tf.reverse(tf.constant(image), [-1]) - MEAN_BGR,
        "Keras": in_keras,
    },
}
