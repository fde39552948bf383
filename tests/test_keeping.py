"""Right functions are kept in my_functions.py, with all that they need, and found there by lesson 8."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from exercises import GIVEN, exercises, solutions

from helpers import checks
from helpers.checks import keeping
from helpers.checks.verdict import KEPT, NOT_YOURS

cell_numbers = itertools.count()


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    path = tmp_path / "course" / "my_functions.py"
    path.parent.mkdir()
    monkeypatch.setattr(keeping, "MY_FUNCTIONS", path)
    return path


@pytest.fixture
def notebook(tmp_path):
    """Runs a cell, and gives the notebook's names. As in Jupyter, the source can be had, and the module is __main__."""
    names = {"__name__": "__main__"}

    def run(source):
        cell = tmp_path / f"cell_{next(cell_numbers)}.py"
        cell.write_text(source, encoding="utf-8")
        exec(compile(source, str(cell), "exec"), names)
        return names

    return run


@pytest.mark.parametrize(("lesson", "name"), exercises())
def test_every_solution_is_kept_and_still_right(notebook, capsys, file, lesson, name):
    names = notebook("")
    names.update(GIVEN[lesson])
    (source,) = (source for source in solutions(lesson) if f"def {name}(" in source)
    check = getattr(checks, name)
    check(notebook(source)[name])
    assert capsys.readouterr().out == f"Right. {KEPT}\n"
    check(checks.my_functions()[name])
    assert capsys.readouterr().out.startswith("Right.")


def test_what_the_notebook_defined_is_kept_along(notebook):
    names = notebook(
        "import numpy as np\nimport math as m\nfrom os.path import basename as base\n"
        "HALF = 0.5\nNAMES = ['a', 'b']\nTABLE = np.array([[1.0, 2.0]])\n"
        "def inner(x):\n    return HALF * x\n\n"
        "def even(n):\n    return n == 0 or odd(n - 1)\n\n"
        "def odd(n):\n    return n > 0 and even(n - 1)\n\n"
        "other = inner\n"
        "def mine(x):\n    parts = [inner(x) for _ in NAMES]\n    def deep():\n        return m.floor(TABLE.sum())\n"
        "    return sum(parts) + deep() + other(x) + len(base('/a/bc')) + odd(3)\n"
    )
    assert keeping.keep("mine", names["mine"])
    assert checks.my_functions()["mine"](10) == names["mine"](10) == 21


def test_a_function_of_another_name_is_found_under_the_exercises(notebook):
    names = notebook("def my_try(x):\n    return x + 1\n")
    assert keeping.keep("mine", names["my_try"])
    assert checks.my_functions()["mine"](1) == 2


def test_a_later_one_takes_the_place_and_the_rest_stays(notebook, file):
    names = notebook("def a(x):\n    return 1\n\ndef b(x):\n    return 2\n")
    assert keeping.keep("a", names["a"]) and keeping.keep("b", names["b"])
    file.write_text(file.read_text().replace("return 2", "return 22  # changed by hand"))
    assert keeping.keep("a", notebook("def a(x):\n    return 3\n")["a"])
    kept = checks.my_functions()
    assert (kept["a"](0), kept["b"](0)) == (3, 22)
    assert "changed by hand" in file.read_text()
    assert file.read_text().count("def a(") == 1


@pytest.mark.parametrize(
    "source",
    [
        "mine = lambda x: x",
        "def make(n):\n    def mine(x):\n        return n\n    return mine\n\nmine = make(3)",
        "def mine(x):\n    return variable * x",
        "class mine:\n    pass",
    ],
)
def test_what_cannot_be_written_down_is_not_kept(notebook, file, source):
    names = notebook(source)
    names["variable"] = tf.Variable(2.0)
    assert not keeping.keep("mine", names["mine"])
    assert not file.exists()


def test_functions_of_modules_are_not_kept(file):
    assert not keeping.keep("mean", np.mean)
    assert not keeping.keep("helper", keeping.read_parts)
    assert not file.exists()


def test_a_folder_that_is_gone_is_no_error(notebook, file):
    file.parent.rmdir()
    assert not keeping.keep("mine", notebook("def mine(x):\n    return x\n")["mine"])
    assert checks.my_functions() == {}


def test_a_file_that_fails_gets_one_sentence(file, capsys):
    file.write_text("# --- mine ---\ndef mine(x):\n    return x\n\nraise KeyError('oops')\n")
    assert checks.my_functions() == {}
    assert capsys.readouterr().out == (
        "my_functions.py stopped with KeyError: 'oops'. The course's own functions are used.\n"
    )


def test_a_check_that_is_run_twice_does_not_praise_the_courses_own(capsys):
    course = checks.mean_color(lambda image: None)
    capsys.readouterr()
    assert checks.mean_color(course) is course
    assert capsys.readouterr().out == f"{NOT_YOURS}\n"
