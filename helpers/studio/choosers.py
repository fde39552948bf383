"""The studio's choosers: thumbnails of pictures to choose from, and a button to upload another one."""

import hashlib
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import ipywidgets as widgets
import numpy as np
from PIL import Image, ImageOps

from ..images import ImageError, fit_image, is_one_color, load_image, name_images, to_uint8
from ..lesson import image_bytes
from .controls import data_uri, group, text_view

LARGEST_UPLOAD = 1024  # px; a larger picture is reduced to this


class Chooser(widgets.VBox):
    """Pictures to choose from, as buttons with thumbnails, and a button to upload another one.

    Args:
        title: above the thumbnails.
        folder: of the pictures.
        chosen: the name of the one that is chosen at first; if there is none of that name, the first one is.
        several: whether several can be chosen.
        guard: a context manager around what a callback does; it reports what goes wrong.
        changed: is called after another choice.

    Attributes:
        left_out: the files of the folder that cannot be read.
        one_color: the names of the pictures that show nothing.

    Raises:
        ImageError: there is no picture to choose from.
    """

    def __init__(self, title: str, folder: Path, chosen: str, several: bool, guard: Callable, changed: Callable):
        self.folder, self.guard, self.changed = folder, guard, changed
        self.sources: dict[str, Path | np.ndarray] = {}
        self.buttons: dict[str, widgets.ToggleButton] = {}
        self.chosen = (chosen,)
        self.choosing = False
        self.left_out: list[str] = []
        self.one_color: set[str] = set()
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
            for name, path in name_images(folder).items():
                try:
                    self.add(name, path)
                except ImageError:
                    self.left_out.append(f"{folder.name}/{path.name}")
        if not self.buttons:
            raise ImageError(f"There is no picture in {folder.name} that can be read; put one there.")
        if chosen not in self.buttons:
            self.choosing = True
            self.chosen = (next(iter(self.buttons)),)
            self.buttons[self.chosen[0]].value = True
            self.choosing = False

    def images(self) -> list[np.ndarray]:
        """The chosen images, 0..255."""
        sources = [self.sources[name] for name in self.chosen]
        return [load_image(source) if isinstance(source, Path) else source for source in sources]

    def add(self, name: str, source: Path | np.ndarray) -> None:
        """One more picture to choose from: a file, or an image 0..255."""
        image = load_image(source) if isinstance(source, Path) else source
        if is_one_color(image):
            self.one_color.add(name)
        picture = thumbnail(image)
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
            uploader = self.upload = widgets.FileUpload(accept="image/*,.heic,.heif,.avif,.jp2", multiple=True)
            self.upload.observe(self._uploaded, "value")
        self.upload.add_class("studio-upload")
        return uploader

    def _upload_on_colab(self, _) -> None:
        from google.colab import files

        with self.guard():
            uploads = refusal = None
            with self.form:
                try:
                    uploads = files.upload()
                except Exception as error:  # whatever the browser answers; the form itself would only show it
                    refusal = error
            self.form.clear_output()
            if refusal:
                raise ImageError(
                    "The browser refused the upload: allow third-party cookies for this page; or drag the file into "
                    f"the folder {self.folder.name} under Files, at the left, and run this cell once more."
                ) from refusal
            self._add_uploads(uploads)

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
            self._add_uploads(uploads)

    def _add_uploads(self, uploads: dict[str, bytes]) -> None:
        """Add uploaded pictures, and choose the last one, or all of them if several are blended.

        Raises:
            ImageError: some of them cannot be read; the others were added.
        """
        problems = []
        for filename, data in uploads.items():
            try:
                self._add_upload(filename, bytes(data))
            except ImageError as error:
                problems.append(str(error))
        if problems:
            raise ImageError(" ".join(problems))

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


def thumbnail(image: np.ndarray) -> bytes:
    """The middle of an image, 3:2, as a small JPEG."""
    return image_bytes(np.asarray(ImageOps.fit(Image.fromarray(to_uint8(image)), (168, 112))))


def title_of(name: str) -> str:
    """church_at_auvers as "Church at Auvers", composition_viii as "Composition VIII"."""
    small = {"a", "at", "by", "de", "in", "la", "of", "on", "the"}
    words = [word.upper() if re.fullmatch("[ivx]+", word) else word.capitalize() for word in name.split("_")]
    return " ".join(word.lower() if n and word.lower() in small else word for n, word in enumerate(words))
