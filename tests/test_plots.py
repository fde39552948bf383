"""The figures: what can be said about them without looking at them."""

from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers import plots


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize("ends", [[1, 1, 1, 1, 1], [1, 1.01], [5, 1, 1.02, 0.98, 5.1], [3]])
def test_labels_at_the_ends_of_curves_do_not_overlap(ends, log):
    curves = {f"curve {number}": ([0, 1, 2], [10, 7, end]) for number, end in enumerate(ends)}
    figure = plots.plot_curves(curves, "step", "loss", log=log)
    figure.canvas.draw()
    boxes = {label.get_text(): label.get_window_extent() for label in figure.axes[0].texts}
    assert list(boxes) == list(curves)
    for one, other in combinations(boxes.values(), 2):
        assert not one.overlaps(other)
    for box in boxes.values():
        assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1 + 1
        assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1


def test_labels_stay_in_the_order_of_their_ends_and_where_there_is_room():
    figure = plots.plot_curves({"low": ([0, 1], [1, 1]), "high": ([0, 1], [1, 9])}, "step", "loss", log=False)
    low, high = figure.axes[0].texts
    assert low.get_position() == high.get_position() == (5, 0)

    figure = plots.plot_curves({"upper": ([0, 1], [1, 5.01]), "lower": ([0, 1], [1, 5])}, "step", "loss", log=False)
    upper, lower = (label.get_position()[1] for label in figure.axes[0].texts)
    assert upper > 0 and lower == pytest.approx(-upper)


def test_the_wide_line_stands_out():
    curves = {label: ([0, 1], [1, 2]) for label in ("one", "two", "three")}
    thin, wide, _ = plots.plot_curves(curves, "step", "loss", wide="two").axes[0].lines
    assert wide.get_linewidth() > thin.get_linewidth()
    assert wide.get_linestyle() == "-"


def test_pictures_are_smooth_and_maps_and_matrices_are_not():
    with plt.rc_context():
        plots.use_course_style()
        picture, values = np.zeros((32, 48, 3)), np.zeros((4, 6))
        drawn = {
            name: {image.get_interpolation() for axis in figure.axes for image in axis.images}
            for name, figure in {
                "images": plots.show_images([picture]),
                "measured": plots.show_measured([picture], ["picture"], {"distance": [1]}),
                "pixels": plots.show_images([picture], smooth=False),
                "maps": plots.show_maps([values]),
                "matrix": plots.show_matrix([values]),
            }.items()
        }
    assert drawn["images"] == drawn["measured"] <= {"auto", "antialiased"}  # one thing under two names
    assert drawn["pixels"] == drawn["maps"] == drawn["matrix"] == {"nearest"}


@pytest.mark.parametrize(("lowest", "shown"), [(0, (0, 6)), (2, (0, 6)), (-3, (-6, 6)), (-9, (-9, 9))])
def test_the_scale_of_matrices_shows_what_can_occur(lowest, shown):
    figure = plots.show_matrix([np.array([[1, 6]]), np.array([[lowest, 2]])])
    *matrices, scale = figure.axes
    assert scale.get_ylim() == shown
    for axis in matrices:  # 0 is white in any case
        low, high = axis.images[0].get_clim()
        assert low == -high


def test_logarithmic_axes_have_plain_numbers():
    figure = plots.plot_curves({"loss": ([0, 1, 2], [0.84, 0.3, 0.15])}, "step", "total loss")
    figure.draw_without_rendering()
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels(which="both")]
    assert {"0.2", "0.6"} <= set(labels)
    assert not any("^" in label for label in labels)  # such as 2 x 10^-1


def test_steps_are_counted_in_whole_numbers():
    for x, whole in ((range(4), True), ([0.0, 0.5, 1.1, 1.7], False)):
        figure = plots.plot_curves({"loss": (x, [4.0, 3.0, 2.0, 1.0])}, "step", "loss")
        ticks = figure.axes[0].get_xticks()
        assert bool(np.allclose(ticks, np.round(ticks))) == whole
