"""What the measurements say: RESULTS.md, the figure of the race, and the pictures side by side."""

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
    "pastiche": "#333333",
}
CONTENT_SHARE = 0.1  # of the judge's total, as in the course's default weights


def write_report(results: dict, folder: Path, snapshots: Path) -> None:
    """Write RESULTS.md, race.png and pictures.jpg into `folder`; `snapshots` holds each way's pictures of the race."""
    plots.use_course_style()
    draw_race(results["race"]).savefig(folder / "race.png", dpi=150)
    draw_pictures(results["race"], snapshots).savefig(folder / "pictures.jpg", dpi=130)
    parts = (heading, race, steps, growth, startup, studio)
    (folder / "RESULTS.md").write_text("\n\n".join(part(results) for part in parts) + "\n")


def objective(score: dict) -> float:
    return score["objective"]


def judged(pooling: str):
    """A judge's total: style distance and a share of the content distance."""
    return lambda score: score[pooling]["style"] + CONTENT_SHARE * score[pooling]["content"]


MEASURES = {"objective": objective, "average judge": judged("avg"), "max judge": judged("max")}


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
        [name, way["steps"], f"{score['seconds']:.0f}", f"{score['objective']:.3f}"]
        + [f"{score[pooling][part]:.3f}" for pooling in ("avg", "max") for part in ("style", "content")]
        for name, way in ways.items()
        for score in way["scores"][-1:]
    ]
    header = ["", "steps", "seconds", "objective", "style, average", "content, average", "style, max", "content, max"]
    sooner = []
    for name, goal in goals.items():
        for what, measure in MEASURES.items():
            seconds = [reached(way, measure, measure(goal)) for way in ways.values()]
            ours = reached(ways["course"], measure, measure(goal))
            share = "" if ours is None else f"{ours / goal['seconds']:.0%}"
            sooner.append([f"{name}, {what}", *("never" if s is None else f"{s:.0f}" for s in seconds), share])
    return f"""## Time to quality

![Three plots of a loss against seconds, one curve for each way.](race.png)

Seconds count from the start of the process: imports, weights and compilation are in. The *objective* is the course's \
total loss at full size. The *judges* use layers that nobody optimizes (block2_conv2, block3_conv3, block4_conv4): \
the distance of the Gram matrices from the painting's, plus {CONTENT_SHARE} times the distance of the feature maps \
from the photograph's, both divided by the size of their target. There are two, as each way optimizes with one kind of \
pooling: average (course, seed) or max (the others). Keras's example and the seed had as many seconds as TensorFlow's \
tutorial.

Seconds until a way was as good as another one's last picture. The last column: the course's share of the other one's \
time.

{table(["as good as", *ways, "course's share"], sooner)}

The last pictures. Style and content are the distances of the average and of the max judge:

{table(header, last)}

![The pictures of every way: when the course had finished, and at their own end.](pictures.jpg)"""


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
counted. The matrix product's rate, measured before each size: {rates} GFLOP/s. The first step also traces or \
compiles. MB is the peak of the whole process.

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
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.6), layout="constrained")
    titles = ("the course's objective", "judge with average pooling", "judge with max pooling")
    for axis, measure, title in zip(axes, MEASURES.values(), titles, strict=True):
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
    axes[0].set_ylabel("lower is better")
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
