"""A page with the marks and the pictures of a class, in one HTML file."""

import base64
import binascii
import html as markup
import io
import json
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from ..images import ImageError, load_image, to_uint8

PICTURES = (".png", ".jpg", ".jpeg", ".webp")
MOST = 6  # pictures of one student
SIDE = 480  # pixels

HEAD = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Marks</title>
<style>
body { font: 16px/1.4 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
section { border-top: 1px solid #ccc; padding: 0.5rem 0 1rem; }
.pictures { display: flex; flex-wrap: wrap; gap: 0.8rem; }
.pictures img { height: 11rem; max-width: 100%; object-fit: contain; }
ul { columns: 22rem; padding-left: 1.2rem; }
.look { color: #a33; }
</style>
<h1>Marks</h1>
"""


def html(rows: dict[str, dict[str, str]], submissions: dict[str, list[Path]], asked: list[str]) -> str:
    """For each student the marks and the pictures that came with the submission.

    Args:
        rows: {student: {exercise: verdict}}.
        submissions: {student: notebooks}.
        asked: the exercises to show.
    """
    parts = [HEAD]
    for student, verdicts in rows.items():
        name = markup.escape(student)
        marks = "".join(f"<li>{exercise}: {markup.escape(verdicts[exercise])}</li>" for exercise in asked)
        look = f'<p class="look">Look at: {markup.escape(verdicts["look"])}</p>' if verdicts["look"] else ""
        shown = "".join(
            f'<img src="data:image/jpeg;base64,{picture}" alt="Picture {number} by {name}">'
            for number, picture in enumerate(pictures(submissions[student]), 1)
        )
        parts.append(
            f'<section><h2>{name}</h2><div class="pictures">{shown or "<p>No picture.</p>"}</div>'
            f"<ul>{marks}</ul>{look}</section>\n"
        )
    return "".join(parts)


def pictures(notebooks: list[Path]) -> Iterator[str]:
    """A student's pictures as JPEG in base64: picture files beside the notebooks, else what the lessons' cells drew.

    A folder that several students share holds nobody's picture files; there only what the notebook holds is taken.
    """
    files = [
        file
        for folder in dict.fromkeys(notebook.parent for notebook in notebooks)
        if all(other in notebooks for other in folder.glob("*.ipynb"))
        for file in sorted(folder.iterdir())
        if file.suffix.lower() in PICTURES
    ]
    found = [*map(Path.read_bytes, files), *(drawn for notebook in notebooks for drawn in opening_pictures(notebook))]
    count = 0
    for data in found:
        if count < MOST and (small := thumbnail(data)):
            count += 1
            yield small


def opening_pictures(notebook: Path) -> Iterator[bytes]:
    """What the cell drew whose picture stands at the top of the lesson: what the lesson is about."""
    try:
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            if "opening-picture" in cell["metadata"].get("tags", []):
                for output in cell["outputs"]:
                    for kind in ("image/jpeg", "image/png"):
                        if kind in output.get("data", {}):
                            yield base64.b64decode("".join(output["data"][kind]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        return


def thumbnail(data: bytes) -> str | None:
    """A picture, drawn anew as a small JPEG; None for what is no picture."""
    try:
        image = load_image(data, size=SIDE)
    except ImageError:
        return None
    small = io.BytesIO()
    Image.fromarray(to_uint8(image)).save(small, "JPEG", quality=85)
    return base64.b64encode(small.getvalue()).decode()
