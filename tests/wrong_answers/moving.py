"""Wrong answers to the exercises of the lesson on moving pictures, and what the checks say about them."""

import numpy as np
import tensorflow as tf


def in_place(last, alone, pixels):
    last[:, : last.shape[1] - pixels] = last[:, pixels:].copy()
    last[:, last.shape[1] - pixels :] = alone[:, alone.shape[1] - pixels :]
    return last


def with_minus_zero(last, alone, pixels):
    return np.concatenate([last[:, pixels:], alone[:, -pixels:]], axis=1)[:, : last.shape[1]] if pixels else alone


def known_squares(image, before, known):
    return known[..., tf.newaxis] * (image - before) ** 2


def absolute(image, before, known):
    return tf.reduce_sum(known[..., None] * tf.abs(image - before)) / (3 * tf.reduce_sum(known))


def root(image, before, known):
    return tf.sqrt(tf.reduce_sum(known_squares(image, before, known)) / (3 * tf.reduce_sum(known)) + 1e-12)


def the_new_columns(image, before, known):
    new = 1 - known
    return tf.reduce_sum(known_squares(image, before, new)) / (3 * tf.reduce_sum(new))


def without_gradient(image, before, known):
    return tf.constant((known.numpy()[..., None] * (image.numpy() - before.numpy()) ** 2).sum() / (3 * 16))


WRONG = {
    "carried_on": {
        "to the right": (
            lambda last, alone, n: np.concatenate([alone[:, :n], last[:, : last.shape[1] - n]], axis=1),
            "to the left",
        ),
        "up": (lambda last, alone, n: np.concatenate([last[n:], alone[last.shape[0] - n :]]), "not rows"),
        "rolled": (lambda last, alone, n: np.roll(last, -n, axis=1), "comes back on the right"),
        "the left end": (
            lambda last, alone, n: np.concatenate([last[:, n:], alone[:, :n]], axis=1),
            "where they belong",
        ),
        "the last column again": (
            lambda last, alone, n: np.concatenate([last[:, n:], *[last[:, -1:]] * n], axis=1),
            "of the frame that was painted alone",
        ),
        "too short": (lambda last, alone, n: last[:, n:], "shape"),
        "not moved": (lambda last, alone, n: last.copy(), "should become column 0"),
        "the frame alone": (lambda last, alone, n: alone.copy(), "should become column 0"),
        "in place": (in_place, "work on a copy"),
        "minus zero": (with_minus_zero, "all of its columns"),
    },
    "temporal_loss": {
        "everywhere": (lambda i, b, k: tf.reduce_mean((i - b) ** 2), "new columns count as well"),
        "all positions": (lambda i, b, k: tf.reduce_mean(known_squares(i, b, k)), "not by all of them"),
        "the sum": (lambda i, b, k: tf.reduce_sum(known_squares(i, b, k)), "take their mean"),
        "colors added up": (
            lambda i, b, k: tf.reduce_sum(known_squares(i, b, k)) / tf.reduce_sum(k),
            "three colors are added up",
        ),
        "absolute": (absolute, "square them"),
        "a root": (root, "a quarter of the loss"),
        "new columns": (the_new_columns, "that are known"),
        "differences": (
            lambda i, b, k: tf.reduce_sum(k[..., None] * (i - b)) / (3 * tf.reduce_sum(k)),
            "",
        ),
        "one for each position": (lambda i, b, k: k * tf.reduce_mean((i - b) ** 2, -1), "one number"),
        "without gradient": (without_gradient, "no gradient"),
    },
}
