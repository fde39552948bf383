"""The recipe of a picture: all that is needed to paint it again. It is kept inside the picture's file.

`Painting` makes the steps of a run and writes the recipe along.
"""

import hashlib
import json
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image

from . import quiet_tensorflow
from .images import (
    CONTENT_IMAGES,
    STYLES_IMAGES,
    ImageError,
    find_image,
    keep_colors,
    load_image,
    match_colors,
    to_uint8,
)
from .masks import decode_mask
from .saving import RECIPE

with quiet_tensorflow():
    import keras
    import tensorflow as tf

    from .further.style_losses import STYLE_LOSSES
    from .transfer import Iterate, StyleTransfer, Weights

NO_RECIPE = "'{}' holds no recipe: only pictures that this course has painted step by step do."


def versions() -> dict[str, str]:
    """What a picture is painted with; other versions may round differently."""
    return {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__}


def digest(image: np.ndarray) -> str:
    """What tells one image from another: the first digits of the SHA-256 of its size and pixels."""
    return hashlib.sha256(repr(image.shape).encode() + to_uint8(image).tobytes()).hexdigest()[:16]


@dataclass(frozen=True)
class Recipe:
    """How a picture was painted.

    Attributes:
        content, styles: names of the course's pictures, or paths.
        style_shares: of the styles; empty: equal shares.
        colors: "painting"; "photo": the content image's colors are put back at the end; "matched": the styles get the
            content image's colors before anything is painted.
        weights: the first step that uses them, and the weights, in the order of the steps.
        restarts: steps after which the run was resumed from the picture as it was kept, rounded to whole numbers.
        added: how many steps were added after the last.
        masks: where each style goes, see `masks`: "" is everywhere; empty: all styles go everywhere.
        style_masks: in the same way, which part of each style image is meant.
        sources: digests of the content image and the styles; empty: not known.
        step: of the picture: the run is followed as far as that.
        versions: what painted it.
        The others are those of `StyleTransfer`.
    """

    content: str
    styles: tuple[str, ...]
    style_shares: tuple[float, ...] = ()
    size: int = 384
    steps: int = 96
    optimizer: str = "lbfgs"
    style_loss: str = "gram"
    style_size: float = 1.0
    pooling: str = "l2"
    init: str = "content"
    seed: int = 0
    colors: str = "painting"
    masks: tuple[str, ...] = ()
    style_masks: tuple[str, ...] = ()
    weights: tuple[tuple[int, Weights], ...] = ((1, Weights()),)
    restarts: tuple[int, ...] = ()
    added: int = 0
    sources: tuple[str, ...] = ()
    step: int = 0
    versions: dict[str, str] = field(default_factory=versions)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Recipe":
        """Raises ValueError, KeyError or TypeError: this is no recipe."""
        values = json.loads(text)
        values["weights"] = tuple(
            (step, Weights(**{**weights, "style_layers": tuple(weights["style_layers"])}))
            for step, weights in values["weights"]
        )
        for name in ("styles", "style_shares", "restarts", "masks", "style_masks", "sources"):
            values[name] = tuple(values.get(name, ()))
        if not (values["weights"] and values["styles"] and values["style_loss"] in STYLE_LOSSES):
            raise ValueError("no recipe")
        recipe = cls(**values)
        decoded(recipe.masks + recipe.style_masks)  # raises here if one of them is no mask
        return recipe

    @classmethod
    def of_file(cls, path: str | Path) -> "Recipe":
        """The recipe inside a picture's file.

        Raises:
            ImageError: there is no such file, or it holds no recipe.
        """
        try:
            with Image.open(path) as picture:
                picture.load()  # the texts of a PNG may stand behind the picture
                text = picture.info.get(RECIPE) or picture.info.get("comment", "")
            return cls.from_json(text.decode() if isinstance(text, bytes) else text)
        except FileNotFoundError:
            raise ImageError(f"There is no file '{path}'.") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ImageError(NO_RECIPE.format(path)) from error

    def until(self, step: int) -> "Recipe":
        """The recipe of an earlier step of the same run."""
        return replace(
            self,
            step=step,
            weights=tuple(move for move in self.weights if move[0] <= max(step, 1)),
            restarts=tuple(restart for restart in self.restarts if restart <= step),
        )

    def resumed(self, step: int) -> "Recipe":
        """The recipe after the run has gone back to a step."""
        earlier = self.until(step)
        return replace(earlier, restarts=(*(restart for restart in earlier.restarts if restart < step), step))

    def weights_from(self, step: int) -> Weights | None:
        """The weights that come into use at this step; None: those before stay."""
        return dict(self.weights).get(step)

    def finished(self, image: np.ndarray, content: np.ndarray) -> np.ndarray:
        """An image of the run as it is shown and saved: in the photograph's colors, if these were chosen."""
        return keep_colors(image, content) if self.colors == "photo" else image

    def code(self) -> str:
        """The Python that paints the picture."""
        styles = ", ".join(f"load_image(find_image({name!r}, STYLES_IMAGES))" for name in self.styles)
        given = {name: getattr(self, name) for name in ("size", "steps", "optimizer", "style_size", "pooling", "init")}
        given |= {"seed": self.seed} if self.init == "noise" else {}
        given |= {"style_shares": list(self.style_shares)} if self.style_shares else {}
        arguments = [f"{name}={value!r}" for name, value in given.items()]
        if self.style_loss != "gram":
            arguments.append(f"style_loss=STYLE_LOSSES[{self.style_loss!r}]")
        for kind, masks in (("masks", self.masks), ("style_masks", self.style_masks)):
            files = [f"load_image('{kind[:-1]}_{n}.png')" if mask else "None" for n, mask in enumerate(masks, start=1)]
            arguments += [f"{kind}=[{', '.join(files)}]"] if masks else []
        further = "from helpers.further.style_losses import STYLE_LOSSES\n" if self.style_loss != "gram" else ""
        names = ["CONTENT_IMAGES", "STYLES_IMAGES", "find_image", "load_image"]
        names += ["keep_colors"] * (self.colors == "photo") + ["match_colors"] * (self.colors == "matched")
        names += ["to_uint8"] * bool(self.restarts)
        lines = [
            *(["from dataclasses import replace\n"] if self.restarts else []),
            further + f"from helpers.images import {', '.join(sorted(names))}",
            "from helpers.transfer import StyleTransfer, Weights\n",
            f"content = load_image(find_image({self.content!r}, CONTENT_IMAGES))",
            f"styles = [{styles}]",
            *(["styles = [match_colors(style, content) for style in styles]"] if self.colors == "matched" else []),
            "weights = {  # from which step on",
            *(f"    {step}: {weights}," for step, weights in self.weights),
            "}",
            "transfer = StyleTransfer(",
            "    content,",
            "    styles,",
            *(f"    {argument}," for argument in arguments),
            ")",
            *([f"transfer.add_steps({self.added})"] if self.added else []),
            f"while transfer.step_number < {self.step}:",
            "    transfer.weights = weights.get(transfer.step_number + 1, transfer.weights)",
            "    iterate = transfer.step()",
        ]
        if self.restarts:
            lines += [
                f"    if iterate.step in {self.restarts!r}:",
                "        transfer.resume_from(replace(iterate, image=to_uint8(iterate.image)))",
            ]
        finished = "keep_colors(transfer.result, transfer.content)" if self.colors == "photo" else "transfer.result"
        return "\n".join([*lines, f"picture = {finished}", ""])


def decoded(masks: Sequence[str]) -> list[np.ndarray | None]:
    """The masks of a recipe as gray pictures, 0..255. Raises ImageError or ValueError: one of them is no mask."""
    return [255 * decode_mask(mask) if mask else None for mask in masks]


class Painting:
    """A run of the engine that writes its recipe along.

    Args:
        recipe: what to begin with: its pictures and choices, and the first weights.
        content, styles: the pictures, if they are at hand already.

    Raises:
        ImageError: a picture cannot be found or read.
        ValueError, MemoryError: as `StyleTransfer`.
    """

    def __init__(self, recipe: Recipe, content: np.ndarray | None = None, styles: list[np.ndarray] | None = None):
        if content is None:
            content = load_image(find_image(recipe.content, CONTENT_IMAGES))
        if styles is None:
            styles = [load_image(find_image(name, STYLES_IMAGES)) for name in recipe.styles]
        if recipe.colors == "matched":
            styles = [match_colors(style, content) for style in styles]
        self.recipe = replace(recipe, restarts=(), added=0, step=0, weights=recipe.weights[:1], versions=versions())
        self.transfer = StyleTransfer(
            content,
            styles,
            style_shares=recipe.style_shares or None,
            size=recipe.size,
            steps=recipe.steps,
            optimizer=recipe.optimizer,
            weights=recipe.weights[0][1],
            style_loss=STYLE_LOSSES[recipe.style_loss],
            style_size=recipe.style_size,
            masks=decoded(recipe.masks) or None,
            style_masks=decoded(recipe.style_masks) or None,
            pooling=recipe.pooling,
            init=recipe.init,
            seed=recipe.seed,
        )

    def step(self, weights: Weights) -> Iterate:
        """One step with these weights. Raises as `StyleTransfer.step`."""
        self.transfer.weights = weights
        iterate = self.transfer.step()
        moves = self.recipe.weights
        if weights != moves[-1][1]:
            moves = (*(move for move in moves if move[0] < iterate.step), (iterate.step, weights))
        self.recipe = replace(self.recipe, step=iterate.step, weights=moves)
        return iterate

    def follow(self, recipe: Recipe) -> Iterator[Iterate]:
        """The steps of a recipe, as far as its picture; those of one that has painted nothing yet to the end."""
        self.add_steps(recipe.added)
        weights = recipe.weights[0][1]
        while self.transfer.step_number < (recipe.step or self.transfer.steps):
            weights = recipe.weights_from(self.transfer.step_number + 1) or weights
            iterate = self.step(weights)
            if iterate.step in recipe.restarts:
                self.resume_from(iterate)
            yield iterate

    def resume_from(self, iterate: Iterate) -> None:
        """Go back to an earlier iterate, whose image is rounded to whole numbers; what came after it is forgotten."""
        self.transfer.resume_from(replace(iterate, image=to_uint8(iterate.image)))
        self.recipe = self.recipe.resumed(iterate.step)

    def go_on(self, recipe: Recipe, iterate: Iterate) -> None:
        """Take up a run that was painted by a recipe, at its iterate."""
        self.transfer.add_steps(recipe.added)
        self.recipe = recipe
        self.resume_from(iterate)

    def add_steps(self, count: int) -> None:
        """More steps at the last size."""
        self.transfer.add_steps(count)
        self.recipe = replace(self.recipe, added=self.recipe.added + count)
