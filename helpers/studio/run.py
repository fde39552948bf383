"""One run of the studio: the painting, the pictures on its way, its losses, and where weights were moved."""

import copy
import itertools
from dataclasses import replace

import numpy as np

from .. import quiet_tensorflow
from ..images import to_uint8

with quiet_tensorflow():
    from ..recipe import Painting, Recipe
    from ..transfer import STYLE_LAYERS, Iterate, NotFiniteError, Weights

KEPT_IMAGES = 48  # of the run that is being painted, at most
KEPT_LATER = 12  # of a run that was put away
numbers = itertools.count(1)


class Run:
    """Paints step by step, and keeps what a person may want to look back at.

    Args:
        recipe, content, styles: as for `Painting`; raises as that does.

    Attributes:
        number: of this run, 1, 2, ...
        frames: the iterates that are kept, with whole numbers for colors; the start and the newest are among them.
        losses: after each step, "total" and its parts.
        weights: of each step, those at the start first.
        marks: the steps that first used a new weight, and which weight.
    """

    def __init__(self, recipe: Recipe, content: np.ndarray, styles: list[np.ndarray]):
        self.number = next(numbers)
        self.sources = content, styles
        self.painting: Painting | None = Painting(recipe, content, styles)
        self.recipe = self.painting.recipe
        transfer = self.painting.transfer
        self.content, self.scales = transfer.content, transfer.plan
        start = to_uint8(transfer.image)
        self.frames = [Iterate(0, transfer.steps, 1, len(transfer.plan), start, 0.0, {}, 0.0, 0.0)]
        self.losses: list[dict[str, float]] = []
        self.weights = [recipe.weights[0][1]]
        self.marks: list[tuple[int, str]] = []
        self.every = 1  # which steps are kept

    @property
    def steps(self) -> int:
        """How many there will be, with those that were added."""
        return self.recipe.steps + self.recipe.added

    @property
    def finished(self) -> bool:
        return self.frames[-1].step >= self.steps

    @property
    def plan(self) -> list[tuple[int, int]]:
        """The size and the number of steps of each scale; steps that were added are with the last."""
        *coarse, (size, steps) = self.scales
        return [*coarse, (size, steps + self.recipe.added)]

    def step(self, weights: Weights) -> Iterate:
        """One step with these weights; raises as `StyleTransfer.step`."""
        if self.painting is None:
            self._go_on()
        try:
            iterate = self.painting.step(weights)
        except (NotFiniteError, MemoryError, KeyboardInterrupt):
            self.resume_from(len(self.frames) - 1)  # the optimizer has lost its memory, and the recipe has to know
            raise
        self.recipe = self.painting.recipe
        if self.losses and weights != self.weights[-1]:
            self.marks.append((iterate.step, describe_change(self.weights[-1], weights)))
        self.weights.append(weights)
        self.losses.append({"total": iterate.total, **iterate.losses})
        self._keep(replace(iterate, image=to_uint8(iterate.image)))
        return iterate

    def _keep(self, newest: Iterate) -> None:
        if self.frames[-1].step % self.every:
            self.frames.pop()  # was kept only for being the newest
        self.frames.append(newest)
        while len(self.frames) > KEPT_IMAGES:
            self._thin_out()

    def _thin_out(self) -> None:
        """Keep every second of the kept steps, the start and the newest."""
        self.every *= 2
        newest = self.frames[-1]
        self.frames = [frame for frame in self.frames if frame.step % self.every == 0 or frame is newest]

    def add_steps(self, count: int) -> None:
        """More steps at the last size."""
        if self.painting is None:
            self._go_on()
        self.painting.add_steps(count)
        self.recipe = self.painting.recipe

    def resume_from(self, number: int) -> "Run | None":
        """Go back to the frame of this number. What came after it is in the run that is returned, if anything did."""
        left = None
        if number < len(self.frames) - 1:
            left = copy.copy(self)
            left.number = next(numbers)
            left.put_away()
        frame = self.frames[number]
        if frame.step == 0:
            self.painting, self.recipe = None, replace(self.recipe.until(0), restarts=(), added=0)
        elif self.painting:
            self.painting.resume_from(frame)
            self.recipe = self.painting.recipe
        else:
            self.recipe = self.recipe.resumed(frame.step)
        self.frames = self.frames[: number + 1]
        self.losses = self.losses[: frame.step]
        self.weights = self.weights[: frame.step + 1]
        self.marks = [mark for mark in self.marks if mark[0] <= frame.step]
        return left

    def put_away(self) -> None:
        """Let go of the engine, which takes memory, and of most frames. The run can still go on."""
        self.painting = None
        while len(self.frames) > KEPT_LATER:
            self._thin_out()

    def _go_on(self) -> None:
        """A new engine, at the newest frame."""
        self.painting = Painting(self.recipe, *self.sources)
        if self.frames[-1].step:
            self.painting.go_on(self.recipe, self.frames[-1])
        self.recipe = self.painting.recipe

    def picture(self, number: int = -1) -> np.ndarray:
        """A frame as it is shown and saved, at its own size."""
        return to_uint8(self.recipe.finished(self.frames[number].image, self.content))

    def recipe_of(self, number: int = -1) -> Recipe:
        """The recipe of a frame."""
        return self.recipe.until(self.frames[number].step)


def describe_change(before: Weights, after: Weights) -> str:
    """Which weights are new, such as "style weight 5"."""
    layers = [weights.style_layers or (1.0,) * len(STYLE_LAYERS) for weights in (before, after)]
    pairs = [
        ("content weight", before.content, after.content),
        ("style weight", before.style, after.style),
        ("total variation weight", before.total_variation, after.total_variation),
        *zip(STYLE_LAYERS, *layers, strict=True),
    ]
    return ", ".join(f"{name} {f'{new:g}' if new else 'off'}" for name, old, new in pairs if new != old)
