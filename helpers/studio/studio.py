"""The studio itself: its parts, the clock, the run, the history and the files."""

import base64
import contextlib
import html
import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import ipywidgets as widgets
import numpy as np
from IPython.display import display

from .. import quiet_tensorflow
from ..images import (
    CONTENT_IMAGES,
    OUTPUT_IMAGES,
    ROOT,
    STYLES_IMAGES,
    ImageError,
    fitted_size,
    keep_colors,
    match_colors,
    resize_image,
    to_uint8,
)
from ..saving import encode_animation, encode_image, free_path, keep

with quiet_tensorflow():
    from ..further.style_losses import STYLE_LOSSES
    from ..lesson import image_bytes
    from ..transfer import OPTIMIZERS, STYLE_LAYERS, Iterate, NotFiniteError, StyleTransfer, Weights
    from ..weights import WeightsError

from .choosers import Chooser, title_of  # noqa: E402  (loads TensorFlow)
from .controls import WeightSlider, data_uri, dropdown, group, preview, text_view  # noqa: E402
from .loss_plot import plot_html  # noqa: E402

TICK = 100  # ms between two ticks of the clock
REFRESH = 0.34  # s between two updates of the view, at least
KEPT_IMAGES = 48  # in the history, at most
LARGEST_LINK = 12_000_000  # bytes; a larger file gets no download link
CSS = (Path(__file__).parent / "studio.css").read_text(encoding="utf-8")
STATIC_PICTURE = ROOT / "notebooks" / "figures" / "studio.jpg"
PICTURED = "A picture of the studio: thumbnails to choose from, the painting, sliders for the weights, loss curves."
PLAYING = "playing" if hasattr(widgets.Play, "playing") else "_playing"  # ipywidgets 8, or 7

MEANINGS = {
    "content": "Keeps the content image's shapes.",
    "style": "Brings in strokes and colors.",
    "total variation": "Makes the picture smooth.",
}
STYLE_SIZES = (0.35, 0.5, 0.7, 1.0, 1.4, 2.0)
COLORS = {"of the painting": "painting", "of the photograph": "photo", "matched before painting": "matched"}
STYLE_LOSS_NAMES = {"Gram matrices": "gram", "means and covariances": "moments", "sorted projections": "sliced"}
LAYER_MEANINGS = ("Colors and grain.", "Fine strokes.", "Strokes.", "Patterns.", "Large shapes.")


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


class Studio(widgets.VBox):
    """Choose a content image and style images, press Paint, and move the sliders while the picture is painted.

    Args:
        size: longer side of the picture in pixels, at first.
        steps: number of steps, at first.
    """

    def __init__(self, size: int = 256, steps: int = 96):
        # Callbacks may run on another thread than cells do, and one may set off another.
        self.lock = threading.RLock()
        self.following = False
        self.refreshed = -math.inf
        self._make_controls(size, steps)
        super().__init__(self._arranged())
        self.add_class("studio")
        self._store_weights()
        self.restart()
        left_out = self.content.left_out + self.styles.left_out
        if left_out:
            self._say(f"Left out, because it cannot be read: {', '.join(left_out)}. Press Paint when you are ready.")

    def __repr__(self) -> str:
        return "Studio()"

    def _ipython_display_(self, **_) -> None:
        """Show the studio; where no widget can be shown (GitHub, nbviewer), a picture of it appears instead."""
        view = {"version_major": 2, "version_minor": 0, "model_id": self._model_id}
        bundle = {"text/plain": repr(self), "application/vnd.jupyter.widget-view+json": view}
        if STATIC_PICTURE.is_file():
            bundle["image/jpeg"] = base64.b64encode(STATIC_PICTURE.read_bytes()).decode()
        display(bundle, metadata={"image/jpeg": {"alt": PICTURED}}, raw=True)

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
        self.steps = dropdown("Steps", {str(s): s for s in sorted({24, 48, 96, 192, 384, steps})}, steps)
        names = {"lbfgs": "L-BFGS", "adam": "Adam"}
        self.optimizer = dropdown("Optimizer", {names[name]: name for name in OPTIMIZERS}, OPTIMIZERS[0])
        self.style_size = widgets.SelectionSlider(
            description="Stroke size",
            options=[(f"× {size:g}", size) for size in STYLE_SIZES],
            value=1.0,
            continuous_update=False,
            style={"description_width": "104px"},
            layout={"width": "auto"},
        )
        self.style_size.add_class("studio-style-size")
        self.colors = dropdown("Colors", COLORS, "painting")
        self.style_loss = dropdown("Style loss", STYLE_LOSS_NAMES, "gram")
        for control in self._plan_controls():
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

    def _plan_controls(self) -> tuple[widgets.Widget, ...]:
        """What a run cannot change on its way."""
        return self.size, self.steps, self.optimizer, self.style_size, self.colors, self.style_loss

    def _arranged(self) -> list[widgets.Widget]:
        buttons = group("row", self.play, self.one_step, self.again)
        left = group("left", self.picture, self.caption, self.progress, buttons, self.status)
        right = group("right", self.sources, *self.weight_sliders.values(), self.plot)
        back = group("back", self.past, self.divide)
        files = group("row", self.compare, self.resume, self.save, self.save_run, self.link)
        plan = (text_view("title", "A change of these starts again"), *self._plan_controls())
        layers = (text_view("title", "Style layers: only their proportions matter"), *self.layer_sliders.values())
        more = widgets.Accordion([group("columns", group("plan", *plan), group("layers", *layers))])
        more.selected_index = None
        more.set_title(0, "More: size, steps, stroke size, colors, style layers")
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
            except MemoryError as error:
                self._fail(str(error) or "There is not enough memory for this; choose a smaller size under More.")
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
        if self.content.chosen[0] in self.content.one_color:
            self._say("The content image is all of one color: the picture will show the style alone.")
        else:
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
        content, styles = self.content.images()[0], self.styles.images()
        fitted_size(content, self.size.value, title_of(self.content.chosen[0]))
        for name, style in zip(self.styles.chosen, styles, strict=True):
            fitted_size(style, self.size.value, title_of(name), self.style_size.value)
        if self.colors.value == "matched":
            styles = [match_colors(style, content) for style in styles]
        self.transfer = StyleTransfer(
            content,
            styles,
            size=self.size.value,
            steps=self.steps.value,
            optimizer=self.optimizer.value,
            style_size=self.style_size.value,
            style_loss=STYLE_LOSSES[self.style_loss.value],
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
            image = self._finished(now.image).copy()
            image[:, :column] = to_uint8(resize_image(self._finished(before.image), height, width))[:, :column]
            image[:, max(column - 1, 0) : column + 1] = 255
            self.caption.value = f"Left of the line: {name_of(before)} · right: step {now.step}"
        else:
            image = self._finished(frame.image)
            self.caption.value = f"{'Now' if frame is now else 'Looking back'}: {name_of(frame)}"
        self.picture.value = image_bytes(image)

    def _finished(self, image: np.ndarray) -> np.ndarray:
        """A picture of the run as it is shown and saved: in the photograph's colors, if these were chosen."""
        return to_uint8(keep_colors(image, self.transfer.content)) if self.colors.value == "photo" else image

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
        image = resize_image(self._finished(frame.image), *self.transfer.content.shape[:2])
        self._keep(encode_image(image, ".png"), ".png")

    def _save_run(self) -> None:
        self._say("Saving the animation.")
        self._keep(encode_animation([self._finished(frame.image) for frame in self.history.frames], ".gif"), ".gif")

    def _keep(self, data: bytes, ending: str) -> None:
        """Write a file, say where it is, and offer it as a download."""
        name = "_".join(self.content.chosen + self.styles.chosen)
        path = keep(data, free_path(OUTPUT_IMAGES / f"{name}{ending}"))
        if path.parent == OUTPUT_IMAGES:
            self._say(f"Saved as {OUTPUT_IMAGES.name}/{path.name}.")
        else:
            self._say(f"{OUTPUT_IMAGES.name} takes no files, so it is saved as {path}.")
        address = data_uri(data, path.suffix[1:])
        link = f'<a download="{html.escape(path.name)}" href="{address}">Download {html.escape(path.name)}</a>'
        self.link.value = link if len(data) <= LARGEST_LINK else ""


def name_of(frame: Iterate) -> str:
    return f"step {frame.step}" if frame.step else "the start"


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
