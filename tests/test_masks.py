"""Masks: the formulas against float64 NumPy, and what stays as it was where a mask is black."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageFilter

from helpers.formulas import Formulas
from helpers.further.style_losses import STYLE_LOSSES, moments, sorted_projections
from helpers.images import CONTENT_IMAGES, STYLES_IMAGES, ImageError, fit_image, load_image, to_uint8
from helpers.masks import Regions, check_mask, check_region, decode_mask, encode_mask, fit_mask, pooled
from helpers.objective import GRAM, Objective, Weights
from helpers.recipe import Painting, Recipe
from helpers.transfer import STYLE_LAYERS, StyleTransfer

rng = np.random.default_rng(0)
WIDE = ("block1_conv1", "block3_conv1")


def features(height=6, width=5, channels=4):
    return tf.constant(rng.gamma(2, 3, (1, height, width, channels)))


def rows(feature_map):
    return feature_map.numpy().reshape(-1, feature_map.shape[-1])


def counts(mask):
    """How much each position counts, 1 on average."""
    return tf.constant(mask / mask.mean())


def half(height, width, blur=0):
    """The left half of a gray picture is white."""
    mask = np.zeros((height, width), np.uint8)
    mask[:, : width // 2] = 255
    return np.asarray(Image.fromarray(mask).filter(ImageFilter.GaussianBlur(blur)))


def small(content, style, **options):
    options = {"size": 64, "steps": 6, "scales": 1, "style_layers": WIDE, "content_layers": ("block2_conv2",)} | options
    return StyleTransfer(content, style, **options)


def downhill(loss, pixels, learning_rate):
    """Gradient descent, as students write it in lesson 7."""
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        value = loss(pixels)
    return pixels - learning_rate * tape.gradient(value, pixels)


def painted(run):
    for _ in run:
        pass
    return run.result


# --- The formulas ---


def test_the_guided_gram_matrix_adds_up_the_products_of_each_position_times_its_mask():
    x, mask = features(), rng.uniform(size=(6, 5))
    expected = np.zeros((4, 4))
    for row in range(6):
        for column in range(5):
            position = x.numpy()[0, row, column]
            expected += mask[row, column] * np.outer(position, position)
    table = GRAM.table(x, counts=counts(mask))
    np.testing.assert_allclose(table[0], expected / mask.sum(), rtol=1e-12)


def test_moments_with_a_mask_are_the_weighted_mean_and_covariance():
    x, mask = features(), rng.uniform(size=(6, 5))
    table = moments(x, counts=counts(mask))[0].numpy()
    np.testing.assert_allclose(table[:-1], np.cov(rows(x).T, aweights=mask.ravel(), ddof=0), rtol=1e-10)
    np.testing.assert_allclose(table[-1], np.average(rows(x), axis=0, weights=mask.ravel()), rtol=1e-12)


def test_sorted_projections_with_a_mask_are_those_of_the_positions_that_count():
    x = features()
    mask = np.zeros((6, 5))
    mask[1:4, 2:] = 1
    inside = x[:, 1:4, 2:]
    np.testing.assert_allclose(
        sorted_projections(x, positions=9, counts=counts(mask)), sorted_projections(inside), rtol=1e-9
    )


@pytest.mark.parametrize("loss", STYLE_LOSSES.values(), ids=STYLE_LOSSES)
def test_a_position_that_counts_twice_counts_as_two(loss):
    x = features(20, 20)
    mask = rng.integers(0, 3, (20, 20)).astype(float)
    twice = np.repeat(rows(x), mask.ravel().astype(int), axis=0)
    table = loss.table(x, 200, counts(mask))
    expected = loss.table(tf.constant(twice[np.newaxis, np.newaxis]), 200)
    # Where a list is sparse, at its ends, the two are read at slightly other places.
    assert np.abs(table - expected).mean() <= 0.01 * np.abs(expected).mean()


@pytest.mark.parametrize("loss", STYLE_LOSSES.values(), ids=STYLE_LOSSES)
def test_what_is_outside_has_no_gradient_and_what_is_inside_has_the_right_one(loss):
    x, target, mask = features(), loss.table(features(), 30), half(6, 5, blur=1) / 255
    mask[:, 4] = 0

    def value(x):
        return loss.distance(loss.table(x, counts=counts(mask)), target)

    with tf.GradientTape() as tape:
        tape.watch(x)
        result = value(x)
    gradient = tape.gradient(result, x).numpy()
    assert np.abs(gradient[:, :, 4]).max() == 0 < np.abs(gradient[:, :, :2]).min()
    for index in [(0, 0, 0, 0), (0, 3, 1, 2), (0, 5, 2, 3)]:
        step = np.zeros(x.shape)
        step[index] = 1e-6
        slope = (value(x + step) - value(x - step)) / 2e-6
        np.testing.assert_allclose(gradient[index], slope[0], rtol=1e-5)


def test_a_mask_is_halved_as_a_picture_is():
    masks = rng.uniform(size=(2, 23, 18)).astype(np.float32)
    expected = tf.nn.avg_pool2d(tf.nn.avg_pool2d(masks[..., np.newaxis], 2, 2, "VALID"), 2, 2, "VALID")
    np.testing.assert_allclose(pooled(masks, 2), expected[..., 0], rtol=1e-6)


# --- Regions ---


def test_regions_divide_the_picture_by_shares_and_leave_the_rest_to_the_content_image():
    masks = [np.array([[0, 1, 1, 0.25]]), np.array([[0, 0, 1, 0.5]])]
    regions = Regions.of(masks, [1, 3])
    np.testing.assert_allclose(regions.maps[0], [[0, 1, 0.25, 0.75 * 0.25 / 1.75]])
    np.testing.assert_allclose(regions.maps[1], [[0, 0, 0.75, 0.75 * 1.5 / 1.75]])
    np.testing.assert_allclose(regions.covered, [[0, 1, 1, 0.75]])


def test_styles_with_the_same_mask_are_one_region_and_one_without_a_share_is_none():
    left, right = (half(4, 6) / 255, 1 - half(4, 6) / 255)
    assert Regions.of([left, right, left], [1, 1, 1]).members == [[0, 2], [1]]
    assert Regions.of([left, right], [0, 1]).members == [[1]]


def test_a_region_counts_as_much_as_its_share_of_the_picture(cat, wave):
    """Two halves with the same style: the loss of each half, measured on it alone, times one half."""
    objective = Objective(("block2_conv2",), ("block1_conv1",), "l2", regions=2)
    left = half(32, 64) / 255
    content = fit_image(cat, 64)[:32]
    regions = Regions.of([left, 1 - left], [1, 1])
    targets = objective.targets(content, [wave, wave], [1, 1], (), regions)
    losses = objective.losses(tf.constant(content[np.newaxis]), targets, Weights().as_tensors(1))
    feature_map = objective.features(content)["block1_conv1"].numpy().astype(np.float64)[0]
    target = objective.features(wave)["block1_conv1"].numpy().astype(np.float64).reshape(-1, 64)
    target = target.T @ target / len(target)
    expected = 0
    for part in (feature_map[:, :32], feature_map[:, 32:]):
        part = part.reshape(-1, 64)
        expected += 0.5 * np.sum((part.T @ part / len(part) - target) ** 2) / np.sum(target**2)
    np.testing.assert_allclose(losses["style"], expected, rtol=1e-5)


# --- In the engine ---


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"optimizer": "adam"}, {"optimizer": downhill}])
def test_white_masks_paint_the_same_picture_as_none(cat, wave, options):
    white = np.full((50, 70), 255, np.uint8)
    without = painted(small(cat, [wave, cat], **options))
    assert np.ptp(without - fit_image(cat, 64)) > 1
    for masks in (white, [white, None], [None, white]):
        run = small(cat, [wave, cat], masks=masks, style_masks=white, **options)
        assert run.masks == []  # so nothing is weighed, and no memory taken
        np.testing.assert_array_equal(painted(run), without)


@pytest.mark.slow
@pytest.mark.colab
@pytest.mark.parametrize(
    ("loss", "optimizer"),
    [("gram", "lbfgs"), ("moments", "adam"), ("sliced", downhill)],
    ids=["lbfgs", "adam", "own rule"],
)
def test_where_the_mask_is_black_the_photograph_stays(wave, loss, optimizer):
    cat = load_image(CONTENT_IMAGES / "cat.jpg", 200)
    mask = half(*cat.shape[:2])
    run = StyleTransfer(
        cat, wave, size=200, steps=4, scales=2, masks=mask, optimizer=optimizer, style_loss=STYLE_LOSSES[loss]
    )
    result = painted(run)
    middle = cat.shape[1] // 2
    np.testing.assert_allclose(result[:, middle:], cat[:, middle:], atol=1e-3)
    assert np.abs(result[:, : middle - 4] - cat[:, : middle - 4]).mean() > 1


@pytest.mark.slow
def test_the_regions_move_with_the_picture_when_the_grid_is_shifted(cat, wave):
    run = small(cat, wave, masks=half(*cat.shape[:2]), steps=4)
    before = run.targets.regions["block1_conv1"].numpy()
    for _ in run:
        pass
    assert run._shift
    expected = np.roll(before, run._shift, axis=(1, 2))
    np.testing.assert_array_equal(run.targets.regions["block1_conv1"], expected)
    assert (before != expected).any()


@pytest.mark.slow
def test_the_gradient_of_the_coordinates_through_a_soft_mask_is_the_slope(cat, wave):
    run = small(cat, wave, masks=half(*cat.shape[:2], blur=8))
    x = run.optimizer.x
    _, gradient = run._evaluate(x)
    direction = gradient / np.linalg.norm(gradient)
    up, down = (run._evaluate(x + step * direction)[0] for step in (2.0, -2.0))
    assert (up - down) / 4.0 == pytest.approx(np.linalg.norm(gradient), rel=0.02)


@pytest.mark.slow
def test_a_soft_edge_mixes_both(cat, wave):
    mask = half(*cat.shape[:2], blur=6)
    run = small(cat, wave, masks=mask, init=255 - cat)
    share = fit_mask(check_mask(mask), *cat.shape[:2])[..., np.newaxis]
    np.testing.assert_allclose(run.image, cat + share * (255 - 2 * cat), atol=1e-3)


@pytest.mark.slow
def test_the_styles_weight_changes_nothing_but_the_overlap_of_receptive_fields():
    """A feature inside the mask sees as far as convolutions reach: what lies further away has no gradient at all."""
    objective = Objective(("block4_conv2",), STYLE_LAYERS, "avg", regions=1)
    image = rng.uniform(0, 255, (96, 256, 3)).astype(np.float32)
    wave = load_image(STYLES_IMAGES / "great_wave.jpg", 128)
    mask = np.zeros((96, 256), np.float32)
    mask[:, :64] = 1
    targets = objective.targets(image, [wave], [1], (), Regions.of([mask], [1]))
    weights = Weights(content=0, total_variation=0).as_tensors(5)
    _, _, gradient = objective.losses_and_gradient(tf.constant(image[np.newaxis]), targets, weights)
    touched = np.flatnonzero(np.abs(gradient[0]).max(axis=(0, 2)))
    # Each convolution of 3 x 3 reaches 1 position further; there are 13 of them, on positions of 1, 2, 4, 8 and 16 px.
    reach = 2 * 1 + 2 * 2 + 4 * 4 + 4 * 8 + 1 * 16
    assert 64 < touched.max() < 64 + reach
    strength = np.abs(gradient[0]).sum(axis=(0, 2))
    assert strength[72:].sum() < 0.02 * strength.sum()


@pytest.mark.slow
def test_two_styles_go_where_their_masks_are(cat, wave):
    poppies = load_image(STYLES_IMAGES / "poppies.jpg", 64)
    left = half(*cat.shape[:2])
    both = painted(small(cat, [wave, poppies], masks=[left, 255 - left], steps=20))
    middle = cat.shape[1] // 2
    for part, near, far in ((slice(0, middle - 8), wave, poppies), (slice(middle + 8, None), poppies, wave)):
        alone = [painted(small(cat, style, steps=20))[:, part] for style in (near, far)]
        distances = [np.abs(both[:, part] - picture).mean() for picture in alone]
        assert distances[0] < 0.75 * distances[1]


@pytest.mark.slow
def test_a_mask_of_the_painting_takes_the_style_from_there(cat, wave):
    style = np.concatenate([wave, 255 - wave], axis=1)
    left = half(*style.shape[:2])
    part = small(cat, style, style_size=2, style_masks=left, style_layers=("block1_conv1",))
    alone = small(cat, wave, style_layers=("block1_conv1",))
    whole = small(cat, style, style_size=2, style_layers=("block1_conv1",))
    wanted, near, far = (run.targets.style["block1_conv1"] for run in (alone, part, whole))
    norm = np.linalg.norm
    assert norm(near - wanted) < 0.05 * norm(wanted) < 0.3 * norm(far - wanted)


@pytest.mark.slow
def test_a_students_own_formula_paints_through_a_mask(cat, wave):
    def by_hand(f):
        matrix = tf.reshape(f, (-1, f.shape[-1]))
        return tf.einsum("pc,pd->cd", matrix, matrix) / tf.cast(tf.shape(matrix)[0], tf.float32)

    mask = half(*cat.shape[:2], blur=3)
    own = painted(small(cat, wave, masks=mask, formulas=Formulas(style=by_hand)))
    np.testing.assert_allclose(own, painted(small(cat, wave, masks=mask)), atol=0.5)


@pytest.mark.slow
def test_a_students_own_masked_formula_paints_through_a_mask(cat, wave):
    """It is given the mask, in the generated image and in the painting."""

    def by_hand(f, m):
        return tf.einsum("ij,ijc,ijd->cd", m, f, f) / tf.reduce_sum(m)

    masks = {"masks": half(*cat.shape[:2], blur=3), "style_masks": half(*wave.shape[:2])}
    own = painted(small(cat, wave, formulas=Formulas(masked_style=by_hand), **masks))
    np.testing.assert_allclose(own, painted(small(cat, wave, **masks)), atol=0.5)
    other = painted(small(cat, wave, formulas=Formulas(masked_style=lambda f, m: by_hand(f, 1 + 0 * m)), **masks))
    assert np.abs(own - other).mean() > 0.4


def test_a_masked_formula_that_cannot_be_minimized_is_named(cat, wave):
    with pytest.raises(ValueError, match="for masked style returns None"):
        small(cat, wave, masks=half(*cat.shape[:2]), formulas=Formulas(masked_style=lambda f, m: None))


@pytest.mark.slow
def test_a_run_through_a_soft_mask_goes_back_without_a_jump(wave):
    cat = load_image(CONTENT_IMAGES / "cat.jpg", 200)
    run = StyleTransfer(cat, wave, size=200, steps=8, scales=2, masks=half(*cat.shape[:2], blur=12))
    iterates = list(run)
    for iterate in (iterates[2], iterates[-3]):
        run.resume_from(iterate)
        covered = run._regions(*iterate.image.shape[:2]).covered
        jump = np.abs(run.image - iterate.image).max(axis=-1)
        # What was painted beyond black or white, and what lies under a breath of paint, is not known from the picture.
        assert jump.mean() < 0.1 and jump[covered > 1 / 16].max() < 5 and jump.max() < 10
        run.step()


@pytest.mark.slow
@pytest.mark.parametrize("more", [{}, {"style_loss": "sliced"}, {"optimizer": "adam", "colors": "matched"}])
def test_a_recipe_holds_its_masks(cat, more):
    left = encode_mask(half(36, 64, blur=3) / 255)
    recipe = replace(
        Recipe("cat", ("great_wave", "poppies"), size=64, steps=4), masks=(left, ""), style_masks=("", left), **more
    )
    first = Painting(recipe)
    list(first.follow(recipe))
    kept = Recipe.from_json(first.recipe.to_json())
    assert kept.masks == recipe.masks and kept.style_masks == recipe.style_masks
    again = Painting(kept)
    list(again.follow(kept))
    np.testing.assert_array_equal(to_uint8(again.transfer.result), to_uint8(first.transfer.result))
    for less in ({"masks": ()}, {"style_masks": ()}):
        without = Painting(replace(recipe, **less))
        without.step(Weights())
        other = Painting(recipe)
        other.step(Weights())
        assert np.abs(without.transfer.image - other.transfer.image).max() > 1


def test_the_code_of_a_recipe_names_the_files_of_its_masks():
    recipe = replace(Recipe("cat", ("great_wave", "poppies")), masks=("", "abc"), style_masks=("abc", ""))
    assert "masks=[None, load_image('mask_2.png')]" in recipe.code()
    assert "style_masks=[load_image('style_mask_1.png'), None]" in recipe.code()


# --- What cannot be ---


def test_a_mask_as_text_is_the_same_mask():
    mask = fit_mask(check_mask(half(30, 40, blur=5)), 60, 80)
    np.testing.assert_array_equal(fit_mask(decode_mask(encode_mask(mask)), 60, 80), mask)


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (np.zeros((40, 60)), "black everywhere"),
        (np.full((40, 60), 100.0), "of one gray everywhere"),
        (np.pad(np.full((3, 3), 255.0), 40), r"no more than \d+ pixels of 64 x 36, but .* needs 256 .*size of \d+ px"),
        (half(40, 60) / 255, "multiply it by 255"),
        ("mask.png", "read it with load_image"),
        ([half(40, 60)] * 2, "There are 1 style images but 2 masks"),
    ],
)
def test_a_mask_that_cannot_be_used(cat, wave, mask, message):
    for options in ({"masks": mask}, {"style_masks": mask}):
        with pytest.raises(ValueError, match=message.replace("36", r"\d+").replace("2 masks", "2 .*masks")):
            small(cat, wave, **options)


def test_a_region_that_no_size_makes_large_enough_gets_no_advice_about_size():
    mask = np.zeros((2000, 3000), np.float32)
    mask[0, :2] = 1
    with pytest.raises(ImageError, match="enlarge the region[.]$"):
        check_region(mask, 256, 384)
