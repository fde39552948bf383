"""The engine: the objective against finite differences, and how a run behaves."""

import math
from dataclasses import replace

import numpy as np
import pytest
import scipy.optimize
import tensorflow as tf

from helpers import transfer as engine
from helpers.images import fit_image, preprocess
from helpers.losses import content_loss, gram_distance, gram_matrix, style_loss, total_variation_loss
from helpers.objective import Objective, Targets, Weights
from helpers.transfer import NotFiniteError, StyleTransfer, plan_scales
from helpers.vgg import build_vgg19

pytestmark = [pytest.mark.slow, pytest.mark.colab]  # they paint


def small(content, style, **options):
    """A run on the smallest sensible picture, with the two shallowest style layers."""
    options = {"size": 64, "steps": 6, "scales": 1, "style_layers": ("block1_conv1", "block2_conv1")} | options
    return StyleTransfer(content, style, **({"content_layers": ("block2_conv2",)} | options))


# --- The objective ---


def smooth_network(dtype):
    """Two small convolutions with a smooth activation, so that finite differences are exact enough."""
    rng = np.random.default_rng(0)
    kernels = [tf.constant(rng.normal(size=(3, 3, i, o)) / (9 * i), dtype) for i, o in [(3, 4), (4, 5)]]

    def network(x):
        first = tf.math.tanh(tf.nn.conv2d(x / 50, kernels[0], 1, "SAME"))
        return {"first": first, "second": tf.math.tanh(tf.nn.conv2d(first, kernels[1], 2, "SAME"))}

    return network


def test_gradient_of_the_whole_objective_agrees_with_central_differences():
    rng = np.random.default_rng(1)
    objective = object.__new__(Objective)
    objective.content_layers, objective.style_layers = ("second",), ("first", "second")
    objective.style_loss, objective.formulas = engine.GRAM, engine.COURSE
    objective.vgg = smooth_network(tf.float64)
    image, content, style = (tf.constant(rng.uniform(0, 255, (1, 12, 10, 3))) for _ in range(3))
    targets = Targets(
        {"second": objective.vgg(content - 110)["second"]},
        {name: gram_matrix(feature_map) for name, feature_map in objective.vgg(style - 110).items()},
    )
    weights = {
        "content": tf.constant(0.3, tf.float64),
        "style": tf.constant(1.2, tf.float64),
        "total variation": tf.constant(0.5, tf.float64),
        "style layers": tf.constant([0.25, 0.75], tf.float64),
    }

    def total(x):
        return sum(objective.losses(x, targets, weights).values())

    losses, _, gradient = objective.losses_and_gradient(image, targets, weights)
    np.testing.assert_allclose(sum(losses.values()), total(image), rtol=1e-12)
    for index in [(0, 0, 0, 0), (0, 5, 5, 1), (0, 11, 9, 2), (0, 3, 7, 0)]:
        step = np.zeros(image.shape)
        step[index] = 1e-4
        slope = (total(image + step) - total(image - step)) / 2e-4
        np.testing.assert_allclose(gradient.numpy()[index], slope, rtol=1e-6)


def test_objective_is_the_readme_formulas_divided_by_their_targets_size(cat, wave):
    layers = ("block1_conv1", "block2_conv1")
    objective = Objective(("block2_conv2",), layers, "max")
    noise = np.random.default_rng(0).uniform(0, 255, cat.shape).astype(np.float32)
    weights = Weights(content=0.2, style=3.0, total_variation=0.5, style_layers=(1.0, 3.0))
    losses = objective.losses(tf.constant(noise[None]), objective.targets(cat, [wave], [1]), weights.as_tensors(2))

    generated, content, style = (
        {name: tf.cast(value, tf.float64) for name, value in objective.features(image).items()}
        for image in (noise, cat, wave)
    )
    nothing = {name: tf.zeros_like(value) for name, value in style.items()}
    expected_content = 0.2 * (
        content_loss(generated["block2_conv2"], content["block2_conv2"]) / tf.reduce_sum(content["block2_conv2"] ** 2)
    )
    expected_style = 3.0 * sum(
        share * style_loss(generated[name], style[name]) / style_loss(style[name], nothing[name])
        for share, name in zip((0.25, 0.75), layers, strict=True)
    )
    expected_variation = 0.5 * total_variation_loss(tf.constant(noise / 255)) / noise.size
    np.testing.assert_allclose(losses["content"], expected_content[0], rtol=1e-4)
    np.testing.assert_allclose(losses["style"], expected_style[0], rtol=1e-4)
    np.testing.assert_allclose(losses["total variation"], expected_variation, rtol=1e-4)


def test_style_layer_weights_go_with_their_layers_in_any_order(cat, wave):
    layers, weights = ("block1_conv1", "block2_conv1"), Weights(style_layers=(0.2, 0.8))
    forward = small(cat, wave, steps=1, style_layers=layers, weights=weights).step()
    backward = small(
        cat, wave, steps=1, style_layers=layers[::-1], weights=Weights(style_layers=weights.style_layers[::-1])
    ).step()
    assert math.isclose(forward.losses["style"], backward.losses["style"], rel_tol=1e-4)


def test_blended_grams_have_the_gradient_of_the_weighted_style_losses(cat, wave):
    layers = ("block1_conv1", "block2_conv1")
    objective = Objective(("block2_conv2",), layers, "max")
    other = wave[::-1, :, ::-1].copy()
    x = tf.constant(cat[None])
    blend = objective.targets(cat, [wave, other], [1, 3]).style

    def gradient(loss):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = loss(objective.vgg(preprocess(x)))
        return tape.gradient(value, x).numpy()

    for name in layers:
        blended = gradient(lambda f, name=name: gram_distance(gram_matrix(f[name]), blend[name]))
        grams = [gram_matrix(objective.features(style)[name]) for style in (wave, other)]
        summed = gradient(
            lambda f, name=name, grams=grams: sum(
                share * gram_distance(gram_matrix(f[name]), gram)
                for share, gram in zip((0.25, 0.75), grams, strict=True)
            )
        )
        np.testing.assert_allclose(blended, summed, rtol=1e-3, atol=1e-4 * np.abs(summed).max())


def test_weights_are_inputs_and_compile_nothing(cat, wave):
    run = small(cat, wave)
    run.step()
    compiled = run.objective.losses_and_gradient.experimental_get_tracing_count()
    for weight in (0.1, 0.5, 2.0):
        run.weights = Weights(weight, 2 * weight, 3 * weight, (weight, 1.0))
        run.step()
    small(wave, cat, weights=Weights(content=7)).step()
    assert run.objective.losses_and_gradient.experimental_get_tracing_count() == compiled


def test_another_size_compiles_nothing(cat, wave):
    run = small(cat, wave)
    run.step()
    larger = small(cat, wave, size=2 * max(run.content.shape))
    larger.step()
    assert larger.objective is run.objective
    assert run.objective.losses_and_gradient.experimental_get_tracing_count() == 1


# --- Scales ---


@pytest.mark.parametrize(
    "size, steps, scales", [(384, 100, 2), (384, 7, 3), (100, 5, 4), (512, 2, 9), (64, 1, 2), (1536, 5, 5)]
)
def test_scales_double_and_share_out_all_steps(size, steps, scales):
    plan = plan_scales(size, steps, scales)
    assert sum(count for _, count in plan) == steps and min(count for _, count in plan) >= 1
    assert plan[-1][0] == size and len(plan) <= scales
    assert max(count for _, count in plan) - min(count for _, count in plan) <= 1
    for (coarse, _), (fine, _) in zip(plan, plan[1:], strict=False):
        assert fine // 2 == coarse >= engine.SMALLEST_SCALE


def test_elongated_pictures_get_no_scale_below_32_pixels():
    assert plan_scales(400, 10, 3, elongation=8) == [(400, 10)]


def test_the_canvas_is_the_picture_with_a_margin_and_sides_that_pool_evenly(cat):
    canvas = engine.canvas(cat)
    margin = engine.MARGIN
    assert canvas.shape[0] % 16 == canvas.shape[1] % 16 == 0
    np.testing.assert_array_equal(canvas[margin : margin + cat.shape[0], margin : margin + cat.shape[1]], cat)
    np.testing.assert_array_equal(canvas[margin - 1, margin:-margin], canvas[margin + 1, margin:-margin])


# --- A run ---


def test_lbfgs_keeps_up_with_scipy_on_the_real_objective(cat, wave):
    run = small(cat, wave, steps=40)
    for _ in run:
        pass
    start = small(cat, wave).optimizer.x
    best = []

    def objective(flat):
        total, gradient = run._evaluate(flat.reshape(start.shape).astype(np.float32))
        best.append(min([total, *best[-1:]]))
        return total, gradient.ravel().astype(np.float64)

    scipy.optimize.minimize(
        objective, start.ravel(), jac=True, method="L-BFGS-B", options={"maxcor": 10, "maxiter": 40}
    )
    assert run.optimizer.value <= 1.1 * best[-1]


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_a_run_lowers_the_loss_and_tells_all(cat, wave, optimizer):
    run = small(cat, wave, optimizer=optimizer, size=96 * 2, scales=2)
    iterates = list(run)
    assert [iterate.step for iterate in iterates] == [1, 2, 3, 4, 5, 6] and run.finished
    assert [iterate.scale for iterate in iterates] == [1, 1, 1, 2, 2, 2]
    assert iterates[2].total < iterates[0].total and iterates[5].total < iterates[3].total
    for iterate in iterates:
        assert math.isclose(iterate.total, sum(iterate.losses.values()), rel_tol=1e-9)
        assert set(iterate.losses) == {"content", "style", "total variation"}
        assert iterate.image.min() >= 0 and iterate.image.max() <= 255 and iterate.image.dtype == np.float32
    assert iterates[-1].image.shape == run.result.shape == fit_image(cat, 192).shape
    assert iterates[-1].seconds_left == 0 < iterates[0].seconds < iterates[-1].seconds
    with pytest.raises(RuntimeError, match="6 steps"):
        run.step()


def test_losses_belong_to_the_image_they_come_with(cat, wave):
    for optimizer in engine.OPTIMIZERS:
        run = small(cat, wave, optimizer=optimizer)
        for iterate in run:
            canvas = np.roll(run._picture(run.optimizer.x), run._shift, axis=(1, 2))
            parts, _, _ = run.objective.losses_and_gradient(canvas, run.targets, run.weights.as_tensors(2))
            np.testing.assert_allclose(sum(parts.values()), iterate.total, rtol=1e-5)


def test_same_seed_same_picture(cat, wave):
    first, second, third = (small(cat, wave, init="noise", seed=seed) for seed in (5, 5, 6))
    for run in (first, second, third):
        list(run)
    np.testing.assert_array_equal(first.result, second.result)
    assert np.abs(first.result - third.result).mean() > 1


@pytest.mark.slow
def test_a_large_gradient_is_the_same_each_time_it_is_asked_for(cat, wave):
    """Below about 300 px no thread is late enough to change an order of summation."""
    run = StyleTransfer(cat, wave, size=320, scales=1, init="noise")
    first, *others = (run._evaluate(run.optimizer.x)[1] for _ in range(6))
    for other in others:
        np.testing.assert_array_equal(first, other)


def test_starts_from_content_noise_or_an_image(cat, wave):
    np.testing.assert_array_equal(small(cat, wave).image, cat)
    np.testing.assert_allclose(small(cat, wave, init=wave).image[:5, :5], fit_image(wave, 64)[:5, :5], atol=12)
    noise = small(cat, wave, init="noise").image
    assert noise.shape == cat.shape and 30 < noise.std() < 60


@pytest.mark.parametrize("style_size", [0.6, 1.0, 1.7])
def test_style_size_makes_the_painting_smaller_or_larger_at_every_scale(cat, wave, style_size):
    run = small(cat, wave, size=192, scales=2, steps=2, style_size=style_size)
    while True:
        scale_size, _ = run.plan[run.scale]
        expected = run.objective.features(fit_image(wave, round(style_size * scale_size)))
        for name, gram in run.targets.style.items():
            np.testing.assert_allclose(gram, gram_matrix(expected[name]), rtol=1e-4, atol=1e-3)
        if run.finished:
            break
        run.step()
    assert run.scale == 1


def test_a_scale_where_a_small_style_image_has_too_few_pixels_is_left_out(cat, wave):
    """Of the wave's 0.4 x 96 px on the longer side the shorter one would have 26 px; VGG19 needs 32."""
    assert [size for size, _ in small(cat, wave, size=192, scales=2, style_size=0.6).plan] == [96, 192]
    assert [size for size, _ in small(cat, wave, size=192, scales=2, style_size=0.4).plan] == [192]


def test_a_stopped_run_can_be_resumed_and_gives_the_same_picture(cat, wave):
    whole, parts = small(cat, wave), small(cat, wave)
    list(whole)
    for iterate in parts:
        if iterate.step == 2:
            break
    assert parts.step_number == 2 and not parts.finished
    assert [iterate.step for iterate in parts] == [3, 4, 5, 6]
    np.testing.assert_array_equal(parts.result, whole.result)


def test_going_back_to_an_earlier_iterate(cat, wave):
    run = small(cat, wave, size=192, scales=2)
    iterates = list(run)
    run.resume_from(iterates[1])
    assert run.step_number == 2 and run.scale == 0
    np.testing.assert_array_equal(run.image, iterates[1].image)
    again = list(run)
    assert [iterate.scale for iterate in again] == [1, 2, 2, 2]
    # Steps that were taken back also told how long a pixel takes.
    work_done, work_left = 4 * 96**2 + 3 * 192**2, 3 * 192**2
    assert math.isclose(again[0].seconds_left / again[0].seconds, work_left / work_done)


def test_an_interrupt_between_two_scales_keeps_the_picture_and_the_run(cat, wave, monkeypatch):
    run, undisturbed = small(cat, wave, size=192, scales=2), small(cat, wave, size=192, scales=2)
    list(undisturbed)
    while run.step_number < run.plan[0][1]:
        coarse = run.step().image
    with monkeypatch.context() as patch:
        patch.setattr(run.objective, "targets", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run.step()
    np.testing.assert_array_equal(run.image, coarse)
    list(run)
    np.testing.assert_array_equal(run.result, undisturbed.result)


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_a_change_of_weights_takes_effect_at_the_next_step(cat, wave, optimizer):
    run = small(cat, wave, optimizer=optimizer, steps=30)
    for _ in range(5):
        before = run.step()
    run.weights = Weights(content=0, style=0, total_variation=5)
    after = run.step()
    assert after.losses["content"] == after.losses["style"] == 0 < after.losses["total variation"]
    for last in run:
        assert last.losses["content"] == 0
    variation = [float(total_variation_loss(tf.constant(image))) for image in (before.image, last.image)]
    assert variation[1] < 0.7 * variation[0]


@pytest.mark.parametrize("name", ["content", "style", "total variation"])
@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_a_weight_that_blows_up_is_named_and_the_picture_kept(cat, wave, name, optimizer):
    run = small(cat, wave, optimizer=optimizer)
    run.step()
    good = run.image
    run.weights = Weights(**{name.replace(" ", "_"): 1e39})
    with pytest.raises(NotFiniteError, match=f"the {name} weight"):
        run.step()
    np.testing.assert_array_equal(run.image, good)
    run.weights = Weights()
    run.step()
    assert run.step_number == 2 and np.isfinite(run.image).all()


def test_a_gradient_that_is_not_a_number_stops_the_run_too(cat, wave, monkeypatch):
    run = small(cat, wave)
    run.step()
    good, real = run.image, run.objective.losses_and_gradient

    def broken(*inputs):
        losses, total, gradient = real(*inputs)
        return losses, total, gradient * math.nan

    with monkeypatch.context() as patch:
        patch.setattr(run.objective, "losses_and_gradient", broken)
        with pytest.raises(NotFiniteError, match="no longer a finite number"):
            run.step()
    np.testing.assert_array_equal(run.image, good)


@pytest.mark.parametrize(
    "options, words",
    [
        ({"steps": 0}, "number of steps"),
        ({"scales": 0}, "number of scales"),
        ({"optimizer": "sgd"}, "'sgd'"),
        ({"pooling": "mean"}, "'mean'"),
        ({"init": "black"}, "'black'"),
        ({"style_shares": [1, 2]}, "2 style shares"),
        ({"style_shares": [-1]}, "Style shares"),
        ({"style_layers": ()}, "at least one"),
        ({"style_layers": ("block9_conv1",)}, "block9_conv1"),
        ({"weights": Weights(style_layers=(1, 2, 3))}, "3 style layer weights"),
        ({"size": 20}, "32"),
        ({"size": 64.5}, "size is 64.5; it has to be a whole number"),
        ({"steps": "many"}, "number of steps is 'many'"),
        ({"style_size": 0.3}, "32"),
        ({"init": None}, "start from is a NoneType"),
        ({"init": np.zeros((64, 64, 2))}, "start from has the shape"),
    ],
)
def test_bad_values_are_named(cat, wave, options, words):
    with pytest.raises(ValueError, match=words):
        small(cat, wave, **options)


@pytest.mark.parametrize("which", ["content", "style"])
@pytest.mark.parametrize(
    "change, words",
    [
        (lambda image: image / 255, "values from 0 to 1"),
        (lambda image: image[..., :2], "has the shape"),
        (lambda image: np.where(image > 200, np.nan, image), "not finite"),
        (lambda image: image * 257, "but an image has 0 to 255"),
        (lambda image: "cat.jpg", "is a path"),
        (lambda image: None, "is a NoneType"),
    ],
)
def test_what_is_no_image_is_named(cat, wave, which, change, words):
    pictures = {"content": cat, "style": wave}
    pictures[which] = change(pictures[which])
    with pytest.raises(ValueError, match=f"^The {which} image .*{words}"):
        small(**pictures)


def test_gray_and_batches_and_tensors_are_images_too(cat, wave):
    totals = [
        next(iter(small(content, style))).total
        for content, style in (
            (cat, wave),
            (cat[np.newaxis], [wave]),
            (tf.constant(cat), (tf.constant(wave[np.newaxis]),)),
            (np.dstack([cat, np.full(cat.shape[:2], 255)]), wave),
        )
    ]
    np.testing.assert_allclose(totals, totals[0], rtol=1e-5)
    gray = cat.mean(axis=-1)
    colors = np.repeat(gray[..., np.newaxis], 3, axis=-1)
    first, second = (next(iter(small(content, wave))).total for content in (gray, colors))
    assert first == pytest.approx(second, rel=1e-5)


@pytest.mark.parametrize("scale, step", [(0, 1), (3, 4), (1, -3), (1, 4), (2, 2), (2, 7)])
def test_a_run_goes_back_only_to_where_it_can_have_been(cat, wave, scale, step):
    run = small(cat, wave, size=192, steps=6, scales=2)
    *_, last = run
    with pytest.raises(ValueError, match=f"no step {step} at scale {scale}"):
        run.resume_from(replace(last, scale=scale, step=step))
    assert run.step_number == 6


@pytest.mark.parametrize(
    "options, words",
    [
        ({"content": -1}, "content weight is -1"),
        ({"style": math.nan}, "style weight is nan"),
        ({"total_variation": math.inf}, "total variation weight is inf"),
        ({"content": 0, "style": 0, "total_variation": 0}, "nothing to minimize"),
        ({"style_layers": (0, 0)}, "All style layer weights"),
    ],
)
def test_bad_weights_are_named(options, words):
    with pytest.raises(ValueError, match=words):
        Weights(**options)


def test_a_black_picture_is_no_reason_to_fail(wave):
    run = small(np.zeros((64, 64, 3), np.float32), wave, steps=2)
    assert np.isfinite([iterate.total for iterate in run]).all()


def test_defaults_use_the_papers_layers():
    vgg = build_vgg19([*engine.CONTENT_LAYERS, *engine.STYLE_LAYERS])
    assert set(vgg.output) == {"block4_conv2", *(f"block{block}_conv1" for block in range(1, 6))}


# --- Coordinates and the grid ---


def test_the_grid_moves_halfway_through_each_scale_and_the_content_with_it(cat, wave):
    run = small(cat, wave, size=192, steps=9, scales=2)  # four steps, then five
    shifts = []
    for _ in run:
        shifts.append(run._shift)
    shift = engine.GRID_SHIFT
    assert shifts == [0, 0, shift, shift, 0, 0, shift, shift, shift]
    assert shift < engine.MARGIN  # so that no edge of the canvas comes into the picture
    run._start = engine.canvas(run.content)[np.newaxis]
    run._evaluate(np.zeros_like(run.optimizer.x))
    *_, losses = run._losses_by_total.values()
    assert losses["content"] < 1e-9


def test_the_grid_moves_again_when_a_run_goes_back_before_the_middle(cat, wave):
    run = small(cat, wave, steps=4)
    first, *_ = list(run)
    run.resume_from(first)
    assert run._shift == 0
    run.step()
    run.step()
    assert run._shift == engine.GRID_SHIFT


def test_the_gradient_belongs_to_the_loss_also_on_a_moved_grid(cat, wave):
    run = small(cat, wave, steps=8)
    for _ in range(6):
        run.step()
    assert run._shift > 0
    x, gradient = run.optimizer.x, run.optimizer.gradient
    rng = np.random.default_rng(0)
    for direction in (gradient, gradient * rng.uniform(0, 1, gradient.shape)):
        direction = (0.5 * direction / np.abs(direction).max()).astype(np.float32)
        slope = (run._evaluate(x + direction)[0] - run._evaluate(x - direction)[0]) / 2
        assert slope == pytest.approx(float(gradient @ direction), rel=0.02)
