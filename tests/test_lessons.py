"""What every lesson has to have: its anatomy, links, pictures, outputs, exercises, formulas and imports.

The cells themselves are run by nbval.
"""

import ast
import base64
import copy
import importlib
import re
import types
from pathlib import Path

import nbconvert
import nbformat
import pytest
from PIL import Image

from classroom import lessons
from helpers import HOME
from helpers.images import ROOT
from notebooks import run_all
from notebooks.run_all import METADATA, prepare

NOTEBOOKS = ROOT / "notebooks"
NAMES = (
    "00_start_here",
    "01_content_image",
    "02_style_image",
    "03_vgg19_model",
    "04_content_loss",
    "05_style_loss",
    "06_total_variation_loss",
    "07_optimization",
    "08_generated_image",
)
FURTHER = (
    "further/01_masks",
    "further/02_other_measures_of_style",
    "further/03_a_network_that_paints",
    "further/04_moving_pictures",
)
ALL = (*NAMES, *FURTHER)
COLAB = HOME.replace("https://github.com/", "https://colab.research.google.com/github/") + "/blob/main/notebooks/"
BADGE = "[![Open In Colab](https://colab.research.google.com/assets/colab-badge.svg)]({})"
LINK = re.compile(r"(?<!!)\[(?P<text>(?:!\[[^\]]*\]\([^)]*\)|[^\[\]])*)\]\((?P<target>[^)\s]+)\)")
PICTURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<target>[^)\s]+)\)")
SOLUTION = re.compile(r"<details><summary>Solution</summary>\s+```python\n(.*?)```", re.DOTALL)


@pytest.fixture(params=ALL)
def name(request):
    return request.param


@pytest.fixture
def lesson(name):
    return read(name)


def read(name):
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    return notebook


def tagged(cell, tag):
    return tag in cell.metadata.get("tags", [])


def code_cells(lesson):
    return [cell for cell in lesson.cells if cell.cell_type == "code"]


def prose(lesson):
    """All Markdown of a lesson, without its blocks of code."""
    text = "\n\n".join(cell.source for cell in lesson.cells if cell.cell_type == "markdown")
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


def sections(lesson):
    """{heading: text} of the second level."""
    parts = re.split(r"^## +(.+)$", prose(lesson), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_all_lessons_are_there_and_no_others():
    assert [lessons.name_of(path) for path in lessons.paths()] == list(ALL)
    assert run_all.paths() == lessons.paths()
    assert len(list(NOTEBOOKS.rglob("*.ipynb"))) == len(ALL)


# --- The anatomy ---


def test_badge_and_neighbors(name, lesson):
    first = lesson.cells[0].source
    assert first.startswith(BADGE.format(f"{COLAB}{name}.ipynb"))
    number = ALL.index(name)
    place = f"Beyond the eight: lesson {int(Path(name).name[:2])}" if name in FURTHER else f"Lesson {number} of 8"
    assert ("Start here" if number == 0 else place) in first
    links = {link["text"].split(":")[0]: link for link in LINK.finditer(first)}
    for word, neighbor in (("Previous", number - 1), ("Next", number + 1)):
        if 0 <= neighbor < len(ALL):
            target = ((NOTEBOOKS / name).parent / links[word]["target"]).resolve()
            assert target == (NOTEBOOKS / f"{ALL[neighbor]}.ipynb").resolve()
            assert links[word]["text"] == f"{word}: {short_title(ALL[neighbor])}"
        else:
            assert word not in links


def figure(name):
    """The picture at the top of a lesson."""
    return (NOTEBOOKS / name).parent / "figures" / f"{Path(name).name}.jpg"


def short_title(name):
    title = name.rpartition("/")[2][3:].replace("_", " ").replace("vgg19", "VGG19")
    return title[0].upper() + title[1:]


def test_title_picture_and_card(name, lesson):
    title, card = lesson.cells[1].source, lesson.cells[2].source
    heading, sentence, picture = title.strip().split("\n\n")
    assert heading.startswith("# ") and heading.endswith(short_title(name)[1:])
    assert sentence.endswith(".") and "\n" not in sentence
    assert PICTURE.fullmatch(picture)["target"] == f"figures/{Path(name).name}.jpg"
    rows = re.findall(r"^\| \*\*(.+?)\*\* \| (.+) \|$", card, flags=re.MULTILINE)
    assert [row for row, _ in rows] == ["You will be able to", "Time", "Know first"]
    assert re.fullmatch(
        r"\d+ minutes to read(?: and try)?, (about|less than) \d minutes? to run on two cores without a GPU, such as "
        r"Colab's free runtime; a GPU is used if there is one, and (makes the painting cells faster|saves little here)",
        dict(rows)["Time"],
    )


def test_the_picture_at_the_top_is_what_a_cell_draws(name, lesson):
    [cell] = [cell for cell in lesson.cells if "opening-picture" in cell.metadata.get("tags", [])]
    [drawn] = [output.data["image/jpeg"] for output in cell.outputs if "image/jpeg" in output.get("data", {})]
    assert base64.b64decode(drawn) == figure(name).read_bytes()


def test_setup_is_the_same_everywhere(lesson):
    setup = lesson.cells[3]
    assert setup.cell_type == "code" and tagged(setup, "setup")
    assert setup.source == (NOTEBOOKS / "setup_cell.py").read_text(encoding="utf-8").strip()
    assert re.findall(r"https?://[^\s\"']+", setup.source) == [HOME]
    assert sum(tagged(cell, "setup") for cell in lesson.cells) == 1


def test_the_last_sections(lesson):
    found = sections(lesson)
    assert list(found)[-4:] == ["What goes wrong", "What you should remember", "Recall", "Further reading"]
    assert len(re.findall(r"^- ", found["What you should remember"], re.MULTILINE)) >= 3
    assert len(re.findall(r"<details><summary>Answer</summary>", found["Recall"])) == 5
    assert len(re.findall(r"^(?:\*\*)?[1-5]\.", found["Recall"], re.MULTILINE)) == 5
    papers = [link["target"] for link in LINK.finditer(found["Further reading"])]
    assert len([target for target in papers if re.match(r"https://(doi\.org|arxiv\.org)/", target)]) >= 2


def test_a_still_picture_stands_for_the_demo(lesson):
    """Its tag tells the website which picture can be explored there."""
    [twin] = [cell for cell in code_cells(lesson) if tagged(cell, "twin")]
    assert any("image/jpeg" in output.get("data", {}) for output in twin.outputs)


def test_predictions_and_questions_have_folded_answers(lesson):
    text = prose(lesson)
    assert "**Predict.**" in text and "**Check yourself.**" in text
    asked = text.count("**Predict.**") + text.count("**Check yourself.**") + 5  # and those of Recall
    assert text.count("<summary>Answer</summary>") == asked


def test_sections_are_numbered_in_order(lesson):
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. ", prose(lesson), re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_folded_text_is_well_formed(lesson):
    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            folds = re.findall(r"<details><summary>[^<]+</summary>\n\n.+?\n\n</details>", cell.source, re.DOTALL)
            assert len(folds) == cell.source.count("<details") == cell.source.count("</details>"), cell.id


def test_there_is_a_demo(lesson):
    cells = code_cells(lesson)
    assert any("lesson.explore(" in cell.source or "Studio(" in cell.source for cell in cells)
    # `explore` sees to it that sliders wait until they are released; no other cell makes one.
    assert all("lesson.explore(" in cell.source for cell in cells if re.search(r"\w*Slider\(", cell.source))


def test_plumbing_is_folded_under_a_title(lesson):
    """On Colab a form, in JupyterLab hidden: what every lesson starts with, and what only wires up widgets."""
    for cell in code_cells(lesson):
        wiring = tagged(cell, "setup") or re.search(r"lesson\.explore\(|= Upload\(", cell.source)
        folded = cell.metadata.get("cellView") == "form" and cell.metadata.get("jupyter") == {"source_hidden": True}
        assert bool(wiring) == cell.source.startswith("# @title ") == folded, cell.id


def test_nothing_is_left_to_be_filled_in(lesson):
    for cell in lesson.cells:
        assert not re.search(r"TODO|FIXME|XXX|\b[A-Z]+TEXT\b|@[A-Z]+\b.*@|/work/|/tmp/", cell.source), cell.id


# --- Links and pictures ---


def documents():
    for name in ALL:
        yield pytest.param((NOTEBOOKS / name).parent, prose(read(name)), id=name)
    for page in ("README", "TEACHING"):
        yield pytest.param(ROOT, (ROOT / f"{page}.md").read_text(encoding="utf-8"), id=page)


@pytest.mark.parametrize(("folder", "text"), documents())
def test_links_lead_somewhere_and_pictures_have_alt_text(folder, text):
    targets = [link["target"] for link in LINK.finditer(text)]
    pictures = [(picture["target"], picture["alt"]) for picture in PICTURE.finditer(text)]
    for tag in re.findall(r"<img[^>]*>", text):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        pictures.append((attributes["src"], attributes.get("alt", "")))
    for target in targets + [target for target, _ in pictures]:
        if not re.match(r"https?://|#|mailto:", target):
            assert (folder / target.partition("#")[0]).exists(), target
    for target, alt in pictures:
        assert len(alt) > (10 if "badge" in target else 25), target


def test_every_figure_is_shown():
    shown = "".join(map(prose, map(read, ALL))) + (ROOT / "README.md").read_text("utf-8")
    for path in NOTEBOOKS.rglob("figures/*"):
        assert f"figures/{path.name}" in shown


def test_moving_figures_move_and_are_small():
    moving = list(NOTEBOOKS.rglob("figures/*.gif"))
    assert moving
    for path in moving:
        with Image.open(path) as picture:
            assert picture.n_frames > 5 and picture.info["loop"] == 0
        assert path.stat().st_size < 1e6


def test_readme_leads_to_every_lesson(name):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"(notebooks/{name}.ipynb)" in readme or name == NAMES[0]
    assert f"({COLAB}{name}.ipynb)" in readme
    assert figure(name).relative_to(ROOT).as_posix() in readme or name == NAMES[0]


# --- Outputs ---


def test_a_lesson_that_colab_has_saved_is_cleaned(lesson):
    saved = copy.deepcopy(lesson)
    saved.nbformat_minor = 0
    saved.metadata |= {
        "colab": {"provenance": [], "toc_visible": True},
        "widgets": {},
        "language_info": {"name": "python"},
    }
    for cell in saved.cells:
        cell.metadata |= {"id": cell.pop("id"), "outputId": "1234", "colab": {"height": 300}}
    prepare(saved)
    nbformat.validate(saved)
    assert saved == lesson


def test_lessons_become_scripts(lesson):
    _, resources = nbconvert.ScriptExporter().from_notebook_node(lesson)
    assert resources["output_extension"] == ".py"


def test_outputs_are_committed(name, lesson):
    assert (NOTEBOOKS / f"{name}.ipynb").stat().st_size <= 1_000_000
    assert lesson.metadata == METADATA
    cells = code_cells(lesson)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        assert set(cell.metadata) <= {"tags", "cellView", "jupyter"}
        for output in cell.outputs:
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", cell.id
            assert not re.search(r"/(?:home|root|tmp|work|Users)/", str(output.get("text", ""))), cell.id
            assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {}), cell.id


def test_some_outputs_are_checked(lesson):
    checked = [cell for cell in code_cells(lesson) if tagged(cell, "nbval-check-output")]
    assert len(checked) >= 3
    for cell in checked:
        assert any(output.output_type == "stream" and output.text.strip() for output in cell.outputs), cell.id


# --- Exercises ---


def test_exercises(lesson):
    stubs = [place for place, cell in enumerate(lesson.cells) if tagged(cell, "exercise")]
    assert 1 <= len(stubs) <= 3
    how_hard = r"\*(?:●○○|●●○|●●●) · about \d+ minutes\*"
    headings = re.findall(rf"^### Exercise (\d): \S.*\n\n{how_hard}$", prose(lesson), flags=re.MULTILINE)
    assert headings == [str(number) for number in range(1, len(stubs) + 1)]
    for place, following in zip(stubs, [*stubs[1:], len(lesson.cells)], strict=True):
        stub, check = lesson.cells[place], lesson.cells[place + 1]
        function = ast.parse(stub.source).body[-1]
        assert isinstance(function, ast.FunctionDef)
        docstring, returned = function.body
        assert ast.get_docstring(function) and ast.unparse(returned) == "return None"
        assert tagged(check, "check")
        assert check.source.splitlines()[-1] == f"{function.name} = checks.{function.name}({function.name})"
        assert [output.text for output in check.outputs] and check.outputs[0].text.startswith("Not yet")
        rest = "\n\n".join(cell.source for cell in lesson.cells[place + 2 : following] if cell.cell_type == "markdown")
        solutions = [text for text in SOLUTION.findall(rest) if f"def {function.name}(" in text]
        assert len(solutions) == 1
        assert "return None" not in solutions[0]


# --- Formulas ---

FORMULAS = {  # left-hand side: the lesson that explains it
    r"\mathcal{L}_{content}(I)": 4,
    "G_{cd}": 5,
    r"\mathcal{L}_{style}(I)": 5,
    r"\mathcal{L}_{tv}(I)": 6,
    r"\mathcal{L}(I)": 7,
}


def formulas(text):
    """Displayed formulas without white space: {left-hand side: right-hand sides}."""
    found = {}
    for formula in re.findall(r"\$\$(.+?)\$\$", text, flags=re.DOTALL):
        left, _, right = re.sub(r"\s", "", formula).partition("=")
        found.setdefault(left, set()).add(right)
    return found


@pytest.mark.parametrize(("left", "number"), FORMULAS.items(), ids=FORMULAS)
def test_the_lesson_has_the_readmes_formula(left, number):
    readme = formulas((ROOT / "README.md").read_text(encoding="utf-8"))
    assert set(readme) == set(FORMULAS)
    assert formulas(prose(read(NAMES[number])))[left] == readme[left]


# --- Taught, then imported ---

# The lesson in which a name of `helpers` is opened and explained.
TAUGHT = {
    "images.preprocess": 1,
    "images.deprocess": 1,
    "vgg.build_vgg19": 3,
    "vgg.CONV_LAYERS": 3,
    "vgg.POOLING": 3,
    "vgg.Untrained": 1,
    "losses.content_loss": 4,
    "losses.squared_norm": 4,
    "losses.relative_content_loss": 4,
    "losses.gram_matrix": 5,
    "losses.gram_distance": 5,
    "losses.style_loss": 5,
    "transfer.STYLE_LAYERS": 5,
    "losses.total_variation_loss": 6,
    "losses.weighted_total": 7,
    "optimizers.Adam": 7,
    "optimizers.LBFGS": 7,
    "coordinates.COLORS": 7,
    "coordinates.GAIN": 7,
    "coordinates.sides": 7,
    "coordinates.count": 7,
    "coordinates.to_picture": 7,
    "coordinates.to_coordinates": 7,
    "formulas.Formulas": 5,
    "formulas.COURSE": 5,
    "objective.Objective": 7,
    "transfer.StyleTransfer": 7,
    "transfer.Weights": 7,
    "transfer.plan_scales": 8,
    "transfer.NotFiniteError": 8,
    "images.keep_colors": 8,
    "images.match_colors": 8,
    "studio.Studio": 8,
    "masks.pooled": 9,
    "further.style_losses.STYLE_LOSSES": 10,
    "further.fast": 11,
}
# Built in the open: a cell of the lesson holds its own `def` under the same name.
BUILT = ("content_loss", "gram_matrix", "style_loss", "total_variation_loss")
# What would only distract: files, sizes, figures, checks, set-up.
PLUMBING = {
    "images": {
        *("ROOT", "CONTENT_IMAGES", "STYLES_IMAGES", "OUTPUT_IMAGES", "ImageError"),
        *("load_image", "fit_image", "resize_image", "find_image", "list_images", "to_uint8"),
    },
    "saving": {"save_image", "save_animation"},
    "weights": {"find_weights"},
    "studio": {"Upload"},
}
PLUMBING_MODULES = {"plots", "checks", "lesson"}
# Used before they are taught, because the experiment needs them; the lesson says in which lesson they are opened.
AHEAD = {
    (0, "transfer.StyleTransfer"),
    (1, "vgg.build_vgg19"),
    (2, "vgg.build_vgg19"),
    (2, "transfer.StyleTransfer"),
    (4, "optimizers.LBFGS"),
    (4, "formulas.Formulas"),
    (4, "transfer.StyleTransfer"),
    (4, "transfer.Weights"),
    (5, "losses.total_variation_loss"),
    (5, "optimizers.LBFGS"),
    (5, "transfer.StyleTransfer"),
    (5, "transfer.Weights"),
    (6, "objective.Objective"),
    (6, "transfer.StyleTransfer"),
    (6, "transfer.Weights"),
}


def taken_from_helpers(lesson):
    """Names such as "losses.gram_matrix" that a lesson's code takes from `helpers`, in order."""
    trees = [ast.parse(cell.source) for cell in code_cells(lesson)]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    modules, taken = {}, []
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module == "helpers":
            modules.update({alias.asname or alias.name: alias.name for alias in node.names})
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("helpers."):
            taken += [f"{node.module.partition('.')[2]}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            assert not any(alias.name.startswith("helpers") for alias in node.names), "write: from helpers import ..."
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            module = modules[node.value.id]
            if hasattr(importlib.import_module(f"helpers.{module}"), node.attr):  # not a list that bears this name
                taken.append(f"{module}.{node.attr}")
    return list(dict.fromkeys(taken))


def test_what_a_lesson_imports_was_taught_or_is_plumbing(name, lesson):
    number = ALL.index(name)
    ahead = {taught for lesson_number, taught in AHEAD if lesson_number == number}
    taken = taken_from_helpers(lesson)
    for full_name in taken:
        module, _, short = full_name.partition(".")
        if module in PLUMBING_MODULES or short in PLUMBING.get(module, ()):
            continue
        assert full_name in TAUGHT, f"{full_name} is neither taught nor plumbing"
        if TAUGHT[full_name] > number:
            assert full_name in ahead, f"{full_name} is taught only in lesson {TAUGHT[full_name]}"
            assert re.search(rf"[Ll]essons? (?:\d and )?{TAUGHT[full_name]}\b", prose(lesson))
    assert ahead <= set(taken)  # no exception that nobody needs


def test_the_table_holds_all_losses():
    tree = ast.parse((ROOT / "helpers" / "losses.py").read_text(encoding="utf-8"))
    functions = {f"losses.{node.name}" for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert functions == {full_name for full_name in TAUGHT if full_name.startswith("losses.")}


@pytest.mark.parametrize("function", BUILT)
def test_functions_are_built_in_the_open_and_compared_with_helpers(function):
    (full_name,) = (full_name for full_name in TAUGHT if full_name.endswith(f".{function}"))
    lesson = read(NAMES[TAUGHT[full_name]])
    cells = [cell for cell in code_cells(lesson) if not tagged(cell, "exercise")]
    defined = [cell for cell in code_cells(lesson) if re.search(rf"^def {function}\(", cell.source, re.MULTILINE)]
    assert defined
    assert full_name in taken_from_helpers(types.SimpleNamespace(cells=cells))
