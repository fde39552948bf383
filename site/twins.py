"""What stands below a demo in a lesson, taken apart again into its pictures, so that a page can step through them."""

import io
import re

import numpy as np
from PIL import Image

WHITE = 215  # the darkest that white becomes beside a picture, in a JPEG
EDGE = 4  # pixels of white around the figure
Box = tuple[float, float, float, float]  # left, top, width, height, as shares of the figure


def titles(alt: str) -> list[str]:
    """The titles of a figure's parts, read from its description (helpers/alt_text.py)."""
    sentences = re.split(r"\.(?= |$)", alt)
    images = next((number for number, text in enumerate(sentences) if re.match(r" ?\d+ images", text)), None)
    if images is None:
        return re.findall(r"(?:^|\. )([^;]+?): Curves, ", alt)
    if images > 1:  # titles of several subfigures
        return [text.strip() for text in sentences[:images]]
    return [name.strip() for name in sentences[images].partition(": ")[2].split(";")]


def columns(source: str, count: int) -> int:
    """How many parts stand in a row, read from the code that draws them."""
    if found := re.search(r"\.subfigures\(\d+, (\d+)\)", source):
        return int(found[1])
    found = re.search(r"\bcolumns=(\d+)", source)
    return int(found[1]) if found else count


def boxes(jpeg: bytes, count: int, columns: int) -> list[Box]:
    """Where each part is, row by row.

    Raises:
        ValueError: no white line lies between two parts.
    """
    gray = np.asarray(Image.open(io.BytesIO(jpeg)).convert("L"))
    height, width = gray.shape
    across, down = cuts(gray.min(axis=1), -(-count // columns)), cuts(gray.min(axis=0), columns)
    return [
        (left / width, top / height, (right - left) / width, (bottom - top) / height)
        for top, bottom in zip(across, across[1:], strict=False)
        for left, right in zip(down, down[1:], strict=False)
    ][:count]


def cuts(darkest: np.ndarray, parts: int) -> list[int]:
    """Where to cut along one side of a figure, both ends included: in the middle of the gaps between its parts.

    Args:
        darkest: the darkest gray level of each line across.
        parts: how many.
    """
    inside = np.flatnonzero(darkest < WHITE)
    first, last = inside[0], inside[-1] + 1
    size = (last - first) / parts
    places = [max(0, first - EDGE)]
    for number in range(1, parts):
        expected = int(first + size * number)
        start = max(0, expected - int(size / 3))
        window = darkest[start : expected + int(size / 3)]
        if window.max() < WHITE:
            raise ValueError("no white line lies between two parts of the figure")
        white = start + np.flatnonzero(window >= WHITE)
        gaps = np.split(white, np.flatnonzero(np.diff(white) > 1) + 1)
        widest = max(gaps, key=len)
        places.append(int(widest[len(widest) // 2]))
    return [*places, min(len(darkest), last + EDGE)]
