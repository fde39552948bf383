"""What all checks share: properties that are required, and the one line that says how it went."""

import functools
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from ..formulas import first_line

NOT_YET = "Not yet: the function returns None. Write its body, run the cell, then run this check again."

YOURS = "Your own function is used from here on."
OURS = "Until then the course's own function is used."


class Off(Exception):
    """What is off, in one sentence for the student."""


class NotYet(Exception):
    """The function is still the stub."""


def check(properties: Callable | None = None, *, course: Callable | None = None) -> Callable:
    """Make a check out of the properties that it requires of the student's function: it prints how it went in one line.

    Args:
        properties: takes the student's function, and raises Off with what is off.
        course: the course's own function, if the lesson goes on with the one or the other. The check then returns the
            student's function if it is right, the course's otherwise, and says which.
    """
    if properties is None:
        return functools.partial(check, course=course)

    @functools.wraps(properties)
    def checked(function: Callable) -> Callable | None:
        right = False
        try:
            properties(function)
        except NotYet:
            verdict = NOT_YET
        except Off as off:
            verdict = f"Off: {off}"
        except Exception as error:
            verdict = f"Off: your function stopped with {first_line(error)}"
        else:
            verdict, right = "Right.", True
        if course is None:
            print(verdict)
            return None
        print(verdict, YOURS if right else OURS)
        return function if right else course

    return checked


def call(function: Callable, *arguments):
    """The student's result; None is a stub's."""
    result = function(*arguments)
    if result is None:
        raise NotYet
    return result


def require(condition: bool, otherwise: str) -> None:
    """Raise Off with the sentence `otherwise` unless the condition holds."""
    if not condition:
        raise Off(otherwise)


def number(value) -> float:
    """The student's result as one number."""
    array = np.asarray(value)
    require(array.size == 1, f"the result should be one number, but its shape is {array.shape}.")
    return float(array.reshape(()))


def numbers(value, shape: tuple[int, ...]) -> np.ndarray:
    """The student's result as an array of numbers of this shape."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise Off(f"the result should be numbers, but it is of type {type(value).__name__}.") from None
    require(array.shape == shape, f"the result should have the shape {shape}, but its shape is {array.shape}.")
    return array


def close(value, expected, tolerance: float = 1e-4) -> bool:
    """Whether two numbers or arrays agree up to rounding."""
    return bool(np.allclose(np.asarray(value), np.asarray(expected), rtol=tolerance, atol=tolerance * 1e-2))


def require_gradient(function: Callable[[tf.Tensor], tf.Tensor], x: tf.Tensor) -> None:
    """Raise Off unless TensorFlow can differentiate the function at x."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = tf.reduce_sum(function(x))
    gradient = tape.gradient(value, x)
    require(
        gradient is not None,
        "no gradient comes through. Use TensorFlow's operations only: NumPy, .numpy() and float() block it.",
    )


def random_image(seed: int, height: int = 4, width: int = 6) -> np.ndarray:
    """A small image whose values all differ, with little blue, so that a wrong order of the channels shows."""
    values = np.random.default_rng(seed).permutation(height * width * 3).reshape(height, width, 3)
    return (values * (200 / values.size) * [1, 0.8, 0.3] + [30, 10, 0]).astype(np.float32)
