"""Start here: the checks of its exercises."""

from collections.abc import Callable

import numpy as np

from .verdict import call, check, close, numbers, random_image, require


def course_mean_color(image: np.ndarray) -> np.ndarray:
    """The mean red, green and blue of an image (height, width, 3): an array of three numbers."""
    return image.mean(axis=(0, 1))


@check(course_mean_color)
def mean_color(function: Callable) -> None:
    """Exercise 1: An image's mean red, green and blue."""
    image = random_image(0)
    kept = image.copy()
    color = numbers(call(function, image), (3,))
    require(np.array_equal(image, kept), "your function changes the image it is given.")
    flat = np.ones((3, 5, 3), np.float32) * np.array([10, 20, 60], np.float32)
    found = numbers(call(function, flat), (3,))
    require(not close(found, [60, 20, 10]), "red and blue are swapped.")
    require(close(found, [10, 20, 60]), "a picture of one color should have that color as its mean.")
    moved = np.random.default_rng(1).permutation(image.reshape(-1, 3)).reshape(image.shape)
    require(close(call(function, moved), color), "the mean color should not depend on where the pixels are.")
    require(close(call(function, image + 7), color + 7), "adding 7 to every value should add 7 to the mean color.")
    require(close(call(function, image[:, ::-1] * 0.5), color / 2), "half the light should give half the mean.")
    left, right = (numbers(call(function, half), (3,)) for half in (image[:, :3], image[:, 3:]))
    require(close((left + right) / 2, color), "all pixels should count the same.")
