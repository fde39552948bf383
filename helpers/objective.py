"""The objective, which is minimized: the total loss of a picture, and its gradient with respect to the pixels."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from .formulas import COURSE, Formulas
from .images import preprocess
from .losses import gram_matrix, squared_norm
from .masks import Regions, pooled
from .vgg import build_vgg19


@dataclass(frozen=True)
class Weights:
    """What counts how much in the total loss. All are >= 0.

    Attributes:
        content: weight of the content loss. Sensible: 0.01 to 1.
        style: weight of the style loss. Sensible: 0.1 to 10.
        total_variation: weight of the total variation loss. Sensible: 0 to 1.
        style_layers: one number for each style layer; only their proportions matter. Empty: all the same.
    """

    content: float = 0.05
    style: float = 1.0
    total_variation: float = 0.7
    style_layers: tuple[float, ...] = ()

    def __post_init__(self):
        for name, value in (
            ("content weight", self.content),
            ("style weight", self.style),
            ("total variation weight", self.total_variation),
            *(("style layer weight", value) for value in self.style_layers),
        ):
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"The {name} is {value}; it has to be a number of 0 or more.")
        if not self.content + self.style + self.total_variation > 0:
            raise ValueError("All weights are 0, so there is nothing to minimize; set at least one above 0.")
        if self.style_layers and not sum(self.style_layers) > 0:
            raise ValueError("All style layer weights are 0; set at least one above 0.")

    def as_tensors(self, style_layers: int) -> dict[str, tf.Tensor]:
        """The weights as inputs of the compiled objective; those of the style layers add up to 1."""
        shares = np.array(self.style_layers or (1.0,) * style_layers)
        if len(shares) != style_layers:
            raise ValueError(f"There are {style_layers} style layers but {len(shares)} style layer weights.")
        return {
            "content": tf.constant(self.content, tf.float32),
            "style": tf.constant(self.style, tf.float32),
            "total variation": tf.constant(self.total_variation, tf.float32),
            "style layers": tf.constant(shares / shares.sum(), tf.float32),
        }


class Targets(NamedTuple):
    """What the generated image is compared with, by layer name.

    Attributes:
        content: feature maps of the content image.
        style: tables of the style images, one for each region of the generated image, (regions, ..., ...).
        regions: how much each position belongs to each region, (regions, height, width); empty: all is one region.
    """

    content: dict[str, tf.Tensor]
    style: dict[str, tf.Tensor]
    regions: dict[str, tf.Tensor] = {}


class StyleLoss(NamedTuple):
    """How styles are compared: on each style layer a table is made of the feature map, and two tables are compared.

    Attributes:
        table: makes a tensor (1, ..., ...) of a feature map (1, height, width, channels). For a style image it is also
            given the number of positions (height x width) that the generated image's feature map has, so that both
            tables can have the same shape. Where there are masks it is also given how much each position counts,
            (height, width), 1 on average. Tables of several style images are blended.
        distance: how far a table is from the target's, shape (1,): 0 for the same one, about 1 for another style.
    """

    table: Callable[..., tf.Tensor]
    distance: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def relative_distance(table: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """``||G - A||_F^2 / ||A||_F^2``: the style loss as a share of the target's size, shape (1,)."""
    return tf.reduce_sum(tf.square(table - target), axis=list(range(1, len(table.shape)))) / squared_norm(target)


def style_loss_of(formulas: Formulas) -> StyleLoss:
    """A style loss of formulas for one feature map without a batch axis, as students write them."""

    def table(features, positions=None, counts=None):
        if counts is not None and formulas.masked_style:
            value = formulas.masked_style(features[0], counts)
        else:
            value = formulas.style(guided(features, counts)[0])
        return tf.cast(value, features.dtype)[tf.newaxis]

    return StyleLoss(table, relative_distance)


def scalar(value: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    """One number of this type. A student's formula may give it as float64, or in a shape such as (1,)."""
    return tf.reshape(tf.cast(value, dtype), ())


def guided(features: tf.Tensor, counts: tf.Tensor | None) -> tf.Tensor:
    """Feature maps whose Gram matrix is that of a region, ``sum_ij m_ij F_ijc F_ijd / sum_ij m_ij``.

    Args:
        features: feature map (1, height, width, channels).
        counts: m, how much each position counts, (height, width), 1 on average; None: all the same.

    Source: Gatys et al. (2017), "Controlling perceptual factors in neural style transfer", equations 4 and 5.
    """
    return features if counts is None else features * tf.sqrt(counts)[tf.newaxis, ..., tf.newaxis]


def gram_table(features: tf.Tensor, positions: int | None = None, counts: tf.Tensor | None = None) -> tf.Tensor:
    """The Gram matrix of a feature map, or of a region in it."""
    return gram_matrix(guided(features, counts))


GRAM = StyleLoss(gram_table, relative_distance)


def blended(
    tables_of: Callable[[int], dict[str, tf.Tensor]], shares: Sequence[float], members: Sequence[Sequence[int]]
) -> dict[str, tf.Tensor]:
    """The tables of several style images by layer, blended by their shares: (regions, ..., ...).

    Args:
        tables_of: gives the tables (1, ..., ...) of a style image, by its number.
        shares: one number for each style image; only their proportions matter.
        members: of each region, the numbers of its style images.
    """
    layers: dict[str, list[tf.Tensor]] = {}
    for numbers in members:
        whole, region = sum(shares[number] for number in numbers), {}
        for number in numbers:
            for name, table in tables_of(number).items():
                region[name] = region.get(name, 0.0) + shares[number] / whole * table
        for name, table in region.items():
            layers.setdefault(name, []).append(table)
    return {name: tf.concat(tables, axis=0) for name, tables in layers.items()}


class Objective:
    """The total loss and its gradient with respect to the pixels.

    Targets and weights are inputs of the compiled function: another picture, size or weight compiles nothing again.
    """

    # All in float32, also on a GPU. With VGG19 in mixed precision the pictures do not stay the same (128 px, 30 steps):
    # bfloat16 moves a pixel by 4 gray levels on average; in float16 gradients of 1e-6 become 0, and nothing is painted.

    def __init__(
        self,
        content_layers: Sequence[str],
        style_layers: Sequence[str],
        pooling: str,
        style_loss: StyleLoss = GRAM,
        vgg_weights=None,
        formulas: Formulas = COURSE,
        regions: int = 0,
    ):
        self.formulas = formulas
        self.style_loss = (
            style_loss if (formulas.style, formulas.masked_style) == (gram_matrix, None) else style_loss_of(formulas)
        )
        self.content_layers = tuple(content_layers)
        self.style_layers = tuple(style_layers)
        self.vgg = shared_vgg19((*content_layers, *style_layers), pooling, vgg_weights)
        if formulas != COURSE:  # a student's function may ask for the shape, so each size is compiled for itself
            self.losses_and_gradient = tf.function(self.losses_and_gradient, autograph=False)
            return
        # Compiled once, for pictures of every size; XLA would compile each size again (benchmarks/RESULTS.md).
        channels = {name: feature_map.shape[-1] for name, feature_map in self.vgg.output.items()}
        targets = Targets(
            {name: tf.TensorSpec((1, None, None, channels[name])) for name in self.content_layers},
            {name: tf.TensorSpec((regions or 1, None, None)) for name in self.style_layers},
            {name: tf.TensorSpec((regions, None, None)) for name in self.style_layers if regions},
        )
        weights = dict.fromkeys(("content", "style", "total variation"), tf.TensorSpec(()))
        weights["style layers"] = tf.TensorSpec((len(self.style_layers),))
        self.losses_and_gradient = tf.function(
            self.losses_and_gradient, input_signature=(tf.TensorSpec((1, None, None, 3)), targets, weights)
        )

    def features(self, image: np.ndarray) -> dict[str, tf.Tensor]:
        """Feature maps of one image (height, width, 3), 0..255, by layer name, each (1, height, width, channels)."""
        return self.vgg(preprocess(tf.constant(image, tf.float32)[tf.newaxis]))

    def targets(
        self,
        content: np.ndarray,
        styles: Sequence[np.ndarray],
        shares: Sequence[float],
        style_masks: Sequence[np.ndarray] = (),
        regions: Regions | None = None,
    ) -> Targets:
        """Feature maps of the content image, and the tables of the style images, blended by their shares.

        Blending Gram matrices has the same gradient as adding up the shares of each image's style loss.

        Args:
            content, styles: images, 0..255.
            shares: one number for each style.
            style_masks: which part of each style image is meant, (height, width), 0..1; empty: all of it.
            regions: where in the content image each style goes; None: everywhere.
        """
        content_features = self.features(content)

        def tables_of(number: int) -> dict[str, tf.Tensor]:
            features, tables = self.features(styles[number]), {}
            counts = self.at_layers(style_masks[number]) if style_masks else {}
            for name in self.style_layers:
                positions = math.prod(content_features[name].shape[1:3])
                given = {"counts": counts[name] / tf.reduce_mean(counts[name])} if counts else {}
                tables[name] = self.style_loss.table(features[name], positions, **given)
            return tables

        return Targets(
            {name: content_features[name] for name in self.content_layers},
            blended(tables_of, shares, regions.members if regions else [range(len(styles))]),
            self.at_layers(regions.maps) if regions else {},
        )

    def at_layers(self, masks: np.ndarray) -> dict[str, tf.Tensor]:
        """Masks (..., height, width) at the size of each style layer's feature maps."""
        return {name: tf.constant(pooled(masks, int(name[5]) - 1)) for name in self.style_layers}

    def try_out_formulas(self, image: np.ndarray) -> None:
        """Compute the formulas that are not the course's own, and their gradients, once on an image 0..255.

        Raises:
            ValueError: one of them cannot be minimized; the message says which and why.
        """
        features = self.features(image)
        content, style = ([features[name][0] for name in names] for names in (self.content_layers, self.style_layers))
        self.formulas.try_out(content, style, tf.constant(image / 255, tf.float32))

    def losses(self, image: tf.Tensor, targets: Targets, weights: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """The weighted parts of the total loss of an image (1, height, width, 3), 0..255."""
        losses = self.unweighted_losses(image, targets, weights["style layers"])
        return {name: weights[name] * loss for name, loss in losses.items()}

    def unweighted_losses(self, image: tf.Tensor, targets: Targets, shares: tf.Tensor) -> dict[str, tf.Tensor]:
        """The three losses of an image; `shares` are those of the style layers, and add up to 1.

        Each loss is divided by the size of its own target, so that a weight means the same for every picture, size
        and layer. For one picture that is a constant factor: the minimum stays where the formulas put it.
        """
        features = self.vgg(preprocess(image))
        content = [
            scalar(self.formulas.content(features[name][0], targets.content[name][0]), image.dtype)
            for name in self.content_layers
        ]
        style = [self._style_loss(features[name], targets, name) for name in self.style_layers]
        return {
            "content": tf.add_n(content) / len(content),
            "style": tf.tensordot(shares, tf.stack(style), 1),
            "total variation": scalar(self.formulas.variation(image[0] / 255), image.dtype)
            / tf.cast(tf.size(image), image.dtype),
        }

    def _style_loss(self, features: tf.Tensor, targets: Targets, name: str) -> tf.Tensor:
        """The style loss on one layer. Each region counts as much as its share of the picture."""
        table, distance = self.style_loss
        if not targets.regions:
            return distance(table(features), targets.style[name])[0]
        losses = []
        for region, target in zip(tf.unstack(targets.regions[name]), tf.unstack(targets.style[name]), strict=True):
            area = tf.maximum(tf.reduce_mean(region), 1e-12)
            losses.append(area * distance(table(features, counts=region / area), target[tf.newaxis])[0])
        return tf.add_n(losses)

    def losses_and_gradient(self, image: tf.Tensor, targets: Targets, weights: Mapping[str, tf.Tensor]):
        """The weighted parts, the total loss, and its gradient with respect to the image's pixels."""
        with tf.GradientTape() as tape:
            tape.watch(image)
            losses = self.unweighted_losses(image, targets, weights["style layers"])
            total = scalar(self.formulas.total(losses, {name: weights[name] for name in losses}), image.dtype)
        return {name: weights[name] * loss for name, loss in losses.items()}, total, tape.gradient(total, image)


shared_vgg19 = lru_cache(maxsize=2)(build_vgg19)
# One objective for each choice of layers, shared by every run: what is compiled once stays compiled. Each may hold a
# VGG19 of its own, about 60 MB.
shared_objective = lru_cache(maxsize=2)(Objective)
