"""The studio itself: the easel and the sliders beside it, the run that is being painted, and earlier ones."""

import base64
import contextlib
import io
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import ipywidgets as widgets
import numpy as np
from IPython.display import display
from PIL import Image, ImageDraw, ImageFont

from .. import quiet_tensorflow
from ..images import (
    CONTENT_IMAGES,
    OUTPUT_IMAGES,
    ROOT,
    STYLES_IMAGES,
    ImageError,
    fitted_size,
    load_image,
    resize_image,
    title_of,
)
from ..masks import brightness, check_mask, check_region, decode_mask, encode_mask, fit_mask, is_white
from ..saving import TOO_LONG, encode_animation, encode_image, free_path, holds, keep

with quiet_tensorflow():
    import keras

    from ..further import fast
    from ..lesson import image_bytes
    from ..names import named
    from ..recipe import Recipe
    from ..transfer import OPTIMIZERS, STYLE_LAYERS, NotFiniteError, Weights
    from ..weights import WeightsError

from .controls import WeightSlider, dropdown, group  # noqa: E402  (loads TensorFlow)
from .easel import Easel, LossPlot  # noqa: E402
from .gallery import Gallery, thumbnail  # noqa: E402
from .run import Run  # noqa: E402

KEPT_RUNS = 12  # earlier paintings, at most
LARGEST_DOWNLOAD = 30_000_000  # bytes; a larger file is only saved
STATIC_PICTURE = ROOT / "notebooks" / "figures" / "studio.jpg"
PICTURED = "A picture of the studio: thumbnails to choose from, the painting, sliders for the weights, loss curves."

LAYER_MEANINGS = ("Colors and grain.", "Fine strokes.", "Strokes.", "Patterns.", "Large shapes.")
STYLE_SIZES = {"finest × 0.35": 0.35, "× 0.5": 0.5, "× 0.7": 0.7, "× 1": 1.0, "× 1.4": 1.4, "coarsest × 2": 2.0}
COLORS = {"of the painting": "painting", "of the photograph": "photo", "matched before painting": "matched"}
STYLE_LOSS_NAMES = {"Gram matrices": "gram", "means and covariances": "moments", "sorted projections": "sliced"}
STARTS = {"the content image": "content", "noise": "noise"}
ONE_EACH = (1.0,) * len(STYLE_LAYERS)
PRESETS = {  # the weights, and the start
    "the course's choice": (Weights(style_layers=ONE_EACH), "content"),
    "fine strokes only": (Weights(style_layers=(1.0, 1.0, 0.3, 0.0, 0.0)), "content"),
    "large shapes only": (Weights(style_layers=(0.0, 0.0, 0.1, 1.0, 1.0)), "content"),
    "too much style": (Weights(content=0.001, style=30.0, style_layers=ONE_EACH), "content"),
    "from noise": (Weights(content=0.3, style_layers=ONE_EACH), "noise"),
}


class Studio(widgets.VBox):
    """Choose a content image and style images, press Paint, and move the sliders while the picture is painted.

    Args:
        size: longer side of the picture in pixels, at first.
        steps: number of steps, at first.
    """

    def __init__(self, size: int = 256, steps: int = 96):
        self.lock = threading.RLock()  # callbacks may run on another thread than cells do
        self.content = Gallery(CONTENT_IMAGES, "cat")
        self.styles = Gallery(STYLES_IMAGES, "great_wave")
        self.shares: list[float] = []
        self.masks: dict[str, np.ndarray] = {}  # where a style goes, 0..1; those that are not here go everywhere
        self.run: Run | None = None
        self.shown = -1  # the frame that is shown; -1: the newest
        self.compared = ""  # with what: see `_compare`
        self.earlier: list[Run] = []  # paintings that can be brought back, the newest first
        self.network: keras.Model | None = None  # paints what the camera sees; loaded when it is needed
        self.said: dict = {}  # what the line below the picture says
        self.setting = False  # controls are being set, and their callbacks have nothing to do
        self.easel = Easel(self._answer)
        self.easel.observe(self._play_pressed, "playing")
        self.plot = LossPlot()
        self._make_controls(size, steps)
        super().__init__([self.easel, self._side()])
        self.add_class("studio")
        named(self)
        self._store_weights()

    def __repr__(self) -> str:
        return "Studio()"

    def _ipython_display_(self, **_) -> None:
        """Show the studio; where no widget can be shown (GitHub, nbviewer), a picture of it appears instead."""
        view = {"version_major": 2, "version_minor": 0, "model_id": self._model_id}
        bundle = {"text/plain": repr(self), "application/vnd.jupyter.widget-view+json": view}
        if STATIC_PICTURE.is_file():
            bundle["image/jpeg"] = base64.b64encode(pictured()).decode()
        display(bundle, metadata={"image/jpeg": {"alt": PICTURED}}, raw=True)

    # What stands beside the easel

    def _make_controls(self, size: int, steps: int) -> None:
        default = Weights()
        self.weight_sliders = {
            "content": WeightSlider("content", "Keeps the content image's shapes.", default.content, -3, 1),
            "style": WeightSlider("style", "Brings in strokes and colors.", default.style, -2, 2),
            "total variation": WeightSlider(
                "total variation", "Makes the picture smooth.", default.total_variation, -3, 1
            ),
        }
        self.layer_sliders = {
            name: WeightSlider(name, meaning, 1.0, -2, 1)
            for name, meaning in zip(STYLE_LAYERS, LAYER_MEANINGS, strict=True)
        }
        for weight in (*self.weight_sliders.values(), *self.layer_sliders.values()):
            weight.number.observe(self._store_weights, "value")
        self.preset = dropdown("Preset", {"choose one …": "", **{name: name for name in PRESETS}}, "")
        self.preset.observe(self._preset_chosen, "value")
        self.size = dropdown("Size", {f"{s} px": s for s in sorted({128, 192, 256, 384, 512, 768, size})}, size)
        self.steps = dropdown("Steps", {str(s): s for s in sorted({24, 48, 96, 192, 384, steps})}, steps)
        self.init = dropdown("Start from", STARTS, "content")
        self.style_size = dropdown("Stroke size", STYLE_SIZES, 1.0)
        self.colors = dropdown("Colors", COLORS, "painting")
        self.style_loss = dropdown("Style loss", STYLE_LOSS_NAMES, "gram")
        names = {"lbfgs": "L-BFGS", "adam": "Adam"}
        self.optimizer = dropdown("Optimizer", {names[name]: name for name in OPTIMIZERS}, OPTIMIZERS[0])
        self.plan_controls = {
            name: getattr(self, name)
            for name in ("size", "steps", "init", "style_size", "colors", "style_loss", "optimizer")
        }
        for control in self.plan_controls.values():
            control.observe(self._plan_changed, "value")

    def _side(self) -> widgets.Widget:
        def folded(name: str, title: str, children) -> list[widgets.Widget]:
            """A button, and the controls that it shows and hides."""
            box = group(name, *children)
            box.layout.display = "none"
            button = widgets.ToggleButton(description=title)
            button.add_class(f"studio-show-{name}")

            def show(change) -> None:
                box.layout.display = "flex" if change.new else "none"

            button.observe(show, "value")
            return [button, box]

        return group(
            "side",
            *self.weight_sliders.values(),
            self.preset,
            *folded("layers", "Style layers: only their proportions matter", self.layer_sliders.values()),
            *folded("plan", "More: a change of these starts again", self.plan_controls.values()),
            self.plot,
        )

    # Messages

    def _answer(self, kind: str, message: dict, files: list[bytes]) -> None:
        """What the easel asks for; what goes wrong pauses, and is said."""
        answers = {
            "hello": self._hello,
            "step": self._step,
            "one": self._one_step,
            "again": self.restart,
            "choose": self._choose,
            "upload": self._upload,
            "mask": self._mask,
            "save_mask": self._save_mask,
            "look": self._look,
            "resume": self._resume,
            "compare": self._compare,
            "bring": self._bring_back,
            "save": self._save,
            "live": self._live,
            "code": self._show_code,
        }
        with self.guard():
            answers[kind](*files, **message)

    @contextlib.contextmanager
    def guard(self) -> Iterator[None]:
        """Around what a callback does: one at a time, and what goes wrong pauses and is said."""
        with self.lock:
            try:
                yield
            except (ImageError, NotFiniteError, ValueError, WeightsError) as error:
                self._fail(str(error))
            except MemoryError as error:
                self._fail(str(error) or "There is not enough memory for this; choose a smaller size under More.")
            except KeyboardInterrupt:  # the kernel's Interrupt, while a step was made
                self._fail("Stopped. Press Paint to go on.")
            except Exception as error:  # a mistake in the program: said, but not hidden
                self._fail(f"Something unexpected went wrong: {type(error).__name__}: {error}")
                raise

    def _say(self, text: str, error: bool = False) -> None:
        said = {"text": text, "error": error}
        if error or said != self.said:  # an error that comes again is news
            self.said = said
            self.easel.tell("say", **said)

    def _fail(self, text: str) -> None:
        self.easel.playing = False
        self._say(text, error=True)

    def _hello(self) -> None:
        """A view has just been made: it gets everything."""
        self._tell_pictures()
        self._tell_masks()
        self._tell_earlier()
        self._show()
        self._compare("" if self.compared == "look" else self.compared)
        left_out = self.content.left_out + self.styles.left_out
        if left_out and not self.run:
            self._say(f"Left out, because it cannot be read: {', '.join(left_out)}. Press Paint when you are ready.")
        elif not self.run:
            self._invite()
        self.easel.tell("say", **self.said)

    def _invite(self) -> None:
        if self.content.chosen[0] in self.content.one_color:
            self._say("The content image is all of one color: the picture will show the style alone.")
        else:
            self._say("Press Paint. The sliders work while it paints.")

    # Choices

    def _tell_pictures(self) -> None:
        items, files = [], []
        for kind, gallery in (("content", self.content), ("style", self.styles)):
            for name, picture in gallery.thumbnails.items():
                items.append({"group": kind, "name": name, "title": title_of(name)})
                files.append(picture)
        self.easel.tell("pictures", *files, items=items)
        self._tell_chosen()

    def _tell_chosen(self) -> None:
        self.easel.tell("chosen", content=self.content.chosen[0], styles=self.styles.chosen, shares=self.shares)
        self._tell_content()

    def _tell_content(self) -> None:
        self.easel.tell("content", image_bytes(resized_to(self.content.images()[0], self.size.value)))

    def _choose(self, content: str, styles: list[str], shares: list[float]) -> None:
        before = self.content.chosen[0], *self.styles.chosen
        changed = self.content.choose([content]) | self.styles.choose(styles)
        self._keep_masks(*before)
        shares = list(shares) if len(shares) == len(self.styles.chosen) > 1 else []
        if changed or shares != self.shares:
            self.shares = shares
            self.restart()
        self._tell_chosen()

    def _upload(self, data: bytes, group: str, name: str) -> None:
        gallery = self.content if group == "content" else self.styles
        before = self.content.chosen[0], *self.styles.chosen
        gallery.choose([gallery.add_upload(name, data)])
        self._keep_masks(*before)
        self.shares = []
        self._tell_pictures()
        self.restart()

    # Masks

    def _tell_masks(self, by: str = "") -> None:
        """Send the masks to every view, but not back to the one that they come from."""
        files = [encode_image(255 * mask, ".png") for mask in self.masks.values()]
        self.easel.tell("masks", *files, styles=list(self.masks), by=by)

    def _mask(self, *files: bytes, style: str, by: str) -> None:
        """The mask of a style as it has been painted; none: it goes everywhere."""
        if files:
            self.masks[style] = brightness(load_image(files[0]))
        else:
            self.masks.pop(style, None)
        self.restart()
        self._tell_masks(by)
        if files:
            check_mask(255 * self.masks[style], f"The mask of {title_of(style)}")
            self._say(f"{title_of(style)} goes where the veil is. Press Paint.")
        else:
            self._say(f"{title_of(style)} goes everywhere. Press Paint.")

    def _save_mask(self, style: str) -> None:
        """Save a style's mask as a gray picture, which the command line takes with --mask."""
        if style not in self.masks:
            self._say(f"{title_of(style)} has no mask yet: paint one, or choose a ready one.")
            return
        name = f"{self.content.chosen[0]}_{style}_mask"
        self._keep_file(encode_image(255 * self.masks[style], ".png"), name, ".png", "the mask")

    def _keep_masks(self, content: str, *styles: str) -> None:
        """After a choice: masks belong to their content image. Another style takes the place of a single one."""
        if not self.masks:
            return
        if self.content.chosen[0] != content:
            self.masks.clear()
        elif len(styles) == len(self.styles.chosen) == 1 and styles[0] in self.masks:
            self.masks[self.styles.chosen[0]] = self.masks.pop(styles[0])
        self._tell_masks()

    def _fitted_masks(self, height: int, width: int) -> tuple[str, ...]:
        """The masks of the chosen styles as a recipe keeps them; none if all go everywhere."""
        kept = []
        for name in self.styles.chosen:
            mask = self.masks.get(name)
            if mask is not None:
                check_mask(255 * mask, f"The mask of {title_of(name)}")
                check_region(mask, height, width, f"The mask of {title_of(name)}")
            kept.append("" if mask is None or is_white(mask) else encode_mask(fit_mask(mask, height, width)))
        return tuple(kept) if any(kept) else ()

    def _store_weights(self, _=None) -> None:
        """Store the weights. The step that is being made is not disturbed; the next one uses them."""
        if self.setting:
            return
        values = [weight.value for weight in self.weight_sliders.values()]
        layers = tuple(weight.value for weight in self.layer_sliders.values())
        try:
            self.weights = Weights(*values, style_layers=layers)
        except ValueError as error:
            self._fail(f"{error} Until then the weights before stay in use.")
            return
        if self.run and self.easel.playing:
            self._say(f"Step {self.run.frames[-1].step + 1} will use it.")

    def _set_weights(self, weights: Weights) -> None:
        """Move the sliders to these weights."""
        self.setting = True
        for slider, value in zip(
            (*self.weight_sliders.values(), *self.layer_sliders.values()),
            (weights.content, weights.style, weights.total_variation, *(weights.style_layers or ONE_EACH)),
            strict=True,
        ):
            slider.value = value
        self.setting = False
        self._store_weights()

    def _preset_chosen(self, change) -> None:
        if change.new:
            with self.guard():
                weights, start = PRESETS[change.new]
                self._set_weights(weights)
                self.init.value = start  # which starts again if it is another one
            self.preset.value = ""  # so that it can be chosen once more

    def _plan_changed(self, _) -> None:
        if not self.setting:
            with self.guard():
                self.restart()

    # Painting

    def restart(self) -> None:
        """Put the run away. The next step starts a new one, with what is chosen then."""
        self._put_away()
        self.run, self.shown = None, -1
        self._show()
        self._tell_content()
        self._compare("")
        self._invite()

    def _put_away(self) -> None:
        """A run that has painted something goes onto the strip below."""
        if self.run and self.run.losses:
            self.run.put_away()
            self._keep(self.run)

    def _keep(self, run: Run) -> None:
        self.earlier = [run, *(other for other in self.earlier if other is not run)][:KEPT_RUNS]
        self._tell_earlier()

    def _begin(self) -> None:
        """Start a run with what is chosen."""
        content, styles = self.content.images()[0], self.styles.images()
        choices = {name: control.value for name, control in self.plan_controls.items()}
        content_size = fitted_size(content, self.size.value, title_of(self.content.chosen[0]))
        for name, style in zip(self.styles.chosen, styles, strict=True):
            fitted_size(style, self.size.value, title_of(name), self.style_size.value)
        recipe = Recipe(
            self.content.chosen[0],
            tuple(self.styles.chosen),
            tuple(self.shares),
            **choices,
            masks=self._fitted_masks(*content_size),
            weights=((1, self.weights),),
        )
        self.run = Run(recipe, content, styles)

    def _play_pressed(self, change) -> None:
        """Paint was pressed: the newest picture is shown, and when it is drawn the browser asks for a step."""
        if change.new:
            with self.guard():
                self.shown = -1
                self._show()

    def _step(self, after: int) -> None:
        """One step with the weights as they are at its beginning, unless another view was faster."""
        newest = self.run.frames[-1].step if self.run else 0
        if self.easel.playing and after == newest:
            self._paint_a_step()

    def _one_step(self) -> None:
        self._paint_a_step()

    def _paint_a_step(self) -> None:
        self.shown = -1
        if not self.run:
            self._say("Preparing. The first step takes a few seconds longer.")
            self._begin()
        elif self.run.finished:
            self.run.add_steps(self.steps.value)
            self._say(f"{self.steps.value} more steps at {self.run.plan[-1][0]} px.")
        scale, marks = self.run.frames[-1].scale, len(self.run.marks)
        iterate = self.run.step(self.weights)
        if self.run.finished:
            self.easel.playing = False
            self._keep(self.run)
            self._say(f"Done after {iterate.seconds:.0f} s. Save it, or press Paint for more steps.")
        elif len(self.run.marks) > marks:
            self._say(f"Since step {iterate.step}: {self.run.marks[-1][1]}.")
        elif iterate.scale != scale:
            self._say(f"Now at {self.run.plan[iterate.scale - 1][0]} px.")
        elif iterate.step == 1:
            self._say("Painting. Move a slider: the next step uses it." if self.easel.playing else "One step done.")
        self._show()

    # What is shown

    def _show(self) -> None:
        """Show the frame that is chosen, and what the divider compares it with."""
        if not self.run:
            image = resized_to(self.content.images()[0], self.size.value)
            message = {
                "step": 0, "newest": 0, "steps": self.steps.value, "kept": [], "progress": "Not started",
                "caption": "The content image: where the painting starts",
                "alt": f"The content image: {title_of(self.content.chosen[0])}.", "weights": asdict(self.weights),
            }  # fmt: skip
            self.plot.losses, self.plot.plan, self.plot.marks = [], [], []
        else:
            frames, newest = self.run.frames, self.run.frames[-1]
            frame = frames[self.shown]
            image = self.run.picture(self.shown)
            where = f"step {frame.step}, {max(frame.image.shape[:2])} px" if frame.step else "the start"
            left = f", about {newest.seconds_left:.0f} s left" if 4 < newest.step < newest.steps else ""
            message = {
                "step": frame.step,
                "newest": newest.step,
                "steps": self.run.steps,
                "kept": [frame.step for frame in frames],
                "progress": f"step {newest.step} of {self.run.steps}{left}",
                "caption": f"Now: {where}" if frame is newest else f"Looking back: {where}",
                "alt": f"{describe(self.run)}, {where}.",
                "weights": asdict(self.run.weights[frame.step]),
            }
            self.plot.losses, self.plot.plan, self.plot.marks = self.run.losses[:], self.run.plan, self.run.marks[:]
        newest_shown = not self.run or self.shown == -1
        self.easel.tell("picture", image_bytes(image), newest_shown=newest_shown, **message)

    def _look(self, step: int) -> None:
        """Look back at the frame that is nearest to a step."""
        if not self.run:
            return
        frames = self.run.frames
        frame = min(range(len(frames)), key=lambda number: abs(frames[number].step - step))
        if self.easel.playing:
            self.easel.playing = False
            self._say("Paused, to look back. Press Paint to go on from the newest picture.")
        self.shown = -1 if frame == len(frames) - 1 else frame
        self._show()
        if self.compared == "look":
            self._compare("look")

    def _compare(self, name: str) -> None:
        """Put the content image, the frame in the history or an earlier painting at the left of the divider."""
        image = None
        if name == "content":
            image = self.content.images()[0]
        elif name == "look" and self.run:
            image, self.shown = self.run.picture(self.shown), -1
            self._show()
        elif name.startswith("run "):
            image = next((run.picture() for run in self.earlier if f"run {run.number}" == name), None)
        files = [] if image is None else [image_bytes(resized_to(image, self.size.value))]
        self.compared = name if files else ""
        self.easel.tell("before", *files, name=self.compared)

    def _resume(self, step: int) -> None:
        """Go back to a step; what came after it goes onto the strip below."""
        kept = [frame.step for frame in self.run.frames] if self.run else []
        if step not in kept:  # of a view that is not up to date
            return
        self.easel.playing = False
        left = self.run.resume_from(kept.index(step))
        if left:
            self._keep(left)
        self.shown = -1
        self._show()
        step = self.run.frames[-1].step
        self._say(f"Back at {f'step {step}' if step else 'the start'}. Press Paint to go on from here.")

    # Earlier paintings

    def _tell_earlier(self) -> None:
        files = [thumbnail(run.picture()) for run in self.earlier]
        items = [{"id": run.number, "title": f"{describe(run)}, step {run.frames[-1].step}"} for run in self.earlier]
        self.easel.tell("runs", *files, items=items)

    def _bring_back(self, id: int) -> None:
        """An earlier painting as it was: its picture, its choices and its weights. It can go on."""
        run = next((run for run in self.earlier if run.number == id), None)
        if run is None or run is self.run:
            return
        self.easel.playing = False
        self._put_away()
        self._compare("")
        self.run, self.shown = run, -1
        recipe = run.recipe
        self.content.choose([recipe.content])
        self.styles.choose(recipe.styles)
        self.shares = list(recipe.style_shares)
        self.masks = {name: decode_mask(mask) for name, mask in zip(recipe.styles, recipe.masks, strict=False) if mask}
        self._tell_masks()
        self.setting = True
        for name, control in self.plan_controls.items():
            control.value = getattr(recipe, name)
        self.setting = False
        self._set_weights(run.weights[-1])
        self._tell_chosen()
        self._show()
        self._say(f"{describe(run)} is back, with its weights. Press Paint to go on.")

    # The camera

    def _live(self, data: bytes, turn: str) -> None:
        """What the camera of one view sees, painted in one pass. Nothing of it is kept."""
        painted = []
        try:
            if self.network is None:
                self.network = fast.load(fast.NETWORKS / "great_wave.npz")
            painted = [image_bytes(fast.paint(self.network, load_image(data)))]
        finally:  # without a picture the camera goes off
            self.easel.tell("live", *painted, turn=turn)

    # Files

    def _save(self, ending: str) -> None:
        """Save the picture that is shown, at the final size and with its recipe, or the run as an animation."""
        if not self.run:
            return
        if ending == ".gif":
            self._say("Saving the animation.")
            note = ""
            data = encode_animation([self.run.picture(number) for number in range(len(self.run.frames))], ending)
        else:
            size = self.run.content.shape[:2]
            image = resize_image(self.run.picture(self.shown), *size)
            recipe = self.run.recipe_of(self.shown).to_json()
            data = encode_image(image, ending, recipe)
            note = "" if holds(ending, recipe) else f" {TOO_LONG}"
        what = "the animation" if ending == ".gif" else f"step {self.run.frames[self.shown].step}"
        self._keep_file(data, "_".join(self.content.chosen + self.styles.chosen), ending, what, note)

    def _keep_file(self, data: bytes, name: str, ending: str, what: str, note: str = "") -> None:
        """Save a file under a free name, say where it is, with a note, and offer it for download."""
        path = keep(data, free_path(OUTPUT_IMAGES / f"{name}{ending}"))
        if path.parent == OUTPUT_IMAGES:
            self._say(f"Saved {what} as {OUTPUT_IMAGES.name}/{path.name}.{note}")
        else:
            self._say(f"{OUTPUT_IMAGES.name} takes no files, so {what} is saved as {path}.{note}")
        if len(data) <= LARGEST_DOWNLOAD:
            self.easel.tell("file", data, name=path.name)

    def _show_code(self) -> None:
        """The Python that paints the picture that is shown."""
        if self.run:
            recipe = self.run.recipe_of(self.shown)
            chosen = [("content_images", self.content, recipe.content)]
            chosen += [("styles_images", self.styles, name) for name in recipe.styles]
            uploads = [
                f"# First put your picture into {folder}/ as {name}.jpg.\n"
                for folder, gallery, name in chosen
                if not isinstance(gallery.sources[name], Path)
            ]
            uploads += [
                f"# First save the mask of {title_of(name)} (Save mask) as mask_{number}.png, here.\n"
                for number, (name, mask) in enumerate(zip(recipe.styles, recipe.masks, strict=False), start=1)
                if mask
            ]
            self.easel.tell("code", text="".join(uploads) + recipe.code())


def pictured() -> bytes:
    """A picture of the studio, as a JPEG, with words across it that say that it is one."""
    picture = Image.open(STATIC_PICTURE).convert("RGB")
    band = Image.new("RGB", (picture.width, 64), "#333333")
    text = "This is a picture of the studio. Run this cell to paint."
    ImageDraw.Draw(band).text((band.width / 2, 32), text, "white", ImageFont.load_default(26), anchor="mm")
    picture.paste(band, (0, (picture.height - band.height) // 2))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=45)  # the lesson's file shall stay small
    return buffer.getvalue()


def describe(run: Run) -> str:
    """A run's pictures, such as "Cat in the style of Great Wave"."""
    recipe = run.recipe
    return f"{title_of(recipe.content)} in the style of {' and '.join(map(title_of, recipe.styles))}"


def resized_to(image: np.ndarray, size: int) -> np.ndarray:
    """An image, however narrow, with a longer side of `size` pixels."""
    height, width = (max(1, round(side * size / max(image.shape))) for side in image.shape[:2])
    return resize_image(image, height, width)
