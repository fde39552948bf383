"""What all checks share: the properties that they require, and the one line that says how it went."""

import functools
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from ..formulas import first_line, try_out
from .examples import show_beside
from .keeping import keep

NOT_YET = "Not yet: the function returns None. Write its body, run the cell, then run this check again."
NOT_YOURS = "Not yet: this is the course's own function. Run the cell with yours once more, then run this check again."

YOURS = "Your own function is used from here on."
KEPT = "Your own function is used from here on, and kept in my_functions.py."
OURS = "Until then the course's own function is used."
SLOW = (
    "But it goes through channels or positions one by one, and a whole picture would take too long: the course's own "
    "function is used from here on."
)


class Off(Exception):
    """What is off, in one sentence for the student."""


class NotYet(Exception):
    """The function is still the stub."""


class Slow(Exception):
    """The function is right, but to paint with it would take too long."""


def check(course: Callable) -> Callable:
    """Make a check out of the properties that it requires of the student's function: it prints how it went in one line.

    The properties are a function that takes the student's, and raises Off with what is off. The check returns the
    function that the lesson goes on with, and says which: the student's if it is right, otherwise `course`.
    """

    def make(properties: Callable[[Callable], None]) -> Callable[[Callable], Callable]:
        @functools.wraps(properties)
        def checked(function: Callable) -> Callable:
            if function is course:  # the check was run twice in a row
                print(NOT_YOURS)
                return course
            verdict, used, which = "Right.", function, YOURS
            try:
                properties(function)
            except Slow:
                used, which = course, SLOW
            except NotYet:
                print(NOT_YET, OURS)
                return course
            except Off as off:
                verdict, used, which = f"Off: {off}", course, OURS
            except Exception as error:
                verdict, used, which = f"Off: your function stopped with {first_line(error)}", course, OURS
            else:
                which = KEPT if keep(properties.__name__, function) else YOURS
            print(verdict, which)
            show_beside(properties.__name__, function, course)
            return used

        return checked

    return make


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


def require_paints(function: Callable[[tf.Tensor], tf.Tensor], x: tf.Tensor) -> None:
    """Raise Off unless a picture can be painted with the function: it has a gradient at x, and can be compiled."""
    try:
        try_out("your function", function, x, one_number=False)
    except ValueError as error:
        raise Off(str(error)) from None


def require_few_operations(function: Callable[[tf.Tensor], tf.Tensor], x: tf.Tensor) -> None:
    """Raise Slow if the function, compiled, has more operations the more positions or channels x has.

    A loop over rows is fine. One over positions or channels would compile for hours on VGG19's feature maps.
    """

    def operations(x):
        return len(tf.function(function, autograph=False).get_concrete_function(x).graph.get_operations())

    if operations(tf.tile(x, (2, 2, 1))) > 2.5 * operations(x) or operations(tf.tile(x, (1, 1, 2))) > 1.5 * operations(
        x
    ):
        raise Slow


def random_image(seed: int, height: int = 4, width: int = 6) -> np.ndarray:
    """A small image whose values all differ, with little blue, so that a wrong order of the channels shows."""
    values = np.random.default_rng(seed).permutation(height * width * 3).reshape(height, width, 3)
    return (values * (200 / values.size) * [1, 0.8, 0.3] + [30, 10, 0]).astype(np.float32)
