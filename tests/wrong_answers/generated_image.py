"""Wrong answers to the exercises of lesson 8, and what the checks say about them."""

import numpy as np

from helpers.images import keep_colors

LUMINANCE = [0.30, 0.59, 0.11]


def moved(generated, content, weights):
    return generated + ((content - generated) @ np.array(weights))[..., np.newaxis]


def multiplied(generated, content):
    return generated * ((content @ LUMINANCE) / (generated @ LUMINANCE))[..., np.newaxis]


WRONG = {
    "keep_drawing": {
        "half of both": (lambda g, c: (g + c) / 2, "luminance"),
        "roles changed": (keep_colors, "has the generated image's luminance"),
        "plain mean": (lambda g, c: np.clip(moved(g, c, [1 / 3] * 3), 0, 255), "0.30 red + 0.59 green + 0.11 blue"),
        "blue for red": (lambda g, c: np.clip(moved(g, c, LUMINANCE[::-1]), 0, 255), "0.30 red"),
        "not clipped": (lambda g, c: moved(g, c, LUMINANCE), "below 0 or above 255"),
        "content image": (lambda g, c: c, "the colors are not the generated image's"),
        "generated image": (lambda g, c: g, "has the generated image's luminance"),
        "multiplied": (multiplied, "should all move by one amount"),
    },
    "weight_between": {
        "equal differences": (lambda first, last, share: first + share * (last - first), "equal differences"),
        "the other way round": (lambda first, last, share: last * (first / last) ** share, "the first weight"),
        "always the first": (lambda first, last, share: first, "the last weight"),
        "always the last": (lambda first, last, share: last, "the first weight"),
        "all at once": (lambda first, last, share: first if share < 0.5 else last, "it should be 0.2"),
        "squared": (lambda first, last, share: first * (last / first) ** share**2, "it should be 0.2"),
        "the factor of steps": (lambda first, last, share: first * (last / first) * share, "the first weight"),
        "harmonic": (lambda first, last, share: 1 / ((1 - share) / first + share / last), "it should be 0.2"),
        "eased": (
            lambda first, last, share: first * (last / first) ** (share**2 * (3 - 2 * share)),
            "equal factors",
        ),
        "only upward": (
            lambda first, last, share: min(first, last) * (max(first, last) / min(first, last)) ** share,
            "it should also fall",
        ),
    },
}
