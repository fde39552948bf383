"""Right answers to the exercises of lesson 7, each written in another way."""

import tensorflow as tf

NAMES = ("content", "style", "total variation")


def with_a_loop(losses, weights):
    total = 0.0
    for name, loss in losses.items():
        total += weights[name] * loss
    return total


def by_name(losses, weights):
    return (
        weights["content"] * losses["content"]
        + weights["style"] * losses["style"]
        + weights["total variation"] * losses["total variation"]
    )


def in_sorted_order(losses, weights):
    pairs = zip(sorted(losses.items()), sorted(weights.items()), strict=True)
    return sum(loss * weight for (_, loss), (_, weight) in pairs)


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
    "weighted_total": {
        "a loop": with_a_loop,
        "by name": by_name,
        "sorted": in_sorted_order,
        "sum": lambda losses, weights: sum(weights[name] * losses[name] for name in losses),
        "by the weights' names": lambda losses, weights: sum(weights[name] * losses[name] for name in weights),
        "add_n": lambda losses, weights: tf.add_n([weights[name] * losses[name] for name in NAMES]),
        "reduce_sum": lambda losses, weights: tf.reduce_sum([weights[name] * losses[name] for name in NAMES]),
        "stacked": lambda losses, weights: tf.tensordot(
            tf.stack([losses[name] for name in NAMES]), tf.stack([weights[name] for name in NAMES]), 1
        ),
        "multiplied": lambda losses, weights: sum(tf.multiply(losses[name], weights[name]) for name in NAMES),
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
