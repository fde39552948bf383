"""Wrong answers to the exercise of Start here, and what the checks say about them."""

import numpy as np


def in_place(image):
    image /= image.size / 3
    return image.sum(axis=(0, 1))


WRONG = {
    "mean_color": {
        "one number": (lambda image: image.mean(), "shape"),
        "a row of colors": (lambda image: image.mean(axis=0), "shape"),
        "red and blue swapped": (lambda image: image.mean(axis=(0, 1))[::-1], "red and blue are swapped"),
        "the first pixel": (lambda image: image[0, 0], "where the pixels are"),
        "median": (lambda image: np.median(image, axis=(0, 1)), ""),
        "sum": (lambda image: image.sum(axis=(0, 1)), "one color"),
        "maximum": (lambda image: image.max(axis=(0, 1)), ""),
        "trimmed mean": (lambda image: np.sort(image.reshape(-1, 3), axis=0)[1:-1].mean(axis=0), ""),
        "in place": (in_place, "changes the image"),
    },
}
