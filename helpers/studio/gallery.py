"""The pictures that can be chosen in the studio: those of the course's folders, and uploads."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from ..images import ImageError, is_one_color, load_image, name_images, to_uint8
from ..lesson import image_bytes


class Gallery:
    """Pictures of one kind by their names, and which of them are chosen.

    Args:
        folder: of the pictures.
        chosen: the name of the one that is chosen at first; if there is none of that name, the first one is.

    Attributes:
        sources: a file, or an image 0..255, for each name.
        thumbnails: a small JPEG for each name.
        left_out: the files of the folder that cannot be read.
        one_color: the names of the pictures that show nothing.

    Raises:
        ImageError: there is no picture to choose from.
    """

    def __init__(self, folder: Path, chosen: str):
        self.sources: dict[str, Path | np.ndarray] = {}
        self.thumbnails: dict[str, bytes] = {}
        self.loaded: dict[str, np.ndarray] = {}
        self.left_out: list[str] = []
        self.one_color: set[str] = set()
        for name, path in name_images(folder).items():
            try:
                self._add(name, path)
            except ImageError:
                self.left_out.append(f"{folder.name}/{path.name}")
        if not self.sources:
            raise ImageError(f"There is no picture in {folder.name} that can be read; put one there.")
        self.chosen = [chosen if chosen in self.sources else next(iter(self.sources))]

    def _add(self, name: str, source: Path | np.ndarray) -> None:
        image = load_image(source) if isinstance(source, Path) else source
        self.sources[name] = source
        self.thumbnails[name] = thumbnail(image)
        if is_one_color(image):
            self.one_color.add(name)

    def add_upload(self, filename: str, data: bytes) -> str:
        """Add an uploaded picture, and give its name.

        Raises:
            ImageError: it cannot be read.
        """
        try:
            image = load_image(data)
        except ImageError as error:
            raise ImageError(str(error).replace("The uploaded file", f"'{filename}'")) from None
        stem = re.sub(r"\W+", "_", Path(filename).stem).strip("_")[:40] or "upload"
        name, number = stem, 1
        while name in self.sources:
            number += 1
            name = f"{stem}_{number}"
        self._add(name, image)
        return name

    def choose(self, names: Sequence[str]) -> bool:
        """Choose these and no others; whether that is a change. Names that are not there are left out."""
        names = [name for name in names if name in self.sources]
        changed = bool(names) and names != self.chosen
        if changed:
            self.chosen = names
        return changed

    def images(self) -> list[np.ndarray]:
        """The chosen images, 0..255. They are read once, as long as they are chosen."""
        for name in self.chosen:
            source = self.sources[name]
            if name not in self.loaded:
                self.loaded[name] = load_image(source) if isinstance(source, Path) else source
        self.loaded = {name: self.loaded[name] for name in self.chosen}
        return list(self.loaded.values())


def thumbnail(image: np.ndarray) -> bytes:
    """The middle of an image, 3:2, as a small JPEG."""
    return image_bytes(np.asarray(ImageOps.fit(Image.fromarray(to_uint8(image)), (168, 112))))
