"""The objective in strips against the whole one: the same losses and the same gradient."""

import numpy as np
import pytest
import tensorflow as tf

from helpers.formulas import Formulas
from helpers.further.strips import StripObjective, strips
from helpers.further.style_losses import STYLE_LOSSES
from helpers.images import CONTENT_IMAGES, STYLES_IMAGES, load_image, resize_image
from helpers.masks import Regions
from helpers.objective import Objective, Weights, shared_objective
from helpers.optimizers import LBFGS
from helpers.transfer import CONTENT_LAYERS, STYLE_LAYERS

rng = np.random.default_rng(0)
CAT = load_image(CONTENT_IMAGES / "cat.jpg")
WAVE, POPPIES = (load_image(STYLES_IMAGES / f"{name}.jpg") for name in ("great_wave", "poppies"))
WEIGHTS = Weights(content=0.05, style=1.0, total_variation=0.7, style_layers=(0.5, 1.0, 0.2, 1.0, 0.7))
OTHER_LAYERS = ("block2_conv2", "block3_conv4", "block4_conv1")


def painted(content):
    """A picture on the way: the content image with some noise."""
    return tf.constant(np.clip(content + rng.normal(0, 10, content.shape), 0, 255).astype(np.float32)[np.newaxis])


def both(whole, pieces, content, styles, shares=(1.0,), style_masks=(), regions=None):
    """Losses, total and gradient of a picture, by the whole objective and by the one in strips."""
    image = painted(content)
    weights = Weights(style_layers=WEIGHTS.style_layers[: len(whole.style_layers)]).as_tensors(len(whole.style_layers))
    results = []
    for objective in (whole, pieces):
        targets = objective.targets(content, styles, shares, style_masks, regions)
        losses, total, gradient = objective.losses_and_gradient(image, targets, weights)
        results.append(({name: float(loss) for name, loss in losses.items()}, float(total), np.asarray(gradient)))
    return results


def relative(a, b):
    return np.linalg.norm(a - b) / np.linalg.norm(a)


def hold_equal(whole, pieces):
    (losses, total, gradient), (in_strips, total_in_strips, gradient_in_strips) = whole, pieces
    assert in_strips == pytest.approx(losses, rel=1e-6)
    assert total_in_strips == pytest.approx(total, rel=1e-6)
    assert relative(gradient, gradient_in_strips) < 1e-5


def test_strips_cover_each_row_once_and_see_what_they_need():
    for height in (1, 2, 3, 16, 33, 34, 95, 96):
        for rows in (2, 16, 32, 200):
            found = list(strips(height, rows, 4))
            assert [row for strip in found for row in range(strip.low, strip.high)] == list(range(height))
            for strip in found:
                assert strip.low % 2 == 0 == strip.top % 2
                assert strip.top == max(0, strip.low - 4) and strip.bottom == min(height, strip.high + 4)
                assert strip.high - strip.low > 1 or height == 1


@pytest.mark.slow
@pytest.mark.parametrize("pooling", ["avg", "max", "l2"])
def test_the_same_losses_and_gradient(pooling):
    content = resize_image(CAT, 255, 384)
    whole = Objective(CONTENT_LAYERS, STYLE_LAYERS, pooling)
    found = both(whole, StripObjective(whole, 32), content, [WAVE])
    hold_equal(*found)
    # Near the seams the difference is no larger than elsewhere.
    difference = np.abs(found[0][2] - found[1][2])[0].mean(axis=(1, 2))
    near = np.zeros(len(difference), bool)
    for seam in range(32, len(difference), 32):
        near[seam - 8 : seam + 8] = True
    assert difference[near].mean() < 1.5 * difference[~near].mean()


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "kept"), [(16, 0), (17, 2), (64, 5), (1000, 0)])
@pytest.mark.parametrize("sides", [(96, 128), (97, 123)])
def test_any_size_and_any_strips(sides, rows, kept):
    content, style = resize_image(CAT, *sides), resize_image(WAVE, 85, 101)
    whole = shared_objective(CONTENT_LAYERS, STYLE_LAYERS, "l2")
    hold_equal(*both(whole, StripObjective(whole, rows, kept), content, [style]))


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["gram", "moments"])
def test_blended_styles_masks_and_other_layers(loss):
    content, styles = resize_image(CAT, 98, 127), [resize_image(WAVE, 90, 130), resize_image(POPPIES, 77, 111)]
    whole = Objective(("block3_conv2", "block4_conv2"), OTHER_LAYERS, "max", STYLE_LOSSES[loss])
    pieces = StripObjective(whole, 16, 1)
    hold_equal(*both(whole, pieces, content, styles, (1.0, 3.0)))

    soft = np.clip(np.linspace(-0.5, 1.5, 127), 0, 1)[np.newaxis] * np.ones((98, 1))
    regions = Regions.of([soft.astype(np.float32), (1 - soft).astype(np.float32)], (1.0, 1.0))
    masks = [np.ones((90, 130), np.float32), np.tile(np.linspace(0, 1, 111, dtype=np.float32), (77, 1))]
    masked = Objective(
        ("block3_conv2", "block4_conv2"), OTHER_LAYERS, "max", STYLE_LOSSES[loss], regions=len(regions.members)
    )
    hold_equal(*both(masked, StripObjective(masked, 16, 2), content, styles, (1.0, 1.0), masks, regions))


@pytest.mark.slow
def test_the_targets_are_the_same():
    content, style = resize_image(CAT, 97, 130), resize_image(WAVE, 85, 101)
    whole = shared_objective(CONTENT_LAYERS, STYLE_LAYERS, "l2")
    wanted, found = (objective.targets(content, [style], [1.0]) for objective in (whole, StripObjective(whole, 16)))
    for kind in ("content", "style"):
        for name, target in getattr(wanted, kind).items():
            assert relative(target.numpy(), np.asarray(getattr(found, kind)[name])) < 1e-6


@pytest.mark.parametrize("options", [{"style_loss": STYLE_LOSSES["sliced"]}, {"formulas": Formulas(content=len)}])
def test_what_is_no_function_of_sums_is_refused(options):
    with pytest.raises(ValueError, match="can be added up strip by strip: choose one of these, or a smaller size."):
        StripObjective(Objective(CONTENT_LAYERS, STYLE_LAYERS, "l2", **options))


@pytest.mark.parametrize("memory", [1, 3, 10])
def test_l_bfgs_keeps_no_more_pairs_than_it_is_told(memory):
    scales = np.linspace(1, 30, 40)
    optimizer = LBFGS(np.ones(40), memory=memory)
    kept = []
    for _ in range(15):
        optimizer.step(lambda x: (0.5 * float(scales @ x**2), scales * x))
        kept.append(len(optimizer.pairs))
    assert max(kept) == memory and kept[:memory] == list(range(1, memory + 1))
