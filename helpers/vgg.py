"""The frozen VGG19 of Simonyan & Zisserman (2014): its feature maps by layer name."""

from collections.abc import Sequence
from pathlib import Path

import keras

from .weights import find_weights, read_weights

CONVOLUTIONS = {"block1": 2, "block2": 2, "block3": 4, "block4": 4, "block5": 4}
CONV_LAYERS = tuple(f"{block}_conv{n}" for block, count in CONVOLUTIONS.items() for n in range(1, count + 1))
POOLING = {"max": keras.layers.MaxPooling2D, "avg": keras.layers.AveragePooling2D}


def build_vgg19(layers: Sequence[str], pooling: str = "max", weights: str | Path | None = None) -> keras.Model:
    """Build VGG19 up to the deepest of `layers`, frozen, for images of 32 pixels and more a side.

    The model takes a preprocessed batch (n, height, width, 3) and gives {layer name: feature map (n, h, w, channels)},
    after the ReLU, in the order asked for. A feature map of block b is 2^(b-1) times smaller than the image.

    Args:
        layers: names out of CONV_LAYERS.
        pooling: "max" (as VGG19 was trained) or "avg" (smoother pictures, according to Gatys et al. 2016).
        weights: see `weights.find_weights`.

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
        raise ValueError(f"pooling must be 'max' or 'avg', not {pooling!r}.")
    arrays = read_weights(find_weights(weights).path)

    features = {}
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
