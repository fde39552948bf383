"""Lesson 3, VGG19 model: the checks of its exercises."""

import functools
from collections.abc import Callable, Sequence

import keras
import numpy as np

from ..images import preprocess
from ..vgg import build_vgg19
from .verdict import call, check, close, number, require


def course_parameter_count(kernel_size: int, channels_in: int, channels_out: int) -> int:
    """The numbers that a convolution layer holds: kernels and biases."""
    return kernel_size * kernel_size * channels_in * channels_out + channels_out


def course_extractor(layers: Sequence[str]) -> Callable:
    """A function that gives an image's feature maps, {name: (height, width, channels)}."""
    network = build_vgg19(layers)

    def feature_maps(image):
        return {name: maps[0] for name, maps in network(preprocess(image)[np.newaxis]).items()}

    return feature_maps


def course_receptive_field(layers: Sequence[tuple[int, int]]) -> int:
    """The side of the square of pixels that one position sees."""
    field, distance = 1, 1
    for kernel_size, stride in layers:
        field, distance = field + (kernel_size - 1) * distance, stride * distance
    return field


@check(course_parameter_count)
def parameter_count(function: Callable) -> None:
    """Exercise 1: `function(kernel_size, channels_in, channels_out)`, the numbers a convolution holds."""

    def count(kernel_size, channels_in, channels_out):
        return number(call(function, kernel_size, channels_in, channels_out))

    require(
        close(count(3, 2, 10), 2 * count(3, 2, 5)),
        "with twice as many output channels there is twice as much of everything, kernels and biases.",
    )
    require(
        close(count(5, 2, 4) - count(1, 2, 4), 24 * (count(1, 3, 4) - count(1, 2, 4)) * 2),
        "the kernels are counted wrongly. Each has a height, a width and a depth.",
    )
    for shape in ((3, 3, 64), (1, 7, 2), (5, 4, 9)):
        kernel_size, channels_in, channels_out = shape
        layer = keras.layers.Conv2D(channels_out, kernel_size)
        layer.build((None, 8, 8, channels_in))
        require(
            close(count(*shape), layer.count_params(), 1e-9),
            f"Keras counts something else for {shape}. Is each sum complete, with what is added at its end?",
        )


@functools.cache  # a check is run many times
def reference_network(*layers: str) -> keras.Model:
    return build_vgg19(layers)


@check(course_extractor)
def extractor(function: Callable) -> None:
    """Exercise 2: `function(layers)`, which returns a function of an image that gives its feature maps."""
    image = np.random.default_rng(3).uniform(0, 255, (40, 64, 3)).astype(np.float32)
    shapes = {"block1_conv2": (40, 64, 64), "block2_conv1": (20, 32, 128)}
    network = reference_network(*shapes)
    look = call(function, list(shapes))
    require(
        callable(look),
        f"the result should be a function that takes an image, but it is of type {type(look).__name__}.",
    )
    maps = look(image)
    require(maps is not None, "the inner function returns None; it should return the feature maps.")
    require(isinstance(maps, dict), f"the inner function should return a dictionary, not {type(maps).__name__}.")
    require(
        set(maps) == set(shapes), f"the dictionary should hold the layers asked for, not {', '.join(map(str, maps))}."
    )
    for layer, shape in shapes.items():
        result = np.asarray(maps[layer], dtype=np.float32)
        require(
            result.shape != (1, *shape),
            f"the result still has the batch axis: {result.shape}. Take the first and only picture out.",
        )
        require(result.shape == shape, f"the feature map of {layer} has the shape {shape}, yours {result.shape}.")

        def same(batch, layer=layer, result=result):
            return close(result / 100, network(np.ascontiguousarray(batch))[layer][0] / 100, 1e-2)

        require(not same(image[np.newaxis]), "this is the feature map of a picture that was not preprocessed.")
        require(
            not same(preprocess(image[np.newaxis, ..., ::-1])),
            "red and blue are swapped once too often. `images.preprocess` swaps them already.",
        )
        require(
            same(preprocess(image[np.newaxis])),
            f"the shape is right, but the numbers are not those of {layer}. Is it the right layer and input?",
        )
    other = np.asarray(call(look, image[::-1])["block1_conv2"])
    require(not np.array_equal(other, maps["block1_conv2"]), "another image should give other feature maps.")


@check(course_receptive_field)
def receptive_field(function: Callable) -> None:
    """Exercise 3: `function(layers)`, how many pixels in a row one position sees."""

    def seen(layers):
        """All pixels that position 0 depends on, walking back from the last layer to the picture."""
        positions = {0}
        for kernel_size, stride in reversed(layers):
            positions = {stride * p + shift for p in positions for shift in range(kernel_size)}
        return len(positions)

    cases = (
        ([], "before the first layer a position sees itself only."),
        ([(1, 1)], "a kernel of 1 x 1 sees no neighbor."),
        ([(3, 1)], "one kernel of 3 x 3 sees one neighbor on each side."),
        ([(5, 1)], "one kernel of 5 x 5 sees two neighbors on each side."),
        ([(3, 1), (3, 1)], "each further convolution adds pixels on both sides."),
        ([(2, 2)], "one pooling puts two neighbors together."),
        ([(2, 2), (3, 1)], "after a stride of 2, neighbors of the feature map are farther apart in the picture."),
        ([(2, 2), (2, 2)], "a pooling after a pooling: which distance counts, the old or the new one?"),
        ([(2, 2), (2, 2), (3, 1)], "each stride changes the distance between neighbors once more."),
        ([(3, 1), (2, 2), (5, 1), (3, 2), (3, 3), (7, 1)], "a longer list of layers comes out wrong."),
    )
    for layers, otherwise in cases:
        require(number(call(function, list(layers))) == seen(layers), f"for {layers}: {otherwise}")
