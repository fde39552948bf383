"""How much memory a picture takes, and how much there is: so that a run that cannot end is not begun."""

import sys
from collections.abc import Callable
from pathlib import Path

import psutil

BASE = 0.88e9  # bytes: TensorFlow, VGG19 and the compiled objective
PER_PIXEL = 2700  # bytes for each pixel of the canvas, while the gradient is computed
PER_REGION = 450  # bytes more for each mask
MARGINS = 32  # px that a canvas is higher and wider than its picture, at most
RESERVED = 1.2e9  # bytes of addresses, at most, that allocators and threads reserve and do not use
SLACK = 0.95  # of the memory is taken by the size that is advised: what is free changes from one moment to the next
SYSTEM = Path("/")  # where the files below are; another folder in the tests


def needed(height: float, width: float, regions: int = 0) -> float:
    """Bytes that a run takes for a picture of this size, with everything else in the process.

    Args:
        regions: how many masks there are; each of them weighs the style layers' features anew.
    """
    return BASE + (PER_PIXEL + PER_REGION * regions) * (height + MARGINS) * (width + MARGINS)


def available() -> float:
    """Bytes that this process may have in all: what it has already, and what it could still get.

    That is the least of what is free in the machine (with its swap space), in the container, and below the limit that
    the system sets to a process (`ulimit -v`).
    """
    process = psutil.Process().memory_info()
    free = [psutil.virtual_memory().available + psutil.swap_memory().free, *_free_in_containers()]
    if sys.platform != "win32":
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            free.append(limit - process.vms - RESERVED)  # which counts addresses
    return process.rss + max(0, min(free))


def available_to_others() -> float:
    """Bytes that could be had in other processes than this one."""
    return available() - psutil.Process().memory_info().rss


def _free_in_containers() -> list[float]:
    """What is free in each control group that this process is in (Docker, Kubernetes, Binder), version 1 or 2."""
    try:
        groups = (SYSTEM / "proc/self/cgroup").read_text().splitlines()
    except OSError:  # not Linux
        return []
    free = []
    for group in groups:
        _, controllers, path = group.split(":", 2)
        if controllers not in ("", "memory"):
            continue
        folder = SYSTEM / "sys/fs/cgroup" / controllers
        limit_file, use_file = (
            ("memory.limit_in_bytes", "memory.usage_in_bytes") if controllers else ("memory.max", "memory.current")
        )
        # Within a container its own group is often shown as the root, so all folders on the way are looked at.
        for place in (folder / path.lstrip("/"), *(folder / path.lstrip("/")).parents):
            if place == folder.parent:
                break
            try:
                limit, use = ((place / name).read_text().strip() for name in (limit_file, use_file))
                statistics = dict(line.split() for line in (place / "memory.stat").read_text().splitlines())
            except (OSError, ValueError):
                continue
            if limit.isdigit():  # or "max"
                cache = int(statistics.get("inactive_file", 0))  # of files, given back when needed
                free.append(int(limit) - int(use) + cache)
    return free


def needed_in_one_pass(height: float, width: float) -> float:
    """Bytes that the network of `further.fast` takes for a picture, with everything else in the process."""
    return 0.64e9 + 530 * height * width


def check(
    size: int,
    height: int,
    width: int,
    needed: Callable[[float, float], float] = needed,
    has: float | None = None,
    whose: str = "there are",
) -> None:
    """Say it now if a picture takes more memory than there is.

    Args:
        size: the picture's longer side in pixels, as the user knows it.
        height, width: of the picture.
        needed: bytes for a height and a width.
        has, whose: bytes that there are, and how the sentence says it. Default: what this process may have.

    Raises:
        MemoryError: it does; the sentence says how much it takes, and which size would fit.
    """
    takes, has = needed(height, width), available() if has is None else has
    if takes > has:
        fits = size // 10 * 10
        while fits > 32 and needed(height * fits / size, width * fits / size) > SLACK * has:
            fits -= 10
        advice = f"a size of {fits} px fits" if fits > 32 else "close other programs"
        amounts = f"takes about {takes / 1e9:.1f} GB of memory, and {whose} {has / 1e9:.1f} GB"
        raise MemoryError(f"A picture of {size} px {amounts}: {advice}.")
