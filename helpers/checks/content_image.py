"""Lesson 1, content image: the checks of its exercises."""

from collections.abc import Callable

import numpy as np

from .. import images
from ..images import MEAN_BGR
from .verdict import call, check, close, numbers, random_image, require


def course_fitted_size(height: int, width: int, longer: int) -> tuple[int, int]:
    """The new height and width: the longer side is `longer`, and nothing is squashed."""
    return tuple(round(side * longer / max(height, width)) for side in (height, width))


@check(course_fitted_size)
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


@check(images.preprocess)
def preprocess(function: Callable) -> None:
    """Exercise 2: An image as VGG19's input."""
    image = random_image(0)
    kept = image.copy()
    result = numbers(call(function, image), image.shape)
    require(np.array_equal(image, kept), "your function changes the image it is given.")
    mean_rgb = MEAN_BGR[::-1]
    require(not close(result, image - mean_rgb), "the mean is subtracted, but the channels are not turned around.")
    require(not close(result, image[..., ::-1]), "the channels are turned around, but the mean is not subtracted.")
    require(not close(result, image[..., ::-1] + MEAN_BGR), "the mean is added; it should be subtracted.")
    require(
        not (close(result, (image - MEAN_BGR)[..., ::-1]) or close(result, image - MEAN_BGR)),
        "MEAN_BGR is in the order blue, green, red, so the channels have to be in that order when it is subtracted.",
    )
    require(
        not close(result * 255, images.preprocess(image), 1e-2) and not close(result, images.preprocess(image / 255)),
        "VGG19 wants values up to 255, not from 0 to 1.",
    )
    orange = numbers(call(function, np.array([255, 128, 0], np.float32)), (3,))
    right = "-103.939, 11.221 and 131.32"
    require(
        close(orange, [-103.939, 11.221, 131.32]),
        f"(255, 128, 0) should become {right}, and becomes {', '.join(f'{value:g}' for value in orange)}.",
    )
    require(close(result, images.preprocess(image)), "the orange pixel is right, but a whole image is not.")
