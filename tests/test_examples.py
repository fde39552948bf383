"""In a notebook a check draws the student's result beside the expected one."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from exercises import define, exercises, solutions

from helpers import checks
from helpers.checks import examples


@pytest.fixture(autouse=True)
def notebook(monkeypatch):
    monkeypatch.setattr(examples, "get_ipython", lambda: "a shell")
    plt.close("all")
    yield
    plt.close("all")


def drawn(axis):
    """All the numbers of an axes: those of its image, or the lengths of its bars."""
    if axis.images:
        return [np.asarray(axis.images[0].get_array(), float)]
    lengths = [bar.get_width() for bar in axis.patches]
    return [np.array(lengths[0::2]), np.array(lengths[1::2])]  # yours and expected in turn


@pytest.mark.parametrize(("lesson", "name"), exercises())
def test_a_right_answer_looks_as_expected(lesson, name):
    getattr(checks, name)(define(lesson, name, solutions(lesson)))
    (figure,) = map(plt.figure, plt.get_fignums())
    axes = [axis for axis in figure.axes if axis.images or axis.patches]
    results = [numbers for axis in axes for numbers in drawn(axis)][:2]
    assert results[0].size and np.ptp(results[1]) > 0 or name == "mean_color"
    np.testing.assert_allclose(results[0], results[1], rtol=1e-2, atol=1e-2 * np.abs(results[1]).max())
    labels = " ".join(text.get_text() for axis in axes for text in [axis.title, *axis.get_yticklabels()])
    assert "yours" in labels and "expected" in labels


def test_a_wrong_answer_is_drawn_too(capsys):
    checks.shuffle_pixels(lambda image, seed: image)
    assert capsys.readouterr().out.startswith("Off: ")
    (figure,) = map(plt.figure, plt.get_fignums())
    yours, expected = (axis.images[0].get_array() for axis in figure.axes[:2])
    np.testing.assert_array_equal(yours, np.round(examples.photo()))
    assert (yours != expected).any()


@pytest.mark.parametrize(
    "function",
    [lambda image: None, lambda image: [1, 2], lambda image: 1 / 0, lambda image: [np.nan] * 3, 7],
    ids=["stub", "wrong shape", "raises", "nan", "no function"],
)
def test_where_there_is_nothing_to_draw_nothing_is_drawn(function):
    checks.mean_color(function)
    assert plt.get_fignums() == []


def test_there_is_an_example_for_each_exercise():
    assert examples.EXAMPLES.keys() == {name for _, name in exercises()}


def test_outside_a_notebook_nothing_is_drawn(monkeypatch):
    monkeypatch.setattr(examples, "get_ipython", lambda: None)
    checks.mean_color(lambda image: image.mean(axis=(0, 1)))
    assert plt.get_fignums() == []
