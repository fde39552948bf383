"""Wrong answers to the exercises of the lesson on masks, and what the checks say about them."""

import numpy as np
import tensorflow as tf

from helpers import losses


def even(mask):
    return mask[: mask.shape[0] // 2 * 2, : mask.shape[1] // 2 * 2]


def divided_by_positions(features, mask):
    return losses.gram_matrix(features * tf.sqrt(mask)[..., None])


def not_divided(features, mask):
    return tf.einsum("ij,ijc,ijd->cd", mask, features, features)


def mask_in_both_factors(features, mask):
    masked = features * mask[..., None]
    return tf.einsum("ijc,ijd->cd", masked, masked) / tf.reduce_sum(mask)


def squares_over_squares(features, mask):
    masked = features * mask[..., None]
    return tf.einsum("ijc,ijd->cd", masked, masked) / tf.reduce_sum(mask**2)


def cut_out(features, mask):
    """Every position that the mask shows at all counts whole."""
    shown = tf.cast(mask > 0, tf.float32)
    return tf.einsum("ij,ijc,ijd->cd", shown, features, features) / tf.reduce_sum(shown)


def without_the_mask(features, mask):
    return losses.gram_matrix(features)


def of_positions(features, mask):
    rows = tf.reshape(features * mask[..., None], (-1, features.shape[-1]))
    return rows @ tf.transpose(rows) / tf.reduce_sum(mask)


def the_other_part(features, mask):
    return tf.einsum("ij,ijc,ijd->cd", 1.0000001 - mask, features, features) / tf.reduce_sum(1.0000001 - mask)


def without_gradient(features, mask):
    matrix = np.einsum("ij,ijc,ijd->cd", mask.numpy(), features.numpy(), features.numpy())
    return tf.constant(matrix / mask.numpy().sum())


def means_of_columns_only(mask):
    return (even(mask)[:, ::2] + even(mask)[:, 1::2])[::2] / 2


WRONG = {
    "masked_gram": {
        "divided by positions": (divided_by_positions, "not by the number of positions"),
        "not divided": (not_divided, "divide by the sum of the mask"),
        "in both factors": (mask_in_both_factors, "counts a quarter"),
        "squares over squares": (squares_over_squares, "counts a quarter"),
        "cut out": (cut_out, "multiplied by the mask's value"),
        "without the mask": (without_the_mask, "of the positions with a one"),
        "of positions": (of_positions, "shape (4, 4)"),
        "the other part": (the_other_part, "of the positions with a one"),
        "without gradient": (without_gradient, "no gradient"),
        "means": (lambda f, m: tf.reduce_sum(f * m[..., None], (0, 1)) / tf.reduce_sum(m), "shape (4, 4)"),
    },
    "halved": {
        "every second": (lambda m: even(m)[::2, ::2], "average of the four"),
        "every second, from the second": (lambda m: even(m)[1::2, 1::2], "average of the four"),
        "sums": (
            lambda m: even(m)[::2, ::2] + even(m)[1::2, ::2] + even(m)[::2, 1::2] + even(m)[1::2, 1::2],
            "go up to 4",
        ),
        "the largest": (lambda m: even(m).reshape(len(m) // 2, 2, -1, 2).max((1, 3)), "region grow"),
        "rows only": (lambda m: (even(m)[::2] + even(m)[1::2]) / 2, "(2, 3)"),
        "columns averaged, rows dropped": (means_of_columns_only, "in both directions"),
        "the whole mask": (lambda m: m, "(2, 3)"),
        "one number": (lambda m: m.mean(), "(2, 3)"),
        "rounded": (lambda m: np.round(even(m).reshape(len(m) // 2, 2, -1, 2).mean((1, 3))), "half white"),
        "odd sides": (lambda m: m.reshape(len(m) // 2, 2, -1, 2).mean((1, 3)), "ValueError"),
        "other squares": (lambda m: (m[:-1, :-1] + m[1:, :-1] + m[:-1, 1:] + m[1:, 1:])[:2, :3] / 4, "a square of two"),
    },
}
