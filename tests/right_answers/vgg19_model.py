"""Right answers to the exercises of lesson 3, each written in another way."""

import keras
import numpy as np
import tensorflow as tf

from helpers.images import MEAN_BGR, preprocess
from helpers.vgg import build_vgg19


def asked_of_keras(kernel_size, channels_in, channels_out):
    layer = keras.layers.Conv2D(channels_out, kernel_size)
    layer.build((None, None, None, channels_in))
    return layer.count_params()


def with_loops(kernel_size, channels_in, channels_out):
    count = 0
    for _ in range(channels_out):
        count += 1
        for _ in range(channels_in):
            count += kernel_size * kernel_size
    return count


def by_formula(layers):
    return 1 + sum((k - 1) * int(np.prod([s for _, s in layers[:n]])) for n, (k, _) in enumerate(layers))


def backward(layers):
    field = 1
    for k, s in reversed(layers):
        field = (field - 1) * s + k
    return field


def as_a_set(layers):
    seen = {0}
    for k, s in layers[::-1]:
        seen = {s * place + shift for place in seen for shift in range(k)}
    return len(seen)


def recursive(layers):
    if not layers:
        return 1
    (k, s), *rest = layers
    return (recursive(rest) - 1) * s + k


def both_ends(layers):
    first = last = 0
    for k, s in reversed(layers):
        first, last = first * s, last * s + k - 1
    return last - first + 1


def with_indices(layers):
    r, d = 1, 1
    for n in range(len(layers)):
        r += (layers[n][0] - 1) * d
        d *= layers[n][1]
    return r


def while_there_are_layers(layers):
    layers, r, d = list(layers), 1, 1
    while layers:
        k, s = layers.pop(0)
        r, d = r + (k - 1) * d, d * s
    return r


def measured(layers):
    """Add up ones: where the result depends on a pixel."""
    reach = np.ones(1)
    for k, s in reversed(layers):
        spread = np.zeros((len(reach) - 1) * s + 1)
        spread[::s] = reach
        reach = np.convolve(spread, np.ones(k))
    return len(reach)


def through_keras(image, layer):
    batch = keras.applications.vgg19.preprocess_input(image[np.newaxis].copy())
    return build_vgg19([layer])(batch)[layer][0]


def by_hand(image, layer):
    return build_vgg19([layer])((image[..., ::-1] - MEAN_BGR)[None])[layer][0]


RIGHT = {
    "parameter_count": {
        "kernels and biases": lambda k, i, o: k * k * i * o + o,
        "per output channel": lambda k, i, o: (k * k * i + 1) * o,
        "power": lambda k, i, o: o * (k**2 * i + 1),
        "sum": lambda k, i, o: sum(k * k * i + 1 for _ in range(o)),
        "shapes": lambda k, i, o: int(np.prod((k, k, i, o))) + int(np.prod((o,))),
        "arrays": lambda k, i, o: np.zeros((k, k, i, o)).size + np.zeros(o).size,
        "Keras": asked_of_keras,
        "loops": with_loops,
    },
    "receptive_field": {
        "formula": by_formula,
        "backward": backward,
        "set": as_a_set,
        "recursive": recursive,
        "both ends": both_ends,
        "indices": with_indices,
        "a list that is used up": while_there_are_layers,
        "measured": measured,
    },
    "feature_map": {
        "newaxis": lambda image, layer: build_vgg19([layer])(preprocess(image)[np.newaxis])[layer][0],
        "expand_dims": lambda image, layer: build_vgg19([layer])(np.expand_dims(preprocess(image), 0))[layer][0],
        "preprocess the batch": lambda image, layer: build_vgg19([layer])(preprocess(image[None]))[layer][0],
        "a tensor": lambda image, layer: build_vgg19([layer])(preprocess(tf.constant(image))[tf.newaxis])[layer][0],
        "squeeze": lambda image, layer: tf.squeeze(build_vgg19([layer])(preprocess(image)[None])[layer], 0),
        "NumPy": lambda image, layer: build_vgg19([layer])(preprocess(image)[None])[layer].numpy()[0],
        "predict": lambda image, layer: build_vgg19([layer]).predict(preprocess(image)[None], verbose=0)[layer][0],
        "Keras's preprocessing": through_keras,
        "by hand": by_hand,
    },
}
