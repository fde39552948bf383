"""The studio's loss plot, an SVG: pyplot must not be used in callbacks."""

import html
import math
from collections.abc import Sequence

from ..plots import COLORS

# In dark themes the total's dark gray would vanish, so it takes the color of the text. Dashes tell the lines apart too.
LINES = {
    "total": ("currentColor", ""),
    "content": (COLORS["content"], ""),
    "style": (COLORS["style"], "7 3"),
    "total variation": (COLORS["total variation"], "2 3"),
}
END = 'text-anchor="end"'


def plot_html(
    losses: Sequence[dict[str, float]], plan: Sequence[tuple[int, int]], marks: Sequence[tuple[int, str]]
) -> str:
    """The total loss and its weighted parts after each step, on a logarithmic scale, as an SVG with a legend.

    Args:
        losses: after each step, by the names of LINES.
        plan: of each scale, the size in pixels and the number of steps.
        marks: the steps that first used a new weight, and which weight.
    """
    width, height, left, right, top, bottom = 400, 190, 44, 6, 20, 24
    steps = sum(count for _, count in plan)
    positive = [value for values in losses for value in values.values() if value > 0] or [0.1, 1]
    highest = math.ceil(math.log10(max(positive)))
    lowest = min(max(math.floor(math.log10(min(positive))), highest - 5), highest - 1)

    def x(step: float) -> float:
        return left + (width - left - right) * (step - 1) / max(steps - 1, 1)

    def y(value: float) -> float:
        share = (math.log10(value) - lowest) / (highest - lowest)
        return height - bottom - (height - bottom - top) * min(max(share, 0), 1)

    drawn = [
        f'<text x="0" y="11">weighted loss</text><text x="{width - right}" y="{height - 5}" {END}>step {steps}</text>'
    ]
    for exponent in range(lowest, highest + 1):
        level = y(10.0**exponent)
        drawn.append(f'<path class="studio-grid" d="M{left} {level:.1f}H{width - right}"/>')
        drawn.append(f'<text x="{left - 5}" y="{level + 4:.1f}" {END}>{10.0**exponent:g}</text>')
    first = 1
    for size, count in plan:  # a larger scale has other losses, so the lines jump where it begins
        drawn.append(f'<path class="studio-grid" d="M{x(first):.1f} {top}V{height - bottom}"/>')
        drawn.append(f'<text x="{x(first) + 4:.1f}" y="{height - bottom - 5}">{size} px</text>')
        first += count
    drawn.append(f'<text x="{left}" y="{height - 5}">1</text>')
    for step, change in marks:
        line = f"M{x(step):.1f} {top}V{height - bottom}"
        triangle = f"M{x(step) - 4:.1f} {top - 7}h8l-4 7z"
        drawn.append(
            f'<g class="studio-mark"><title>step {step}: {html.escape(change)}</title>'
            f'<path d="{line}" stroke-dasharray="3 3"/><path d="{triangle}" fill="currentColor"/></g>'
        )
    for name, (color, dashes) in LINES.items():
        points = [f"{x(n):.1f},{y(values[name]):.1f}" for n, values in enumerate(losses, 1) if values[name] > 0]
        drawn.append(
            f'<polyline points="{" ".join(points)}" fill="none" stroke="{color}" stroke-width="2" '
            f'stroke-dasharray="{dashes}"/>'
        )
    now = {name: f"{value:.2g}" for name, value in losses[-1].items()} if losses else {}
    legend = "".join(
        f'<span><svg width="26" height="8" aria-hidden="true"><path d="M0 4H26" stroke="{color}" stroke-width="3" '
        f'stroke-dasharray="{dashes}"/></svg> {name} <b>{now.get(name, "")}</b></span>'
        for name, (color, dashes) in LINES.items()
    )
    last = f"▾ step {marks[-1][0]}: {html.escape(marks[-1][1])}" if marks else "▾ marks where a slider was moved"
    label = "The total loss and its weighted parts after each step, on a logarithmic scale"
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}">{"".join(drawn)}</svg>'
        f'<div class="studio-legend">{legend}</div><div class="studio-meaning">{last}</div>'
    )
