"""What marks an exercise: each check runs the student's function, and says right, not yet, or what is off.

A check never raises and never shows the answer. It tests properties (shape, symmetry, zero for identical inputs,
scaling, gradient), not golden numbers. A stub returns None, and gets "not yet".
"""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from .images import MEAN_BGR, preprocess
from .vgg import build_vgg19

NOT_YET = "Not yet: the function returns None. Write its body, run the cell, then run this check again."


class Off(Exception):
    """What is off, in one sentence for the student."""


def report(properties: Callable[[], None]) -> None:
    """Run a check's properties and print the outcome in one line.

    Args:
        properties: raises Off with what is off; returns None if all is right.
    """
    try:
        properties()
    except NotYet:
        print(NOT_YET)
    except Off as off:
        print(f"Off: {off}")
    except Exception as error:
        print(f"Off: your function stopped with {type(error).__name__}: {error}")
    else:
        print("Right.")


class NotYet(Exception):
    """The function is still the stub."""


def call(function: Callable, *arguments):
    """The student's result; None is a stub's."""
    result = function(*arguments)
    if result is None:
        raise NotYet
    return result


def require(condition: bool, otherwise: str) -> None:
    """Raise Off with the sentence `otherwise` unless the condition holds."""
    if not condition:
        raise Off(otherwise)


def number(value) -> float:
    """The student's result as one number."""
    array = np.asarray(value)
    require(array.size == 1, f"the result should be one number, but its shape is {array.shape}.")
    return float(array.reshape(()))


def close(value, expected, tolerance: float = 1e-4) -> bool:
    """Whether two numbers or arrays agree up to rounding."""
    return bool(np.allclose(np.asarray(value), np.asarray(expected), rtol=tolerance, atol=tolerance * 1e-2))


def require_gradient(function: Callable[[tf.Tensor], tf.Tensor], x: tf.Tensor) -> None:
    """Raise Off unless TensorFlow can differentiate the function at x."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = tf.reduce_sum(function(x))
    gradient = tape.gradient(value, x)
    require(
        gradient is not None,
        "no gradient comes through. Use TensorFlow's operations only: NumPy, .numpy() and float() block it.",
    )


# Lesson 7


def weighted_total(function: Callable) -> None:
    """The total loss of three losses and three weights."""

    def properties():
        names = ("content", "style", "total variation")
        losses = {name: tf.constant(value) for name, value in zip(names, (2.0, 0.7, 3.0), strict=True)}
        weights = {name: 0.0 for name in names}
        require(close(number(call(function, losses, weights)), 0), "with all weights 0 the total should be 0.")
        for name in names:
            total = number(call(function, losses, weights | {name: 1.0}))
            require(
                close(total, losses[name]),
                f"with weight 1 for the {name} loss and 0 for the others, the total should be the {name} loss.",
            )
        weights = dict(zip(names, (0.3, 0.5, 0.2), strict=True))
        total = number(call(function, losses, weights))
        doubled = {name: 2 * weight for name, weight in weights.items()}
        require(
            close(number(call(function, losses, doubled)), 2 * total), "twice the weights should give twice the total."
        )
        alone = [number(call(function, losses, {**dict.fromkeys(names, 0.0), name: weights[name]})) for name in names]
        require(close(total, sum(alone)), "the total should be the sum of the three weighted losses.")
        require_gradient(lambda x: function({**losses, "style": x}, weights), losses["style"])

    report(properties)


def descend(function: Callable) -> None:
    """One step of gradient descent on an image, kept in 0..255."""

    def properties():
        image = tf.constant(np.random.default_rng(7).uniform(60, 200, (4, 5, 3)), tf.float32)
        slopes = tf.constant(np.random.default_rng(8).uniform(-1, 1, (4, 5, 3)), tf.float32)

        def tilted(x):
            return tf.reduce_sum(slopes * x)

        def bowl(x):
            return tf.reduce_sum((x - 128) ** 2) / 2

        after = np.asarray(call(function, bowl, image, 0.1))
        require(after.shape == image.shape, f"the result should have the shape of the image, not {after.shape}.")
        require(not np.array_equal(after, image), "the image did not change at all.")
        require(float(bowl(tf.constant(after))) < float(bowl(image)), "the loss should fall, and it rises.")
        small, large = (np.asarray(call(function, tilted, image, rate)) - image for rate in (5.0, 10.0))
        require(close(large, 2 * small, 1e-3), "twice the learning rate should move each pixel twice as far.")
        steeper = np.asarray(call(function, lambda x: 2 * tilted(x), image, 5.0)) - image
        require(close(steeper, 2 * small, 1e-3), "where the slope is twice as steep, the step should be twice as long.")
        require(
            close(-np.sum(small * slopes), 5 * np.sum(slopes**2), 1e-3),
            "the direction is right, but the length is not learning rate times gradient.",
        )
        flat = np.asarray(call(function, lambda x: tf.reduce_sum(0 * x), image, 0.1))
        require(close(flat, image), "where the loss is flat, the image should stay as it is.")
        far = np.asarray(call(function, tilted, image, 1000.0))
        require(far.min() >= 0 and far.max() <= 255, "after a long step there are values below 0 or above 255.")
        require(far.min() < 1 and far.max() > 254, "the whole range from 0 to 255 should be allowed.")

    report(properties)


# Lesson 8


def keep_drawing(function: Callable) -> None:
    """The content image's luminance with the generated image's colors: luminance transfer the other way round."""

    def properties():
        weights = np.array([0.30, 0.59, 0.11])
        random = np.random.default_rng(8)
        generated, content = (random.uniform(90, 160, (6, 7, 3)).astype(np.float32) for _ in range(2))
        result = np.asarray(call(function, generated, content))
        require(result.shape == generated.shape, f"the result should have the shape of the images, not {result.shape}.")
        require(
            not close(result @ weights, generated @ weights, 1e-3),
            "the result has the generated image's luminance, but it should have the content image's.",
        )
        require(
            close(result @ weights, content @ weights, 1e-3),
            "the result's luminance is not that of the content image, 0.30 red + 0.59 green + 0.11 blue.",
        )
        require(
            close(result[..., 0] - result[..., 2], generated[..., 0] - generated[..., 2], 1e-3)
            and close(result[..., 0] - result[..., 1], generated[..., 0] - generated[..., 1], 1e-3),
            "the colors are not the generated image's: red, green and blue of a pixel should all move by one amount.",
        )
        same = np.asarray(call(function, content, content))
        require(close(same, content, 1e-3), "for two equal images the result should be that image.")
        black_and_white = np.zeros_like(content)
        black_and_white[::2] = 255
        bright = np.asarray(call(function, generated, black_and_white))
        require(bright.min() >= 0 and bright.max() <= 255, "there are values below 0 or above 255.")

    report(properties)


def evenly_spaced(function: Callable) -> None:
    """A few items of a long list, evenly spaced, with the first and the last."""

    def properties():
        items = [f"picture {number}" for number in range(41)]
        for count in (2, 5, 21, 41):
            kept = call(function, items, count)
            require(isinstance(kept, list), "the result should be a list.")
            require(len(kept) == count, f"{count} pictures were asked for, and the list has {len(kept)}.")
            require(all(item in items for item in kept), "the list holds something that was not among the pictures.")
            numbers = [items.index(item) for item in kept]
            require(numbers[0] == 0, "the first picture is missing.")
            require(numbers[-1] == 40, "the last picture is missing.")
            gaps = np.diff(numbers)
            require(gaps.min() >= 1, "a picture comes twice, or the order is not kept.")
            require(gaps.max() - gaps.min() <= 1, "the pictures are not evenly spaced.")

    report(properties)


# --- Lesson 3: VGG19 model --------------------------------------------------------------------------------------------


def parameter_count(function: Callable) -> None:
    """Exercise 1 of lesson 3: `function(kernel_size, channels_in, channels_out)`, the numbers a convolution holds."""

    def properties():
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
            layer = tf.keras.layers.Conv2D(channels_out, kernel_size)
            layer.build((None, 8, 8, channels_in))
            require(
                close(count(*shape), layer.count_params(), 1e-9),
                f"Keras counts something else for {shape}. Is each sum complete, with what is added at its end?",
            )

    report(properties)


def receptive_field(function: Callable) -> None:
    """Exercise 3 of lesson 3: `function(layers)`, how many pixels in a row one position sees."""

    def seen(layers):
        """All pixels that position 0 depends on, walking back from the last layer to the picture."""
        positions = {0}
        for kernel_size, stride in reversed(layers):
            positions = {stride * p + shift for p in positions for shift in range(kernel_size)}
        return len(positions)

    def properties():
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

    report(properties)


def feature_map(function: Callable) -> None:
    """Exercise 2 of lesson 3: `function(image, layer)`, the feature map (height, width, channels) of one image."""

    def properties():
        image = np.random.default_rng(3).uniform(0, 255, (40, 64, 3)).astype(np.float32)
        for layer, shape in (("block1_conv2", (40, 64, 64)), ("block2_conv1", (20, 32, 128))):
            network = build_vgg19([layer])
            result = np.asarray(call(function, image, layer), dtype=np.float32)
            require(
                result.shape != (1, *shape),
                f"the result still has the batch axis: {result.shape}. Take the first and only picture out.",
            )
            require(result.shape == shape, f"the feature map of {layer} has the shape {shape}, yours {result.shape}.")

            def same(batch, network=network, layer=layer, result=result):
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

    report(properties)


# --- Lesson 4: content loss -------------------------------------------------------------------------------------------


def relative_content_loss(function: Callable) -> None:
    """Exercise 1 of lesson 4: `function(features, target)`, the content loss divided by the target's size."""

    def properties():
        random = np.random.default_rng(5)
        features, target = (tf.constant(random.uniform(0, 3, (4, 5, 2)), tf.float32) for _ in range(2))

        def loss(features, target):
            return number(call(function, features, target))

        require(close(loss(target, target), 0), "for the target itself the loss should be 0.")
        require(
            close(loss(10 * features, 10 * target), loss(features, target)),
            "features and target ten times as large: the result should be the same, and yours changes.",
        )
        require(
            close(loss(tf.tile(features, (2, 2, 1)), tf.tile(target, (2, 2, 1))), loss(features, target)),
            "a picture four times as large, with the same features: the result should stay, and yours changes.",
        )
        require(
            close(loss(tf.zeros_like(target), target), 1),
            "features that are 0 everywhere are off by all of the target: the result should be 1.",
        )
        require(
            close(loss(3 * target, target), 4),
            "a difference twice as large should make the loss four times as large.",
        )
        shuffled = tf.gather(tf.reshape(target, (20, 2)), random.permutation(20))
        require(
            loss(tf.reshape(shuffled, target.shape), target) > 0.01,
            "the same features at other positions are other content, and your loss does not notice.",
        )
        require_gradient(lambda x: call(function, x, target), features)

    report(properties)


def content_gradient(function: Callable) -> None:
    """Exercise 2 of lesson 4: `function(features, target)`, the content loss's gradient for the features."""

    def properties():
        random = np.random.default_rng(4)
        features, target = random.normal(size=(2, 3, 4, 2))
        gradient = np.asarray(call(function, tf.constant(features), tf.constant(target)), dtype=float)
        require(
            gradient.shape == features.shape,
            f"there is one number for each feature, so the shape should be {features.shape}, not {gradient.shape}.",
        )
        at_target = np.asarray(call(function, tf.constant(target), tf.constant(target)))
        require(close(at_target, 0), "where the features are those of the target there is nothing to change.")

        # Central differences are exact for a sum of squares, up to rounding.
        def loss(x):
            return float(np.sum((x - target) ** 2))

        change = 1e-3
        expected = np.zeros_like(features)
        for index in np.ndindex(*features.shape):
            shift = np.zeros_like(features)
            shift[index] = change
            expected[index] = (loss(features + shift) - loss(features - shift)) / (2 * change)
        require(
            not close(gradient, -expected),
            "the sign is wrong: the gradient points to where the loss grows.",
        )
        slope = np.vdot(gradient, expected) / np.vdot(expected, expected)
        require(
            close(slope, 1) or not close(gradient, slope * expected),
            "the direction is right, but the numbers are too small or too large by a common factor.",
        )
        require(
            close(gradient, expected),
            "change one feature a little, and the loss does not change as your gradient says.",
        )

    report(properties)


def content_distance(function: Callable) -> None:
    """Exercise 3 of lesson 4: `function(generated, content, layer)`, the content loss of two images on a layer."""

    def properties():
        random = np.random.default_rng(6)
        generated, content = random.uniform(0, 255, (2, 32, 48, 3)).astype(np.float32)
        layer = "block2_conv1"
        network = build_vgg19([layer])

        def distance(a, b):
            return float(np.sum(np.square(network(a[np.newaxis])[layer] - network(b[np.newaxis])[layer])))

        result = number(call(function, tf.constant(generated), tf.constant(content), layer))
        a, b = preprocess(generated), preprocess(content)
        require(not close(result, distance(generated, content), 1e-3), "the images were not preprocessed.")
        require(
            not (close(result, distance(a, content), 1e-3) or close(result, distance(generated, b), 1e-3)),
            "only one of the two images was preprocessed.",
        )
        require(
            close(number(call(function, tf.constant(content), tf.constant(content), layer)), 0),
            "an image compared with itself should give 0.",
        )
        require(
            not close(result, float(np.sum(np.square(a - b))), 1e-3),
            "this compares the pixels. Content is compared in the feature maps.",
        )
        require(
            close(result, distance(a, b), 1e-3),
            f"the number is not the sum of squared differences of the feature maps of {layer}.",
        )
        require_gradient(lambda x: call(function, x, tf.constant(content), layer), tf.constant(generated))

    report(properties)


# --- Lesson 5: style loss ---------------------------------------------------------------------------------------------


def covariance_matrix(function: Callable) -> None:
    """Lesson 5, exercise 1: the covariance matrix of a feature map's channels."""

    def properties():
        rng = np.random.default_rng(5)
        features = tf.constant(rng.uniform(0, 2, (6, 5, 4)), tf.float32)
        matrix = call(function, features)
        require(
            np.shape(matrix) == (4, 4),
            f"four channels should give a matrix of shape (4, 4), but its shape is {np.shape(matrix)}.",
        )
        matrix = np.asarray(matrix)
        require(close(matrix, matrix.T), "the matrix should be symmetric.")
        require(
            close(function(features + [1.0, 5.0, 0.0, 2.0]), matrix, 1e-3),
            "adding a number to all values of one channel should change nothing; subtract each channel's own mean, "
            "taken over all positions.",
        )
        shuffled = tf.constant(rng.permutation(features.numpy().reshape(-1, 4)).reshape(5, 6, 4))
        require(
            close(function(shuffled), matrix, 1e-3),
            "shuffling the positions should change nothing; are channels and positions mixed up?",
        )
        require(
            close(function(tf.tile(features, (2, 3, 1))), matrix, 1e-3),
            "the same feature map several times side by side should change nothing; divide by the number of positions.",
        )
        require(
            close(function(3 * features), 9 * matrix, 1e-3), "three times the values should give nine times as much."
        )
        require(
            close(np.diag(matrix), np.var(features, axis=(0, 1)), 1e-3),
            "the diagonal should hold the variance of each channel.",
        )
        require_gradient(function, features)

    report(properties)


def statistics_loss(function: Callable) -> None:
    """Lesson 5, exercise 2: the distance between means and standard deviations of the channels."""

    def properties():
        rng = np.random.default_rng(6)
        features, target = (tf.constant(rng.uniform(0, 2, shape), tf.float32) for shape in [(6, 5, 4), (3, 8, 4)])
        loss = number(call(function, features, target))
        require(close(number(function(features, features)), 0), "a feature map compared with itself should give 0.")
        require(loss > 0, "two different feature maps should give more than 0.")
        shuffled = tf.constant(rng.permutation(features.numpy().reshape(-1, 4)).reshape(5, 6, 4))
        require(
            abs(number(function(shuffled, features))) < 1e-6,
            "shuffling the positions should change nothing; take mean and standard deviation over both of the axes "
            "of the positions, for each channel.",
        )
        require(
            close(number(function(features + 3, features)), 4 * 9, 1e-3),
            "adding 3 to all values of four channels should cost 4 times 3 squared, through the means alone.",
        )
        centered = features - tf.reduce_mean(features, axis=[0, 1])
        spread = np.sum(np.var(features, axis=(0, 1)))
        require(
            close(number(function(3 * centered, centered)), 4 * spread, 1e-3),
            "two feature maps with the same means, one spread three times as wide, should differ by their standard "
            "deviations.",
        )
        require(
            close(number(function(target, features)), loss), "exchanging the two feature maps should change nothing."
        )
        require_gradient(lambda x: function(x, target), features)

    report(properties)


# --- Lesson 6: total variation loss -----------------------------------------------------------------------------------


def diagonal_variation(function: Callable) -> None:
    """Lesson 6, exercise 1: the absolute differences between diagonal neighbors."""

    def properties():
        image = tf.constant(np.random.default_rng(7).uniform(0, 1, (6, 5, 3)), tf.float32)
        loss = number(call(function, image))
        require(close(number(function(tf.ones_like(image))), 0), "a picture of one color should give 0.")
        require(loss > 0, "a picture of random pixels should give more than 0.")
        checkerboard = tf.constant(np.indices((6, 6)).sum(axis=0)[..., np.newaxis] % 2, tf.float32)
        require(
            close(number(function(checkerboard)), 0),
            "a checkerboard should give 0: its diagonal neighbors are equal. Do you compare neighbors side by side?",
        )
        require(close(number(function(-image)), loss), "a negative should give the same; take absolute values.")
        require(
            close(number(function(3 * image)), 3 * loss), "three times the contrast should give three times as much."
        )
        require(
            close(number(function(image[:, ::-1])), loss, 1e-3),
            "a mirrored picture should give the same; is one of the two diagonal directions missing?",
        )
        spot = np.zeros((5, 5, 1), np.float32)
        spot[0, 0] = 1
        require(
            close(number(function(tf.constant(spot))), 1),
            "a bright pixel in the corner has one diagonal neighbor; are pixels compared across the border?",
        )
        require(
            close(number(function(tf.concat([image, image], axis=-1))), 2 * loss),
            "a picture with twice the channels should give twice as much; add up all differences.",
        )
        require_gradient(function, image)

    report(properties)


def smooth_variation(function: Callable) -> None:
    """Lesson 6, exercise 2: the total variation with its corner at 0 rounded off."""

    def properties():
        image = tf.constant(np.random.default_rng(8).uniform(0, 1, (6, 5, 3)), tf.float32)
        loss = number(call(function, image, 0.1))
        require(
            close(number(function(tf.ones_like(image), 0.1)), 0),
            "a picture of one color should give 0; subtract epsilon from each term, inside the sum.",
        )
        require(loss > 0, "a picture of random pixels should give more than 0.")
        require(close(number(function(-image, 0.1)), loss), "a negative should give the same.")
        require(
            close(number(function(tf.transpose(image, (1, 0, 2)), 0.1)), loss, 1e-3),
            "exchanging rows and columns should change nothing; are both directions in it?",
        )
        edge = tf.constant([[0.0, 0.0, 1.0]])[..., tf.newaxis]
        require(
            close(number(function(edge, 1e-4)), 1, 1e-3),
            "with a very small epsilon a single edge of height 1 should cost 1, as in the total variation loss.",
        )
        require(
            close(number(function(10 * edge, 1e-4)), 10, 1e-3),
            "with a very small epsilon an edge ten times as high should cost ten times as much.",
        )
        small = number(function(0.01 * edge, 1.0))
        require(
            close(number(function(0.02 * edge, 1.0)), 4 * small, 5e-2),
            "far below epsilon, a difference twice as large should cost four times as much.",
        )
        require_gradient(lambda x: function(x, 0.1), image)

    report(properties)


def numbers(value, shape: tuple[int, ...]) -> np.ndarray:
    """The student's result as an array of numbers of this shape."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise Off(f"the result should be numbers, but it is of type {type(value).__name__}.") from None
    require(array.shape == shape, f"the result should have the shape {shape}, but its shape is {array.shape}.")
    return array


# --- Lessons 00 to 02: images -----------------------------------------------------------------------------------------


def random_image(seed: int, height: int = 4, width: int = 6) -> np.ndarray:
    """A small image whose values all differ, with little blue, so that a wrong order of the channels shows."""
    values = np.random.default_rng(seed).permutation(height * width * 3).reshape(height, width, 3)
    return (values * (200 / values.size) * [1, 0.8, 0.3] + [30, 10, 0]).astype(np.float32)


def mean_color(function: Callable) -> None:
    """Start here: an image's mean red, green and blue."""

    def properties():
        image = random_image(0)
        kept = image.copy()
        color = numbers(call(function, image), (3,))
        require(np.array_equal(image, kept), "your function changes the image it is given.")
        flat = np.ones((3, 5, 3), np.float32) * np.array([10, 20, 60], np.float32)
        found = numbers(call(function, flat), (3,))
        require(not close(found, [60, 20, 10]), "red and blue are swapped.")
        require(close(found, [10, 20, 60]), "a picture of one color should have that color as its mean.")
        moved = np.random.default_rng(1).permutation(image.reshape(-1, 3)).reshape(image.shape)
        require(close(call(function, moved), color), "the mean color should not depend on where the pixels are.")
        require(close(call(function, image + 7), color + 7), "adding 7 to every value should add 7 to the mean color.")
        require(close(call(function, image[:, ::-1] * 0.5), color / 2), "half the light should give half the mean.")
        left, right = (numbers(call(function, half), (3,)) for half in (image[:, :3], image[:, 3:]))
        require(close((left + right) / 2, color), "all pixels should count the same.")

    report(properties)


def fitted_size(function: Callable) -> None:
    """Lesson 01: a picture's new height and width, from its old ones and the new longer side."""

    def properties():
        for height, width, longer in (
            (300, 450, 150),
            (450, 300, 150),
            (451, 300, 256),
            (80, 80, 200),
            (427, 640, 150),
        ):
            new_height, new_width = numbers(call(function, height, width, longer), (2,))
            case = f"{height} rows and {width} columns with longer={longer} gave {new_height:g} and {new_width:g}"
            require(
                new_height.is_integer() and new_width.is_integer(), f"{case}: both should be whole numbers; round them."
            )
            require(
                (new_height - new_width) * (height - width) >= 0, f"{case}: the longer side became the shorter one."
            )
            require(max(new_height, new_width) == longer, f"{case}: the longer side is not {longer}.")
            off = abs(new_height * width - new_width * height) / max(height, width)  # in pixels of the shorter side
            require(off <= 1, f"{case}: the picture is squashed. Both sides need the same factor.")
            require(off <= 0.5, f"{case}: the shorter side is off by one. Round to the nearest whole number.")

    report(properties)


def deprocess(function: Callable) -> None:
    """Lesson 01: the inverse of VGG19's preprocessing."""

    def properties():
        image = random_image(0)
        array = preprocess(image)
        kept = array.copy()
        back = numbers(call(function, array), image.shape)
        require(np.array_equal(array, kept), "your function changes the array it is given.")
        zeros = np.zeros((2, 2, 3), np.float32)
        gray = numbers(call(function, zeros), zeros.shape)
        require(not close(gray, 0), "zeros came back as zeros, so the mean color is not added.")
        require(close(np.sort(gray), np.sort(MEAN_BGR)), "zeros should come back as the mean color, and do not.")
        require(np.argsort(gray[0, 0]).tolist() == [2, 1, 0], "the mean color's channels are in the wrong order.")
        require(not close(back, image[..., ::-1], 1e-3), "red and blue are swapped.")
        require(close(back, image, 1e-3), "a preprocessed image does not come back as it was.")
        batch = np.stack([array, array + 1])
        require(
            close(numbers(call(function, batch), batch.shape)[0], back, 1e-3), "a batch of images comes back wrong."
        )

    report(properties)


def shuffle_pixels(function: Callable) -> None:
    """Lesson 02: the same pixels in new places."""

    def properties():
        image = random_image(0, 8, 9)
        kept = image.copy()
        shuffled = numbers(call(function, image, 0), image.shape)
        require(np.array_equal(image, kept), "your function changes the image it is given. Work on a copy.")
        before, after = image.reshape(-1, 3), shuffled.reshape(-1, 3)
        require(close(np.sort(before, axis=None), np.sort(after, axis=None)), "some values are lost, new or doubled.")
        require(
            close(before[np.argsort(before[:, 0])], after[np.argsort(after[:, 0])]),
            "pixels have colors that the image does not have. A pixel's three numbers have to stay together.",
        )
        require(not np.array_equal(shuffled, image), "no pixel has moved.")
        for axis, name in ((0, "row"), (1, "column")):
            lines = [np.sort(np.moveaxis(picture, axis, 0)[..., 0], axis=1) for picture in (image, shuffled)]
            together = np.isclose(lines[1][:, np.newaxis], lines[0]).all(axis=-1).any(axis=-1)
            require(not together.all(), f"the pixels of a {name} all stay in one {name}. Each may go anywhere.")
        again, other = call(function, image, 0), call(function, image, 1)
        require(np.array_equal(again, shuffled), "the same seed should give the same picture again.")
        require(not np.array_equal(other, shuffled), "another seed should give another picture.")

    report(properties)


def color_distance(function: Callable) -> None:
    """Lesson 02: the mean difference between two images' sorted values, channel by channel."""

    def properties():
        image, other = random_image(0), random_image(1) * 0.7
        value = number(call(function, image, other))
        require(value >= 0, f"a distance is never negative, and this one is {value:g}.")
        require(close(number(call(function, image, image)), 0), "an image's distance to itself should be 0.")
        require(
            close(number(call(function, other, image)), value), "the distance should be the same in both directions."
        )
        moved = np.random.default_rng(2).permutation(image.reshape(-1, 3)).reshape(image.shape)
        require(
            abs(number(call(function, image, moved))) < 1e-3,
            "moving pixels around changes no color, so the distance should be 0. Is each channel sorted alone?",
        )
        require(
            number(call(function, image, image[..., ::-1])) > 1,
            "swapping red and blue changes the colors, but your distance is 0. Are the channels kept apart?",
        )
        paler = image.mean(axis=(0, 1)) + 0.5 * (image - image.mean(axis=(0, 1)))
        require(
            number(call(function, image, paler)) > 1,
            "half the contrast is another set of colors, but your distance is 0. Compare value by value.",
        )
        brighter = number(call(function, image, image + 10))
        require(close(brighter, 10), f"adding 10 to every value should give 10, but gives {brighter:g}. Take the mean.")
        redder = number(call(function, image, image + np.array([30, 0, 0], np.float32)))
        require(close(redder, 10), f"adding 30 to red alone should give 10, but gives {redder:g}.")

    report(properties)
