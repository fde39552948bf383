"""Right answers to the exercises of lesson 1, each written in another way."""

import math
from fractions import Fraction

import numpy as np

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


def step_by_step(array):
    image = np.array(array)
    for channel in range(3):
        image[..., channel] += MEAN_BGR[channel]
    return image[..., ::-1]


def one_by_one(array):
    blue, green, red = (array[:, :, channel] + MEAN_BGR[channel] for channel in range(3))
    return np.dstack([red, green, blue])


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
    "deprocess": {
        "added, then turned": lambda array: (array + MEAN_BGR)[..., ::-1],
        "turned, then added": lambda array: array[..., ::-1] + MEAN_BGR[::-1],
        "of one image": lambda array: (array + MEAN_BGR)[:, :, ::-1],
        "flip": lambda array: np.flip(array + MEAN_BGR, axis=-1),
        "by numbers": lambda array: (array + MEAN_BGR)[..., [2, 1, 0]],
        "take": lambda array: np.take(array + MEAN_BGR, [2, 1, 0], axis=-1),
        "a copy": step_by_step,
        "one channel after the other": one_by_one,
        "add": lambda array: np.add(array, MEAN_BGR)[..., ::-1],
        "float64": lambda array: (array.astype(np.float64) + MEAN_BGR)[..., ::-1],
        "matrix": lambda array: (array + MEAN_BGR) @ np.eye(3)[::-1],
    },
}
