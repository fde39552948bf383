"""Wrong answers to the exercises of the lesson on other measures of style, and what the checks say about them."""

import numpy as np


def apart(a, b):
    return np.mean((np.sort(a) - np.sort(b)) ** 2)


def in_place(a, b):
    a.sort()
    b.sort()
    return np.mean((a - b) ** 2)


def each(a, b, directions):
    return [apart(a @ direction, b @ direction) for direction in directions]


def unit_length(a, b, directions):
    return np.mean(each(a, b, directions / np.linalg.norm(directions, axis=1, keepdims=True)))


WRONG = {
    "sorted_distance": {
        "not sorted": (lambda a, b: np.mean((a - b) ** 2), "sort both lists"),
        "one sorted": (lambda a, b: np.mean((np.sort(a) - b) ** 2), "in another order are 0 apart"),
        "sum": (lambda a, b: np.sum((np.sort(a) - np.sort(b)) ** 2), "take their mean"),
        "root": (lambda a, b: np.sqrt(apart(a, b)), "without a root"),
        "absolute": (lambda a, b: np.mean(np.abs(np.sort(a) - np.sort(b))), "square them"),
        "up and down": (lambda a, b: np.mean((np.sort(a) - np.sort(b)[::-1]) ** 2), "in another order are 0 apart"),
        "means": (lambda a, b: (a.mean() - b.mean()) ** 2, "smallest with smallest"),
        "in place": (in_place, "makes a new one"),
        "a list": (lambda a, b: (np.sort(a) - np.sort(b)) ** 2, "one number"),
    },
    "sliced_distance": {
        "not sorted": (lambda a, b, d: np.mean([np.mean((a @ one - b @ one) ** 2) for one in d]), "has to be sorted"),
        "all together": (lambda a, b, d: apart((a @ d.T).ravel(), (b @ d.T).ravel()), "lists of its own"),
        "channels": (lambda a, b, d: np.mean([apart(a[:, c], b[:, c]) for c in range(a.shape[1])]), "the channels"),
        "sum": (lambda a, b, d: np.sum(each(a, b, d)), "are added up"),
        "the first": (lambda a, b, d: each(a, b, d)[0], "only the first"),
        "the largest": (lambda a, b, d: np.max(each(a, b, d)), "the largest"),
        "unit length": (unit_length, "twice as long"),
        "one for each": (each, "one number"),
        "the mean point": (lambda a, b, d: np.mean(((a.mean(0) - b.mean(0)) @ d.T) ** 2), "is the mean of these"),
    },
}
