"""Other style losses than Gram matrices: against float64 NumPy and SciPy, and in the engine."""

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from helpers.further.style_losses import MOMENTS, SLICED, STYLE_LOSSES, moments, sorted_projections
from helpers.transfer import StyleTransfer

rng = np.random.default_rng(0)
LAYERS = ("block1_conv1", "block2_conv1")


def features(height, width, channels=4, shift=0.0):
    return tf.constant(rng.gamma(2, 3, (1, height, width, channels)) + shift)


def rows(feature_map):
    return feature_map.numpy().reshape(-1, feature_map.shape[-1])


def distance(loss, a, b):
    """The distance of two feature maps; the first is the generated image's."""
    return loss.distance(loss.table(a), loss.table(b, a.shape[1] * a.shape[2]))


@pytest.mark.parametrize("loss", STYLE_LOSSES.values(), ids=STYLE_LOSSES)
def test_a_style_loss_knows_no_places_and_is_0_for_the_same_style(loss):
    a = features(6, 5)
    shuffled = tf.constant(rng.permutation(rows(a)).reshape(1, 5, 6, 4))
    np.testing.assert_allclose(distance(loss, a, shuffled), 0, atol=1e-12)
    assert distance(loss, a, a).shape == (1,)
    assert distance(loss, a, features(6, 5)) > 0 and distance(loss, a, 2 * a) > 0


@pytest.mark.parametrize("loss", STYLE_LOSSES.values(), ids=STYLE_LOSSES)
def test_gradient_agrees_with_central_differences(loss):
    x, target = features(4, 5), features(3, 7)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = distance(loss, x, target)
    gradient = tape.gradient(value, x).numpy()
    for index in [(0, 0, 0, 0), (0, 2, 1, 3), (0, 3, 4, 2)]:
        step = np.zeros(x.shape)
        step[index] = 1e-6
        slope = (distance(loss, x + step, target) - distance(loss, x - step, target)) / 2e-6
        np.testing.assert_allclose(gradient[index], slope[0], rtol=1e-5)


@pytest.mark.parametrize("loss", STYLE_LOSSES.values(), ids=STYLE_LOSSES)
def test_a_picture_four_times_as_large_with_the_same_features_has_nearly_the_same_style(loss):
    small = features(20, 20)
    large = tf.repeat(tf.repeat(small, 2, axis=1), 2, axis=2)
    for a, b in ((small, large), (large, small)):
        assert distance(loss, a, b) < 1e-3 < 0.01 < distance(loss, a, features(20, 20, shift=1.0))


def test_moments_are_mean_and_covariance():
    a, b = features(6, 5), features(7, 3)
    table = moments(a)[0]
    np.testing.assert_allclose(table[:-1], np.cov(rows(a).T, bias=True))
    np.testing.assert_allclose(table[-1], rows(a).mean(axis=0))
    parts = [
        np.sum((f(rows(a)) - f(rows(b))) ** 2) / np.sum(f(rows(b)) ** 2)
        for f in (lambda x: np.cov(x.T, bias=True), lambda x: x.mean(axis=0))
    ]
    np.testing.assert_allclose(distance(MOMENTS, a, b), [np.mean(parts)])


def test_sorted_projections_give_the_wasserstein_distance_of_each_direction():
    """SciPy's is of first order, so columns that only move are compared: there it is the mean of the differences."""
    a = features(6, 5)
    moved = a + tf.constant([1.0, -2.0, 0.5, 3.0], tf.float64)
    tables = [sorted_projections(x)[0].numpy().T for x in (a, moved)]
    for direction in range(4):
        first, second = (table[:, direction] for table in tables)
        assert (np.diff(first) >= 0).all()
        expected = scipy.stats.wasserstein_distance(first, second)
        np.testing.assert_allclose(np.abs(second - first).mean(), expected)
        np.testing.assert_allclose(np.ptp(second - first), 0, atol=1e-9)  # every value moved by the same
    np.testing.assert_allclose(
        distance(SLICED, a, moved), [np.sum((tables[0] - tables[1]) ** 2) / np.sum(tables[1] ** 2)]
    )


def test_directions_have_length_1_and_stay_the_same():
    """The unit vectors as features: what a direction sees of them are its own coordinates."""
    units = tf.eye(5, dtype=tf.float64)[tf.newaxis, tf.newaxis]
    table = sorted_projections(units)[0]
    np.testing.assert_allclose(np.sum(table**2, axis=1), 1)
    np.testing.assert_array_equal(table, sorted_projections(units)[0])
    assert np.ptp(table, axis=0).min() > 0.1  # they differ


@pytest.mark.parametrize("name", ["moments", "sliced"])
def test_the_engine_paints_with_it_also_blended_and_from_other_sizes(cat, wave, name):
    run = StyleTransfer(
        cat,
        [wave, wave[:, ::-1]],
        style_shares=(1, 2),
        size=64,
        steps=8,
        scales=1,
        style_size=1.5,
        style_loss=STYLE_LOSSES[name],
        style_layers=LAYERS,
        content_layers=("block2_conv2",),
    )
    first, *_, last = run
    assert last.losses["style"] < 0.8 * first.losses["style"]
    assert run.objective.losses_and_gradient.experimental_get_tracing_count() == 1
