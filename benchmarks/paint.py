"""One way paints one picture in a process of its own, and reports its times and its peak memory as JSON.

    python -m benchmarks.paint course content.png style.png --steps 8

Runs in each way's own environment, so it needs nothing but Pillow.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from .ways import WAYS, gflop


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("content", type=Path)
    parser.add_argument("style", type=Path)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop when this time is over")
    parser.add_argument("--style-factor", type=float, default=1.0, help="times the way's own style weight")
    parser.add_argument("--began", type=float, help="when the process was started, seconds since the epoch")
    parser.add_argument("--snapshots", type=Path, help="folder for pictures on the way, named by their seconds")
    parser.add_argument("--options", type=json.loads, default={}, help="options of the course's way")
    options = parser.parse_args(arguments)
    began = options.began or time.time()

    pictures = [Image.open(path).convert("RGB") for path in (options.content, options.style)]
    way = WAYS[options.way](*pictures, style_factor=options.style_factor, **options.options)
    start = time.time() - began
    if options.seconds < float("inf"):
        way.share_out(options.seconds - start)
    paused, steps, seconds, next_snapshot = 0.0, [], start, start
    while len(steps) < options.steps and (seconds < options.seconds or not steps):
        step_began = time.perf_counter()
        way.step()
        steps.append(time.perf_counter() - step_began)
        seconds = time.time() - began - paused
        last = len(steps) == options.steps or seconds >= options.seconds
        if options.snapshots and (seconds >= next_snapshot or last):
            pause_began = time.perf_counter()  # saving does not count
            way.save(options.snapshots / f"{seconds:09.3f}.png")
            next_snapshot = 1.1 * seconds
            paused += time.perf_counter() - pause_began
    result = {"start": start, "steps": steps, "seconds": seconds, "peak MB": peak_memory()}
    print(json.dumps(result | {"GFLOP": gflop(way.pixels(pictures[0]), way.deepest)}))


def peak_memory() -> float:
    """The largest resident memory of this process so far, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux's getrusage also counts the process that started this one
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1e3
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    main(sys.argv[1:])
