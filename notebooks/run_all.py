"""Run every lesson from a clean kernel and write its outputs into it (``make notebooks``).

``python notebooks/run_all.py 04 further/01`` runs only these lessons. All begin with the cell in setup_cell.py. What
the cell tagged "opening-picture" draws becomes the picture at the top of the lesson and in the README. A moving picture
that a lesson saves under its own name is kept beside it.
"""

import base64
import shutil
import sys
import time
import uuid
from pathlib import Path

import nbformat
from nbclient import NotebookClient

LESSONS = Path(__file__).parent
ROOT = LESSONS.parent
SETUP = (LESSONS / "setup_cell.py").read_text(encoding="utf-8").strip()
FORM = "# @title "  # a cell that begins with it is folded: on Colab it is a form with this title
# The same in all lessons, whatever version of Python and whichever program saved them.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
WIDGET = "application/vnd.jupyter.widget-view+json"


def paths() -> list[Path]:
    """The notebooks of all lessons in order; those beyond the eight come last."""
    return [path for folder in (LESSONS, LESSONS / "further") for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))]


def run(path: Path) -> None:
    """Run a lesson in its folder, and keep only what is the same on every run: no times, versions and widget ids."""
    lesson = nbformat.read(path, as_version=4)
    prepare(lesson)
    NotebookClient(
        lesson,
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,  # how many pieces printed text arrives in differs from run to run
        extra_arguments=["--log-level=ERROR"],  # the kernel's own warnings are not the lessons'
    ).execute()
    prepare(lesson)
    for cell in lesson.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if shows_something(output)]
    nbformat.write(lesson, path)
    (path.parent / "figures" / f"{path.stem}.jpg").write_bytes(opening_picture(lesson))
    moving = ROOT / "output_images" / f"{path.stem}.gif"
    if moving.is_file():
        shutil.copy(moving, path.parent / "figures")


def prepare(lesson: nbformat.NotebookNode) -> None:
    """The setup cell as all lessons have it, plumbing folded on Colab and in JupyterLab, and no other metadata.

    A lesson that Colab has saved is clean again.
    """
    lesson.metadata = nbformat.from_dict(METADATA)
    lesson.nbformat_minor = 5  # since which a cell has a name; Colab saves version 4.0, with the names in the metadata
    for cell in lesson.cells:
        cell.id = cell.get("id") or cell.metadata.get("id") or uuid.uuid4().hex[:8]
        cell.metadata = nbformat.from_dict({"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {})
        if "setup" in cell.metadata.get("tags", []):
            cell.source = SETUP
        if cell.cell_type == "code" and cell.source.startswith(FORM):
            cell.metadata |= {"cellView": "form", "jupyter": {"source_hidden": True}}


def opening_picture(lesson: nbformat.NotebookNode) -> bytes:
    """The JPEG file that the lesson's cell tagged "opening-picture" has drawn."""
    [cell] = [cell for cell in lesson.cells if "opening-picture" in cell.metadata.get("tags", [])]
    [picture] = [o.data["image/jpeg"] for o in cell.outputs if "image/jpeg" in o.get("data", {})]
    return base64.b64decode(picture)


def shows_something(output: dict) -> bool:
    """Whether an output shows anything without a running kernel. A widget does only if it brings a picture along."""
    data = output.get("data", {})
    return data.pop(WIDGET, None) is None or any(kind.startswith("image/") for kind in data)


def main() -> None:
    wanted = tuple(sys.argv[1:]) or ("",)
    for path in paths():
        name = path.relative_to(LESSONS).as_posix()
        if name.startswith(wanted):
            began = time.perf_counter()
            run(path)
            print(f"{name:35} {time.perf_counter() - began:4.0f} s {path.stat().st_size / 1000:5.0f} kB", flush=True)


if __name__ == "__main__":
    main()
