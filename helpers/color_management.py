"""Stored colors to sRGB, what screens and VGG19's training pictures have: by a profile, or by what a PNG file says."""

import io
import struct
from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageCms

# The white of daylight, D65, and the reddest, greenest and bluest light of a screen, as CIE's x and y.
SRGB = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
# ITU-T H.273, table 2: the numbers that cICP names color spaces with.
PRIMARIES = {
    9: (0.3127, 0.3290, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),  # BT.2020
    12: (0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),  # Display P3
}
EXPONENTS = {4: 1 / 2.2, 5: 1 / 2.8, 8: 1.0}  # table 3; the other ones of 8 bit are close to sRGB's curve


def srgb_profile() -> bytes:
    """The ICC profile of sRGB, without the date that would make each file another one."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes(12)  # ICC.1:2022, table 17
    return bytes(profile)


def to_srgb(picture: Image.Image, profile: bytes | None, png: Mapping[bytes, bytes] = {}) -> Image.Image:
    """A picture in sRGB.

    Args:
        picture: of Pillow's mode L, RGB or CMYK, 8 bit.
        profile: its ICC profile. One that cannot be read, or is for another kind of picture, is ignored.
        png: the contents of a PNG file's chunks by their names; of them cICP goes before the profile, and gAMA and cHRM
            are for a file without one (PNG specification, third edition, section 4.3).
    """
    if b"cICP" in png:
        primaries, transfer = png[b"cICP"][:2]
        return _by_primaries(picture, EXPONENTS.get(transfer), PRIMARIES.get(primaries, SRGB))
    if profile:
        return _by_profile(picture, profile)
    if b"gAMA" in png and b"sRGB" not in png:
        exponent = struct.unpack(">I", png[b"gAMA"])[0] / 100_000
        primaries = np.array(struct.unpack(">8I", png[b"cHRM"])) / 100_000 if b"cHRM" in png else SRGB
        # 0.45455 is what programs write that mean sRGB's curve.
        return _by_primaries(picture, None if abs(exponent - 0.45455) < 0.005 else exponent, primaries)
    return picture.convert("RGB")


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    """Relative colorimetric with black point compensation, as photo programs show pictures."""
    try:
        exact = ImageCms.Flags.NOOPTIMIZE if picture.mode == "L" else 0  # or dark gray is off by up to ten levels
        return ImageCms.profileToProfile(
            picture,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION | exact,
        )
    except (OSError, ImageCms.PyCMSError):  # no profile, or one for another kind of picture
        return picture.convert("RGB")


def _by_primaries(picture: Image.Image, exponent: float | None, primaries) -> Image.Image:
    """From light to the power of `exponent` (None: sRGB's curve) and these primaries."""
    picture = picture.convert("RGB")
    if exponent is None and np.allclose(primaries, SRGB, atol=0.002) or exponent == 0:
        return picture
    values = np.linspace(0, 1, 256, dtype=np.float32)
    # sRGB's curve: IEC 61966-2-1.
    curve = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    light = (curve if exponent is None else values ** (1 / exponent)).astype(np.float32)[np.asarray(picture)]
    if not np.allclose(primaries, SRGB, atol=0.002):
        light = light @ (np.linalg.inv(_to_xyz(SRGB)) @ _to_xyz(primaries)).T.astype(np.float32)
    light = light.clip(0, 1)
    values = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return Image.fromarray(np.rint(255 * values).astype(np.uint8))


def _to_xyz(primaries) -> np.ndarray:
    """The matrix from red, green and blue light to CIE XYZ; equal parts of them are white, of luminance 1."""
    x, y = np.asarray(primaries, dtype=float).reshape(4, 2).T
    xyz = np.stack([x / y, np.ones(4), (1 - x - y) / y])
    return xyz[:, 1:] * np.linalg.solve(xyz[:, 1:], xyz[:, 0])
