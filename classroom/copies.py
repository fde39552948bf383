"""The students' copies of the lessons, and the teacher's key."""

from nbformat import NotebookNode

from .lessons import FOLDED, function_name, solutions, solved, tagged


def student_copy(lesson: NotebookNode) -> NotebookNode:
    """A lesson without solutions and without outputs. Setup and checks cannot be edited, and no exercise deleted.

    Hints and the answers to what is predicted stay. JupyterLab and Notebook respect the locks, Colab does not.
    """
    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            cell.source = FOLDED.sub(lambda fold: "" if fold["title"] == "Solution" else fold[0], cell.source).strip()
        else:
            cell.outputs, cell.execution_count = [], None
        if tagged(cell, "setup") or tagged(cell, "check"):
            cell.metadata |= {"deletable": False, "editable": False}
        elif tagged(cell, "exercise"):
            cell.metadata["deletable"] = False
    lesson.cells = [cell for cell in lesson.cells if cell.source or cell.cell_type == "code"]
    return lesson


def key(lesson: NotebookNode) -> NotebookNode:
    """A lesson with each stub filled in by its solution, and without outputs: run it, and every check says right."""
    known = solutions(lesson)
    for cell in lesson.cells:
        if tagged(cell, "exercise"):
            cell.source = solved(cell.source, known[function_name(cell.source)])
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return lesson
