"""What is taken from a submitted notebook: its definitions, and nothing that paints."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# What a solution has no use for; a function that uses it may be honest, and should be read.
# What the lessons import, and of Python's own what a solution may.
KNOWN_MODULES = {"IPython", "PIL", "base64", "dataclasses", "functools", "helpers", "ipywidgets", "itertools", "keras"}
KNOWN_MODULES |= {"math", "matplotlib", "numpy", "tensorflow", "textwrap", "time"}
ODD_NAMES = {"checks", "exec", "eval", "compile", "open", "globals", "locals", "vars", "setattr", "delattr", "exit"}
ODD_NAMES |= {"quit", "breakpoint", "input", "builtins", "SystemExit", "KeyboardInterrupt", "BaseException"}


@dataclass
class Submission:
    """A notebook's code, as far as it defines something.

    Attributes:
        statements: imports, functions, classes, and names with simple values, in the notebook's order.
        broken: {function that a cell tries to define: why the cell is no Python}.
        odd: what a person should look at.
    """

    statements: list[ast.stmt] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)

    @property
    def functions(self) -> set[str]:
        """The names of the functions that are defined."""
        return {statement.name for statement in self.statements if isinstance(statement, ast.FunctionDef)}


def read(path: Path) -> Submission:
    """The definitions of a notebook.

    Raises:
        ValueError: it is no notebook.
    """
    submission = Submission()
    for source in code_cells(path):
        source = re.sub(r"^[ \t]*[%!].*$", "", source, flags=re.MULTILINE)  # what only IPython understands
        written = re.findall(r"^def (\w+)\(", source, re.MULTILINE)
        try:
            submission.statements += [statement for statement in ast.parse(source).body if defines(statement)]
            submission.broken = {name: why for name, why in submission.broken.items() if name not in written}
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            where = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
            reason = f"{type(error).__name__}: {getattr(error, 'msg', error)}{where}"
            submission.broken |= dict.fromkeys(written, reason)
    imported = set(names_imported(submission.statements))
    for statement in submission.statements:
        try:
            submission.odd += oddities(statement, imported)
        except RecursionError:
            submission.odd.append("is nested very deeply")
    return submission


def code_cells(path: Path) -> Iterator[str]:
    """The sources of a notebook's code cells, without the setup cell."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for cell in cells:
            if cell["cell_type"] == "code" and "setup" not in cell["metadata"].get("tags", []):
                yield "".join(cell["source"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError("it is no notebook") from None


def defines(statement: ast.stmt) -> bool:
    """Whether a statement only defines something: what paints, draws or prints is left out."""
    if isinstance(statement, ast.Assign):
        calls = [node for node in ast.walk(statement.value) if isinstance(node, ast.Call)]
        names = all(isinstance(target, ast.Name) for target in statement.targets)
        return names and all(ast.unparse(call.func) in ("np.array", "tf.constant") for call in calls)
    return isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)


def names_imported(statements: list[ast.stmt]) -> Iterator[str]:
    """The names that imports give, also those inside functions."""
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)


def oddities(statement: ast.stmt, imported: set[str]) -> Iterator[str]:
    """What in a definition no exercise needs: other modules, changes to what is imported, files, ways out."""
    if isinstance(statement, ast.ImportFrom) and statement.module == "helpers":
        return  # also `from helpers import checks`, as the lessons do
    for node in ast.walk(statement):
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            yield from (f"imports {name}" for name in modules if name.partition(".")[0] not in KNOWN_MODULES)
        elif isinstance(node, ast.Name) and (node.id in ODD_NAMES or node.id.startswith("__")):
            yield f"uses {node.id}"
        elif isinstance(node, ast.Attribute):
            if node.attr.startswith("__") or node.attr == "checks":
                yield f"uses {node.attr}"
            elif not isinstance(node.ctx, ast.Load) and ast.unparse(node).partition(".")[0] in imported:
                yield f"changes {ast.unparse(node)}"
        elif isinstance(node, ast.ExceptHandler) and node.type is None:
            yield "catches everything"
