"""Trains the network of fast.py on one painting, by the losses of lessons 4 to 6:

python -m helpers.further.fast_training great_wave --steps 4000
"""

import argparse
import math
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .. import quiet_tensorflow
from ..images import (
    CONTENT_IMAGES,
    STYLES_IMAGES,
    ImageError,
    find_image,
    fit_image,
    list_images,
    load_image,
    preprocess,
)
from ..saving import check_output

with quiet_tensorflow():
    import keras
    import tensorflow as tf

    from ..losses import content_loss, gram_distance, gram_matrix, squared_norm, total_variation_loss
    from ..transfer import CONTENT_LAYERS, STYLE_LAYERS, Weights
    from ..vgg import build_vgg19
    from ..weights import WeightsError
    from . import fast

CROP = 160  # px that VGG19 sees of a painted crop
SHIFTS = 8  # px: the crop that is painted is larger by these, and seen at another place each time
BATCH = 2
STYLE_SIZE = 384  # px on the longer side of the painting
LARGEST = 448  # px on the longer side of the pictures that crops are cut from, at most
LEARNING_RATE = 3e-3


# A network needs more content than a single picture does, or all becomes pattern.
WEIGHTS = Weights(content=0.25, total_variation=0.4)


class Progress(NamedTuple):
    """The losses of one step, each as a share of its target's size, without their weights."""

    step: int
    content: float
    style: float


class Training:
    """Trains a new network on one painting, step by step.

    Args:
        style: the painting, 0..255.
        photographs, others: pictures 0..255 to learn from. Half of the crops are from the photographs, the other half
            from all of them.
        steps: how many there will be; the learning rate falls to 0 until then.
        seed: of the network's first weights and of the crops.
        weights: what counts how much. The style layers all count the same.
        network: goes on from this one, instead of a new one.
    """

    def __init__(
        self,
        style: np.ndarray,
        photographs: Sequence[np.ndarray],
        others: Sequence[np.ndarray] = (),
        steps: int = 4000,
        seed: int = 0,
        weights: Weights = WEIGHTS,
        network: keras.Model | None = None,
    ):
        self.network = network or fast.build_network(seed)
        self.steps, self.weights = steps, weights
        self.photographs, self.pictures = list(photographs), [*photographs, *others]
        self.random = np.random.default_rng(seed)
        self.vgg = build_vgg19((*CONTENT_LAYERS, *STYLE_LAYERS), pooling="l2")
        features = self.vgg(preprocess(tf.constant(fit_image(style, STYLE_SIZE))[tf.newaxis]))
        self.grams = {name: gram_matrix(features[name]) for name in STYLE_LAYERS}
        self.optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps))
        self.optimizer.build(self.network.trainable_variables)
        self._step = tf.function(self._step)

    def crop(self) -> np.ndarray:
        """A square out of a picture of random size, mirrored or not, brighter or darker: (side, side, 3), 0..255."""
        random, side = self.random, CROP + SHIFTS
        pictures = self.photographs if random.random() < 0.5 else self.pictures
        picture = pictures[random.integers(len(pictures))]
        least = math.ceil(side * max(picture.shape[:2]) / min(picture.shape[:2])) + 1
        picture = fit_image(picture, round(random.uniform(least, max(LARGEST, least))))
        top, left = (random.integers(length - side + 1) for length in picture.shape[:2])
        crop = picture[top : top + side, left : left + side]
        if random.random() < 0.5:
            crop = crop[:, ::-1]
        return np.clip((crop - 127.5) * random.uniform(0.7, 1.15) + 127.5 + random.uniform(-25, 25), 0, 255)

    def step(self) -> Progress:
        """One step of Adam on a batch of crops."""
        crops = np.stack([self.crop() for _ in range(BATCH)]).astype(np.float32)
        content, style = self._step(tf.constant(crops), tf.constant(self.random.integers(SHIFTS + 1, size=2), tf.int32))
        return Progress(int(self.optimizer.iterations), float(content), float(style))

    def __iter__(self) -> Iterator[Progress]:
        """The remaining steps, one after another."""
        while int(self.optimizer.iterations) < self.steps:
            yield self.step()

    def _step(self, crops, shift):
        def seen(images):
            # VGG19's pooling is nearly blind to patterns that alternate as its grid does; a network would fill its
            # pictures with them. So the grid lies elsewhere each time.
            return tf.slice(images, [0, shift[0], shift[1], 0], [BATCH, CROP, CROP, 3])

        wanted = self.vgg(preprocess(seen(crops)))
        with tf.GradientTape() as tape:
            painted = seen(self.network(crops))
            features = self.vgg(preprocess(painted))
            content = tf.add_n(
                content_loss(features[name], wanted[name]) / tf.reduce_sum(tf.square(wanted[name]), [1, 2, 3])
                for name in CONTENT_LAYERS
            ) / len(CONTENT_LAYERS)
            style = tf.add_n(
                gram_distance(gram_matrix(features[name]), gram) / squared_norm(gram)
                for name, gram in self.grams.items()
            ) / len(self.grams)
            variation = total_variation_loss(painted / 255) / (CROP * CROP * 3)
            loss = tf.reduce_mean(
                self.weights.content * content + self.weights.style * style + self.weights.total_variation * variation
            )
        gradients = tape.gradient(loss, self.network.trainable_variables)
        gradients, _ = tf.clip_by_global_norm(gradients, 1.0)  # one strange crop shall not undo many steps
        self.optimizer.apply_gradients(zip(gradients, self.network.trainable_variables, strict=True))
        return tf.reduce_mean(content), tf.reduce_mean(style)


def pictures() -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The course's photographs, and its paintings."""
    photographs, paintings = (list_images(folder) for folder in (CONTENT_IMAGES, STYLES_IMAGES))
    return [load_image(path) for path in photographs], [load_image(path) for path in paintings]


def main(arguments: list[str] | None = None) -> int:
    """Train a network on a painting, and save its weights, also if it is interrupted: then as far as it has come."""
    parser = argparse.ArgumentParser(prog="python -m helpers.further.fast_training", description=main.__doc__)
    parser.add_argument("style", help="a painting of styles_images/, or a file")
    parser.add_argument("--steps", type=int, default=4000, help="about half a second each (default: 4000)")
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    parser.add_argument("-o", "--output", type=Path, help="default: helpers/further/networks/, as the style is called")
    options = parser.parse_args(arguments)
    if options.steps < 1:
        parser.error("--steps has to be 1 or more.")
    try:
        path = find_image(options.style, STYLES_IMAGES)
        output = check_output(options.output or fast.NETWORKS / f"{path.stem}.npz", (".npz",))
        training = Training(load_image(path), *pictures(), options.steps, options.seed)
    except (ImageError, WeightsError) as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    began, losses, status = time.time(), [], 0
    try:
        for progress in training:
            losses.append(progress)
            if progress.step % 100 == 0:
                _, content, style = np.mean(losses[-100:], axis=0)
                minutes = (time.time() - began) / 60
                print(f"step {progress.step}, {minutes:.1f} min: content {content:.3f}, style {style:.3f}", flush=True)
    except KeyboardInterrupt:
        status = 130
    if losses:
        print(f"{fast.save(training.network, output)}, after {losses[-1].step} steps")
    return status


if __name__ == "__main__":
    sys.exit(main())
