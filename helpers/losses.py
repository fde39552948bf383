"""The three losses of neural style transfer, one short function for each formula of the README.

A feature map has the shape (..., height, width, channels). Any leading batch axes are kept: one image gives one
number, a batch of images gives one number for each image.
"""

from collections.abc import Mapping

import tensorflow as tf


def content_loss(features: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """How far the feature map is from the content image's: ``||F^l(I) - F^l(I_c)||_F^2``.

    Args:
        features: feature map of the generated image, (..., height, width, channels).
        target: feature map of the content image on the same layer, of the same shape.

    Returns:
        The sum of squared differences, >= 0, of shape (...).

    Source: Gatys, Ecker & Bethge (2016), equation 1, without its factor 1/2.
    """
    return tf.reduce_sum(tf.square(features - target), axis=[-3, -2, -1])


def relative_content_loss(features: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """The content loss as a share of the target's size: ``||F - P||_F^2 / ||P||_F^2``.

    A weight then means the same for every picture, size and layer. For one picture that is a constant factor: the
    minimum stays where the formula puts it.
    """
    return content_loss(features, target) / squared_norm(target)


def gram_matrix(features: tf.Tensor) -> tf.Tensor:
    """Which channels are active together, wherever that is: ``G_cd = sum_ij F_ijc F_ijd / (I J)``.

    Args:
        features: feature map, (..., height, width, channels).

    Returns:
        The Gram matrix, (..., channels, channels): symmetric and positive semi-definite. Dividing by the number of
        positions I J makes pictures of different sizes comparable.

    Source: Gatys, Ecker & Bethge (2016), equation 3, divided by the number of positions.
    """
    shape = tf.shape(features)
    positions = shape[-3] * shape[-2]
    # One row for each position. (As a step of its own it also fixes the order in which gradients are added up.)
    matrix = tf.reshape(features, tf.concat([shape[:-3], [positions, shape[-1]]], axis=0))
    return tf.matmul(matrix, matrix, transpose_a=True) / tf.cast(positions, matrix.dtype)


def style_loss(features: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """How far the Gram matrix is from the style image's: ``||G(F^l(I)) - G(F^l(I_s))||_F^2``.

    Args:
        features: feature map of the generated image, (..., height, width, channels).
        target: feature map of the style image on the same layer. Its height and width may differ.

    Returns:
        The sum of squared differences, >= 0, of shape (...).

    Source: Gatys, Ecker & Bethge (2016), equation 4, with the Gram matrices above.
    """
    return gram_distance(gram_matrix(features), gram_matrix(target))


def gram_distance(gram: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """``||G - A||_F^2`` for two Gram matrices (..., channels, channels): the style loss, once both are known."""
    return tf.reduce_sum(tf.square(gram - target), axis=[-2, -1])


def total_variation_loss(image: tf.Tensor) -> tf.Tensor:
    """The image's high frequencies: ``sum_ijc sqrt((I_(i+1)jc - I_ijc)^2 + (I_i(j+1)c - I_ijc)^2)``.

    Args:
        image: pixels, (..., height, width, channels).

    Returns:
        For each value the difference to its neighbor below and the one to its neighbor on the right are the two sides
        of a right triangle; the sum of the long sides, >= 0, of shape (...). A slope costs the same in all directions.

    Source: Rudin, Osher & Fatemi (1992), equation 2.2b; in style transfer Johnson et al. (2016).
    """
    # In the last row and column, where there is no neighbor, the value is its own neighbor.
    below = tf.concat([image[..., 1:, :, :], image[..., -1:, :, :]], axis=-3)
    right = tf.concat([image[..., :, 1:, :], image[..., :, -1:, :]], axis=-2)
    # The length of a complex number has a slope of 0 at 0, where a root would have none.
    return tf.reduce_sum(tf.abs(tf.complex(below - image, right - image)), axis=[-3, -2, -1])


def weighted_total(losses: Mapping[str, tf.Tensor], weights: Mapping[str, tf.Tensor]) -> tf.Tensor:
    """The total loss: each loss times the weight of the same name, added up."""
    return tf.add_n([weights[name] * loss for name, loss in losses.items()])


def squared_norm(target: tf.Tensor) -> tf.Tensor:
    """Sum of squares, kept above zero so that an empty target divides nothing by zero."""
    return tf.maximum(tf.reduce_sum(tf.square(target)), 1e-12)
