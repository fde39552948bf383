"""Pictures and animations to files: completely or not at all, and never over another file unless it is wanted."""

import contextlib
import io
import os
import uuid
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from .images import ImageError, resize_image, to_uint8

PICTURE_ENDINGS = (".png", ".jpg", ".jpeg")
ANIMATION_ENDINGS = (".gif", ".webp")


def check_output(path: str | Path, endings: tuple[str, ...], overwrite: bool = False) -> Path:
    """The path, if a file of one of these endings could be written there now.

    Raises:
        ImageError: another ending, a folder that does not exist, or a file that exists already (unless `overwrite`).
    """
    path = Path(path)
    if path.suffix.lower() not in endings:
        raise ImageError(f"'{path}' should end in {' or '.join(endings[:2])}.")
    if not path.parent.is_dir():
        raise ImageError(f"'{path}' cannot be written: there is no folder '{path.parent}'.")
    if not overwrite and os.path.lexists(path):
        raise ImageError(f"'{path}' exists already and is not overwritten.")
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise ImageError(f"'{path}' cannot be written: it is a folder, or its folder is read-only.")
    return path


def save_image(image: np.ndarray, path: str | Path, overwrite: bool = False) -> Path:
    """Save an image (0 to 255, clipped and rounded) as PNG or JPEG, by the ending of `path`.

    Returns:
        The path.

    Raises:
        ImageError: another ending, a file that exists already (unless `overwrite`), or a path that cannot be written.
    """
    path = check_output(path, PICTURE_ENDINGS, overwrite)
    picture, buffer = Image.fromarray(to_uint8(image)), io.BytesIO()
    if path.suffix.lower() == ".png":
        picture.save(buffer, "PNG")
    else:
        picture.save(buffer, "JPEG", quality=95, subsampling="4:4:4")  # full resolution for colors too
    return _write(buffer.getvalue(), path, overwrite)


def save_animation(
    images: Iterable[np.ndarray], path: str | Path, seconds: float = 0.1, overwrite: bool = False
) -> Path:
    """Save images (0 to 255) as an endless animation, GIF or WebP by the ending of `path`.

    Each frame is shown for `seconds`, the first one half a second and the last one two seconds longer.
    All frames are resized to the last one's size.

    Returns:
        The path.

    Raises:
        ImageError: no images, another ending, a file that exists already (unless `overwrite`), or a path that cannot
            be written.
    """
    path, images = check_output(path, ANIMATION_ENDINGS, overwrite), list(images)
    if not images:
        raise ImageError("An animation needs at least one image.")
    height, width = images[-1].shape[:2]
    frames = [Image.fromarray(to_uint8(resize_image(image, height, width))) for image in images]
    # In milliseconds. GIF counts hundredths of a second, and browsers slow down below two of them.
    durations = [max(20, 10 * round(100 * seconds))] * len(frames)
    durations[0] += 500
    durations[-1] += 2000
    if path.suffix.lower() == ".gif":
        # 256 colors chosen for each frame; what they miss is spread to the neighboring pixels (dithering).
        octree = Image.Quantize.FASTOCTREE
        frames = [frame.quantize(palette=frame.quantize(256, method=octree)) for frame in frames]
        options = {"format": "GIF"}
    else:
        options = {"format": "WEBP", "quality": 90}
    buffer = io.BytesIO()
    frames[0].save(buffer, save_all=True, append_images=frames[1:], duration=durations, loop=0, **options)
    return _write(buffer.getvalue(), path, overwrite)


def _write(data: bytes, path: Path, overwrite: bool) -> Path:
    """Write a file completely or not at all: first under a temporary name in the same folder, then renamed."""
    part = path.with_name(f".{uuid.uuid4().hex}.part")
    claimed = False
    try:
        part.write_bytes(data)
        if not overwrite:
            path.touch(exist_ok=False)  # claims the name, or fails if anybody else has it
            claimed = True
        os.replace(part, path)
        claimed = False
    except FileExistsError:
        raise ImageError(f"'{path}' exists already and is not overwritten.") from None
    except OSError as error:
        raise ImageError(f"'{path}' cannot be written: {error.strerror or error}.") from error
    finally:
        with contextlib.suppress(OSError):  # there is none to remove after a success, or without a folder
            part.unlink()
        if claimed:
            path.unlink()
    return path


def free_path(path: str | Path) -> Path:
    """`path` if nothing has that name yet, otherwise the first free one of name-2, name-3, ... with its ending."""
    path = Path(path)
    free, number = path, 1
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free
