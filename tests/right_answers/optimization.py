"""Right answers to the exercises of lesson 7, each written in another way."""

import numpy as np
import tensorflow as tf

from helpers import losses

CONTENT_LAYER = "block4_conv2"


def share(x, target):
    return tf.reduce_sum((x - target) ** 2) / tf.reduce_sum(target**2)


def table(features):
    rows = tf.reshape(features, (-1, features.shape[-1]))
    return tf.transpose(rows) @ rows / rows.shape[0]


def total(
    content=losses.relative_content_loss,
    style=lambda f, A: losses.gram_distance(losses.gram_matrix(f), A) / tf.reduce_sum(A**2),
    variation=lambda x: losses.total_variation_loss(x / 255) / tf.size(x, tf.float32),
    mean=lambda parts: tf.add_n(parts) / len(parts),
    add=sum,
):
    def total_loss(image, maps, targets, weights):
        parts = {
            "content": content(maps[CONTENT_LAYER], targets["content"]),
            "style": mean([style(maps[name], A) for name, A in targets["style"].items()]),
            "total variation": variation(image),
        }
        return add([weights[name] * part for name, part in parts.items()])

    return total_loss


def all_at_once(image, maps, targets, weights):
    style = 0.0
    for name, A in targets["style"].items():
        style += share(table(maps[name]), A) / len(targets["style"])
    variation = losses.total_variation_loss(image) / 255 / float(np.prod(image.shape))
    content = share(maps[CONTENT_LAYER], targets["content"])
    return weights["content"] * content + weights["style"] * style + weights["total variation"] * variation


def layer_by_layer(image, maps, targets, weights):
    result = weights["total variation"] * tf.reduce_mean(lengths(image / 255))
    result += weights["content"] * share(maps[CONTENT_LAYER], targets["content"])
    for name in targets["style"]:
        result += weights["style"] / len(targets["style"]) * share(table(maps[name]), targets["style"][name])
    return result


def lengths(image):
    below = tf.concat([image[1:], image[-1:]], axis=0)
    right = tf.concat([image[:, 1:], image[:, -1:]], axis=1)
    return tf.abs(tf.complex(below - image, right - image))


def slope(loss, image):
    with tf.GradientTape() as tape:
        tape.watch(image)
        value = loss(image)
    return tape.gradient(value, image)


def with_a_variable(loss, image, learning_rate):
    variable = tf.Variable(image)
    with tf.GradientTape() as tape:
        value = loss(variable)
    variable.assign(tf.clip_by_value(variable - learning_rate * tape.gradient(value, variable), 0, 255))
    return variable


def persistent(loss, image, learning_rate):
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(image)
        value = loss(image)
    return tf.clip_by_value(image - learning_rate * tape.gradient(value, image), 0.0, 255.0)


def with_names(loss, image, learning_rate):
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(image)
        value = loss(image)
    step = -learning_rate * tape.gradient(value, image)
    return tf.minimum(tf.maximum(image + step, 0), 255)


def gradients(loss, image, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch([image])
        value = loss(image)
    [gradient] = tape.gradient(value, [image])
    return tf.clip_by_value(tf.subtract(image, tf.multiply(learning_rate, gradient)), 0, 255)


def sgd(loss, image, learning_rate):
    import keras

    variable = tf.Variable(image)
    keras.optimizers.SGD(learning_rate).apply([slope(loss, image)], [variable])
    return tf.clip_by_value(variable, 0, 255)


def coordinates(step):
    def descend_in_coordinates(loss, to_picture, numbers, learning_rate):
        return step(lambda x: loss(to_picture(x)), numbers, learning_rate)

    return descend_in_coordinates


def chain_rule(loss, to_picture, numbers, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(numbers)
        picture = to_picture(numbers)
    of_picture = slope(loss, picture)
    return numbers - learning_rate * tape.gradient(picture, numbers, output_gradients=of_picture)


def one_tape_two_lines(loss, to_picture, numbers, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(numbers)
        picture = to_picture(numbers)
        value = loss(picture)
    return numbers - learning_rate * tape.gradient(value, numbers)


def with_a_variable_of_numbers(loss, to_picture, numbers, learning_rate):
    variable = tf.Variable(numbers)
    with tf.GradientTape() as tape:
        value = loss(to_picture(variable))
    variable.assign_sub(learning_rate * tape.gradient(value, variable))
    return variable


def keras_sgd_of_numbers(loss, to_picture, numbers, learning_rate):
    import keras

    variable = tf.Variable(numbers)
    keras.optimizers.SGD(learning_rate).apply([slope(lambda x: loss(to_picture(x)), numbers)], [variable])
    return variable.numpy()


RIGHT = {
    "total_loss": {
        "the course's losses": total(),
        "squares": total(content=share, style=lambda f, A: share(table(f), A)),
        "all at once": all_at_once,
        "layer by layer": layer_by_layer,
        "reduce_mean of the layers": total(mean=tf.reduce_mean),
        "add_n": total(add=tf.add_n),
        "reduce_sum": total(add=lambda parts: tf.reduce_sum(tf.stack(parts))),
        "content loss, divided": total(content=lambda f, p: losses.content_loss(f, p) / tf.reduce_sum(p * p)),
        "style loss through gram_distance": total(
            style=lambda f, A: losses.gram_distance(table(f), A) / losses.gram_distance(A, 0.0)
        ),
        "mean length of a slope": total(variation=lambda x: tf.reduce_mean(lengths(x / 255))),
        "divided afterward": total(
            variation=lambda x: losses.total_variation_loss(x) / (255.0 * x.shape[0] * x.shape[1] * x.shape[2])
        ),
    },
    "descend": {
        "clip": lambda loss, x, rate: tf.clip_by_value(x - rate * slope(loss, x), 0, 255),
        "a variable": with_a_variable,
        "persistent": persistent,
        "minimum and maximum": with_names,
        "a list": gradients,
        "Keras's SGD": sgd,
        "NumPy": lambda loss, x, rate: (x - rate * slope(loss, x)).numpy().clip(0, 255),
        "the step first": lambda loss, x, rate: tf.clip_by_value(-rate * slope(loss, x) + x, 0, 255),
    },
    "descend_in_coordinates": {
        "one function": coordinates(lambda loss, x, rate: x - rate * slope(loss, x)),
        "chain rule": chain_rule,
        "one tape": one_tape_two_lines,
        "a variable": with_a_variable_of_numbers,
        "Keras's SGD": keras_sgd_of_numbers,
        "NumPy": coordinates(lambda loss, x, rate: x.numpy() - rate * slope(loss, x).numpy()),
        "subtract": coordinates(lambda loss, x, rate: tf.subtract(x, tf.multiply(rate, slope(loss, x)))),
        "the step first": coordinates(lambda loss, x, rate: -rate * slope(loss, x) + x),
    },
}
