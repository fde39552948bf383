"""The README's formulas, against float64 NumPy, SciPy-free finite differences and their own properties."""

import math

import numpy as np
import pytest
import tensorflow as tf

from helpers.losses import content_loss, gram_distance, gram_matrix, style_loss, total_variation_loss

rng = np.random.default_rng(0)


def features(*shape, dtype=np.float64):
    return rng.normal(size=shape).astype(dtype)


def gram_by_loops(feature_map):
    height, width, channels = feature_map.shape
    gram = np.zeros((channels, channels))
    for c in range(channels):
        for d in range(channels):
            for i in range(height):
                for j in range(width):
                    gram[c, d] += feature_map[i, j, c] * feature_map[i, j, d]
    return gram / (height * width)


def variation_by_loops(image):
    height, width, channels = image.shape
    total = 0.0
    for c in range(channels):
        for i in range(height):
            for j in range(width):
                down = image[i + 1, j, c] - image[i, j, c] if i + 1 < height else 0
                right = image[i, j + 1, c] - image[i, j, c] if j + 1 < width else 0
                total += math.hypot(down, right)
    return total


def test_content_loss_is_the_squared_frobenius_distance():
    a, b = features(5, 4, 3), features(5, 4, 3)
    expected = sum(np.linalg.norm(a[..., c] - b[..., c], "fro") ** 2 for c in range(3))
    np.testing.assert_allclose(content_loss(a, b), expected, rtol=1e-12)


def test_gram_matrix_is_the_sum_over_positions_divided_by_their_number():
    a = features(5, 4, 3)
    np.testing.assert_allclose(gram_matrix(a), gram_by_loops(a), rtol=1e-12)


def test_style_loss_is_the_squared_distance_of_gram_matrices_of_any_two_sizes():
    a, b = features(5, 4, 3), features(7, 2, 3)
    expected = np.sum((gram_by_loops(a) - gram_by_loops(b)) ** 2)
    np.testing.assert_allclose(style_loss(a, b), expected, rtol=1e-12)
    np.testing.assert_allclose(gram_distance(gram_matrix(a), gram_matrix(b)), expected, rtol=1e-12)


def test_total_variation_is_the_sum_over_neighbors():
    image = features(5, 4, 3)
    np.testing.assert_allclose(total_variation_loss(image), variation_by_loops(image), rtol=1e-12)
    for line in (image[:1], image[:, :1]):  # in a single row or column there is no slant
        np.testing.assert_allclose(total_variation_loss(line), tf.image.total_variation(tf.constant(line)), rtol=1e-12)


@pytest.mark.parametrize("loss", [content_loss, style_loss])
def test_a_batch_gives_one_number_for_each_image(loss):
    a, b = features(2, 3, 5, 4, 3), features(2, 3, 5, 4, 3)
    batch = loss(a, b)
    assert batch.shape == (2, 3)
    for index in np.ndindex(2, 3):
        np.testing.assert_allclose(batch[index], loss(a[index], b[index]), rtol=1e-12)


def test_a_batch_of_images_gives_one_variation_and_one_gram_matrix_each():
    a = features(2, 5, 4, 3)
    np.testing.assert_allclose(total_variation_loss(a), [variation_by_loops(image) for image in a], rtol=1e-12)
    np.testing.assert_allclose(gram_matrix(a), [gram_by_loops(image) for image in a], rtol=1e-12)


@pytest.mark.parametrize("dtype, tolerance", [("float16", 1e-2), ("bfloat16", 5e-2), ("float32", 1e-5), ("float64", 0)])
def test_every_float_type_is_kept(dtype, tolerance):
    exact = features(6, 5, 4), features(6, 5, 4)
    a, b = (tf.cast(x, dtype) for x in exact)
    pairs = [
        (content_loss(a, b), content_loss(*exact)),
        (style_loss(a, b), style_loss(*exact)),
        (gram_matrix(a), gram_matrix(exact[0])),
    ]
    if dtype in ("float32", "float64"):  # there are no shorter complex numbers
        pairs.append((total_variation_loss(a), total_variation_loss(exact[0])))
    for value, reference in pairs:
        assert value.dtype == dtype
        error = np.abs(tf.cast(value, tf.float64) - reference).max()
        assert error <= tolerance * np.abs(reference).max()


def test_identical_inputs_cost_nothing_and_others_something():
    a = features(5, 4, 3)
    assert content_loss(a, a) == 0 and style_loss(a, a) == 0 and total_variation_loss(np.ones((5, 4, 3))) == 0
    assert content_loss(a, a + 1e-3) > 0 and style_loss(a, 1.1 * a) > 0 and total_variation_loss(a) > 0


def test_gram_matrix_is_symmetric_and_positive_semi_definite():
    gram = gram_matrix(features(5, 4, 8)).numpy()
    np.testing.assert_array_equal(gram, gram.T)
    assert np.linalg.eigvalsh(gram).min() > -1e-12


def test_gram_matrix_forgets_where_but_content_does_not():
    a = features(6, 5, 4)
    shuffled = rng.permutation(a.reshape(-1, 4)).reshape(6, 5, 4)
    np.testing.assert_allclose(gram_matrix(shuffled), gram_matrix(a), rtol=1e-12)
    assert content_loss(shuffled, a) > 1


def test_gram_matrix_does_not_depend_on_the_size():
    a = features(3, 5, 4)
    np.testing.assert_allclose(gram_matrix(np.tile(a, (4, 2, 1))), gram_matrix(a), rtol=1e-12)


def test_a_slope_costs_the_same_in_all_directions():
    """The same slow wave, turned. Added up axis by axis it would cost nearly sqrt(2) times as much on the diagonal."""
    i, j = np.mgrid[:200, :200]
    waves = [np.sin((i * np.cos(a) + j * np.sin(a)) / 8)[..., np.newaxis] for a in np.linspace(0, np.pi, 13)]
    values = [total_variation_loss(wave) for wave in waves]
    np.testing.assert_allclose(values, np.mean(values), rtol=0.03)
    added = [tf.image.total_variation(tf.constant(wave)) for wave in waves]
    assert max(added) > 1.3 * min(added)


def test_flat_places_have_no_variation_and_a_gradient_of_0():
    image = tf.ones((5, 4, 3))
    with tf.GradientTape() as tape:
        tape.watch(image)
        value = total_variation_loss(image)
    assert value == 0 and not np.any(tape.gradient(value, image))


def test_scaling():
    a, b = features(5, 4, 3), features(5, 4, 3)
    np.testing.assert_allclose(content_loss(3 * a, 3 * b), 9 * content_loss(a, b), rtol=1e-12)
    np.testing.assert_allclose(gram_matrix(3 * a), 9 * gram_matrix(a), rtol=1e-12)
    np.testing.assert_allclose(style_loss(3 * a, 3 * b), 81 * style_loss(a, b), rtol=1e-12)
    np.testing.assert_allclose(total_variation_loss(-3 * a), 3 * total_variation_loss(a), rtol=1e-12)


@pytest.mark.parametrize(
    "loss",
    [
        lambda x: content_loss(x, tf.ones_like(x)),
        lambda x: style_loss(x, tf.constant(np.linspace(-1, 1, 60).reshape(5, 4, 3))),
        total_variation_loss,
    ],
    ids=["content", "style", "total variation"],
)
def test_gradient_agrees_with_central_differences(loss):
    x = tf.constant(features(5, 4, 3))
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = loss(x)
    gradient = tape.gradient(value, x).numpy()
    for index in [(0, 0, 0), (2, 1, 1), (4, 3, 2)]:
        step = np.zeros(x.shape)
        step[index] = 1e-6
        slope = (loss(x + step) - loss(x - step)) / 2e-6
        np.testing.assert_allclose(gradient[index], slope, rtol=1e-6, atol=1e-8)


def test_losses_work_inside_a_compiled_function_of_unknown_size():
    @tf.function(input_signature=[tf.TensorSpec((None, None, None, 3), tf.float64)] * 2)
    def compiled(a, b):
        return content_loss(a, b), style_loss(a, b), total_variation_loss(a)

    a, b = features(1, 5, 4, 3), features(1, 5, 4, 3)
    for value, reference in zip(
        compiled(a, b), (content_loss(a, b), style_loss(a, b), total_variation_loss(a)), strict=True
    ):
        np.testing.assert_allclose(value, reference, rtol=1e-12)
