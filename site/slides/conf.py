"""The slides: a deck for each lesson, made with reveal.js (make site). Every picture is an output of the lessons."""

import base64
import json
import shutil
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURES = Path(__file__).parent / "lessons"

project = "Art Style Transfer"
author = "the authors of the course"
extensions = ["myst_parser", "sphinx_revealjs"]
root_doc = "00_start_here"
exclude_patterns = ["lessons"]
suppress_warnings = ["toc.not_included"]
myst_enable_extensions = ["dollarmath"]
mathjax_path = "../../_static/tex-svg.js"  # the decks are part of the website, and share its copy
revealjs_static_path = ["../_static"]
revealjs_css_files = ["slides.css"]
revealjs_style_theme = "white"
revealjs_script_conf = {"hash": True, "slideNumber": "c/t", "transition": "none", "width": 1200, "height": 720}
revealjs_script_plugins = [{"name": "RevealNotes", "src": "revealjs/plugin/notes/notes.js"}]


def take_pictures(app: Sphinx) -> None:
    """lessons/05_style_loss/n05-c13.jpg is what the cell n05-c13 of lesson 5 has drawn; -2 its second picture."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        (PICTURES / path.stem).mkdir(parents=True)
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            outputs = [output.get("data", {}) for output in cell.get("outputs", [])]
            drawn = [data["image/jpeg"] for data in outputs if "image/jpeg" in data]
            for number, picture in enumerate(drawn, 1):
                name = cell["id"] + (f"-{number}" if number > 1 else "")
                (PICTURES / path.stem / f"{name}.jpg").write_bytes(base64.b64decode("".join(picture)))
    shutil.copytree(ROOT / "notebooks" / "figures", PICTURES / "figures")


def setup(app: Sphinx) -> dict:
    app.connect("builder-inited", take_pictures)
    return {"parallel_read_safe": True}
