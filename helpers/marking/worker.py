"""One student's functions against the checks, in a process of its own: ``python -m helpers.marking.worker``.

What it is to do comes as JSON on standard input, {notebook: exercises}; each verdict goes out as a line of JSON. The
student's code cannot write files, start programs or reach the network. But it shares the process with the checks, so
it can deceive them.
"""

import ast
import contextlib
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

MEMORY = 2_000_000_000  # bytes that the student's functions may take
# What Python reports before it happens (PEP 578). A hook cannot be taken away again.
REFUSED = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "ctypes.")
REFUSED += ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.kill", "os.truncate", "shutil.", "os.putenv")


def main() -> None:
    """Mark the exercises that are asked for, each with what its own notebook defines; say of each that it begins."""
    asked = json.load(sys.stdin)
    channel = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # what a student's code prints goes nowhere
        os.dup2(nowhere, stream)

    from .. import checks
    from .submission import read

    # The checks' own functions, before any student's code is run.
    verdicts = {name: getattr(checks, name) for names in asked.values() for name in names}
    notebooks = [(read(Path(path)).statements, exercises) for path, exercises in asked.items()]
    confine()
    for statements, exercises in notebooks:
        names = define(statements)
        for name in exercises:
            say(channel, begin=name)
            verdict, names[name] = judge(verdicts[name], names.get(name))
            say(channel, name=name, verdict=verdict)
    say(channel, ended="done")


def confine() -> None:
    """From here on no file can be written, no program started, no address reached, and memory is limited."""
    import psutil

    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (psutil.Process().memory_info().vms + MEMORY,) * 2)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(refuse)


def refuse(event: str, arguments: tuple) -> None:
    """Raise PermissionError for what an exercise never does."""
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if writes or event.startswith(REFUSED):
        raise PermissionError(f"{event} is not allowed here")


def define(statements: list[ast.stmt]) -> dict:
    """What the notebook defines. A statement that fails is left out: the exercise that needs it will say so."""
    names = {"__name__": "submission"}
    for statement in statements:
        with contextlib.suppress(Exception):
            exec(compile(ast.Module([statement], []), "submission", "exec"), names)
    return names


def judge(check: Callable, function: Callable) -> tuple[str, Callable]:
    """What the check says, and the function that the later exercises use: the student's, or the course's."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            used = check(function)
    except BaseException as error:  # SystemExit, KeyboardInterrupt: the checks catch all others
        return f"Off: your function stopped with {type(error).__name__}: {error}", function
    return said.getvalue().splitlines()[-1], used  # the lines before it were printed by the student's function


def say(channel: TextIO, **what: str) -> None:
    print(json.dumps(what), file=channel)


if __name__ == "__main__":
    main()
