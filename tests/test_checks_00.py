"""The checks of Start here: right on the solutions, "not yet" on the stubs, off on wrong answers, never raising."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from helpers import checks

LESSON = nbformat.read(Path(__file__).parent.parent / "notebooks/00_start_here.ipynb", as_version=4)
NAMES = ["mean_color"]


def from_lesson(name, kind):
    """The function `name` as the lesson's stub cell or as its folded solution defines it."""
    if kind == "stub":
        sources = [cell.source for cell in LESSON.cells if "exercise" in cell.metadata.get("tags", [])]
    else:
        text = "\n".join(cell.source for cell in LESSON.cells if cell.cell_type == "markdown")
        sources = re.findall(r"<summary>Solution</summary>\s+```python\n(.*?)```", text, re.DOTALL)
    (source,) = (source for source in sources if f"def {name}(" in source)
    names = {"np": np}
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


def in_place(image):
    image /= image.size / 3
    return image.sum(axis=(0, 1))


WRONG = [
    ("mean_color", lambda image: image.mean(), "shape"),
    ("mean_color", lambda image: image.mean(axis=0), "shape"),
    ("mean_color", lambda image: image.mean(axis=(0, 1))[::-1], "red and blue are swapped"),
    ("mean_color", lambda image: image[0, 0], "where the pixels are"),
    ("mean_color", lambda image: np.median(image, axis=(0, 1)), ""),
    ("mean_color", lambda image: image.sum(axis=(0, 1)), "one color"),
    ("mean_color", lambda image: image.max(axis=(0, 1)), ""),
    ("mean_color", lambda image: np.sort(image.reshape(-1, 3), axis=0)[1:-1].mean(axis=0), ""),
    ("mean_color", in_place, "changes the image"),
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
