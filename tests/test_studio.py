"""The studio in one process: every callback, driven by the messages a browser sends. ipywidgets 7.7.1 and 8."""

import base64
import contextlib
import html
import io
import re
import shutil
import sys
import threading
import types
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import ipywidgets as widgets
import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ipywidgets.widgets.widget import CallbackDispatcher
from nbconvert import HTMLExporter
from PIL import Image

from helpers import images, reading, weights
from helpers.further.style_losses import STYLE_LOSSES
from helpers.images import CONTENT_IMAGES, STYLES_IMAGES, keep_colors, load_image, match_colors, resize_image, to_uint8
from helpers.lesson import image_bytes
from helpers.studio import Studio
from helpers.studio import studio as module
from helpers.studio.controls import WeightSlider
from helpers.studio.loss_plot import plot_html
from helpers.studio.studio import KEPT_IMAGES, PLAYING, History
from helpers.transfer import Iterate, StyleTransfer, Weights


@pytest.fixture(autouse=True)
def failing_callbacks_fail(monkeypatch):
    """ipywidgets only logs what a callback of a button raises. Here it is raised."""

    def call(self, *args, **kwargs):
        for callback in self.callbacks:
            callback(*args, **kwargs)

    monkeypatch.setattr(CallbackDispatcher, "__call__", call)


@pytest.fixture
def output(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "OUTPUT_IMAGES", tmp_path / "output_images")
    return tmp_path / "output_images"


@pytest.fixture
def studio(output):
    return Studio(size=64, steps=6)


def send(widget, **state):
    """What a browser does when a person changes something."""
    widget.set_state(state)


def click(button):
    assert not button.disabled
    button._handle_custom_msg({"event": "click"}, [])


def play(studio):
    send(studio.play, **{PLAYING: True})


def pause(studio):
    send(studio.play, **{PLAYING: False})


def tick(studio, times=1):
    for _ in range(times):
        send(studio.play, value=studio.play.value + 1)


def paint(studio, steps):
    play(studio)
    tick(studio, steps)
    pause(studio)


def slide(weight, value):
    """Move a weight's slider to the option of this value."""
    send(weight.slider, index=[option for _, option in weight.slider.options].index(value))


def press(chooser, name):
    send(chooser.buttons[name], value=not chooser.buttons[name].value)


def upload(chooser, name, data):
    upload_all(chooser, {name: data})


def upload_all(chooser, uploads):
    if isinstance(chooser.upload.value, dict):  # ipywidgets 7
        metadata = [
            {"name": name, "type": "image/jpeg", "size": len(data), "lastModified": 0} for name, data in uploads.items()
        ]
        send(chooser.upload, metadata=metadata, data=[*map(memoryview, uploads.values())], _counter=len(uploads))
    else:
        common = {"type": "image/jpeg", "last_modified": 0}
        files = [
            {"name": name, "size": len(data), "content": memoryview(data), **common} for name, data in uploads.items()
        ]
        send(chooser.upload, value=files)


def status(studio):
    return html.unescape(re.sub("<[^>]*>", "", studio.status.value))


def shown(studio):
    """The picture as it is shown, as an array of whole numbers."""
    return np.asarray(Image.open(io.BytesIO(bytes(studio.picture.value)))).astype(int)


def difference(studio, image):
    """Mean difference in gray levels between the picture that is shown and what a JPEG of the image would show."""
    return np.abs(shown(studio) - np.asarray(Image.open(io.BytesIO(image_bytes(image)))).astype(int)).mean()


def engine(steps=6, **options):
    """The engine with what a studio chooses at first."""
    content, style = load_image(CONTENT_IMAGES / "cat.jpg"), load_image(STYLES_IMAGES / "great_wave.jpg")
    return StyleTransfer(content, style, size=64, steps=steps, **options)


def jpeg(height=40, width=60, color=(200, 30, 30)):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), color).save(buffer, "JPEG")
    return buffer.getvalue()


# --- Painting ---


def test_it_paints_what_the_engine_paints(studio):
    paint(studio, 3)
    expected = engine()
    for _ in range(3):
        iterate = expected.step()
    np.testing.assert_allclose(studio.transfer.image, expected.image, atol=0.5)
    assert studio.losses[-1]["total"] == pytest.approx(iterate.total, rel=1e-3)
    assert difference(studio, expected.image) < 2
    assert "Step 3 of 6" in studio.progress.value


def test_before_the_first_step_the_content_image_is_shown(studio):
    content = load_image(CONTENT_IMAGES / "cat.jpg", size=512)
    assert difference(studio, content) < 2
    assert "Press Paint" in status(studio)
    assert all(control.disabled for control in (studio.past, studio.save, studio.save_run, studio.resume))


def test_a_moved_slider_is_used_by_the_next_step_and_compiles_nothing(studio):
    play(studio)
    tick(studio, 2)
    traced = studio.transfer.objective.losses_and_gradient.experimental_get_tracing_count()
    before = studio.transfer
    slide(studio.weight_sliders["style"], 50)
    assert studio.transfer.weights.style == 1  # the step that was made before is not touched
    tick(studio)
    assert status(studio) == "Step 3 used style weight 50."
    assert studio.marks == [(3, "style weight 50")]
    tick(studio)
    assert studio.transfer is before
    assert studio.transfer.objective.losses_and_gradient.experimental_get_tracing_count() == traced
    expected = engine()
    for number in range(1, 5):
        if number == 3:
            expected.weights = Weights(style=50)
        iterate = expected.step()
    assert studio.losses[-1]["style"] == pytest.approx(iterate.losses["style"], rel=1e-2)
    np.testing.assert_allclose(studio.transfer.image, expected.image, atol=2)


def test_sliders_of_the_style_layers_reach_the_engine(studio):
    slide(studio.layer_sliders["block5_conv1"], 0)
    slide(studio.layer_sliders["block1_conv1"], 5)
    paint(studio, 1)
    assert studio.transfer.weights == Weights(style_layers=(5, 1, 1, 1, 0))
    slide(studio.layer_sliders["block2_conv1"], 0)
    paint(studio, 1)
    assert studio.marks == [(2, "block2_conv1 off")]


def test_each_slider_starts_at_the_engines_default_and_is_reset_to_it(studio):
    default = Weights()
    for name, weight in studio.weight_sliders.items():
        expected = getattr(default, name.replace(" ", "_"))
        assert weight.value == expected
        for value in (0, weight.slider.options[-1][1]):
            slide(weight, value)
            assert getattr(studio.weights, name.replace(" ", "_")) == value
            click(weight.reset)
            assert getattr(studio.weights, name.replace(" ", "_")) == expected


def test_a_weight_slider_is_even_in_the_logarithm_and_begins_with_off():
    values = [value for _, value in WeightSlider("content", "", 0.1, -3, 1).slider.options]
    assert values[:2] == [0, 0.001] and values[-1] == 10
    steps = np.diff(np.log10(values[1:]))
    assert steps.min() > 0.1 and steps.max() < 0.25


def test_a_tick_that_was_on_its_way_when_the_clock_stopped_does_nothing(studio):
    paint(studio, 1)
    tick(studio)
    assert studio.transfer.step_number == 1


def test_a_tick_during_a_step_on_another_thread_does_nothing(studio):
    paint(studio, 1)
    play(studio)
    with busy(studio):
        tick(studio)
    assert studio.transfer.step_number == 1
    tick(studio)
    assert studio.transfer.step_number == 2


@contextlib.contextmanager
def busy(studio):
    """Another thread is in the middle of a step."""
    began, end = threading.Event(), threading.Event()

    def hold():
        with studio.lock:
            began.set()
            end.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    began.wait(20)
    yield
    end.set()
    thread.join()


def test_a_slider_can_be_moved_during_a_step(studio):
    paint(studio, 1)
    with busy(studio):
        slide(studio.weight_sliders["content"], 1)
    assert studio.weights.content == 1


def test_the_view_is_updated_at_most_three_times_a_second_and_shows_the_newest_when_paused(studio, monkeypatch):
    clock = types.SimpleNamespace(now=100.0)
    monkeypatch.setattr(module, "time", types.SimpleNamespace(monotonic=lambda: clock.now))
    studio.refreshed = clock.now
    updates = []
    studio.picture.observe(lambda change: updates.append(clock.now), "value")
    play(studio)
    for _ in range(5):
        clock.now += 0.2
        tick(studio)
    np.testing.assert_allclose(updates, [100.4, 100.8])
    pause(studio)
    assert "Now: step 5" in studio.caption.value
    assert difference(studio, studio.transfer.image) < 2


def test_when_all_steps_are_done_it_pauses_and_says_so(studio):
    play(studio)
    tick(studio, 6)
    assert not studio.playing
    assert "Done" in status(studio)
    assert "Step 6 of 6" in studio.progress.value
    picture = bytes(studio.picture.value)
    play(studio)
    tick(studio)
    assert not studio.playing
    assert "All steps are done" in status(studio)
    assert bytes(studio.picture.value) == picture


def test_one_step_and_start_again(studio):
    click(studio.one_step)
    click(studio.one_step)
    assert studio.transfer.step_number == 2
    assert "Now: step 2" in studio.caption.value
    click(studio.again)
    assert studio.transfer is None
    assert "Not started" in studio.progress.value
    click(studio.one_step)
    assert studio.transfer.step_number == 1


def test_size_steps_and_optimizer_hold_for_the_next_run(studio):
    paint(studio, 1)
    send(studio.size, index=[size for _, size in studio.size.options].index(128))
    assert studio.transfer is None
    send(studio.steps, index=[steps for _, steps in studio.steps.options].index(24))
    send(studio.optimizer, index=1)
    paint(studio, 1)
    assert studio.transfer.steps == 24
    assert max(studio.transfer.content.shape) == 128
    assert studio.transfer.optimizer_choice == "adam"


def test_stroke_size_colors_and_style_loss_hold_for_the_next_run(studio):
    send(studio.size, index=[size for _, size in studio.size.options].index(128))
    paint(studio, 2)
    send(studio.style_size, index=[size for _, size in studio.style_size.options].index(0.5))
    assert studio.transfer is None
    send(studio.style_loss, index=2)
    send(studio.colors, index=2)
    paint(studio, 2)
    content, style = load_image(CONTENT_IMAGES / "cat.jpg"), load_image(STYLES_IMAGES / "great_wave.jpg")
    expected = StyleTransfer(
        content,
        match_colors(style, content),
        size=128,
        steps=6,
        style_size=0.5,
        style_loss=STYLE_LOSSES["sliced"],
    )
    for _ in range(2):
        expected.step()
    np.testing.assert_array_equal(studio.transfer.image, expected.image)


def test_a_stroke_size_that_cannot_work_is_explained(studio):
    send(studio.style_size, index=0)
    click(studio.one_step)
    assert "Great Wave is 665 x 449 px" in status(studio) and "choose a size of" in status(studio)


def test_with_the_photographs_colors_they_are_shown_and_saved_and_not_painted_with(studio, output):
    send(studio.colors, index=1)
    paint(studio, 6)
    expected = engine()
    list(expected)
    np.testing.assert_array_equal(studio.transfer.image, expected.image)
    kept = keep_colors(to_uint8(expected.image), expected.content)
    assert difference(studio, kept) < 1 < difference(studio, expected.image)
    click(studio.save)
    np.testing.assert_array_equal(np.asarray(Image.open(output / "cat_great_wave.png")), to_uint8(kept))
    click(studio.save_run)
    with Image.open(output / "cat_great_wave.gif") as animation:
        animation.seek(animation.n_frames - 1)
        last = np.asarray(animation.convert("RGB"), float)
    assert np.abs(last - kept).mean() < np.abs(last - expected.image).mean()


def test_it_starts_no_thread(studio):
    paint(studio, 1)  # TensorFlow starts its own at its first step
    before = set(threading.enumerate())
    paint(Studio(size=64, steps=6), 2)
    assert set(threading.enumerate()) == before


def test_two_studios_do_not_disturb_each_other(studio):
    other = Studio(size=64, steps=6)
    paint(studio, 2)
    assert other.transfer is None and "Press Paint" in status(other)
    slide(other.weight_sliders["style"], 100)
    press(other.styles, "poppies")
    paint(other, 1)
    tick(studio)
    assert (studio.transfer.step_number, other.transfer.step_number) == (2, 1)
    paint(studio, 1)
    expected = engine()
    for _ in range(3):
        expected.step()
    np.testing.assert_allclose(studio.transfer.image, expected.image, atol=0.5)
    assert studio.marks == [] and studio.styles.chosen == ("great_wave",)


# --- Choosing ---


def test_the_thumbnails_are_the_pictures_of_the_two_folders(studio):
    assert list(studio.content.buttons) == [path.stem for path in images.list_images(CONTENT_IMAGES)]
    assert list(studio.styles.buttons) == [path.stem for path in images.list_images(STYLES_IMAGES)]
    addresses = re.findall(r"url\(data:image/jpeg;base64,([^)]*)\)", studio.styles.css.value)
    assert len(addresses) == len(studio.styles.buttons)
    assert all(Image.open(io.BytesIO(base64.b64decode(address))).size == (168, 112) for address in addresses)


def test_choosing_another_picture_starts_again_with_it(studio):
    paint(studio, 1)
    press(studio.content, "temple")
    assert studio.transfer is None
    assert difference(studio, load_image(CONTENT_IMAGES / "temple.jpg", 512)) < 2
    assert "Temple" in studio.sources.value and "Cat" not in studio.sources.value
    paint(studio, 1)
    expected = images.fit_image(load_image(CONTENT_IMAGES / "temple.jpg"), 64)
    np.testing.assert_allclose(studio.transfer.content, expected)


def test_one_is_always_chosen_and_several_only_when_blending(studio):
    press(studio.styles, "poppies")
    assert studio.styles.chosen == ("poppies",)
    press(studio.styles, "poppies")
    assert studio.styles.chosen == ("poppies",) and studio.styles.buttons["poppies"].value
    send(studio.styles.blend, value=True)
    press(studio.styles, "great_wave")
    assert set(studio.styles.chosen) == {"poppies", "great_wave"}
    paint(studio, 1)
    assert len(studio.transfer.styles) == 2
    press(studio.styles, "poppies")
    press(studio.styles, "great_wave")
    assert studio.styles.chosen == ("great_wave",)
    press(studio.styles, "spring")
    send(studio.styles.blend, value=False)
    assert len(studio.styles.chosen) == 1
    pressed = [name for name, button in studio.styles.buttons.items() if button.value]
    assert pressed == list(studio.styles.chosen)


# --- Uploads ---


def test_an_uploaded_picture_is_chosen_and_painted(studio):
    upload(studio.content, "my photo.jpg", jpeg())
    assert studio.content.chosen == ("my_photo",)
    assert "My Photo" in studio.sources.value
    assert len(studio.content.upload.value) == 0  # the same file can be uploaded again
    paint(studio, 1)
    assert studio.transfer.content.shape == (43, 64, 3)
    upload(studio.content, "my photo.jpg", jpeg(60, 40))
    assert studio.content.chosen == ("my_photo_2",)


def test_a_large_upload_is_reduced(studio):
    upload(studio.styles, "large.jpg", jpeg(1500, 3000))
    assert studio.styles.images()[0].shape == (512, 1024, 3)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"This is a text.", "'holiday.jpg' is not a picture"),
        (jpeg()[:300], "'holiday.jpg' is damaged"),
        ((CONTENT_IMAGES / "cat.jpg").read_bytes()[:-1000], "'holiday.jpg' is cut off"),
        (b"", "'holiday.jpg' is empty"),
        (jpeg(10, 10), "'holiday.jpg' is 10 x 10 px"),
    ],
)
def test_an_upload_that_cannot_be_used_is_explained_and_the_studio_goes_on(studio, data, message):
    play(studio)
    tick(studio)
    upload(studio.content, "holiday.jpg", data)
    assert message in status(studio) and "studio-error" in studio.status.value
    assert not studio.playing
    assert studio.content.chosen == ("cat",)
    paint(studio, 1)
    assert studio.transfer.step_number == 2


def test_one_bad_file_of_several_loses_none_of_the_others(studio):
    send(studio.styles.blend, value=True)
    upload_all(studio.styles, {"a.jpg": jpeg(), "b.jpg": b"text", "c.jpg": jpeg(50, 60), "d.jpg": b""})
    assert studio.styles.chosen == ("great_wave", "a", "c")
    assert "'b.jpg' is not a picture" in status(studio) and "'d.jpg' is empty" in status(studio)
    upload(studio.styles, "e.jpg", jpeg())
    assert "studio-error" not in studio.status.value


def test_a_content_image_that_shows_nothing_is_said_before_painting(studio):
    blank = io.BytesIO()
    Image.new("RGBA", (64, 48), (255, 255, 255, 0)).save(blank, "PNG")
    upload(studio.content, "logo.png", blank.getvalue())
    assert "all of one color" in status(studio)
    press(studio.content, "cat")
    assert "one color" not in status(studio)


def test_an_upload_with_too_many_pixels_is_explained(studio, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_PICTURE", 0.001)
    upload(studio.styles, "huge.jpg", jpeg(40, 60))
    assert "'huge.jpg' is too large" in status(studio)


def test_a_file_name_cannot_become_html(studio):
    upload(studio.content, "<img src=x onerror=alert(1)>.jpg", b"text")
    assert "<img" not in studio.status.value
    upload(studio.content, "<b>&.jpg", jpeg())
    assert "<b>&" not in studio.sources.value


def test_on_colab_its_own_upload_form_is_used(output, monkeypatch):
    uploads = [{"mine.jpg": jpeg()}, {"notes.jpg": b"text"}, {}, RuntimeError("TypeError: Failed to fetch")]

    def answer():
        if isinstance(uploads[0], Exception):
            raise uploads.pop(0)
        return uploads.pop(0)

    colab = types.ModuleType("google.colab")
    colab.files = types.SimpleNamespace(upload=answer)
    monkeypatch.setitem(sys.modules, "google", types.ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    studio = Studio(size=64, steps=6)
    assert not isinstance(studio.content.upload, widgets.FileUpload)
    click(studio.content.upload)
    assert studio.content.chosen == ("mine",)
    click(studio.content.upload)
    assert "'notes.jpg' is not a picture" in status(studio)
    click(studio.content.upload)  # the form was left without choosing a file
    assert studio.content.chosen == ("mine",)
    click(studio.content.upload)
    assert "allow third-party cookies" in status(studio) and "content_images" in status(studio)
    press(studio.content, "cat")
    assert "studio-error" not in studio.status.value


def test_two_pictures_of_one_stem_are_both_there(monkeypatch, tmp_path):
    for name, source in (("cat.jpg", "coffee"), ("cat.png", "cat")):
        Image.open(CONTENT_IMAGES / f"{source}.jpg").save(tmp_path / name)
    monkeypatch.setattr(module, "CONTENT_IMAGES", tmp_path)
    studio = Studio()
    assert list(studio.content.buttons) == ["cat.jpg", "cat.png"]
    press(studio.content, "cat.png")
    assert difference(studio, load_image(tmp_path / "cat.png", size=512)) < 2


# --- The history ---


def frame(step):
    return Iterate(step, 999, 1, 1, np.full((2, 2, 3), step % 256, np.float32), 1.0, {}, 0.0, 0.0)


@given(st.integers(0, 700))
def test_the_history_is_bounded_and_evenly_spread_and_has_the_start_and_the_newest(steps):
    history = History(frame(0))
    for step in range(1, steps + 1):
        history.add(frame(step))
    kept = [frame.step for frame in history.frames]
    assert kept[0] == 0 and kept[-1] == steps and len(kept) <= KEPT_IMAGES
    assert len(kept) >= min(steps + 1, KEPT_IMAGES // 2)
    assert len(set(np.diff(kept)[:-1])) <= 1
    assert all(frame.image.dtype == np.uint8 for frame in history.frames[1:])


def test_looking_back_shows_the_earlier_picture_and_pauses(studio):
    play(studio)
    tick(studio, 1)
    first = studio.transfer.image
    tick(studio, 3)
    pause(studio)
    play(studio)
    send(studio.past, value=1)
    assert not studio.playing
    assert studio.past.value == 1 and studio.past.max == 4
    assert "Looking back: step 1" in studio.caption.value
    assert difference(studio, first) < 2
    assert difference(studio, studio.transfer.image) > 4
    send(studio.past, value=4)
    assert "Now: step 4" in studio.caption.value
    send(studio.past, value=0)
    assert "Looking back: the start" in studio.caption.value
    paint(studio, 1)
    assert studio.past.value == 5 and "Now: step 5" in studio.caption.value


def test_before_and_after_are_divided_where_the_slider_says(studio):
    paint(studio, 6)
    start, now = studio.history.frames[0].image.astype(int), studio.history.frames[-1].image.astype(int)
    assert studio.divide.layout.display == "none"
    send(studio.compare, value=True)
    assert studio.divide.layout.display == "flex"
    send(studio.divide, value=25)
    picture = shown(studio)
    assert np.abs(picture[:, :14] - start[:, :14]).mean() < 5
    assert np.abs(picture[:, 18:] - now[:, 18:]).mean() < 5
    assert "the start" in studio.caption.value and "step 6" in studio.caption.value
    send(studio.past, value=2)
    assert "Left of the line: step 2" in studio.caption.value
    for end in (0, 100):
        send(studio.divide, value=end)
    send(studio.compare, value=False)
    assert "Looking back: step 2" in studio.caption.value


def test_resuming_goes_on_from_the_picture_that_is_shown(studio):
    play(studio)
    tick(studio, 2)
    slide(studio.weight_sliders["style"], 10)
    tick(studio, 3)
    pause(studio)
    send(studio.past, value=2)
    second = studio.history.frames[2].image
    click(studio.resume)
    np.testing.assert_array_equal(to_uint8(studio.transfer.image), second)
    assert studio.transfer.step_number == 2 and len(studio.losses) == 2 and studio.marks == []
    assert studio.past.max == 2
    assert "Back at step 2" in status(studio)
    play(studio)
    tick(studio, 4)
    assert "Done" in status(studio) and len(studio.losses) == 6
    send(studio.past, value=0)
    click(studio.resume)
    assert studio.transfer.step_number == 0 and studio.losses == []
    paint(studio, 1)
    assert "Step 1 of 6" in studio.progress.value


# --- Saving ---


def test_saving_never_writes_over_a_file_and_offers_the_same_bytes(studio, output):
    paint(studio, 6)
    click(studio.save)
    first = output / "cat_great_wave.png"
    assert "Saved as output_images/cat_great_wave.png" in status(studio)
    np.testing.assert_array_equal(np.asarray(Image.open(first)), to_uint8(studio.transfer.result))
    data = re.search(r'download="cat_great_wave.png" href="data:image/png;base64,([^"]*)"', studio.link.value)[1]
    assert base64.b64decode(data) == first.read_bytes()
    before = first.read_bytes()
    send(studio.past, value=2)
    click(studio.save)
    assert "cat_great_wave-2.png" in status(studio)
    assert first.read_bytes() == before != (output / "cat_great_wave-2.png").read_bytes()


def test_the_animation_holds_every_image_of_the_history(studio, output):
    paint(studio, 6)
    click(studio.save_run)
    with Image.open(output / "cat_great_wave.gif") as animation:
        assert animation.n_frames == 7
        assert animation.size == (64, 43)
    assert 'download="cat_great_wave.gif"' in studio.link.value


def test_a_picture_is_kept_in_another_place_if_the_folder_takes_no_files(studio, monkeypatch, tmp_path):
    paint(studio, 1)
    (tmp_path / "file").write_text("")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(module, "OUTPUT_IMAGES", tmp_path / "file")
    click(studio.save)
    assert status(studio).endswith(
        f"file takes no files, so it is saved as {tmp_path / 'here' / 'cat_great_wave.png'}."
    )
    assert load_image(tmp_path / "here" / "cat_great_wave.png").shape == (43, 64, 3)


def test_a_picture_that_fits_nowhere_is_explained(studio, monkeypatch, tmp_path):
    paint(studio, 1)

    def fail(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "OUTPUT_IMAGES", tmp_path)
    monkeypatch.setattr(Path, "write_bytes", fail)
    click(studio.save)
    assert "cannot be written: No space left on device" in status(studio)


# --- What goes wrong ---


def test_a_broken_file_among_the_pictures_is_left_out_and_named(monkeypatch, tmp_path):
    shutil.copy(CONTENT_IMAGES / "coffee.jpg", tmp_path / "coffee.jpg")  # and there is no cat
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    monkeypatch.setattr(module, "CONTENT_IMAGES", tmp_path)
    studio = Studio()
    assert list(studio.content.buttons) == ["coffee"] and studio.content.chosen == ("coffee",)
    assert studio.content.buttons["coffee"].value
    assert f"cannot be read: {tmp_path.name}/broken.jpg." in status(studio)
    assert difference(studio, load_image(tmp_path / "coffee.jpg", size=512)) < 2


def test_a_folder_without_a_picture_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "STYLES_IMAGES", tmp_path)
    with pytest.raises(images.ImageError, match="no picture in .* that can be read"):
        Studio()


def test_weights_that_blow_up_are_explained_and_painting_goes_on_afterwards(studio):
    paint(studio, 2)
    before = to_uint8(studio.transfer.image)
    weight = studio.weight_sliders["style"]
    weight.slider.options = [*weight.slider.options, ("far too large", 1e39)]
    slide(weight, 1e39)
    play(studio)
    tick(studio)
    assert "no longer a finite number" in status(studio) and "style weight" in status(studio)
    assert not studio.playing
    np.testing.assert_array_equal(to_uint8(studio.transfer.image), before)
    slide(weight, 1.0)
    paint(studio, 1)
    assert studio.transfer.step_number == 3
    assert all(np.isfinite(values["total"]) for values in studio.losses)


def test_all_layers_off_is_explained_and_the_weights_before_stay_in_use(studio):
    paint(studio, 1)
    for weight in studio.layer_sliders.values():
        slide(weight, 0)
    assert "All style layer weights are 0" in status(studio)
    paint(studio, 1)
    assert studio.transfer.weights.style_layers == (0, 0, 0, 0, 1)
    for weight in studio.layer_sliders.values():
        click(weight.reset)
    paint(studio, 1)
    assert studio.transfer.weights.style_layers == (1,) * 5


def test_a_picture_that_becomes_too_small_is_explained(studio):
    upload(studio.content, "ribbon.jpg", jpeg(40, 600))
    play(studio)
    tick(studio)
    assert "Ribbon is 600 x 40 px; with a size of 64 px it would become 64 x 4 px" in status(studio)
    assert "choose a size of 473 px or more" in status(studio)
    assert not studio.playing
    press(studio.content, "cat")
    paint(studio, 1)
    assert studio.transfer.step_number == 1


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (weights.WeightsError("The weights cannot be fetched."), "The weights cannot be fetched."),
        (MemoryError(), "not enough memory"),
    ],
)
def test_what_goes_wrong_at_the_start_is_explained(studio, monkeypatch, error, message):
    def fail(*_, **__):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(module, "StyleTransfer", fail)
        play(studio)
        tick(studio)
        assert message in status(studio) and not studio.playing
    paint(studio, 1)
    assert studio.transfer.step_number == 1


def test_a_mistake_in_the_program_is_said_and_not_hidden(studio, monkeypatch):
    paint(studio, 1)
    with monkeypatch.context() as patch:
        patch.setattr(studio.transfer, "step", lambda: 1 / 0)
        play(studio)
        with pytest.raises(ZeroDivisionError):
            tick(studio)
        assert "ZeroDivisionError" in status(studio) and not studio.playing
    paint(studio, 1)
    assert studio.transfer.step_number == 2


# --- The loss plot ---


def drawing(plot):
    return ElementTree.fromstring(plot[: plot.index("</svg>") + 6])


def points(plot):
    """The points of the four lines, by their order: total, content, style, total variation."""
    return [
        [tuple(map(float, point.split(","))) for point in line.get("points").split()]
        for line in drawing(plot).iter("polyline")
    ]


def test_the_loss_plot_is_logarithmic_and_has_a_point_for_each_step():
    losses = [{"total": 10.0**-k, "content": 0.0, "style": 3 * 10.0**-k, "total variation": 1e-3} for k in range(4)]
    total, content, style, variation = points(plot_html(losses, [(64, 4), (128, 6)], []))
    heights = [y for _, y in total]
    np.testing.assert_allclose(np.diff(heights), np.diff(heights)[0], atol=0.2)
    assert heights[0] < heights[-1]  # SVG's y points down
    np.testing.assert_allclose(np.diff([x for x, _ in total]), total[1][0] - total[0][0], atol=0.2)
    assert content == []  # log of 0
    assert len({y for _, y in variation}) == 1
    assert all(s < t for (_, s), (_, t) in zip(style, total, strict=True))


def test_the_loss_plot_marks_where_a_slider_was_moved(studio):
    play(studio)
    tick(studio, 2)
    slide(studio.weight_sliders["content"], 1)
    tick(studio, 2)
    pause(studio)
    marks = [mark for mark in drawing(studio.plot.value).iter("g") if mark.get("class") == "studio-mark"]
    assert [mark.find("title").text for mark in marks] == ["step 3: content weight 1"]
    x = float(re.match(r"M([\d.]+)", mark_line(marks[0]))[1])
    assert x == points(studio.plot.value)[0][2][0]
    assert all(name in studio.plot.value for name in ("total", "content", "style", "total variation"))


def mark_line(mark):
    return mark.find("path").get("d")


@pytest.mark.parametrize("losses", [[], [{"total": 0.0, "content": 0.0, "style": 0.0, "total variation": 0.0}]])
def test_the_loss_plot_without_anything_to_draw(losses):
    assert [line for line in points(plot_html(losses, [(64, 1)], [])) if line] == []


# --- Where it is shown ---


def bundle_of(studio, monkeypatch):
    shown = []
    monkeypatch.setattr(module, "display", lambda data, metadata, raw: shown.append(data))
    studio._ipython_display_()
    return shown[0]


def test_where_no_widget_can_be_shown_a_picture_appears(studio, monkeypatch, tmp_path):
    (tmp_path / "studio.jpg").write_bytes(jpeg())
    monkeypatch.setattr(module, "STATIC_PICTURE", tmp_path / "studio.jpg")
    data = bundle_of(studio, monkeypatch)
    assert data["text/plain"] == "Studio()"
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == studio.model_id
    output = nbformat.v4.new_output("display_data", data=data)
    cell = nbformat.v4.new_code_cell("Studio()", outputs=[output])
    page, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    assert f"data:image/jpeg;base64,{base64.b64encode(jpeg()).decode()[:100]}" in page.replace("\n", "")


def test_without_the_picture_the_widget_is_shown_alone(studio, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "STATIC_PICTURE", tmp_path / "none.jpg")
    assert sorted(bundle_of(studio, monkeypatch)) == ["application/vnd.jupyter.widget-view+json", "text/plain"]


def test_the_committed_picture_is_small():
    assert module.STATIC_PICTURE.stat().st_size < 150_000
    assert Image.open(module.STATIC_PICTURE).width >= 800


def test_every_control_has_a_label(studio):
    def walk(widget):
        yield widget
        for child in getattr(widget, "children", ()):
            yield from walk(child)

    controls = [w for w in walk(studio) if hasattr(w, "disabled") and not isinstance(w, widgets.Play)]
    assert len(controls) > 40
    assert [w for w in controls if not (w.description or w.tooltip)] == []


def test_resizing_a_frame_to_its_own_size_changes_nothing():
    image = np.random.default_rng(0).integers(0, 256, (40, 50, 3)).astype(np.uint8)
    np.testing.assert_array_equal(to_uint8(resize_image(image, 40, 50)), image)
