"""The checks of lesson 7 say right, not yet or off, and never raise."""

import re

import nbformat
import numpy as np
import pytest
import tensorflow as tf

from helpers import checks
from helpers.images import ROOT

CELLS = nbformat.read(ROOT / "notebooks" / "07_optimization.ipynb", as_version=4).cells


def from_lesson(name: str, solution: bool):
    """The function `name` as the lesson's stub or its folded solution defines it."""
    if solution:
        folded = re.compile(r"<summary>Solution</summary>\s*```python\n(.*?)```", re.DOTALL)
        sources = [code for cell in CELLS for code in folded.findall(cell.source)]
    else:
        sources = [cell.source for cell in CELLS if "exercise" in cell.metadata.get("tags", [])]
    [source] = [source for source in sources if f"def {name}(" in source]
    namespace = {"tf": tf, "np": np}
    exec(source, namespace)
    return namespace[name]


def said(capsys, name: str, function) -> str:
    getattr(checks, name)(function)
    return capsys.readouterr().out


@pytest.mark.parametrize("name", ["weighted_total", "descend"])
def test_solution_is_right_and_stub_is_not_yet(capsys, name):
    assert said(capsys, name, from_lesson(name, solution=True)) == "Right.\n"
    assert said(capsys, name, from_lesson(name, solution=False)).startswith("Not yet")


def total(losses, weights):
    return sum(weights[name] * losses[name] for name in losses)


WRONG_TOTALS = {
    "weights ignored": lambda losses, weights: sum(losses.values()),
    "weights crossed": lambda losses, weights: (
        weights["style"] * losses["content"]
        + weights["content"] * losses["style"]
        + weights["total variation"] * losses["total variation"]
    ),
    "mean": lambda losses, weights: total(losses, weights) / 3,
    "total variation forgotten": lambda losses, weights: (
        weights["content"] * losses["content"] + weights["style"] * losses["style"]
    ),
    "divided by the weights": lambda losses, weights: total(losses, weights) / (sum(weights.values()) + 1e-9),
    "gradient blocked": lambda losses, weights: tf.constant(float(total(losses, weights))),
}


@pytest.mark.parametrize("wrong", WRONG_TOTALS)
def test_weighted_total_is_off(capsys, wrong):
    assert said(capsys, "weighted_total", WRONG_TOTALS[wrong]).startswith("Off: ")


def gradient(loss, image):
    with tf.GradientTape() as tape:
        tape.watch(image)
        value = loss(image)
    return tape.gradient(value, image)


def outside_the_tape(loss, image, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
    return tf.clip_by_value(image - learning_rate * tape.gradient(loss(image), image), 0, 255)


WRONG_STEPS = {
    "uphill": lambda loss, image, rate: tf.clip_by_value(image + rate * gradient(loss, image), 0, 255),
    "not clipped": lambda loss, image, rate: image - rate * gradient(loss, image),
    "clipped to 0..1": lambda loss, image, rate: tf.clip_by_value(image - rate * gradient(loss, image), 0, 1),
    "clipped to 10..245": lambda loss, image, rate: tf.clip_by_value(image - rate * gradient(loss, image), 10, 245),
    "learning rate ignored": lambda loss, image, rate: tf.clip_by_value(image - gradient(loss, image), 0, 255),
    "only the sign": lambda loss, image, rate: tf.clip_by_value(image - rate * tf.sign(gradient(loss, image)), 0, 255),
    "half a step": lambda loss, image, rate: tf.clip_by_value(image - rate / 2 * gradient(loss, image), 0, 255),
    "unchanged": lambda loss, image, rate: image,
    "outside the tape": outside_the_tape,
}


@pytest.mark.parametrize("wrong", WRONG_STEPS)
def test_descend_is_off(capsys, wrong):
    assert said(capsys, "descend", WRONG_STEPS[wrong]).startswith("Off: ")


def raises(*arguments):
    raise KeyError("silly")


SILLY = [raises, lambda: 0, lambda *_: "text", lambda *_: np.zeros((2, 2)), lambda *_: float("nan"), lambda *_: [], 7]


@pytest.mark.parametrize("name", ["weighted_total", "descend"])
@pytest.mark.parametrize("silly", SILLY)
def test_silly_answers_are_off(capsys, name, silly):
    assert said(capsys, name, silly).startswith("Off: ")
