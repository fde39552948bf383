"""Picture files, as people have them, to arrays: open, decode, plain, upright, to sRGB, laid on white."""

import io
import os
import re
import stat
import struct
import warnings
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageChops

from .color_management import to_srgb

LONGEST_SIDE = 6000  # px; what is longer is reduced to this: no picture is painted at more
LARGEST_FILE = 1000  # MB
LARGEST_PICTURE = 512  # MB when decoded: 128 million pixels in color

# Only these: of the formats that Pillow knows, some start other programs.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "JPEG2000", "AVIF", "HEIF")
ENDINGS = (
    *(".jpg", ".jpeg", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"),
    *(".jp2", ".avif", ".heic", ".heif"),
)
# How the raw files of cameras begin that are no ordinary TIFF files: Fujifilm, Olympus, Minolta, Panasonic, Canon.
RAW = re.compile(rb"FUJIFILMCCD-RAW|IIRO|IIRS|MMOR|IIU\0|II\*\0.{4}CR|.{4}ftypcrx ", re.DOTALL)

PNG = b"\x89PNG\r\n\x1a\n"
PNG_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
PNG_COLORS = {b"iCCP": None, b"cICP": 4, b"sRGB": 1, b"gAMA": 4, b"cHRM": 32}  # and how long each has to be
HDR = (16, 18)  # the curves PQ and HLG (ITU-T H.273, table 3)
LONGEST_PROFILE = 2**25  # bytes

BYTES_PER_PIXEL = {"1": 2, "L": 1, "P": 5, "I;16": 6, "I;16B": 6}  # in Pillow, converting included; all others: 4

ORIENTATION = 274
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

Image.init()  # all of Pillow's formats


class ImageError(ValueError):
    """A picture cannot be read, fitted or saved. The message is one sentence that says why."""


def read_picture(source: str | Path | bytes | BinaryIO, name: str) -> np.ndarray:
    """A picture file as an array; of an animation the first frame.

    Args:
        source: a path, the bytes of a file, or an open binary file.
        name: what the messages call it.

    Returns:
        Float32 array (height, width, 3), sRGB, 0 to 255. A side longer than 6000 px is reduced to that.

    Raises:
        ImageError: the file cannot be read, is no picture, is damaged or too large.
    """
    data = _read_bytes(source, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of what does no harm
            data, png = _split_png(data) if data.startswith(PNG) else (data, {})
            if png.get(b"cICP", b"\0\0")[1] in HDR:
                raise ImageError(f"{name} is an HDR picture; please export it as a JPEG or PNG file without HDR.")
            return to_array(_decode(data, name), name, png)
    except MemoryError:
        raise ImageError(f"{name} needs more memory than there is; please export it smaller.") from None


def to_array(picture: Image.Image, name: str, png: dict[bytes, bytes] | None = None) -> np.ndarray:
    """A Pillow picture of any mode as an array: turned upright, in sRGB, and its transparent parts white.

    Args:
        picture: as Pillow opened it, or as a program made it.
        name: what the messages call it.
        png: the chunks of the PNG file that it comes from.

    Returns:
        Float32 array (height, width, 3), 0 to 255. A side longer than 6000 px is reduced to that.

    Raises:
        ImageError: it holds numbers that are no colors.
    """
    png = png or {}
    profile = _png_profile(png) or picture.info.get("icc_profile")
    picture.load()
    turn = _turn(picture)
    picture = _plain(picture, name)
    picture = _reduced(picture if turn is None else picture.transpose(turn))
    if picture.mode == "F":  # gray in fine steps, which go through the conversion of 256 coarse ones
        ramp = to_srgb(Image.frombytes("L", (256, 1), bytes(range(256))), profile, png)
        channels = np.asarray(ramp, dtype=np.float32)[0].T
        return np.stack([np.interp(picture, np.arange(256), channel) for channel in channels], -1).astype(np.float32)
    alpha = None
    if picture.has_transparency_data:
        mode = "LA" if picture.mode in ("L", "LA") else "RGBA"
        picture = picture.convert(mode)
        alpha = picture.getchannel("A")
        picture = picture.convert(mode[:-1])
    picture = to_srgb(picture, profile, png)
    if alpha is not None:
        picture = Image.composite(picture, Image.new("RGB", picture.size, "white"), alpha)
    return np.asarray(picture, dtype=np.float32)


# --- The file ---------------------------------------------------------------------------------------------------------


def _read_bytes(source: str | Path | bytes | BinaryIO, name: str) -> bytes:
    """The bytes behind a source, or an ImageError that says what stands in the way."""
    try:
        if isinstance(source, str | Path):
            status = os.stat(source)
            if stat.S_ISDIR(status.st_mode):
                raise ImageError(f"{name} is a folder, not a picture.")
            if not stat.S_ISREG(status.st_mode):  # a pipe could be waited for without end
                raise ImageError(f"{name} is a pipe or a device, not a file.")
            if status.st_size > LARGEST_FILE * 10**6:
                size = f"{status.st_size / 10**6:,.0f} MB"
                raise ImageError(f"{name} has {size}, but a picture may have up to {LARGEST_FILE:,} MB.")
            data = Path(source).read_bytes()
        else:
            data = source.read() if hasattr(source, "read") else source
    except ImageError:
        raise
    except FileNotFoundError:
        raise ImageError(f"{name} does not exist.") from None
    except PermissionError:
        raise ImageError(f"{name} cannot be opened: permission denied.") from None
    except (OSError, ValueError) as error:  # a name that no file can have is one of them
        raise ImageError(f"{name} cannot be opened: {getattr(error, 'strerror', None) or error}.") from error
    if not data:
        raise ImageError(f"{name} is empty.")
    return bytes(data)


def _split_png(data: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    """A PNG file without what Pillow could refuse it for and does not need, and what it says of its colors.

    Left out are texts and the chunks about colors; the contents of the latter are returned by their names.
    """
    kept, colors, place = [PNG], {}, len(PNG)
    while len(data) >= place + 8:
        length, kind = struct.unpack_from(">I4s", data, place)
        chunk = data[place : place + 12 + length]
        place += 12 + length
        if kind in PNG_COLORS:
            if PNG_COLORS[kind] in (None, length):
                colors[kind] = chunk[8:-4]
        elif kind not in PNG_TEXTS:
            kept.append(chunk)
    return b"".join(kept), colors


def _png_profile(png: dict[bytes, bytes]) -> bytes | None:
    """The profile of a PNG file: a name, two zero bytes, and the profile, compressed (specification, 11.3.2.3)."""
    compressed = png.get(b"iCCP", b"").partition(b"\0\0")[2]
    try:
        return zlib.decompressobj().decompress(compressed, LONGEST_PROFILE)
    except zlib.error:
        return None


# --- Its pixels -------------------------------------------------------------------------------------------------------


def _open(data: bytes, name: str) -> Image.Image:
    """The picture in a file, not yet decoded; a very large JPEG will be decoded at a half, a quarter or an eighth."""
    if RAW.match(data):
        raise ImageError(f"{name} is a camera's raw file; please export it as a JPEG file.")
    if data[4:8] == b"ftyp" and re.search(b"heic|heix|hevc", data[8:64]):
        try:
            import pillow_heif
        except ImportError:
            raise ImageError(
                f"{name} is a HEIC picture, which needs the package pillow-heif (pip install pillow-heif); "
                "or export it as JPEG (an iPhone takes JPEGs with Settings, Camera, Formats, Most Compatible)."
            ) from None
        pillow_heif.register_heif_opener()
    for format in FORMATS:
        factory, accepts = Image.OPEN.get(format, (None, None))
        answer = factory and accepts(data[:16])
        if answer and not isinstance(answer, str):  # a text says that this Pillow lacks the decoder
            picture = factory(io.BytesIO(data), "")
            break
    else:
        raise ImageError(f"{name} is not a picture that can be read here; please use a JPEG or PNG file.")
    if picture.format == "TIFF":
        _check_tiff(picture, name)
    width, height = picture.size
    if max(width, height) > LONGEST_SIDE:
        picture.draft(picture.mode, _fitting(picture.size))
    if np.prod(picture.size) * BYTES_PER_PIXEL.get(picture.mode, 4) > LARGEST_PICTURE * 10**6:
        raise ImageError(
            f"{name} is too large: with {width} x {height} px it needs too much memory; "
            f"please export it with up to {LONGEST_SIDE} px on its longer side."
        )
    return picture


def _check_tiff(picture: Image.Image, name: str) -> None:
    tags = picture.tag_v2
    # A DNG's version; or a first picture that is only a reduced one of others, as in NEF and ARW files.
    if 50706 in tags or tags.get(254, 0) & 1 and 330 in tags:
        raise ImageError(f"{name} is a camera's raw file; please export it as a JPEG file.")
    if picture.mode.startswith("I") and 2 in np.atleast_1d(tags.get(339, 1)) and tags.get(258) != (32,):
        raise ImageError(f"{name} holds signed numbers; please save it as an 8 or 16 bit picture.")


def _decode(data: bytes, name: str) -> Image.Image:
    """The picture in a file, decoded."""
    picture = None
    try:
        picture = _open(data, name)
        picture.load()
        return picture
    except (ImageError, MemoryError):
        raise
    except Exception as error:  # Pillow's decoders meet damage with many kinds of exceptions
        if picture is not None and data.startswith(b"\xff\xd8") and (whole := _decode_cut_jpeg(data, name)):
            return whole
        raise ImageError(f"{name} is damaged or incomplete and cannot be read.") from error


def _decode_cut_jpeg(data: bytes, name: str) -> Image.Image | None:
    """A JPEG without its end, if that lacks nothing of the picture; None if it is damaged in another way.

    The end is written anew in two ways. What is the same in both pictures came from the file.
    """
    start, end = data.rstrip(b"\xff"), b"\xff\xd9"
    try:
        picture, other = (_open(start + between + end, name) for between in (b"", b"\x55" * 64))
        picture.load(), other.load()
    except Exception:
        return None
    box = ImageChops.difference(picture, other).getbbox()
    if box is None:
        return picture
    missing = max(1, round(100 * (1 - box[1] / picture.height)))
    raise ImageError(f"{name} is cut off: about {missing} % of it is missing; please copy or download it once more.")


# --- The picture ------------------------------------------------------------------------------------------------------


def _plain(picture: Image.Image, name: str) -> Image.Image:
    """A picture of mode L, LA, RGB, RGBA or CMYK, 8 bit; or F, 0 to 255, for gray of more bits."""
    if picture.mode.startswith("I"):
        return Image.fromarray(_fine_gray(picture, name))
    if picture.mode == "F":
        raise ImageError(f"{name} holds floating-point values; please save it as an 8 or 16 bit picture.")
    if picture.format == "BMP" and picture.mode == "RGBA" and picture.getextrema()[3] == (0, 0):
        return picture.convert("RGB")  # its fourth byte was left unused
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode not in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return picture


def _fine_gray(picture: Image.Image, name: str) -> np.ndarray:
    """Gray of 12 or 16 bits (or of 32, if no value needs more than 16) as floats from 0 to 255."""
    tags = getattr(picture, "tag_v2", {})
    white = 2 ** min(16, tags.get(258, (16,))[0]) - 1
    gray = np.asarray(picture)
    if gray.min() < 0 or gray.max() > white:
        raise ImageError(f"{name} holds values beyond 16 bits; please save it as an 8 or 16 bit picture.")
    gray = gray.astype(np.float32) * (255 / white)
    return 255 - gray if tags.get(262) == 0 else gray  # 0: white is zero


def _turn(picture: Image.Image) -> Image.Transpose | None:
    """What brings a picture upright, as the camera was held (EXIF's tag 274); no other EXIF data are looked at."""
    try:
        return TURNS.get(picture.getexif().get(ORIENTATION))
    except Exception:  # damaged metadata are no reason to refuse a sound picture
        return None


def _reduced(picture: Image.Image) -> Image.Image:
    if max(picture.size) <= LONGEST_SIDE:
        return picture
    return picture.resize(_fitting(picture.size), Image.Resampling.LANCZOS, reducing_gap=2)


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    """Width and height with the longer one reduced to LONGEST_SIDE."""
    return tuple(max(1, round(side * LONGEST_SIDE / max(size))) for side in size)
