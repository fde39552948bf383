"""Whether this machine is ready for the course: ``python -m helpers --check``, for a class's first ten minutes."""

import importlib.metadata
import platform
import re
import shutil
import sys
import time

from . import HOME, quiet_tensorflow
from .images import CONTENT_IMAGES, OUTPUT_IMAGES, ROOT, STYLES_IMAGES, list_images

INTEL_MAC = "TensorFlow is no longer made for Macs with Intel processors: open the lessons in Colab, see README.md."
MISSING = "run: pip install -r requirements.txt"
# What a course that runs can do without: Colab has neither.
OPTIONAL = {
    "jupyterlab": "not installed; the lessons open in it, in Jupyter Notebook, in VS Code or in Colab",
    "nbval": "not installed; only the tests need it",
}
MARKS = {True: "ok", False: "NO", None: "--"}


def report() -> int:
    """Print a page: Python, packages, GPU, weights (fetched now if need be), pictures, and a small painting.

    Returns:
        The exit status: 0 if the course runs here, 1 if something is missing; its line says what to do.
    """
    print(f"Art Style Transfer, {HOME}\n")
    lines = [python(), *packages()]
    if ready(lines):
        lines += [gpu(), weights(), pictures(), output()]
    if ready(lines):
        lines.append(painting())
    for good, what, found in lines:
        print(f"{MARKS[good]:4}{what:16}{found}")
    print(f"\n{'Ready.' if ready(lines) else 'Not ready: see the lines with NO.'}")
    return 0 if ready(lines) else 1


# Whether all is well (None: it is missing and need not be there), what was looked at, what was found or what to do.
Line = tuple[bool | None, str, str]


def ready(lines: list[Line]) -> bool:
    return all(good is not False for good, _, _ in lines)


def python() -> Line:
    found = f"{platform.python_version()}, {platform.system()} {platform.machine()}, {sys.executable}"
    if (platform.system(), platform.machine()) == ("Darwin", "x86_64"):
        return False, "Python", INTEL_MAC
    if not (3, 10) <= sys.version_info[:2] <= (3, 13):
        return False, "Python", f"{platform.python_version()}, but the course needs 3.10 to 3.13"
    return True, "Python", found


def packages() -> list[Line]:
    """Every requirement of requirements.txt, against what is installed."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    return [package(name, floor) for name, floor in re.findall(r"^([\w-]+)>=([\d.]+)$", text, re.MULTILINE)]


def package(name: str, floor: str) -> Line:
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        if name in OPTIONAL:
            return None, name, OPTIONAL[name]
        return False, name, f"not installed; {MISSING}"
    if numbers(found) < numbers(floor):
        return False, name, f"{found} is too old, {floor} or later is needed; {MISSING}"
    return True, name, found


def numbers(version: str) -> list[int]:
    """2.20.0rc1 as [2, 20, 0]."""
    return [int(number) for number in re.match(r"[\d.]+", version).group().strip(".").split(".")]


def gpu() -> Line:
    with quiet_tensorflow():
        import tensorflow as tf

        found = tf.config.list_physical_devices("GPU")
    return True, "GPU", f"{len(found)} found" if found else "none, and none is needed"


def weights() -> Line:
    from .weights import WeightsError, find_weights

    try:
        source = find_weights()
    except WeightsError as error:
        return False, "VGG19 weights", str(error).replace("\n", "\n" + 20 * " ")
    return True, "VGG19 weights", f"{source.path}\n{20 * ' '}{source.description.partition(': ')[2]}"


def pictures() -> Line:
    counts = [len(list_images(folder)) if folder.is_dir() else 0 for folder in (CONTENT_IMAGES, STYLES_IMAGES)]
    found = f"{counts[0]} in {CONTENT_IMAGES}, {counts[1]} in {STYLES_IMAGES}"
    return min(counts) > 0, "pictures", found if min(counts) else f"{found}; fetch the whole course from {HOME}"


def output() -> Line:
    """Whether what is painted can be kept."""
    folder = OUTPUT_IMAGES if OUTPUT_IMAGES.is_dir() else ROOT
    free = shutil.disk_usage(folder).free / 1e9
    if free < 0.1:
        return False, "output", f"less than 0.1 GB is free for {OUTPUT_IMAGES}; make room"
    return True, "output", f"{OUTPUT_IMAGES}, {free:.0f} GB free"


def painting() -> Line:
    """Five steps on a small picture: that the loss falls, and how long it takes."""
    from .images import load_image
    from .transfer import StyleTransfer

    content, style = (load_image(list_images(folder)[0]) for folder in (CONTENT_IMAGES, STYLES_IMAGES))
    transfer = StyleTransfer(content, style, size=96, steps=6)
    transfer.step()  # compiles
    began = time.perf_counter()
    totals = [iterate.total for iterate in transfer]
    seconds = (time.perf_counter() - began) / len(totals)
    return totals[-1] < totals[0], "painting", f"{seconds:.2f} s a step at 96 px; the loss falls"
