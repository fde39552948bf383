"""The marks of a class: ``python -m helpers mark SUBMISSIONS/*.ipynb -o marks.csv``.

Each submission is marked by the checks of the lessons, in a process of its own with limits of time and memory. The
marks are advice: code in the same process as the checks can deceive them, and what looks like it is pointed out.
"""

import argparse
import csv
import functools
import io
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from .. import quiet_tensorflow, saving
from ..images import ROOT, ImageError
from . import page
from .submission import read

SECONDS = 60  # for one exercise
START_SECONDS = 120  # until the first check begins: TensorFlow and the network are loaded
MISSING, STOPPED = "missing", "wrong: it ended the program"


def main(arguments: list[str]) -> int:
    """Mark the submissions, print a line for each, and write the table and the page beside it, also if interrupted.

    Returns:
        The exit status 0. A submission that is off has its row, with what is off.

    Raises:
        ImageError: an argument is bad, or the table cannot be written.
        WeightsError: VGG19's weights are not to be had.
    """
    options = parse(arguments)
    table = saving.check_output(options.output, (".csv",), options.overwrite)
    pictures = saving.check_output(table.with_suffix(".html"), (".html",), options.overwrite)
    submissions = named(options.submissions)
    with quiet_tensorflow():
        from .. import checks
        from ..weights import find_weights
    weights = find_weights().path
    exercises = [name for name in checks.__all__ if name != "my_functions"]
    rows = {}
    try:
        for student, notebooks in submissions.items():
            rows[student] = mark(notebooks, exercises, weights, options.seconds)
            print(summary(student, rows[student]), flush=True)
    finally:
        if rows:
            asked = columns(rows, exercises)
            # With a mark at its beginning, so that Excel reads accents.
            where = saving.keep(as_csv(rows, asked).encode("utf-8-sig"), table, options.overwrite)
            shown = saving.keep(page.html(rows, submissions, asked).encode(), pictures, options.overwrite)
            print(f"{where}, {shown}")
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options; on a bad one, argparse says what is wrong and exits with status 2."""
    parser = argparse.ArgumentParser(prog="python -m helpers mark", description="Mark the exercises of a class.")
    add = parser.add_argument
    add("submissions", nargs="+", type=Path, help="notebooks, or folders with the notebooks of one student each")
    add("-o", "--output", type=Path, default=Path("marks.csv"), metavar="FILE", help="default: marks.csv")
    add("--overwrite", action="store_true", help="replace the table and its page if they exist")
    add("--seconds", type=float, default=SECONDS, metavar="S", help=f"for one exercise (default: {SECONDS})")
    return parser.parse_args(arguments)


def named(arguments: list[Path]) -> dict[str, list[Path]]:
    """{student: notebooks}. A notebook is named by its path, a folder by its own, both as far as they differ.

    Raises:
        ImageError: something is not there, or holds no notebook.
    """
    found = {}
    for path in arguments:
        notebooks = sorted(path.rglob("[!.]*.ipynb")) if path.is_dir() else [path]
        if not path.exists():
            raise ImageError(f"There is no '{path}'.")
        if not notebooks:
            raise ImageError(f"There is no notebook in '{path}'.")
        found[path.resolve()] = [
            notebook.resolve() for notebook in notebooks if notebook.parent.name != ".ipynb_checkpoints"
        ]
    common = Path(os.path.commonpath([path.parent for path in found]))
    return {str(path.relative_to(common).with_suffix("")): notebooks for path, notebooks in found.items()}


# --- One student ------------------------------------------------------------------------------------------------------


def mark(notebooks: list[Path], exercises: list[str], weights: Path, seconds: float) -> dict[str, str]:
    """{exercise: verdict} of one student, and under "look" what a person should look at.

    A function that takes too long or ends the program is wrong; the others are then marked in a new process.
    """
    verdicts, odd, left = dict.fromkeys(exercises, MISSING), [], {}
    for notebook in notebooks:
        try:
            submission = read(notebook)
        except ValueError as reason:
            odd.append(f"{notebook.name}: {reason}")
            continue
        odd += submission.odd
        verdicts |= {name: f"wrong: {why}" for name, why in submission.broken.items() if name in verdicts}
        left |= {name: str(notebook) for name in exercises if name in submission.functions}
    while left:
        begun, ended = None, STOPPED
        asked = {path: [name for name in left if left[name] == path] for path in left.values()}
        for line in answers(asked, weights, seconds):
            begun = line.get("begin", begun)
            ended = line.get("ended", ended)
            if line.get("name") in left:
                verdicts[line["name"]] = shortened(line["verdict"])
                del left[line["name"]]
                begun = None
        if ended == "done":
            break
        # Without a beginning it was a definition that failed, in the first of the notebooks that are left.
        for name in [begun] if begun in left else asked[next(iter(left.values()))]:
            verdicts[name] = ended
            left.pop(name, None)  # its verdict may be there already
    return verdicts | {"look": "; ".join(dict.fromkeys(odd))}


def answers(asked: dict[str, list[str]], weights: Path, seconds: float) -> Iterator[dict[str, str]]:
    """What the worker says, line by line. Where it takes too long it is stopped, and the last line says so.

    A student's code can write into its channel: what is no line of the worker's ends it, too.
    """
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [*without_network(), sys.executable, "-m", "helpers.marking.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment(folder, weights),
            encoding="utf-8",
            errors="replace",
        )
        lines = queue.Queue(maxsize=100)
        threading.Thread(target=pass_on, args=(process.stdout, lines), daemon=True).start()
        with process:
            try:
                process.stdin.write(json.dumps(asked))
                process.stdin.close()
                patience = START_SECONDS
                for _ in range(2 * sum(map(len, asked.values())) + 1):  # a beginning and a verdict each, and the end
                    if not (line := lines.get(timeout=patience)):
                        return
                    said = json.loads(line)
                    if not (isinstance(said, dict) and all(isinstance(text, str) for text in said.values())):
                        return
                    yield said
                    patience = seconds
            except queue.Empty:
                yield {"ended": f"wrong: not ready after {patience:g} s"}
            except (ValueError, RecursionError, OSError):  # no JSON; or it ended before it was asked
                return
            finally:
                process.kill()


def pass_on(stream: TextIO, lines: queue.Queue) -> None:
    """Put the lines of a stream into a queue, and an empty one at the end; none is longer than a verdict can be."""
    for line in iter(lambda: stream.readline(10_000), ""):
        lines.put(line)
    lines.put("")


@functools.cache
def without_network() -> list[str]:
    """How a program is started that sees no network at all, where the system can do that (Linux).

    The worker refuses connections anyway, but only Python's own.
    """
    start = ["unshare", "--user", "--map-root-user", "--net"]
    can = shutil.which("unshare") and subprocess.run([*start, "true"], capture_output=True).returncode == 0
    return start if can else []


def environment(folder: str, weights: Path) -> dict[str, str]:
    """What a worker sees: nothing of the teacher's but the course and the weights."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    course = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "ART_STYLE_WEIGHTS": str(weights)}
    return kept | course | {"HOME": folder, "KERAS_HOME": folder, "MPLCONFIGDIR": folder, "CUDA_VISIBLE_DEVICES": "-1"}


def shortened(said: str) -> str:
    """A check's line as a mark: right, not yet, or wrong and why."""
    from ..checks.verdict import KEPT, OURS, SLOW, YOURS

    if said.startswith("Right."):
        return "right, but slow" if said.endswith(SLOW) else "right"
    if said.startswith("Not yet"):
        return "not yet"
    for ending in (KEPT, OURS, YOURS):
        said = said.removesuffix(ending).rstrip()
    return f"wrong: {said.removeprefix('Off: ')}"


# --- The class --------------------------------------------------------------------------------------------------------


def columns(rows: dict[str, dict[str, str]], exercises: list[str]) -> list[str]:
    """The exercises of all lessons of which at least one exercise was handed in, in the course's order."""
    from .. import checks

    lesson = {name: getattr(checks, name).__module__ for name in exercises}
    handed_in = {lesson[name] for verdicts in rows.values() for name in exercises if verdicts[name] != MISSING}
    return [name for name in exercises if lesson[name] in handed_in]


def summary(student: str, verdicts: dict[str, str]) -> str:
    """One line on one student."""
    marks = [mark for name, mark in verdicts.items() if name != "look"]
    counts = {kind: sum(mark.startswith(kind) for mark in marks) for kind in ("right", "not yet", "wrong")}
    look = "   look" if verdicts["look"] else ""
    return f"{student:24}" + "  ".join(f"{count:2} {kind}" for kind, count in counts.items()) + look


def as_csv(rows: dict[str, dict[str, str]], asked: list[str]) -> str:
    """A row a student, a column an exercise, the number of right ones, and what to look at."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["student", *asked, "right", "look"])
    for student, verdicts in rows.items():
        marks = [verdicts[name] for name in asked]
        cells = [student, *marks, sum(mark.startswith("right") for mark in marks), verdicts["look"]]
        # A cell that begins like a formula would be run by a spreadsheet.
        writer.writerow([f"'{cell}" if str(cell)[:1] in ("=", "+", "-", "@") else cell for cell in cells])
    return table.getvalue()
