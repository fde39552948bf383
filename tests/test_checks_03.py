"""The checks of lesson 3: right on the solutions, "not yet" on the stubs, off on wrong answers, never raising."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from helpers import checks, images
from helpers.images import preprocess
from helpers.vgg import build_vgg19

LESSON = nbformat.read(Path(__file__).parent.parent / "notebooks/03_vgg19_model.ipynb", as_version=4)
NAMES = ["parameter_count", "feature_map", "receptive_field"]


def from_lesson(name, kind):
    """The function `name` as the lesson's stub cell or as its folded solution defines it."""
    if kind == "stub":
        sources = [cell.source for cell in LESSON.cells if "exercise" in cell.metadata.get("tags", [])]
    else:
        text = "\n".join(cell.source for cell in LESSON.cells if cell.cell_type == "markdown")
        sources = re.findall(r"<summary>Solution</summary>\s+```python\n(.*?)```", text, re.DOTALL)
    (source,) = (source for source in sources if f"def {name}(" in source)
    names = {"images": images, "np": np, "build_vgg19": build_vgg19}
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


def field_of(conv=lambda r, d: (r + 2 * d, d), pool=lambda r, d: (r + d, 2 * d), start=1):
    def receptive_field(layers):
        r, d = start, 1
        for layer in layers:
            r, d = conv(r, d) if layer == "conv" else pool(r, d)
        return r

    return receptive_field


def features(batch, layer):
    return build_vgg19([layer])(np.ascontiguousarray(batch))[layer]


WRONG = {
    "parameter_count": {
        "no biases": (lambda k, i, o: k * k * i * o, "Is each sum complete"),
        "one bias for all": (lambda k, i, o: k * k * i * o + 1, "twice as many output channels"),
        "kernel not squared": (lambda k, i, o: k * i * o + o, "a height, a width and a depth"),
        "input channels forgotten": (lambda k, i, o: k * k * o + o, "a height, a width and a depth"),
        "a bias for each input channel": (lambda k, i, o: k * k * i * o + i * o, "a height, a width and a depth"),
    },
    "receptive_field": {
        "conv adds one side only": (field_of(conv=lambda r, d: (r + d, d)), "one neighbor on each side"),
        "distance forgotten": (field_of(conv=lambda r, d: (r + 2, d)), "farther apart"),
        "pool triples": (field_of(pool=lambda r, d: (r + 2 * d, 2 * d)), "puts two neighbors together"),
        "new distance used in pool": (field_of(pool=lambda r, d: (r + 2 * d - 1, 2 * d)), "old or the new"),
        "starts at 0": (field_of(start=0), "sees itself only"),
        "counts layers": (lambda layers: 1 + 2 * len(layers), "puts two neighbors together"),
    },
    "feature_map": {
        "batch axis left": (lambda image, layer: features(preprocess(image)[None], layer), "batch axis"),
        "not preprocessed": (lambda image, layer: features(image[None], layer)[0], "not preprocessed"),
        "red and blue swapped": (
            lambda image, layer: features(preprocess(image[None, ..., ::-1]), layer)[0],
            "red and blue",
        ),
        "another layer": (lambda image, layer: features(preprocess(image)[None], "block1_conv1")[0], "numbers are not"),
        "0 to 1": (lambda image, layer: features(preprocess(image / 255)[None], layer)[0], "numbers are not"),
        "one channel": (lambda image, layer: features(preprocess(image)[None], layer)[0, ..., 0], "the shape"),
    },
}


@pytest.mark.parametrize(("name", "mistake"), [(name, mistake) for name in NAMES for mistake in WRONG[name]])
def test_off_on_wrong_answers(name, mistake, capsys):
    function, sentence = WRONG[name][mistake]
    out = outcome(name, function, capsys)
    assert out.startswith("Off: ")
    assert sentence in out


def stops(*_):
    raise KeyError("block9")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "silly",
    [stops, lambda *_: "a word", lambda *_: np.zeros((2, 0)), lambda *_: float("nan"), lambda: 1, 7, lambda *_: {}],
)
def test_never_raises(name, silly, capsys):
    assert outcome(name, silly, capsys).startswith("Off: ")
