"""helpers.images against files made here with Pillow, the standard library and Keras."""

import colorsys
import io
import os
import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from helpers.images import (
    CONTENT_IMAGES,
    ROOT,
    STYLES_IMAGES,
    ImageError,
    deprocess,
    find_image,
    fit_image,
    keep_colors,
    list_images,
    load_image,
    match_colors,
    preprocess,
    resize_image,
    to_uint8,
)


def noise(height=40, width=60, seed=0):
    """Random bytes of shape (height, width, 3): every pixel differs, so that a mix-up shows."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def smooth(height=40, width=60):
    """A color ramp, which lossy formats keep almost as it is."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([255 * x / width, 255 * y / height, 255 - 255 * x / width], axis=-1).astype(np.uint8)


def encoded(picture, format, **options):
    buffer = io.BytesIO()
    picture.save(buffer, format, **options)
    return buffer.getvalue()


def one_sentence(error):
    """The message of an ImageError, found to be one sentence on one line."""
    message = str(error.value)
    assert re.fullmatch(r"[^\n]+[.?]", message), message
    assert not re.search(r"[.?] [A-Z]", message), message
    return message


# --- Reading what people have --------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["png", "bmp", "tiff"])
def test_lossless_formats_keep_every_value(tmp_path, ending):
    path = tmp_path / f"picture.{ending}"
    Image.fromarray(noise()).save(path)
    image = load_image(path)
    assert image.dtype == np.float32
    np.testing.assert_array_equal(image, noise())


def test_lossless_webp_keeps_every_value(tmp_path):
    Image.fromarray(noise()).save(tmp_path / "picture.webp", lossless=True)
    np.testing.assert_array_equal(load_image(str(tmp_path / "picture.webp")), noise())


@pytest.mark.parametrize("ending", ["jpg", "webp"])
def test_lossy_formats_keep_the_picture(tmp_path, ending):
    path = tmp_path / f"picture.{ending}"
    Image.fromarray(smooth()).save(path, quality=95)
    image = load_image(path)
    assert image.shape == (40, 60, 3)
    assert np.abs(image - smooth()).mean() < 4


def test_gray_jpeg_has_three_equal_channels(tmp_path):
    Image.fromarray(smooth()[..., 0]).save(tmp_path / "gray.jpg", quality=100)
    image = load_image(tmp_path / "gray.jpg")
    np.testing.assert_array_equal(image, np.repeat(image[..., :1], 3, axis=-1))
    assert np.abs(image[..., 0] - smooth()[..., 0]).max() <= 2


def test_cmyk_jpeg(tmp_path):
    red, half = Image.new("CMYK", (40, 40), (0, 255, 255, 0)), Image.new("CMYK", (40, 40), (0, 0, 0, 128))
    for picture, color in ((red, (255, 0, 0)), (half, (127, 127, 127))):
        picture.save(tmp_path / "cmyk.jpg", quality=95)
        np.testing.assert_allclose(load_image(tmp_path / "cmyk.jpg").mean((0, 1)), color, atol=3)


def test_one_bit_picture():
    bits = noise()[..., 0] > 127
    image = load_image(encoded(Image.fromarray(bits), "PNG"))
    np.testing.assert_array_equal(image, np.repeat(bits[..., np.newaxis] * 255.0, 3, axis=-1))


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_alpha_is_laid_on_white(format):
    alpha = np.tile(np.linspace(0, 255, 60).astype(np.uint8), (40, 1))
    rgba = np.dstack([smooth(), alpha])
    image = load_image(encoded(Image.fromarray(rgba), format, **({"lossless": True} if format == "WEBP" else {})))
    share = alpha[..., np.newaxis] / 255
    np.testing.assert_allclose(image, smooth() * share + 255 * (1 - share), atol=1)


def test_gray_with_alpha_is_laid_on_white():
    gray, alpha = smooth()[..., 0], smooth()[..., 1]
    image = load_image(encoded(Image.merge("LA", [Image.fromarray(gray), Image.fromarray(alpha)]), "PNG"))
    np.testing.assert_allclose(image[..., 2], gray * (alpha / 255) + 255 - alpha, atol=1)


def palette_picture():
    """Left half black (index 0), right half red (index 1)."""
    picture = Image.new("P", (60, 40), 0)
    picture.putpalette([0, 0, 0, 255, 0, 0])
    picture.paste(1, (30, 0, 60, 40))
    return picture


@pytest.mark.parametrize(
    "format, options, left, right",
    [
        ("PNG", {}, (0, 0, 0), (255, 0, 0)),
        ("PNG", {"transparency": 0}, (255, 255, 255), (255, 0, 0)),
        ("PNG", {"transparency": bytes([255, 51])}, (0, 0, 0), (255, 204, 204)),  # 51 / 255 = a fifth of red on white
        ("GIF", {}, (0, 0, 0), (255, 0, 0)),
        ("GIF", {"transparency": 1}, (0, 0, 0), (255, 255, 255)),
    ],
)
def test_palette_pictures(format, options, left, right):
    image = load_image(encoded(palette_picture(), format, **options))
    np.testing.assert_array_equal(image[:, :30], np.broadcast_to(left, (40, 30, 3)))
    np.testing.assert_array_equal(image[:, 30:], np.broadcast_to(right, (40, 30, 3)))


def test_one_color_of_an_rgb_png_may_be_transparent():
    picture = palette_picture().convert("RGB")
    image = load_image(encoded(picture, "PNG", transparency=(255, 0, 0)))
    assert (image[:, :30] == 0).all() and (image[:, 30:] == 255).all()


def gray_16_bit_png(values):
    """A PNG file of 16 bit gray written by hand, after the PNG specification (RFC 2083)."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width = values.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, 0, 0, 0, 0)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


WIDE_GRAY = np.linspace(0, 65535, 40 * 60).round().astype(np.uint16).reshape(40, 60)


def test_16_bit_gray_keeps_its_fine_steps():
    image = load_image(gray_16_bit_png(WIDE_GRAY))
    for channel in range(3):
        np.testing.assert_allclose(image[..., channel], WIDE_GRAY / 65535 * 255, atol=1e-4)


@pytest.mark.parametrize("mode", ["I;16", "I;16B", "I"])
def test_16_bit_gray_in_tiff_files(mode):
    picture = Image.fromarray(WIDE_GRAY.astype(np.int32) if mode == "I" else WIDE_GRAY)
    if mode == "I;16B":
        picture = Image.frombytes("I;16B", picture.size, WIDE_GRAY.astype(">u2").tobytes())
    data = encoded(picture, "TIFF")
    assert Image.open(io.BytesIO(data)).mode == mode
    np.testing.assert_allclose(load_image(data)[..., 0], WIDE_GRAY / 65535 * 255, atol=1e-4)


@pytest.mark.parametrize("values", [np.full((40, 40), 65536, np.int32), np.full((40, 40), -1, np.int32)])
def test_gray_beyond_16_bits_is_refused(values):
    with pytest.raises(ImageError, match="beyond 16 bits") as error:
        load_image(encoded(Image.fromarray(values), "TIFF"))
    one_sentence(error)


def test_floating_point_picture_is_refused():
    with pytest.raises(ImageError, match="floating-point") as error:
        load_image(encoded(Image.fromarray(np.ones((40, 40), np.float32)), "TIFF"))
    one_sentence(error)


# How the stored pixels have to be turned to stand upright, for each value of EXIF's tag 274 (EXIF 2.3, section 4.6.4).
UPRIGHT = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: np.rot90(a, 1),
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_exif_orientation(format, orientation):
    exif = Image.Exif()
    exif[274] = orientation
    options = {"PNG": {}, "JPEG": {"quality": 95}, "WEBP": {"lossless": True}, "TIFF": {}}[format]
    stored = encoded(Image.fromarray(smooth()), format, exif=exif, **options)
    image, expected = load_image(stored), UPRIGHT[orientation](smooth())
    assert image.shape == expected.shape
    assert np.abs(image - expected).mean() < (4 if format == "JPEG" else 1e-6)


@pytest.mark.parametrize("format", ["GIF", "WEBP", "TIFF", "PNG"])
def test_first_frame_of_an_animation(format):
    red, blue = Image.new("RGB", (40, 40), "red"), Image.new("RGB", (40, 40), "blue")
    options = {"lossless": True} if format == "WEBP" else {}
    image = load_image(encoded(red, format, save_all=True, append_images=[blue], **options))
    np.testing.assert_array_equal(image, np.broadcast_to([255, 0, 0], (40, 40, 3)))


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, io.BytesIO])
def test_uploads(kind):
    np.testing.assert_array_equal(load_image(kind(encoded(Image.fromarray(noise()), "PNG"))), noise())


def test_open_file_stays_open(tmp_path):
    Image.fromarray(noise()).save(tmp_path / "picture.png")
    with open(tmp_path / "picture.png", "rb") as file:
        np.testing.assert_array_equal(load_image(file), noise())
        assert not file.closed


def test_loading_at_a_size_is_loading_and_fitting(tmp_path):
    Image.fromarray(noise(50, 80)).save(tmp_path / "picture.png")
    image = load_image(tmp_path / "picture.png", 64)
    assert image.shape == (40, 64, 3)
    np.testing.assert_array_equal(image, fit_image(noise(50, 80).astype(np.float32), 64))


# --- Refusals ------------------------------------------------------------------------------------


def refusal(source, words, size=None):
    with pytest.raises(ImageError, match=words) as error:
        load_image(source, size)
    return one_sentence(error)


def test_missing_file(tmp_path):
    assert "nothing.jpg" in refusal(tmp_path / "nothing.jpg", "does not exist")
    (tmp_path / "file").write_text("x")
    refusal(tmp_path / "file" / "nothing.jpg", "cannot be opened")


def test_folder(tmp_path):
    refusal(tmp_path, "is a folder")


def test_empty_file(tmp_path):
    (tmp_path / "empty.jpg").touch()
    refusal(tmp_path / "empty.jpg", "is empty")
    refusal(b"", "is empty")


def test_not_a_picture(tmp_path):
    (tmp_path / "notes.jpg").write_text("These are only words." * 100)
    refusal(str(tmp_path / "notes.jpg"), "not a picture")


def test_no_permission(tmp_path, monkeypatch):
    path = tmp_path / "secret.png"
    Image.fromarray(noise()).save(path)
    path.chmod(0)
    if os.access(path, os.R_OK):  # root may read everything: play the refusal

        def refuse(self):
            raise PermissionError(13, "Permission denied", str(self))

        monkeypatch.setattr(Path, "read_bytes", refuse)
    refusal(path, "permission denied")


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_truncated_file(format, share):
    data = encoded(Image.fromarray(noise(100, 100)), format)
    refusal(data[: int(share * len(data))], "damaged|not a picture|is cut off")


def test_damage_that_pillow_reports_otherwise():
    data = bytearray(encoded(Image.fromarray(noise()), "PNG"))
    data[29] ^= 1  # the header's checksum: Pillow raises a SyntaxError in some versions, an OSError in others
    refusal(data, "damaged|not a picture")


@settings(deadline=None)  # a busy machine is no failure
@given(st.binary(max_size=60), st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"]), st.integers(0, 400))
def test_damaged_file_gives_an_image_or_an_image_error(damage, format, place):
    data = bytearray(encoded(Image.fromarray(noise()), format))
    data[place : place + len(damage)] = damage
    try:
        image = load_image(data)
    except ImageError:
        return
    assert image.ndim == 3 and image.shape[2] == 3 and image.min() >= 0 and image.max() <= 255


@pytest.mark.parametrize("side", [12_000, 60_000])
def test_decompression_bomb(side):
    data = bytearray(encoded(Image.new("RGB", (64, 64)), "PNG"))
    data[16:24] = struct.pack(">II", side, side)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    assert f"{side} x {side} px" in refusal(data, "too large", size=64)


def test_small_pictures():
    tiny = encoded(Image.fromarray(noise(31, 60)), "PNG")
    assert "60 x 31" in refusal(tiny, "at least 32 px")
    assert load_image(tiny, 128).shape == (66, 128, 3)
    refusal(encoded(Image.fromarray(noise(32, 300)), "PNG"), "at least 32 px", size=200)
    refusal(CONTENT_IMAGES / "cat.jpg", "^'content_images/cat.jpg' is 451 x 300 px", size=40)  # no machine's path


# --- The gallery ---------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [CONTENT_IMAGES, STYLES_IMAGES])
def test_every_picture_of_the_gallery_is_credited_and_loads(folder):
    table = re.findall(r"^\| *(\S+\.\w+) *\|", (folder / "CREDITS.md").read_text(encoding="utf-8"), re.MULTILINE)
    files = [path.name for path in folder.iterdir() if path.name != "CREDITS.md"]
    assert sorted(table) == sorted(files)
    assert [path.name for path in list_images(folder)] == sorted(files)
    for path in list_images(folder):
        assert max(load_image(path, 64).shape) == 64


def test_list_images_names_pictures_only(tmp_path):
    for name in ("b.JPG", "a.png", "notes.txt", ".hidden.png"):
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    assert [path.name for path in list_images(tmp_path)] == ["a.png", "b.JPG"]
    with pytest.raises(ImageError) as error:
        list_images(tmp_path / "nowhere")
    one_sentence(error)


@pytest.mark.parametrize("name", ["cat", "cat.jpg", "Cat", "CAT.JPG"])
def test_find_image_by_name(name):
    assert find_image(name, CONTENT_IMAGES) == CONTENT_IMAGES / "cat.jpg"


def test_find_image_prefers_the_file_given(tmp_path, monkeypatch):
    (tmp_path / "cat.jpg").touch()
    monkeypatch.chdir(tmp_path)
    assert find_image("cat.jpg", CONTENT_IMAGES) == Path("cat.jpg")
    assert find_image(tmp_path / "cat.jpg", CONTENT_IMAGES) == tmp_path / "cat.jpg"
    (tmp_path / "coffee").mkdir()  # a folder is no picture
    assert find_image("coffee", CONTENT_IMAGES) == CONTENT_IMAGES / "coffee.jpg"


def test_find_image_names_similar_ones(tmp_path):
    with pytest.raises(ImageError, match=r"did you mean great_wave\.jpg\?") as error:
        find_image("greatwave", STYLES_IMAGES)
    one_sentence(error)
    with pytest.raises(ImageError, match=r"cat\.jpg, coffee\.jpg") as error:
        find_image("zzzzzzzz", CONTENT_IMAGES)
    one_sentence(error)
    with pytest.raises(ImageError, match="no pictures yet") as error:
        find_image("cat", tmp_path)
    one_sentence(error)


# --- Resizing ------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.integers(1, 200), st.integers(1, 200), st.integers(-5, 150))
def test_fit_keeps_the_aspect_ratio(height, width, size):
    image = np.zeros((height, width, 3), np.float32)
    shorter = min(height, width) * size / max(height, width)
    try:
        fitted = fit_image(image, size)
    except ImageError:
        assert shorter <= 31.5
        return
    assert max(fitted.shape[:2]) == size
    assert min(fitted.shape[:2]) >= 32
    assert abs(fitted.shape[0] - height * size / max(height, width)) <= 0.5
    assert abs(fitted.shape[1] - width * size / max(height, width)) <= 0.5


def test_refused_fit_is_explained():
    with pytest.raises(
        ImageError, match="1000 x 100 px; with a size of 200 px .* 200 x 20 px.* 315 px or more"
    ) as error:
        fit_image(np.zeros((100, 1000, 3), np.float32), 200)
    one_sentence(error)


@settings(deadline=None)
@given(st.floats(0, 255, width=32), st.integers(1, 70), st.integers(1, 70))
def test_resizing_keeps_a_uniform_image(value, height, width):
    resized = resize_image(np.full((40, 50, 3), value, np.float32), height, width)
    assert resized.shape == (height, width, 3) and resized.dtype == np.float32
    np.testing.assert_allclose(resized, value, atol=1e-3)


def test_resizing_to_the_same_size_changes_nothing():
    image = np.random.default_rng(0).uniform(0, 255, (40, 50, 3)).astype(np.float32)
    np.testing.assert_array_equal(resize_image(image, 40, 50), image)


def lanczos_matrix(old, new):
    """The (new, old) matrix of one-dimensional Lanczos-3 resampling, widened when it reduces; from its definition."""
    stretch = max(old / new, 1)
    centers = (np.arange(new) + 0.5) * old / new
    x = (np.arange(old) + 0.5 - centers[:, np.newaxis]) / stretch
    matrix = np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0)
    return matrix / matrix.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("height, width", [(20, 17), (90, 110), (33, 100)])
def test_resizing_is_lanczos_without_rounding(height, width):
    image = np.random.default_rng(0).uniform(80, 180, (50, 60, 3)).astype(np.float32)  # far from any clipping
    expected = np.einsum("ij,jkc,lk->ilc", lanczos_matrix(50, height), image, lanczos_matrix(60, width))
    np.testing.assert_allclose(resize_image(image, height, width), np.clip(expected, 0, 255), atol=1e-2)


def test_overshoot_is_clipped():
    image = np.zeros((40, 40, 3), np.float32)
    image[:, 20:] = 255
    resized = resize_image(image, 90, 90)
    assert resized.min() == 0 and resized.max() == 255


def test_reducing_is_antialiased():
    stripes = np.zeros((64, 64, 3), np.float32)
    stripes[:, ::2] = 255
    np.testing.assert_allclose(resize_image(stripes, 16, 16)[4:-4, 4:-4], 127.5, atol=3)


# --- Values --------------------------------------------------------------------------------------


def every_value():
    """All 256 values in each of the three channels, shape (256, 1, 3)."""
    return np.stack([np.roll(np.arange(256, dtype=np.float32), 85 * c) for c in range(3)], axis=-1)[:, np.newaxis]


def test_deprocess_inverts_preprocess():
    back = deprocess(preprocess(every_value()))
    assert back.dtype == np.float32
    np.testing.assert_allclose(back, every_value(), atol=1e-4)
    np.testing.assert_array_equal(to_uint8(back), every_value().astype(np.uint8))
    np.testing.assert_allclose(preprocess(deprocess(every_value())), every_value(), atol=1e-4)
    np.testing.assert_array_equal(deprocess(np.full((1, 1, 3), 500, np.float32)) > 255, True)  # nothing is clipped


def test_preprocess_is_keras_preprocessing_and_differentiable():
    import tensorflow as tf

    batch = np.random.default_rng(0).uniform(0, 255, (2, 4, 5, 3)).astype(np.float32)
    keras = tf.keras.applications.vgg19.preprocess_input(batch.copy())
    np.testing.assert_allclose(preprocess(batch), keras, atol=1e-4)
    for kind in (tf.float32, tf.float64):
        tensor = tf.constant(batch, kind)
        weights = tf.constant(np.random.default_rng(1).normal(size=batch.shape), kind)
        with tf.GradientTape() as tape:
            tape.watch(tensor)
            result = preprocess(tensor)
            total = tf.reduce_sum(result * weights)
        assert tf.is_tensor(result) and result.dtype == kind
        np.testing.assert_allclose(result, keras, atol=1e-4)
        np.testing.assert_allclose(tape.gradient(total, tensor), weights[..., ::-1])
        np.testing.assert_allclose(deprocess(result), batch, atol=1e-4)
    np.testing.assert_allclose(tf.function(preprocess)(batch), keras, atol=1e-4)


@settings(deadline=None)
@given(st.floats(-1e4, 1e4))
def test_to_uint8_is_the_nearest_byte(value):
    result = to_uint8(np.full((1, 1, 3), value, np.float32))
    assert result.dtype == np.uint8
    nearest = min(abs(byte - value) for byte in range(256))
    assert abs(abs(int(result[0, 0, 0]) - value) - nearest) < 1e-3


def test_keep_colors_takes_luminance_and_chroma_apart():
    random = np.random.default_rng(0)
    generated, content = random.uniform(90, 160, (2, 32, 40, 3)).astype(np.float32)  # mild: nothing is clipped
    result = keep_colors(generated, content)
    assert result.dtype == np.float32 and result.min() > 0 and result.max() < 255
    for y, x in random.integers(0, 32, (50, 2)):
        of_result, of_generated, of_content = (
            colorsys.rgb_to_yiq(*image[y, x].tolist()) for image in (result, generated, content)
        )
        assert of_result == pytest.approx((of_generated[0], *of_content[1:]), abs=1e-3)


def test_keep_colors_resizes_the_content_and_clips():
    generated, content = noise(48, 64).astype(np.float32), noise(100, 90, seed=1).astype(np.float32)
    result = keep_colors(generated, content)
    assert result.shape == generated.shape and result.min() >= 0 and result.max() <= 255
    np.testing.assert_array_equal(result, keep_colors(generated, resize_image(content, 48, 64)))
    np.testing.assert_allclose(keep_colors(generated, generated), generated, atol=1e-3)


def mean_and_covariance(image):
    colors = image.reshape(-1, 3).astype(np.float64)
    return colors.mean(axis=0), np.cov(colors.T)


def test_match_colors_gives_the_targets_mean_and_covariance():
    random = np.random.default_rng(0)
    mixture = random.uniform(-1, 1, (3, 3))
    image = np.clip(120 + random.normal(0, 12, (40, 50, 3)) @ mixture, 0, 255).astype(np.float32)
    target = np.clip(130 + random.normal(0, 15, (32, 60, 3)) * (1, 0.5, 1.5), 0, 255).astype(np.float32)
    matched = match_colors(image, target)
    assert matched.shape == image.shape and matched.dtype == np.float32
    for of_matched, of_target in zip(mean_and_covariance(matched), mean_and_covariance(target), strict=True):
        np.testing.assert_allclose(of_matched, of_target, rtol=0.01, atol=0.5)
    np.testing.assert_allclose(match_colors(image, image), image, atol=1e-3)


def test_match_colors_of_pictures_without_color():
    gray = np.repeat(np.random.default_rng(0).uniform(60, 180, (40, 40, 1)), 3, axis=-1).astype(np.float32)
    colored = noise(40, 40).astype(np.float32)
    one_color = np.full((32, 32, 3), (200, 30, 90), np.float32)
    matched = match_colors(gray, colored)
    assert np.isfinite(matched).all() and np.linalg.matrix_rank(np.cov(matched.reshape(-1, 3).T), tol=1) == 1
    np.testing.assert_allclose(matched.mean(axis=(0, 1)), colored.mean(axis=(0, 1)), atol=2)
    np.testing.assert_allclose(match_colors(colored, one_color), one_color[:1, :1] + np.zeros_like(colored), atol=1e-3)
    np.testing.assert_allclose(match_colors(one_color, one_color), one_color)


def test_importing_does_not_load_tensorflow():
    code = "import sys, helpers, helpers.images; print('tensorflow' in sys.modules or 'keras' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
