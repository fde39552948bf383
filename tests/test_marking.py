"""The marks of a class: more than twelve submissions, right, half, wrong and hostile."""

import base64
import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from PIL import Image

from classroom import copies, lessons
from helpers import marking
from helpers.__main__ import main
from helpers.images import ROOT
from helpers.marking import page, submission

HEAD = "def fitted_size(height, width, longer):\n    "
HOSTILE = {
    "endless": HEAD + "while True:\n        pass",
    "exits": "import os\n\n\n" + HEAD + "os._exit(0)",
    "exits_at_once": "import os\n\n\ndef fitted_size(height, width, longer=os._exit(0)):\n    return 3, 4",
    "says_right": HEAD + "print('Right.')\n    raise SystemExit('Right.')",
    "much_memory": HEAD + "return bytearray(3 * 10**9)",
    "network": "import socket\n\n\n" + HEAD + "return socket.create_connection(('127.0.0.1', 9))",
    "garbage": "import os\n\n\n"
    + HEAD
    + "for channel in range(3, 30):\n        try:\n            os.write(channel, b'{[\\n' * 9)\n"
    + "        except OSError:\n            pass",
    "floods": "import os\n\n\n"
    + HEAD
    + "while True:\n        for channel in range(3, 30):\n            try:\n"
    + "                os.write(channel, b'x' * 1000)\n            except OSError:\n                pass",
    "replaces_checks": "from helpers.checks import content_image\n\n\n"
    + HEAD
    + "content_image.require = lambda *_: None\n    return 3, 4",
}
OTHERS = {
    "half": HEAD + "return height, width",
    "no_python": "def fitted_size(height, width, longer)\n    return 3, 4",
}


def solved_but(code: str) -> nbformat.NotebookNode:
    """Lesson 1 with this code for the first exercise, and the second one solved."""
    lesson = copies.key(lessons.read(lessons.paths()[1]))
    next(cell for cell in lesson.cells if lessons.tagged(cell, "exercise")).source = code
    return lesson


@pytest.fixture(scope="module")
def marks(tmp_path_factory):
    """{student: row of the table}, the program's lines, and the folder of the submissions."""
    folder = tmp_path_factory.mktemp("class")
    for name, code in (HOSTILE | OTHERS).items():
        nbformat.write(solved_but(code), folder / f"{name}.ipynb")
    nbformat.write(copies.key(lessons.read(lessons.paths()[1])), folder / "right.ipynb")
    nbformat.write(copies.student_copy(lessons.read(lessons.paths()[1])), folder / "untouched.ipynb")
    (folder / "damaged.ipynb").write_text('{"cells": [')
    (folder / "secret.txt").write_text("as it was")
    command = [sys.executable, "-m", "helpers", "mark", *sorted(folder.glob("*.ipynb")), "-o", folder / "marks.csv"]
    done = subprocess.run(
        [*command, "--seconds", "10"], capture_output=True, text=True, cwd=ROOT, env=os.environ | {"COLUMNS": "200"}
    )
    assert done.returncode == 0, done.stderr
    with open(folder / "marks.csv", encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}, done.stdout, folder


@pytest.mark.slow
def test_each_gets_what_it_deserves(marks):
    rows, printed, _ = marks
    assert {student: row["fitted_size"].partition(":")[0] for student, row in rows.items()} == {
        **dict.fromkeys((*HOSTILE, *OTHERS), "wrong"),
        "replaces_checks": "right",  # it shares the process with the checks: see the column "look"
        "right": "right",
        "untouched": "not yet",
        "damaged": "missing",
    }
    assert "longer side is not 150" in rows["half"]["fitted_size"]
    assert rows["endless"]["fitted_size"] == "wrong: not ready after 10 s"
    for student in ("exits", "garbage", "floods"):
        assert rows[student]["fitted_size"] == marking.STOPPED
    assert "SystemExit" in rows["says_right"]["fitted_size"]
    assert "MemoryError" in rows["much_memory"]["fitted_size"]
    assert "is not allowed" in rows["network"]["fitted_size"]
    assert "SyntaxError" in rows["no_python"]["fitted_size"]
    assert len(printed.splitlines()) == len(rows) + 1


@pytest.mark.slow
def test_the_other_exercises_of_a_hostile_submission_stand(marks):
    rows, _, _ = marks
    for student in (
        "endless",
        "exits",
        "says_right",
        "much_memory",
        "network",
        "garbage",
        "floods",
        "half",
        "no_python",
    ):
        assert rows[student]["preprocess"] == "right", student
    assert rows["exits_at_once"]["preprocess"] == marking.STOPPED  # nothing could be defined
    assert rows["untouched"]["preprocess"] == "not yet"


@pytest.mark.slow
def test_what_a_person_should_look_at(marks):
    rows, _, folder = marks
    looked_at = {student: row["look"] for student, row in rows.items() if row["look"]}
    assert looked_at == {
        "exits": "imports os",
        "exits_at_once": "imports os",
        "says_right": "uses SystemExit",
        "network": "imports socket",
        "garbage": "imports os",
        "floods": "imports os",
        "replaces_checks": "changes content_image.require",
        "damaged": "damaged.ipynb: it is no notebook",
    }
    assert "changes content_image.require" in (folder / "marks.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_only_the_columns_of_the_lesson(marks):
    rows, _, _ = marks
    assert list(rows["right"]) == ["student", "fitted_size", "preprocess", "right", "look"]
    assert [rows[student]["right"] for student in ("right", "half", "untouched")] == ["2", "1", "0"]


@pytest.mark.slow
def test_a_students_whole_folder(tmp_path, capsys):
    """Each exercise is marked with what its own notebook defines, though later lessons import the same names."""
    folder = tmp_path / "ann"
    folder.mkdir()
    for number in (1, 5, 7):
        path = lessons.paths()[number]
        nbformat.write(copies.key(lessons.read(path)), folder / path.name)
    assert main(["mark", str(folder), "-o", str(tmp_path / "marks.csv")]) == 0
    [row] = csv.DictReader((tmp_path / "marks.csv").read_text(encoding="utf-8-sig").splitlines())
    assert row["right"] == "7" and row["student"] == "ann" and row["look"] == ""
    assert "7 right" in capsys.readouterr().out


def test_an_interrupted_run_keeps_the_marks_so_far(tmp_path, monkeypatch, capsys):
    for name in ("ann", "ben"):
        nbformat.write(nbformat.v4.new_notebook(), tmp_path / f"{name}.ipynb")

    def first_only(notebooks, exercises, *_):
        if notebooks[0].stem == "ben":
            raise KeyboardInterrupt
        return dict.fromkeys(exercises, "right") | {"look": ""}

    monkeypatch.setattr(marking, "mark", first_only)
    notebooks = [str(tmp_path / f"{name}.ipynb") for name in ("ann", "ben")]
    assert main(["mark", *notebooks, "-o", str(tmp_path / "marks.csv")]) == 130
    assert [line.split(",")[0] for line in (tmp_path / "marks.csv").read_text("utf-8-sig").splitlines()] == [
        "student",
        "ann",
    ]
    assert (tmp_path / "marks.html").is_file()


def test_nothing_is_written_over(tmp_path, capsys):
    notebook = tmp_path / "a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), notebook)
    (tmp_path / "marks.html").write_text("mine")
    assert main(["mark", str(notebook), "-o", str(tmp_path / "marks.csv")]) == 2
    assert "exists already" in capsys.readouterr().err
    assert (tmp_path / "marks.html").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["gone.ipynb"], "There is no 'gone.ipynb'"), ([str(ROOT / "tests" / "right_answers")], "There is no notebook")],
)
def test_bad_arguments(arguments, message, tmp_path, capsys):
    assert main(["mark", *arguments, "-o", str(tmp_path / "marks.csv")]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_names_say_where_a_submission_lies(tmp_path):
    for student in ("ann", "ben"):
        (tmp_path / student).mkdir()
        (tmp_path / student / "05.ipynb").write_text("{}")
    files = sorted(tmp_path.glob("*/05.ipynb"))
    assert list(marking.named(files)) == ["ann/05", "ben/05"]
    assert list(marking.named([tmp_path / "ann", tmp_path / "ben"])) == ["ann", "ben"]


@pytest.mark.parametrize("path", lessons.paths(), ids=lessons.name_of)
def test_the_lessons_themselves_are_not_suspicious(path, tmp_path):
    nbformat.write(copies.key(lessons.read(path)), tmp_path / "key.ipynb")
    read = submission.read(tmp_path / "key.ipynb")
    assert read.odd == [] and read.broken == {}
    assert lessons.solutions(lessons.read(path)).keys() <= read.functions


def test_a_table_runs_nothing_in_a_spreadsheet():
    table = marking.as_csv({"=1+1": {"descend": "right", "look": "@sum"}}, ["descend"])
    assert table.splitlines()[1] == "'=1+1,right,1,'@sum"


def test_the_page_shows_pictures_and_no_markup_of_a_student(tmp_path):
    picture = io.BytesIO()
    Image.new("RGB", (600, 400), "red").save(picture, "PNG")
    data = base64.b64encode(picture.getvalue()).decode()
    shown = nbformat.v4.new_output("display_data", {"image/png": data})
    cell = nbformat.v4.new_code_cell("", outputs=[shown], metadata={"tags": ["opening-picture"]})
    notebook = tmp_path / "a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), notebook)
    (tmp_path / "large.jpg").write_bytes(b"no picture")
    student = "<script>alert(1)</script>"
    text = page.html({student: {"descend": "wrong: <b>", "look": ""}}, {student: [notebook]}, ["descend"])
    assert "<script" not in text and "wrong: &lt;b&gt;" in text
    [jpeg] = re.findall(r"data:image/jpeg;base64,([^\"]+)", text)
    assert Image.open(io.BytesIO(base64.b64decode(jpeg))).size == (480, 320)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}', '{"cells": [{}]}', '{"cells": [[1]]}', "\x00"])
def test_no_notebook(text, tmp_path):
    path = Path(tmp_path, "a.ipynb")
    path.write_text(text)
    with pytest.raises(ValueError, match="no notebook"):
        submission.read(path)
    assert list(page.opening_pictures(path)) == []


def test_cells_that_only_ipython_understands(tmp_path):
    source = "%timeit 1\n!ls\ndef descend(x):\n    return x\nprint(open('x'))\nRATE = 3\nbig = load_image('x')"
    notebook = tmp_path / "a.ipynb"
    notebook.write_text(json.dumps({"cells": [{"cell_type": "code", "metadata": {}, "source": source}]}))
    read = submission.read(notebook)
    assert read.functions == {"descend"} and len(read.statements) == 2 and read.odd == []


def test_what_is_nested_deeply_hides_nothing_and_stops_nothing(tmp_path):
    source = "def descend(x):\n    return " + "x" + ".a" * 3000 + "\n\n\ndef extractor(x):\n    return open(x)"
    notebook = tmp_path / "a.ipynb"
    notebook.write_text(json.dumps({"cells": [{"cell_type": "code", "metadata": {}, "source": source}]}))
    read = submission.read(notebook)
    assert read.functions == {"descend", "extractor"} or read.broken.keys() == {"descend", "extractor"}
