"""Right answers to the exercises of lesson 8, each written in another way."""

import numpy as np

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
    "evenly_spaced": {
        "linspace": lambda p, count: [p[n] for n in np.linspace(0, len(p) - 1, count).round().astype(int)],
        "rounded down": lambda p, count: [p[int(n * (len(p) - 1) / (count - 1))] for n in range(count)],
        "whole numbers": lambda p, count: [p[n * (len(p) - 1) // (count - 1)] for n in range(count)],
        "rounded": lambda p, count: [p[round(n * (len(p) - 1) / (count - 1))] for n in range(count)],
        "a tuple": lambda p, count: tuple(p[n * (len(p) - 1) // (count - 1)] for n in range(count)),
        "rounded up": lambda p, count: [p[-(-n * (len(p) - 1) // (count - 1))] for n in range(count)],
        "floor": lambda p, count: [p[i] for i in np.floor(np.linspace(0, len(p) - 1, count)).astype(int)],
        "dtype": lambda p, count: [p[i] for i in np.linspace(0, len(p) - 1, count, dtype=int)],
        "from the end": lambda p, count: [p[n * (len(p) - 1) // (count - 1)] for n in range(count - 1, -1, -1)][::-1],
    },
}
