"""Wrong answers to the exercises of the lesson on a network that paints, and what the checks say about them."""

import tensorflow as tf

from helpers import losses

LAYER = "block4_conv2"


def normalized(axes, small=1e-5):
    def norm(features):
        mean, variance = tf.nn.moments(features, axes, keepdims=True)
        return (features - mean) / tf.sqrt(variance + small)

    return norm


def deviations(features):
    return features - tf.reduce_mean(features, axis=[1, 2], keepdims=True)


def by_the_variance(features):
    _, variance = tf.nn.moments(features, [1, 2], keepdims=True)
    return deviations(features) / variance


def not_centered(features):
    return features / tf.math.reduce_std(features, axis=[1, 2], keepdims=True)


def turned_around(features):
    return -normalized([1, 2])(features)


def without_gradient(features):
    return tf.constant(normalized([1, 2])(features).numpy())


def statistics_only(features):
    mean, variance = tf.nn.moments(features, [1, 2])
    return tf.stack([mean, variance])


def relative(found, target, axes):
    return tf.reduce_sum((found - target) ** 2, axes) / tf.reduce_sum(target**2, axes)


def content(painted, wanted):
    return relative(painted[LAYER], wanted[LAYER], [1, 2, 3])


def style(painted, grams, size=losses.squared_norm):
    return [
        losses.gram_distance(losses.gram_matrix(painted[layer]), gram) / size(gram) for layer, gram in grams.items()
    ]


def mean_of(values):
    return tf.add_n(values) / len(values)


def joint_gram(painted, wanted, grams, weight):
    joint = [
        losses.gram_distance(losses.gram_matrix(tf.concat(tf.unstack(painted[layer]), 0)), gram)
        / losses.squared_norm(gram)
        for layer, gram in grams.items()
    ]
    return tf.reduce_mean(weight * content(painted, wanted)) + mean_of(joint)


def size_of_the_batch(painted, wanted, grams, weight):
    parts = losses.content_loss(painted[LAYER], wanted[LAYER]) / losses.squared_norm(wanted[LAYER])
    return tf.reduce_mean(weight * parts + mean_of(style(painted, grams)))


def content_of_the_whole_batch(painted, wanted, grams, weight):
    whole = relative(painted[LAYER], wanted[LAYER], [0, 1, 2, 3])
    return weight * whole + tf.reduce_mean(mean_of(style(painted, grams)))


def content_not_divided(painted, wanted, grams, weight):
    return tf.reduce_mean(weight * losses.content_loss(painted[LAYER], wanted[LAYER]) + mean_of(style(painted, grams)))


def against_itself(painted, wanted, grams, weight):
    return tf.reduce_mean(weight * content(painted, painted) + mean_of(style(painted, grams)))


def no_gradient(painted, wanted, grams, weight):
    value = tf.reduce_mean(weight * content(painted, wanted) + mean_of(style(painted, grams)))
    return float(value)


WRONG = {
    "instance_norm": {
        "the batch": (normalized([0, 1, 2]), "each picture has its own"),
        "all channels": (normalized([1, 2, 3]), "each channel has its own"),
        "rows only": (normalized([1]), "a value above the mean"),
        "positions": (normalized([3]), "mean of each channel"),
        "variance": (by_the_variance, "root"),
        "deviations": (deviations, "variance of each channel of each picture"),
        "not centered": (not_centered, "subtract the mean"),
        "turned around": (turned_around, "should stay above"),
        "0 / 0": (normalized([1, 2], 0.0), "is no number"),
        "without gradient": (without_gradient, "no gradient"),
        "statistics": (statistics_only, "shape of the features"),
    },
    "painting_loss": {
        "sums": (lambda p, w, g, c: tf.reduce_sum(c * content(p, w) + mean_of(style(p, g))), "take their mean, so"),
        "layers added up": (
            lambda p, w, g, c: tf.reduce_mean(c * content(p, w) + tf.add_n(style(p, g))),
            "layers are added up",
        ),
        "style not divided": (
            lambda p, w, g, c: tf.reduce_mean(c * content(p, w) + mean_of(style(p, g, lambda _: 1.0))),
            "size of the painting's Gram matrix",
        ),
        "one Gram matrix for all": (joint_gram, "each picture has its own"),
        "size of the batch": (size_of_the_batch, "adds up both"),
        "the whole batch": (content_of_the_whole_batch, "adds up both"),
        "content not divided": (content_not_divided, "size of its own photograph"),
        "against itself": (against_itself, "with the photographs"),
        "weight forgotten": (
            lambda p, w, g, c: tf.reduce_mean((c > 0) * content(p, w) + mean_of(style(p, g))),
            "multiplied by its weight",
        ),
        "a number for each picture": (lambda p, w, g, c: c * content(p, w) + mean_of(style(p, g)), "one number"),
        "no gradient": (no_gradient, "no gradient"),
    },
}
