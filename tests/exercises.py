"""The exercises as the lessons hold them, and what a check says about an answer: shared by the tests of the checks."""

import re
from collections.abc import Callable
from functools import cache

import nbformat
import numpy as np
import pytest
import tensorflow as tf

from classroom import lessons
from helpers import checks, images, losses
from helpers.checks.measures import course_sorted_distance
from helpers.checks.verdict import OURS, SLOW, YOURS
from helpers.images import MEAN_BGR
from helpers.vgg import build_vgg19


def with_colors_of(content: np.ndarray, generated: np.ndarray) -> np.ndarray:
    """As lesson 8 defines it."""
    return images.keep_colors(generated, content)


# What a lesson has imported or defined before its exercises, as far as their solutions may use it.
GIVEN = {
    "00_start_here": {},
    "01_content_image": {"np": np, "MEAN_BGR": MEAN_BGR},
    "02_style_image": {"np": np},
    "03_vgg19_model": {"np": np, "images": images, "build_vgg19": build_vgg19},
    "04_content_loss": {
        "tf": tf,
        "images": images,
        "relative_content_loss": losses.relative_content_loss,
        "build_vgg19": build_vgg19,
    },
    "05_style_loss": {"np": np, "tf": tf, "losses": losses},
    "06_total_variation_loss": {"np": np, "tf": tf, "losses": losses},
    "07_optimization": {
        "np": np,
        "tf": tf,
        **{name: value for name, value in vars(losses).items() if name[0] != "_"},
        "CONTENT_LAYER": "block4_conv2",
    },
    "08_generated_image": {"np": np, "with_colors_of": with_colors_of},
    "further/01_masks": {"np": np, "tf": tf},
    "further/02_other_measures_of_style": {"np": np, "sorted_distance": course_sorted_distance},
    "further/03_a_network_that_paints": {"tf": tf, "losses": losses},
    "further/04_moving_pictures": {"np": np, "tf": tf},
}


@cache
def read(lesson: str) -> nbformat.NotebookNode:
    """A lesson such as "00_start_here"."""
    return lessons.read(lessons.NOTEBOOKS / f"{lesson}.ipynb")


def stubs(lesson: str) -> list[str]:
    """The sources of a lesson's stub cells."""
    return [cell.source for cell in read(lesson).cells if lessons.tagged(cell, "exercise")]


def solutions(lesson: str) -> list[str]:
    """The sources of a lesson's folded solutions."""
    return list(lessons.solutions(read(lesson)).values())


def exercises() -> list[tuple[str, str]]:
    """All exercises found in the notebooks: (lesson, name of the function to write)."""
    return [
        (lesson, name)
        for lesson in map(lessons.name_of, lessons.paths())
        for source in stubs(lesson)
        for name in re.findall(r"^def (\w+)\(", source, re.MULTILINE)
    ]


def define(lesson: str, name: str, sources: list[str]) -> Callable:
    """The function that exactly one of a lesson's stubs or solutions defines under this name."""
    (source,) = (source for source in sources if f"def {name}(" in source)
    names = dict(GIVEN[lesson])
    exec(source, names)
    return names[name]


def verdict(capsys: pytest.CaptureFixture, name: str, function) -> str:
    """The one line that the check of this name prints about a function."""
    used = getattr(checks, name)(function)
    line, end, more = capsys.readouterr().out.partition("\n")
    assert end and not more, f"not one line: {line!r}, {more!r}"
    assert (used is function) == line.endswith(YOURS) == (not line.endswith((OURS, SLOW)))
    for ending in (YOURS, OURS, SLOW):
        line = line.removesuffix(ending).rstrip()
    return line
