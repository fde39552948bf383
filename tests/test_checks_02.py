"""The checks of lesson 2: right on the solutions, "not yet" on the stubs, off on wrong answers, never raising."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from helpers import checks

LESSON = nbformat.read(Path(__file__).parent.parent / "notebooks/02_style_image.ipynb", as_version=4)
NAMES = ["shuffle_pixels", "color_distance"]


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


def shuffled(image, seed):
    return np.random.default_rng(seed).permutation(image.reshape(-1, 3)).reshape(image.shape)


def channels_mixed_with_positions(image, seed):
    return np.random.default_rng(seed).permutation(image.ravel()).reshape(image.shape)


def channels_apart(image, seed):
    return np.random.default_rng(seed).permuted(image.reshape(-1, 3), axis=0).reshape(image.shape)


def with_doubles(image, seed):
    return np.random.default_rng(seed).choice(image.reshape(-1, 3), image.size // 3).reshape(image.shape)


def in_place(image, seed):
    np.random.default_rng(seed).shuffle(image.reshape(-1, 3))
    return image


def columns(image):
    return np.sort(image.reshape(-1, 3), axis=0)


WRONG = [
    ("shuffle_pixels", lambda image, seed: image, "no pixel has moved"),
    ("shuffle_pixels", channels_mixed_with_positions, "stay together"),
    ("shuffle_pixels", channels_apart, "stay together"),
    ("shuffle_pixels", lambda image, seed: np.random.default_rng(seed).permutation(image), "row"),
    ("shuffle_pixels", lambda image, seed: np.random.default_rng(seed).permutation(image, axis=1), "row"),
    ("shuffle_pixels", lambda image, seed: image[::-1, ::-1], "row"),
    ("shuffle_pixels", lambda image, seed: np.random.default_rng(seed).choice(image.reshape(-1, 3), 72), "shape"),
    ("shuffle_pixels", with_doubles, "lost, new or doubled"),
    ("shuffle_pixels", lambda image, seed: shuffled(image, 0), "another seed"),
    ("shuffle_pixels", lambda image, seed: shuffled(image, None), "same seed"),
    ("shuffle_pixels", in_place, "changes the image"),
    ("color_distance", lambda a, b: np.abs(a - b).mean(), "should be 0"),
    ("color_distance", lambda a, b: np.abs(np.sort(a, axis=None) - np.sort(b, axis=None)).mean(), "channels"),
    ("color_distance", lambda a, b: np.abs(np.sort(a) - np.sort(b)).mean(), "should be 0"),
    ("color_distance", lambda a, b: np.abs(columns(a) - columns(b)).sum(), "Take the mean"),
    ("color_distance", lambda a, b: np.square(columns(a) - columns(b)).mean(), "gives 100"),
    ("color_distance", lambda a, b: (columns(a) - columns(b)).mean(), ""),
    ("color_distance", lambda a, b: np.abs(a.mean(axis=(0, 1)) - b.mean(axis=(0, 1))).mean(), "half the contrast"),
    ("color_distance", lambda a, b: np.abs(columns(a) - columns(b)).mean(axis=0).max(), "red alone"),
    ("color_distance", lambda a, b: np.abs(columns(a) - columns(b)).mean(axis=0), "one number"),
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
