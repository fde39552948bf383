"""Wrong answers to the exercises of lesson 2, and what the checks say about them."""

import numpy as np


def shuffled(image, seed):
    return np.random.default_rng(seed).permutation(image.reshape(-1, 3)).reshape(image.shape)


def channels_mixed_with_positions(image, seed):
    return np.random.default_rng(seed).permutation(image.ravel()).reshape(image.shape)


def channels_apart(image, seed):
    return np.random.default_rng(seed).permuted(image.reshape(-1, 3), axis=0).reshape(image.shape)


def with_doubles(image, seed):
    return np.random.default_rng(seed).choice(image.reshape(-1, 3), image.size // 3).reshape(image.shape)


def in_place(image, seed):
    np.random.default_rng(seed).shuffle(image.reshape(-1, 3))
    return image


def columns(image):
    return np.sort(image.reshape(-1, 3), axis=0)


WRONG = {
    "shuffle_pixels": {
        "unchanged": (lambda image, seed: image, "no pixel has moved"),
        "channels mixed with positions": (channels_mixed_with_positions, "stay together"),
        "channels apart": (channels_apart, "stay together"),
        "rows only": (lambda image, seed: np.random.default_rng(seed).permutation(image), "row"),
        "columns only": (lambda image, seed: np.random.default_rng(seed).permutation(image, axis=1), "row"),
        "turned around": (lambda image, seed: image[::-1, ::-1], "row"),
        "not an image": (lambda image, seed: np.random.default_rng(seed).choice(image.reshape(-1, 3), 72), "shape"),
        "with doubles": (with_doubles, "lost, new or doubled"),
        "seed ignored": (lambda image, seed: shuffled(image, 0), "another seed"),
        "never the same": (lambda image, seed: shuffled(image, None), "same seed"),
        "in place": (in_place, "changes the image"),
    },
    "color_distance": {
        "means and deviations": (
            lambda a, b: np.mean(abs(a.mean((0, 1)) - b.mean((0, 1))) + abs(a.std((0, 1)) - b.std((0, 1)))),
            "8.33",
        ),
        "medians": (lambda a, b: np.median(np.abs(columns(a) - columns(b)), axis=0).mean(), ""),
        "quartiles": (
            lambda a, b: np.abs(
                np.percentile(columns(a), [0, 25, 50, 75, 100], 0) - np.percentile(columns(b), [0, 25, 50, 75, 100], 0)
            ).mean(),
            "8.33",
        ),
        "darkest and lightest": (
            lambda a, b: np.abs(columns(a)[[0, -1]] - columns(b)[[0, -1]]).mean(),
            "8.33",
        ),
        "not sorted": (lambda a, b: np.abs(a - b).mean(), "should be 0"),
        "channels together": (lambda a, b: np.abs(np.sort(a, axis=None) - np.sort(b, axis=None)).mean(), "channels"),
        "each pixel sorted": (lambda a, b: np.abs(np.sort(a) - np.sort(b)).mean(), "should be 0"),
        "sum": (lambda a, b: np.abs(columns(a) - columns(b)).sum(), "Take the mean"),
        "squares": (lambda a, b: np.square(columns(a) - columns(b)).mean(), "gives 100"),
        "signed": (lambda a, b: (columns(a) - columns(b)).mean(), ""),
        "means only": (lambda a, b: np.abs(a.mean(axis=(0, 1)) - b.mean(axis=(0, 1))).mean(), "half the contrast"),
        "largest channel": (lambda a, b: np.abs(columns(a) - columns(b)).mean(axis=0).max(), "red alone"),
        "one number for each channel": (lambda a, b: np.abs(columns(a) - columns(b)).mean(axis=0), "one number"),
    },
}
