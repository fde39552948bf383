"""How grainy a picture is where it is flat, in gray levels: light and color on their own.

    python -m benchmarks.grain picture.png ...

The finest detail is the picture minus its 1-2-1 blur, split into luminance and color. Its root mean square is taken in
tiles of 8 x 8 pixels. The tile that 20 % of all tiles fall below is a flat one; edges and strokes are in the others.
"""

import sys

import numpy as np

from helpers.images import load_image

TILE = 8
LUMINANCE = np.array([0.30, 0.59, 0.11], np.float32)


def grain(image: np.ndarray) -> dict[str, float]:
    """The grain of an image (height, width, 3), 0..255, in gray levels: {"luminance": ..., "color": ...}."""
    detail = image - blurred(blurred(image, 0), 1)
    luminance = (detail @ LUMINANCE)[..., np.newaxis]
    return {"luminance": of_flat_tiles(luminance), "color": of_flat_tiles(detail - luminance)}


def blurred(image: np.ndarray, axis: int) -> np.ndarray:
    """Each value is half itself and a quarter of each neighbor along an axis; beyond the edge it is repeated."""
    width = [(1, 1) if n == axis else (0, 0) for n in range(image.ndim)]
    padded = np.moveaxis(np.pad(image, width, "edge"), axis, 0)
    return np.moveaxis((padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4, 0, axis)


def of_flat_tiles(detail: np.ndarray) -> float:
    """The 20th percentile over all tiles of the root mean square in a tile."""
    rows, columns = (side // TILE for side in detail.shape[:2])
    tiles = detail[: rows * TILE, : columns * TILE].reshape(rows, TILE, columns, TILE, -1)
    return float(np.percentile(np.sqrt((tiles**2).mean(axis=(1, 3, 4))), 20))


if __name__ == "__main__":
    for path in sys.argv[1:]:
        print(path, {part: round(value, 2) for part, value in grain(load_image(path)).items()})
