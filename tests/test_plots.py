"""The figures: what can be said about them without looking at them."""

from itertools import combinations

import matplotlib.pyplot as plt
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
