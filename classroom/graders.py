"""The lessons in the forms of nbgrader and of Otter-Grader, for schools that use one of them.

Both get a source with solutions and tests, and make the students' version from it themselves: `nbgrader
generate_assignment` and `otter assign`.
"""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from .copies import student_copy
from .lessons import function_name, solutions, solved, tagged

# Both programs count a cell that raises as wrong. (The lesson's own checks never raise, so that Run All finishes.)
TEST = """\
import contextlib
import io

with contextlib.redirect_stdout(io.StringIO()) as said:
    checks.{name}({name})
assert said.getvalue().startswith("Right."), said.getvalue()"""


def nbgrader(lesson: NotebookNode) -> NotebookNode:
    """A source for nbgrader: each stub is a solution cell; locked tests, a point each, stand at the end.

    There a student's wrong function has been exchanged for the course's, which its own check refuses.
    """
    known = solutions(lesson)
    lesson = student_copy(lesson)
    tests = [new_markdown_cell("## Points\n\nOne for each exercise. These cells are run when the work is marked.")]
    for cell in lesson.cells:
        for lock in ("deletable", "editable"):
            cell.metadata.pop(lock, None)  # nbgrader sets its own
        if tagged(cell, "exercise"):
            name = function_name(cell.source)
            cell.source = solved(cell.source, known[name], "### BEGIN SOLUTION", "### END SOLUTION")
            cell.metadata["nbgrader"] = marks(name, solution=True)
            test = new_code_cell(TEST.format(name=name), id=f"points-{name}"[:64])
            test.metadata["nbgrader"] = marks(f"points_{name}", grade=True, locked=True) | {"points": 1}
            tests.append(test)
    tests[0].id = "points"
    lesson.cells += tests
    return lesson


def marks(grade_id: str, solution: bool = False, grade: bool = False, locked: bool = False) -> dict:
    """A cell's metadata for nbgrader, schema 3."""
    return {
        "schema_version": 3,
        "grade_id": grade_id,
        "solution": solution,
        "grade": grade,
        "locked": locked,
        "task": False,
    }


def otter(lesson: NotebookNode) -> NotebookNode:
    """A source for `otter assign`: each stub is a question of one point, with one public test."""
    known = solutions(lesson)
    cells = [raw("ASSIGNMENT CONFIG", "init_cell: true", "export_cell: false", "run_tests: false")]
    for cell in student_copy(lesson).cells:
        if tagged(cell, "exercise"):
            name = function_name(cell.source)
            cell.source = solved(cell.source, known[name], "# BEGIN SOLUTION", "# END SOLUTION")
            cells += [raw("BEGIN QUESTION", f"name: {name}", "points: 1"), raw("BEGIN SOLUTION"), cell]
            test = new_code_cell("from helpers import checks\n" + TEST.format(name=name))
            cells += [raw("END SOLUTION"), raw("BEGIN TESTS"), test, raw("END TESTS"), raw("END QUESTION")]
        else:
            cells.append(cell)
    lesson.cells = cells
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"  # the same on every run
    return lesson


def raw(mark: str, *settings: str) -> NotebookNode:
    """A raw cell that tells Otter where something begins or ends."""
    return new_raw_cell("\n".join([f"# {mark}", *settings]))
