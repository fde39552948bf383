"""The check of every exercise: right on the folded solution, "not yet" on the stub, and off, never raising, on
silly answers and on the wrong answers of each lesson (wrong_answers/).
"""

import importlib

import numpy as np
import pytest
from exercises import define, exercises, solutions, stubs, verdict

from helpers import checks
from helpers.checks.verdict import SLOW
from helpers.images import ROOT

EXERCISES = [pytest.param(lesson, name, id=name) for lesson, name in exercises()]


def tables(kind):
    """{name of the exercise: {what the answer is: the answer}}"""
    return {
        name: answers
        for path in sorted((ROOT / "tests" / f"{kind}_answers").glob("*.py"))
        for name, answers in vars(importlib.import_module(f"{kind}_answers.{path.stem}"))[kind.upper()].items()
    }


WRONG_ANSWERS, RIGHT_ANSWERS = tables("wrong"), tables("right")


def test_every_exercise_is_found():
    assert exercises() == [
        ("00_start_here", "mean_color"),
        ("01_content_image", "fitted_size"),
        ("01_content_image", "preprocess"),
        ("02_style_image", "shuffle_pixels"),
        ("02_style_image", "color_distance"),
        ("03_vgg19_model", "parameter_count"),
        ("03_vgg19_model", "extractor"),
        ("03_vgg19_model", "receptive_field"),
        ("04_content_loss", "relative_content_loss"),
        ("04_content_loss", "content_loss_of"),
        ("05_style_loss", "covariance_matrix"),
        ("05_style_loss", "style_statistics"),
        ("06_total_variation_loss", "diagonal_variation"),
        ("06_total_variation_loss", "smooth_variation"),
        ("07_optimization", "total_loss"),
        ("07_optimization", "descend"),
        ("07_optimization", "descend_in_coordinates"),
        ("08_generated_image", "keep_drawing"),
        ("08_generated_image", "weight_between"),
        ("further/01_masks", "masked_gram"),
        ("further/01_masks", "halved"),
        ("further/02_other_measures_of_style", "sorted_distance"),
        ("further/02_other_measures_of_style", "sliced_distance"),
        ("further/03_a_network_that_paints", "instance_norm"),
        ("further/03_a_network_that_paints", "painting_loss"),
        ("further/04_moving_pictures", "carried_on"),
        ("further/04_moving_pictures", "temporal_loss"),
    ]


@pytest.mark.parametrize(("lesson", "name"), EXERCISES)
def test_right_on_the_solution(capsys, lesson, name):
    assert verdict(capsys, name, define(lesson, name, solutions(lesson))) == "Right."


@pytest.mark.parametrize(("lesson", "name"), EXERCISES)
def test_not_yet_on_the_stub(capsys, lesson, name):
    assert verdict(capsys, name, define(lesson, name, stubs(lesson))).startswith("Not yet")


def raises_zero_division(*_):
    raise ZeroDivisionError("division by zero")


def raises_key_error(*_):
    raise KeyError("block9")


SILLY = {
    "raises ZeroDivisionError": raises_zero_division,
    "raises KeyError": raises_key_error,
    "a number without arguments": lambda: 0,
    "None without arguments": lambda: None,
    "no function but a number": 7,
    "no function but None": None,
    "text": lambda *_: "three",
    "fraction": lambda *_: 1 / 3,
    "nan": lambda *_: float("nan"),
    "array of nan": lambda *_: np.full(3, np.nan),
    "empty array": lambda *_: np.zeros((2, 0)),
    "zeros": lambda *_: np.zeros((2, 2)),
    "ones": lambda *_: np.ones((2, 7)),
    "empty list": lambda *_: [],
    "uneven list": lambda *_: [1, [2, 3]],
    "dictionary": lambda *_: {},
    "its arguments": lambda *arguments: arguments,
    "object": lambda *_: object(),
    "function": lambda *_: lambda: 0,
}


@pytest.mark.parametrize(("lesson", "name"), EXERCISES)
@pytest.mark.parametrize("silly", SILLY)
def test_off_on_a_silly_answer(capsys, lesson, name, silly):
    assert verdict(capsys, name, SILLY[silly]).startswith("Off: ")


@pytest.mark.parametrize("answers", [WRONG_ANSWERS, RIGHT_ANSWERS], ids=["wrong", "right"])
def test_every_exercise_has_eight_answers(answers):
    assert answers.keys() == {name for _, name in exercises()}
    assert {name: len(of_one) for name, of_one in answers.items() if len(of_one) < 8} == {}


@pytest.mark.parametrize(
    ("name", "function"),
    [
        pytest.param(name, function, id=f"{name}-{way}")
        for name, answers in RIGHT_ANSWERS.items()
        for way, function in answers.items()
    ],
)
def test_right_in_another_way(capsys, name, function):
    assert verdict(capsys, name, function) == "Right."


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("covariance_matrix", "position by position"),
        ("covariance_matrix", "channel by channel"),
        ("style_statistics", "channel after channel"),
        ("diagonal_variation", "loops"),
        ("masked_gram", "position by position"),
    ],
)
def test_right_but_too_slow_to_paint_with(capsys, name, way):
    used = getattr(checks, name)(RIGHT_ANSWERS[name][way])
    assert used is not RIGHT_ANSWERS[name][way]
    assert capsys.readouterr().out == f"Right. {SLOW}\n"


@pytest.mark.parametrize(
    ("name", "function", "hint"),
    [
        pytest.param(name, function, hint, id=f"{name}-{mistake}")
        for name, answers in WRONG_ANSWERS.items()
        for mistake, (function, hint) in answers.items()
    ],
)
def test_off_on_a_wrong_answer(capsys, name, function, hint):
    said = verdict(capsys, name, function)
    assert said.startswith("Off: ") and hint in said, said
