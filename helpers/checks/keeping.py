"""The student's right functions, kept in my_functions.py from one lesson to the next.

The file is plain Python, to be read and changed. Each function has a part of its own there, which begins with a line
such as `# --- descend ---` and holds all that the function needs: its imports, and what the lesson defined for it.
"""

import dis
import inspect
import os
import re
import runpy
import types
from collections.abc import Callable, Iterator

from ..formulas import first_line
from ..images import ROOT

MY_FUNCTIONS = ROOT / "my_functions.py"
HEAD = '"""Functions that you wrote in the lessons, and that were found right. Lesson 8 paints with them."""\n'


def keep(name: str, function: Callable) -> bool:
    """Write a function of a notebook into the file, in the place of an earlier one of this name.

    False if it cannot be kept: it was not written in a notebook, needs something that cannot be written down, or the
    file cannot be written. The file is then as it was.
    """
    if not isinstance(function, types.FunctionType) or function.__module__ != "__main__":
        return False
    try:
        pieces = list(written(function, set()))
        if function.__name__ != name:
            pieces.append(f"{name} = {function.__name__}")
        parts = read_parts()
        parts[name] = "\n".join(pieces) + "\n"
        text = HEAD + "".join(f"\n\n# --- {name} ---\n{part}" for name, part in parts.items())
        unfinished = MY_FUNCTIONS.with_name(MY_FUNCTIONS.name + ".part")
        unfinished.write_text(text, encoding="utf-8")
        os.replace(unfinished, MY_FUNCTIONS)
    except (OSError, ValueError):  # no file, no source, or something that cannot be written down
        return False
    return True


def my_functions() -> dict[str, Callable]:
    """The kept functions by name. If the file is not there, or its code fails, there are none."""
    if not MY_FUNCTIONS.exists():
        return {}
    try:
        found = runpy.run_path(str(MY_FUNCTIONS))
    except Exception as error:  # whatever a student's code can raise
        print(f"{MY_FUNCTIONS.name} stopped with {first_line(error)}. The course's own functions are used.")
        return {}
    return {name: found[name] for name in read_parts() if callable(found.get(name))}


def read_parts() -> dict[str, str]:
    """The file's parts, {name of the function: code}."""
    if not MY_FUNCTIONS.exists():
        return {}
    _, *pieces = re.split(r"^# --- (\w+) ---\n", MY_FUNCTIONS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: code.strip() + "\n" for name, code in zip(pieces[0::2], pieces[1::2], strict=True)}


def written(function: types.FunctionType, begun: set[str]) -> Iterator[str]:
    """The code of a notebook's function, after the code of all that it needs.

    Args:
        function: of a notebook.
        begun: names that are written down already, or are being.

    Raises:
        ValueError: it needs something that cannot be written down.
        OSError: there is no source.
    """
    begun.add(function.__name__)
    source = inspect.getsource(function)
    if function.__closure__ or not source.startswith(("def ", "@")):
        raise ValueError(f"{function.__name__} stands inside something else.")
    for name in global_names(function.__code__):
        if name in begun or name not in function.__globals__:  # the others are built into Python
            continue
        begun.add(name)
        value = function.__globals__[name]
        module = getattr(value, "__module__", None)
        if isinstance(value, types.ModuleType):
            yield f"import {value.__name__} as {name}"
        elif isinstance(value, types.FunctionType) and module == "__main__":
            yield from written(value, begun)
            if name != value.__name__:
                yield f"{name} = {value.__name__}"
        elif module and module != "__main__" and hasattr(value, "__name__"):
            yield f"from {module} import {value.__name__} as {name}"
        elif isinstance(value, int | float | str | tuple | list | dict):
            yield f"{name} = {value!r}"
        elif hasattr(value, "tolist"):
            yield f"import numpy\n{name} = numpy.array({value.tolist()!r})"
        else:
            raise ValueError(f"{name} cannot be written down.")
    yield source.rstrip()


def global_names(code: types.CodeType) -> Iterator[str]:
    """The names that a function's code, and the code of functions inside it, looks up outside."""
    for instruction in dis.get_instructions(code):
        if instruction.opname == "LOAD_GLOBAL":
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from global_names(constant)
