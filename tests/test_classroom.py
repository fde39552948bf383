"""What `make teaching` makes of the lessons: students' copies, the key, worksheets, and the grading programs' forms."""

import contextlib
import io
import os
import re
import shutil
import subprocess

import nbformat
import numpy as np
import pytest
import tensorflow as tf
from exercises import GIVEN, exercises
from nbclient import NotebookClient

from classroom import copies, graders, home, lessons, worksheets
from classroom.__main__ import main
from helpers import losses
from helpers.images import ROOT

PATHS = [pytest.param(path, id=lessons.name_of(path)) for path in lessons.paths()]


def text(lesson):
    return "\n\n".join(cell.source for cell in lesson.cells)


# --- Students' copies and the key ---


@pytest.mark.parametrize("path", PATHS)
def test_students_get_no_solutions_and_no_outputs(path):
    lesson, copy = lessons.read(path), copies.student_copy(lessons.read(path))
    nbformat.validate(copy)
    assert "Solution" not in text(copy)
    assert text(copy).count("<summary>Hint") == text(lesson).count("<summary>Hint")
    assert text(copy).count("<summary>Answer") == text(lesson).count("<summary>Answer")
    assert not any(cell.get("outputs") for cell in copy.cells)
    shown = [line for cell in copy.cells for line in cell.source.splitlines()]
    public = {line for cell in lesson.cells if cell.cell_type == "code" for line in cell.source.splitlines()}
    solutions = {line for code in lessons.solutions(lesson).values() for line in code.splitlines()[1:] if line}
    assert solutions - public and not (solutions - public) & set(shown)


@pytest.mark.parametrize("path", PATHS)
def test_checks_are_locked_and_exercises_open(path):
    for cell in copies.student_copy(lessons.read(path)).cells:
        if lessons.tagged(cell, "check") or lessons.tagged(cell, "setup"):
            assert cell.metadata.editable is False and cell.metadata.deletable is False
        elif lessons.tagged(cell, "exercise"):
            assert "editable" not in cell.metadata and cell.metadata.deletable is False
        else:
            assert not {"editable", "deletable"} & set(cell.metadata)


def run(cell, names):
    """What a cell prints."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(cell.source, names)
    return said.getvalue()


def checked(lesson, name):
    """What the checks of a lesson say, when its exercises and checks are run one after another."""
    names = dict(GIVEN[name])
    exec("from helpers import checks", names)
    said = []
    for cell in lesson.cells:
        if lessons.tagged(cell, "exercise"):
            run(cell, names)
        elif lessons.tagged(cell, "check"):
            said.append(run(cell, names))
    return said, names


@pytest.mark.parametrize("path", PATHS)
def test_every_check_of_the_key_says_right(path):
    said, _ = checked(copies.key(lessons.read(path)), lessons.name_of(path))
    assert len(said) == sum(lesson == lessons.name_of(path) for lesson, _ in exercises())
    assert all(line.startswith("Right.") for line in said), said


@pytest.mark.slow
def test_a_lesson_of_the_key_runs_whole(tmp_path):
    assert main(["--out", str(tmp_path / "teaching"), "--class", "7b"]) == 0
    notebooks = tmp_path / "teaching" / "key" / "notebooks"
    lesson = nbformat.read(notebooks / "01_content_image.ipynb", as_version=4)
    NotebookClient(lesson, resources={"metadata": {"path": str(notebooks)}}).execute()
    outputs = [str(cell.outputs) for cell in lesson.cells if lessons.tagged(cell, "check")]
    assert len(outputs) == 2 and all("kept in my_functions.py" in output for output in outputs)
    assert (tmp_path / "teaching" / "key" / "my_functions.py").is_file()  # the folder stands on its own


def test_a_stub_keeps_its_docstring_and_its_constants():
    stub = 'A = 1\n\n\ndef f(x):\n    """What it is."""\n    return None'
    solution = 'def f(x):\n    """The same."""\n    y = x\n\n    return y\n'
    assert lessons.solved(stub, solution) == stub.replace("    return None", "    y = x\n\n    return y")
    assert "    # A\n    y = x\n\n    return y\n    # B" in lessons.solved(stub, solution, "# A", "# B")


# --- Grading programs ---


@pytest.mark.parametrize("path", PATHS)
def test_nbgraders_form(path):
    lesson = graders.nbgrader(lessons.read(path))
    nbformat.validate(lesson)
    marks = [cell.metadata.nbgrader for cell in lesson.cells if "nbgrader" in cell.metadata]
    grade_ids = [mark.grade_id for mark in marks]
    assert len(set(grade_ids)) == len(grade_ids)
    names = [name for lesson, name in exercises() if lesson == lessons.name_of(path)]
    assert [mark.grade_id for mark in marks if mark.solution] == names
    assert [mark.grade_id for mark in marks if mark.grade] == [f"points_{name}" for name in names]
    assert all(mark.points == 1 and mark.locked for mark in marks if mark.grade)
    for cell in lesson.cells:
        if "nbgrader" in cell.metadata and cell.metadata.nbgrader.solution:
            assert cell.source.count("### BEGIN SOLUTION") == cell.source.count("### END SOLUTION") == 1


@pytest.mark.parametrize("path", PATHS)
def test_nbgraders_points(path):
    """The solution gets every point; a stub, for which the course's own function steps in, gets none."""
    for solve, points in ((True, True), (False, False)):
        lesson = graders.nbgrader(lessons.read(path))
        stubs = iter([cell.source for cell in lessons.read(path).cells if lessons.tagged(cell, "exercise")])
        for cell in lesson.cells:
            if lessons.tagged(cell, "exercise") and not solve:
                cell.source = next(stubs)
        _, names = checked(lesson, lessons.name_of(path))
        for cell in lesson.cells:
            if "nbgrader" in cell.metadata and cell.metadata.nbgrader.grade:
                with contextlib.nullcontext() if points else pytest.raises(AssertionError, match="Not yet"):
                    run(cell, names)


@pytest.mark.parametrize("path", PATHS)
def test_otters_form(path):
    lesson = graders.otter(lessons.read(path))
    nbformat.validate(lesson)
    marks = [cell.source.splitlines()[0] for cell in lesson.cells if cell.cell_type == "raw"]
    question = [f"# {mark}" for mark in ("BEGIN QUESTION", "BEGIN SOLUTION", "END SOLUTION", "BEGIN TESTS")]
    question += ["# END TESTS", "# END QUESTION"]
    names = [name for lesson, name in exercises() if lesson == lessons.name_of(path)]
    assert marks == ["# ASSIGNMENT CONFIG", *question * len(names)]
    raw = "\n".join(cell.source for cell in lesson.cells if cell.cell_type == "raw")
    assert re.findall(r"^name: (\w+)$", raw, re.MULTILINE) == names


# --- Worksheets ---


def matrix(question, name):
    return np.array(question.formulas[name][1], dtype="float32")


@pytest.mark.parametrize("name", [f"class {number}" for number in range(40)])
def test_the_keys_numbers_are_those_of_the_courses_formulas(name):
    moved, colors, counts, content, gram, variation, step, total = worksheets.sheet(name)
    row, shifted, brighter = (matrix(moved, key) for key in ("row", "moved", "brighter"))
    assert np.array_equal(np.roll(row, 1), shifted)
    assert f"= {np.sum((row - shifted) ** 2):.0f}." in moved.answer
    assert f"= {np.sum((row - brighter) ** 2):.0f}." in moved.answer
    assert np.sum((row - shifted) ** 2) > np.sum((row - brighter) ** 2)

    values, shown, matched = (matrix(colors, key)[0] for key in ("values", "shown", "matched"))
    assert sorted(matched) == sorted(shown) and np.array_equal(np.argsort(values), np.argsort(matched))

    kernel, into, out = map(int, re.search(r"(\d) × \d kernels goes from (\d+) to (\d+)", counts.text).groups())
    layer = tf.keras.layers.Conv2D(out, kernel)
    layer.build((None, None, None, into))
    assert f"= {layer.count_params()};" in counts.answer
    strides = list(map(int, re.search(r"strides (\d), (\d), (\d)", counts.text).groups()))
    assert f" {seen(strides)} pixels" in counts.answer

    x, target = (tf.constant(matrix(content, key)[:, :, None]) for key in ("a", "b"))
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = losses.content_loss(x, target)
    assert content.answer.startswith(f"{loss.numpy():.0f};")
    assert np.array_equal(tape.gradient(loss, x)[:, :, 0], matrix(content, "gradient"))

    maps = np.stack([matrix(gram, "first"), matrix(gram, "second")], axis=-1)
    assert np.allclose(losses.gram_matrix(tf.constant(maps)), matrix(gram, "table"))

    picture = tf.constant(matrix(variation, "rows")[:, :, None])
    assert variation.answer.endswith(f"= {losses.total_variation_loss(picture).numpy():g}")

    first, second, slope, other, rate = map(int, re.findall(r"-?\d+", step.text)[:5])
    assert step.answer == f"{first - rate * slope}, and 0 ({second - rate * other} is cut off)."
    assert 0 <= first - rate * slope <= 255 and second - rate * other < 0

    a_content, a_style, b_content, b_style, weight, other_weight = (
        float(number) for number in re.findall(r"\d+\.\d+|(?<=with )\d+", total.text)
    )
    change = (b_style - a_style) / (a_content - b_content)
    assert total.answer.endswith(f" {change:g}.") and weight < change < other_weight
    for w, winner in ((weight, "A"), (other_weight, "B")):
        a, b = w * a_content + a_style, w * b_content + b_style
        assert f"With {w:g}: A {a:g}, B {b:g}, so {winner}." in total.answer
        assert (a < b) == (winner == "A")


def seen(strides):
    """How many pixels the gradient of one number after three convolutions reaches."""
    x = tf.Variable(tf.ones((1, 41, 1, 1)))
    with tf.GradientTape() as tape:
        y = x
        for stride in strides:
            y = tf.nn.conv2d(y, tf.ones((3, 1, 1, 1)), (stride, 1), "VALID")
        middle = y[0, y.shape[1] // 2, 0, 0]
    return int(np.count_nonzero(tape.gradient(middle, x)))


def test_each_class_has_its_own_numbers_and_always_the_same():
    sheets = [worksheets.markdown("", worksheets.sheet(f"class {number}")) for number in range(100)]
    assert len(set(sheets)) == 100
    assert worksheets.sheet("7b") == worksheets.sheet("7b")
    assert "{" not in re.sub(r"\$.*?\$", "", sheets[0])


@pytest.mark.slow
def test_worksheets_on_paper():
    questions = worksheets.sheet("7b")
    for key in (False, True):
        assert worksheets.pdf("7b", questions, key).startswith(b"%PDF-")
        assert len(re.findall(r"^\d\. ", worksheets.markdown("7b", questions, key), re.MULTILINE)) == 8


# --- The folder ---


@pytest.mark.slow
def test_the_folder_is_made_once_and_stands_alone(tmp_path, capsys):
    folder = tmp_path / "deep" / "teaching"
    assert main(["--out", str(folder), "--class", "7b", "--word", "heron"]) == 0
    sheet = (folder / "worksheets" / "7b.md").read_text(encoding="utf-8")
    assert sheet == worksheets.markdown("7b", worksheets.sheet("7b heron")) and "heron" not in sheet
    assert sheet != worksheets.markdown("7b", worksheets.sheet("7b "))
    assert sorted(path.name for path in folder.parent.iterdir()) == ["teaching"]
    assert sorted(os.listdir(folder)) == ["key", "nbgrader", "otter", "students", "worksheets"]
    assert sorted(os.listdir(folder / "worksheets")) == ["7b.md", "7b.pdf", "7b_key.md", "7b_key.pdf"]
    for place in ("students/notebooks", "key/notebooks", "otter", "nbgrader/source/art_style_transfer"):
        assert len(list((folder / place).rglob("*.ipynb"))) == len(lessons.paths())
    assert (folder / "students" / "notebooks" / "further" / "figures" / "01_masks.jpg").is_file()
    assert (folder / "students" / "helpers" / "losses.py").is_file()
    (folder / "mine.txt").write_text("mine")
    capsys.readouterr()
    assert main(["--out", str(folder)]) == 2
    assert "already" in capsys.readouterr().err and (folder / "mine.txt").is_file()


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".", " x"])
def test_a_class_with_an_impossible_name(name, tmp_path, capsys):
    assert main(["--out", str(tmp_path / "teaching"), "--class", name]) == 2
    assert "file's name" in capsys.readouterr().err and not list(tmp_path.iterdir())


# --- A copy of the course with another home ---


@pytest.fixture
def course(tmp_path):
    """The course's text files as Git knows them, in a repository of their own."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in listed:
        if not name.endswith((".jpg", ".png")) and (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "--all"], cwd=tmp_path, check=True)
    return tmp_path


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts}


OTHER = "/".join(("a-teacher", "class.7b"))  # not whole in this file: it is one of those that are changed


def test_all_that_names_the_home_follows_and_comes_back(course):
    old = home.current(course)
    near = course / "near.md"
    near.write_text(f"https://github.com/{old}-2, my{old}, https://github.com/{old}.wiki\n")  # other repositories
    subprocess.run(["git", "add", "near.md"], cwd=course, check=True)
    before = contents(course)
    home.move(OTHER, course)
    assert near.read_bytes() == before.pop(near)
    near.unlink()
    texts = b"".join(contents(course).values())
    assert old.encode() not in texts
    assert texts.count(OTHER.encode()) == b"".join(before.values()).count(old.encode()) > 20
    assert home.current(course) == OTHER
    readme = (course / "README.md").read_text(encoding="utf-8")
    assert f"git clone https://github.com/{OTHER} && cd class.7b\n" in readme
    for path in sorted((course / "notebooks").rglob("*.ipynb")):
        lesson = nbformat.read(path, as_version=4)
        nbformat.validate(lesson)
        assert f"github/{OTHER}/blob/main/{path.relative_to(course).as_posix()})" in lesson.cells[0].source
        setup = (course / "notebooks" / "setup_cell.py").read_text(encoding="utf-8").strip()
        assert lesson.cells[3].source == setup and f'"https://github.com/{OTHER}"' in setup
    assert f"repository-code: https://github.com/{OTHER}\n" in (course / "CITATION.cff").read_text("utf-8")
    home.move(old, course)
    assert contents(course) == before


@pytest.mark.parametrize("name", ["", "owner", "a/b/c", "https://github.com/a/b", "a/b c", "a/b.", "/b"])
def test_no_repository(name, course):
    before = contents(course)
    with pytest.raises(ValueError, match="owner/name"):
        home.move(name, course)
    assert contents(course) == before
