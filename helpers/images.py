"""Image files to arrays and back, and arrays to VGG19's input and back.

An *image* is a float32 NumPy array of shape (height, width, 3): red, green and blue, each from 0 to 255.
"""

import difflib
import io
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

ROOT = Path(__file__).resolve().parent.parent
CONTENT_IMAGES = ROOT / "content_images"
STYLES_IMAGES = ROOT / "styles_images"
OUTPUT_IMAGES = ROOT / "output_images"

SMALLEST_SIDE = 32  # px; VGG19 halves a picture five times, which turns 32 px into one
ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff")  # what can be read

# The mean blue, green and red of ImageNet's training pictures, which VGG19 was trained without
# (Simonyan & Zisserman 2014, section 2.1; the values are those of the published Caffe model).
MEAN_BGR = np.array([103.939, 116.779, 123.68], dtype=np.float32)


class ImageError(ValueError):
    """A picture cannot be read, fitted or saved. The message is one sentence that says why."""


# --- Reading -------------------------------------------------------------------------------------


def load_image(source: str | Path | bytes | BinaryIO, size: int | None = None) -> np.ndarray:
    """Read a picture (JPEG, PNG, WebP, GIF, BMP or TIFF) as an image.

    The camera's rotation (EXIF) is applied, transparent parts become white, gray becomes equal red, green and blue,
    and only the first frame of an animation is read.

    Args:
        source: a path, the bytes of a file, or an open binary file.
        size: the longer side in pixels, see `fit_image`; None keeps the picture's own size.

    Returns:
        Float32 array (height, width, 3), RGB, 0 to 255.

    Raises:
        ImageError: the file cannot be read, is no picture, is damaged or too large, or a side falls below 32 px.
    """
    name = f"'{source}'" if isinstance(source, str | Path) else "The uploaded file"
    data = _read_bytes(source, name)
    try:
        with warnings.catch_warnings():
            # Pillow only warns about a picture of more than 89 million pixels, and refuses twice as many.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as picture:
                image = _to_rgb(ImageOps.exif_transpose(picture), name)
    except ImageError:
        raise
    except UnidentifiedImageError:
        raise ImageError(f"{name} is not a picture that can be read here; please use a JPEG or PNG file.") from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        limit = f"{Image.MAX_IMAGE_PIXELS // 10**6} million pixels"
        raise ImageError(f"{name} is too large: a picture may have up to {limit}.") from None
    except Exception as error:  # Pillow's decoders meet damage with many kinds of exceptions
        raise ImageError(f"{name} is damaged or incomplete and cannot be read.") from error
    if size is not None:
        return fit_image(image, size)
    height, width = image.shape[:2]
    if min(height, width) < SMALLEST_SIDE:
        raise ImageError(f"{name} is {width} x {height} px, but each side needs at least {SMALLEST_SIDE} px.")
    return image


def _read_bytes(source: str | Path | bytes | BinaryIO, name: str) -> bytes:
    """The bytes behind a source, or an ImageError that says what stands in the way."""
    try:
        if isinstance(source, str | Path):
            if Path(source).is_dir():
                raise ImageError(f"{name} is a folder, not a picture.")
            data = Path(source).read_bytes()
        else:
            data = source.read() if hasattr(source, "read") else source
    except FileNotFoundError:
        raise ImageError(f"{name} does not exist.") from None
    except PermissionError:
        raise ImageError(f"{name} cannot be opened: permission denied.") from None
    except OSError as error:
        raise ImageError(f"{name} cannot be opened: {error.strerror or error}.") from error
    if not data:
        raise ImageError(f"{name} is empty.")
    return data


def _to_rgb(picture: Image.Image, name: str) -> np.ndarray:
    """A Pillow picture of any mode as an image."""
    if picture.mode.startswith("I"):  # 16 bit gray: I;16, I;16B, or I with values up to 65535
        gray = np.asarray(picture)
        if gray.min() < 0 or gray.max() > 65535:
            raise ImageError(f"{name} holds values beyond 16 bits; please save it as an 8 or 16 bit picture.")
        return np.repeat(gray[..., np.newaxis].astype(np.float32) / 257, 3, axis=-1)  # 65535 / 257 = 255
    if picture.mode == "F":
        raise ImageError(f"{name} holds floating-point values; please save it as an 8 or 16 bit picture.")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return np.asarray(picture.convert("RGB"), dtype=np.float32)


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
        return _to_rgb(image, name)
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
        ImageError: there is none; the message names similar ones.
    """
    if Path(name).is_file():
        return Path(name)
    paths = list_images(folder)
    wanted = str(name).lower()
    for path in paths:
        if wanted in (path.name.lower(), path.stem.lower()):
            return path
    if Path(name).is_dir():
        raise ImageError(f"'{name}' is a folder, not a picture.")
    similar = difflib.get_close_matches(wanted, [path.stem.lower() for path in paths], n=3, cutoff=0.5)
    names = [path.name for path in paths if path.stem.lower() in similar] or [path.name for path in paths]
    hint = f"did you mean {' or '.join(names)}?" if similar else f"there are {', '.join(names) or 'no pictures yet'}."
    raise ImageError(f"'{name}' is neither a file nor a picture in {folder.name}; {hint}")


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


# --- Resizing ------------------------------------------------------------------------------------


def fit_image(image: np.ndarray, size: int) -> np.ndarray:
    """Enlarge or reduce an image (0 to 255) so that its longer side has `size` pixels, keeping its aspect ratio.

    Raises:
        ImageError: the shorter side would fall below 32 px.
    """
    return resize_image(image, *fitted_size(image, size))


def fitted_size(image: np.ndarray, size: int) -> tuple[int, int]:
    """Height and width that `fit_image` gives an image.

    Raises:
        ImageError: the shorter side would fall below 32 px.
    """
    height, width = image.shape[:2]
    new_height, new_width = (round(side * size / max(height, width)) for side in (height, width))
    if min(new_height, new_width) < SMALLEST_SIDE:
        raise ImageError(
            f"With {size} px on its longer side, a picture of {width} x {height} px would become "
            f"{new_width} x {new_height} px, but each side needs at least {SMALLEST_SIDE} px."
        )
    return new_height, new_width


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
