"""What the measurements say: RESULTS.md, the figures of the race and of the curves, and the pictures side by side."""

import datetime
import importlib.metadata
import os
import platform
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.ticker import LogLocator, NullLocator

from helpers import plots
from helpers.images import CONTENT_IMAGES, fit_image, load_image

from .ways import gflop

COLORS = {
    "course": "#0072B2",
    "TensorFlow's tutorial": "#D55E00",
    "Keras's example": "#009E73",
    "seed": "#CC79A7",
    "style-transfer-pytorch": "#882255",
    "pastiche": "#333333",
}
JUDGES = {"avg": "average", "max": "max", "l2": "L2"}
CONTENT_SHARE = 0.05  # of the judge's total, as in the course's default weights


def write_report(results: dict, folder: Path, snapshots: Path) -> None:
    """Write RESULTS.md and its figures into `folder`; `snapshots` holds each way's pictures."""
    plots.use_course_style()
    draw_race(results["race"]).savefig(folder / "race.png", dpi=150)
    draw_pictures(results["race"], snapshots).savefig(folder / "pictures.jpg", dpi=130)
    draw_curves(results["curves"]).savefig(folder / "curves.png", dpi=130)
    (folder / "RESULTS.md").write_text(text(results))


def text(results: dict) -> str:
    """RESULTS.md."""
    parts = (heading, race, curves, steps, growth, many, startup, studio)
    return "\n\n".join(part(results) for part in parts) + "\n"


def objective(score: dict) -> float:
    return score["objective"]


def judged(pooling: str):
    """A judge's total: style distance and a share of the content distance."""
    return lambda score: score[pooling]["style"] + CONTENT_SHARE * score[pooling]["content"]


MEASURES = {"objective": objective} | {f"{name} judge": judged(pooling) for pooling, name in JUDGES.items()}


JUDGMENT = [f"{part}, {name}" for name in JUDGES.values() for part in ("style", "content")]
JUDGMENT += ["grain, light", "grain, color"]


def judgment(score: dict) -> list[str]:
    """The cells of a table under the header JUDGMENT."""
    distances = [f"{score[pooling][part]:.3f}" for pooling in JUDGES for part in ("style", "content")]
    return distances + [f"{score['grain'][part]:.2f}" for part in ("luminance", "color")]


def reached(way: dict, measure, goal: float) -> float | None:
    """Seconds until a way's picture first measured `goal` or less."""
    return next((score["seconds"] for score in way["scores"] if measure(score) <= goal), None)


def table(header: list[str], rows: list[list]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


# --- The parts of RESULTS.md ------------------------------------------------------------------------------------------


def heading(results: dict) -> str:
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("tensorflow", "keras", "numpy"))
    pastiche = "; pastiche 1.6.0 with PyTorch 2.13.0" if "pastiche" in results["race"] else ""
    warning = "**A quick run: it shows that everything runs, and nothing about speed.**\n\n" if results["quick"] else ""
    return f"""# Speed, measured

{warning}Written by `make bench` on {datetime.date.today()}. Machine: {cpu_name()}, {os.cpu_count()} cores, no GPU. \
Python {platform.python_version()}, {packages}{pastiche}. All in one run: machines differ, \
ratios hold. Numbers behind it: [results.json](results.json).

The pair is `cat.jpg` in the style of `great_wave.jpg`. A size is the longer side of the picture. Every way uses the \
same VGG19 weights; how each paints is in [ways.py](ways.py). *Seed* is the program that this course grew out of."""


def cpu_name() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    name = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    widest = next((kind for kind in ("avx512f", "avx2") if any(kind in line for line in lines)), "")
    return f"{name} ({widest.upper().rstrip('F')})" if widest else name


def race(results: dict) -> str:
    ways = results["race"]
    goals = {name: ways[name]["scores"][-1] for name in ("TensorFlow's tutorial", "pastiche") if name in ways}
    last = [
        [name, way["steps"], f"{score['seconds']:.0f}", f"{score['objective']:.3f}"] + judgment(score)
        for name, way in ways.items()
        for score in way["scores"][-1:]
    ]
    header = ["", "steps", "seconds", "objective", *JUDGMENT]
    sooner = []
    for name, goal in goals.items():
        for what, measure in MEASURES.items():
            seconds = [reached(way, measure, measure(goal)) for way in ways.values()]
            ours = reached(ways["course"], measure, measure(goal))
            share = "" if ours is None else f"{ours / goal['seconds']:.0%}"
            sooner.append([f"{name}, {what}", *("never" if s is None else f"{s:.0f}" for s in seconds), share])
    return f"""## Time to quality

![Four plots of a loss against seconds, one curve for each way.](race.png)

Seconds count from the start of the process: imports, weights and compilation are in. The *objective* is the course's \
total loss at full size. The *judges* use layers that nobody optimizes (block2_conv2, block3_conv3, block4_conv4): \
the distance of the Gram matrices from the painting's, plus {CONTENT_SHARE} times the distance of the feature maps \
from the photograph's, both divided by the size of their target. There are three, as each way optimizes with one kind \
of pooling: L2 (course), average (seed) or max (the others). Keras's example, the seed and style-transfer-pytorch had \
as many seconds as TensorFlow's tutorial.

Seconds until a way was as good as another one's last picture. The last column: the course's share of the other one's \
time.

{table(["as good as", *ways, "course's share"], sooner)}

The last pictures. Style and content are the distances of the judges. The grain of flat places is in gray levels \
([grain.py](grain.py)):

{table(header, last)}

![The pictures of every way: when the course had finished, and at their own end.](pictures.jpg)"""


def curves(results: dict) -> str:
    parts = []
    for pair, run in results["curves"].items():
        rows = [
            [name, f"{score['factor']:g}", *judgment(score)] for name, scores in run["ways"].items() for score in scores
        ]
        grains = ", ".join(
            f"{what} {source['grain']['luminance']:.2f} in light and {source['grain']['color']:.2f} in color"
            for what, source in zip(("photograph", "painting"), run["sources"], strict=True)
        )
        parts.append(
            f"**{pair}**, {run['seconds']:.0f} seconds for each picture. Grain of the sources: {grains}.\n\n"
            + table(["", "style weight", *JUDGMENT], rows)
        )
    text = "\n\n".join(parts)
    return f"""## Style against content

How near a picture is to the painting can be bought with distance from the photograph: a larger style weight does it. \
So one picture says little of a way. Here every way paints with several style weights, as multiples of its own, for as \
many seconds as the course's default run takes (start-up included). A curve that lies nearer to the lower left corner \
is better. Ways that paint on several scales give each its share of the time. A grain of 0.00 says that a run broke: \
its picture is all of one color.

![Style distance against content distance, one curve for each way, for each judge and pair.](curves.png)

{text}"""


def steps(results: dict) -> str:
    rows = []
    for group in results["steps"]:
        for name, way in group["ways"].items():
            seconds = usual_step(way)
            share = way["GFLOP"] / seconds / group["rate"]
            first = way["steps"][0] - seconds
            row = [f"{group['size']} px", name, f"{seconds:.3f}", f"{way['GFLOP']:.0f}", f"{share:.0%}"]
            rows.append([*row, f"{first:.1f}", f"{way['peak MB']:.0f}"])
    rates = ", ".join(f"{group['rate']:.0f}" for group in results["steps"])
    header = ["size", "way", "seconds a step", "GFLOP", "share of the matrix product's rate", "first step: more", "MB"]
    return f"""## One step

A step is one update of the picture, in the median of a few; the course's is a step of L-BFGS. GFLOP counts the \
convolutions, forward and back, of one picture; the course paints on a canvas with a margin, and its canvas is \
counted. (style-transfer-pytorch is missing: its first steps are at its smallest size.) The matrix product's rate, \
measured before each size: {rates} GFLOP/s. The first step also traces or compiles. MB is the peak of the whole \
process.

{table(header, rows)}"""


def usual_step(way: dict) -> float:
    """Seconds of a step, without the first two, which compile and try out lengths."""
    return float(np.median(way["steps"][2:]))


def growth(results: dict) -> str:
    runs = {group["size"]: group["ways"]["course"] for group in results["steps"]}
    runs |= {int(size): way for size, way in results["growth"].items()}
    runs = dict(sorted(runs.items()))
    pixels = np.array([way["GFLOP"] for way in runs.values()])  # in proportion to the canvas's pixels
    seconds = np.array([usual_step(way) for way in runs.values()])
    memory = np.array([way["peak MB"] for way in runs.values()])
    slope = np.polyfit(np.log(pixels), np.log(seconds), 1)[0]
    per_gflop, at_rest = np.polyfit(pixels, memory, 1)
    rows = [[f"{size} px", f"{s:.2f}", f"{m:.0f}"] for size, s, m in zip(runs, seconds, memory, strict=True)]
    several = results["several"]
    styles = [[count, f"{part['start']:.2f}", f"{part['step']:.2f}"] for count, part in several["styles"].items()]
    batch = [[count, f"{s:.2f}", f"{s / int(count):.2f}"] for count, s in several["batch"].items()]
    size = results["several_size"]
    return f"""## How cost grows

Seconds grow with the pixels to the power of {slope:.2f}. Memory grows in a straight line: {at_rest:.0f} MB, and \
{per_gflop * gflop(10**6, "block5_conv1"):.0f} MB for each million pixels of the canvas.

{table(["the course", "seconds a step", "MB"], rows)}

Several style images cost at the start only, where their Gram matrices are blended ({size} px):

{table(["style images", "seconds to start", "seconds a step"], styles)}

Several pictures in one batch, gradient of a loss on the same layers ({size} px):

{table(["pictures", "seconds", "for each picture"], batch)}"""


def many(results: dict) -> str:
    measured = results["many"]
    first = measured["seconds"]["one command for each"]
    rows = [[way, f"{seconds:.0f}", f"{seconds / first:.2f}"] for way, seconds in measured["seconds"].items()]
    groups = "; ".join(" = ".join(group) for group in measured["equal"])
    return f"""## Many pictures

{measured["pictures"]} pictures of {measured["size"]} px, start-up included, by `python -m helpers many` and by single \
commands. The workers have one thread each. The same bit by bit: {groups}.

{table(["way", "seconds", "ratio"], rows)}"""


def startup(results: dict) -> str:
    rows = [[part, f"{seconds:.2f}"] for part, seconds in results["startup"].items()]
    rate = np.median([group["rate"] for group in results["steps"]])
    whole = [
        [f"`python -m helpers cat great_wave --size {size}`", f"{seconds:.0f}", f"{least_seconds(int(size), rate):.0f}"]
        for size, seconds in results["defaults"].items()
    ]
    return f"""## Start-up

{table(["part", "seconds"], rows)}

The whole command, from the shell to the saved picture, with everything installed. Beside it, what the convolutions of \
its steps alone would take at the rate of the matrix product, without start-up:

{table(["command", "seconds", "at that rate"], whole)}"""


def least_seconds(size: int, rate: float) -> float:
    """Seconds for the arithmetic of a default run on the cat, at a rate in GFLOP/s."""
    from helpers.transfer import StyleTransfer, canvas, plan_scales  # loads TensorFlow

    content = load_image(CONTENT_IMAGES / "cat.jpg")
    defaults = StyleTransfer.__init__.__kwdefaults__
    plan = plan_scales(size, defaults["steps"], defaults["scales"])
    total = sum(count * gflop(canvas(fit_image(content, s))[..., 0].size, "block5_conv1") for s, count in plan)
    return total / rate


def studio(results: dict) -> str:
    usual, moves = results["studio"]["usual step"], results["studio"]["moves"]
    rows = [[move["to"], move["steps"], f"{move['seconds'] / usual:.1f}"] for move in moves]
    return f"""## The studio

From the move of the style slider to the first picture that used it. A usual step takes {usual:.2f} s; add up to one \
more for the step that was under way when the slider moved.

{table(["moved to", "steps", "usual steps' time"], rows)}"""


# --- The pictures -----------------------------------------------------------------------------------------------------


def draw_race(ways: dict) -> plt.Figure:
    """Objective and judges of every way against seconds."""
    figure, axes = plt.subplots(2, 2, figsize=(11, 7.6), layout="constrained")
    titles = ("the course's objective", *(f"judge with {name} pooling" for name in JUDGES.values()))
    for axis, measure, title in zip(axes.flat, MEASURES.values(), titles, strict=True):
        for name, way in ways.items():
            x = [score["seconds"] for score in way["scores"]]
            y = [measure(score) for score in way["scores"]]
            width = 3 if name == "course" else 1.5
            axis.plot(x, y, "o-", markevery=[-1], color=COLORS[name], linewidth=width, label=name)
        axis.set(xscale="log", yscale="log", xlabel="seconds", title=title)
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
        axis.yaxis.set_major_formatter("{x:g}")
        axis.yaxis.set_minor_locator(NullLocator())
        axis.xaxis.set_major_formatter("{x:g}")
        plots.label_ends(axis)
    for axis in axes[:, 0]:
        axis.set_ylabel("lower is better")
    return figure


def draw_curves(pairs: dict) -> plt.Figure:
    """Style distance against content distance: one row for each pair, one column for each judge."""
    size = (3.9 * len(JUDGES), 3.6 * len(pairs))
    figure, axes = plt.subplots(len(pairs), len(JUDGES), figsize=size, layout="constrained", squeeze=False)
    for row, (pair, run) in zip(axes, pairs.items(), strict=True):
        for axis, (pooling, name) in zip(row, JUDGES.items(), strict=True):
            for way, scores in run["ways"].items():
                x, y = ([score[pooling][part] for score in scores] for part in ("content", "style"))
                width = 3 if way == "course" else 1.5
                axis.plot(x, y, "o-", color=COLORS[way], linewidth=width, markersize=3 + width, label=way)
            axis.set(yscale="log", xlabel="content distance", title=f"{pair}, {name} pooling")
            axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axis.yaxis.set_major_formatter("{x:g}")
            axis.yaxis.set_minor_locator(NullLocator())
        row[0].set_ylabel("style distance")
    axes[0, -1].legend(frameon=False, fontsize=8)
    return figure


def draw_pictures(ways: dict, snapshots: Path) -> plt.Figure:
    """What every way had painted when the course was done (top), and its last picture (bottom)."""
    done = ways["course"]["scores"][-1]["seconds"]
    figure, axes = plt.subplots(2, len(ways), figsize=(3 * len(ways), 4.6), layout="constrained", squeeze=False)
    for column, name in enumerate(ways):
        paths = sorted((snapshots / name).iterdir())
        early = [path for path in paths if float(path.stem) <= done] or paths[:1]
        for axis, path in zip(axes[:, column], (early[-1], paths[-1]), strict=True):
            axis.imshow(load_image(path).astype(np.uint8), interpolation="lanczos")
            axis.set_title(f"{name}\n{float(path.stem):.0f} s", fontsize=11)
            axis.axis("off")
    return figure
