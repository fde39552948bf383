"""Descriptions of figures, for those who cannot see them."""

import base64
import html

import nbformat
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from matplotlib import pyplot as plt
from nbconvert import HTMLExporter

from helpers import plots
from helpers.alt_text import describe
from helpers.images import ROOT

GRAY = np.full((4, 6, 3), 128.0)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_images_are_named_in_order():
    assert describe(plots.show_images([GRAY, GRAY], ["a\nphotograph", "a painting"])) == (
        "2 images: a photograph; a painting."
    )
    assert describe(plots.show_images([GRAY])) == "Image."
    assert describe(plots.show_matrix([np.eye(2)], ["G"])) == "Image: G."  # without the scale at its side


def test_curves_tell_where_they_begin_and_end():
    curves = {"Adam": ([0, 1], [0.5, 0.25]), "L-BFGS": ([0, 1], [0.5, 0.125])}
    text = describe(plots.plot_curves(curves, "step", "total loss"))
    assert text == "Curves, total loss against step: Adam from 0.5 to 0.25; L-BFGS from 0.5 to 0.125."


def test_a_curve_with_a_valley_tells_how_deep_it_is():
    figure = plots.plot_curves({"cleaned": ([0, 1, 2], [24, 12, 19])}, "weight", "error\nin gray levels", log=False)
    assert describe(figure) == "Curves, error in gray levels against weight: cleaned from 24 to 19, lowest 12."


def test_bars_tell_their_numbers():
    assert describe(plots.plot_bars({"block1": 1.5, "block2": 20}, "loss")) == "Bars, loss: block1 1.5; block2 20."
    figure = plots.show_measured([GRAY, GRAY], ["one", "two"], {"pixels": [0, 1], "features": [2, 3]})
    assert describe(figure) == "2 images: one; two. Bars: pixels 0; features 2. Bars: 1; 3."


def test_parts_of_a_figure_with_titles_of_their_own():
    figure = plt.figure()
    for part, name in zip(figure.subfigures(2, 1), ("first", "second"), strict=True):
        part.suptitle(name)
        part.subplots().plot([1, 4])
    assert describe(figure) == (
        "first. second. Curves, value against place: one from 1 to 4. Curves, value against place: one from 1 to 4."
    )


def test_histograms():
    figure, axis = plt.subplots()
    axis.stairs([1, 2], [0, 1, 2])
    axis.set(xlabel="value", ylabel="pixels")
    assert describe(figure) == "1 histogram, pixels of each value."


def test_a_notebook_shows_figures_with_their_description():
    plots.use_course_style()
    data, metadata = InteractiveShell.instance().display_formatter.format(plots.show_images([GRAY], ["gray"]))
    assert metadata["image/jpeg"] == {"alt": "Image: gray."}
    assert base64.b64decode(data["image/jpeg"])[:2] == b"\xff\xd8"


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_page_that_nbconvert_makes_has_them(path):
    lesson = nbformat.read(path, as_version=4)
    outputs = [output for cell in lesson.cells for output in cell.get("outputs", [])]
    pictures = [output for output in outputs if "image/jpeg" in output.get("data", {})]
    # The template "lab", which is the default of nbconvert 7.17, leaves alternative texts out.
    page, _ = HTMLExporter(template_name="classic").from_notebook_node(lesson)
    assert pictures and page.count("<img") >= len(pictures)
    assert "No description has been provided" not in page
    for output in pictures:
        alt = output.metadata["image/jpeg"]["alt"]
        assert len(alt) > 15 and f'alt="{html.escape(alt)}"'.replace("&#x27;", "'") in page.replace("&#39;", "'")
