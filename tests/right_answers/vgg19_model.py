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


def look(maps_of):
    def extractor(layers):
        network = build_vgg19(layers)
        return lambda image: maps_of(network, image)

    return extractor


def with_a_class(layers):
    class Look:
        def __init__(self):
            self.network = build_vgg19(layers)

        def __call__(self, image):
            return {name: maps[0] for name, maps in self.network(preprocess(image)[None]).items()}

    return Look()


def built_each_time(layers):
    return lambda image: {name: build_vgg19([name])(preprocess(image)[None])[name][0] for name in layers}


def one_network_a_layer(layers):
    networks = {name: build_vgg19([name]) for name in layers}
    return lambda image: {name: net(preprocess(image)[None])[name][0].numpy() for name, net in networks.items()}


def with_a_loop(layers):
    network = build_vgg19(layers)

    def feature_maps(image):
        found, batch = {}, np.expand_dims(preprocess(image), 0)
        for name, maps in network(batch).items():
            found[name] = tf.squeeze(maps, axis=0)
        return found

    return feature_maps


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
    "extractor": {
        "newaxis": look(lambda net, x: {n: m[0] for n, m in net(preprocess(x)[np.newaxis]).items()}),
        "preprocess the batch": look(lambda net, x: {n: m[0] for n, m in net(preprocess(x[None])).items()}),
        "a tensor": look(lambda net, x: {n: m[0] for n, m in net(preprocess(tf.constant(x))[tf.newaxis]).items()}),
        "NumPy": look(lambda net, x: {n: m.numpy()[0] for n, m in net(preprocess(x)[None]).items()}),
        "predict": look(lambda net, x: {n: m[0] for n, m in net.predict(preprocess(x)[None], verbose=0).items()}),
        "by hand": look(lambda net, x: {n: m[0] for n, m in net((x[..., ::-1] - MEAN_BGR)[None]).items()}),
        "Keras's preprocessing": look(
            lambda net, x: {n: m[0] for n, m in net(keras.applications.vgg19.preprocess_input(x[None].copy())).items()}
        ),
        "a class": with_a_class,
        "built each time": built_each_time,
        "one network a layer": one_network_a_layer,
        "a loop": with_a_loop,
    },
}
