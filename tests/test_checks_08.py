"""The checks of lesson 8 say right, not yet or off, and never raise."""

import re

import nbformat
import numpy as np
import pytest

from helpers import checks
from helpers.images import ROOT, keep_colors

CELLS = nbformat.read(ROOT / "notebooks" / "08_generated_image.ipynb", as_version=4).cells


def from_lesson(name: str, solution: bool):
    """The function `name` as the lesson's stub or its folded solution defines it."""
    if solution:
        folded = re.compile(r"<summary>Solution</summary>\s*```python\n(.*?)```", re.DOTALL)
        sources = [code for cell in CELLS for code in folded.findall(cell.source)]
    else:
        sources = [cell.source for cell in CELLS if "exercise" in cell.metadata.get("tags", [])]
    [source] = [source for source in sources if f"def {name}(" in source]
    namespace = {"np": np}
    exec(source, namespace)
    return namespace[name]


def said(capsys, name: str, function) -> str:
    getattr(checks, name)(function)
    return capsys.readouterr().out


@pytest.mark.parametrize("name", ["keep_drawing", "evenly_spaced"])
def test_solution_is_right_and_stub_is_not_yet(capsys, name):
    assert said(capsys, name, from_lesson(name, solution=True)) == "Right.\n"
    assert said(capsys, name, from_lesson(name, solution=False)).startswith("Not yet")


def moved(generated, content, weights):
    return generated + ((content - generated) @ np.array(weights))[..., np.newaxis]


WRONG_DRAWINGS = {
    "roles changed": keep_colors,
    "plain mean": lambda g, c: np.clip(moved(g, c, [1 / 3] * 3), 0, 255),
    "blue for red": lambda g, c: np.clip(moved(g, c, [0.11, 0.59, 0.30]), 0, 255),
    "not clipped": lambda g, c: moved(g, c, [0.30, 0.59, 0.11]),
    "content image": lambda g, c: c,
    "generated image": lambda g, c: g,
    "multiplied": lambda g, c: g * ((c @ [0.30, 0.59, 0.11]) / (g @ [0.30, 0.59, 0.11]))[..., np.newaxis],
}


@pytest.mark.parametrize("wrong", WRONG_DRAWINGS)
def test_keep_drawing_is_off(capsys, wrong):
    assert said(capsys, "keep_drawing", WRONG_DRAWINGS[wrong]).startswith("Off: ")


WRONG_CHOICES = {
    "the first ones": lambda pictures, count: pictures[:count],
    "last one missing": lambda pictures, count: pictures[:: len(pictures) // count][:count],
    "too many": lambda pictures, count: pictures,
    "backward": lambda pictures, count: [
        pictures[int(i)] for i in np.linspace(0, len(pictures) - 1, count).round()[::-1]
    ],
    "numbers instead of pictures": lambda pictures, count: (
        np.linspace(0, len(pictures) - 1, count).round().astype(int).tolist()
    ),
    "unevenly": lambda pictures, count: [*pictures[: count - 1], pictures[-1]],
}


@pytest.mark.parametrize("wrong", WRONG_CHOICES)
def test_evenly_spaced_is_off(capsys, wrong):
    assert said(capsys, "evenly_spaced", WRONG_CHOICES[wrong]).startswith("Off: ")


def raises(*arguments):
    raise KeyError("silly")


SILLY = [raises, lambda: 0, lambda *_: "text", lambda *_: np.zeros((2, 2)), lambda *_: float("nan"), lambda *_: [], 7]


@pytest.mark.parametrize("name", ["keep_drawing", "evenly_spaced"])
@pytest.mark.parametrize("silly", SILLY)
def test_silly_answers_are_off(capsys, name, silly):
    assert said(capsys, name, silly).startswith("Off: ")
