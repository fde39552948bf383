"""The formulas of the total loss, as plain functions of one picture: the course's own, or others in their place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from .losses import gram_matrix, relative_content_loss, total_variation_loss, weighted_total


@dataclass(frozen=True)
class Formulas:
    """What the engine computes its losses with. A feature map has the shape (height, width, channels).

    Attributes:
        content: (features, target) -> how far the feature map is from the content image's, one number.
        style: (features) -> a table, of any shape that does not depend on the picture's size. The style loss is the
            squared distance of two tables, divided by the size of the style image's.
        variation: (image of values 0..1) -> one number. It is divided by the number of values.
        total: ({name: loss}, {name: weight}) -> the total loss; the names are "content", "style", "total variation".
        masked_style: (features, mask) -> the table of the part that the mask shows; how much each position counts is
            given as (height, width). None: the table of `style`, of features times the mask's roots.
    """

    content: Callable[[tf.Tensor, tf.Tensor], tf.Tensor] = relative_content_loss
    style: Callable[[tf.Tensor], tf.Tensor] = gram_matrix
    variation: Callable[[tf.Tensor], tf.Tensor] = total_variation_loss
    total: Callable[[Mapping, Mapping], tf.Tensor] = weighted_total
    masked_style: Callable[[tf.Tensor, tf.Tensor], tf.Tensor] | None = None

    def try_out(self, content: Sequence[tf.Tensor], style: Sequence[tf.Tensor], image: tf.Tensor) -> None:
        """Compute each formula that is not the course's own, and its gradient, where a run starts.

        Args:
            content, style: the image's feature maps on the content and on the style layers.
            image: values 0..1, (height, width, 3).

        Raises:
            ValueError: one of them cannot be minimized; the message says which and why.
        """
        names = ("content", "style", "total variation")
        losses, weights = (dict.fromkeys(names, tf.constant(value)) for value in (0.5, 1.0))
        trials = [
            *(("content", x, lambda x: self.content(x, tf.stop_gradient(x))) for x in content),
            *(("style", x, self.style) for x in style),
            *(("masked style", x, lambda x: self.masked_style(x, tf.ones(x.shape[:2]))) for x in style),
            ("variation", image, self.variation),
            ("total", losses["style"], lambda x: self.total({**losses, "style": x}, weights)),
        ]
        for name, x, formula in trials:
            attribute = name.replace(" ", "_")
            if getattr(self, attribute) is not getattr(COURSE, attribute):
                try_out(f"The formula for {name}", formula, x, one_number="style" not in name)


COURSE = Formulas()


def try_out(name: str, formula: Callable[[tf.Tensor], tf.Tensor], x: tf.Tensor, one_number: bool) -> None:
    """Compute a formula and its gradient at x.

    Raises:
        ValueError: that fails; the message calls the formula `name`.
    """
    try:
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = formula(x)
            gradient = None if value is None else tape.gradient(tf.reduce_sum(value), x)
    except Exception as error:  # whatever a student's code can raise
        raise ValueError(f"{name} stopped with {first_line(error)}") from error
    if value is None:
        raise ValueError(f"{name} returns None; its result should be a tensor.")
    if one_number and np.size(value) != 1:
        raise ValueError(f"{name} should give one number, but it gives the shape {np.shape(value)}.")
    if gradient is None:
        raise ValueError(
            f"{name} has no gradient: use TensorFlow's operations only, as NumPy, .numpy() and float() block it."
        )
    if not np.isfinite(gradient).all():
        raise ValueError(
            f"{name} has a slope that is not a finite number, as a root has at 0: add a small number under the root."
        )
    try:
        tf.function(formula, autograph=False).get_concrete_function(x)
    except Exception as error:
        raise ValueError(f"{name} cannot be compiled: {first_line(error)}") from error


def first_line(error: Exception) -> str:
    """The kind of an error and the first line of its message."""
    first, _, _ = str(error).strip().partition("\n")
    return f"{type(error).__name__}: {first}"
