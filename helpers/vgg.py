"""The frozen VGG19 of Simonyan & Zisserman (2014): its feature maps by layer name."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from .weights import find_weights, plain_keras, read_weights

CONVOLUTIONS = {"block1": 2, "block2": 2, "block3": 4, "block4": 4, "block5": 4}
CONV_LAYERS = tuple(f"{block}_conv{n}" for block, count in CONVOLUTIONS.items() for n in range(1, count + 1))
CHANNELS = {"block1": 64, "block2": 128, "block3": 256, "block4": 512, "block5": 512}


@dataclass(frozen=True)
class Untrained:
    """VGG19's weights before any training, in place of the learned ones: random kernels and biases of 0.

    What an untrained network does as well has not been learned.

    Source: He et al. (2015), "Delving deep into rectifiers", equation 10.
    """

    seed: int = 0

    def arrays(self) -> list[np.ndarray]:
        """Kernels (3, 3, in, out) and biases (out,) of the 16 convolutions in turn."""
        random, arrays, channels_in = np.random.default_rng(self.seed), [], 3
        for name in CONV_LAYERS:
            channels = CHANNELS[name[:6]]
            kernel = random.normal(0, np.sqrt(2 / (9 * channels_in)), (3, 3, channels_in, channels))
            arrays += [kernel.astype(np.float32), np.zeros(channels, np.float32)]
            channels_in = channels
        return arrays


class L2Pooling(keras.layers.Layer):
    """The root of the mean square in a window of 3 x 3 positions with weights 1-2-1, which moves on by two.

    The windows overlap, so a pattern cannot hide between them as it can from the average of 2 x 2 positions. Squares
    keep what is strong, nearly as the maximum does.

    Source: Henaff & Simoncelli (2016), "Geodesics of learned representations", section 3.1.
    """

    def __init__(self, pool_size: int, **options):
        super().__init__(**options)
        self.pool_size = pool_size

    def call(self, x):
        # Two averages of 2 x 2, one after the other, have the window 1-2-1.
        x = tf.nn.avg_pool2d(tf.square(x), self.pool_size, 1, "SAME")
        x = tf.nn.avg_pool2d(x, self.pool_size, self.pool_size, "VALID")
        return tf.sqrt(x + 1e-6)  # the root has no slope at 0


POOLING = {"max": keras.layers.MaxPooling2D, "avg": keras.layers.AveragePooling2D, "l2": L2Pooling}


def build_vgg19(
    layers: Sequence[str], pooling: str = "max", weights: str | Path | Untrained | None = None
) -> keras.Model:
    """Build VGG19 up to the deepest of `layers`, frozen, for images of 32 pixels and more a side.

    The model takes a preprocessed batch (n, height, width, 3) and gives {layer name: feature map (n, h, w, channels)},
    after the ReLU, in the order asked for. A feature map of block b is 2^(b-1) times smaller than the image.

    Args:
        layers: names out of CONV_LAYERS.
        pooling: "max" (as VGG19 was trained), "avg" (as Gatys et al. 2016 painted) or "l2" (the smoothest pictures).
        weights: see `weights.find_weights`; or `Untrained(seed)`.

    Raises:
        ValueError: an unknown layer or pooling.
        WeightsError: the weights could not be had.
    """
    if isinstance(layers, str) or not layers:
        raise ValueError(f"layers must be a list of layer names such as ['block4_conv2'], not {layers!r}.")
    for name in layers:
        if name not in CONV_LAYERS:
            raise ValueError(f"VGG19 has no layer {name!r}; choose from {', '.join(CONV_LAYERS)}.")
    if pooling not in POOLING:
        raise ValueError(f"pooling must be 'max', 'avg' or 'l2', not {pooling!r}.")
    arrays = weights.arrays() if isinstance(weights, Untrained) else read_weights(find_weights(weights).path)

    features = {}
    with plain_keras():
        x = inputs = keras.Input((None, None, 3))
        for name, kernel, bias in zip(CONV_LAYERS, arrays[0::2], arrays[1::2], strict=True):
            if name.endswith("conv1") and name != "block1_conv1":
                x = POOLING[pooling](2, name=f"block{int(name[5]) - 1}_pool")(x)
            convolution = keras.layers.Conv2D(len(bias), 3, padding="same", activation="relu", name=name)
            features[name] = x = convolution(x)
            convolution.set_weights([kernel, bias])
        # Keras leaves out what these outputs do not depend on: the layers after the deepest.
        model = keras.Model(inputs, {name: features[name] for name in layers}, name="vgg19")
    model.trainable = False
    return model
