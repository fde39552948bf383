"""Pictures and animations to files: completely or not at all, and never over another file unless it is wanted.

`save_image` and `save_animation` refuse what cannot be. `keep` is for what took long to paint: it finds a place.
"""

import contextlib
import io
import os
import tempfile
import uuid
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from .color_management import srgb_profile
from .images import ImageError, check_image, resize_image, to_uint8

PICTURE_ENDINGS = (".png", ".jpg", ".jpeg")
ANIMATION_ENDINGS = (".gif", ".webp")
RECIPE = "art-style-transfer"  # the recipe's name among the texts of a PNG
LONGEST_COMMENT = 60_000  # bytes: a JPEG takes 65,533, but Pillow 11 stops at 65,536 for all that precedes the picture
TOO_LONG = "The recipe with its masks is too long for a JPEG; save a PNG to keep it."
LONGEST_NAME = 140  # bytes: what every file system takes, an encrypted home folder too


# --- Pictures and animations ------------------------------------------------------------------------------------------


def save_image(image: np.ndarray, path: str | Path, overwrite: bool = False) -> Path:
    """Save an image (0 to 255, clipped and rounded) as PNG or JPEG, by the ending of `path`.

    Returns:
        The path.

    Raises:
        ImageError: no image, another ending, a file that exists already (unless `overwrite`), or a path that cannot be
            written.
    """
    path = check_output(path, PICTURE_ENDINGS, overwrite)
    return write(encode_image(image, path.suffix), path, overwrite)


def save_animation(
    images: Iterable[np.ndarray], path: str | Path, seconds: float = 0.1, overwrite: bool = False
) -> Path:
    """Save images (0 to 255) as an endless animation, GIF or WebP by the ending of `path`; see `encode_animation`.

    Returns:
        The path.

    Raises:
        ImageError: no images, another ending, a file that exists already (unless `overwrite`), or a path that cannot
            be written.
    """
    path = check_output(path, ANIMATION_ENDINGS, overwrite)
    return write(encode_animation(images, path.suffix, seconds), path, overwrite)


def encode_image(image: np.ndarray, ending: str, recipe: str = "") -> bytes:
    """The file of an image (0 to 255, clipped and rounded): a JPEG, or a PNG if the ending is .png; it says sRGB.

    `recipe`: a text that is kept inside, see `recipe.py`. A JPEG leaves out one that is too long for it; masks can be.
    """
    picture, buffer = Image.fromarray(to_uint8(check_image(np.clip(image, 0, 255)))), io.BytesIO()
    if ending.lower() == ".png":
        says = PngInfo()
        says.add(b"sRGB", b"\0")
        if recipe:
            says.add_text(RECIPE, recipe)
        picture.save(buffer, "PNG", pnginfo=says)
    else:
        kept = recipe if holds(ending, recipe) else ""
        # 4:4:4: full resolution for colors too
        picture.save(buffer, "JPEG", quality=95, subsampling="4:4:4", icc_profile=srgb_profile(), comment=kept)
    return buffer.getvalue()


def holds(ending: str, recipe: str) -> bool:
    """Whether a picture's file can hold a recipe; one with masks may be too long for a JPEG."""
    return ending.lower() == ".png" or len(recipe) <= LONGEST_COMMENT


def encode_animation(images: Iterable[np.ndarray], ending: str, seconds: float = 0.1) -> bytes:
    """The file of an endless animation: a GIF if the ending is .gif, otherwise a WebP.

    Each image is shown for `seconds`, the first one half a second and the last one two seconds longer.
    All are resized to the last one's size.

    Raises:
        ImageError: no images.
    """
    images = list(images)
    if not images:
        raise ImageError("An animation needs at least one image.")
    height, width = images[-1].shape[:2]
    frames = [Image.fromarray(to_uint8(resize_image(image, height, width))) for image in images]
    # In milliseconds. GIF counts hundredths of a second, and browsers slow down below two of them.
    durations = [max(20, 10 * round(100 * seconds))] * len(frames)
    durations[0] += 500
    durations[-1] += 2000
    if ending.lower() == ".gif":
        # 256 colors chosen for each frame; what they miss is spread to the neighboring pixels (dithering).
        octree = Image.Quantize.FASTOCTREE
        frames = [frame.quantize(palette=frame.quantize(256, method=octree)) for frame in frames]
        options = {"format": "GIF"}
    else:
        options = {"format": "WEBP", "quality": 90, "icc_profile": srgb_profile()}
    buffer = io.BytesIO()
    frames[0].save(buffer, save_all=True, append_images=frames[1:], duration=durations, loop=0, **options)
    return buffer.getvalue()


# --- Before painting --------------------------------------------------------------------------------------------------


def check_output(path: str | Path, endings: tuple[str, ...], overwrite: bool = False) -> Path:
    """The path, if a file of one of these endings could be written there now.

    Raises:
        ImageError: another ending, a name that no file can have, a folder that does not exist or takes no files, or a
            file that exists already (unless `overwrite`).
    """
    path = Path(path)
    if path.suffix.lower() not in endings:
        raise ImageError(f"'{path}' should end in {' or '.join(endings[:2])}.")
    try:
        path.lstat()  # a broken link is something, too
        taken = True
    except (FileNotFoundError, NotADirectoryError):
        taken = False
    except (OSError, ValueError) as error:  # a name that is too long, or has a zero byte
        raise ImageError(f"'{path}' cannot be written: {_reason(error)}.") from error
    if not path.parent.is_dir():
        raise ImageError(f"'{path}' cannot be written: there is no folder '{path.parent}'.")
    if taken and not overwrite:
        raise ImageError(f"'{path}' exists already and is not overwritten.")
    if path.is_dir():
        raise ImageError(f"'{path}' cannot be written: it is a folder.")
    try:
        _write(b"", path.with_name(f".{uuid.uuid4().hex}")).unlink()
    except OSError as error:
        raise ImageError(f"'{path}' cannot be written: {_reason(error)}.") from error
    return path


def free_path(path: str | Path) -> Path:
    """`path` if nothing has that name yet, otherwise the first free one of name-2, name-3, ... with its ending.

    A name that is too long for a file system is cut.
    """
    path = Path(path)
    stem, ending = path.stem, path.suffix
    while len(os.fsencode(stem + ending)) > LONGEST_NAME:  # letters may have several bytes
        stem = stem[:-1]
    free, number = path.with_name(stem + ending), 1
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{stem}-{number}{ending}")
    return free


# --- After painting ---------------------------------------------------------------------------------------------------


def keep(data: bytes, path: Path, overwrite: bool = False) -> Path:
    """Write a file that must not be lost, at `path` or as near to it as can be, and tell where it is.

    If somebody has taken the name meanwhile, it gets the next free one. If its folder is gone, full or read-only, it
    goes into the current folder or the one for temporary files.

    Raises:
        ImageError: there is no place for it anywhere.
    """
    with contextlib.suppress(OSError):
        path.parent.mkdir(exist_ok=True)
    problems = []
    for folder in (lambda: path.parent, Path.cwd, lambda: Path(tempfile.gettempdir())):
        try:
            wanted = place = folder() / path.name
            while True:
                try:
                    return _write(data, place, overwrite and not problems)
                except FileExistsError:
                    place = free_path(wanted)
        except OSError as problem:
            problems.append(problem)
    raise ImageError(f"'{path}' cannot be written: {_reason(problems[0])}.") from problems[0]


# --- Writing ----------------------------------------------------------------------------------------------------------


def write(data: bytes, path: Path, overwrite: bool = False) -> Path:
    """Write a file completely or not at all, and return its path. Raises ImageError if it cannot be written."""
    try:
        return _write(data, path, overwrite)
    except FileExistsError:
        raise ImageError(f"'{path}' exists already and is not overwritten.") from None
    except OSError as error:
        raise ImageError(f"'{path}' cannot be written: {_reason(error)}.") from error


def _write(data: bytes, path: Path, overwrite: bool = False) -> Path:
    """Write a file completely or not at all: first under a temporary name in the same folder, then renamed.

    Raises:
        FileExistsError: there is such a file already (unless `overwrite`).
        OSError: it cannot be written.
    """
    part = path.with_name(f".{uuid.uuid4().hex}.part")
    claimed = False
    try:
        part.write_bytes(data)
        if not overwrite:
            path.touch(exist_ok=False)  # claims the name, or fails if anybody else has it
            claimed = True
        os.replace(part, path)
        claimed = False
    finally:
        with contextlib.suppress(OSError):  # there is none to remove after a success, or without a folder
            part.unlink()
        if claimed:
            path.unlink()
    return path


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
