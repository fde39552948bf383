"""Image files to arrays and back, and arrays to VGG19's input and back.

An *image* is a float32 NumPy array of shape (height, width, 3): red, green and blue, each from 0 to 255.
"""

import difflib
import math
import os
import re
import stat
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from .reading import ENDINGS, ImageError, read_picture, to_array

ROOT = Path(__file__).resolve().parent.parent
CONTENT_IMAGES = ROOT / "content_images"
STYLES_IMAGES = ROOT / "styles_images"
OUTPUT_IMAGES = ROOT / "output_images"

SMALLEST_SIDE = 32  # px; VGG19 halves a picture five times, which turns 32 px into one

# The mean blue, green and red of ImageNet's training pictures, which VGG19 was trained without
# (Simonyan & Zisserman 2014, section 2.1; the values are those of the published Caffe model).
MEAN_BGR = np.array([103.939, 116.779, 123.68], dtype=np.float32)


# --- Reading -------------------------------------------------------------------------------------


def load_image(source: str | Path | bytes | BinaryIO, size: int | None = None) -> np.ndarray:
    """Read a picture (JPEG, PNG, WebP, GIF, BMP, TIFF, JPEG 2000, AVIF; HEIC with pillow-heif) as an image.

    The camera's rotation (EXIF) is applied, colors are converted to sRGB, transparent parts become white, gray becomes
    equal red, green and blue, and only the first frame of an animation is read.

    Args:
        source: a path, the bytes of a file, or an open binary file.
        size: the longer side in pixels, see `fit_image`; None keeps the picture's own size, up to 6000 px.

    Returns:
        Float32 array (height, width, 3), RGB, 0 to 255.

    Raises:
        ImageError: the file cannot be read, is no picture, is damaged or too large, or a side falls below 32 px.
    """
    name = name_of(source) if isinstance(source, str | Path) else "The uploaded file"
    image = read_picture(source, name)
    if size is not None:
        return fit_image(image, size, name)
    height, width = image.shape[:2]
    if min(height, width) < SMALLEST_SIDE:
        raise ImageError(f"{name} is {width} x {height} px, but each side needs at least {SMALLEST_SIDE} px.")
    return image


def name_of(path: str | Path) -> str:
    """What messages call a file: its path in quotes, for the course's own pictures from the course's folder on."""
    path = Path(path)
    return f"'{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}'"


def title_of(name: str) -> str:
    """church_at_auvers as "Church at Auvers", composition_viii as "Composition VIII"; other names as they are."""
    if not re.fullmatch("[a-z_]+", name):
        return name
    small = {"a", "at", "by", "de", "in", "la", "of", "on", "the"}
    words = [word.upper() if re.fullmatch("[ivx]+", word) else word.capitalize() for word in name.split("_")]
    return " ".join(word.lower() if n and word.lower() in small else word for n, word in enumerate(words))


def check_image(image, name: str = "The image") -> np.ndarray:
    """An image, of whatever holds one: an array, a tensor or a Pillow picture.

    Gray becomes equal red, green and blue, transparent parts become white, and a batch of one is unpacked.

    Args:
        image: (height, width), or (height, width, channels) with 1, 3 or 4 channels, 0 to 255.
        name: what the message calls it.

    Returns:
        Float32 array (height, width, 3), RGB, 0 to 255. It is the image itself if that is one already.

    Raises:
        ImageError: it is no image; the message says what it is instead.
    """
    if isinstance(image, str | Path):
        raise ImageError(f"{name} is a path, not an image; read it with load_image.")
    if isinstance(image, Image.Image):
        return to_array(image, name)
    try:
        array = np.asarray(image, dtype=np.float32)
    except (TypeError, ValueError):
        array = np.float32()
    if array.ndim == 0:
        raise ImageError(f"{name} is a {type(image).__name__}, not an array of numbers.")
    shape = array.shape
    if array.ndim == 4 and len(array) == 1:
        array = array[0]
    if array.ndim == 2:
        array = array[..., np.newaxis]
    if array.ndim != 3 or array.shape[-1] not in (1, 3, 4) or array.size == 0:
        raise ImageError(f"{name} has the shape {shape}, but an image has (height, width, 3).")
    low, high = array.min(), array.max()
    if not np.isfinite([low, high]).all():
        raise ImageError(f"{name} holds values that are not finite numbers.")
    if low >= 0 and 0 < high <= 1 and not np.issubdtype(getattr(image, "dtype", float), np.integer):
        raise ImageError(f"{name} has values from 0 to 1, but an image has 0 to 255; multiply it by 255.")
    if low < 0 or high > 255:
        raise ImageError(f"{name} has values from {low:g} to {high:g}, but an image has 0 to 255.")
    if array.shape[-1] == 4:
        opacity = array[..., 3:] / 255
        array = array[..., :3] * opacity + 255 * (1 - opacity)
    return array if array.shape[-1] == 3 else np.repeat(array, 3, axis=-1)


def find_image(name: str | Path, folder: Path) -> Path:
    """The path `name` if it is a file; otherwise the picture in `folder` of that name, with or without its ending.

    Raises:
        ImageError: there is none, or there are several; the message names them or similar ones.
    """
    kind = None
    try:
        kind = os.stat(name).st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):  # the last for a zero byte
        pass
    except OSError as error:
        raise ImageError(f"'{name}' cannot be opened: {error.strerror}.") from error
    if kind is not None and not stat.S_ISDIR(kind):
        return Path(name)
    paths = list_images(folder)
    wanted = str(name).lower()
    found = [path for path in paths if wanted == path.name.lower()]
    found = found or [path for path in paths if wanted == path.stem.lower()]
    if len(found) > 1:
        raise ImageError(f"'{name}' may be {' or '.join(path.name for path in found)}; please give its whole name.")
    if found:
        return found[0]
    if kind is not None:
        raise ImageError(f"'{name}' is a folder, not a picture.")
    similar = difflib.get_close_matches(wanted, [path.stem.lower() for path in paths], n=3, cutoff=0.5)
    names = [path.name for path in paths if path.stem.lower() in similar] or [path.name for path in paths]
    hint = f"did you mean {' or '.join(names)}?" if similar else f"there are {', '.join(names) or 'no pictures yet'}."
    raise ImageError(f"'{name}' is neither a file nor a picture in {folder.name}; {hint}")


def name_images(folder: Path) -> dict[str, Path]:
    """The pictures in a folder, sorted, by what `find_image` finds them by: without their endings where that is clear.

    Raises:
        ImageError: there is no such folder.
    """
    paths = list_images(folder)
    stems = [path.stem.lower() for path in paths]
    return {path.stem if stems.count(path.stem.lower()) == 1 else path.name: path for path in paths}


def list_images(folder: Path) -> list[Path]:
    """The pictures in a folder, sorted by name.

    Raises:
        ImageError: there is no such folder.
    """
    if not folder.is_dir():
        if folder in (CONTENT_IMAGES, STYLES_IMAGES):
            raise ImageError("The course's pictures are not here; run it in the course's own folder (see its README).")
        raise ImageError(f"'{folder}' is not a folder.")
    return sorted(
        path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.name[0] != "." and path.is_file()
    )


def is_one_color(image: np.ndarray) -> bool:
    """Whether an image (0 to 255) shows nothing: no value differs from another one of its channel by a gray level."""
    return bool(np.ptp(image, axis=(0, 1)).max() < 1)


# --- Resizing ------------------------------------------------------------------------------------


def fit_image(image: np.ndarray, size: int, name: str = "The picture") -> np.ndarray:
    """Enlarge or reduce an image (0 to 255) so that its longer side has `size` pixels, keeping its aspect ratio.

    Raises:
        ImageError: the shorter side would fall below 32 px; the message calls the picture `name`.
    """
    return resize_image(image, *fitted_size(image, size, name))


def fitted_size(image: np.ndarray, size: int, name: str = "The picture", style_size: float = 1.0) -> tuple[int, int]:
    """Height and width that `fit_image` gives an image, or a style image that is looked at `style_size` times as large.

    Raises:
        ImageError: the shorter side would fall below 32 px; the message calls the picture `name`.
    """
    height, width = image.shape[:2]
    new_height, new_width = (round(side * round(style_size * size) / max(height, width)) for side in (height, width))
    if min(new_height, new_width) < SMALLEST_SIDE:
        strokes = "" if style_size == 1 else f" and strokes {style_size:g} times as large"
        raise ImageError(
            f"{name} is {width} x {height} px; with a size of {size} px{strokes} it would become {new_width} x "
            f"{new_height} px, but each side needs at least {SMALLEST_SIDE} px: choose a size of "
            f"{least_size(image, style_size)} px or more, or crop the picture."
        )
    return new_height, new_width


def least_size(image: np.ndarray, style_size: float = 1.0) -> int:
    """The smallest size with which `fitted_size` finds an image large enough."""
    sides = image.shape[:2]
    size = math.floor((SMALLEST_SIDE - 0.5) * max(sides) / min(sides) / style_size)
    while round(min(sides) * round(style_size * size) / max(sides)) < SMALLEST_SIDE:
        size += 1
    return size


def resize_image(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Resample an image (0 to 255) to `height` and `width` in pixels with Lanczos's filter.

    A reduced image is antialiased. Nothing is rounded to whole numbers; what the filter overshoots is clipped.
    """
    channels = [
        Image.fromarray(np.ascontiguousarray(image[..., channel], dtype=np.float32)).resize(
            (width, height), Image.Resampling.LANCZOS
        )
        for channel in range(3)
    ]
    return np.clip(np.stack(channels, axis=-1), 0, 255)


# --- Values --------------------------------------------------------------------------------------


def preprocess(image):
    """An image, RGB from 0 to 255, as VGG19's input: BGR minus the mean color of ImageNet, about -124 to 151.

    Takes a NumPy array or a tensor of shape (..., 3) and gives the same kind; differentiable.
    """
    return image[..., ::-1] - MEAN_BGR


def deprocess(array):
    """The inverse of `preprocess`: BGR without the mean back to RGB, 0 to 255. Values beyond are not clipped."""
    return (array + MEAN_BGR)[..., ::-1]


def to_uint8(image: np.ndarray) -> np.ndarray:
    """An array of values clipped to 0..255 and rounded to whole numbers (uint8)."""
    return np.rint(np.clip(image, 0, 255)).astype(np.uint8)


def keep_colors(generated: np.ndarray, content: np.ndarray) -> np.ndarray:
    """The generated image in the content image's colors: its luminance Y with the content's chroma I and Q.

    Luminance-only transfer in the YIQ color space (Gatys et al. 2016, "Preserving Color in Neural Artistic Style
    Transfer"). Both images hold 0 to 255; the content is resized to the generated image's size.

    Returns:
        Float32 array of the generated image's shape, clipped to 0..255.
    """
    content = resize_image(content, *generated.shape[:2])
    luminance = np.array([0.30, 0.59, 0.11], dtype=np.float32)  # YIQ's Y of red, green and blue
    # Red, green and blue are each Y plus a mixture of I and Q, so a new Y moves all three by the same amount.
    change = (generated - content) @ luminance
    return np.clip(content + change[..., np.newaxis], 0, 255)


def match_colors(image: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The image in colors that have the target's mean and covariance: each pixel's color goes through one matrix.

    Both images hold 0 to 255; their sizes may differ. A painting matched to a photograph has its strokes and the
    photograph's colors (Gatys et al. 2016, "Preserving Color in Neural Artistic Style Transfer", section 4: the matrix
    is the root of the target's covariance times the inverse root of the image's).

    Returns:
        Float32 array of the image's shape, clipped to 0..255.
    """
    colors, wanted = (array.reshape(-1, 3).astype(np.float64) for array in (image, target))
    matrix = _power(np.cov(wanted.T), 0.5) @ _power(np.cov(colors.T), -0.5)
    matched = (colors - colors.mean(axis=0)) @ matrix.T + wanted.mean(axis=0)
    return np.clip(matched, 0, 255).astype(np.float32).reshape(image.shape)


def _power(covariance: np.ndarray, exponent: float) -> np.ndarray:
    """A power of a covariance matrix; directions in which nothing varies, as in a gray picture, stay 0."""
    variances, axes = np.linalg.eigh(covariance)
    varying = variances > 1e-3  # squared gray levels
    return axes[:, varying] * variances[varying] ** exponent @ axes[:, varying].T
