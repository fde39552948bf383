"""A network that paints in one pass: trained on one painting once, it needs less than a second for any photograph.

Source: Johnson, Alahi & Fei-Fei (2016), "Perceptual losses for real-time style transfer and super-resolution", with
instance normalization (Ulyanov, Vedaldi & Lempitsky 2016). How it is trained is in fast_training.py.
"""

import io
import zipfile
from pathlib import Path

import numpy as np

from .. import quiet_tensorflow
from ..saving import keep

with quiet_tensorflow():
    import keras
    import tensorflow as tf

NETWORKS = Path(__file__).parent / "networks"  # a file for each painting: its weights in float16
# great_wave.npz is what `python -m helpers.further.fast_training great_wave --steps 4000 --seed 0` has made, in 58
# minutes on two cores with other work beside it.
WIDTH = 16  # channels at full size; the most that a network of less than 1 MB can have
RESIDUAL_BLOCKS = 5
STRIDE = 4  # the picture is halved twice on the way, so its sides have to be multiples of 4


class ReflectionPadding(keras.layers.Layer):
    """A border of mirrored features: a border of zeros would be painted as a frame."""

    def __init__(self, border: int, **options):
        super().__init__(**options)
        self.border = border

    def call(self, x):
        sides = [self.border, self.border]
        return tf.pad(x, [[0, 0], sides, sides, [0, 0]], "REFLECT")


class InstanceNormalization(keras.layers.Layer):
    """Each channel of each picture gets mean 0 and variance 1, then a scale and a shift that are learned.

    The photograph's own contrast is forgotten, so the painting's can take its place.

    Source: Ulyanov, Vedaldi & Lempitsky (2016), "Instance normalization: the missing ingredient for fast stylization".
    """

    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), initializer="ones", name="scale")
        self.shift = self.add_weight(shape=(shape[-1],), initializer="zeros", name="shift")

    def call(self, x):
        mean, variance = tf.nn.moments(x, axes=[1, 2], keepdims=True)
        return (x - mean) * tf.math.rsqrt(variance + 1e-5) * self.scale + self.shift

    def compute_output_shape(self, shape):
        return shape  # told here, so that Keras does not try out `call` on a picture of unknown size


def build_network(seed: int = 0, normalization: type[keras.layers.Layer] = InstanceNormalization) -> keras.Model:
    """The untrained network: a batch of images (n, height, width, 3), 0..255, to painted ones of the same shape.

    Height and width have to be multiples of 4. It has 424,099 weights: two convolutions halve the picture, five
    residual blocks paint, two enlargements bring it back to its size.

    Args:
        seed: of the first weights.
        normalization: the layer after each convolution but the last.
    """
    seeds = iter(range(1000 * seed, 1000 * seed + 100))

    def convolution(x, filters, size=3, stride=1):
        start = keras.initializers.GlorotUniform(next(seeds))
        x = ReflectionPadding(size // 2)(x)
        return keras.layers.Conv2D(filters, size, stride, use_bias=False, kernel_initializer=start)(x)

    def layer(x, filters, size=3, stride=1):
        return keras.layers.ReLU()(normalization()(convolution(x, filters, size, stride)))

    x = inputs = keras.Input((None, None, 3))
    x = keras.layers.Rescaling(1 / 64, offset=-127.5 / 64)(x)
    x = layer(x, WIDTH, 9)
    x = layer(x, 2 * WIDTH, stride=2)
    x = layer(x, 4 * WIDTH, stride=2)
    for _ in range(RESIDUAL_BLOCKS):
        change = normalization()(convolution(layer(x, 4 * WIDTH), 4 * WIDTH))
        x = keras.layers.Add()([x, change])
    for filters in (2 * WIDTH, WIDTH):
        # Enlarged, then convolved: a transposed convolution would leave a checkerboard (Odena et al. 2016).
        x = layer(keras.layers.UpSampling2D(interpolation="nearest")(x), filters)
    x = ReflectionPadding(4)(x)
    x = keras.layers.Conv2D(3, 9, kernel_initializer=keras.initializers.GlorotUniform(next(seeds)))(x)
    x = keras.layers.Rescaling(255)(keras.layers.Activation("sigmoid")(x))
    return keras.Model(inputs, x, name="painter")


def paint(network: keras.Model, image: np.ndarray) -> np.ndarray:
    """An image (height, width, 3), 0..255, painted by the network: the same shape and range."""
    height, width = image.shape[:2]
    bottom, right = -height % STRIDE, -width % STRIDE
    whole = np.pad(image, ((0, bottom), (0, right), (0, 0)), mode="reflect")
    return network.predict_on_batch(whole[np.newaxis].astype(np.float32))[0, :height, :width]


def save(network: keras.Model, path: Path) -> Path:
    """Keep a network's weights, in float16, and tell where: under a free name, or as near as can be (`saving.keep`)."""
    arrays = {f"{number:02}": array.astype(np.float16) for number, array in enumerate(network.get_weights())}
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return keep(buffer.getvalue(), path)


def load(path: Path) -> keras.Model:
    """A network with the weights of a file that `save` wrote.

    Raises:
        ValueError: the file holds something else.
    """
    network = build_network()
    try:
        with np.load(path) as arrays:
            network.set_weights([arrays[name].astype(np.float32) for name in sorted(arrays)])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, AttributeError) as error:
        raise ValueError(f"'{path}' holds no network that fast_training has saved.") from error
    return network
