"""The website: README, lessons with their committed outputs, the teacher's page, results and credits (make site).

Nothing is run, and no page asks another server for anything.
"""

import base64
import html
import json
import shutil
import sys
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "site")]

import twins  # noqa: E402

from classroom.lessons import name_of, paths  # noqa: E402
from helpers import HOME  # noqa: E402
from helpers.images import CONTENT_IMAGES, list_images  # noqa: E402

project = "Art Style Transfer"
author = "the authors of the course"
extensions = ["myst_nb"]
root_doc = "README"
include_patterns = ["README.md", "TEACHING.md", "notebooks/*.ipynb", "notebooks/further/*.ipynb"]
include_patterns += ["site/paint.md", "site/slides.md", "benchmarks/RESULTS.md", "*_images/CREDITS.md"]
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "html_image"]
myst_heading_anchors = 4
suppress_warnings = ["toc.not_included"]
html_theme = "sphinx_book_theme"
html_title = project
# The one file of MathJax that the pages need, from the package on PyPI that brings it along.
html_static_path = [
    "_static",
    str(distribution("sphinx-mathjax-offline").locate_file("sphinx-mathjax-offline/static/mathjax/tex-svg.js")),
    *(f"tensorflow_js/{name}.min.js" for name in ("tf-core", "tf-backend-wasm")),
    "../helpers/studio/camera.js",
]
mathjax_path = "tex-svg.js"
html_css_files = ["course.css"]
html_js_files = [("explore.js", {"defer": "defer"})]
html_show_copyright = False
html_context = {"default_mode": "auto"}  # light or dark as the reader's system is
html_theme_options = {
    "repository_url": HOME,
    "repository_branch": "main",
    "path_to_docs": "",
    "navbar_persistent": [],  # one search box, not two
    "use_repository_button": True,
    "use_download_button": True,
    "launch_buttons": {"colab_url": "https://colab.research.google.com"},
    "show_toc_level": 2,
}

LESSONS = [name_of(path) for path in paths()]
EIGHT = [lesson for lesson in LESSONS if "/" not in lesson]


def short_title(lesson: str) -> str:
    """05_style_loss as "5 Style loss", 00_start_here as "Start here", further/01_masks as "Masks"."""
    number, words = lesson.rpartition("/")[2].split("_", 1)
    number = number.lstrip("0") if lesson in EIGHT else ""
    return f"{number} {words.replace('_', ' ').capitalize().replace('Vgg', 'VGG')}".strip()


def toctree(lessons: list[str]) -> str:
    return "\n".join(f"{short_title(lesson)} <notebooks/{lesson}>" for lesson in lessons)


CONTENTS = f"""

```{{toctree}}
:hidden:
:caption: Lessons
{toctree(EIGHT)}
```

```{{toctree}}
:hidden:
:caption: Beyond the eight
{toctree([lesson for lesson in LESSONS if lesson not in EIGHT])}
```

```{{toctree}}
:hidden:
:caption: More
site/paint
TEACHING
site/slides
benchmarks/RESULTS
content_images/CREDITS
styles_images/CREDITS
output_images/CREDITS
```
"""
DECKS = "".join(f'- <a href="../slides/{lesson}.html">{short_title(lesson)}</a>\n' for lesson in EIGHT)
explored: dict[str, list[dict]] = {}  # the parts of each lesson's still picture, by page


def prepare(app: Sphinx, docname: str, source: list[str]) -> None:
    """Before a page is read: the table of contents on the first one, descriptions and demos in the lessons."""
    if docname == root_doc:
        source[0] += CONTENTS
    elif docname == "site/slides":
        source[0] += DECKS
    elif docname.startswith("notebooks/"):
        lesson = json.loads(source[0])
        for cell in lesson["cells"]:
            for output in cell.get("outputs", []):
                described = output.get("metadata", {}).get("image/jpeg", {}).get("alt")
                if described:
                    options = cell["metadata"].setdefault("mystnb", {}).setdefault("image", {})
                    options["alt"] = described
                    if "twin" in cell["metadata"].get("tags", []):
                        options["classes"] = "twin"
                        jpeg = base64.b64decode("".join(output["data"]["image/jpeg"]))
                        explored[docname] = parts(jpeg, described, "".join(cell["source"]))
        source[0] = json.dumps(lesson)


def parts(jpeg: bytes, described: str, source: str) -> list[dict]:
    """Title and place of each part of a figure, as explore.js wants them."""
    titles = twins.titles(described)
    boxes = twins.boxes(jpeg, len(titles), twins.columns(source, len(titles)))
    return [{"title": title, "box": box} for title, box in zip(titles, boxes, strict=True)]


class Offline(SphinxTransform):
    """The Colab badge is a picture on another server: here it is a text. Demos get what they need to be explored."""

    default_priority = 100

    def apply(self) -> None:
        for image in list(self.document.findall(nodes.image)):
            if image["uri"].startswith("https://colab.research.google.com/"):
                image.replace_self(nodes.Text(f"▶ {image.get('alt', '')}"))
            elif "twin" in image["classes"]:
                data = html.escape(json.dumps(explored[self.env.docname]), quote=True)
                place = image.parent.index(image)
                image.parent.insert(place + 1, nodes.raw("", "</div>", format="html"))
                image.parent.insert(place, nodes.raw("", f'<div class="explore" data-parts="{data}">', format="html"))


def first_page(app: Sphinx, exception: Exception | None) -> None:
    """The README is also the page that a server shows first."""
    if not exception and app.builder.format == "html":
        shutil.copy(Path(app.outdir, "README.html"), Path(app.outdir, "index.html"))


def network_data(app: Sphinx, exception: Exception | None) -> None:
    """What the page "Paint your photograph" needs, as a script: a page that is opened from a file may read no other."""
    if exception or app.builder.format != "html":
        return
    with np.load(ROOT / "helpers" / "further" / "networks" / "great_wave.npz") as file:
        arrays = [file[name] for name in sorted(file)]
    halves = b"".join(array.astype("<f2").tobytes() for array in arrays)
    data = {
        "NETWORK": {"shapes": [array.shape for array in arrays], "halves": base64.b64encode(halves).decode()},
        "WASM": base64.b64encode((ROOT / "site/tensorflow_js/tfjs-backend-wasm-simd.wasm").read_bytes()).decode(),
        "PHOTOGRAPHS": {
            path.stem: base64.b64encode(path.read_bytes()).decode() for path in list_images(CONTENT_IMAGES)
        },
    }
    text = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in data.items())
    Path(app.outdir, "_static", "network_data.js").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict:
    app.connect("source-read", prepare)
    app.connect("build-finished", first_page)
    app.connect("build-finished", network_data)
    app.add_transform(Offline)
    return {"parallel_read_safe": False}
