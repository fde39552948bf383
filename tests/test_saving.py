"""helpers.saving on real files."""

import io
import os
import re
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageSequence

from helpers import saving
from helpers.images import ImageError, fit_image, load_image
from helpers.saving import free_path, keep, save_animation, save_image


def noise(seed=0):
    """Random bytes of shape (40, 60, 3): every pixel differs, so that a mix-up shows."""
    return np.random.default_rng(seed).integers(0, 256, (40, 60, 3), dtype=np.uint8)


def smooth(height=40, width=60):
    """A color ramp, which lossy formats keep almost as it is."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([255 * x / width, 255 * y / height, 255 - 255 * x / width], axis=-1).astype(np.uint8)


def one_sentence(error):
    """The message of an ImageError, found to be one sentence on one line."""
    message = str(error.value)
    assert re.fullmatch(r"[^\n]+[.?]", message), message
    assert not re.search(r"[.?] [A-Z]", message), message
    return message


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_png_round_trip(tmp_path):
    path = save_image(noise().astype(np.float32), tmp_path / "picture.PNG")
    assert path == tmp_path / "picture.PNG"
    np.testing.assert_array_equal(load_image(path), noise())


def test_saving_clips_and_rounds(tmp_path):
    image = np.full((40, 40, 3), 100.4, np.float32)
    image[0, 0] = [-20, 300, 100.6]
    saved = load_image(save_image(image, str(tmp_path / "picture.png")))
    assert saved[0, 0].tolist() == [0, 255, 101] and (saved[1:] == 100).all()


@pytest.mark.parametrize("ending", ["png", "jpg", "webp"])
def test_what_is_saved_says_that_it_is_srgb(tmp_path, ending):
    path = tmp_path / f"picture.{ending}"
    first, second = (
        save_animation([noise(seed=n) for n in range(2)], path, overwrite=True).read_bytes()
        if ending == "webp"
        else save_image(noise(), path, overwrite=True).read_bytes()
        for _ in range(2)
    )
    assert first == second  # no date in it
    with Image.open(path) as picture:
        if ending == "png":
            assert picture.info["srgb"] == 0
        else:
            profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
            assert "sRGB" in ImageCms.getProfileDescription(profile)


@pytest.mark.parametrize("ending", ["jpg", "jpeg", "JPG"])
def test_jpeg_keeps_the_resolution_of_colors(tmp_path, ending):
    stripes = np.zeros((40, 40, 3), np.float32)  # red and green lines of one pixel: 4:2:0 would blend them
    stripes[:, ::2, 0] = 255
    stripes[:, 1::2, 1] = 130
    path = save_image(stripes, tmp_path / f"picture.{ending}")
    with Image.open(path) as picture:
        assert picture.format == "JPEG"
        assert [layer[1:3] for layer in picture.layer] == [(1, 1)] * 3
    assert np.abs(load_image(path) - stripes).mean() < 8


def test_existing_file_is_kept_unless_overwritten(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(b"precious")
    with pytest.raises(ImageError, match="exists already") as error:
        save_image(noise(), path)
    one_sentence(error)
    assert path.read_bytes() == b"precious"
    save_image(noise(), path, overwrite=True)
    np.testing.assert_array_equal(load_image(path), noise())
    assert files(tmp_path) == ["picture.png"]


@pytest.mark.parametrize("name", ["picture", "picture.txt", "picture.gif", "png"])
def test_unknown_ending(tmp_path, name):
    with pytest.raises(ImageError, match=r"\.png or \.jpg") as error:
        save_image(noise(), tmp_path / name)
    one_sentence(error)
    assert files(tmp_path) == []


@pytest.mark.parametrize("overwrite", [False, True])
def test_saving_where_no_file_can_be(tmp_path, overwrite):
    with pytest.raises(ImageError, match="there is no folder") as error:
        save_image(noise(), tmp_path / "missing" / "picture.png", overwrite)
    one_sentence(error)
    (tmp_path / "file").touch()
    with pytest.raises(ImageError, match="cannot be written") as error:
        save_image(noise(), tmp_path / "file" / "picture.png", overwrite)
    one_sentence(error)
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(ImageError) as error:
        save_image(noise(), tmp_path / "folder.png", overwrite)
    one_sentence(error)
    assert files(tmp_path) == ["file", "folder.png"]


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("function", ["write_bytes", "replace"])
@pytest.mark.parametrize("problem", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_nothing_half_written_stays(tmp_path, monkeypatch, overwrite, function, problem):
    def fail(path, data):
        if function == "write_bytes":
            with open(path, "wb") as file:
                file.write(data[: len(data) // 2])
        assert Path(path).parent == tmp_path  # renaming to another disk would fail or copy
        raise problem

    monkeypatch.setattr(*((Path, "write_bytes") if function == "write_bytes" else (saving.os, "replace")), fail)
    path = tmp_path / "picture.png"
    if overwrite:
        path.touch()
    with pytest.raises(ImageError if isinstance(problem, OSError) else KeyboardInterrupt) as error:
        save_image(noise(), path, overwrite)
    if isinstance(problem, OSError):
        assert "No space left" in one_sentence(error)
    assert files(tmp_path) == (["picture.png"] if overwrite else [])


def test_only_one_of_many_saves_gets_a_name(tmp_path):
    path, won, start = tmp_path / "picture.png", [], threading.Barrier(8)

    def save(seed):
        start.wait()
        try:
            save_image(noise(seed=seed), path)
            won.append(seed)
        except ImageError:
            pass

    threads = [threading.Thread(target=save, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    np.testing.assert_array_equal(load_image(path), noise(seed=won[0]))
    assert files(tmp_path) == ["picture.png"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
def test_saved_files_have_ordinary_permissions(tmp_path):
    (tmp_path / "ordinary").touch()
    path = save_image(noise(), tmp_path / "picture.png")
    assert path.stat().st_mode == (tmp_path / "ordinary").stat().st_mode


def blend(count=4, size=(40, 60)):
    """From a color ramp to its mirror image in `count` steps."""
    first = smooth(*size).astype(np.float32)
    return [first * (1 - t) + first[:, ::-1] * t for t in np.linspace(0, 1, count)]


@pytest.mark.parametrize("ending, tolerance", [("gif", 6), ("webp", 4)])
def test_animation(tmp_path, ending, tolerance):
    frames = blend()
    path = save_animation([fit_image(frames[0], 120), *frames[1:]], tmp_path / f"film.{ending}", seconds=0.2)
    with Image.open(path) as film:
        assert film.n_frames == 4 and film.size == (60, 40) and film.info["loop"] == 0
        durations = []
        for picture, frame in zip(ImageSequence.Iterator(film), frames, strict=True):
            assert np.abs(np.asarray(picture.convert("RGB"), float) - frame).mean() < tolerance
            durations.append(picture.info["duration"])
    assert durations == [700, 200, 200, 2200]
    assert files(tmp_path) == [path.name]


def test_animation_of_one_image_and_from_an_iterator(tmp_path):
    with Image.open(save_animation(iter(blend()[:1]), tmp_path / "one.gif")) as film:
        assert film.n_frames == 1 and film.size == (60, 40)


def test_animation_is_never_faster_than_browsers_play(tmp_path):
    with Image.open(save_animation(blend(3), tmp_path / "fast.gif", seconds=0)) as film:
        film.seek(1)
        assert film.info["duration"] == 20


def test_animation_refusals(tmp_path):
    save_animation(blend(), tmp_path / "film.gif")
    for frames, name, words in (
        ([], "empty.gif", "at least one"),
        (blend(), "film.mp4", r"\.gif or \.webp"),
        (blend(), "film.gif", "exists already"),
        (blend(), "missing/film.webp", "no folder"),
    ):
        with pytest.raises(ImageError, match=words) as error:
            save_animation(frames, tmp_path / name)
        one_sentence(error)
    assert files(tmp_path) == ["film.gif"]
    save_animation(blend(), tmp_path / "film.gif", overwrite=True)


@settings(deadline=None)
@given(st.sets(st.integers(2, 6)), st.booleans(), st.sampled_from(["a.png", "a.b.png", "a", "a-2.png"]))
def test_free_path(tmp_path_factory, taken, first_taken, name):
    folder = tmp_path_factory.mktemp("free")
    path = folder / name
    if first_taken:
        path.touch()
    for number in taken:
        (folder / f"{path.stem}-{number}{path.suffix}").touch()
    free = free_path(str(path))
    assert not free.exists() and free.parent == folder and free.suffix == path.suffix
    if first_taken:
        first = min(set(range(2, 8)) - taken)
        assert free.name == f"{path.stem}-{first}{path.suffix}"
    else:
        assert free == path


def test_free_path_counts_a_broken_link_as_taken(tmp_path):
    (tmp_path / "a.png").symlink_to(tmp_path / "nowhere")
    assert free_path(tmp_path / "a.png").name == "a-2.png"


def test_a_folder_in_the_place_of_the_output_is_noticed_before_painting(tmp_path):
    (tmp_path / "picture.png").mkdir()
    with pytest.raises(ImageError, match="it is a folder"):
        saving.check_output(tmp_path / "picture.png", saving.PICTURE_ENDINGS, overwrite=True)


def test_a_broken_link_in_the_place_of_the_output_is_not_overwritten(tmp_path):
    (tmp_path / "picture.png").symlink_to(tmp_path / "nowhere.png")
    with pytest.raises(ImageError, match="exists already"):
        saving.check_output(tmp_path / "picture.png", saving.PICTURE_ENDINGS)


@pytest.mark.parametrize("name", [f"{'a' * 252}.png", f"{'木' * 90}.png", "zero\0byte.png"])
def test_names_that_no_file_can_have(tmp_path, name):
    with pytest.raises(ImageError, match="cannot be written") as error:
        saving.check_output(tmp_path / name, saving.PICTURE_ENDINGS)
    assert "\n" not in str(error.value)
    assert files(tmp_path) == []


def test_checking_leaves_nothing_behind(tmp_path):
    saving.check_output(tmp_path / "picture.png", saving.PICTURE_ENDINGS)
    assert files(tmp_path) == []


def test_a_folder_that_takes_no_files_is_noticed_before_painting(tmp_path, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ImageError, match="No space left"):
        saving.check_output(tmp_path / "picture.png", saving.PICTURE_ENDINGS)


@pytest.mark.parametrize("stem", ["great_wave_" * 30, "富嶽三十六景" * 20, "á" * 200, "\udcff" * 300])
def test_names_that_are_too_long_are_cut(tmp_path, stem):
    first = free_path(tmp_path / f"{stem}.png")
    first.touch()
    second = free_path(tmp_path / f"{stem}.png")
    second.touch()
    assert first != second
    for path in (first, second):
        assert len(os.fsencode(path.name)) < 150 and path.suffix == ".png"
        assert path.stem.removesuffix("-2") == stem[: len(path.stem.removesuffix("-2"))]


def test_a_name_of_foreign_bytes_is_kept_as_it_is(tmp_path):
    assert free_path(tmp_path / "caf\udce9.png").name == "caf\udce9.png"


# --- What must not be lost ---


def test_every_one_of_many_that_finish_together_is_kept(tmp_path):
    found, start = {}, threading.Barrier(8)

    def finish(number):
        start.wait()
        found[number] = keep(bytes([number]), tmp_path / "picture.png")

    threads = [threading.Thread(target=finish, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {number: path.read_bytes() for number, path in found.items()} == {n: bytes([n]) for n in range(8)}
    assert files(tmp_path) == sorted(["picture.png", *(f"picture-{n}.png" for n in range(2, 9))])


def test_keeping_at_its_place(tmp_path):
    assert keep(b"new", tmp_path / "picture.png") == tmp_path / "picture.png"
    assert keep(b"newer", tmp_path / "picture.png", overwrite=True) == tmp_path / "picture.png"
    assert (tmp_path / "picture.png").read_bytes() == b"newer"
    assert keep(b"anew", tmp_path / "folder" / "picture.png") == tmp_path / "folder" / "picture.png"


@pytest.fixture
def places(tmp_path, monkeypatch):
    """The current folder and that for temporary files."""
    for name in ("current", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "current")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path / "current", tmp_path / "temporary"


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_picture_whose_folder_is_gone_goes_into_the_next_one(places, tmp_path, overwrite):
    current, temporary = places
    (tmp_path / "folder").write_text("Now it is a file.")
    wanted = tmp_path / "folder" / "picture.png"
    (current / "picture.png").write_bytes(b"precious")
    assert keep(b"new", wanted, overwrite) == current / "picture-2.png"
    assert (current / "picture.png").read_bytes() == b"precious"  # only the wanted file may be overwritten
    (current / "picture.png").unlink()
    (current / "picture-2.png").unlink()
    current.rmdir()
    assert keep(b"new", wanted, overwrite).read_bytes() == b"new"
    assert files(temporary) == ["picture.png"]


def test_when_no_folder_takes_it_the_first_reason_is_told(places, tmp_path, monkeypatch):
    def fail(path, data):
        raise OSError(28, "No space left on device" if path.parent == tmp_path else "Something else")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(ImageError, match="No space left") as error:
        keep(b"new", tmp_path / "picture.png")
    one_sentence(error)
    assert [files(folder) for folder in places] == [[], []]
