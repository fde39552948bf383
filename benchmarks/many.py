"""Four photographs in the style of three paintings: one command each, all by `many`, and by workers. Prints JSON.

python -m benchmarks.many 128 [--few]

Two of a kind, because the number of threads decides how sums are rounded: with all cores, the single commands and one
process; with one thread a picture, one process, two workers, and a scheduler with two workers that were started apart.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from helpers.images import CONTENT_IMAGES, ROOT

PORT = "8795"
STYLES = ("great_wave", "poppies", "spring")


def main(arguments: Sequence[str]) -> None:
    size, *few = arguments
    options = ["--size", size, *(["--steps", "2"] if few else [])]
    photographs = [path.stem for path in sorted(CONTENT_IMAGES.glob("*.jpg"))][: 1 if few else None]
    styles = STYLES[: 1 if few else None]
    ways, digests = {}, {}

    def measure(way: str, folder: Path, commands: Sequence[Sequence[str]]) -> None:
        began = time.perf_counter()
        for command in commands:
            run("-m", "helpers", *command, *options)
        ways[way] = time.perf_counter() - began
        digests[way] = {path.name: path.read_bytes() for path in folder.glob("*.png")}
        assert len(digests[way]) == len(photographs) * len(styles)

    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        photos = CONTENT_IMAGES / f"{photographs[0]}.jpg" if few else CONTENT_IMAGES
        (alone := scratch / "alone").mkdir()
        single = [
            [photo, style, "-o", str(alone / f"{photo}_{style}.png")] for photo in photographs for style in styles
        ]
        measure("one command for each", alone, single)
        for way, more in (
            ("many", ()),
            ("many, one thread", ("--threads", "1")),
            ("many, two workers", ("--threads", "1", "--workers", "2")),
        ):
            measure(way, scratch / way, [["many", str(photos), *styles, "-o", str(scratch / way), *more]])
        with cluster(scratch) as address:
            way = "many, a scheduler and two workers"
            more = ("--threads", "1", "--scheduler", address)
            measure(way, scratch / way, [["many", str(photos), *styles, "-o", str(scratch / way), *more]])
    print(json.dumps({"size": int(size), "pictures": len(single), "seconds": ways, "equal": equal(digests)}))


def equal(pictures: dict[str, dict[str, bytes]]) -> list[list[str]]:
    """The ways whose pictures are the same bit by bit, in groups."""
    groups = []
    for way, painted in pictures.items():
        for group in groups:
            if pictures[group[0]] == painted:
                group.append(way)
                break
        else:
            groups.append([way])
    return groups


class cluster:
    """A scheduler and two workers with one thread each, as one starts them by hand. Gives the scheduler's address."""

    def __init__(self, folder: Path):
        self.folder = folder

    def __enter__(self) -> str:
        address = f"tcp://127.0.0.1:{PORT}"
        worker = ("dask_worker", address, "--nthreads", "1", "--local-directory", str(self.folder))
        programs = [("dask_scheduler", "--host", "127.0.0.1", "--port", PORT), worker, worker]
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{name}", *arguments, "--no-dashboard"],
                cwd=ROOT,
                stderr=subprocess.DEVNULL,
            )
            for name, *arguments in programs
        ]
        return address

    def __exit__(self, *_) -> None:
        for process in reversed(self.processes):
            process.terminate()
            process.wait()


def run(*arguments: str) -> None:
    """Run Python silently; what goes wrong stops the measurement."""
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)


if __name__ == "__main__":
    main(sys.argv[1:])
