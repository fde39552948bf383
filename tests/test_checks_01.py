"""The checks of lesson 1: right on the solutions, "not yet" on the stubs, off on wrong answers, never raising."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from helpers import checks
from helpers.images import MEAN_BGR

LESSON = nbformat.read(Path(__file__).parent.parent / "notebooks/01_content_image.ipynb", as_version=4)
NAMES = ["fitted_size", "deprocess"]


def from_lesson(name, kind):
    """The function `name` as the lesson's stub cell or as its folded solution defines it."""
    if kind == "stub":
        sources = [cell.source for cell in LESSON.cells if "exercise" in cell.metadata.get("tags", [])]
    else:
        text = "\n".join(cell.source for cell in LESSON.cells if cell.cell_type == "markdown")
        sources = re.findall(r"<summary>Solution</summary>\s+```python\n(.*?)```", text, re.DOTALL)
    (source,) = (source for source in sources if f"def {name}(" in source)
    names = {"np": np, "MEAN_BGR": MEAN_BGR}
    exec(source, names)
    return names[name]


def outcome(name, function, capsys):
    getattr(checks, name)(function)
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return out.strip()


@pytest.mark.parametrize("name", NAMES)
def test_right_on_the_solution(name, capsys):
    assert outcome(name, from_lesson(name, "solution"), capsys) == "Right."


@pytest.mark.parametrize("name", NAMES)
def test_not_yet_on_the_stub(name, capsys):
    assert outcome(name, from_lesson(name, "stub"), capsys).startswith("Not yet")


def in_place(array):
    array += MEAN_BGR
    return array[..., ::-1]


WRONG = [
    ("fitted_size", lambda h, w, longer: (longer, longer), "squashed"),
    ("fitted_size", lambda h, w, longer: (round(h * longer / w), longer), "longer side"),
    ("fitted_size", lambda h, w, longer: (longer, round(h * longer / w)), "became the shorter"),
    ("fitted_size", lambda h, w, longer: (h * longer / max(h, w), w * longer / max(h, w)), "whole numbers"),
    ("fitted_size", lambda h, w, longer: (int(h * longer / max(h, w) + 1), int(w * longer / max(h, w))), ""),
    ("fitted_size", lambda h, w, longer: (-(-h * longer // max(h, w)), -(-w * longer // max(h, w))), "nearest"),
    ("fitted_size", lambda h, w, longer: (round(h * longer / min(h, w)), round(w * longer / min(h, w))), "longer side"),
    ("fitted_size", lambda h, w, longer: longer, "shape"),
    ("deprocess", lambda array: array, "the mean color is not added"),
    ("deprocess", lambda array: array[..., ::-1], "the mean color is not added"),
    ("deprocess", lambda array: array[..., ::-1] + MEAN_BGR, "mean color's channels"),
    ("deprocess", lambda array: array + MEAN_BGR, "mean color's channels"),
    ("deprocess", lambda array: array + MEAN_BGR[::-1], "does not come back"),
    ("deprocess", lambda array: (array - MEAN_BGR)[..., ::-1], "mean color"),
    ("deprocess", lambda array: (array + 128)[..., ::-1], "mean color"),
    ("deprocess", lambda array: (array + MEAN_BGR)[::-1], ""),
    ("deprocess", lambda array: (array + MEAN_BGR)[:, :, ::-1], "batch"),
    ("deprocess", in_place, "changes the array"),
]


@pytest.mark.parametrize("name, function, said", WRONG)
def test_off_on_a_wrong_answer(name, function, said, capsys):
    out = outcome(name, function, capsys)
    assert out.startswith("Off: ") and said in out, out


def fails(*_):
    raise ZeroDivisionError("division by zero")


SILLY = [
    fails,
    lambda: 0,
    lambda *_: "three",
    lambda *_: [1, [2, 3]],
    lambda *_: np.zeros((2, 0)),
    lambda *_: float("nan"),
    lambda *_: np.full(3, np.nan),
    lambda *arguments: arguments,
    lambda *_: object(),
    lambda *_: lambda: 0,
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("function", SILLY)
def test_never_raises(name, function, capsys):
    assert outcome(name, function, capsys).startswith("Off: ")
