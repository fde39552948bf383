"""Wrong answers to the exercises of lesson 8, and what the checks say about them."""

import numpy as np

from helpers.images import keep_colors

LUMINANCE = [0.30, 0.59, 0.11]


def moved(generated, content, weights):
    return generated + ((content - generated) @ np.array(weights))[..., np.newaxis]


def multiplied(generated, content):
    return generated * ((content @ LUMINANCE) / (generated @ LUMINANCE))[..., np.newaxis]


def even_numbers(pictures, count):
    return np.linspace(0, len(pictures) - 1, count).round().astype(int).tolist()


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
    "evenly_spaced": {
        "whole strides and the last": (
            lambda pictures, count: pictures[:: len(pictures) // (count - 1)][: count - 1] + [pictures[-1]],
            "",
        ),
        "the last one twice": (
            lambda pictures, count: [*pictures[:: -(-len(pictures) // count)], pictures[-1]][-count:],
            "",
        ),
        "the first ones": (lambda pictures, count: pictures[:count], "the last picture is missing"),
        "last one missing": (
            lambda pictures, count: pictures[:: len(pictures) // count][:count],
            "the last picture is missing",
        ),
        "too many": (lambda pictures, count: pictures, "pictures were asked for"),
        "backward": (
            lambda pictures, count: [pictures[number] for number in even_numbers(pictures, count)[::-1]],
            "the first picture is missing",
        ),
        "numbers instead of pictures": (even_numbers, "not among the pictures"),
        "unevenly": (lambda pictures, count: [*pictures[: count - 1], pictures[-1]], "not evenly spaced"),
    },
}
