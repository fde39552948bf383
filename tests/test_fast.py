"""The network that paints in one pass: its layers, its training, the one that is committed, and the command."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from helpers import memory
from helpers.__main__ import main
from helpers.further import fast, fast_training
from helpers.further.fast_training import CROP, SHIFTS, Training
from helpers.images import CONTENT_IMAGES, ROOT, STYLES_IMAGES, list_images, load_image, preprocess
from helpers.transfer import STYLE_LAYERS
from helpers.vgg import build_vgg19

rng = np.random.default_rng(0)
PHOTOGRAPHS = [load_image(path, 256) for path in list_images(CONTENT_IMAGES)]
WAVE = load_image(STYLES_IMAGES / "great_wave.jpg")


@pytest.fixture(scope="module")
def network():
    return fast.load(fast.NETWORKS / "great_wave.npz")


def test_instance_normalization_is_the_one_of_keras():
    x = rng.normal(3, 2, (2, 7, 5, 4)).astype(np.float32)
    layer, theirs = fast.InstanceNormalization(), keras.layers.GroupNormalization(groups=-1, epsilon=1e-5)
    layer.build(x.shape)
    theirs.build(x.shape)
    values = [rng.normal(size=4), rng.normal(size=4)]
    layer.set_weights(values)
    theirs.set_weights(values)
    np.testing.assert_allclose(layer(x), theirs(x), atol=1e-5)


def test_another_normalization_stands_after_every_convolution_but_the_last():
    class Doubled(fast.InstanceNormalization):
        def call(self, x):
            return 2 * x

    layers = fast.build_network(normalization=Doubled).layers
    convolutions = [place for place, layer in enumerate(layers) if isinstance(layer, keras.layers.Conv2D)]
    assert all(isinstance(layers[place + 1], Doubled) for place in convolutions[:-1])
    assert sum(isinstance(layer, fast.InstanceNormalization) for layer in layers) == len(convolutions) - 1 == 15


def test_a_pictures_own_contrast_is_forgotten():
    x = rng.normal(size=(1, 9, 9, 3)).astype(np.float32)
    layer = fast.InstanceNormalization()
    np.testing.assert_allclose(layer(x), layer(5 * x + 20), atol=1e-4)


def test_the_border_is_mirrored():
    x = rng.normal(size=(1, 6, 8, 2)).astype(np.float32)
    expected = np.pad(x, ((0, 0), (3, 3), (3, 3), (0, 0)), mode="reflect")
    np.testing.assert_array_equal(fast.ReflectionPadding(3)(x), expected)


@pytest.mark.parametrize("shape", [(64, 64), (65, 70), (33, 47)])
def test_a_picture_of_any_size_keeps_it(network, shape):
    image = rng.uniform(0, 255, (*shape, 3)).astype(np.float32)
    painted = fast.paint(network, image)
    assert painted.shape == image.shape and painted.min() >= 0 and painted.max() <= 255


def test_a_seed_is_a_start():
    first, same, other = (fast.build_network(seed).get_weights() for seed in (1, 1, 2))
    assert all(map(np.array_equal, first, same)) and not all(map(np.array_equal, first, other))


def test_the_committed_network_is_small_and_finite(network):
    assert (fast.NETWORKS / "great_wave.npz").stat().st_size < 1e6
    assert network.count_params() == 424_099
    assert all(np.isfinite(array).all() for array in network.get_weights())


@pytest.mark.slow
def test_the_committed_network_has_learned_the_painting_and_keeps_the_photograph(network):
    """On photographs and on one that it has never seen; by VGG19 with max pooling, which nobody trained with."""
    vgg = build_vgg19((*STYLE_LAYERS, "block4_conv2"))

    def features(image):
        return {name: value[0].numpy() for name, value in vgg(preprocess(tf.constant(image[np.newaxis]))).items()}

    def grams(maps):
        matrices = (maps[name].reshape(-1, maps[name].shape[-1]) for name in STYLE_LAYERS)
        return [matrix.T @ matrix / len(matrix) for matrix in matrices]

    def distance(ones, others):
        return np.mean([np.sum((one - other) ** 2) / np.sum(other**2) for one, other in zip(ones, others, strict=True)])

    painting = grams(features(load_image(STYLES_IMAGES / "great_wave.jpg", 384)))
    unseen = PHOTOGRAPHS[0][::-1, :, ::-1].copy()  # upside down, in other colors
    for photograph in (*PHOTOGRAPHS, unseen):
        height, width = photograph.shape[:2]
        painted, before, print_ = map(features, (fast.paint(network, photograph), photograph, WAVE[:height, :width]))
        assert distance(grams(painted), painting) < 0.5 * distance(grams(before), painting)
        content = [before["block4_conv2"]]
        kept, none = (distance([maps["block4_conv2"]], content) for maps in (painted, print_))
        assert kept < 0.75 * none


# --- Training ---


@pytest.fixture(scope="module")
def training():
    return Training(WAVE, PHOTOGRAPHS, steps=5)


@pytest.mark.slow
def test_the_losses_are_those_of_the_lessons(training, monkeypatch):
    crop = training.crop()
    assert crop.shape == (CROP + SHIFTS, CROP + SHIFTS, 3) and crop.min() >= 0 and crop.max() <= 255
    monkeypatch.setattr(training, "crop", lambda: crop)
    monkeypatch.setattr(training, "random", np.random.default_rng(0))
    top, left = np.random.default_rng(0).integers(SHIFTS + 1, size=2)
    seen = (slice(top, top + CROP), slice(left, left + CROP))
    painted = fast.paint(training.network, crop.astype(np.float32))[seen]
    progress = training.step()

    vgg = build_vgg19((*STYLE_LAYERS, "block4_conv2"), pooling="l2")

    def features(image):
        found = vgg(preprocess(tf.constant(image[np.newaxis], tf.float32)))
        return {name: value[0].numpy().astype(np.float64) for name, value in found.items()}

    one, wanted, style = map(features, (painted, crop[seen], load_image(STYLES_IMAGES / "great_wave.jpg", 384)))
    difference = one["block4_conv2"] - wanted["block4_conv2"]
    expected = np.sum(difference**2) / np.sum(wanted["block4_conv2"] ** 2)
    assert progress.content == pytest.approx(expected, rel=1e-3)
    losses = []
    for name in STYLE_LAYERS:
        a, b = (found[name].reshape(-1, found[name].shape[-1]) for found in (one, style))
        a, b = a.T @ a / len(a), b.T @ b / len(b)
        losses.append(np.sum((a - b) ** 2) / np.sum(b**2))
    assert progress.style == pytest.approx(np.mean(losses), rel=1e-3)


@pytest.mark.slow
def test_a_few_steps_bring_the_style_nearer_and_the_last_step_is_the_last():
    training = Training(WAVE, PHOTOGRAPHS, steps=12, seed=1)
    progress = list(training)
    assert [one.step for one in progress] == list(range(1, 13))
    assert np.mean([one.style for one in progress[-3:]]) < 0.95 * np.mean([one.style for one in progress[:3]])


@pytest.mark.slow
def test_a_saved_network_paints_the_same_within_a_gray_level(training, tmp_path):
    fast.save(training.network, tmp_path / "folder" / "network.npz")
    loaded = fast.load(tmp_path / "folder" / "network.npz")
    pictures = [fast.paint(network, PHOTOGRAPHS[0]) for network in (training.network, loaded)]
    assert np.abs(pictures[0] - pictures[1]).max() < 1


@pytest.mark.slow
def test_the_command_that_trains(tmp_path, capsys):
    status = fast_training.main(["great_wave", "--steps", "2", "--seed", "3", "-o", str(tmp_path / "two.npz")])
    assert status == 0 and capsys.readouterr().out == f"{tmp_path / 'two.npz'}, after 2 steps\n"
    assert fast.load(tmp_path / "two.npz").count_params() == 424_099
    again = Training(WAVE, *fast_training.pictures(), steps=2, seed=3)
    list(again)
    for one, other in zip(again.network.get_weights(), fast.load(tmp_path / "two.npz").get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-3, atol=1e-4)


@pytest.mark.slow
def test_training_that_is_interrupted_keeps_what_was_learned(tmp_path, capsys, monkeypatch):
    def step(self):
        progress = real(self)
        if progress.step == 2:
            raise KeyboardInterrupt
        return progress

    real = Training.step
    monkeypatch.setattr(Training, "step", step)
    assert fast_training.main(["great_wave", "--steps", "9", "-o", str(tmp_path / "net.npz")]) == 130
    assert capsys.readouterr().out == f"{tmp_path / 'net.npz'}, after 1 steps\n"
    fast.load(tmp_path / "net.npz")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["great_weave"], "or great_wave.jpg?"),
        (["great_wave"], "great_wave.npz' exists already and is not overwritten."),
        (["great_wave", "-o", "net.h5"], "'net.h5' should end in .npz."),
        (["great_wave", "--steps", "0"], "--steps has to be 1 or more."),
    ],
)
def test_bad_input_to_the_training_is_one_sentence(capsys, arguments, sentence):
    with pytest.raises(SystemExit) as stopped:
        fast_training.main(arguments)
    assert stopped.value.code == 2 and capsys.readouterr().err.rstrip().endswith(sentence)


# --- The command ---


@pytest.mark.slow
def test_a_photograph_is_painted(tmp_path, network):
    command = [sys.executable, "-m", "helpers", "fast", "temple", "--size", "200", "-o", tmp_path / "temple.png"]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout.startswith(f"{tmp_path / 'temple.png'}, painted in ")
    expected = fast.paint(network, load_image(CONTENT_IMAGES / "temple.jpg", 200))
    assert np.abs(np.asarray(Image.open(tmp_path / "temple.png")) - expected).max() <= 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["caat"], "did you mean cat.jpg?"),
        (["cat", "--network", "none.npz"], "There is no file 'none.npz'."),
        (["cat", "--network", str(CONTENT_IMAGES / "cat.jpg")], "holds no network that fast_training has saved."),
        (["cat", "-o", "cat.bmp"], "'cat.bmp' should end in .png or .jpg."),
        (["cat", "--size", "31"], "--size: '31' has to be a whole number from 32 to 8192."),
    ],
)
def test_bad_input_is_one_sentence(capsys, arguments, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if "-o" not in arguments:
        arguments += ["-o", "out.png"]
    try:
        status = main(["fast", *arguments])
    except SystemExit as stopped:
        status = stopped.code
    assert status == 2 and sentence in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_a_picture_that_does_not_fit_is_not_begun(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 1.5e9)
    assert main(["fast", "cat", "--size", "4096", "-o", str(tmp_path / "out.png")]) == 2
    assert (
        "A picture of 4096 px takes about 6.6 GB of memory, and there are 1.5 GB: a size of 1"
        in capsys.readouterr().err
    )
