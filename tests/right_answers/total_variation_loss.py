"""Right answers to the exercises of lesson 6, each written in another way."""

import tensorflow as tf


def sum_of_differences(image):
    right, left = image[1:, 1:] - image[:-1, :-1], image[1:, :-1] - image[:-1, 1:]
    return tf.reduce_sum(tf.abs(right)) + tf.reduce_sum(tf.abs(left))


def with_loops(image):
    height, width, _ = image.shape
    total = 0.0
    for i in range(height - 1):
        for j in range(width):
            for k in (j - 1, j + 1):
                if 0 <= k < width:
                    total += tf.reduce_sum(tf.abs(image[i + 1, k] - image[i, j]))
    return total


def by_mirroring(image):
    return sum(tf.reduce_sum(tf.abs(x[1:, 1:] - x[:-1, :-1])) for x in (image, image[:, ::-1]))


def with_a_convolution(image):
    kernels = [[[1.0, 0], [0, -1.0]], [[0, 1.0], [-1.0, 0]]]
    channels = tf.transpose(image, (2, 0, 1))[..., None]
    return sum(
        tf.reduce_sum(tf.abs(tf.nn.conv2d(channels, tf.reshape(kernel, (2, 2, 1, 1)), 1, "VALID")))
        for kernel in kernels
    )


def rolled(image):
    right = (image - tf.roll(image, (1, 1), (0, 1)))[1:, 1:]
    left = (image - tf.roll(image, (1, -1), (0, 1)))[1:, :-1]
    return tf.reduce_sum(tf.abs(right)) + tf.reduce_sum(tf.abs(left))


def gathered(image):
    height, width, _ = image.shape
    total = 0.0
    for side in (-1, 1):
        columns = [j for j in range(width) if 0 <= j + side < width]
        below = tf.gather(image[1:], [j + side for j in columns], axis=1)
        total += tf.reduce_sum(tf.abs(below - tf.gather(image[: height - 1], columns, axis=1)))
    return total


def smooth(term):
    def smooth_variation(image, epsilon):
        differences = image[1:] - image[:-1], image[:, 1:] - image[:, :-1]
        return sum(tf.reduce_sum(term(d, epsilon)) for d in differences)

    return smooth_variation


def in_one_list(image, epsilon):
    d = tf.concat([tf.reshape(image[1:] - image[:-1], [-1]), tf.reshape(image[:, 1:] - image[:, :-1], [-1])], axis=0)
    return tf.reduce_sum(tf.sqrt(d * d + epsilon * epsilon) - epsilon)


def counted(image, epsilon):
    d = [image[1:] - image[:-1], image[:, 1:] - image[:, :-1]]
    terms = sum(x.shape.num_elements() for x in d)
    return sum(tf.reduce_sum(tf.sqrt(x**2 + epsilon**2)) for x in d) - terms * epsilon


def lines(image, epsilon):
    total = 0.0
    for a, b in zip(tf.unstack(image)[1:], tf.unstack(image)[:-1], strict=True):
        total += tf.reduce_sum(tf.sqrt((a - b) ** 2 + epsilon**2) - epsilon)
    for a, b in zip(tf.unstack(image, axis=1)[1:], tf.unstack(image, axis=1)[:-1], strict=True):
        total += tf.reduce_sum(tf.sqrt((a - b) ** 2 + epsilon**2) - epsilon)
    return total


RIGHT = {
    "diagonal_variation": {
        "slices": sum_of_differences,
        "loops": with_loops,
        "mirrored": by_mirroring,
        "a convolution": with_a_convolution,
        "rolled": rolled,
        "tf.gather": gathered,
        "norms": lambda x: tf.norm(x[1:, 1:] - x[:-1, :-1], 1) + tf.norm(x[1:, :-1] - x[:-1, 1:], 1),
        "roots of squares": lambda x: (
            tf.reduce_sum(tf.sqrt((x[1:, 1:] - x[:-1, :-1]) ** 2 + 1e-16))
            + tf.reduce_sum(tf.sqrt((x[1:, :-1] - x[:-1, 1:]) ** 2 + 1e-16))
        ),
        "maximum": lambda x: (
            tf.reduce_sum(tf.maximum(x[1:, 1:] - x[:-1, :-1], x[:-1, :-1] - x[1:, 1:]))
            + tf.reduce_sum(tf.maximum(x[1:, :-1] - x[:-1, 1:], x[:-1, 1:] - x[1:, :-1]))
        ),
    },
    "smooth_variation": {
        "sqrt": smooth(lambda d, e: tf.sqrt(tf.square(d) + e**2) - e),
        "a power": smooth(lambda d, e: (d**2 + e**2) ** 0.5 - e),
        "scaled": smooth(lambda d, e: e * (tf.sqrt((d / e) ** 2 + 1) - 1)),
        "a difference of squares": smooth(lambda d, e: d**2 / (tf.sqrt(d**2 + e**2) + e)),
        "hypotenuse": smooth(lambda d, e: tf.abs(tf.complex(d, tf.zeros_like(d) + e)) - e),
        "tf.math.pow": smooth(lambda d, e: tf.pow(d * d + e * e, 0.5) - e),
        "in one list": in_one_list,
        "counted": counted,
        "line by line": lines,
    },
}
