"""Right answers to the exercises of the lesson on a network that paints, each written in another way."""

import numpy as np
import tensorflow as tf

from helpers import losses

LAYER = "block4_conv2"


def by_hand(features):
    mean = tf.reduce_mean(features, axis=[1, 2], keepdims=True)
    variance = tf.reduce_mean((features - mean) ** 2, axis=[1, 2], keepdims=True)
    return (features - mean) / tf.sqrt(variance + 1e-5)


def picture_by_picture(features):
    pictures = [
        (x - tf.reduce_mean(x, [0, 1])) / tf.sqrt(tf.math.reduce_variance(x, [0, 1]) + 1e-5)
        for x in tf.unstack(features)
    ]
    return tf.stack(pictures)


def channel_by_channel(features):
    channels = [by_hand(features[..., c : c + 1]) for c in range(features.shape[-1])]
    return tf.concat(channels, axis=-1)


def with_moments(features):
    mean, variance = tf.nn.moments(features, [1, 2], keepdims=True)
    return tf.nn.batch_normalization(features, mean, variance, None, None, 1e-5)


def as_rows(features):
    shape = features.shape
    rows = tf.reshape(features, (shape[0], -1, shape[-1]))
    rows -= tf.reduce_mean(rows, axis=1, keepdims=True)
    return tf.reshape(rows * tf.math.rsqrt(tf.reduce_mean(rows * rows, 1, keepdims=True) + 1e-5), shape)


def mean_of_squares(features):
    mean = tf.reduce_mean(features, (1, 2), keepdims=True)
    squares = tf.reduce_mean(features**2, (1, 2), keepdims=True)
    return (features - mean) / tf.sqrt(tf.maximum(squares - mean**2, 0) + 1e-5)


def beside_the_root(features):
    mean = tf.reduce_mean(features, axis=[1, 2], keepdims=True)
    variance = tf.math.reduce_variance(features, axis=[1, 2], keepdims=True)
    return (features - mean) / (tf.sqrt(variance + 1e-7) + 1e-5)


def in_float64(features):
    return by_hand(tf.cast(features, tf.float64))


def size_of(maps):
    return tf.reduce_sum(tf.square(maps), axis=[1, 2, 3])


def content_of(painted, wanted):
    return losses.content_loss(painted[LAYER], wanted[LAYER]) / size_of(wanted[LAYER])


def style_of(painted, grams):
    distances = [
        losses.gram_distance(losses.gram_matrix(painted[layer]), gram) / losses.squared_norm(gram)
        for layer, gram in grams.items()
    ]
    return tf.add_n(distances) / len(distances)


def with_the_courses_losses(painted, wanted, grams, content_weight):
    return tf.reduce_mean(content_weight * content_of(painted, wanted) + style_of(painted, grams))


def two_means(painted, wanted, grams, content_weight):
    return content_weight * tf.reduce_mean(content_of(painted, wanted)) + tf.reduce_mean(style_of(painted, grams))


def one_picture_after_another(painted, wanted, grams, content_weight):
    total = 0.0
    for i in range(painted[LAYER].shape[0]):
        target = wanted[LAYER][i]
        total += content_weight * losses.content_loss(painted[LAYER][i], target) / losses.squared_norm(target)
        for layer, gram in grams.items():
            found = losses.gram_matrix(painted[layer][i])
            total += losses.gram_distance(found, gram) / losses.squared_norm(gram) / len(grams)
    return total / painted[LAYER].shape[0]


def layer_after_layer(painted, wanted, grams, content_weight):
    total = content_weight * tf.reduce_mean(content_of(painted, wanted))
    for layer in grams:
        total += tf.reduce_mean(style_of(painted, {layer: grams[layer]})) / len(grams)
    return total


def with_einsum(painted, wanted, grams, content_weight):
    style = []
    for layer, gram in grams.items():
        maps = painted[layer]
        found = tf.einsum("nijc,nijd->ncd", maps, maps) / (maps.shape[1] * maps.shape[2])
        style.append(tf.reduce_sum((found - gram) ** 2, [1, 2]) / tf.reduce_sum(gram**2))
    return tf.reduce_mean(content_weight * content_of(painted, wanted) + tf.reduce_mean(tf.stack(style), axis=0))


def with_relative_content_loss(painted, wanted, grams, content_weight):
    pairs = zip(tf.unstack(painted[LAYER]), tf.unstack(wanted[LAYER]), strict=True)
    content = tf.stack([losses.relative_content_loss(one, other) for one, other in pairs])
    return tf.reduce_mean(content_weight * content + style_of(painted, grams))


def as_an_array(painted, wanted, grams, content_weight):
    return with_the_courses_losses(painted, wanted, grams, content_weight)[tf.newaxis]


def weights_in_numpy(painted, wanted, grams, content_weight):
    weight = np.float32(content_weight)
    return two_means(painted, wanted, grams, weight)


RIGHT = {
    "instance_norm": {
        "by hand": by_hand,
        "picture by picture": picture_by_picture,
        "channel by channel": channel_by_channel,
        "moments": with_moments,
        "rows": as_rows,
        "mean of squares": mean_of_squares,
        "beside the root": beside_the_root,
        "in float64": in_float64,
    },
    "painting_loss": {
        "the course's losses": with_the_courses_losses,
        "two means": two_means,
        "one picture after another": one_picture_after_another,
        "layer after layer": layer_after_layer,
        "einsum": with_einsum,
        "relative content loss": with_relative_content_loss,
        "an array of one number": as_an_array,
        "a weight of NumPy": weights_in_numpy,
    },
}
