"""Wrong answers to the exercises of lesson 3, and what the checks say about them."""

import numpy as np
from right_answers.vgg19_model import look

from helpers.images import preprocess
from helpers.vgg import build_vgg19


def field_of(grown=lambda r, d, k, s: r + (k - 1) * d, apart=lambda d, s: s * d, start=1):
    def receptive_field(layers):
        r, d = start, 1
        for k, s in layers:
            r, d = grown(r, d, k, s), apart(d, s)
        return r

    return receptive_field


def features(batch, layer):
    return build_vgg19([layer])(np.ascontiguousarray(batch))[layer]


def each(batch_of):
    return look(lambda net, image: {n: m[0] for n, m in net(np.ascontiguousarray(batch_of(image))).items()})


WRONG = {
    "parameter_count": {
        "biases for both": (lambda k, i, o: k * k * i * o + i + o, ""),
        "positions counted": (lambda k, i, o: (k * k * i * o + o) * 64, "Keras counts"),
        "one more": (lambda k, i, o: k * k * i * o + o + 1, "twice as many"),
        "no biases": (lambda k, i, o: k * k * i * o, "Is each sum complete"),
        "one bias for all": (lambda k, i, o: k * k * i * o + 1, "twice as many output channels"),
        "kernel not squared": (lambda k, i, o: k * i * o + o, "a height, a width and a depth"),
        "input channels forgotten": (lambda k, i, o: k * k * o + o, "a height, a width and a depth"),
        "a bias for each input channel": (lambda k, i, o: k * k * i * o + i * o, "a height, a width and a depth"),
    },
    "receptive_field": {
        "one pixel too many": (field_of(lambda r, d, k, s: r + k * d), "no neighbor"),
        "always 3 x 3": (field_of(lambda r, d, k, s: r + 2 * d), "no neighbor"),
        "VGG19's kernels only": (field_of(lambda r, d, k, s: r + min(k - 1, 2) * d), "two neighbors on each side"),
        "one side only": (field_of(lambda r, d, k, s: r + k // 2 * d), "one neighbor on each side"),
        "distance forgotten": (field_of(lambda r, d, k, s: r + k - 1), "farther apart"),
        "distance doubled by every layer": (field_of(apart=lambda d, s: 2 * d), "each further convolution"),
        "new distance used": (field_of(lambda r, d, k, s: r + (k - 1) * s * d), "puts two neighbors together"),
        "strides not multiplied": (field_of(apart=lambda d, s: s), "once more"),
        "strides of 2 only": (field_of(apart=lambda d, s: 2 * d if s > 1 else d), "a longer list"),
        "starts at 0": (field_of(start=0), "sees itself only"),
        "counts layers": (lambda layers: 1 + 2 * len(layers), "no neighbor"),
    },
    "extractor": {
        "batch axis left": (look(lambda net, image: net(preprocess(image)[None])), "batch axis"),
        "not preprocessed": (each(lambda image: image[None]), "not preprocessed"),
        "red and blue swapped": (each(lambda image: preprocess(image[None, ..., ::-1])), "red and blue"),
        "0 to 1": (each(lambda image: preprocess(image / 255)[None]), "numbers are not"),
        "always the first layer": (
            lambda layers: lambda image: {n: features(preprocess(image)[None], layers[0])[0] for n in layers},
            "the shape",
        ),
        "a list": (
            lambda layers: lambda image: [features(preprocess(image)[None], n)[0] for n in layers],
            "should return a dictionary",
        ),
        "maps, not a function": (lambda layers: {name: np.zeros((4, 4, 4)) for name in layers}, "should be a function"),
        "the network": (lambda layers: build_vgg19(layers), "stopped with"),
        "one layer only": (
            lambda layers: lambda image: {layers[0]: features(preprocess(image)[None], layers[0])[0]},
            "the layers asked for",
        ),
        "one channel": (
            look(lambda net, image: {n: m[0, ..., 0] for n, m in net(preprocess(image)[None]).items()}),
            "the shape",
        ),
        "channels first": (
            look(
                lambda net, image: {
                    n: np.moveaxis(m[0].numpy(), -1, 0) for n, m in net(preprocess(image)[None]).items()
                }
            ),
            "the shape",
        ),
        "the inner function forgets to return": (lambda layers: lambda image: None, "inner function returns None"),
    },
}
