"""Lesson 8, generated image: the checks of its exercises."""

from collections.abc import Callable

import numpy as np

from ..images import keep_colors
from .verdict import call, check, close, number, require


def course_keep_drawing(generated: np.ndarray, content: np.ndarray) -> np.ndarray:
    """The content image's luminance with the generated image's colors, both (height, width, 3), 0..255."""
    return keep_colors(content, generated)


def course_weight_between(first: float, last: float, share: float) -> float:
    """The weight at a share of the way from first to last; equal shares multiply it by equal factors."""
    return first * (last / first) ** share


@check(course_keep_drawing)
def keep_drawing(function: Callable) -> None:
    """Exercise 1: The content image's luminance with the generated image's colors: luminance the other way round."""
    weights = np.array([0.30, 0.59, 0.11])
    random = np.random.default_rng(8)
    generated, content = (random.uniform(90, 160, (6, 7, 3)).astype(np.float32) for _ in range(2))
    result = np.asarray(call(function, generated, content), dtype=float)
    require(result.shape == generated.shape, f"the result should have the shape of the images, not {result.shape}.")

    def same_up_to_rounding(values, expected):
        return bool(np.abs(values - expected).max() <= 1.01)

    require(
        not same_up_to_rounding(result @ weights, generated @ weights),
        "the result has the generated image's luminance, but it should have the content image's.",
    )
    require(
        same_up_to_rounding(result @ weights, content @ weights),
        "the result's luminance is not that of the content image, 0.30 red + 0.59 green + 0.11 blue.",
    )
    require(
        same_up_to_rounding(result[..., 0] - result[..., 2], generated[..., 0] - generated[..., 2])
        and same_up_to_rounding(result[..., 0] - result[..., 1], generated[..., 0] - generated[..., 1]),
        "the colors are not the generated image's: red, green and blue of a pixel should all move by one amount.",
    )
    same = np.asarray(call(function, content, content), dtype=float)
    require(same_up_to_rounding(same, content), "for two equal images the result should be that image.")
    black_and_white = np.zeros_like(content)
    black_and_white[::2] = 255
    bright = np.asarray(call(function, generated, black_and_white), dtype=float)
    require(bright.min() >= 0 and bright.max() <= 255, "there are values below 0 or above 255.")


@check(course_weight_between)
def weight_between(function: Callable) -> None:
    """Exercise 2: `function(first, last, share)`, a weight on the way from first to last, by equal factors."""

    def weight(first, last, share):
        return number(call(function, first, last, share))

    require(close(weight(0.02, 2.0, 0), 0.02), "at share 0 it should be the first weight.")
    require(close(weight(0.02, 2.0, 1), 2.0), "at share 1 it should be the last weight.")
    require(
        not close(weight(0.02, 2.0, 0.5), 1.01),
        "in the middle between 0.02 and 2 you are at 1.01: equal differences. Equal factors give 0.2.",
    )
    require(close(weight(0.02, 2.0, 0.5), 0.2), "in the middle between 0.02 and 2 it should be 0.2.")
    require(close(weight(5.0, 0.05, 0), 5), "it should also fall: between 5 and 0.05 it begins at 5.")
    require(close(weight(0.3, 0.3, 0.7), 0.3), "between two equal weights it should stay the same.")
    ways = [weight(0.1, 0.7, share) for share in (0, 0.25, 0.5, 0.75, 1)]
    factors = np.divide(ways[1:], ways[:-1])
    require(close(factors, factors[0], 1e-3), "equal steps of the share should multiply the weight by equal factors.")
