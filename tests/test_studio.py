"""The studio in one process: everything that the browser can ask for, asked as it asks. ipywidgets 7.7.1 and 8."""

import base64
import io
import re
import shutil
import threading
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from ipywidgets.widgets.widget import CallbackDispatcher
from PIL import Image

from helpers import images, saving, weights
from helpers.further import fast
from helpers.images import CONTENT_IMAGES, STYLES_IMAGES, keep_colors, load_image, resize_image, to_uint8
from helpers.lesson import image_bytes
from helpers.recipe import Painting, Recipe
from helpers.studio import Studio, Upload
from helpers.studio import studio as module
from helpers.studio.controls import WeightSlider
from helpers.studio.run import KEPT_IMAGES, KEPT_LATER, Run
from helpers.transfer import StyleTransfer, Weights

pytestmark = [pytest.mark.slow, pytest.mark.colab]  # they paint

BOLD = Weights(content=0.01, style=5.0, style_layers=(1.0,) * 5)


@pytest.fixture(autouse=True)
def failing_callbacks_fail(monkeypatch):
    """ipywidgets only logs what a callback raises. Here it is raised."""

    def call(self, *args, **kwargs):
        for callback in self.callbacks:
            callback(*args, **kwargs)

    monkeypatch.setattr(CallbackDispatcher, "__call__", call)


@pytest.fixture
def output(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "OUTPUT_IMAGES", tmp_path / "output_images")
    return tmp_path / "output_images"


class Page:
    """A page with the studio on it: says and hears what easel.js does."""

    def __init__(self, studio, monkeypatch):
        self.studio, self.heard = studio, []
        monkeypatch.setattr(studio.easel, "send", lambda content, buffers=None: self.heard.append((content, buffers)))
        self.say("hello")

    def say(self, kind, *files, **message):
        self.studio.easel._handle_custom_msg({"kind": kind, **message}, [memoryview(file) for file in files])

    def last(self, kind):
        """The newest message of a kind and its files."""
        return next((content, files) for content, files in reversed(self.heard) if content["kind"] == kind)

    def press_play(self):
        self.studio.easel.set_state({"playing": not self.studio.easel.playing})

    def paint(self, steps):
        """Press Paint, and draw this many pictures; then press Pause, if it has not stopped by itself."""
        self.press_play()
        for _ in range(steps):
            self.say("step", after=self.last("picture")[0]["newest"])
        if self.studio.easel.playing:
            self.press_play()

    @property
    def status(self):
        return self.last("say")[0]["text"]

    @property
    def picture(self):
        """The picture that is shown, as an array."""
        _, [data] = self.last("picture")
        return pixels(data)


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(data))).astype(int)


def difference(shown, image):
    """Mean difference in gray levels from what a JPEG of the image shows."""
    return np.abs(shown - pixels(image_bytes(image))).mean()


@pytest.fixture
def studio(output):
    return Studio(size=64, steps=6)


@pytest.fixture
def page(studio, monkeypatch):
    return Page(studio, monkeypatch)


def engine(steps=6, **options):
    """The engine with what a studio chooses at first."""
    content, style = load_image(CONTENT_IMAGES / "cat.jpg"), load_image(STYLES_IMAGES / "great_wave.jpg")
    return StyleTransfer(content, style, size=64, steps=steps, **options)


def jpeg(height=40, width=60, color=(200, 30, 30)):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), color).save(buffer, "JPEG")
    return buffer.getvalue()


def noise_png(height=48, width=64):
    buffer = io.BytesIO()
    values = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(values).save(buffer, "PNG")
    return buffer.getvalue()


# --- Painting ---


def test_it_paints_what_the_engine_paints(studio, page):
    page.paint(6)
    expected = engine()
    losses = [iterate.total for iterate in expected]
    assert difference(page.picture, expected.image) == 0
    assert [row["total"] for row in studio.plot.losses] == losses
    message, _ = page.last("picture")
    assert message["step"] == message["newest"] == 6 and message["steps"] == 6
    assert message["weights"] == asdict(studio.weights)
    assert not studio.easel.playing and page.status.startswith("Done after ")
    [item] = page.last("runs")[0]["items"]  # what is finished is on the strip, too
    assert item["title"] == "Cat in the style of Great Wave, step 6"


def test_before_the_first_step_the_content_image_is_shown(page):
    message, _ = page.last("picture")
    assert message["step"] == 0 and message["kept"] == []
    assert difference(page.picture, load_image(CONTENT_IMAGES / "cat.jpg", 64)) < 3
    assert page.status == "Press Paint. The sliders work while it paints."


def test_a_moved_slider_is_used_by_the_next_step_and_compiles_nothing(studio, page):
    page.paint(2)
    traces = studio.run.painting.transfer.objective.losses_and_gradient.experimental_get_tracing_count()
    page.press_play()
    studio.weight_sliders["style"].slider.set_state({"value": 20.0})
    assert page.status == "Step 3 will use it."
    page.say("step", after=2)
    assert page.last("picture")[0]["weights"]["style"] == 20.0
    assert studio.plot.marks == [(3, "style weight 20")]
    assert page.status == "Since step 3: style weight 20."
    assert studio.run.painting.transfer.objective.losses_and_gradient.experimental_get_tracing_count() == traces


def test_a_step_that_another_view_has_made_already_is_not_made_twice(page):
    page.press_play()
    page.say("step", after=0)
    page.say("step", after=0)  # the second view
    assert page.last("picture")[0]["newest"] == 1


def test_a_step_that_was_asked_for_before_pause_does_nothing(page):
    page.paint(1)
    page.say("step", after=1)
    assert page.last("picture")[0]["newest"] == 1


def test_after_the_end_paint_adds_steps_at_the_last_size(studio, page):
    page.paint(6)
    page.press_play()
    page.say("step", after=6)
    assert page.status == "6 more steps at 64 px."
    message, _ = page.last("picture")
    assert (message["newest"], message["steps"]) == (7, 12)
    assert [tuple(scale) for scale in studio.plot.plan] == [(64, 12)]
    for step in range(7, 12):
        page.say("step", after=step)
    assert page.last("picture")[0]["newest"] == 12 and not studio.easel.playing


def test_one_step_and_start_again(studio, page):
    page.say("one")
    assert page.last("picture")[0]["newest"] == 1 and page.status == "One step done."
    page.say("again")
    assert page.last("picture")[0]["kept"] == [] and studio.plot.losses == []
    assert len(page.last("runs")[0]["items"]) == 1  # nothing is lost


def test_a_reload_shows_what_is_true(studio, page, monkeypatch):
    page.paint(2)
    page.press_play()
    reloaded = Page(studio, monkeypatch)
    kinds = {content["kind"] for content, _ in reloaded.heard}
    assert {"pictures", "chosen", "runs", "picture", "say"} <= kinds
    message, _ = reloaded.last("picture")
    assert message["newest"] == 2 and message["newest_shown"] and studio.easel.playing
    reloaded.say("step", after=2)
    assert reloaded.last("picture")[0]["newest"] == 3


def test_it_starts_no_thread(page):
    before = set(threading.enumerate())
    page.paint(2)
    assert set(threading.enumerate()) == before


def test_two_studios_do_not_disturb_each_other(page, output, monkeypatch):
    other = Page(Studio(size=64, steps=6), monkeypatch)
    page.paint(2)
    other.studio.weight_sliders["style"].value = 10.0
    other.paint(3)
    page.paint(1)
    assert page.last("picture")[0]["newest"] == 3 == other.last("picture")[0]["newest"]
    assert page.last("picture")[0]["weights"]["style"] == 1.0


def test_what_the_browser_says_has_an_answer_and_the_other_way_round(page):
    """The two sides are written in two languages: each kind of message is known to both."""
    folder = Path(module.__file__).parent
    files = ("easel.js", "brush.js", "camera.js", "studio.py")
    easel, brush, camera, python = ((folder / name).read_text(encoding="utf-8") for name in files)
    script = easel + brush + camera
    sent = set(re.findall(r'\bsend\("(\w+)"', script)) | {"upload"}
    answers = set(re.findall(r'^            "(\w+)": self\.\w+,$', python, re.MULTILINE))
    assert sent == answers
    told = set(re.findall(r'\.tell\(\s*"(\w+)"', python))
    heard = script[script.index("const heard = {") : script.rindex("const arrived = ")]
    assert told == set(re.findall(r"^    (?:async )?(\w+)[(:]", heard, re.MULTILINE))


def test_paint_is_answered_with_the_newest_picture_so_that_the_browser_asks(studio, page):
    page.paint(2)
    page.say("look", step=1)
    before = len(page.heard)
    page.press_play()
    [(message, _)] = [item for item in page.heard[before:] if item[0]["kind"] == "picture"]
    assert message["newest_shown"] and message["step"] == 2


def test_an_interrupt_of_the_kernel_pauses(studio, page, monkeypatch):
    page.paint(1)

    def interrupted(weights):
        raise KeyboardInterrupt

    monkeypatch.setattr(studio.run.painting, "step", interrupted)
    page.press_play()
    page.say("step", after=1)
    assert page.status == "Stopped. Press Paint to go on." and not studio.easel.playing
    monkeypatch.undo()


# --- The weights and choices beside the easel ---


def test_a_weight_has_a_slider_and_a_number_that_follow_each_other():
    weight = WeightSlider("style", "", 1.0, -2, 2)
    weight.slider.set_state({"value": 4.677})
    assert weight.value == weight.number.value == 4.7
    weight.slider.set_state({"value": 10**0.65})  # where a browser puts the slider for 4.7
    assert weight.value == 4.7
    weight.number.set_state({"value": 0.35})
    assert weight.value == 0.35 and weight.slider.value == pytest.approx(0.35, rel=0.02)
    weight.number.set_state({"value": 5000.0})  # beyond the slider
    assert weight.value == 5000 and weight.slider.value == 100
    weight.number.set_state({"value": 0.0})
    assert weight.value == 0 and weight.slider.value == 0.01
    weight.reset._handle_custom_msg({"event": "click"}, [])
    assert weight.value == weight.slider.value == 1.0


def test_each_slider_starts_at_the_engines_default(studio):
    assert studio.weights == Weights(style_layers=(1.0,) * 5)
    assert all(weight.slider.continuous_update for weight in studio.weight_sliders.values())


def test_sliders_of_the_style_layers_reach_the_engine(studio, page):
    studio.layer_sliders["block5_conv1"].value = 0.0
    page.paint(1)
    assert page.last("picture")[0]["weights"]["style_layers"] == (1.0, 1.0, 1.0, 1.0, 0.0)


def test_all_weights_off_is_explained_and_those_before_stay_in_use(studio, page):
    page.paint(1)
    for slider in studio.layer_sliders.values():
        slider.value = 0.0
    assert page.status.startswith("All style layer weights are 0") and page.last("say")[0]["error"]
    page.paint(1)
    assert page.last("picture")[0]["weights"]["style_layers"] == (0.0, 0.0, 0.0, 0.0, 1.0)


@pytest.mark.parametrize("name", module.PRESETS)
def test_presets_set_the_weights_and_the_start(studio, page, name):
    studio.preset.set_state({"index": list(module.PRESETS).index(name) + 1})
    expected, start = module.PRESETS[name]
    assert studio.weights == expected and studio.init.value == start
    page.paint(1)
    assert studio.run.recipe.init == start


def test_choices_hold_for_the_next_run(studio, page):
    page.paint(1)
    for control, value in (
        (studio.size, 128),
        (studio.steps, 24),
        (studio.optimizer, "adam"),
        (studio.style_size, 0.7),
        (studio.style_loss, "moments"),
        (studio.init, "noise"),
    ):
        control.value = value
    assert page.last("picture")[0]["kept"] == []
    page.paint(1)
    recipe = studio.run.recipe
    assert (recipe.size, recipe.steps, recipe.optimizer, recipe.style_size) == (128, 24, "adam", 0.7)
    assert (recipe.style_loss, recipe.init) == ("moments", "noise")


def test_with_the_photographs_colors_they_are_shown_and_saved(studio, page, output):
    studio.colors.value = "photo"
    page.paint(2)
    expected = engine()
    expected.step()
    expected.step()
    image = keep_colors(to_uint8(expected.image), expected.content)
    assert difference(page.picture, image) < 0.5
    page.say("save", ending=".png")
    [path] = output.iterdir()
    saved = np.asarray(Image.open(path)).astype(int)
    assert np.abs(saved - resize_image(to_uint8(image), *expected.content.shape[:2])).max() <= 1


def test_every_control_has_a_label(studio):
    controls = [*studio.plan_controls.values(), studio.preset]
    controls += [weight.slider for weight in (*studio.weight_sliders.values(), *studio.layer_sliders.values())]
    assert all(control.description for control in controls)


# --- The pictures to choose from ---


def test_the_thumbnails_are_the_pictures_of_the_two_folders(page):
    message, files = page.last("pictures")
    names = {(item["group"], item["name"]) for item in message["items"]}
    expected = {("content", path.stem) for path in CONTENT_IMAGES.glob("*.jpg")}
    assert names == expected | {("style", path.stem) for path in STYLES_IMAGES.glob("*.jpg")}
    assert all(pixels(file).shape == (112, 168, 3) for file in files)


def test_choosing_another_picture_starts_again_with_it(studio, page):
    page.paint(1)
    page.say("choose", content="temple", styles=["poppies"], shares=[])
    assert page.last("picture")[0]["kept"] == []
    assert page.last("chosen")[0]["content"] == "temple"
    page.paint(1)
    assert (studio.run.recipe.content, studio.run.recipe.styles) == ("temple", ("poppies",))


def test_choosing_the_chosen_picture_again_does_nothing(page):
    page.paint(1)
    page.say("choose", content="cat", styles=["great_wave"], shares=[])
    page.say("choose", content="nothing of this name", styles=[], shares=[])
    assert page.last("picture")[0]["kept"] == [0, 1]


def test_blended_styles_have_shares(studio, page):
    page.say("choose", content="cat", styles=["great_wave", "poppies"], shares=[0.2, 0.8])
    page.paint(2)
    both = [load_image(STYLES_IMAGES / f"{name}.jpg") for name in ("great_wave", "poppies")]
    expected = StyleTransfer(load_image(CONTENT_IMAGES / "cat.jpg"), both, style_shares=[0.2, 0.8], size=64, steps=6)
    expected.step()
    expected.step()
    assert difference(page.picture, expected.image) == 0
    page.say("choose", content="cat", styles=["poppies"], shares=[0.2])
    assert page.last("chosen")[0]["shares"] == []


@pytest.mark.parametrize("group", ["content", "style"])
def test_an_upload_is_chosen_and_painted(studio, page, group):
    page.say("upload", noise_png(), group=group, name="My Holiday.png")
    items = page.last("pictures")[0]["items"]
    assert {"group": group, "name": "My_Holiday", "title": "My_Holiday"} in items
    page.paint(1)
    recipe = studio.run.recipe
    assert (recipe.content if group == "content" else recipe.styles[0]) == "My_Holiday"
    page.say("upload", noise_png(), group=group, name="My Holiday.png")
    assert "My_Holiday_2" in [item["name"] for item in page.last("pictures")[0]["items"]]


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"not a picture", "'x.jpg' is not a picture"), (jpeg()[:300], "'x.jpg'"), (jpeg(4, 4000), "")],
    ids=["text", "cut off", "narrow"],
)
def test_an_upload_that_cannot_be_used_is_explained_and_the_studio_goes_on(page, data, message):
    page.say("upload", data, group="content", name="x.jpg")
    page.paint(1)
    said = " ".join(content["text"] for content, _ in page.heard if content["kind"] == "say" and content["error"])
    assert message in said and said
    page.say("choose", content="coffee", styles=["great_wave"], shares=[])
    page.paint(1)
    assert page.last("picture")[0]["newest"] == 1


def test_a_content_image_that_shows_nothing_is_said_before_painting(page):
    page.say("upload", jpeg(), group="content", name="red.jpg")
    assert page.status == "The content image is all of one color: the picture will show the style alone."


def test_a_broken_file_among_the_pictures_is_left_out_and_named(monkeypatch, tmp_path):
    folder = tmp_path / "content_images"
    shutil.copytree(CONTENT_IMAGES, folder)
    (folder / "broken.jpg").write_bytes(b"no picture")
    monkeypatch.setattr(module, "CONTENT_IMAGES", folder)
    page = Page(Studio(size=64, steps=6), monkeypatch)
    assert page.status.startswith("Left out, because it cannot be read: content_images/broken.jpg.")


def test_a_folder_without_a_picture_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "STYLES_IMAGES", tmp_path)
    with pytest.raises(images.ImageError, match="There is no picture in"):
        Studio()


# --- The history ---


@pytest.mark.parametrize("steps", [5, KEPT_IMAGES, 3 * KEPT_IMAGES])
def test_the_history_is_bounded_and_evenly_spread_and_has_the_start_and_the_newest(monkeypatch, steps):
    run = Run(Recipe("cat", ("great_wave",), size=64, steps=steps), *pair())
    iterate = run.painting.transfer.step()
    monkeypatch.setattr(run, "painting", FakePainting(run.recipe, iterate))
    for _ in range(steps):
        run.step(Weights())
    kept = [frame.step for frame in run.frames]
    assert kept[0] == 0 and kept[-1] == steps and len(kept) <= KEPT_IMAGES + 1
    gaps = np.diff(kept)
    assert len(set(gaps[:-1])) <= 1 and gaps[-1] <= gaps[0]
    run.put_away()
    kept = [frame.step for frame in run.frames]
    assert kept[0] == 0 and kept[-1] == steps and len(kept) <= KEPT_LATER


class FakePainting:
    """Paints nothing, fast."""

    def __init__(self, recipe, iterate):
        self.recipe, self.iterate, self.count = recipe, iterate, 0

    def step(self, weights):
        self.count += 1
        self.recipe = replace(self.recipe, step=self.count)
        return replace(self.iterate, step=self.count)


def pair():
    return load_image(CONTENT_IMAGES / "cat.jpg", 64), [load_image(STYLES_IMAGES / "great_wave.jpg", 64)]


def test_looking_back_shows_the_earlier_picture_and_pauses(studio, page):
    page.paint(3)
    pictures = [frame.image for frame in studio.run.frames]
    page.press_play()
    page.say("look", step=1)
    message, _ = page.last("picture")
    assert not studio.easel.playing and page.status.startswith("Paused, to look back.")
    assert message["step"] == 1 and message["newest"] == 3 and not message["newest_shown"]
    assert message["caption"] == "Looking back: step 1, 64 px"
    assert difference(page.picture, pictures[1]) == 0
    page.paint(1)
    assert page.last("picture")[0]["step"] == 4
    page.say("resume", step=99)  # of a view that is not up to date
    assert page.last("picture")[0]["step"] == 4


def test_comparing_sends_what_is_left_of_the_divider(studio, page):
    page.paint(3)
    page.say("compare", name="content")
    message, [data] = page.last("before")
    assert message["name"] == "content"
    assert difference(pixels(data), load_image(CONTENT_IMAGES / "cat.jpg", 64)) < 3
    page.say("look", step=1)
    page.say("compare", name="look")
    _, [data] = page.last("before")
    assert difference(pixels(data), studio.run.frames[1].image) == 0
    assert page.last("picture")[0]["step"] == 3  # the newest is at the right
    page.say("compare", name="")
    assert page.last("before") == ({"kind": "before", "name": ""}, [])


def test_resuming_goes_on_from_the_picture_and_loses_nothing(studio, page):
    page.paint(4)
    newest = studio.run.picture()
    page.say("resume", step=2)
    assert page.status == "Back at step 2. Press Paint to go on from here."
    assert page.last("picture")[0]["newest"] == 2 and len(studio.plot.losses) == 2
    [item] = page.last("runs")[0]["items"]
    assert item["title"] == "Cat in the style of Great Wave, step 4"
    studio._set_weights(BOLD)
    page.paint(2)
    assert difference(page.picture, newest) > 0.5
    page.say("bring", id=item["id"])
    assert difference(page.picture, newest) == 0
    assert studio.weights == Weights(style_layers=(1.0,) * 5)
    assert len(page.last("runs")[0]["items"]) == 2  # the one that was left is there, too


def test_an_earlier_painting_comes_back_whole_and_goes_on(studio, page):
    studio._set_weights(BOLD)
    page.paint(3)
    before = page.picture
    page.say("choose", content="temple", styles=["poppies"], shares=[])
    studio.size.value = 128
    page.paint(1)
    [item] = page.last("runs")[0]["items"]
    assert studio.earlier[0].painting is None  # it takes no memory
    page.say("bring", id=item["id"])
    np.testing.assert_array_equal(page.picture, before)
    assert page.last("chosen")[0]["content"] == "cat" and studio.size.value == 64
    assert studio.weights == BOLD
    page.paint(1)
    assert page.last("picture")[0]["newest"] == 4
    page.say("bring", id=12345)  # of a view that is not up to date
    assert page.last("picture")[0]["newest"] == 4


# --- Files ---


def test_saving_never_writes_over_a_file_and_offers_the_same_bytes(page, output):
    page.paint(2)
    page.say("save", ending=".png")
    page.say("save", ending=".png")
    names = ["cat_great_wave.png", "cat_great_wave-2.png"]
    assert sorted(path.name for path in output.iterdir()) == sorted(names)
    message, [data] = page.last("file")
    assert message["name"] == names[1] and data == (output / names[1]).read_bytes()
    assert page.status == f"Saved step 2 as output_images/{names[1]}."


@pytest.mark.parametrize("ending", [".png", ".jpg"])
def test_a_saved_picture_can_be_painted_again(studio, page, output, ending):
    page.paint(2)
    studio._set_weights(BOLD)
    page.paint(2)
    page.say("look", step=3)  # what is shown is saved
    page.say("save", ending=ending)
    [path] = output.iterdir()
    recipe = Recipe.of_file(path)
    assert recipe.step == 3 and recipe.weights == ((1, Weights(style_layers=(1.0,) * 5)), (3, BOLD))
    painting = Painting(recipe)
    for _ in painting.follow(recipe):
        pass
    saved = np.asarray(Image.open(path)).astype(int)
    assert np.abs(saved - to_uint8(painting.transfer.result)).mean() < (0.5 if ending == ".png" else 3)


def followed(recipe):
    """The picture that a recipe paints."""
    painting = Painting(recipe)
    for _ in painting.follow(recipe):
        pass
    return to_uint8(painting.transfer.result)


def test_the_recipe_holds_after_a_return_to_the_start(studio, page):
    page.paint(3)
    page.say("resume", step=0)
    studio._set_weights(BOLD)
    page.paint(2)
    recipe = studio.run.recipe_of()
    assert recipe.weights == ((1, BOLD),)
    np.testing.assert_array_equal(studio.run.picture(), followed(Recipe.from_json(recipe.to_json())))


def test_the_recipe_holds_after_a_step_that_failed(studio, page):
    page.paint(2)
    good, studio.weights = studio.weights, Weights(style=1e39)
    page.paint(1)
    assert page.last("say")[0]["error"]
    studio.weights = good
    page.paint(3)
    recipe = studio.run.recipe_of()
    assert recipe.step == 5 and recipe.restarts == (2,)
    np.testing.assert_array_equal(studio.run.picture(), followed(recipe))


def test_the_code_of_an_upload_says_where_to_put_it(page):
    page.say("upload", noise_png(), group="content", name="My Holiday.png")
    page.paint(1)
    page.say("code")
    assert page.last("code")[0]["text"].startswith("# First put your picture into content_images/ as My_Holiday.jpg.")


def test_the_code_that_is_shown_paints_the_picture(studio, page):
    page.paint(2)
    studio._set_weights(BOLD)
    page.paint(2)
    page.say("code")
    names = {}
    exec(page.last("code")[0]["text"], names)
    assert difference(page.picture, names["picture"]) == 0


def test_the_animation_holds_every_image_of_the_history(studio, page, output):
    page.paint(4)
    page.say("save", ending=".gif")
    [path] = output.iterdir()
    assert Image.open(path).n_frames == len(studio.run.frames) == 5


def test_before_the_first_step_there_is_nothing_to_save(page, output):
    for kind, message in (("save", {"ending": ".png"}), ("code", {}), ("resume", {"step": 0}), ("look", {"step": 0})):
        page.say(kind, **message)
    assert not output.exists()


def test_a_picture_is_kept_in_another_place_if_the_folder_takes_no_files(page, output, monkeypatch, tmp_path):
    page.paint(1)
    output.write_text("no folder")
    monkeypatch.chdir(tmp_path)
    page.say("save", ending=".png")
    assert page.status == f"output_images takes no files, so step 1 is saved as {tmp_path / 'cat_great_wave.png'}."


# --- What goes wrong ---


def test_weights_that_blow_up_are_explained_and_painting_goes_on_afterwards(studio, page):
    page.paint(1)
    studio.weights = Weights(style=1e39)
    page.paint(1)
    assert "most likely because of the style weight" in page.status and not studio.easel.playing
    studio.weights = Weights()
    page.paint(1)
    assert page.last("picture")[0]["newest"] == 2


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (weights.WeightsError("The weights are not here."), "The weights are not here."),
        (MemoryError("Too large."), "Too large."),
        (MemoryError(), "choose a smaller size under More"),
    ],
)
def test_what_goes_wrong_at_the_start_is_explained(page, monkeypatch, error, message):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(module, "Run", fail)
    page.paint(1)
    assert message in page.status and page.last("say")[0]["error"]


def test_a_mistake_in_the_program_is_said_and_not_hidden(page, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(module, "Run", fail)
    with pytest.raises(ZeroDivisionError):
        page.paint(1)
    assert page.status == "Something unexpected went wrong: ZeroDivisionError: division by zero"


def test_a_stroke_size_that_cannot_work_is_explained(studio, page):
    studio.style_size.value = 0.35
    page.paint(1)
    assert page.last("say")[0]["error"] and "strokes 0.35 times as large" in page.status


# --- The upload button alone ---


def test_the_upload_button_alone(monkeypatch):
    temple = load_image(CONTENT_IMAGES / "temple.jpg", 64)
    upload, heard = Upload(temple), []
    monkeypatch.setattr(upload, "send", lambda content, buffers=None: heard.append((content, buffers)))
    upload._handle_custom_msg({"kind": "hello"}, [])
    assert heard[-1][0]["text"] == "This picture is used until you choose another one."
    assert difference(pixels(heard[-1][1][0]), temple) == 0
    upload._handle_custom_msg({"kind": "upload", "name": "notes.jpg"}, [memoryview(b"no picture")])
    assert heard[-1][0]["error"] and heard[-1][0]["text"].startswith("'notes.jpg' is not a picture")
    np.testing.assert_array_equal(upload.image, temple)
    upload._handle_custom_msg({"kind": "upload", "name": "noise.png"}, [memoryview(noise_png())])
    np.testing.assert_array_equal(upload.image, load_image(noise_png()))
    assert heard[-1][0] == {"text": "Thank you. Now run the painting cell below.", "error": False}


# --- Where no widget can be shown ---


def test_where_no_widget_can_be_shown_a_picture_appears(studio, monkeypatch, tmp_path):
    picture = tmp_path / "studio.jpg"
    picture.write_bytes(jpeg(400, 600))
    monkeypatch.setattr(module, "STATIC_PICTURE", picture)
    shown_bundles = []
    monkeypatch.setattr(module, "display", lambda bundle, **options: shown_bundles.append((bundle, options)))
    studio._ipython_display_()
    [(bundle, options)] = shown_bundles
    shown = pixels(base64.b64decode(bundle["image/jpeg"]))
    assert np.abs(shown[:160] - pixels(jpeg(400, 600))[:160]).max() < 20
    band = shown[175:225]  # words across the middle
    assert (band < 80).mean() > 0.7
    assert (band > 200).mean() > 0.02
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == studio._model_id
    assert len(options["metadata"]["image/jpeg"]["alt"]) > 30


def test_the_committed_picture_is_small():
    assert module.STATIC_PICTURE.stat().st_size < 200_000


# --- Masks ---


def left_half(height=40, width=60):
    """A gray picture as the brush sends it."""
    mask = np.zeros((height, width), np.uint8)
    mask[:, : width // 2] = 255
    buffer = io.BytesIO()
    Image.fromarray(mask).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_mask_that_was_painted_is_painted_through(studio, page):
    page.say("mask", left_half(), style="great_wave", by="a view")
    assert page.status == "Great Wave goes where the veil is. Press Paint."
    assert page.last("masks")[0]["by"] == "a view"
    page.paint(6)
    mask = np.asarray(Image.open(io.BytesIO(left_half())))
    expected = engine(masks=mask)
    for _ in expected:
        pass
    assert difference(page.picture, expected.image) == 0
    middle = page.picture.shape[1] // 2
    content = pixels(image_bytes(expected.content))
    assert (
        np.abs(page.picture - content)[:, middle + 8 :].mean() < 1 < np.abs(page.picture - content)[:, :middle].mean()
    )


def test_another_view_gets_the_masks_and_no_mask_takes_one_away(studio, page):
    page.say("mask", left_half(), style="great_wave", by="")
    page.say("hello")
    message, [data] = page.last("masks")
    assert message["styles"] == ["great_wave"]
    np.testing.assert_array_equal(pixels(data)[..., 0], pixels(left_half()))
    page.say("mask", style="great_wave", by="")
    assert page.status == "Great Wave goes everywhere. Press Paint."
    assert page.last("masks")[0]["styles"] == []
    page.paint(1)
    assert studio.run.recipe.masks == ()


def test_each_style_has_its_own_mask(studio, page):
    page.say("choose", content="cat", styles=["great_wave", "poppies"], shares=[])
    page.say("mask", left_half(), style="poppies", by="")
    page.paint(1)
    assert [bool(mask) for mask in studio.run.recipe.masks] == [False, True]


def test_a_mask_stays_with_its_photograph_and_goes_with_a_single_style(studio, page):
    page.say("mask", left_half(), style="great_wave", by="")
    page.say("choose", content="cat", styles=["poppies"], shares=[])
    assert page.last("masks")[0]["styles"] == ["poppies"]
    page.say("choose", content="temple", styles=["poppies"], shares=[])
    assert page.last("masks")[0]["styles"] == []
    page.say("mask", left_half(), style="poppies", by="")
    page.say("upload", jpeg(), group="content", name="mine.jpg")
    assert page.last("masks")[0]["styles"] == []


@pytest.mark.parametrize(
    ("mask", "sentence"),
    [
        (np.zeros((40, 60), np.uint8), "The mask of Great Wave is black everywhere"),
        (np.pad(np.full((2, 2), 255, np.uint8), 60), "The mask of Great Wave is white on no more than"),
    ],
)
def test_a_mask_with_which_nothing_can_be_painted(studio, page, mask, sentence):
    buffer = io.BytesIO()
    Image.fromarray(mask).save(buffer, "PNG")
    page.say("mask", buffer.getvalue(), style="great_wave", by="")
    page.paint(1)
    assert page.status.startswith(sentence)
    assert not studio.easel.playing and studio.run is None


def test_an_earlier_painting_comes_back_with_its_mask(studio, page):
    page.say("mask", left_half(), style="great_wave", by="")
    page.paint(2)
    before = page.picture
    page.say("mask", style="great_wave", by="")
    page.paint(1)
    page.say("bring", id=page.last("runs")[0]["items"][-1]["id"])
    message, [data] = page.last("masks")
    assert message["styles"] == ["great_wave"] and np.array_equal(page.picture, before)
    assert pixels(data)[20, :20].min() == 255 and pixels(data)[20, -20:].max() == 0
    page.say("code")
    text = page.last("code")[0]["text"]
    assert "# First save the mask of Great Wave (Save mask) as mask_1.png, here." in text
    assert "masks=[load_image('mask_1.png')]" in text


def test_a_recipe_that_a_jpeg_cannot_hold_is_said(studio, page, monkeypatch):
    page.paint(1)
    monkeypatch.setattr(saving, "LONGEST_COMMENT", 100)
    page.say("save", ending=".jpg")
    assert page.status.endswith(
        "cat_great_wave.jpg. The recipe with its masks is too long for a JPEG; save a PNG to keep it."
    )
    page.say("save", ending=".png")
    assert page.status == "Saved step 1 as output_images/cat_great_wave.png."


def test_a_mask_is_saved_for_the_command_line(studio, page, output):
    page.say("save_mask", style="great_wave")
    assert page.status == "Great Wave has no mask yet: paint one, or choose a ready one."
    page.say("mask", left_half(), style="great_wave", by="")
    page.say("save_mask", style="great_wave")
    assert page.status == "Saved the mask as output_images/cat_great_wave_mask.png."
    saved = (output / "cat_great_wave_mask.png").read_bytes()
    np.testing.assert_array_equal(pixels(saved)[..., 0], pixels(left_half()))
    assert page.last("file")[1] == [saved]


def test_what_the_camera_sees_is_painted_by_the_network_and_not_kept(studio, page, output):
    photograph = load_image(CONTENT_IMAGES / "cat.jpg", 96)
    page.say("live", image_bytes(photograph), turn="a view's first")
    message, [data] = page.last("live")
    assert message == {"kind": "live", "turn": "a view's first"}
    network = fast.load(fast.NETWORKS / "great_wave.npz")
    expected = fast.paint(network, pixels(image_bytes(photograph)).astype(np.float32))
    assert difference(pixels(data), expected) < 0.5
    assert studio.run is None and not studio.earlier and not output.exists()


def test_the_camera_goes_off_when_its_picture_cannot_be_painted(page):
    for turn in ("first", "second"):  # said each time
        before = len(page.heard)
        page.say("live", b"no picture", turn=turn)
        kinds = [(message["kind"], message.get("turn")) for message, _ in page.heard[before:]]
        assert ("live", turn) in kinds and ("say", None) in kinds
        assert page.last("live")[1] == [] and page.last("say")[0]["error"]
