"""The lessons as a teacher needs them: their stubs, checks and folded solutions."""

import ast
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from helpers.images import ROOT

FOLDED = re.compile(r"<details><summary>(?P<title>[^<]*)</summary>\s*(?P<text>.*?)\s*</details>\n*", re.DOTALL)
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)


NOTEBOOKS = ROOT / "notebooks"


def paths() -> list[Path]:
    """The notebooks of all lessons in order; those beyond the eight come last."""
    return [path for folder in (NOTEBOOKS, NOTEBOOKS / "further") for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))]


def name_of(path: Path) -> str:
    """A lesson's name, such as "05_style_loss" or "further/01_masks"."""
    return path.relative_to(NOTEBOOKS).with_suffix("").as_posix()


def read(path: Path) -> NotebookNode:
    """A lesson as it is committed."""
    return nbformat.read(path, as_version=4)


def tagged(cell: NotebookNode, tag: str) -> bool:
    """Whether a cell bears a tag such as "exercise" or "check"."""
    return tag in cell.metadata.get("tags", [])


def function_name(source: str) -> str:
    """The name of the function that a stub or a solution defines."""
    return ast.parse(source).body[-1].name


def solutions(lesson: NotebookNode) -> dict[str, str]:
    """The folded solutions of a lesson, {name of the function: code}."""
    folds = [fold for cell in lesson.cells for fold in FOLDED.finditer(cell.source) if cell.cell_type == "markdown"]
    codes = [code for fold in folds if fold["title"] == "Solution" for code in CODE.findall(fold["text"])]
    return {function_name(code): code for code in codes}


def solved(stub: str, solution: str, before: str = "", after: str = "") -> str:
    """A stub with the solution's body in the place of its last line, `return None`.

    Args:
        stub: the source of a cell tagged "exercise".
        solution: the code that defines the same function.
        before, after: lines to put around the body, such as the marks of a grading program.
    """
    _, *statements = ast.parse(stub).body[-1].body  # after the docstring
    [placeholder] = statements
    body = ast.parse(solution).body[-1].body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):  # its docstring
        body = body[1:]
    lines = solution.rstrip().split("\n")[body[0].lineno - 1 :]
    head = stub.split("\n")[: placeholder.lineno - 1]
    around = [[f"    {line}"] if line else [] for line in (before, after)]
    return "\n".join([*head, *around[0], *lines, *around[1]])
