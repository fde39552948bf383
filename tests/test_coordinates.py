"""The coordinates of the descent, against NumPy in float64 and against each other."""

import numpy as np
import pytest

from helpers import coordinates
from helpers.coordinates import COLORS, GAIN, LEVELS, count, to_coordinates, to_picture

SIZES = [(16, 32), (48, 16), (64, 80)]


def doubled(image):
    """Twice as large by linear interpolation: each new value is 3/4 of the nearest old one and 1/4 of the next."""
    for axis in (0, 1):
        padded = np.concatenate([image.take([0], axis), image, image.take([-1], axis)], axis)
        middle = padded.take(range(1, padded.shape[axis] - 1), axis)
        before, after = (padded.take(range(k, k + middle.shape[axis]), axis) for k in (0, 2))
        pairs = np.stack([0.75 * middle + 0.25 * before, 0.75 * middle + 0.25 * after], axis + 1)
        shape = list(middle.shape)
        shape[axis] *= 2
        image = pairs.reshape(shape)
    return image


def picture_in_float64(values, height, width):
    """The definition: every level is enlarged to the picture's size on its own, and they are added up."""
    total, first = 0.0, 0
    for level in range(LEVELS):
        h, w = height // 2**level, width // 2**level
        part = values[first : first + 3 * h * w].astype(float).reshape(h, w, 3)
        first += 3 * h * w
        for _ in range(level):
            part = doubled(part)
        total += GAIN**level * part
    assert first == len(values)
    return total @ COLORS.astype(float)


@pytest.mark.parametrize("height, width", SIZES)
def test_the_picture_is_the_sum_of_the_enlarged_levels(height, width):
    values = np.random.default_rng(0).normal(0, 20, count(height, width)).astype(np.float32)
    picture = to_picture(values, height, width)
    assert picture.shape == (1, height, width, 3) and picture.dtype == np.float32
    np.testing.assert_allclose(picture[0], picture_in_float64(values, height, width), atol=1e-3)


@pytest.mark.parametrize("height, width", [*SIZES, (45, 77)])
def test_one_direction_is_the_transpose_of_the_other(height, width):
    rng = np.random.default_rng(1)
    values = rng.normal(size=count(height, width)).astype(np.float32)
    gradient = rng.normal(size=(1, height, width, 3)).astype(np.float32)
    there, back = to_picture(values, height, width), to_coordinates(gradient)
    assert back.shape == values.shape
    products = np.vdot(there, gradient.astype(float)), np.vdot(values.astype(float), back)
    assert products[0] == pytest.approx(products[1], rel=1e-4)


def test_nothing_moves_at_0():
    assert not np.any(to_picture(np.zeros(count(32, 32), np.float32), 32, 32))


def test_the_first_color_is_light_and_the_largest():
    """Light moves red, green and blue alike, and farther than the two others move anything."""
    light, *others = COLORS
    assert light.min() > 0.9 * light.max() and np.linalg.norm(light) == pytest.approx(1)
    for color in others:
        assert np.linalg.norm(color) < 0.4 and abs(color @ light) < 0.1


def test_pictures_of_all_sizes_share_one_compiled_function():
    for height, width in SIZES:
        to_coordinates(to_picture(np.zeros(count(height, width), np.float32), height, width))
    for function in (coordinates.to_picture, coordinates.to_coordinates):
        assert function.experimental_get_tracing_count() == 1
