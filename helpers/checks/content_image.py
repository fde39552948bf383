"""Lesson 1, content image: the checks of its exercises."""

from collections.abc import Callable

import numpy as np

from ..images import MEAN_BGR, preprocess
from .verdict import call, check, close, numbers, random_image, require


@check
def fitted_size(function: Callable) -> None:
    """Exercise 1: A picture's new height and width, from its old ones and the new longer side."""
    for height, width, longer in (
        (300, 450, 150),
        (450, 300, 150),
        (451, 300, 256),
        (80, 80, 200),
        (427, 640, 150),
        (300, 451, 300),
        (3000, 4511, 1000),
    ):
        new_height, new_width = numbers(call(function, height, width, longer), (2,))
        case = f"{height} rows and {width} columns with longer={longer} gave {new_height:g} and {new_width:g}"
        require(
            new_height.is_integer() and new_width.is_integer(), f"{case}: both should be whole numbers; round them."
        )
        require((new_height - new_width) * (height - width) >= 0, f"{case}: the longer side became the shorter one.")
        require(max(new_height, new_width) == longer, f"{case}: the longer side is not {longer}.")
        off = abs(new_height * width - new_width * height) / max(height, width)  # in pixels of the shorter side
        require(off <= 1, f"{case}: the picture is squashed. Both sides need the same factor.")
        require(off <= 0.5, f"{case}: the shorter side is off by one. Round to the nearest whole number.")


@check
def deprocess(function: Callable) -> None:
    """Exercise 2: The inverse of VGG19's preprocessing."""
    image = random_image(0)
    array = preprocess(image)
    kept = array.copy()
    back = numbers(call(function, array), image.shape)
    require(np.array_equal(array, kept), "your function changes the array it is given.")
    zeros = np.zeros((2, 2, 3), np.float32)
    gray = numbers(call(function, zeros), zeros.shape)
    require(not close(gray, 0), "zeros came back as zeros, so the mean color is not added.")
    require(close(np.sort(gray), np.sort(MEAN_BGR)), "zeros should come back as the mean color, and do not.")
    require(np.argsort(gray[0, 0]).tolist() == [2, 1, 0], "the mean color's channels are in the wrong order.")
    require(not close(back, image[..., ::-1], 1e-3), "red and blue are swapped.")
    require(close(back, image, 1e-3), "a preprocessed image does not come back as it was.")
