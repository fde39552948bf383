"""Lesson 2, style image: the checks of its exercises."""

from collections.abc import Callable

import numpy as np

from .verdict import call, check, close, number, numbers, random_image, require


def course_shuffle_pixels(image: np.ndarray, seed: int) -> np.ndarray:
    """The same pixels in a random order."""
    return np.random.default_rng(seed).permutation(image.reshape(-1, 3)).reshape(image.shape)


def course_color_distance(image: np.ndarray, other: np.ndarray) -> float:
    """The mean absolute difference of the sorted values, each channel sorted on its own."""
    values, other_values = (np.sort(picture.reshape(-1, 3), axis=0) for picture in (image, other))
    return float(np.abs(values - other_values).mean())


@check(course_shuffle_pixels)
def shuffle_pixels(function: Callable) -> None:
    """Exercise 1: The same pixels in new places."""
    image = random_image(0, 8, 9)
    kept = image.copy()
    shuffled = numbers(call(function, image, 0), image.shape)
    require(np.array_equal(image, kept), "your function changes the image it is given. Work on a copy.")
    before, after = image.reshape(-1, 3), shuffled.reshape(-1, 3)
    require(close(np.sort(before, axis=None), np.sort(after, axis=None)), "some values are lost, new or doubled.")
    require(
        close(before[np.argsort(before[:, 0])], after[np.argsort(after[:, 0])]),
        "pixels have colors that the image does not have. A pixel's three numbers have to stay together.",
    )
    require(not np.array_equal(shuffled, image), "no pixel has moved.")
    for axis, name in ((0, "row"), (1, "column")):
        lines = [np.sort(np.moveaxis(picture, axis, 0)[..., 0], axis=1) for picture in (image, shuffled)]
        together = np.isclose(lines[1][:, np.newaxis], lines[0]).all(axis=-1).any(axis=-1)
        require(not together.all(), f"the pixels of a {name} all stay in one {name}. Each may go anywhere.")
    again, other = call(function, image, 0), call(function, image, 1)
    require(np.array_equal(again, shuffled), "the same seed should give the same picture again.")
    require(not np.array_equal(other, shuffled), "another seed should give another picture.")


@check(course_color_distance)
def color_distance(function: Callable) -> None:
    """Exercise 2: The mean difference between two images' sorted values, channel by channel."""
    image, other = random_image(0), random_image(1) * 0.7
    value = number(call(function, image, other))
    require(value >= 0, f"a distance is never negative, and this one is {value:g}.")
    require(close(number(call(function, image, image)), 0), "an image's distance to itself should be 0.")
    require(close(number(call(function, other, image)), value), "the distance should be the same in both directions.")
    one, two = (np.zeros((2, 2, 3), np.float32) for _ in range(2))
    one[..., 1], two[..., 1] = [[0, 100], [10, 0]], [[40, 20], [0, 30]]
    by_hand = number(call(function, one, two))
    moved = np.random.default_rng(2).permutation(image.reshape(-1, 3)).reshape(image.shape)
    require(
        abs(number(call(function, image, moved))) < 1e-3,
        "moving pixels around changes no color, so the distance should be 0. Is each channel sorted alone?",
    )
    require(
        number(call(function, image, image[..., ::-1])) > 1,
        "swapping red and blue changes the colors, but your distance is 0. Are the channels kept apart?",
    )
    paler = image.mean(axis=(0, 1)) + 0.5 * (image - image.mean(axis=(0, 1)))
    require(
        number(call(function, image, paler)) > 1,
        "half the contrast is another set of colors, but your distance is 0. Compare value by value.",
    )
    brighter = number(call(function, image, image + 10))
    require(close(brighter, 10), f"adding 10 to every value should give 10, but gives {brighter:g}. Take the mean.")
    redder = number(call(function, image, image + np.array([30, 0, 0], np.float32)))
    require(close(redder, 10), f"adding 30 to red alone should give 10, but gives {redder:g}.")
    require(
        close(by_hand, 25 / 3),
        "two pictures of four pixels, green 0, 100, 10, 0 and 40, 20, 0, 30 and no red and blue: sorted, green differs "
        f"by 0, 20, 20 and 60, so the mean over all twelve values is 8.33, but yours is {by_hand:.2f}.",
    )
