"""Formulas of a student's own in the engine: right ones paint the course's picture, wrong ones get a sentence."""

import numpy as np
import pytest
import tensorflow as tf

from helpers.formulas import Formulas
from helpers.transfer import StyleTransfer, Weights


def relative_content_loss(features, target):
    return tf.reduce_sum((features - target) ** 2) / tf.reduce_sum(target**2)


def gram_matrix(features):
    height, width, channels = features.shape  # known, as each size is compiled for itself
    rows = tf.reshape(features, (height * width, channels))
    return tf.transpose(rows) @ rows / (height * width)


def covariance_matrix(features):
    return gram_matrix(features - tf.reduce_mean(features, axis=(0, 1)))


def total_variation_loss(image):
    below = tf.pad(image[1:] - image[:-1], ((0, 1), (0, 0), (0, 0)))
    right = tf.pad(image[:, 1:] - image[:, :-1], ((0, 0), (0, 1), (0, 0)))
    return tf.reduce_sum(tf.sqrt(below**2 + right**2 + 1e-14))


def weighted_total(losses, weights):
    total = 0.0
    for name in losses:
        total = total + weights[name] * losses[name]
    return total


def painted(cat, wave, size=128, steps=6, **options):
    run = StyleTransfer(cat, wave, size=size, steps=steps, **options)
    iterates = list(run)
    return run.result, iterates


@pytest.fixture(scope="module")
def pictures():
    rng = np.random.default_rng(0)
    return [np.kron(rng.uniform(0, 255, (8, 12, 3)), np.ones((8, 8, 1))).astype(np.float32) for _ in range(2)]


@pytest.fixture(scope="module")
def course(pictures):
    return painted(*pictures)


@pytest.mark.slow
def test_the_right_formulas_paint_the_courses_picture(pictures, course):
    formulas = Formulas(relative_content_loss, gram_matrix, total_variation_loss, weighted_total)
    picture, iterates = painted(*pictures, formulas=formulas)
    assert np.abs(picture - course[0]).mean() < 0.3
    for iterate, expected in zip(iterates[:2], course[1], strict=False):
        assert iterate.total == pytest.approx(expected.total, rel=1e-3)
        assert iterate.losses == pytest.approx(expected.losses, rel=1e-2)


@pytest.mark.slow
@pytest.mark.parametrize(
    "formulas",
    [
        Formulas(style=lambda features: gram_matrix(tf.cast(features, tf.float64))),
        Formulas(content=lambda f, t: relative_content_loss(f, t)[tf.newaxis]),
        Formulas(total=lambda losses, weights: tf.reshape(weighted_total(losses, weights), (1, 1))),
    ],
    ids=["a table in float64", "a content loss of shape (1,)", "a total of shape (1, 1)"],
)
def test_other_types_and_shapes_of_the_right_numbers_paint_the_courses_picture(pictures, course, formulas):
    picture, _ = painted(*pictures, formulas=formulas)
    assert np.abs(picture - course[0]).mean() < 0.3


@pytest.mark.slow
@pytest.mark.parametrize(
    "formulas",
    [
        Formulas(style=covariance_matrix),
        Formulas(style=lambda features: tf.reduce_mean(features, axis=(0, 1))),
        Formulas(variation=lambda image: tf.reduce_sum((image[2:] - image[:-2]) ** 2)),
        Formulas(content=lambda f, t: tf.reduce_sum(tf.reduce_mean(f - t, 2) ** 2) / tf.reduce_sum(t)),
        Formulas(total=lambda losses, weights: losses["content"] + 0.0 * losses["style"]),
    ],
)
def test_other_formulas_paint_another_picture(pictures, course, formulas):
    picture, iterates = painted(*pictures, formulas=formulas)
    assert np.abs(picture - course[0]).mean() > 0.4
    assert iterates[2].total < iterates[0].total or iterates[0].total == 0


def test_the_total_is_what_the_formula_says(pictures):
    formulas = Formulas(total=lambda losses, weights: 7 * losses["style"])
    _, iterates = painted(*pictures, formulas=formulas, weights=Weights(style=2.0))
    assert iterates[-1].total == pytest.approx(7 * iterates[-1].losses["style"] / 2, rel=1e-5)


def test_weights_still_move_without_a_new_start(pictures):
    run = StyleTransfer(*pictures, size=64, steps=6, formulas=Formulas(style=covariance_matrix))
    run.step()
    traced = run.objective.losses_and_gradient.experimental_get_tracing_count()
    run.weights = Weights(style=3.0)
    run.step()
    assert run.objective.losses_and_gradient.experimental_get_tracing_count() == traced


@pytest.mark.parametrize(
    ("formulas", "message"),
    [
        (Formulas(content=lambda features, target: None), "for content returns None"),
        (Formulas(content=lambda features, target: (features - target) ** 2), "for content should give one number"),
        (Formulas(content=lambda f, t: tf.sqrt(tf.reduce_sum((f - t) ** 2))), "for content has a slope that is not"),
        (Formulas(style=lambda f: np.mean(f.numpy(), axis=(0, 1))), "for style has no gradient: use TensorFlow"),
        (Formulas(style=lambda f: tf.math.reduce_std(f, axis=(0, 1))), "for style has a slope that is not a finite"),
        (Formulas(style=lambda f: 1 / 0), "for style stopped with ZeroDivisionError"),
        (Formulas(variation=lambda image: float(tf.reduce_sum(image))), "for variation"),
        (Formulas(variation=lambda image, epsilon: image), "for variation stopped with TypeError"),
        (Formulas(total=lambda losses, weights: losses["styles"]), "for total stopped with KeyError"),
        (Formulas(total=lambda losses, weights: 3.0), "for total has no gradient"),
        (
            Formulas(total=lambda parts, _: parts["style"] if parts["style"] > 0 else 0.0),
            "for total cannot be compiled",
        ),
    ],
)
def test_a_formula_that_cannot_be_minimized_is_named(pictures, formulas, message):
    constant = np.full((64, 96, 3), 128, np.float32)  # its features do not vary over most of the picture
    with pytest.raises(ValueError, match=message) as error:
        StyleTransfer(constant, pictures[1], size=64, steps=2, formulas=formulas)
    assert "\n" not in str(error.value)


def descend(loss, image, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
        value = loss(image)
    return tf.clip_by_value(image - learning_rate * tape.gradient(value, image), 0, 255)


def test_a_rule_of_ones_own_moves_the_pixels(pictures):
    run = StyleTransfer(*pictures, size=64, steps=10, optimizer=descend)
    before = run.optimizer.x
    iterates = list(run)
    assert iterates[-1].total < 0.9 * run._evaluate(before)[0]
    assert run.result.min() >= 0 and run.result.max() <= 255

    # The same by hand: the pixel of the largest gradient first moves by 64 gray levels.
    x, rate = before.astype(np.float64), None
    hand = StyleTransfer(*pictures, size=64, steps=10, optimizer=descend)
    for _ in range(3):
        _, gradient = hand._evaluate(x.astype(np.float32))
        rate = rate or 64 / np.abs(gradient).max()
        x = np.clip(x - rate * gradient, 0, 255)
    np.testing.assert_allclose(
        iterates[2].image, x[0, 8 : 8 + iterates[2].image.shape[0], 8 : 8 + iterates[2].image.shape[1]], atol=0.05
    )


def test_a_rule_may_look_twice(pictures):
    """A loss at another place than the picture's is computed there."""

    def tries_two(loss, image, learning_rate):
        half, whole = descend(loss, image, learning_rate / 2), descend(loss, image, learning_rate)
        return half if loss(half) < loss(whole) else whole

    run = StyleTransfer(*pictures, size=64, steps=4, optimizer=tries_two)
    totals = [iterate.total for iterate in run]
    assert totals[-1] < totals[0]
