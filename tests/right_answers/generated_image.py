"""Right answers to the exercises of lesson 8, each written in another way."""

import math

import numpy as np
import tensorflow as tf

from helpers.images import keep_colors

LUMINANCE = np.array([0.30, 0.59, 0.11])
TO_YIQ = np.array([[0.30, 0.59, 0.11], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])


def moved(generated, content):
    return generated + ((content - generated) @ LUMINANCE)[..., np.newaxis]


def with_a_loop(generated, content):
    result = np.zeros_like(generated)
    for i, j in np.ndindex(generated.shape[:2]):
        result[i, j] = generated[i, j] + LUMINANCE @ (content[i, j] - generated[i, j])
    return np.clip(result, 0, 255)


def two_luminances(generated, content):
    y_generated, y_content = (0.30 * x[..., 0] + 0.59 * x[..., 1] + 0.11 * x[..., 2] for x in (generated, content))
    return np.clip(generated + (y_content - y_generated)[:, :, None], 0, 255)


def without_its_own(generated, content):
    chroma = generated - (generated @ LUMINANCE)[..., None]
    return np.clip(chroma + (content @ LUMINANCE)[..., None], 0, 255)


def channel_by_channel(generated, content):
    change = np.dot(content - generated, LUMINANCE)
    return np.clip(np.dstack([generated[..., channel] + change for channel in range(3)]), 0, 255)


RIGHT = {
    "keep_drawing": {
        "clip": lambda g, c: np.clip(moved(g, c), 0, 255),
        "the course's with the roles changed": lambda g, c: keep_colors(c, g),
        "rounded": lambda g, c: np.clip(moved(g, c), 0, 255).round(),
        "whole numbers": lambda g, c: np.clip(moved(g, c), 0, 255).round().astype(np.uint8),
        "a loop": with_a_loop,
        "two luminances": two_luminances,
        "without its own": without_its_own,
        "channel by channel": channel_by_channel,
        "einsum": lambda g, c: np.clip(g + np.einsum("ijc,c->ij", c - g, LUMINANCE)[..., None], 0, 255),
        "minimum and maximum": lambda g, c: np.minimum(np.maximum(moved(g, c), 0), 255),
    },
    "weight_between": {
        "a power": lambda first, last, share: first * (last / first) ** share,
        "two powers": lambda first, last, share: first ** (1 - share) * last**share,
        "logarithms": lambda first, last, share: np.exp((1 - share) * np.log(first) + share * np.log(last)),
        "powers of ten": lambda first, last, share: 10 ** (np.log10(first) + share * np.log10(last / first)),
        "math": lambda first, last, share: math.exp(math.log(first) + share * math.log(last / first)),
        "powers of two": lambda first, last, share: first * 2 ** (share * math.log2(last / first)),
        "np.interp": lambda first, last, share: np.exp(np.interp(share, [0, 1], np.log([first, last]))),
        "geomspace": lambda first, last, share: np.geomspace(first, last, 1001)[round(1000 * share)],
        "from the end": lambda first, last, share: last * (first / last) ** (1 - share),
        "TensorFlow": lambda first, last, share: first * tf.pow(last / first, float(share)),
    },
}
