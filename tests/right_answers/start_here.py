"""Right answers to the exercise of Start here, each written in another way."""

import statistics

import numpy as np


def with_loops(image):
    height, width, _ = image.shape
    color = [0.0, 0.0, 0.0]
    for row in image:
        for pixel in row:
            for channel in range(3):
                color[channel] += pixel[channel] / (height * width)
    return color


RIGHT = {
    "mean_color": {
        "mean over both axes": lambda image: image.mean(axis=(0, 1)),
        "NumPy's function": lambda image: np.mean(image, axis=(0, 1)),
        "one axis after the other": lambda image: image.mean(axis=0).mean(axis=0),
        "rows of pixels": lambda image: image.reshape(-1, 3).mean(axis=0),
        "sum and division": lambda image: image.sum(axis=(0, 1)) / (image.shape[0] * image.shape[1]),
        "einsum": lambda image: np.einsum("ijc->c", image) / image[..., 0].size,
        "channel by channel": lambda image: [image[:, :, channel].mean() for channel in range(3)],
        "a tuple": lambda image: (image[..., 0].mean(), image[..., 1].mean(), image[..., 2].mean()),
        "average": lambda image: np.average(image, axis=(0, 1)),
        "in float64": lambda image: image.astype(np.float64).mean((0, 1)),
        "loops": with_loops,
        "the standard library": lambda image: [statistics.fmean(map(float, image[..., c].ravel())) for c in range(3)],
    },
}
