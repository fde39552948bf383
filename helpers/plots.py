"""The figures of the lessons, in one visual language. Every function draws a figure and leaves it to be shown.

The colors mean the same everywhere, and stay apart for color-blind eyes (Okabe & Ito 2008).
"""

from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.ticker import LogFormatterSciNotation
from matplotlib_inline.backend_inline import set_matplotlib_formats

from .alt_text import describe_figures
from .images import to_uint8

COLORS = {
    "content": "#0072B2",  # blue
    "style": "#D55E00",  # vermilion
    "total variation": "#009E73",  # green
    "total": "#333333",  # dark gray
}
WIDTH = 9  # inches: what fits a notebook cell at 100 dpi


def use_course_style() -> None:
    """Set matplotlib up for the lessons: calm axes, readable text, figures as JPEG so that notebooks stay small.

    Each figure brings a description along for those who cannot see it.
    """
    set_matplotlib_formats("jpeg", pil_kwargs={"quality": 80})
    describe_figures()
    plt.rcParams.update(
        {
            "figure.dpi": 100,
            "savefig.dpi": 100,
            "figure.constrained_layout.use": True,
            "font.size": 11,
            "axes.titlesize": 11,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": "#E5E5E5",
            "axes.axisbelow": True,
            "lines.linewidth": 2,
            "image.cmap": "magma",
        }
    )


def show_images(
    images: Sequence[np.ndarray],
    titles: Sequence[str] = (),
    kinds: Sequence[str] = (),
    columns: int | None = None,
    height: float | None = None,
    smooth: bool = True,
) -> Figure:
    """Images side by side.

    Args:
        images: each (height, width, 3), 0..255.
        titles: one for each image.
        kinds: "content", "style", ... for each image: its border takes that color of COLORS; "" for no border.
        columns: images in a row; all in one row if None.
        height: of the figure in inches; by default as high as its width of 9 inches asks for.
        smooth: as matplotlib does it: up to three times its size an image is smooth, larger ones show their pixels
            as squares. False shows pixels at any size, with their own colors.
    """
    columns = columns or len(images)
    rows = -(-len(images) // columns)
    tallest = max(image.shape[0] / image.shape[1] for image in images)
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(WIDTH, height or rows * (WIDTH / columns * tallest + 0.35)),
        squeeze=False,
        layout="compressed" if height else "constrained",  # smaller images: no gaps between them
    )
    for axis in axes.flat:
        axis.axis("off")
    for axis, image in zip(axes.flat, images, strict=False):
        axis.imshow(to_uint8(image), interpolation=None if smooth else "nearest")
    for axis, title in zip(axes.flat, titles, strict=False):
        axis.set_title(title)
    for axis, kind in zip(axes.flat, kinds, strict=False):
        if kind:
            frame(axis, COLORS[kind])
    return figure


def frame(axis: plt.Axes, color: str) -> None:
    """A colored border around an image's axes."""
    axis.axis("on")
    axis.set(xticks=[], yticks=[])
    axis.grid(False)
    for spine in axis.spines.values():
        spine.set(visible=True, color=color, linewidth=4)


def show_measured(
    images: Sequence[np.ndarray],
    titles: Sequence[str],
    measures: dict[str, Sequence[float]],
    figure: Figure | None = None,
) -> Figure:
    """Images side by side, and beneath each its numbers as bars on one common scale.

    Args:
        images: of one size.
        titles: one for each image.
        measures: {name: one number for each image}, one bar for each name, at most two.
        figure: to draw into, for callbacks, which may not use pyplot; a new one if None.
    """
    height, width = images[0].shape[:2]
    figure = figure or plt.figure(figsize=(WIDTH, WIDTH / len(images) * height / width + 0.75 + 0.4 * len(measures)))
    axes = figure.subplots(2, len(images), squeeze=False, height_ratios=[3, 0.55 + 0.45 * len(measures)])
    colors = dict(zip(measures, ("#8C8C8C", COLORS["content"]), strict=False))
    longest = max(max(values) for values in measures.values()) or 1
    for number, (image, title) in enumerate(zip(images, titles, strict=True)):
        top, bottom = axes[:, number]
        top.imshow(to_uint8(image))
        top.set_title(title)
        top.axis("off")
        values = [measures[name][number] for name in measures]
        drawn = bottom.barh(list(measures), values, color=list(colors.values()))
        bottom.bar_label(drawn, fmt="%.2f", padding=4)
        bottom.set(xlim=(0, 1.35 * longest), xticks=[])
        bottom.invert_yaxis()
        bottom.grid(False)
        bottom.spines["bottom"].set_visible(False)
        if number:
            bottom.set_yticks([])
    return figure


def show_maps(maps: Sequence[np.ndarray], titles: Sequence[str] = (), columns: int | None = None) -> Figure:
    """Single channels of feature maps, (height, width) each: dark is 0, bright is each map's own largest value."""
    columns = columns or len(maps)
    rows = -(-len(maps) // columns)
    tallest = max(m.shape[0] / m.shape[1] for m in maps)
    figure, axes = plt.subplots(
        rows, columns, figsize=(WIDTH, rows * (WIDTH / columns * tallest + 0.35)), squeeze=False
    )
    for axis in axes.flat:
        axis.axis("off")
    for axis, values in zip(axes.flat, maps, strict=False):
        axis.imshow(values, vmin=0, interpolation="nearest")
    for axis, title in zip(axes.flat, titles, strict=False):
        axis.set_title(title)
    return figure


def show_matrix(matrices: Sequence[np.ndarray], titles: Sequence[str] = (), numbers: bool = False) -> Figure:
    """Matrices as heat maps on one common scale: blue below 0, white at 0, red above.

    The scale shows as much below 0 as above it, or nothing below 0 if no entry is negative.

    Args:
        matrices: each (rows, columns).
        titles: one for each matrix.
        numbers: also write each entry into its square; for small matrices.
    """
    limit = max(np.abs(matrix).max() for matrix in matrices) or 1
    figure, axes = plt.subplots(1, len(matrices), figsize=(WIDTH, WIDTH / max(len(matrices), 2.2)), squeeze=False)
    for axis, matrix in zip(axes[0], matrices, strict=True):
        drawn = axis.imshow(matrix, cmap="RdBu_r", vmin=-limit, vmax=limit, interpolation="nearest")
        axis.grid(False)
        if numbers:
            axis.set(xticks=range(matrix.shape[1]), yticks=range(matrix.shape[0]))
            for (row, column), value in np.ndenumerate(matrix):
                color = "white" if abs(value) > 0.6 * limit else "black"
                axis.text(column, row, f"{value:g}", ha="center", va="center", color=color)
    for axis, title in zip(axes[0], titles, strict=False):
        axis.set_title(title)
    scale = figure.colorbar(drawn, ax=axes[0].tolist(), shrink=0.8)
    if all(matrix.min() >= 0 for matrix in matrices):
        scale.ax.set_ylim(0, limit)
    return figure


def show_signed(arrays: Sequence[np.ndarray], titles: Sequence[str] = (), columns: int | None = None) -> Figure:
    """Arrays with positive and negative values (gradients, differences), each on its own scale around mid gray.

    Args:
        arrays: (height, width) or (height, width, 3) each. Gray is 0; brighter is above, darker below.
    """
    return show_images([signed_image(array) for array in arrays], titles, columns=columns)


def signed_image(array: np.ndarray) -> np.ndarray:
    """An array with positive and negative values as an image (height, width, 3), 0..255, in which mid gray is 0."""
    limit = np.percentile(np.abs(array), 99.5) or 1
    image = 127.5 + 127.5 * np.clip(array / limit, -1, 1)
    return image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=-1)


def plot_losses(iterates: Sequence, against: str = "step") -> Figure:
    """The total loss and its three weighted parts on a logarithmic scale.

    Args:
        iterates: of one run of `transfer.StyleTransfer`.
        against: "step" or "seconds".
    """
    figure, axis = plt.subplots(figsize=(WIDTH, 3.4))
    x = [getattr(iterate, against) for iterate in iterates]
    axis.plot(x, [iterate.total for iterate in iterates], color=COLORS["total"], label="total")
    for name in ("content", "style", "total variation"):
        axis.plot(x, [iterate.losses[name] for iterate in iterates], color=COLORS[name], label=name)
    axis.set(yscale="log", xlabel=against, ylabel="weighted loss")
    axis.yaxis.set_major_formatter(PlainNumbers())
    axis.legend(frameon=False, ncols=4, loc="lower right", bbox_to_anchor=(1, 1))  # above the curves
    return figure


def plot_curves(
    curves: dict[str, tuple[Sequence[float], Sequence[float]]],
    xlabel: str,
    ylabel: str,
    log: bool = True,
    colors: dict[str, str] | None = None,
    wide: str | None = None,
) -> Figure:
    """Lines {label: (x, y)}, each labeled at its end instead of in a legend. The line labeled `wide` stands out."""
    figure, axis = plt.subplots(figsize=(WIDTH, 3.4))
    for number, (label, (x, y)) in enumerate(curves.items()):
        color = (colors or {}).get(label) or ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#333333")[number % 5]
        style = ("-", "--", "-.", ":")[number % 4]
        width, style = (4, "-") if label == wide else (None, style)
        axis.plot(x, y, style, color=color, linewidth=width, label=label)
    axis.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
    if all(isinstance(step, int) for x, _ in curves.values() for step in x):
        axis.xaxis.get_major_locator().set_params(integer=True)  # there is no step 2.5
    if log:
        axis.yaxis.set_major_formatter(PlainNumbers())
        axis.yaxis.set_minor_formatter(PlainNumbers(minor_thresholds=(2, 0.5)))
    axis.margins(x=0.02)
    label_ends(axis)
    return figure


class PlainNumbers(LogFormatterSciNotation):
    """The ticks of a logarithmic axis as 0.2 instead of 2 × 10^-1."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return f"{x:g}" if super().__call__(x, pos) else ""


def label_ends(axis: plt.Axes) -> None:
    """Write each line's label at its right end, in its color. Labels that are too close move up and down."""
    labels = []
    for line in axis.lines:
        end = {"xy": line.get_xydata()[-1], "xytext": (5, 0), "textcoords": "offset points"}
        labels.append(axis.annotate(line.get_label(), **end, color=line.get_color(), va="center"))
    spread(labels)


def spread(labels: Sequence[Annotation]) -> None:
    """Move labels that are too close up and down, each pair by the same amount, until none covers another."""
    figure = labels[0].figure
    figure.draw_without_rendering()  # now it is known where everything is
    points = 72 / figure.dpi
    heights = [points * label.axes.transData.transform(label.xy)[1] for label in labels]
    gap = 1.1 * points * max(label.get_window_extent().height for label in labels)
    places = list(heights)
    order = np.argsort(heights, kind="stable")
    for _ in range(100):
        for lower, upper in zip(order, order[1:], strict=False):
            missing = max(0, gap - (places[upper] - places[lower]))
            places[lower] -= missing / 2
            places[upper] += missing / 2
    for label, height, place in zip(labels, heights, places, strict=True):
        label.set_position((5, place - height))


def plot_bars(values: dict[str, float], xlabel: str, colors: dict[str, str] | None = None) -> Figure:
    """Horizontal bars {label: value}, the first on top, each with its number."""
    figure, axis = plt.subplots(figsize=(WIDTH, 0.45 * len(values) + 0.9))
    drawn = axis.barh(list(values), list(values.values()), color=[(colors or {}).get(k, "#0072B2") for k in values])
    axis.bar_label(drawn, fmt="%.3g", padding=4)
    axis.invert_yaxis()
    axis.grid(False, axis="y")
    axis.set(xlabel=xlabel)
    return figure


def draw_path(axis: plt.Axes, function: Callable, path: np.ndarray) -> None:
    """The way of an optimizer over a landscape of two numbers: contour lines, the points, a cross at (0, 0).

    Args:
        axis: of a figure.
        function: gives (height, gradient) at a point (x, y).
        path: the points visited, (steps + 1, 2).
    """
    x, y = np.linspace(-6, 6, 121), np.linspace(-2.4, 2.4, 97)
    heights = np.array([[function((a, b))[0] for a in x] for b in y])
    axis.contour(x, y, np.sqrt(heights), levels=6, colors="#BBBBBB", linewidths=1)
    axis.plot(path[:, 0], path[:, 1], "-", color=COLORS["total"], linewidth=1.5)
    axis.plot(path[:, 0], path[:, 1], "o", color=COLORS["total"], markersize=4)
    axis.plot(*path[0], "o", color=COLORS["total"], markersize=9)
    axis.plot(0, 0, "x", color="#882255", markersize=10, markeredgewidth=3)
    axis.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]), xlabel="x", ylabel="y")
    axis.grid(False)


def plot_paths(function: Callable, paths: dict[str, np.ndarray]) -> Figure:
    """The ways of several optimizers, {title: path}, side by side on one landscape. See `draw_path`."""
    figure, axes = plt.subplots(1, len(paths), figsize=(WIDTH, 2.8), sharey=True, squeeze=False)
    for axis, (title, path) in zip(axes[0], paths.items(), strict=True):
        draw_path(axis, function, path)
        axis.set_title(title)
        axis.label_outer()
    return figure
