"""Other measures of style, one of the lessons beyond the eight: the checks of its exercises."""

from collections.abc import Callable

import numpy as np

from .verdict import call, check, close, number, require


def course_sorted_distance(a: np.ndarray, b: np.ndarray) -> float:
    """The mean squared difference of two lists of equal length, each sorted: the squared Wasserstein-2 distance."""
    return np.mean((np.sort(a) - np.sort(b)) ** 2)


def course_sliced_distance(a: np.ndarray, b: np.ndarray, directions: np.ndarray) -> float:
    """The mean over directions (n, channels) of how far two sets of points (positions, channels) look apart."""
    return np.mean([course_sorted_distance(a @ direction, b @ direction) for direction in directions])


@check(course_sorted_distance)
def sorted_distance(function: Callable) -> None:
    """Exercise 1: `function(a, b)`, the mean squared difference of two sorted lists."""
    rng = np.random.default_rng(15)
    a, b = rng.normal(0, 2, 7), rng.normal(1, 1, 7)
    kept = a.copy(), b.copy()
    distance = number(call(function, a, b))
    require(
        (a == kept[0]).all() and (b == kept[1]).all(),
        "the lists that are given should stay as they are: `a.sort()` changes them, `np.sort(a)` makes a new one.",
    )
    require(
        not close(distance, np.mean((a - b) ** 2)),
        "the order of the values should not matter; sort both lists before they are compared.",
    )
    require(close(function(a, rng.permutation(a)), 0), "two lists with the same values in another order are 0 apart.")
    right = (np.sort(a) - np.sort(b)) ** 2
    require(not close(distance, right.sum()), "the squares are added up; take their mean.")
    require(
        not close(distance, np.sqrt(right.mean())) and not close(distance, np.sqrt(right.sum())),
        "leave the squares as they are, without a root.",
    )
    require(
        not close(distance, np.abs(np.sort(a) - np.sort(b)).mean()),
        "these are the differences without their signs; square them.",
    )
    require(
        not close(distance, np.mean((np.sort(a) - np.sort(b)[::-1]) ** 2)),
        "one list is sorted upward, the other downward.",
    )
    require(close(function(a, a + 3), 9, 1e-3), "a list and the same list plus 3 are 9 apart.")
    require(
        close(distance, right.mean(), 1e-3),
        "the result should be the mean of the squared differences: smallest with smallest, second with second.",
    )


@check(course_sliced_distance)
def sliced_distance(function: Callable) -> None:
    """Exercise 2: `function(a, b, directions)`, the sliced Wasserstein distance of two sets of points."""
    rng = np.random.default_rng(16)
    a, b = rng.normal(0, 1, (9, 3)), rng.normal(0.5, 2, (9, 3))
    directions = rng.normal(size=(4, 3))
    distance = number(call(function, a, b, directions))
    each = [course_sorted_distance(a @ direction, b @ direction) for direction in directions]
    require(
        not close(distance, np.mean([np.mean((a @ d - b @ d) ** 2) for d in directions])),
        "what each direction sees has to be sorted, for both sets of points; use `sorted_distance`.",
    )
    require(
        not close(distance, course_sorted_distance((a @ directions.T).ravel(), (b @ directions.T).ravel())),
        "all directions are sorted together; each direction has lists of its own.",
    )
    require(
        not close(distance, np.mean([course_sorted_distance(a[:, c], b[:, c]) for c in range(3)])),
        "these are the channels; look along the directions instead, `a @ direction`.",
    )
    require(not close(distance, np.sum(each)), "the distances of the directions are added up; take their mean.")
    require(not close(distance, each[0]), "only the first direction counts; take the mean over all of them.")
    require(not close(distance, np.max(each)), "the largest distance of all directions is taken; take their mean.")
    require(
        close(function(a, a[::-1], directions), 0),
        "the same points in another order are 0 apart.",
    )
    require(
        close(function(a, b, 2 * directions), 4 * distance, 1e-3),
        "directions that are twice as long should see differences twice as large, so squares four times as large.",
    )
    require(
        close(distance, np.mean(each), 1e-3),
        "for each direction take `sorted_distance(a @ direction, b @ direction)`; the result is the mean of these.",
    )
