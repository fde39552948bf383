"""The engine: paints one picture at a time (StyleTransfer). What it minimizes is in objective.py.

Nothing here prints or draws. A lesson's loop, the command line and the studio all drive the same object:

    transfer = StyleTransfer(content, style)
    for iterate in transfer:
        ...                             # iterate.image, iterate.total, iterate.losses
    picture = transfer.result
"""

import contextlib
import functools
import itertools
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from numbers import Integral

import numpy as np
import tensorflow as tf

from . import coordinates, memory
from .formulas import COURSE, Formulas
from .images import check_image, fit_image, fitted_size, resize_image
from .losses import weighted_total
from .masks import Regions, check_mask, check_region, fit_mask, is_white
from .objective import GRAM, StyleLoss, Weights, shared_objective
from .optimizers import LBFGS, Adam, Rule

CONTENT_LAYERS = ("block4_conv2",)
STYLE_LAYERS = ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1")
OPTIMIZERS = ("lbfgs", "adam")
FIRST_STEP = 3.0  # gray levels: how far L-BFGS's first trial moves a coordinate, before it knows the objective
NOISE = 60.0  # gray levels: the standard deviation of a coordinate of a random start
MARGIN = 8  # px of canvas beyond each edge of the picture, see `canvas`
GRID_SHIFT = 4  # px to the right and down: where the picture lies in the second half of a scale, see `_shift_grid`
SMALLEST_SCALE = 96  # px on the longer side: below this a face is a few pixels of the deepest layer


class NotFiniteError(ArithmeticError):
    """The loss or its gradient became infinite or not a number. The last good picture is kept."""


@dataclass(frozen=True)
class Iterate:
    """One step's outcome.

    Attributes:
        step: 1 for the first step. Of `steps` in all.
        scale: 1 for the coarsest. Of `scales` in all.
        image: the generated image so far, (height, width, 3), RGB, 0..255, at this scale's size.
        total: the total loss: the sum of `losses`.
        losses: its weighted parts "content", "style" and "total variation".
        seconds: spent in this run's steps so far; pauses between steps are not counted.
        seconds_left: an estimate, from the seconds so far and the number of pixels of each step.
    """

    step: int
    steps: int
    scale: int
    scales: int
    image: np.ndarray
    total: float
    losses: dict[str, float]
    seconds: float
    seconds_left: float


# --- The run ----------------------------------------------------------------------------------------------------------


class StyleTransfer:
    """Paints the content image in the style of the style images, one step at a time.

    Args:
        content: the content image, (height, width, 3), RGB, 0..255.
        styles: one style image, or several to blend.
        style_shares: one number for each style image; only their proportions matter. Default: equal shares.
        size: longer side of the generated image in pixels.
        steps: number of steps over all scales.
        scales: coarse to fine: the first scales paint a smaller picture, each twice as large as the one before.
        optimizer: "lbfgs", "adam", or a function of one's own, which moves the pixels: see `optimizers.Rule`.
        weights: what counts how much; may be replaced at any time, the next step uses the new one.
        content_layers, style_layers: names of VGG19's layers.
        style_loss: how styles are compared. Others are in `helpers.further.style_losses`.
        formulas: what the losses are computed with; those that are not the course's own are tried out first.
        style_size: the longer side of the style images, as a share of the picture's. Below 1 the strokes become
            finer, above 1 coarser.
        masks: where the styles go: one gray picture for all styles, or a list with one for each (None: everywhere).
            White is painted, black stays as the content image is. A mask of another size is resized.
        style_masks: in the same way, which part of each style image is the style.
        pooling: "l2", which paints smoothest, "avg" as in Gatys et al. (2016), or "max" as VGG19 was trained.
        init: "content", "noise" or an image to start from.
        seed: of the noise.
        vgg_weights: where VGG19's weights come from, as in `vgg.build_vgg19`.

    Raises:
        ValueError: a value is out of its range; one sentence says which.
        MemoryError: the picture would take more memory than there is; one sentence says which size fits.
    """

    def __init__(
        self,
        content: np.ndarray,
        styles: np.ndarray | Sequence[np.ndarray],
        *,
        style_shares: Sequence[float] | None = None,
        size: int = 384,
        steps: int = 96,
        scales: int = 3,
        optimizer: str | Callable = "lbfgs",
        weights: Weights | None = None,
        content_layers: Sequence[str] = CONTENT_LAYERS,
        style_layers: Sequence[str] = STYLE_LAYERS,
        style_loss: StyleLoss = GRAM,
        style_size: float = 1.0,
        masks: np.ndarray | Sequence[np.ndarray | None] | None = None,
        style_masks: np.ndarray | Sequence[np.ndarray | None] | None = None,
        pooling: str = "l2",
        init: str | np.ndarray = "content",
        seed: int = 0,
        vgg_weights=None,
        formulas: Formulas = COURSE,
    ):
        content = check_image(content, "The content image")
        styles = list(styles) if isinstance(styles, list | tuple) else [styles]
        self.styles = [check_image(style, "The style image") for style in styles]
        self.style_shares = [1.0] * len(self.styles) if style_shares is None else list(style_shares)
        if not self.styles:
            raise ValueError("There is no style image; give at least one.")
        if len(self.style_shares) != len(self.styles):
            raise ValueError(f"There are {len(self.styles)} style images but {len(self.style_shares)} style shares.")
        if min(self.style_shares) < 0 or not sum(self.style_shares) > 0:
            raise ValueError("Style shares have to be 0 or more, and not all 0.")
        for what, value in (("size", size), ("number of steps", steps), ("number of scales", scales)):
            if not (isinstance(value, Integral) and value >= 1):
                raise ValueError(f"The {what} is {value!r}; it has to be a whole number of 1 or more.")
        if not callable(optimizer) and optimizer not in OPTIMIZERS:
            raise ValueError(f"There is no optimizer {optimizer!r}; choose one of {', '.join(OPTIMIZERS)}.")
        if not content_layers or not style_layers:
            raise ValueError("Choose at least one content layer and one style layer.")
        if isinstance(init, str) and init not in ("content", "noise"):
            raise ValueError(f"There is no start {init!r}; choose content, noise or an image.")
        if not isinstance(init, str):
            init = check_image(init, "The image to start from")
        self.weights = weights or Weights()
        self.content = fit_image(content, size, "The content image")
        self.optimizer_choice = optimizer
        self.style_size = style_size
        style_sides = [
            fitted_size(style, size, f"Style image {number}", style_size)
            for number, style in enumerate(self.styles, start=1)
        ]
        sides = [*self.content.shape[:2], *itertools.chain(*style_sides)]
        self.masks = fitted_masks(masks, [self.content.shape[:2]] * len(self.styles), "mask")
        self.style_masks = fitted_masks(style_masks, style_sides, "style mask")
        regions = self._regions(*self.content.shape[:2])
        count = len(regions.members) if regions else 0
        self.objective = shared_objective(
            tuple(content_layers),
            tuple(style_layers),
            pooling,
            style_loss,
            vgg_weights,
            formulas,
            count,
        )
        self.plan = plan_scales(size, steps, scales, size / min(sides))
        self.steps = steps
        self.step_number = 0
        self.seconds = 0.0
        self._work_done = 0.0  # in pixels, also of steps that were taken back
        self._losses_by_total = {}
        self._weights_in_use = self.weights
        self.weights.as_tensors(len(style_layers))  # says at once if their number is wrong
        if isinstance(init, str):
            init = random_picture(*self.content.shape[:2], seed) if init == "noise" else self.content
        if not tf.config.list_physical_devices("GPU"):  # which has its own memory
            memory.check(size, *self.content.shape[:2], functools.partial(memory.needed, regions=count))
        with explained_memory_errors(self.plan[0][0]):
            if formulas != COURSE:
                self.objective.try_out_formulas(fit_image(self.content, self.plan[0][0]))
            self._start_scale(0, init)

    # What can be asked at any time

    @property
    def image(self) -> np.ndarray:
        """The picture so far at the current scale's size, clipped to 0..255."""
        return self._cut_out(self._picture(self.optimizer.x))

    @property
    def result(self) -> np.ndarray:
        """The picture so far at its final size."""
        return resize_image(self.image, *self.content.shape[:2])

    @property
    def finished(self) -> bool:
        return self.step_number >= self.steps

    # What moves it on

    def __iter__(self) -> Iterator[Iterate]:
        """The remaining steps, one after another."""
        while not self.finished:
            yield self.step()

    def step(self) -> Iterate:
        """One step of the optimizer.

        Raises:
            NotFiniteError: a loss or its gradient is infinite or not a number. `image` keeps the last good picture.
            MemoryError: there is not enough memory for this size. `image` keeps the last good picture.
            RuntimeError: all steps are done.
        """
        if self.finished:
            raise RuntimeError(f"All {self.steps} steps are done.")
        began = time.perf_counter()
        left = sum(steps for _, steps in self.plan[: self.scale + 1]) - self.step_number  # steps of this scale
        next_scale = not left and self.scale + 1 < len(self.plan)  # steps may have been added to the last
        size, _ = self.plan[self.scale + 1 if next_scale else self.scale]
        with explained_memory_errors(size, painted=self.plan[self.scale][0] if next_scale else 0):
            if next_scale:
                self._start_scale(self.scale + 1, self._cut_out(self._painted(self.optimizer.x)))
            elif left == math.ceil(self.plan[self.scale][1] / 2):
                self._shift_grid()
            if self.weights != self._weights_in_use:
                self._weights_in_use = self.weights
                self.optimizer.objective_changed()
            self._losses_by_total = {self.optimizer.value: self._losses_by_total.get(self.optimizer.value)}
            self.optimizer.step(self._evaluate)
        self.step_number += 1
        self.seconds += time.perf_counter() - began
        self._work_done += self.plan[self.scale][0] ** 2
        return Iterate(
            step=self.step_number,
            steps=self.steps,
            scale=self.scale + 1,
            scales=len(self.plan),
            image=self.image,
            total=self.optimizer.value,
            losses=self._losses_by_total[self.optimizer.value],
            seconds=self.seconds,
            seconds_left=self._seconds_left(),
        )

    def add_steps(self, count: int) -> None:
        """Make the run longer, at its last size."""
        self.steps += count

    def resume_from(self, iterate: Iterate) -> None:
        """Go back to an earlier iterate of this run; the next step goes on from there.

        Raises:
            ValueError: this run has no such step at that scale.
        """
        scale, ends = iterate.scale, [0, *np.cumsum([steps for _, steps in self.plan])[:-1], self.steps]
        if not (1 <= scale <= len(self.plan) and ends[scale - 1] <= iterate.step <= ends[scale]):
            raise ValueError(f"This run has no step {iterate.step} at scale {scale}.")
        image = check_image(iterate.image, "The image to resume from")
        if self.masks:
            content = resize_image(self.content, *image.shape[:2])
            covered = self._regions(*image.shape[:2]).covered[..., np.newaxis]
            # Where next to nothing is covered, next to nothing is known of what was painted below.
            image = content + (image - content) / np.maximum(covered, 1 / 16)
        self._start_scale(scale - 1, image)
        self.step_number = iterate.step

    def _seconds_left(self) -> float:
        """A step's time grows with the number of pixels, so with the square of the scale's size."""
        work = np.concatenate([np.full(steps, float(size) ** 2) for size, steps in self.plan])
        work = np.pad(work, (0, self.steps - len(work)), mode="edge")  # steps that were added
        return self.seconds / self._work_done * work[self.step_number :].sum()

    def _regions(self, height: int, width: int, on_canvas: bool = False) -> Regions | None:
        """Where each style goes in a picture of this size; None: everywhere."""
        if not self.masks:
            return None
        masks = [fit_mask(mask, height, width) for mask in self.masks]
        return Regions.of([canvas(mask) for mask in masks] if on_canvas else masks, self.style_shares)

    def _start_scale(self, scale: int, image: np.ndarray) -> None:
        """Fit everything to the scale's size, and start the optimizer from the image."""
        size, _ = self.plan[scale]
        content = fit_image(self.content, size)
        styles = [fit_image(style, round(self.style_size * size)) for style in self.styles]
        style_masks = [fit_mask(mask, *style.shape[:2]) for mask, style in zip(self.style_masks, styles, strict=False)]
        regions = self._regions(*content.shape[:2], on_canvas=True)
        start = canvas(resize_image(image, *content.shape[:2]))[np.newaxis]
        targets = self.objective.targets(canvas(content), styles, self.style_shares, style_masks, regions)
        if callable(self.optimizer_choice):
            optimizer = Rule(self.optimizer_choice, start)
        else:
            x = np.zeros(coordinates.count(*start.shape[1:3]), np.float32)
            optimizer = LBFGS(x, first_step=FIRST_STEP) if self.optimizer_choice == "lbfgs" else Adam(x)
        # All at once: an interrupt while the targets are computed leaves the run as it was.
        self.scale, self._shape, self.targets, self.optimizer = scale, content.shape[:2], targets, optimizer
        self._start, self._shift = start, 0
        if regions:
            self._beneath, self._covered = canvas(content)[np.newaxis], regions.covered[np.newaxis, ..., np.newaxis]

    def _shift_grid(self) -> None:
        """Shift the canvas by a few pixels before VGG19 sees it; what leaves it on one side comes back on the other.

        A pooling layer is nearly blind to patterns that alternate as its grid does, so they would stay in the picture
        as regular dots. Seen from another place they are no longer hidden.
        """
        content = canvas(fit_image(self.content, self.plan[self.scale][0]))
        features = self.objective.features(np.roll(content, GRID_SHIFT, axis=(0, 1)))
        targets = self.targets._replace(content={name: features[name] for name in self.targets.content})
        if self.masks:
            maps = self._regions(*self._shape, on_canvas=True).maps
            targets = targets._replace(regions=self.objective.at_layers(np.roll(maps, GRID_SHIFT, axis=(1, 2))))
        self.optimizer.objective_changed()
        self.targets, self._shift = targets, GRID_SHIFT

    def _painted(self, x: np.ndarray) -> np.ndarray:
        """What is painted at the coordinates x, (1, height, width, 3): where the scale started, and what x adds."""
        if callable(self.optimizer_choice):  # x are the pixels themselves
            return x
        return self._start + coordinates.to_picture(x, *self._start.shape[1:3]).numpy()

    def _picture(self, x: np.ndarray) -> np.ndarray:
        """The canvas at the coordinates x: what is painted, where the masks let it cover the content image."""
        painted = self._painted(x)
        return self._beneath + self._covered * (painted - self._beneath) if self.masks else painted

    def _cut_out(self, picture: np.ndarray) -> np.ndarray:
        """A canvas (1, height, width, 3) without its margin, clipped to 0..255."""
        height, width = self._shape
        return np.clip(picture[0, MARGIN : MARGIN + height, MARGIN : MARGIN + width], 0, 255)

    def _evaluate(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """The total loss and its gradient at the coordinates x, with the weights in use."""
        weights = self._weights_in_use
        losses, total, gradient = self.objective.losses_and_gradient(
            tf.constant(np.roll(self._picture(x), self._shift, axis=(1, 2))),
            self.targets,
            weights.as_tensors(len(self.objective.style_layers)),
        )
        losses = {name: float(loss) for name, loss in losses.items()}
        gradient = np.roll(gradient, -self._shift, axis=(1, 2))
        # The line search needs more digits than float32 adds up with.
        total = sum(losses.values()) if self.objective.formulas.total is weighted_total else float(total)
        if self.masks:
            gradient = gradient * self._covered
        if not callable(self.optimizer_choice):
            gradient = coordinates.to_coordinates(gradient).numpy()
        if not (math.isfinite(total) and np.isfinite(gradient).all()):
            name = max(losses, key=lambda name: losses[name] if math.isfinite(losses[name]) else math.inf)
            raise NotFiniteError(
                "The total loss or its gradient is no longer a finite number, most likely because of the "
                f"{name} weight ({getattr(weights, name.replace(' ', '_')):g}); "
                "lower it and go on from the last good picture."
            )
        self._losses_by_total[total] = losses
        return total, gradient


@contextlib.contextmanager
def explained_memory_errors(size: int, painted: int = 0) -> Iterator[None]:
    """Turn TensorFlow's and NumPy's errors about memory into one MemoryError with a sentence.

    It names the size that was `painted` before, if there is one.
    """
    try:
        yield
    except (tf.errors.ResourceExhaustedError, MemoryError) as error:
        advice = f"{painted} px fit" if painted else "choose a smaller size"
        raise MemoryError(f"There is not enough memory for a picture of {size} px; {advice}.") from error


def fitted_masks(masks, sides: Sequence[tuple[int, int]], name: str) -> list[np.ndarray]:
    """One mask for each picture of these heights and widths, 0..1; none at all if everything is white.

    Args:
        masks: one gray picture for all, or one or None for each.
        name: what messages call them.

    Raises:
        ValueError: there are more or fewer masks than pictures, or one of them cannot be used.
    """
    masks = list(masks) if isinstance(masks, list | tuple) else [masks] * len(sides)
    if len(masks) != len(sides):
        raise ValueError(f"There are {len(sides)} style images but {len(masks)} {name}s; give None for no {name}.")
    fitted = []
    for number, (mask, (height, width)) in enumerate(zip(masks, sides, strict=True), start=1):
        which = f"The {name}" if len(masks) == 1 else f"The {name} of style image {number}"
        mask = np.ones((height, width), np.float32) if mask is None else check_mask(mask, which)
        check_region(mask, height, width, which)
        fitted.append(fit_mask(mask, height, width))
    return [] if all(map(is_white, fitted)) else fitted


def random_picture(height: int, width: int, seed: int) -> np.ndarray:
    """A picture of random coordinates on mid gray, (height, width, 3), 0..255.

    Where every pixel was random, the run would end with colored grain: to change single pixels' colors is the slowest
    thing to do in these coordinates.
    """
    numbers = np.random.default_rng(seed).normal(0, NOISE, coordinates.count(height, width)).astype(np.float32)
    return np.clip(128 + coordinates.to_picture(numbers, height, width).numpy()[0], 0, 255)


def canvas(image: np.ndarray) -> np.ndarray:
    """The image with a mirrored margin, which is painted too and cut off afterwards.

    VGG19 pads with zeros, so it sees a gray frame around every picture; the margin keeps it away from what is kept.
    Sides become multiples of 16, or its pooling layers would not see the last pixels.

    Args:
        image: (height, width, 3), or a mask (height, width). The margin is `MARGIN` px at the top and left, up to 15 px
            more at the others.
    """
    bottom, right = (MARGIN + -(side + 2 * MARGIN) % 16 for side in image.shape[:2])
    return np.pad(image, ((MARGIN, bottom), (MARGIN, right), *[(0, 0)] * (image.ndim - 2)), mode="reflect")


def plan_scales(size: int, steps: int, scales: int, elongation: float = 1.0) -> list[tuple[int, int]]:
    """The longer side in pixels and the number of steps of each scale, coarsest first.

    Each scale is twice as large as the one before, and has as many steps. Coarse scales that would be too small are
    left out: below `SMALLEST_SCALE` on the longer side, or below VGG19's least size on the shorter one.

    Args:
        size: longer side of the last scale, in pixels.
        steps: over all scales.
        scales: how many at most.
        elongation: the longer side of the last scale divided by the shortest side of any picture there.
    """
    sizes = [size // 2**k for k in range(min(scales, steps))]
    sizes = [s for s in sizes if s == size or (s >= SMALLEST_SCALE and s / elongation >= 32)]
    ends = np.arange(len(sizes) + 1) * steps // len(sizes)
    return [(s, int(share)) for s, share in zip(reversed(sizes), np.diff(ends), strict=True)]
