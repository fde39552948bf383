"""The studio: a widget that paints a picture while its sliders are moved. `Studio()` at the end of a cell shows it.

The clock is in the browser: while its Play button is on, `widgets.Play` sends ticks, and each tick's callback makes one
step of the engine. There is no thread and no task: with the page or the kernel gone, nothing is left running.
The callbacks of sliders only store the weights, which the next step uses.
"""

import base64
import contextlib
import hashlib
import html
import math
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import ipywidgets as widgets
import numpy as np
from IPython.display import display
from PIL import Image, ImageOps

from . import quiet_tensorflow
from .images import (
    CONTENT_IMAGES,
    OUTPUT_IMAGES,
    ROOT,
    STYLES_IMAGES,
    ImageError,
    fit_image,
    free_path,
    list_images,
    load_image,
    resize_image,
    save_animation,
    save_image,
    to_uint8,
)
from .plots import COLORS

with quiet_tensorflow():
    import tensorflow as tf

    from .lesson import image_bytes
    from .transfer import OPTIMIZERS, STYLE_LAYERS, Iterate, NotFiniteError, StyleTransfer, Weights
    from .weights import WeightsError

TICK = 100  # ms between two ticks of the clock
REFRESH = 0.34  # s between two updates of the view, at least
KEPT_IMAGES = 48  # in the history, at most
LARGEST_UPLOAD = 1024  # px; a larger picture is reduced to this
LARGEST_LINK = 12_000_000  # bytes; a larger file gets no download link
STATIC_PICTURE = ROOT / "notebooks" / "figures" / "studio.jpg"
PLAYING = "playing" if hasattr(widgets.Play, "playing") else "_playing"  # ipywidgets 8, or 7

MEANINGS = {
    "content": "Keeps the content image's shapes.",
    "style": "Brings in strokes and colors.",
    "total variation": "Makes the picture smooth.",
}
LAYER_MEANINGS = ("Colors and grain.", "Fine strokes.", "Strokes.", "Patterns.", "Large shapes.")


# --- Parts of the studio ----------------------------------------------------------------------------------------------


class WeightSlider(widgets.VBox):
    """A slider over weights, evenly spaced in the logarithm, with "off" (0) at its left end and a button to reset it.

    Args:
        name: its label.
        meaning: one line beneath it.
        default: the value it starts with and is reset to; 1, 1.5, 2, 3, 5 or 7 times a power of ten.
        lowest, highest: the exponents of ten where it begins and ends.
    """

    def __init__(self, name: str, meaning: str, default: float, lowest: int, highest: int):
        values = [float(f"{n}e{k}") for k in range(lowest, highest) for n in (1, 1.5, 2, 3, 5, 7)] + [10.0**highest]
        self.slider = widgets.SelectionSlider(
            description=name,
            options=[("off", 0.0), *((f"{value:g}", value) for value in values)],
            value=default,
            continuous_update=False,
            style={"description_width": "104px"},
            layout={"flex": "1 1 auto", "width": "auto"},
        )
        self.reset = widgets.Button(icon="undo", tooltip=f"Reset {name} to {default:g}")
        self.reset.on_click(lambda _: setattr(self.slider, "value", default))
        self.reset.add_class("studio-reset")
        super().__init__([widgets.HBox([self.slider, self.reset]), text_view("meaning", html.escape(meaning))])
        self.add_class("studio-weight")
        self.add_class(f"studio-weight-{name.replace(' ', '-')}")

    @property
    def value(self) -> float:
        return self.slider.value


class Chooser(widgets.VBox):
    """Pictures to choose from, as buttons with thumbnails, and a button to upload another one.

    Args:
        title: above the thumbnails.
        folder: of the pictures.
        chosen: the name of the one that is chosen at first.
        several: whether several can be chosen.
        guard: a context manager around what a callback does; it reports what goes wrong.
        changed: is called after another choice.
    """

    def __init__(self, title: str, folder: Path, chosen: str, several: bool, guard: Callable, changed: Callable):
        self.guard, self.changed = guard, changed
        self.sources: dict[str, Path | np.ndarray] = {}
        self.buttons: dict[str, widgets.ToggleButton] = {}
        self.chosen = (chosen,)
        self.choosing = False
        self.css = widgets.HTML(layout={"display": "none"})
        self.thumbnails = widgets.Box()
        self.thumbnails.add_class("studio-thumbnails")
        self.blend = widgets.Checkbox(description="Blend several", indent=False)
        self.blend.layout = {"width": "auto", "display": "flex" if several else "none"}
        self.blend.observe(self._blend_switched, "value")
        self.blend.add_class("studio-blend")
        super().__init__(
            [group("row", text_view("title", title), self.blend, self._uploader()), self.css, self.thumbnails]
        )
        self.add_class("studio-chooser")
        with self.css.hold_sync(), self.thumbnails.hold_sync():
            for path in list_images(folder):
                self.add(path.stem, path)

    def images(self) -> list[np.ndarray]:
        """The chosen images, 0..255."""
        sources = [self.sources[name] for name in self.chosen]
        return [load_image(source) if isinstance(source, Path) else source for source in sources]

    def add(self, name: str, source: Path | np.ndarray) -> None:
        """One more picture to choose from: a file, or an image 0..255."""
        picture = thumbnail(load_image(source) if isinstance(source, Path) else source)
        # Named after its content, so that in all studios of a page the same name means the same picture.
        css_class = f"studio-thumbnail-{hashlib.sha256(picture).hexdigest()[:12]}"
        self.css.value += f"<style>.studio .{css_class} {{background-image: url({data_uri(picture, 'jpeg')})}}</style>"
        button = widgets.ToggleButton(name in self.chosen, description=title_of(name), tooltip=title_of(name))
        button.add_class("studio-thumbnail")
        button.add_class(css_class)
        button.observe(lambda _: self._toggled(name), "value")
        self.sources[name], self.buttons[name] = source, button
        self.thumbnails.children = tuple(self.buttons.values())

    def choose(self, names: Sequence[str]) -> None:
        """Choose these and no others."""
        self.choosing = True
        for name, button in self.buttons.items():
            button.value = name in names
        self.choosing = False
        if tuple(names) != self.chosen:
            self.chosen = tuple(names)
            self.changed()

    def _toggled(self, name: str) -> None:
        if self.choosing:
            return
        with self.guard():
            pressed = [other for other, button in self.buttons.items() if button.value]
            self.choose(pressed if self.blend.value and pressed else [name])  # one at least stays chosen

    def _blend_switched(self, _) -> None:
        with self.guard():
            if not self.blend.value:
                self.choose(self.chosen[:1])

    # Uploads

    def _uploader(self) -> widgets.Widget:
        """A button to upload a picture. On Colab its own form, as FileUpload loses files of 1 MB and more."""
        if "google.colab" in sys.modules:
            self.form = widgets.Output()
            self.upload = widgets.Button(description="Upload", icon="upload")
            self.upload.on_click(self._upload_on_colab)
            uploader = widgets.VBox([self.upload, self.form])
        else:
            uploader = self.upload = widgets.FileUpload(accept="image/*")
            self.upload.observe(self._uploaded, "value")
        self.upload.add_class("studio-upload")
        return uploader

    def _upload_on_colab(self, _) -> None:
        from google.colab import files

        with self.guard():
            with self.form:
                uploads = files.upload()
            self.form.clear_output()
            for filename, data in uploads.items():
                self._add_upload(filename, data)

    def _uploaded(self, change) -> None:
        if not change.new:
            return
        with self.guard():
            if isinstance(change.new, dict):  # ipywidgets 7
                uploads = {name: file["content"] for name, file in change.new.items()}
                self.upload.metadata, self.upload.data = [], []
                self.upload._counter = 0
            else:
                uploads = {file["name"]: file["content"] for file in change.new}
                self.upload.value = ()
            for filename, data in uploads.items():
                self._add_upload(filename, bytes(data))

    def _add_upload(self, filename: str, data: bytes) -> None:
        """Add an uploaded picture, and choose it."""
        try:
            image = load_image(data)
        except ImageError as error:
            raise ImageError(str(error).replace("The uploaded file", f"'{filename}'")) from None
        if max(image.shape[:2]) > LARGEST_UPLOAD:
            image = fit_image(image, LARGEST_UPLOAD)
        stem = re.sub(r"\W+", "_", Path(filename).stem).strip("_")[:40] or "upload"
        name, number = stem, 1
        while name in self.sources:
            number += 1
            name = f"{stem}_{number}"
        self.add(name, image)
        self.choose([*self.chosen, name] if self.blend.value else [name])


class History:
    """The images of one run, its start and its newest among them. When there are too many, every second one goes."""

    def __init__(self, start: Iterate):
        self.frames = [start]
        self.every = 1

    def add(self, iterate: Iterate) -> None:
        if self.frames[-1].step % self.every:
            self.frames.pop()  # was kept only for being the newest
        newest = replace(iterate, image=to_uint8(iterate.image))
        self.frames.append(newest)
        if len(self.frames) > KEPT_IMAGES:
            self.every *= 2
            self.frames = [frame for frame in self.frames if frame.step % self.every == 0 or frame is newest]


# --- The studio -------------------------------------------------------------------------------------------------------


class Studio(widgets.VBox):
    """Choose a content image and style images, press Paint, and move the sliders while the picture is painted.

    Args:
        size: longer side of the picture in pixels, at first.
        steps: number of steps, at first.
    """

    def __init__(self, size: int = 256, steps: int = 120):
        # Callbacks may run on another thread than cells do, and one may set off another.
        self.lock = threading.RLock()
        self.following = False
        self.refreshed = -math.inf
        self._make_controls(size, steps)
        super().__init__(self._arranged())
        self.add_class("studio")
        self._store_weights()
        self.restart()

    def __repr__(self) -> str:
        return "Studio()"

    def _ipython_display_(self, **_) -> None:
        """Show the studio; where no widget can be shown (GitHub, nbviewer), a picture of it appears instead."""
        view = {"version_major": 2, "version_minor": 0, "model_id": self._model_id}
        bundle = {"text/plain": repr(self), "application/vnd.jupyter.widget-view+json": view}
        if STATIC_PICTURE.is_file():
            bundle["image/jpeg"] = base64.b64encode(STATIC_PICTURE.read_bytes()).decode()
        display(bundle, raw=True)

    # Its parts

    def _make_controls(self, size: int, steps: int) -> None:
        self.content = Chooser("Content image", CONTENT_IMAGES, "cat", False, self.guard, self.restart)
        self.styles = Chooser("Style image", STYLES_IMAGES, "great_wave", True, self.guard, self.restart)
        self.content.add_class("studio-content")
        self.styles.add_class("studio-styles")

        default = Weights()
        self.weight_sliders = {
            "content": WeightSlider("content", MEANINGS["content"], default.content, -3, 1),
            "style": WeightSlider("style", MEANINGS["style"], default.style, -2, 2),
            "total variation": WeightSlider(
                "total variation", MEANINGS["total variation"], default.total_variation, -3, 1
            ),
        }
        self.layer_sliders = {
            name: WeightSlider(name, meaning, 1.0, -2, 1)
            for name, meaning in zip(STYLE_LAYERS, LAYER_MEANINGS, strict=True)
        }
        for weight in (*self.weight_sliders.values(), *self.layer_sliders.values()):
            weight.slider.observe(self._store_weights, "value")

        self.size = dropdown("Size", {f"{s} px": s for s in sorted({128, 192, 256, 384, 512, 768, size})}, size)
        self.steps = dropdown("Steps", {str(s): s for s in sorted({30, 60, 120, 240, 480, steps})}, steps)
        names = {"lbfgs": "L-BFGS", "adam": "Adam"}
        self.optimizer = dropdown("Optimizer", {names[name]: name for name in OPTIMIZERS}, OPTIMIZERS[0])
        for control in (self.size, self.steps, self.optimizer):
            control.observe(self._plan_changed, "value")

        self.play = widgets.Play(interval=TICK, max=10**9, show_repeat=False)
        self.play.observe(self._tick, "value")
        self.play.observe(self._play_switched, PLAYING)
        self.one_step = self._button("One step", "step-forward", self._make_one_step)
        self.again = self._button("Start again", "refresh", self.restart)

        self.past = widgets.IntSlider(description="History", max=0, readout=False)
        self.past.observe(self._look_back, "value")
        self.compare = widgets.ToggleButton(description="Before / after", icon="columns")
        self.compare.observe(self._compare_switched, "value")
        self.divide = widgets.IntSlider(50, description="Divide at")
        self.divide.observe(self._show_picture, "value")
        for slider in (self.past, self.divide):
            slider.style.description_width = "64px"
            slider.layout.width = "auto"
        self.divide.layout.display = "none"
        self.resume = self._button("Resume from here", "reply", self._resume)
        self.save = self._button("Save picture", "save", self._save)
        self.save_run = self._button("Save animation", "film", self._save_run)

        self.picture = widgets.Image(format="jpeg")
        for name in ("play", "one_step", "again", "past", "compare", "divide", "resume", "save", "save_run", "picture"):
            getattr(self, name).add_class(f"studio-{name.replace('_', '-')}")
        self.sources, self.caption, self.progress = text_view("sources"), text_view("caption"), text_view("progress")
        self.status, self.link, self.plot = text_view("status"), text_view("link"), text_view("plot")

    def _arranged(self) -> list[widgets.Widget]:
        buttons = group("row", self.play, self.one_step, self.again)
        left = group("left", self.picture, self.caption, self.progress, buttons, self.status)
        right = group("right", self.sources, *self.weight_sliders.values(), self.plot)
        back = group("back", self.past, self.divide)
        files = group("row", self.compare, self.resume, self.save, self.save_run, self.link)
        plan = (text_view("title", "A change of these starts again"), self.size, self.steps, self.optimizer)
        layers = (text_view("title", "Style layers: only their proportions matter"), *self.layer_sliders.values())
        more = widgets.Accordion([group("columns", group("plan", *plan), group("layers", *layers))])
        more.selected_index = None
        more.set_title(0, "More: size, steps, optimizer, style layers")
        more.add_class("studio-more")
        css = widgets.HTML(f"<style>{CSS}</style>", layout={"display": "none"})
        return [
            css,
            group("columns", self.content, self.styles),
            group("columns", left, right),
            group("row", back, files),
            more,
        ]

    def _button(self, text: str, icon: str, action: Callable[[], None]) -> widgets.Button:
        def clicked(_):
            with self.guard():
                action()

        button = widgets.Button(description=text, icon=icon)
        button.on_click(clicked)
        return button

    # Messages

    @contextlib.contextmanager
    def guard(self) -> Iterator[None]:
        """Around what a callback does: one at a time, and what goes wrong pauses and is said in the status."""
        with self.lock:
            try:
                yield
            except (ImageError, NotFiniteError, ValueError, WeightsError) as error:
                self._fail(str(error))
            except (MemoryError, tf.errors.ResourceExhaustedError):
                self._fail("There is not enough memory for this; choose a smaller size under More.")
            except Exception as error:  # a mistake in the program: said, but not hidden
                self._fail(f"Something unexpected went wrong: {type(error).__name__}: {error}")
                raise

    def _say(self, message: str, css_class: str = "") -> None:
        text = f'<div role="status" aria-live="polite" class="{css_class}">{html.escape(message)}</div>'
        self.status.value = text

    def _fail(self, message: str) -> None:
        self._pause()
        self._say(message, "studio-error")

    # Choices

    def _store_weights(self, _=None) -> None:
        """Store the weights. The step that is being made is not disturbed; the next one uses them."""
        values = [weight.value for weight in self.weight_sliders.values()]
        layers = tuple(weight.value for weight in self.layer_sliders.values())
        try:
            self.weights = Weights(*values, style_layers=layers)
        except ValueError as error:
            self._fail(f"{error} Until then the weights before stay in use.")

    def _plan_changed(self, _) -> None:
        with self.guard():
            self.restart()

    def restart(self) -> None:
        """Forget the run. The next step starts a new one, with what is chosen then."""
        self.transfer: StyleTransfer | None = None
        self.history: History | None = None
        self.losses: list[dict[str, float]] = []  # after each step: the total and its parts
        self.marks: list[tuple[int, str]] = []  # the first step that used a new weight, and which weight
        self.link.value = ""
        self.sources.value = sources_html(self.content, self.styles)
        self._say("Press Paint. The sliders work while it paints.")
        self._refresh()

    # Painting

    @property
    def playing(self) -> bool:
        return getattr(self.play, PLAYING)

    def _pause(self) -> None:
        setattr(self.play, PLAYING, False)

    def _play_switched(self, _) -> None:
        with self.guard():
            if self.playing:
                self._say("Painting. Move a slider: the next step uses it.")
            elif self.history:
                self._refresh()
                self._say("Paused. Press Paint to go on, or look back in the history.")

    def _tick(self, _) -> None:
        """One step. A tick during a step, or one that was on its way when the clock stopped, does nothing."""
        if not self.playing or not self.lock.acquire(blocking=False):
            return
        try:
            with self.guard():
                self._step()
                if time.monotonic() - self.refreshed >= REFRESH:
                    self._refresh()
        finally:
            self.lock.release()

    def _make_one_step(self) -> None:
        self._step()
        self._refresh()

    def _begin(self) -> None:
        """Start a run with what is chosen."""
        self._say("Preparing. The first step takes a few seconds longer.")
        self.transfer = StyleTransfer(
            self.content.images()[0],
            self.styles.images(),
            size=self.size.value,
            steps=self.steps.value,
            optimizer=self.optimizer.value,
            weights=self.weights,
        )
        self.used = self.weights
        start = to_uint8(self.transfer.image)
        self.history = History(Iterate(0, self.transfer.steps, 1, len(self.transfer.plan), start, 0.0, {}, 0.0, 0.0))

    def _step(self) -> None:
        """One step with the weights as they are at its beginning."""
        if not self.transfer:
            self._begin()
        if self.transfer.finished:
            self._pause()
            self._say("All steps are done. Start again, or go back in the history and resume from there.")
            return
        weights = self.transfer.weights = self.weights
        iterate = self.transfer.step()
        self.history.add(iterate)
        self.losses.append({"total": iterate.total, **iterate.losses})
        if weights != self.used:
            change = describe_change(self.used, weights)
            self.used = weights
            self.marks.append((iterate.step, change))
            self._say(f"Step {iterate.step} used {change}.")
        elif iterate.step == 1:
            self._say("Painting. Move a slider: the next step uses it." if self.playing else "One step done.")
        if self.transfer.finished:
            self._pause()
            self._say(f"Done after {iterate.seconds:.0f} s. Save the picture, or go back in the history.")

    # What is shown

    def _refresh(self) -> None:
        """Show the newest picture, and how far the run is."""
        self.refreshed = time.monotonic()
        frames = self.history.frames if self.history else []
        self.following = True
        # In the browser the End key goes to where the slider ended when it was first shown (noUiSlider), or to its end
        # if that is nearer. So without a history it ends where the longest one will.
        self.past.max = len(frames) - 1 if frames else KEPT_IMAGES - 1
        self.past.value = max(len(frames) - 1, 0)
        self.following = False
        for control in (self.past, self.compare, self.resume, self.save, self.save_run):
            control.disabled = not frames
        self._show_picture()
        self.progress.value = progress_html(frames[-1] if frames else None)
        plan = self.transfer.plan if self.transfer else [(self.size.value, self.steps.value)]
        self.plot.value = plot_html(self.losses, plan, self.marks)

    def _show_picture(self, _=None) -> None:
        """The picture that the history slider is at, or before and after, divided."""
        if not self.history:
            self.picture.value = preview(self.content.images()[0], 512)
            self.caption.value = "The content image: where the painting starts"
            return
        frames = self.history.frames
        now, frame = frames[-1], frames[self.past.value]
        if self.compare.value:
            before = frames[0] if frame is now else frame
            height, width = now.image.shape[:2]
            column = round(width * self.divide.value / 100)
            image = now.image.copy()
            image[:, :column] = to_uint8(resize_image(before.image, height, width))[:, :column]
            image[:, max(column - 1, 0) : column + 1] = 255
            self.caption.value = f"Left of the line: {name_of(before)} · right: step {now.step}"
        else:
            image = frame.image
            self.caption.value = f"{'Now' if frame is now else 'Looking back'}: {name_of(frame)}"
        self.picture.value = image_bytes(image)

    # The history

    def _look_back(self, _) -> None:
        if self.following:
            return
        with self.guard():
            wanted = self.past.value
            if self.playing and wanted < self.past.max:
                self._pause()  # which shows the newest picture
                self.following = True
                self.past.value = wanted
                self.following = False
                self.past.send_state("value")
            self._show_picture()

    def _compare_switched(self, _) -> None:
        with self.guard():
            self.divide.layout.display = "flex" if self.compare.value else "none"
            self._show_picture()

    def _resume(self) -> None:
        """Go back to the picture that is shown; what came after it is forgotten."""
        frames = self.history.frames[: self.past.value + 1]
        step = frames[-1].step
        self.transfer.resume_from(frames[-1])
        self.history.frames = frames
        self.losses = self.losses[:step]
        self.marks = [mark for mark in self.marks if mark[0] <= step]
        self._refresh()
        self._say(f"Back at {name_of(frames[-1])}. Press Paint to go on from here.")

    # Files

    def _save(self) -> None:
        """Save the picture that is shown, at the final size."""
        frame = self.history.frames[self.past.value]
        image = resize_image(frame.image, *self.transfer.content.shape[:2])
        self._saved(save_image(image, self._free_path(".png")))

    def _save_run(self) -> None:
        self._say("Saving the animation.")
        self._saved(save_animation([frame.image for frame in self.history.frames], self._free_path(".gif")))

    def _free_path(self, ending: str) -> Path:
        OUTPUT_IMAGES.mkdir(exist_ok=True)
        return free_path(OUTPUT_IMAGES / f"{'_'.join(self.content.chosen + self.styles.chosen)}{ending}")

    def _saved(self, path: Path) -> None:
        """Say where a file is, and offer it as a download."""
        self._say(f"Saved as {path.parent.name}/{path.name}.")
        data = path.read_bytes()
        address = data_uri(data, path.suffix[1:])
        link = f'<a download="{html.escape(path.name)}" href="{address}">Download {html.escape(path.name)}</a>'
        self.link.value = link if len(data) <= LARGEST_LINK else ""


# --- Small helpers ----------------------------------------------------------------------------------------------------


def group(name: str, *children: widgets.Widget) -> widgets.Box:
    """Widgets in a box of the class studio-name; the style sheet says how they are arranged."""
    box = widgets.HBox(children) if name in ("row", "columns") else widgets.VBox(children)
    box.add_class(f"studio-{name}")
    return box


def text_view(name: str, text: str = "") -> widgets.HTML:
    """A widget of the class studio-name that shows HTML."""
    view = widgets.HTML(text)
    view.add_class(f"studio-{name}")
    return view


def dropdown(name: str, options: dict, value) -> widgets.Dropdown:
    """A labeled choice of one of {text: value}."""
    made = widgets.Dropdown(description=name, options=list(options.items()), value=value)
    made.layout = {"width": "auto"}
    made.style.description_width = "104px"
    made.add_class(f"studio-{name.lower()}")
    return made


def title_of(name: str) -> str:
    """church_at_auvers as "Church at Auvers", composition_viii as "Composition VIII"."""
    small = {"a", "at", "by", "de", "in", "la", "of", "on", "the"}
    words = [word.upper() if re.fullmatch("[ivx]+", word) else word.capitalize() for word in name.split("_")]
    return " ".join(word.lower() if n and word.lower() in small else word for n, word in enumerate(words))


def name_of(frame: Iterate) -> str:
    return f"step {frame.step}" if frame.step else "the start"


def data_uri(data: bytes, kind: str) -> str:
    """An image file's bytes as an address that holds them. kind: jpeg, png or gif."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def preview(image: np.ndarray, size: int) -> bytes:
    """An image as a JPEG whose longer side has `size` pixels; however narrow, it can be shown."""
    height, width = (max(1, round(side * size / max(image.shape))) for side in image.shape[:2])
    return image_bytes(resize_image(image, height, width))


def thumbnail(image: np.ndarray) -> bytes:
    """The middle of an image, 3:2, as a small JPEG."""
    return image_bytes(np.asarray(ImageOps.fit(Image.fromarray(to_uint8(image)), (168, 112))))


def describe_change(before: Weights, after: Weights) -> str:
    """Which weights are new, such as "style weight 5"."""
    pairs = [
        ("content weight", before.content, after.content),
        ("style weight", before.style, after.style),
        ("total variation weight", before.total_variation, after.total_variation),
        *zip(STYLE_LAYERS, before.style_layers, after.style_layers, strict=True),
    ]
    return ", ".join(f"{name} {f'{new:g}' if new else 'off'}" for name, old, new in pairs if new != old)


def sources_html(content: Chooser, styles: Chooser) -> str:
    """The chosen content image and style images, with their names."""
    figures = []
    for kind, chooser in (("content", content), ("style", styles)):
        for name, image in zip(chooser.chosen, chooser.images(), strict=True):
            title = html.escape(title_of(name))
            address = data_uri(preview(image, 240), "jpeg")
            figures.append(
                f'<figure class="studio-{kind}-source"><img src="{address}" alt="{kind} image: {title}">'
                f"<figcaption><b>{kind.capitalize()}</b> {title}</figcaption></figure>"
            )
    return f'<div class="studio-figures">{"".join(figures)}</div>'


def progress_html(frame: Iterate | None) -> str:
    """How far the run is; None: it has not begun."""
    if frame is None:
        return '<progress value="0" max="1" aria-label="steps done"></progress><div>Not started</div>'
    parts = [f"Step {frame.step} of {frame.steps}", f"scale {frame.scale} of {frame.scales}", f"{frame.seconds:.0f} s"]
    if 0 < frame.step < frame.steps:
        parts.append(f"about {frame.seconds_left:.0f} s left")
    bar = f'<progress value="{frame.step}" max="{frame.steps}" aria-label="steps done"></progress>'
    return f"{bar}<div>{' · '.join(parts)}</div>"


# --- The loss plot ----------------------------------------------------------------------------------------------------

# In dark themes the total's dark gray would vanish, so it takes the color of the text. Dashes tell the lines apart too.
LINES = {
    "total": ("currentColor", ""),
    "content": (COLORS["content"], ""),
    "style": (COLORS["style"], "7 3"),
    "total variation": (COLORS["total variation"], "2 3"),
}


def plot_html(
    losses: Sequence[dict[str, float]], plan: Sequence[tuple[int, int]], marks: Sequence[tuple[int, str]]
) -> str:
    """The total loss and its weighted parts after each step, on a logarithmic scale, as an SVG with a legend.

    Args:
        losses: after each step, by the names of LINES.
        plan: of each scale, the size in pixels and the number of steps.
        marks: the steps that first used a new weight, and which weight.
    """
    width, height, left, right, top, bottom = 400, 190, 44, 6, 20, 24
    steps = sum(count for _, count in plan)
    positive = [value for values in losses for value in values.values() if value > 0] or [0.1, 1]
    highest = math.ceil(math.log10(max(positive)))
    lowest = min(max(math.floor(math.log10(min(positive))), highest - 5), highest - 1)

    def x(step: float) -> float:
        return left + (width - left - right) * (step - 1) / max(steps - 1, 1)

    def y(value: float) -> float:
        share = (math.log10(value) - lowest) / (highest - lowest)
        return height - bottom - (height - bottom - top) * min(max(share, 0), 1)

    drawn = [
        f'<text x="0" y="11">weighted loss</text><text x="{width - right}" y="{height - 5}" {END}>step {steps}</text>'
    ]
    for exponent in range(lowest, highest + 1):
        level = y(10.0**exponent)
        drawn.append(f'<path class="studio-grid" d="M{left} {level:.1f}H{width - right}"/>')
        drawn.append(f'<text x="{left - 5}" y="{level + 4:.1f}" {END}>{10.0**exponent:g}</text>')
    first = 1
    for size, count in plan:  # a larger scale has other losses, so the lines jump where it begins
        drawn.append(f'<path class="studio-grid" d="M{x(first):.1f} {top}V{height - bottom}"/>')
        drawn.append(f'<text x="{x(first) + 4:.1f}" y="{height - bottom - 5}">{size} px</text>')
        first += count
    drawn.append(f'<text x="{left}" y="{height - 5}">1</text>')
    for step, change in marks:
        line = f"M{x(step):.1f} {top}V{height - bottom}"
        triangle = f"M{x(step) - 4:.1f} {top - 7}h8l-4 7z"
        drawn.append(
            f'<g class="studio-mark"><title>step {step}: {html.escape(change)}</title>'
            f'<path d="{line}" stroke-dasharray="3 3"/><path d="{triangle}" fill="currentColor"/></g>'
        )
    for name, (color, dashes) in LINES.items():
        points = [f"{x(n):.1f},{y(values[name]):.1f}" for n, values in enumerate(losses, 1) if values[name] > 0]
        drawn.append(
            f'<polyline points="{" ".join(points)}" fill="none" stroke="{color}" stroke-width="2" '
            f'stroke-dasharray="{dashes}"/>'
        )
    now = {name: f"{value:.2g}" for name, value in losses[-1].items()} if losses else {}
    legend = "".join(
        f'<span><svg width="26" height="8" aria-hidden="true"><path d="M0 4H26" stroke="{color}" stroke-width="3" '
        f'stroke-dasharray="{dashes}"/></svg> {name} <b>{now.get(name, "")}</b></span>'
        for name, (color, dashes) in LINES.items()
    )
    last = f"▾ step {marks[-1][0]}: {html.escape(marks[-1][1])}" if marks else "▾ marks where a slider was moved"
    label = "The total loss and its weighted parts after each step, on a logarithmic scale"
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}">{"".join(drawn)}</svg>'
        f'<div class="studio-legend">{legend}</div><div class="studio-meaning">{last}</div>'
    )


END = 'text-anchor="end"'

# --- The look ---------------------------------------------------------------------------------------------------------

CSS = """
.studio {
    --ink: var(--colab-primary-text-color, var(--jp-ui-font-color1, var(--vscode-foreground, inherit)));
    --line: rgba(128, 128, 128, 0.35);
    --soft: rgba(128, 128, 128, 0.12);
    color: var(--ink); font-size: 14px; line-height: 1.35; max-width: 1080px; padding: 4px; overflow: visible;
    container-type: inline-size;
}
@container (max-width: 720px) { .studio .studio-sources { order: 1; } }
.studio .widget-box, .studio .widget-html-content, .studio .widget-html { overflow: visible; margin: 0; }
.studio .widget-html, .studio .widget-html-content { height: auto; min-height: 0; line-height: 1.35; margin: 0; }
.studio .widget-html-content { color: var(--ink); font-size: inherit; flex: 1 1 auto; min-width: 0; }
.studio .widget-label, .studio .widget-readout, .studio label { color: var(--ink); font-size: 13px; text-align: left; }
.studio .studio-columns { flex-wrap: wrap; gap: 12px 24px; align-items: flex-start; margin-top: 10px; }
.studio .studio-row { flex-wrap: wrap; gap: 6px; align-items: center; }
.studio .studio-content { flex: 1 1 190px; }
.studio .studio-styles { flex: 3 1 420px; }
.studio .studio-left { flex: 4 1 400px; gap: 6px; min-width: 0; }
.studio .studio-right { flex: 3 1 300px; gap: 6px; min-width: 0; }
.studio .studio-back { flex: 1 1 260px; }
.studio .studio-more { margin-top: 10px; }
.studio .studio-plan { flex: 1 1 220px; }
.studio .studio-layers { flex: 2 1 320px; }

.studio .studio-title { font-weight: 600; margin-right: auto; }
.studio .studio-meaning, .studio .studio-caption, .studio figcaption { font-size: 12px; opacity: 0.85; }
.studio .studio-weight .studio-meaning { padding-left: 112px; margin-top: -4px; }
.studio .studio-caption { text-align: center; }

.studio .jupyter-button {
    width: auto; height: auto; min-height: 30px; line-height: 1.2; padding: 4px 10px; margin: 0; border-radius: 4px;
    color: var(--ink); background-color: var(--soft); border: 1px solid var(--line); box-shadow: none; font-size: 13px;
}
.studio .jupyter-button:disabled { opacity: 0.45; }
.studio .jupyter-button:focus-visible, .studio input:focus-visible, .studio select:focus-visible,
.studio .noUi-handle:focus-visible, .studio .ui-slider-handle:focus-visible, .studio a:focus-visible {
    outline: 3px solid #0072B2 !important; outline-offset: 2px; }
.studio .studio-reset { background: none; border-color: transparent; padding: 2px 8px; flex: none; }
.studio .studio-reset:hover { border-color: var(--line); }
.studio .studio-blend input { margin-top: 0; }
.studio .studio-upload { font-size: 0; }  /* without the number of files that its label ends in */
.studio .studio-upload i, .studio .studio-upload::after { font-size: 13px; }
.studio .studio-upload::after { content: "Upload"; }
.studio .studio-compare.mod-active { box-shadow: inset 0 0 0 2px var(--ink); }

.studio .studio-play { margin: 0; width: auto; height: auto; }
.studio .studio-play button { flex: none; }
.studio .studio-play button {
    background-color: #0072B2; border-color: #0072B2; color: white; min-width: 92px; font-weight: 600; }
.studio .studio-play button:nth-child(n + 2) { display: none; }
/* In ipywidgets 7 Pause is a button of its own, the second one: while it paints, it takes Paint's place. */
.studio .studio-play button.mod-active:first-child { display: none; }
.studio .studio-play button.mod-active:first-child + button { display: block; }
.studio .studio-play button:has(.fa-play)::after { content: " Paint"; }
.studio .studio-play button:has(.fa-pause)::after { content: " Pause"; }

.studio .studio-thumbnails {
    display: grid; grid-template-columns: repeat(auto-fill, minmax(84px, 1fr)); gap: 8px; padding: 4px 0; }
.studio .studio-thumbnail {
    position: relative; padding: calc(66.7% + 3px) 3px 3px; min-height: 0; height: 100%; font-size: 11.5px;
    white-space: normal; line-height: 1.15; overflow: visible; background-color: var(--soft);
    background-repeat: no-repeat; background-size: 100% auto; background-position: top; }
.studio .studio-thumbnail.mod-active { outline: 3px solid var(--chosen); font-weight: 600; }
.studio .studio-thumbnail.mod-active::after {
    content: "✓"; position: absolute; top: 3px; right: 3px; width: 18px; height: 18px; border-radius: 50%;
    background: var(--chosen); color: white; font: bold 13px/18px sans-serif; text-align: center; }
.studio .studio-content { --chosen: #0072B2; }
.studio .studio-styles { --chosen: #D55E00; }

.studio .studio-picture { width: 100%; height: auto; max-height: 480px; object-fit: contain; margin: 0; }
.studio .studio-figures { display: flex; gap: 12px; }
.studio .studio-figures figure { flex: 1 1 0; min-width: 0; margin: 0; }
.studio .studio-figures img {
    display: block; width: 100%; height: 96px; object-fit: cover; border-bottom: 4px solid #0072B2; margin: 0; }
.studio .studio-figures .studio-style-source img { border-color: #D55E00; }

.studio .studio-progress { font-variant-numeric: tabular-nums; font-size: 13px; }
.studio .studio-progress progress { width: 100%; height: 6px; accent-color: #0072B2; display: block; }
.studio .studio-status { min-height: 2.7em; }
.studio .studio-status .studio-error::before { content: "! "; font-weight: bold; }
.studio .studio-status .studio-error { border-left: 4px solid #D55E00; padding-left: 8px; }
.studio .jupyter-widget-Collapse-header, .studio .p-Collapse-header, .studio .lm-Collapse-header { color: var(--ink); }
.studio .studio-link a { color: var(--ink); text-decoration: underline; }

.studio .studio-plot svg[viewBox] { width: 100%; max-width: 480px; overflow: visible; display: block; }
.studio .studio-plot text { fill: currentColor; font-size: 11px; font-family: inherit; }
.studio .studio-grid { stroke: var(--line); }
.studio .studio-mark path { stroke: currentColor; }
.studio .studio-legend { display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 12px; }
.studio .studio-legend b { font-variant-numeric: tabular-nums; }
"""
