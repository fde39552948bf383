"""What a figure shows, in words: for those who hear a lesson instead of seeing it.

The words are read off the figure itself, so they are true of every figure, also of a student's own.
"""

from collections.abc import Iterator

from IPython.core.interactiveshell import InteractiveShell
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D


def describe_figures() -> None:
    """Give every figure that a notebook shows as JPEG its description as alternative text (`alt` in its metadata)."""
    formatter = InteractiveShell.instance().display_formatter.formatters["image/jpeg"]
    drawn = formatter.lookup_by_type(Figure)
    formatter.for_type(Figure, lambda figure: (drawn(figure), {"alt": describe(figure)}))


def describe(figure: Figure) -> str:
    """A sentence with the titles of the figure's images, and one for each of its plots, with labels and numbers."""
    axes = [axis for axis in figure.axes if axis.get_label() != "<colorbar>"]
    titles = [title for part in (figure, *figure.subfigs) if (title := part.get_suptitle())]
    images = [axis.get_title() for axis in axes if axis.images]
    names = "; ".join(name for name in images if name)
    count = f"{len(images)} images" if len(images) > 1 else "Image"
    sentences = [*titles, *([f"{count}: {names}" if names else count] if images else [])]
    for axis in axes:
        sentences += plots(axis)
    return " ".join(". ".join(sentences).split()) + "."  # without line breaks


def plots(axis: Axes) -> Iterator[str]:
    """What the bars and curves of one part of a figure show."""
    title = f"{axis.get_title()}: " if axis.get_title() else ""
    for bars in axis.containers:
        if isinstance(bars, BarContainer):
            upright = bars.orientation == "vertical"
            labels = [label.get_text() for label in (axis.get_xticklabels() if upright else axis.get_yticklabels())]
            labels = labels or [""] * len(bars)  # they stand beside another plot
            values = [f"{label} {value:.3g}".strip() for label, value in zip(labels, bars.datavalues, strict=False)]
            measure = axis.get_ylabel() if upright else axis.get_xlabel()
            yield f"{title}Bars{f', {measure}' if measure else ''}: {'; '.join(values)}"
    curves = [curve(line) for line in axis.lines if len(line.get_ydata()) > 1]
    if curves and not axis.images:
        axes = f"{axis.get_ylabel() or 'value'} against {axis.get_xlabel() or 'place'}"
        yield f"{title}Curves, {axes}: {'; '.join(curves)}"
    elif axis.patches and not axis.containers:  # the outlines of histograms
        count = "1 histogram" if len(axis.patches) == 1 else f"{len(axis.patches)} histograms"
        yield f"{title}{count}, {axis.get_ylabel() or 'shares'} of each {axis.get_xlabel()}"


def curve(line: Line2D) -> str:
    """Where a curve begins and ends, and its lowest or highest point if that lies between."""
    label, y = line.get_label(), line.get_ydata(orig=False)  # numbers, also for categories
    between = [
        f", {name} {of(y):.3g}" for name, of in (("lowest", min), ("highest", max)) if of(y) not in (y[0], y[-1])
    ]
    return f"{'one' if label.startswith('_') else label} from {y[0]:.3g} to {y[-1]:.3g}{''.join(between)}"
