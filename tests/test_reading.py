"""Picture files as people have them: their colors, their orientation, what is odd about them, and what is refused.

The files are written here, byte by byte where Pillow cannot write them. The right colors are computed from the
published numbers of each color space, without the library that the course uses for it.
"""

import io
import os
import re
import stat
import struct
import subprocess
import sys
import zlib
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageCms

from helpers import reading
from helpers.color_management import srgb_profile
from helpers.images import CONTENT_IMAGES, ROOT, ImageError, find_image, is_one_color, load_image, name_images

CAT = (CONTENT_IMAGES / "cat.jpg").read_bytes()


def encoded(picture, format, **options):
    buffer = io.BytesIO()
    picture.save(buffer, format, **options)
    return buffer.getvalue()


def smooth(height=48, width=64):
    """A color ramp, which lossy formats keep almost as it is."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([255 * x / width, 255 * y / height, 255 - 255 * x / width], axis=-1).astype(np.uint8)


def patches(*colors):
    """A picture with a stripe of 32 x 32 px for each color."""
    return Image.fromarray(np.tile(np.repeat(np.array(colors, np.uint8), 32, axis=0)[np.newaxis], (32, 1, 1)))


def read_patches(data, count):
    return load_image(data)[16, 16 : 32 * count : 32]


def refused(source, words):
    """The sentence that a source gets."""
    with pytest.raises(ImageError, match=words) as error:
        load_image(source)
    message = str(error.value)
    assert re.fullmatch(r"[^\n]+[.?]", message), message
    return message


# --- Color profiles ---------------------------------------------------------------------------------------------------

# Red, green and blue as CIE XYZ with the white D50, which profiles hold: the published numbers of each space.
SRGB = np.array([[0.43607, 0.22249, 0.01392], [0.38515, 0.71687, 0.09708], [0.14307, 0.06061, 0.71410]])
SPACES = {
    "Display P3": ([[0.51512, 0.24120, -0.00105], [0.29198, 0.69225, 0.04189], [0.15710, 0.06657, 0.78407]], 2.2),
    "Adobe RGB": ([[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]], 2.2),
    "ProPhoto RGB": ([[0.79767, 0.28804, 0.0], [0.13519, 0.71188, 0.0], [0.03134, 0.00009, 0.82491]], 1.8),
}
COLORS = [(230, 60, 40), (70, 160, 90), (60, 80, 180), (128, 128, 128), (250, 240, 200), (20, 24, 30)]


def curve(light):
    """sRGB's curve (IEC 61966-2-1): light from 0 to 1 to values from 0 to 255."""
    light = np.clip(light, 0, 1)
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def light(values):
    """The inverse of `curve`."""
    values = np.array(values) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def expected(colors, space):
    xyz, gamma = SPACES[space]
    return curve((np.array(colors) / 255) ** gamma @ np.array(xyz) @ np.linalg.inv(SRGB))


def profile_of(kind, tags):
    """An ICC profile, version 2: a header of 128 bytes, a table of the tags, and their contents."""
    table, content = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += struct.pack(">4sII", name, start + len(content), len(data))
        content += data + bytes(-len(data) % 4)
    device, space, connection = kind
    header = struct.pack(">I4sI4s4s4s", start + len(content), b"lcms", 0x02400000, device, space, connection)
    header += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)  # D50
    return header.ljust(128, b"\0") + table + content


def number(value):
    return struct.pack(">i", round(value * 65536))


def xyz_tag(values):
    return b"XYZ " + bytes(4) + b"".join(map(number, values))


def curve_tag(gamma):
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))


def rgb_profile(space):
    colorants, gamma = SPACES[space]
    tags = {f"{letter}XYZ".encode(): xyz_tag(values) for letter, values in zip("rgb", colorants, strict=True)}
    tags |= {f"{letter}TRC".encode(): curve_tag(gamma) for letter in "rgb"}
    return profile_of((b"mntr", b"RGB ", b"XYZ "), {b"wtpt": xyz_tag((0.9642, 1, 0.8249)), **tags})


def gray_profile(gamma):
    tags = {b"wtpt": xyz_tag((0.9642, 1, 0.8249)), b"kTRC": curve_tag(gamma)}
    return profile_of((b"mntr", b"GRAY", b"XYZ "), tags)


def cmyk_profile():
    """A printer whose inks are these colors of CIE Lab; two inks together are as dark as their product."""
    inks = np.array([[55, -37, -50], [48, 74, -3], [89, -5, 93], [0, 0, 0]])
    table = b""
    for node in np.ndindex(2, 2, 2, 2):
        used = inks[np.array(node, bool)]
        light = 100 * np.prod(used[:, 0] / 100)
        a, b = (used[:, 1:].sum(axis=0) if light and len(used) == 1 else (0, 0)) if len(used) else (0, 0)
        table += bytes([round(light * 2.55), round(a + 128), round(b + 128)])
    line = bytes(range(256))
    lut = (
        b"mft1"
        + bytes(4)
        + bytes([4, 3, 2, 0])
        + b"".join(map(number, np.eye(3).ravel()))
        + line * 4
        + table
        + line * 3
    )
    tags = {b"wtpt": xyz_tag((0.9642, 1, 0.8249)), b"A2B0": lut, b"A2B1": lut}
    return profile_of((b"prtr", b"CMYK", b"Lab "), tags)


def lab_to_srgb(lightness, a, b):
    """CIE 15:2004; white D50."""
    f = (lightness + 16) / 116 + np.array([a / 500, 0, -b / 200])
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * (0.9642, 1, 0.8249)
    return curve(xyz @ np.linalg.inv(SRGB))


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize(
    "format, options",
    [
        ("PNG", {}),
        ("TIFF", {}),
        ("WEBP", {"lossless": True, "exact": True}),
        ("JPEG", {"quality": 100, "subsampling": 0}),
        ("JPEG", {"quality": 100, "subsampling": 0, "progressive": True}),
    ],
)
def test_the_colors_of_wider_spaces(space, format, options):
    data = encoded(patches(*COLORS), format, icc_profile=rgb_profile(space), **options)
    np.testing.assert_allclose(read_patches(data, len(COLORS)), expected(COLORS, space), atol=3)


def test_an_srgb_profile_changes_nothing():
    data = encoded(Image.fromarray(smooth()), "PNG", icc_profile=srgb_profile())
    assert np.abs(load_image(data) - smooth()).max() <= 1


def test_a_profile_and_transparency():
    picture = patches(*COLORS)
    picture.putalpha(102)
    right = 0.4 * expected(COLORS, "Display P3") + 0.6 * 255
    for format, options in (("PNG", {}), ("WEBP", {"lossless": True, "exact": True}), ("TIFF", {})):
        data = encoded(picture, format, icc_profile=rgb_profile("Display P3"), **options)
        np.testing.assert_allclose(read_patches(data, len(COLORS)), right, atol=3)


def test_a_profile_and_a_palette():
    picture = patches(*COLORS).quantize(len(COLORS))
    data = encoded(picture, "PNG", icc_profile=rgb_profile("Adobe RGB"))
    np.testing.assert_allclose(read_patches(data, len(COLORS)), expected(COLORS, "Adobe RGB"), atol=3)


@pytest.mark.parametrize("mode", ["L", "LA", "I;16"])
def test_gray_with_a_profile(mode):
    grays = np.array([5, 20, 60, 128, 200, 255])
    right = curve((grays / 255) ** 1.0)
    picture = patches(*grays[:, np.newaxis].repeat(3, 1)).convert("L")
    picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257) if mode == "I;16" else picture.convert(mode)
    image = read_patches(encoded(picture, "PNG", icc_profile=gray_profile(1.0)), len(grays))
    np.testing.assert_allclose(image, right[:, np.newaxis].repeat(3, 1), atol=3)


@pytest.mark.parametrize("format", ["JPEG", "TIFF"])
def test_the_colors_of_print(format):
    inks = [(255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 255, 0), (0, 0, 0, 255), (0, 0, 0, 0)]
    right = [lab_to_srgb(*lab) for lab in [(55, -37, -50), (48, 74, -3), (89, -5, 93), (0, 0, 0), (100, 0, 0)]]
    data = np.tile(np.repeat(np.array(inks, np.uint8), 32, axis=0)[np.newaxis], (32, 1, 1))
    picture = Image.frombytes("CMYK", (32 * len(inks), 32), data.tobytes())
    options = {"quality": 100, "subsampling": 0} if format == "JPEG" else {}
    image = read_patches(encoded(picture, format, icc_profile=cmyk_profile(), **options), len(inks))
    np.testing.assert_allclose(image, right, atol=4)  # the table has 8 bits


@pytest.mark.parametrize("profile", [b"no profile", rgb_profile("Adobe RGB")[:200], gray_profile(1.0), cmyk_profile()])
def test_profiles_that_do_not_fit_are_ignored(profile):
    data = encoded(Image.fromarray(smooth()), "PNG", icc_profile=profile)
    np.testing.assert_array_equal(load_image(data), smooth())


def test_a_color_profile_of_a_gray_picture_is_ignored():
    data = encoded(Image.fromarray(smooth()).convert("L"), "JPEG", quality=100, icc_profile=rgb_profile("ProPhoto RGB"))
    assert np.abs(load_image(data)[..., 0] - np.asarray(Image.fromarray(smooth()).convert("L"))).max() <= 2


def test_a_lab_tiff():
    lab = ImageCms.profileToProfile(
        Image.fromarray(smooth()), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert np.abs(load_image(encoded(lab, "TIFF")) - smooth()).mean() < 2


# --- What a PNG file says of its colors -------------------------------------------------------------------------------


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def with_chunks(picture, *chunks):
    """A PNG file with these chunks after its header."""
    data = encoded(picture, "PNG")
    return data[:33] + b"".join(chunks) + data[33:]


def gamma_chunk(exponent):
    return chunk(b"gAMA", struct.pack(">I", round(exponent * 100_000)))


P3_CHROMATICITIES = chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000))
P3 = expected(COLORS, "Display P3")
P3_SCREEN = curve(light(COLORS) @ np.array(SPACES["Display P3"][0]) @ np.linalg.inv(SRGB))  # with sRGB's curve
P3_LINEAR = curve(np.array(COLORS) / 255 @ np.array(SPACES["Display P3"][0]) @ np.linalg.inv(SRGB))
LINEAR = curve(np.array(COLORS) / 255)


@pytest.mark.parametrize(
    "chunks, right",
    [
        ([gamma_chunk(1.0)], LINEAR),
        ([gamma_chunk(1 / 1.8)], curve((np.array(COLORS) / 255) ** 1.8)),
        ([gamma_chunk(1 / 2.2), P3_CHROMATICITIES], P3_SCREEN),
        ([gamma_chunk(1.0), P3_CHROMATICITIES], P3_LINEAR),
        ([gamma_chunk(0.45455)], COLORS),
        ([gamma_chunk(1.0), chunk(b"sRGB", b"\0")], COLORS),
        ([gamma_chunk(0)], COLORS),
        ([chunk(b"gAMA", b"\0\0")], COLORS),
        ([chunk(b"cICP", bytes([12, 13, 0, 1]))], P3_SCREEN),
        ([chunk(b"cICP", bytes([1, 8, 0, 1]))], LINEAR),
        ([chunk(b"cICP", bytes([1, 13, 0, 1])), gamma_chunk(1.0)], COLORS),
    ],
)
def test_colors_without_a_profile(chunks, right):
    np.testing.assert_allclose(read_patches(with_chunks(patches(*COLORS), *chunks), len(COLORS)), right, atol=3.5)


def test_a_profile_goes_before_gamma():
    data = encoded(patches(*COLORS), "PNG", icc_profile=rgb_profile("Adobe RGB"))
    data = data[:33] + gamma_chunk(1.0) + data[33:]
    np.testing.assert_allclose(read_patches(data, len(COLORS)), expected(COLORS, "Adobe RGB"), atol=3)


@pytest.mark.parametrize("transfer", [16, 18])
def test_hdr(transfer):
    refused(with_chunks(Image.fromarray(smooth()), chunk(b"cICP", bytes([9, transfer, 0, 1]))), "HDR")


# --- Metadata that are long, odd or damaged ---------------------------------------------------------------------------


def test_long_and_damaged_texts():
    text = b"Comment\0"
    long = chunk(b"zTXt", text + b"\0" + zlib.compress(bytes(10**8)))
    damaged = chunk(b"tEXt", text + b"words")[:-4] + b"oops"
    language = chunk(b"iTXt", text + b"\1\0\0\0" + zlib.compress(bytes(10**7)))
    data = with_chunks(Image.fromarray(smooth()), long, damaged, language)
    np.testing.assert_array_equal(load_image(data), smooth())


def test_a_long_profile():
    profile = rgb_profile("Display P3")
    profile = profile.ljust(3 * 10**6, b"\0")
    profile = struct.pack(">I", len(profile)) + profile[4:]
    data = with_chunks(patches(*COLORS), chunk(b"iCCP", b"P3\0\0" + zlib.compress(profile)))
    np.testing.assert_allclose(read_patches(data, len(COLORS)), P3, atol=3)


def exif(*entries):
    """EXIF data of orientation 6 and these entries (tag, type, count, value of 4 bytes)."""
    entries = sorted([(274, 3, 1, struct.pack("<HH", 6, 0)), *entries])
    directory = struct.pack("<H", len(entries))
    directory += b"".join(struct.pack("<HHI4s", *entry) for entry in entries) + bytes(4)
    return b"Exif\0\0II*\0" + struct.pack("<I", 8) + directory + struct.pack("<ii", -5, 1) * 8


@pytest.mark.parametrize(
    "entry",
    [
        (256, 2, 4, b"320\0"),  # a width in words
        (6, 10, 1, struct.pack("<I", 30)),  # below the sea
        (33434, 5, 1, struct.pack("<I", 4000)),  # a place beyond the end
        (40962, 7, 4, b"\xff\xff\xff\xff"),
        (34665, 4, 1, struct.pack("<I", 2**31)),  # another directory, nowhere
    ],
)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_tags_that_nobody_can_write_back(entry, format):
    data = encoded(Image.fromarray(smooth()), format, exif=exif(entry), quality=95)
    assert np.abs(load_image(data) - np.rot90(smooth(), -1)).mean() < 4


@pytest.mark.parametrize("data", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0no TIFF", exif()[:20]])
def test_damaged_metadata_are_no_reason_to_refuse(data):
    assert load_image(encoded(Image.fromarray(smooth()), "JPEG", exif=data)).shape in ((48, 64, 3), (64, 48, 3))


def test_several_pictures_in_one_jpeg():
    first, second = Image.fromarray(smooth()), Image.new("RGB", (64, 48))
    data = encoded(first, "MPO", save_all=True, append_images=[second], quality=95)
    assert np.abs(load_image(data) - smooth()).mean() < 4


# --- TIFF files -------------------------------------------------------------------------------------------------------


def tiff(samples, bits, photometric=1, signed=False, tags=()):
    """An uncompressed gray TIFF file, little-endian (TIFF 6.0). `samples`: (height, width) whole numbers."""
    height, width = samples.shape
    if bits == 12:
        high, low = samples[:, ::2], samples[:, 1::2]
        packed = np.stack([high >> 4, (high & 15) << 4 | low >> 8, low & 255], axis=-1).astype(np.uint8)
        data = packed.tobytes()
    else:
        data = samples.astype(f"<{'i' if signed else 'u'}{bits // 8}").tobytes()
    entries = {256: (4, width), 257: (4, height), 258: (3, bits), 259: (3, 1), 262: (3, photometric), 273: (4, 8)}
    entries |= {277: (3, 1), 278: (4, height), 279: (4, len(data))} | dict(tags)
    if signed:
        entries[339] = (3, 2)
    data += bytes(len(data) % 2)
    directory = struct.pack("<H", len(entries))
    directory += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, (kind, value) in sorted(entries.items()))
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + directory + bytes(4)


GRAY = np.linspace(0, 1, 48 * 64).reshape(48, 64)


@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("photometric", [0, 1])
def test_gray_tiffs_of_every_kind(bits, photometric):
    if (bits, photometric) == (12, 0):
        pytest.skip("Pillow has no decoder for it")
    samples = np.rint((GRAY if photometric else 1 - GRAY) * (2**bits - 1)).astype(int)
    image = load_image(tiff(samples, bits, photometric))
    np.testing.assert_allclose(image, (GRAY * 255)[..., np.newaxis].repeat(3, -1), atol=0.51 if bits == 8 else 0.05)


@pytest.mark.parametrize("orientation", [3, 6])
def test_a_16_bit_picture_on_its_side(orientation):
    data = tiff(np.rint(GRAY * 65535).astype(int), 16, tags=[(274, (3, orientation))])
    upright = np.rot90(GRAY, 2 if orientation == 3 else -1)
    np.testing.assert_allclose(load_image(data)[..., 0], upright * 255, atol=0.05)
    ending = chunk(b"eXIf", exif()[6:])
    fine = Image.fromarray(np.rint(GRAY * 65535).astype(np.uint16))
    np.testing.assert_allclose(load_image(with_chunks(fine, ending))[..., 0], np.rot90(GRAY, -1) * 255, atol=0.05)


def test_signed_numbers():
    refused(tiff(np.rint(GRAY * 1000).astype(int), 16, signed=True), "signed numbers")


@pytest.mark.parametrize(
    "data",
    [
        tiff(np.zeros((107, 160), int), 8, tags=[(50706, (4, 0x401))]),  # DNG
        tiff(np.zeros((107, 160), int), 8, tags=[(254, (4, 1)), (330, (4, 8))]),  # NEF, ARW
        b"II*\0\x10\0\0\0CR\x02\0" + bytes(100),
        b"FUJIFILMCCD-RAW 0201" + bytes(100),
        b"IIRO\x08\0\0\0" + bytes(100),
        b"\0\0\0\x18ftypcrx " + bytes(100),
    ],
)
def test_raw_files(data):
    refused(data, "camera's raw file; please export it as a JPEG")


def test_a_tiff_with_a_reduced_picture_after_it_is_no_raw_file():
    small = Image.fromarray(smooth()).resize((32, 32))
    data = encoded(Image.fromarray(smooth()), "TIFF", save_all=True, append_images=[small])
    np.testing.assert_array_equal(load_image(data), smooth())


# --- Other kinds ------------------------------------------------------------------------------------------------------


def bmp(rgba):
    """A BMP file with alpha (BITMAPV4HEADER): blue, green, red, alpha, from the lowest row up."""
    height, width = rgba.shape[:2]
    pixels = rgba[::-1, :, [2, 1, 0, 3]].tobytes()
    masks = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    header = struct.pack("<IiiHHIIiiII", 108, width, height, 1, 32, 3, len(pixels), 2835, 2835, 0, 0) + masks
    return struct.pack("<2sIHHI", b"BM", 14 + 108 + len(pixels), 0, 0, 14 + 108) + header.ljust(108, b"\0") + pixels


def test_a_bmp_whose_alpha_was_left_empty():
    empty, half = (np.dstack([smooth(), np.full((48, 64), alpha, np.uint8)]) for alpha in (0, 102))
    assert Image.open(io.BytesIO(bmp(empty))).mode == "RGBA"
    np.testing.assert_array_equal(load_image(bmp(empty)), smooth())
    np.testing.assert_allclose(load_image(bmp(half)), 0.4 * smooth() + 0.6 * 255, atol=1)


@pytest.mark.parametrize(
    "ending, format", [(".jfif", "JPEG"), (".jp2", "JPEG2000"), (".avif", "AVIF"), (".tif", "TIFF")]
)
def test_more_endings(tmp_path, ending, format):
    path = tmp_path / f"picture{ending}"
    path.write_bytes(encoded(Image.fromarray(smooth()), format))
    assert find_image("picture", tmp_path) == path
    assert np.abs(load_image(path) - smooth()).mean() < 4


def test_heic(tmp_path):
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.from_pillow(Image.fromarray(smooth())).save(tmp_path / "IMG_1.HEIC", quality=95)
    assert find_image("img_1", tmp_path).name == "IMG_1.HEIC"
    assert np.abs(load_image(tmp_path / "IMG_1.HEIC") - smooth()).mean() < 4


def test_heic_without_its_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    monkeypatch.delitem(Image.OPEN, "HEIF", raising=False)
    message = refused(b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + bytes(100), "pip install pillow-heif")
    assert "Most Compatible" in message


def test_only_pictures_are_opened(tmp_path):
    """Pillow would start `gs` for this one."""
    started = tmp_path / "started"
    (tmp_path / "gs").write_text(f"#!/bin/sh\ntouch '{started}'\n")
    (tmp_path / "gs").chmod(stat.S_IRWXU)
    (tmp_path / "drawing.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n%%EndComments\n")
    code = f"from helpers.images import load_image; load_image({str(tmp_path / 'drawing.jpg')!r})"
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    process = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert "is not a picture" in process.stderr
    assert not started.exists()


def test_pillow_pictures_in_other_programs_are_as_before():
    limit = Image.MAX_IMAGE_PIXELS
    load_image(CAT)
    assert limit == Image.MAX_IMAGE_PIXELS


# --- JPEG files that are cut off --------------------------------------------------------------------------------------


def jpeg(**options):
    return encoded(Image.open(io.BytesIO(CAT)), "JPEG", quality=90, **options)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
@pytest.mark.parametrize("missing", [1, 2])
def test_a_jpeg_without_its_last_bytes_is_whole(options, missing):
    data = jpeg(**options)
    np.testing.assert_array_equal(load_image(data[:-missing]), load_image(data))


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
def test_how_much_of_a_jpeg_is_missing(share):
    noise = np.random.default_rng(0).integers(0, 256, (400, 400, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), "JPEG", quality=90)
    message = refused(data[: round(share * len(data))], "is cut off")
    assert abs(int(re.search(r"(\d+) %", message)[1]) - 100 * (1 - share)) < 5


@pytest.mark.parametrize("options", [{}, {"progressive": True}])
@pytest.mark.parametrize("missing", [20, 1000, 10_000])
def test_a_jpeg_that_lacks_more_is_refused(options, missing):
    refused(jpeg(**options)[:-missing], "is cut off")


# --- Large pictures and files -----------------------------------------------------------------------------------------


def test_a_large_jpeg_is_reduced_to_what_can_be_painted():
    picture = Image.fromarray(smooth()).resize((12_000, 1_200))
    image = load_image(encoded(picture, "JPEG", quality=90))
    assert image.shape == (600, 6000, 3)
    assert np.abs(image[::10, ::10] - np.asarray(picture.resize((600, 60), Image.Resampling.BOX))).mean() < 3


@pytest.mark.parametrize("mode", ["1", "L", "I;16", "P", "RGBA", "CMYK"])
def test_large_pictures_of_every_mode(mode):
    y, x = np.mgrid[0:100, 0:7_000]
    ramp = Image.fromarray(np.repeat((x * 255 // 7_000)[..., np.newaxis], 3, -1).astype(np.uint8))
    fine = Image.fromarray((x * 65535 // 7_000).astype(np.uint16))
    picture = fine if mode == "I;16" else ramp.convert(mode)
    image = load_image(encoded(picture, "TIFF"))
    assert image.shape == (86, 6000, 3)
    np.testing.assert_allclose(image[:, ::60].mean((0, 1)), 127, atol=3)
    assert image[40, 5_900].mean() > image[40, 100].mean() + 200


@pytest.mark.slow
def test_200_megapixels_fit_into_a_gigabyte(tmp_path):
    path = tmp_path / "phone.jpg"
    Image.new("RGB", (16_320, 12_240), (90, 120, 60)).save(path, quality=90)
    code = (
        "import sys; from helpers.images import load_image; print(load_image(sys.argv[1], 512).shape);"
        "print(*[line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')])"
    )
    process = subprocess.run([sys.executable, "-c", code, path], cwd=ROOT, capture_output=True, text=True, check=True)
    shape, peak = process.stdout.splitlines()
    assert shape == "(384, 512, 3)"
    assert int(peak) < 10**6  # KB


def test_large_scans_of_one_bit(tmp_path):
    picture = Image.new("1", (12_000, 9_000))
    picture.paste(1, (0, 0, 6_000, 9_000))
    image = load_image(encoded(picture, "TIFF", compression="group4"), 600)
    assert image[:, :299].min() > 250 and image[:, 301:].max() < 5


def test_a_file_of_50_gigabytes(tmp_path):
    path = tmp_path / "sparse.jpg"
    with open(path, "wb") as file:
        file.truncate(50 * 10**9)
    assert "50,000 MB" in refused(path, "up to 1,000 MB")


def test_memory_that_is_not_there(monkeypatch):
    def load(self):
        raise MemoryError

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", load)
    refused(encoded(Image.fromarray(smooth()), "PNG"), "more memory than there is")


# --- Names ------------------------------------------------------------------------------------------------------------


def test_names_that_no_file_has(tmp_path):
    assert "null" in refused(tmp_path / "a\0b.jpg", "cannot be opened")
    refused(tmp_path / f"{'x' * 300}.jpg", "File name too long")
    for name in ("a\0b", "a\0b.jpg"):
        with pytest.raises(ImageError, match="neither a file nor a picture"):
            find_image(name, CONTENT_IMAGES)
    with pytest.raises(ImageError, match="File name too long"):
        find_image("x" * 300, CONTENT_IMAGES)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    refused(tmp_path / "pipe.jpg", "is a pipe")


def test_a_forbidden_folder(tmp_path, monkeypatch):
    def refuse(path, *arguments, **options):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "stat", refuse)  # root may look everywhere
    refused("secret/cat.jpg", "permission denied")
    with pytest.raises(ImageError, match="Permission denied"):
        find_image("secret/cat.jpg", CONTENT_IMAGES)


def test_two_pictures_of_one_stem(tmp_path):
    for name in ("cat.jpg", "Cat.png", "dog.jpg"):
        (tmp_path / name).write_bytes(CAT)
    assert {name: path.name for name, path in name_images(tmp_path).items()} == {
        "Cat.png": "Cat.png",
        "cat.jpg": "cat.jpg",
        "dog": "dog.jpg",
    }
    assert find_image("cat.jpg", tmp_path).name == "cat.jpg"
    assert find_image("CAT.PNG", tmp_path).name == "Cat.png"
    with pytest.raises(ImageError, match=r"'cat' may be Cat\.png or cat\.jpg"):
        find_image("cat", tmp_path)


# --- Pictures that show nothing ---------------------------------------------------------------------------------------


def test_pictures_of_one_color():
    white_on_nothing = np.dstack([np.full((48, 64, 3), 255, np.uint8), smooth()[..., 0]])
    assert is_one_color(load_image(encoded(Image.fromarray(white_on_nothing), "PNG")))
    assert is_one_color(load_image(encoded(Image.new("RGB", (64, 64), (10, 200, 30)), "PNG")))
    assert not is_one_color(load_image(encoded(Image.fromarray(smooth()), "PNG")))
    faint = np.full((64, 64, 3), 100, np.uint8)
    faint[32:, :, 2] += 1
    assert not is_one_color(load_image(encoded(Image.fromarray(faint), "PNG")))


# --- Damage -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "TIFF"])
def test_200_damaged_files(format):
    """Bytes are flipped or cut out: each file gives an image or a sentence, and both happen."""
    random = np.random.default_rng(7)
    options = {"compression": "tiff_lzw", "exif": exif()} if format == "TIFF" else {}
    if format in ("JPEG", "PNG", "WEBP"):
        options = {"exif": exif(), "icc_profile": rgb_profile("Display P3")}
    sound = encoded(Image.fromarray(smooth()), format, **options)
    outcomes = SimpleNamespace(images=0, sentences=0)
    for _ in range(200):
        data = bytearray(sound)
        if random.random() < 0.3:
            start, length = random.integers(len(data)), random.integers(1, 60)
            del data[start : start + length]
        if random.random() < 0.2:
            del data[random.integers(len(data)) :]
        for place in random.integers(len(data), size=random.integers(1, 6)) if data else ():
            data[place] ^= 1 << random.integers(8)
        try:
            image = load_image(data)
        except ImageError as error:
            assert re.fullmatch(r"[^\n]+\.", str(error))
            outcomes.sentences += 1
        else:
            assert image.dtype == np.float32 and image.ndim == 3 and image.shape[2] == 3
            assert image.min() >= 0 and image.max() <= 255
            outcomes.images += 1
    assert outcomes.images and outcomes.sentences


def test_every_ending_is_of_a_format_that_is_read():
    known = {ending for ending, format in Image.registered_extensions().items() if format in reading.FORMATS}
    assert set(reading.ENDINGS) <= known | {".heic", ".heif"}
