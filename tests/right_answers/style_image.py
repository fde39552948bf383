"""Right answers to the exercises of lesson 2, each written in another way."""

import random

import numpy as np


def with_order(image, seed):
    pixels = image.reshape(-1, 3)
    order = np.random.default_rng(seed).permutation(len(pixels))
    return pixels[order].reshape(image.shape)


def with_a_copy(image, seed):
    pixels = image.copy().reshape(-1, 3)
    np.random.default_rng(seed).shuffle(pixels)
    return pixels.reshape(image.shape)


def in_the_old_way(image, seed):
    return np.random.RandomState(seed).permutation(image.reshape(-1, 3)).reshape(image.shape)


def with_the_global_generator(image, seed):
    np.random.seed(seed)
    return np.random.permutation(image.reshape(-1, 3)).reshape(image.shape)


def with_the_standard_library(image, seed):
    pixels = [pixel for row in image for pixel in row]
    random.Random(seed).shuffle(pixels)
    return np.array(pixels).reshape(image.shape)


def by_random_keys(image, seed):
    pixels = image.reshape(-1, 3)
    return pixels[np.argsort(np.random.default_rng(seed).random(len(pixels)))].reshape(image.shape)


def with_a_loop(image, seed):
    pixels = image.reshape(-1, 3)
    shuffled = np.zeros_like(pixels)
    for place, number in enumerate(np.random.default_rng(seed).permutation(len(pixels))):
        shuffled[number] = pixels[place]
    return shuffled.reshape(image.shape)


def by_rows_and_columns(image, seed):
    height, width, _ = image.shape
    order = np.random.default_rng(seed).permutation(height * width)
    return image[order // width, order % width].reshape(height, width, 3)


def channel_by_channel(image, other):
    return sum(np.abs(np.sort(image[..., c].ravel()) - np.sort(other[..., c].ravel())).mean() for c in range(3)) / 3


def flat(image):
    return image.reshape(image.shape[0] * image.shape[1], 3)


def with_lists(image, other):
    total, count = 0.0, 0
    for channel in range(3):
        for a, b in zip(sorted(flat(image)[:, channel]), sorted(flat(other)[:, channel]), strict=True):
            total, count = total + abs(float(a) - float(b)), count + 1
    return total / count


def in_place(image, other):
    a, b = flat(image).astype(float), flat(other).astype(float)
    a.sort(axis=0)
    b.sort(axis=0)
    return np.mean(np.abs(a - b))


RIGHT = {
    "shuffle_pixels": {
        "an order": with_order,
        "a copy": with_a_copy,
        "RandomState": in_the_old_way,
        "the global generator": with_the_global_generator,
        "the standard library": with_the_standard_library,
        "random keys": by_random_keys,
        "a loop": with_a_loop,
        "rows and columns": by_rows_and_columns,
        "float64": lambda image, seed: with_order(image.astype(np.float64), seed),
    },
    "color_distance": {
        "sorted columns": lambda a, b: np.mean(np.abs(np.sort(flat(a), axis=0) - np.sort(flat(b), axis=0))),
        "channel by channel": channel_by_channel,
        "lists": with_lists,
        "sorted in place": in_place,
        "a sum and a division": lambda a, b: np.abs(np.sort(flat(a), 0) - np.sort(flat(b), 0)).sum() / a.size,
        "downward": lambda a, b: np.abs(np.sort(flat(a), 0)[::-1] - np.sort(flat(b), 0)[::-1]).mean(),
        "transposed": lambda a, b: np.abs(np.sort(flat(a).T) - np.sort(flat(b).T)).mean(),
        "a mean of means": lambda a, b: np.abs(np.sort(flat(a), 0) - np.sort(flat(b), 0)).mean(axis=0).mean(),
        "argsort": lambda a, b: np.abs(
            np.take_along_axis(flat(a), np.argsort(flat(a), 0), 0)
            - np.take_along_axis(flat(b), np.argsort(flat(b), 0), 0)
        ).mean(),
        "a root of squares": lambda a, b: np.sqrt(np.square(np.sort(flat(a), 0) - np.sort(flat(b), 0))).mean(),
    },
}
