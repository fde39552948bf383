"""The checks of lesson 4: right on the solutions, "not yet" on the stubs, off on wrong answers, never raising."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import tensorflow as tf

from helpers import checks, images
from helpers.images import preprocess
from helpers.losses import content_loss, style_loss
from helpers.vgg import build_vgg19

LESSON = nbformat.read(Path(__file__).parent.parent / "notebooks/04_content_loss.ipynb", as_version=4)
NAMES = ["content_gradient", "relative_content_loss", "content_distance"]


def from_lesson(name, kind):
    """The function `name` as the lesson's stub cell or as its folded solution defines it."""
    if kind == "stub":
        sources = [cell.source for cell in LESSON.cells if "exercise" in cell.metadata.get("tags", [])]
    else:
        text = "\n".join(cell.source for cell in LESSON.cells if cell.cell_type == "markdown")
        sources = re.findall(r"<summary>Solution</summary>\s+```python\n(.*?)```", text, re.DOTALL)
    (source,) = (source for source in sources if f"def {name}(" in source)
    names = {"images": images, "tf": tf, "content_loss": content_loss, "build_vgg19": build_vgg19}
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


def distance(first=preprocess, second=preprocess, loss=content_loss):
    def content_distance(generated, content, layer):
        network = build_vgg19([layer])
        return loss(network(first(generated)[tf.newaxis])[layer], network(second(content)[tf.newaxis])[layer])

    return content_distance


def squares(x):
    return tf.reduce_sum(tf.square(x))


def same(x):
    return x


WRONG = {
    "content_gradient": {
        "half": (lambda f, p: f - p, "common factor"),
        "downhill": (lambda f, p: 2 * (p - f), "sign"),
        "the loss instead": (lambda f, p: tf.reduce_sum((f - p) ** 2), "shape"),
        "squares": (lambda f, p: (f - p) ** 2, "does not change as"),
        "target forgotten": (lambda f, p: 2 * f, "nothing to change"),
        "absolute": (lambda f, p: 2 * abs(f - p), "does not change as"),
    },
    "relative_content_loss": {
        "not divided": (lambda f, p: squares(f - p), "ten times"),
        "divided by the count": (lambda f, p: tf.reduce_mean(tf.square(f - p)), "ten times"),
        "divided by the root": (lambda f, p: squares(f - p) / tf.sqrt(squares(p)), "ten times"),
        "by the mean square": (lambda f, p: squares(f - p) / tf.reduce_mean(tf.square(p)), "four times as large"),
        "not squared": (lambda f, p: tf.reduce_sum(abs(f - p)) / tf.reduce_sum(abs(p)), "loss four times"),
        "by the generated map": (lambda f, p: squares(f - p) / (squares(f) + 1e-9), "result should be 1"),
        "positions averaged away": (
            lambda f, p: squares(tf.reduce_mean(f - p, axis=(0, 1))) / squares(tf.reduce_mean(p, axis=(0, 1))),
            "other positions",
        ),
        "gradient blocked": (lambda f, p: tf.constant(squares(f - p).numpy() / squares(p).numpy()), "no gradient"),
    },
    "content_distance": {
        "nothing preprocessed": (distance(same, same), "were not preprocessed"),
        "the generated one not": (distance(same, preprocess), "only one of the two"),
        "pixels": (lambda x, c, layer: squares(x - c), "compares the pixels"),
        "mean": (distance(loss=lambda f, p: tf.reduce_mean(tf.square(f - p))), "sum of squared differences"),
        "Gram matrices": (distance(loss=style_loss), "sum of squared differences"),
        "through NumPy": (lambda x, c, layer: distance()(x.numpy(), c.numpy(), layer).numpy(), "no gradient"),
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
