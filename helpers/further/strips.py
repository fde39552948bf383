"""The objective piece by piece, for pictures whose feature maps do not fit into memory: exact, and without a seam.

All losses are functions of sums over positions, and sums can be had strip by strip. One block of VGG19 at a time is led
over strips of rows, each with as many rows above and below as the block's layers see. Between two blocks only the
pooled maps of the whole picture are kept: 120 bytes a pixel, where the whole objective takes some 2000.

A first pass adds up the sums; from them follow the losses, and their slopes: how fast they change with each sum. A
second pass, from the deepest block to the first, computes each strip once more and leads the slopes back to the pixels.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from ..formulas import COURSE
from ..images import preprocess
from ..losses import squared_norm, total_variation_loss
from ..masks import Regions
from ..objective import GRAM, Objective, Targets, blended
from .style_losses import MOMENTS

Sums = dict[str, np.ndarray]  # by kind and layer, such as "products block1_conv1"


class Strip(NamedTuple):
    """Rows of a block's maps: those from `low` to `high` are its own, those from `top` to `bottom` it has to see."""

    top: int
    low: int
    high: int
    bottom: int

    @property
    def seen(self) -> slice:
        return slice(self.top, self.bottom)

    @property
    def own(self) -> slice:
        return slice(self.low, self.high)

    @property
    def within(self) -> tuple[tf.Tensor, tf.Tensor]:
        """Where the own rows are in those that are seen."""
        return tf.constant(self.low - self.top), tf.constant(self.high - self.top)


def strips(height: int, rows: int, halo: int) -> Iterator[Strip]:
    """All strips of a map. They begin at even rows, so that the pooling's windows are where they are in the whole."""
    for low in range(0, height, rows):
        high = min(low + rows, height)
        if height - high < 2:  # a single row has no pooled one
            high = height
        yield Strip(max(0, low - halo), low, high, min(height, high + halo))
        if high == height:
            return


class Block:
    """One block of VGG19: its convolutions, and the pooling after them if there is a deeper block.

    Attributes:
        names: of the layers whose feature maps are wanted.
        halo: rows above and below a strip on which its own ones depend.
    """

    def __init__(self, objective: Objective, number: int):
        layers = {layer.name: layer for layer in objective.vgg.layers}
        convolutions = [layer for name, layer in layers.items() if name.startswith(f"block{number}_conv")]
        self.number = number
        # Constants: of a compiled function that uses Keras's layers, an outer tape asks the weights' gradients, too.
        self.kernels = [(layer.name, tf.constant(layer.kernel), tf.constant(layer.bias)) for layer in convolutions]
        self.channels = self.kernels[-1][1].shape[-1]
        self.names = [name for name in objective.vgg.output if int(name[5]) == number]
        self.content = [name for name in objective.content_layers if name in self.names]
        self.style = [name for name in objective.style_layers if name in self.names]
        self.with_means = objective.style_loss == MOMENTS
        self.pool = layers.get(f"block{number}_pool")
        self.halo = 2 * (len(convolutions) // 2 + 1)  # a row for each convolution, one for the pooling; even
        self.features = tf.function(self.features, reduce_retracing=True)
        self.sums = tf.function(self.sums, reduce_retracing=True)
        self.gradient = tf.function(self.gradient, reduce_retracing=True)

    def pooled_shape(self, x: np.ndarray) -> tuple[int, ...]:
        return 1, x.shape[1] // 2, x.shape[2] // 2, self.channels

    def features(self, x: tf.Tensor, low: tf.Tensor, high: tf.Tensor) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
        """The wanted feature maps' own rows, and those of the pooled map."""
        maps = {}
        if self.number == 1:
            x = preprocess(x)
        for name, kernel, bias in self.kernels:
            x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "SAME"), bias))
            if name in self.names:
                maps[name] = x[:, low:high]
        return maps, self.pool(x)[:, low // 2 : high // 2] if self.pool else tf.zeros(())

    def sums(self, x, low, high, content, regions) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
        """What is added up, from one strip, and its pooled rows.

        Args:
            x: the block's input, the rows that are seen.
            content, regions: of the targets, the strip's own rows.
        """
        maps, pool = self.features(x, low, high)
        sums = {f"difference {name}": tf.reduce_sum(tf.square(maps[name] - content[name])) for name in self.content}
        for name in self.style:
            sums |= self.style_sums(maps[name], name, regions.get(name))
        return sums, pool

    def style_sums(self, features: tf.Tensor, name: str, regions: tf.Tensor | None) -> dict[str, tf.Tensor]:
        """Sums over positions, for each region: of the products of two channels (regions, channels, channels), of what
        the positions count (regions,), and if the style loss wants means, of each channel (regions, channels)."""
        rows = tf.reshape(features, (-1, features.shape[-1]))
        if regions is None:
            weighted, weight = rows[tf.newaxis], tf.cast(tf.shape(rows)[:1], rows.dtype)
        else:
            weighted = rows * tf.reshape(regions, (tf.shape(regions)[0], -1, 1))
            weight = tf.reduce_sum(regions, axis=[1, 2])
        sums = {f"products {name}": tf.einsum("rpc,pd->rcd", weighted, rows), f"weight {name}": weight}
        if self.with_means:
            sums[f"values {name}"] = tf.reduce_sum(weighted, axis=1)
        return sums

    def gradient(self, x, low, high, content, regions, slopes, above) -> tf.Tensor:
        """The gradient with respect to the strip's input: what the slopes and the deeper blocks say of it."""
        with tf.GradientTape() as tape:
            tape.watch(x)
            sums, pool = self.sums(x, low, high, content, regions)
        return led_back(tape, x, sums, pool, slopes, above)


def led_back(tape: tf.GradientTape, x: tf.Tensor, sums, pool, slopes, above) -> tf.Tensor:
    """The gradient with respect to x of the sums times their slopes, and of the pooled map times what is above it."""
    targets, upstream = [sums[name] for name in slopes], list(slopes.values())
    if above is not None:
        targets, upstream = [*targets, pool], [*upstream, above]
    return tape.gradient(targets, x, upstream)


class StripObjective:
    """An `Objective` in strips: the same losses and gradient, with less memory and more time.

    Args:
        whole: the objective.
        rows: of a strip, on each block's own maps; rounded up to an even number.
        kept: how many of the deepest blocks keep what they have computed, from the first pass to the second.

    Raises:
        ValueError: the objective is no function of sums over positions.
    """

    def __init__(self, whole: Objective, rows: int = 64, kept: int = 0):
        if whole.style_loss not in (GRAM, MOMENTS) or whole.formulas != COURSE:
            raise ValueError(
                "Only Gram matrices, and means and covariances, by the course's own formulas can be added up strip by "
                "strip: choose one of these, or a smaller size."
            )
        self.whole, self.formulas = whole, whole.formulas
        self.content_layers, self.style_layers = whole.content_layers, whole.style_layers
        self.rows = rows + rows % 2
        deepest = max(int(name[5]) for name in whole.vgg.output)
        self.blocks = [Block(whole, number) for number in range(1, deepest + 1)]
        self.kept = self.blocks[len(self.blocks) - kept :]

    # --- Targets

    def features(self, image: np.ndarray) -> dict[str, np.ndarray]:
        """Feature maps of one image (height, width, 3), 0..255, on the content layers."""
        maps = {}

        def collect(block: Block, x: np.ndarray, strip: Strip) -> tf.Tensor:
            features, pool = block.features(tf.constant(x[:, strip.seen]), *strip.within)
            for name in block.content:
                if name not in maps:
                    maps[name] = np.empty((1, *x.shape[1:3], features[name].shape[-1]), np.float32)
                maps[name][:, strip.own] = features[name]
            return pool

        self._forward(image[np.newaxis], collect)
        return maps

    def targets(
        self,
        content: np.ndarray,
        styles: Sequence[np.ndarray],
        shares: Sequence[float],
        style_masks: Sequence[np.ndarray] = (),
        regions: Regions | None = None,
    ) -> Targets:
        """As `Objective.targets`."""

        def tables_of(number: int) -> dict[str, tf.Tensor]:
            return self._style_tables(styles[number], style_masks[number] if style_masks else None)

        tables = blended(tables_of, shares, regions.members if regions else [range(len(styles))])
        return Targets(
            self.features(content),
            {name: tf.cast(table, tf.float32) for name, table in tables.items()},
            self.at_layers(regions.maps) if regions else {},
        )

    def at_layers(self, masks: np.ndarray) -> dict[str, tf.Tensor]:
        """As `Objective.at_layers`."""
        return self.whole.at_layers(masks)

    def _style_tables(self, style: np.ndarray, mask: np.ndarray | None) -> dict[str, tf.Tensor]:
        """The tables of a style image, or of a part of it."""
        maps = {} if mask is None else self.at_layers(mask[np.newaxis])
        totals = {}

        def add_up(block: Block, x: np.ndarray, strip: Strip) -> tf.Tensor:
            features, pool = block.features(tf.constant(x[:, strip.seen]), *strip.within)
            for name in block.style:
                add(totals, block.style_sums(features[name], name, maps[name][:, strip.own] if maps else None))
            return pool

        self._forward(style[np.newaxis], add_up)
        totals = {name: tf.constant(total) for name, total in totals.items()}
        return {name: self._tables(totals, name) for name in self.style_layers}

    def _tables(self, totals: Mapping[str, tf.Tensor], name: str) -> tf.Tensor:
        """The style loss's table on a layer, one for each region, of its sums."""
        weight = totals[f"weight {name}"][:, tf.newaxis, tf.newaxis]
        products = totals[f"products {name}"] / weight
        if f"values {name}" not in totals:
            return products
        mean = totals[f"values {name}"][:, tf.newaxis] / weight
        return tf.concat([products - tf.matmul(mean, mean, transpose_a=True), mean], axis=1)

    def _forward(self, x: np.ndarray, compute: Callable[[Block, np.ndarray, Strip], tf.Tensor]) -> list[np.ndarray]:
        """Lead an image (1, height, width, 3) through the blocks strip by strip.

        Args:
            compute: is given a block, its input and a strip; does what is wanted, and returns the strip's pooled rows.

        Returns:
            The input of each block.
        """
        x, inputs = np.asarray(x, np.float32), []
        for block in self.blocks:
            inputs.append(x)
            pools = np.empty(block.pooled_shape(x), np.float32) if block.pool else None
            for strip in strips(x.shape[1], self.rows, block.halo):
                pool = compute(block, x, strip)
                if block.pool:
                    pools[:, strip.low // 2 : strip.high // 2] = pool
            x = pools
        return inputs

    # --- The losses and their gradient

    def losses_and_gradient(self, image: tf.Tensor, targets: Targets, weights: Mapping[str, tf.Tensor]):
        """As `Objective.losses_and_gradient`; the gradient is an array."""
        image = np.asarray(image)
        totals, passed = self._first_pass(image, targets)
        losses, total, slopes = self._losses(totals, targets, weights)
        gradient = self._second_pass(passed, targets, slopes)
        variation, slope = self._variation(image)
        factor = weights["total variation"].numpy() / image.size
        losses["total variation"] = tf.constant(factor * variation, tf.float32)
        gradient += np.float32(factor) * slope
        return losses, total + factor * variation, gradient

    def _first_pass(self, image: np.ndarray, targets: Targets):
        """The sums over the whole picture, and what the second pass needs: each block's input, and what it keeps."""
        totals, tapes = {}, {block: [] for block in self.blocks}

        def add_up(block: Block, x: np.ndarray, strip: Strip) -> tf.Tensor:
            piece, given = tf.constant(x[:, strip.seen]), self._parts(block, strip, targets)
            with tf.GradientTape() if block in self.kept else contextlib.nullcontext() as tape:
                if tape:
                    tape.watch(piece)
                sums, pool = block.sums(piece, *strip.within, *given)
            if tape:
                tapes[block].append((tape, piece, sums, pool))
            add(totals, sums)
            return pool

        inputs = self._forward(image, add_up)
        return totals, list(zip(inputs, tapes.values(), strict=True))

    def _parts(self, block: Block, strip: Strip, targets: Targets) -> tuple[dict, dict]:
        """Of the targets what belongs to a strip."""
        content = {name: tf.constant(targets.content[name][:, strip.own]) for name in block.content}
        return content, {name: targets.regions[name][:, strip.own] for name in block.style if targets.regions}

    def _losses(self, totals: Sums, targets: Targets, weights: Mapping[str, tf.Tensor]):
        """The losses but for the total variation, their sum, and its slopes. In float64: one has few digits to lose."""
        sums = {name: tf.constant(total) for name, total in totals.items()}
        weights = {name: tf.cast(weight, tf.float64) for name, weight in weights.items()}
        with tf.GradientTape() as tape:
            tape.watch(sums)
            content = [
                sums[f"difference {name}"] / tf.cast(squared_norm(targets.content[name]), tf.float64)
                for name in self.content_layers
            ]
            style = [self._style_loss(sums, name, targets) for name in self.style_layers]
            losses = {
                "content": weights["content"] * tf.add_n(content) / len(content),
                "style": weights["style"] * tf.tensordot(weights["style layers"], tf.stack(style), 1),
            }
            total = losses["content"] + losses["style"]
        slopes = {name: tf.cast(slope, tf.float32) for name, slope in tape.gradient(total, sums).items()}
        return {name: tf.cast(loss, tf.float32) for name, loss in losses.items()}, float(total), slopes

    def _style_loss(self, sums: Mapping[str, tf.Tensor], name: str, targets: Targets) -> tf.Tensor:
        """The style loss on one layer. Each region counts as much as its share of the picture."""
        compared = zip(tf.unstack(self._tables(sums, name)), tf.unstack(targets.style[name]), strict=True)
        distances = [
            self.whole.style_loss.distance(table[tf.newaxis], tf.cast(target[tf.newaxis], table.dtype))[0]
            for table, target in compared
        ]
        if not targets.regions:
            return distances[0]
        covered = tf.cast(tf.reduce_mean(targets.regions[name], axis=[1, 2]), tf.float64)
        return tf.tensordot(covered, tf.stack(distances), 1)

    def _second_pass(self, passed: list, targets: Targets, slopes: dict[str, tf.Tensor]) -> np.ndarray:
        """The gradient of the losses with these slopes, with respect to the pixels."""
        above = None
        for block in reversed(self.blocks):
            x, tapes = passed.pop()
            gradient = np.zeros_like(x)
            mine = {name: slope for name, slope in slopes.items() if name.split()[1] in block.names}
            for strip in strips(x.shape[1], self.rows, block.halo):
                upper = tf.constant(above[:, strip.low // 2 : strip.high // 2]) if block.pool else None
                if tapes:
                    tape, piece, sums, pool = tapes.pop(0)
                    gradient[:, strip.seen] += led_back(tape, piece, sums, pool, mine, upper)
                else:
                    given = self._parts(block, strip, targets)
                    piece = tf.constant(x[:, strip.seen])
                    gradient[:, strip.seen] += block.gradient(piece, *strip.within, *given, mine, upper)
            above = gradient
        return above

    def _variation(self, image: np.ndarray) -> tuple[float, np.ndarray]:
        """The total variation of an image / 255, and its slope with respect to the pixels."""
        value, slope = 0.0, np.zeros_like(image)
        height = image.shape[1]
        for low in range(0, height, self.rows):
            high = min(low + self.rows, height)
            more, part = variation(tf.constant(image[:, low : high + 1]), tf.constant(high < height))
            value += float(more)
            slope[:, low : high + 1] += part
        return value, slope


@tf.function(reduce_retracing=True)
def variation(x: tf.Tensor, goes_on: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """The total variation of some rows of an image, and its gradient. The last row counts only if nothing goes on."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = total_variation_loss(x[0] / 255)
        if goes_on:
            value -= total_variation_loss(x[0, -1:] / 255)  # its differences to the right; those below were none
    return value, tape.gradient(value, x)


def add(totals: Sums, sums: Mapping[str, tf.Tensor]) -> None:
    """Add sums to those of the strips before, in float64."""
    for name, value in sums.items():
        totals[name] = totals.get(name, 0.0) + value.numpy().astype(np.float64)
