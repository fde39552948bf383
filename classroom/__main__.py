"""`make teaching`: the folder teaching/, made from the lessons.

students/     the course with the lessons as students get them: no solutions, no outputs
key/          the lessons with each exercise solved
worksheets/   questions to be solved by hand, and their keys, for one class
nbgrader/, otter/   sources for these two grading programs
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat

from helpers.images import ROOT

from . import copies, graders, worksheets
from .lessons import name_of, paths, read

# What the students' copies need beside them; the last only if `make weights-pack` has made it.
COURSE = ("helpers", "content_images", "styles_images", "notebooks/figures", "notebooks/further/figures", "weights")
FILES = ("requirements.txt", "LICENSE")


def main(arguments: list[str] | None = None) -> int:
    """Write the folder; all of it or nothing. Returns the exit status: 2 if there is such a folder already."""
    parser = argparse.ArgumentParser(prog="python -m classroom", description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "teaching", help="a folder that is not there yet")
    parser.add_argument("--class", dest="name", default="A", help="name of the class, printed on its worksheets")
    parser.add_argument("--word", default="", help="only you know it: without it nobody can make the worksheets' key")
    options = parser.parse_args(arguments)
    if options.out.exists():
        print(f"There is a folder {options.out} already: rename it, or choose another with OUT=.", file=sys.stderr)
        return 2
    if not worksheets.is_name(options.name):
        print(f"{options.name!r} cannot be a file's name; use letters, numbers, spaces, - and _.", file=sys.stderr)
        return 2
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.out.parent, prefix=f"{options.out.name}-") as folder:
        write(Path(folder, "whole"), options.name, options.word)
        Path(folder, "whole").rename(options.out)
    print(f"{options.out}: students, key, worksheets of {options.name}, nbgrader, otter")
    return 0


def write(folder: Path, name: str, word: str) -> None:
    """All that a teacher gets. The worksheets' numbers come from the class's name and the teacher's word."""
    forms = {
        "students/notebooks": copies.student_copy,
        "key/notebooks": copies.key,
        "nbgrader/source/art_style_transfer": graders.nbgrader,
        "otter": graders.otter,
    }
    for place, make in forms.items():
        for path in paths():
            lesson = name_of(path)
            if make not in (copies.student_copy, copies.key):  # the grading programs want all in one folder
                lesson = lesson.replace("/", "_")
            notebook = folder / place / f"{lesson}.ipynb"
            notebook.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(make(read(path)), notebook)
    for course in ("students", "key"):
        copy_course(folder / course)
    (folder / "worksheets").mkdir()
    questions = worksheets.sheet(f"{name} {word}")
    for key, ending in ((False, ""), (True, "_key")):
        file = folder / "worksheets" / f"{name}{ending}"
        Path(f"{file}.md").write_text(worksheets.markdown(name, questions, key), encoding="utf-8")
        Path(f"{file}.pdf").write_bytes(worksheets.pdf(name, questions, key))


def copy_course(folder: Path) -> None:
    """What the lessons need, so that the folder can be handed out as it is."""
    for part in filter(lambda part: (ROOT / part).is_dir(), COURSE):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in FILES:
        shutil.copy(ROOT / file, folder)


if __name__ == "__main__":
    sys.exit(main())
