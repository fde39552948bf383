"""The coordinates in which a picture is painted: the levels of a pyramid, in decorrelated colors.

The engine's optimizer does not move pixels one by one. It moves these coordinates: numbers on five levels, each half
as fine as the one before, that are enlarged and added up. One coarse number moves a whole patch of the picture, so
large smooth changes are near. The colors of neighboring pixels go with one another too: most of all the light changes.

Both functions are linear, and each is the other's transpose.

Source: Mordvintsev, Pezzotti, Schubert & Olah (2018), "Differentiable image parameterizations"
(https://doi.org/10.23915/distill.00012); the color matrix: Olah, Mordvintsev & Schubert (2017), "Feature visualization"
(https://doi.org/10.23915/distill.00007).
"""

import numpy as np
import tensorflow as tf

LEVELS = 5  # the coarsest one is 16 times smaller than the picture
GAIN = 0.7  # how much less each level counts than the next finer one
# Square root of the covariance of RGB in ImageNet's pictures; the rows: light, red minus blue, magenta minus green.
COLORS = np.array([[0.26, 0.27, 0.27], [0.09, 0.00, -0.09], [0.02, -0.05, 0.03]], np.float32)
COLORS /= np.linalg.norm(COLORS, axis=1).max()


def sides(height: int | tf.Tensor, width: int | tf.Tensor) -> list[tuple]:
    """Height and width of each level, the finest first: half as many rows and columns each time, rounded up."""
    return [(-(-height // 2**level), -(-width // 2**level)) for level in range(LEVELS)]


def count(height: int | tf.Tensor, width: int | tf.Tensor) -> int | tf.Tensor:
    """How many coordinates a picture of this size has."""
    return sum(3 * h * w for h, w in sides(height, width))


@tf.function(input_signature=[tf.TensorSpec([None]), tf.TensorSpec([], tf.int32), tf.TensorSpec([], tf.int32)])
def to_picture(coordinates: tf.Tensor, height: tf.Tensor, width: tf.Tensor) -> tf.Tensor:
    """The picture of some coordinates, (1, height, width, 3), RGB; coordinates of 0 give a picture of 0.

    Args:
        coordinates: the levels one after another, the finest first, (`count(height, width)`,), in gray levels.
        height, width: of the picture.
    """
    shapes = sides(height, width)
    levels = tf.split(coordinates, [3 * h * w for h, w in shapes], num=LEVELS)
    picture = tf.zeros((1, 1, 1, 3))
    for (h, w), level in zip(reversed(shapes), reversed(levels), strict=True):  # the coarsest first
        picture = tf.reshape(level, (1, h, w, 3)) + GAIN * tf.image.resize(picture, (h, w))
    return tf.tensordot(picture, COLORS, 1)


@tf.function(input_signature=[tf.TensorSpec([1, None, None, 3])])
def to_coordinates(gradient: tf.Tensor) -> tf.Tensor:
    """The gradient with respect to the coordinates, from the one with respect to the picture (1, height, width, 3)."""
    height, width = tf.shape(gradient)[1], tf.shape(gradient)[2]
    with tf.GradientTape() as tape:
        coordinates = tf.zeros([count(height, width)])
        tape.watch(coordinates)
        picture = to_picture(coordinates, height, width)
    return tape.gradient(picture, coordinates, output_gradients=gradient)
