"""Lesson 8, generated image: the checks of its exercises."""

from collections.abc import Callable

import numpy as np

from .verdict import call, check, require


@check
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


@check
def evenly_spaced(function: Callable) -> None:
    """Exercise 2: A few items of a long list, evenly spaced, with the first and the last."""
    items = [f"picture {number}" for number in range(41)]
    for count in (2, 4, 5, 7, 12, 21, 41):
        kept = call(function, items, count)
        require(isinstance(kept, list | tuple), "the result should be a list.")
        require(len(kept) == count, f"{count} pictures were asked for, and the list has {len(kept)}.")
        require(all(item in items for item in kept), "the list holds something that was not among the pictures.")
        numbers = [items.index(item) for item in kept]
        require(numbers[0] == 0, "the first picture is missing.")
        require(numbers[-1] == 40, "the last picture is missing.")
        gaps = np.diff(numbers)
        require(gaps.min() >= 1, "a picture comes twice, or the order is not kept.")
        require(gaps.max() - gaps.min() <= 1, "the pictures are not evenly spaced.")
