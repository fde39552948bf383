"""Masks: where in the picture a style goes, and which part of a painting is the style.

A *mask* is an array (height, width) from 0 to 1: 1 is white and wholly inside, 0 is black and outside.

Source: Gatys, Ecker, Bethge, Hertzmann & Shechtman (2017), "Controlling perceptual factors in neural style transfer",
section 4: Gram matrices of features that are weighted by a guidance map, on each layer.
"""

import base64
import io
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from .images import ImageError, check_image, load_image, name_of, resize_image

LUMINANCE = np.array([0.30, 0.59, 0.11], np.float32)
POSITION = 16  # px: what one position of VGG19's block 5 stands for, along each side


def load_mask(source: str | Path | bytes) -> np.ndarray:
    """Read a picture file as a mask, as `load_image` reads one. Raises ImageError if it cannot be used."""
    return check_mask(load_image(source), name_of(source) if isinstance(source, str | Path) else "The mask")


def encode_mask(mask: np.ndarray) -> str:
    """A mask as a text: a gray PNG in base64."""
    buffer = io.BytesIO()
    Image.fromarray(np.rint(255 * mask).astype(np.uint8)).save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


def decode_mask(text: str) -> np.ndarray:
    """The mask of a text of `encode_mask`. Raises ImageError or ValueError if it is none."""
    return load_mask(base64.b64decode(text, validate=True))


def check_mask(image, name: str = "The mask") -> np.ndarray:
    """A mask, of an image (0 to 255) of any kind: its brightness.

    Returns:
        Float32 array (height, width), 0 to 1.

    Raises:
        ImageError: it is no image, is black everywhere, or of one gray everywhere.
    """
    mask = brightness(check_image(image, name))
    if mask.max() < 1 / 255:
        raise ImageError(f"{name} is black everywhere, so nothing would be painted; make white what shall be painted.")
    if np.ptp(mask) < 1 / 255 and not is_white(mask):
        raise ImageError(f"{name} is of one gray everywhere; white is painted, black is not, and grays lie between.")
    return mask


def brightness(image: np.ndarray) -> np.ndarray:
    """How bright an image (0 to 255) is at each place, (height, width), 0 to 1."""
    return image @ LUMINANCE / 255


def is_white(mask: np.ndarray) -> bool:
    """Whether a mask leaves nothing out."""
    return bool(np.rint(255 * mask).min() == 255)


def fit_mask(mask: np.ndarray, height: int, width: int) -> np.ndarray:
    """A mask at another size, in steps of a 255th, as a file keeps it."""
    if mask.shape != (height, width):
        mask = resize_image(np.repeat(255 * mask[..., np.newaxis], 3, axis=-1), height, width)[..., 0] / 255
    return np.rint(255 * mask).astype(np.float32) / 255


def check_region(mask: np.ndarray, height: int, width: int, name: str = "The mask") -> None:
    """Say it if a mask's region is too small for a picture of this height and width.

    Raises:
        ImageError: it is smaller than one position of VGG19's deepest block.
    """
    pixels = mask.mean() * height * width
    if pixels < POSITION**2:
        size = math.ceil(max(height, width) * math.sqrt(POSITION**2 / pixels) / 10) * 10
        larger = f", or choose a size of {size} px" if size <= 4096 else ""
        raise ImageError(
            f"{name} is white on no more than {math.ceil(pixels)} pixels of {width} x {height}, but VGG19's deepest "
            f"layer needs {POSITION**2} ({POSITION} x {POSITION}): enlarge the region{larger}."
        )


def read_fitted(path: str | Path, height: int, width: int) -> str:
    """A mask file, fitted to a picture of this size, as a recipe keeps it: a text, "" if it leaves nothing out.

    Raises:
        ImageError: it cannot be used.
    """
    mask = load_mask(path)
    check_region(mask, height, width, name_of(path))
    mask = fit_mask(mask, height, width)
    return "" if is_white(mask) else encode_mask(mask)


class Style(NamedTuple):
    """A style as it is given: a painting's name, and the names of masks, "" for none."""

    name: str
    mask: str
    style_mask: str


def split_style(text: str) -> Style:
    """The parts of STYLE[:MASK[:STYLE_MASK]].

    Raises:
        ImageError: there are more parts.
    """
    # Not at the colon of C:\\ or D:/, which belongs to a path.
    parts = [text] if Path(text).is_file() else re.split(r":(?![\\/])|(?<!^[A-Za-z])(?<!:[A-Za-z]):", text)
    if len(parts) > 3:
        raise ImageError(f"'{text}' has too many colons: give STYLE:MASK or STYLE:MASK:STYLE_MASK.")
    return Style(*(*parts, "", "")[:3])


class Regions(NamedTuple):
    """Where each style goes. Styles with the same mask are blended in one region.

    Attributes:
        maps: how much of each region there is at each place, (regions, height, width). They add up to 1 at most: what
            is left is the content image's.
        members: the numbers of each region's styles.
    """

    maps: np.ndarray
    members: list[list[int]]

    @classmethod
    def of(cls, masks: Sequence[np.ndarray], shares: Sequence[float]) -> "Regions":
        """The regions of one mask for each style. Where regions overlap, they divide the place by their shares."""
        members: dict[bytes, list[int]] = {}
        for number, (mask, share) in enumerate(zip(masks, shares, strict=True)):
            if share > 0:
                members.setdefault(mask.tobytes(), []).append(number)
        unique = np.stack([masks[numbers[0]] for numbers in members.values()], dtype=np.float32)
        weights = [sum(shares[number] for number in numbers) for numbers in members.values()]
        weighted = unique * np.array(weights, np.float32)[:, np.newaxis, np.newaxis]
        covered = np.minimum(unique.sum(axis=0), 1)
        return cls(covered * weighted / np.maximum(weighted.sum(axis=0), 1e-12), list(members.values()))

    @property
    def covered(self) -> np.ndarray:
        """How much of each place is painted, (height, width), 0 to 1."""
        return np.minimum(self.maps.sum(axis=0), 1)


def pooled(masks: np.ndarray, times: int) -> np.ndarray:
    """Masks (..., height, width) halved several times, as VGG19's pooling layers halve a picture: averages of 2 x 2."""
    for _ in range(times):
        height, width = (side // 2 for side in masks.shape[-2:])
        masks = masks[..., : 2 * height, : 2 * width]
        masks = masks.reshape(*masks.shape[:-2], height, 2, width, 2).mean(axis=(-3, -1))
    return masks
