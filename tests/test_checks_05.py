"""The checks of lesson 5: right on the folded solutions, "not yet" on the stubs, off on wrong answers; none raises."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import tensorflow as tf

from helpers import checks, losses

LESSON = nbformat.read(Path(__file__).parent.parent / "notebooks/05_style_loss.ipynb", as_version=4)


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


NAMES = ["covariance_matrix", "statistics_loss"]


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_is_right(capsys, name):
    assert outcome(capsys, name, from_lesson(name, "solution")) == "Right.\n"


@pytest.mark.parametrize("name", NAMES)
def test_the_stub_is_not_yet_right(capsys, name):
    assert outcome(capsys, name, from_lesson(name, "stub")).startswith("Not yet")


def centered(features):
    return features - tf.reduce_mean(features, axis=[0, 1])


def covariance_not_divided(features):
    return tf.einsum("ijc,ijd->cd", centered(features), centered(features))


def covariance_with_channels_and_positions_mixed(features):
    height, width, channels = features.shape
    matrix = tf.reshape(centered(features), (channels, height * width))
    return tf.matmul(matrix, matrix, transpose_b=True) / (height * width)


def covariance_of_positions(features):
    matrix = tf.reshape(centered(features), (-1, features.shape[-1]))
    return tf.matmul(matrix, matrix, transpose_b=True) / matrix.shape[0]


def covariance_centered_on_one_mean(features):
    return losses.gram_matrix(features - tf.reduce_mean(features))


def covariance_without_gradient(features):
    return tf.constant(losses.gram_matrix(tf.constant(centered(features).numpy())).numpy())


def statistics(features, target, axis=(0, 1), parts=(tf.reduce_mean, tf.math.reduce_std), size=tf.square):
    return sum(tf.reduce_sum(size(part(features, axis=axis) - part(target, axis=axis))) for part in parts)


def statistics_of_means_only(features, target):
    return statistics(features, target, parts=[tf.reduce_mean])


def statistics_of_deviations_only(features, target):
    return statistics(features, target, parts=[tf.math.reduce_std])


def statistics_of_all_channels_together(features, target):
    return statistics(features, target, axis=(0, 1, 2))


def statistics_of_positions(features, target):
    return statistics(features, target, axis=2)


def statistics_not_squared(features, target):
    return statistics(features, target, size=tf.abs)


def statistics_with_variances(features, target):
    return statistics(features, target, parts=[tf.reduce_mean, tf.math.reduce_variance])


def statistics_without_gradient(features, target):
    return float(statistics(features, target))


@pytest.mark.parametrize(
    "function, hint",
    [
        (losses.gram_matrix, "mean"),
        (covariance_not_divided, "divide by the number of positions"),
        (covariance_with_channels_and_positions_mixed, "mixed up"),
        (covariance_of_positions, "shape (4, 4)"),
        (covariance_centered_on_one_mean, "each channel's own mean"),
        (covariance_without_gradient, "no gradient"),
        (statistics_of_means_only, "standard deviations"),
        (statistics_of_deviations_only, "means alone"),
        (statistics_of_all_channels_together, "means alone"),
        (statistics_of_positions, ""),
        (statistics_not_squared, "3 squared"),
        (statistics_with_variances, "standard deviations"),
        (statistics_without_gradient, "no gradient"),
    ],
)
def test_a_wrong_answer_is_off_and_the_check_says_how(capsys, function, hint):
    name = NAMES[function.__name__.startswith("statistics")]
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
