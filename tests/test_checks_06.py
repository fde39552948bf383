"""The checks of lesson 6: right on the folded solutions, "not yet" on the stubs, off on wrong answers; none raises."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import tensorflow as tf

from helpers import checks, losses

LESSON = nbformat.read(Path(__file__).parent.parent / "notebooks/06_total_variation_loss.ipynb", as_version=4)


def from_lesson(name, kind):
    """The function `name` as the lesson's stub cell or as its folded solution defines it."""
    if kind == "stub":
        sources = [cell.source for cell in LESSON.cells if "exercise" in cell.metadata.get("tags", [])]
    else:
        text = "\n".join(cell.source for cell in LESSON.cells if cell.cell_type == "markdown")
        sources = re.findall(r"<summary>Solution</summary>\s+```python\n(.*?)```", text, re.DOTALL)
    (source,) = (source for source in sources if f"def {name}(" in source)
    names = {"np": np, "tf": tf, "losses": losses}
    exec(source, names)
    return names[name]


def outcome(capsys, name, function):
    getattr(checks, name)(function)
    return capsys.readouterr().out


NAMES = ["diagonal_variation", "smooth_variation"]


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_is_right(capsys, name):
    assert outcome(capsys, name, from_lesson(name, "solution")) == "Right.\n"


@pytest.mark.parametrize("name", NAMES)
def test_the_stub_is_not_yet_right(capsys, name):
    assert outcome(capsys, name, from_lesson(name, "stub")).startswith("Not yet")


def diagonal(image, absolute=tf.abs, both=True):
    total = tf.reduce_sum(absolute(image[1:, 1:] - image[:-1, :-1]))
    return total + (tf.reduce_sum(absolute(image[1:, :-1] - image[:-1, 1:])) if both else 0)


def diagonal_in_one_direction(image):
    return diagonal(image, both=False)


def diagonal_squared(image):
    return diagonal(image, absolute=tf.square)


def diagonal_with_signs(image):
    return diagonal(image, absolute=tf.identity)


def diagonal_across_the_border(image):
    return sum(tf.reduce_sum(tf.abs(image - tf.roll(image, (1, shift), (0, 1)))) for shift in (1, -1))


def diagonal_as_a_mean(image):
    return diagonal(image) / tf.cast(tf.size(image), tf.float32)


def diagonal_without_gradient(image):
    return diagonal(image).numpy()


def smooth(image, epsilon, offset=1.0, both=True):
    differences = [image[1:] - image[:-1], *([image[:, 1:] - image[:, :-1]] if both else [])]
    return sum(tf.reduce_sum(tf.sqrt(d**2 + epsilon**2) - offset * epsilon) for d in differences)


def smooth_epsilon_not_subtracted(image, epsilon):
    return smooth(image, epsilon, offset=0)


def smooth_epsilon_subtracted_once(image, epsilon):
    return smooth(image, epsilon, offset=0) - epsilon


def smooth_vertical_only(image, epsilon):
    return smooth(image, epsilon, both=False)


def smooth_absolute(image, epsilon):
    return losses.total_variation_loss(image)


def smooth_squared(image, epsilon):
    return tf.reduce_sum(tf.square(image[1:] - image[:-1])) + tf.reduce_sum(tf.square(image[:, 1:] - image[:, :-1]))


def smooth_without_gradient(image, epsilon):
    return float(smooth(image, epsilon))


@pytest.mark.parametrize(
    "function, hint",
    [
        (losses.total_variation_loss, "checkerboard"),
        (diagonal_in_one_direction, "mirrored"),
        (diagonal_squared, "three times the contrast"),
        (diagonal_with_signs, ""),
        (diagonal_across_the_border, "across the border"),
        (diagonal_as_a_mean, ""),
        (diagonal_without_gradient, "no gradient"),
        (smooth_epsilon_not_subtracted, "subtract epsilon"),
        (smooth_epsilon_subtracted_once, "inside the sum"),
        (smooth_vertical_only, "both directions"),
        (smooth_absolute, "far below epsilon"),
        (smooth_squared, "ten times as much"),
        (smooth_without_gradient, "no gradient"),
    ],
)
def test_a_wrong_answer_is_off_and_the_check_says_how(capsys, function, hint):
    name = NAMES[function.__name__.startswith("smooth")]
    text = outcome(capsys, name, function)
    assert text.startswith("Off: ") and hint in text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("silly", [1 / 3, "style", np.ones((2, 7)), [], object(), ZeroDivisionError("silly")])
def test_no_check_raises(capsys, name, silly):
    def function(*_):
        if isinstance(silly, Exception):
            raise silly
        return silly

    assert outcome(capsys, name, function).startswith("Off: ")
    assert outcome(capsys, name, lambda: None).startswith("Off: ")  # takes no arguments
    assert outcome(capsys, name, None).startswith("Off: ")  # no function at all
