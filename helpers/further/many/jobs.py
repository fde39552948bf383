"""What shall be painted: every photograph in the style of every painting, each a job of its own."""

import contextlib
import functools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from ... import quiet_tensorflow
from ...images import (
    CONTENT_IMAGES,
    STYLES_IMAGES,
    ImageError,
    find_image,
    fitted_size,
    list_images,
    load_image,
    name_images,
)
from ...masks import read_fitted, split_style
from ...saving import encode_image

with quiet_tensorflow():
    import tensorflow as tf

    from ...recipe import Painting, Recipe, digest
    from ...transfer import Iterate, NotFiniteError

REFUSED = (ImageError, ValueError, MemoryError, NotFiniteError)  # why a picture fails, and the others need not


class ClusterError(RuntimeError):
    """There is nobody who could paint; the message says why and what to do."""


class Source(NamedTuple):
    """A picture's file, as it goes to another machine: what it is called, and its bytes."""

    name: str
    data: bytes

    def image(self) -> np.ndarray:
        """The image, 0..255. Raises ImageError, which names the file."""
        try:
            return load_image(self.data)
        except ImageError as error:
            raise ImageError(str(error).replace("The uploaded file", f"'{self.name}'")) from None


class Order(NamedTuple):
    """One picture that shall be painted: all that a machine needs which sees none of this one's files."""

    recipe: Recipe
    content: Source
    style: Source

    def paint(self, seen: Callable[[Iterate], None] = lambda iterate: None) -> bytes:
        """The painted picture's file, a PNG with its recipe: byte for byte what the single command writes.

        Args:
            seen: is called after each step.

        Raises:
            ImageError, ValueError, MemoryError, NotFiniteError: it cannot be painted; one sentence says why.
        """
        content, style = self.content.image(), self.style.image()
        painting = Painting(replace(self.recipe, sources=(digest(content), digest(style))), content, [style])
        for iterate in painting.follow(self.recipe):
            seen(iterate)
        finished = self.recipe.finished(painting.transfer.result, painting.transfer.content)
        return encode_image(finished, ".png", painting.recipe.to_json())


@dataclass(frozen=True)
class Job:
    """A picture that is wanted.

    Attributes:
        path: of its file.
        content, style: the files of its photograph and its painting.
        names: what its recipe calls these two.
        mask, style_mask: files, or None: where the style goes, and which part of the painting is the style.
        choices: a recipe without pictures: all that is the same for all jobs.
    """

    path: Path
    content: Path
    style: Path
    names: tuple[str, str]
    mask: str | Path | None
    style_mask: str | Path | None
    choices: Recipe

    def recipe(self) -> Recipe:
        """What has to be painted. Raises ImageError: a mask cannot be used, or does not fit a file that can be read."""
        masks = style_masks = ""
        if self.mask:
            sides = fitted_size(load_image(self.content), self.choices.size, self.names[0])
            masks = read_fitted(self.mask, *sides)
        if self.style_mask:
            sides = fitted_size(load_image(self.style), self.choices.size, self.names[1], self.choices.style_size)
            style_masks = read_fitted(self.style_mask, *sides)
        return replace(
            self.choices,
            content=self.names[0],
            styles=self.names[1:],
            masks=(masks,) if masks else (),
            style_masks=(style_masks,) if style_masks else (),
        )

    def order(self) -> Order:
        """The recipe with the files. Raises ImageError: one cannot be read, or a mask cannot be used."""
        files = zip(self.names, (self.content, self.style), strict=True)
        return Order(self.recipe(), *(Source(name, read_file(path)) for name, path in files))

    def is_painted(self, ours: bool) -> bool:
        """Whether the file is there, and is this picture.

        Args:
            ours: pictures in its folder that are others may be replaced, if they have the same names.

        Raises:
            ImageError: the file may not be replaced, or another one cannot be read.
        """
        if not self.path.exists():
            return False
        try:
            painted = Recipe.of_file(self.path)
        except ImageError:
            raise ImageError(
                f"'{self.path}' exists already and was not painted by this course, so it is not overwritten."
            ) from None
        wanted = replace(self.recipe(), sources=(digest_of(self.content), digest_of(self.style)))
        if same(painted, wanted):
            return True
        if not ours or (painted.content, *painted.styles) != self.names:
            raise ImageError(
                f"'{self.path}' is another picture, and is not overwritten; choose another folder, or remove it."
            )
        return False


def plan(
    photographs: Sequence[str | Path],
    styles: Sequence[str | Path],
    output: Path,
    mask: str | Path | None,
    style_mask: str | Path | None,
    choices: Recipe,
) -> list[Job]:
    """All pictures that are wanted, photograph by photograph, each with a file of its own.

    Raises:
        ImageError: there is no such picture, or none in a folder.
    """
    contents = list(dict.fromkeys(path for name in photographs for path in find_pictures(name, CONTENT_IMAGES)))
    paintings = {}
    for text in styles:
        style = split_style(str(text))
        for path in find_pictures(style.name, STYLES_IMAGES):
            paintings[path] = (style.mask or mask, style.style_mask or style_mask)
    content_names, style_names = short_names(contents), short_names(paintings)
    in_recipe = {path: recipe_name(path, CONTENT_IMAGES) for path in contents}
    in_recipe |= {path: recipe_name(path, STYLES_IMAGES) for path in paintings}
    jobs, taken = [], set()
    for content in contents:
        for style, masks in paintings.items():
            stem = name = f"{content_names[content]}_{style_names[style]}"
            number = 1
            while name.lower() in taken:  # a_b and c, a and b_c
                number += 1
                name = f"{stem}-{number}"
            taken.add(name.lower())
            names = in_recipe[content], in_recipe[style]
            jobs.append(Job(output / f"{name}.png", content, style, names, *masks, choices))
    return jobs


def find_pictures(name: str | Path, folder: Path) -> list[Path]:
    """The pictures in a folder, or the one of a file or of a name in the course's `folder`.

    Raises:
        ImageError: there is none.
    """
    if not Path(name).is_dir():
        return [find_image(name, folder)]
    found = list_images(Path(name))
    if not found:
        raise ImageError(f"There is no picture in the folder '{name}'.")
    return found


def short_names(paths: Iterable[Path]) -> dict[Path, str]:
    """Names of pictures without their endings, where no two are called so."""
    count = Counter(path.stem.lower() for path in paths)
    return {path: path.stem if count[path.stem.lower()] == 1 else path.name.replace(".", "_") for path in paths}


def recipe_name(path: Path, folder: Path) -> str:
    """What a recipe calls a picture. It tells nothing of this machine's folders."""
    if path.parent.resolve() == folder:
        return next(name for name, own in name_images(folder).items() if own.name == path.name)
    return path.name if path.is_absolute() else str(path)


def read_file(path: Path) -> bytes:
    """A file's bytes. Raises ImageError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ImageError(f"'{path}' cannot be opened: {error.strerror}.") from error


def digest_of(path: Path) -> str:
    """The digest of a file's image; it is computed again only if the file has changed. Raises ImageError."""
    with contextlib.suppress(OSError):
        return _digest(path, path.stat().st_mtime_ns)
    return digest(load_image(path))


@functools.lru_cache(maxsize=1024)
def _digest(path: Path, _modified: int) -> str:
    return digest(load_image(path))


def same(painted: Recipe, wanted: Recipe) -> bool:
    """Whether a picture was painted to the end of this recipe, from the same files, whatever they were called."""
    unlike = {"content": "", "styles": (), "versions": {}, "step": 0}
    return painted.step == painted.steps and replace(painted, **unlike) == replace(wanted, **unlike)


@functools.cache
def picture_size(path: Path) -> tuple[int, int]:
    """Height and width, as a picture's file says; of an unreadable file, 0."""
    try:
        with Image.open(path) as picture:
            return picture.height, picture.width
    except (OSError, ValueError, Image.DecompressionBombError):
        return 0, 0


def use_threads(threads: int | None) -> None:
    """Let TensorFlow take this many threads. Raises ValueError if it has begun already, with another number."""
    if threads and threads != tf.config.threading.get_intra_op_parallelism_threads():
        try:
            tf.config.threading.set_intra_op_parallelism_threads(threads)
        except RuntimeError:
            raise ValueError("TensorFlow has begun with another number of threads; start anew for this one.") from None
