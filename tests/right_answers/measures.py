"""Right answers to the exercises of the lesson on other measures of style, each written in another way."""

import numpy as np
import scipy.stats
import tensorflow as tf


def plain(a, b):
    return np.mean((np.sort(a) - np.sort(b)) ** 2)


def python(a, b):
    return sum((x - y) ** 2 for x, y in zip(sorted(a), sorted(b), strict=True)) / len(a)


def by_order(a, b):
    return np.mean((np.asarray(a)[np.argsort(a)] - np.asarray(b)[np.argsort(b)]) ** 2)


def tensorflow(a, b):
    return tf.reduce_mean((tf.sort(a) - tf.sort(b)) ** 2)


def dot(a, b):
    difference = np.sort(a) - np.sort(b)
    return difference @ difference / len(difference)


def by_ranks(a, b):
    """Each value of a goes to the value of b with the same rank."""
    ranks = scipy.stats.rankdata(a, method="ordinal") - 1
    return np.mean((a - np.sort(b)[ranks]) ** 2)


def quantiles(a, b):
    places = np.linspace(0, 1, len(a))
    return np.mean((np.quantile(a, places) - np.quantile(b, places)) ** 2)


def on_copies(a, b):
    a, b = a.copy(), b.copy()
    a.sort()
    b.sort()
    return np.square(a - b).mean()


def loop(a, b, directions):
    total = 0
    for direction in directions:
        total += plain(a @ direction, b @ direction)
    return total / len(directions)


RIGHT = {
    "sorted_distance": {
        "NumPy": plain,
        "Python": python,
        "argsort": by_order,
        "TensorFlow": tensorflow,
        "a product": dot,
        "ranks": by_ranks,
        "quantiles": quantiles,
        "on copies": on_copies,
    },
    "sliced_distance": {
        "loop": loop,
        "a list": lambda a, b, d: np.mean([plain(a @ one, b @ one) for one in d]),
        "all at once": lambda a, b, d: np.mean((np.sort(a @ d.T, axis=0) - np.sort(b @ d.T, axis=0)) ** 2),
        "rows": lambda a, b, d: np.mean((np.sort(d @ a.T) - np.sort(d @ b.T)) ** 2),
        "einsum": lambda a, b, d: np.mean(
            (np.sort(np.einsum("pc,nc->np", a, d)) - np.sort(np.einsum("pc,nc->np", b, d))) ** 2
        ),
        "TensorFlow": lambda a, b, d: tf.reduce_mean(
            (tf.sort(d @ tf.transpose(a)) - tf.sort(d @ tf.transpose(b))) ** 2
        ),
        "Python": lambda a, b, d: sum(python(a @ one, b @ one) for one in d) / len(d),
        "dot": lambda a, b, d: np.mean([by_order(np.dot(a, one), np.dot(b, one)) for one in d]),
    },
}
