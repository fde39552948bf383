"""VGG19: its layers and feature maps against other implementations."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers import images, vgg, weights
from helpers.vgg import CONV_LAYERS, POOLING, Untrained, build_vgg19
from helpers.weights import find_weights, read_weights


@pytest.fixture(scope="session")
def arrays():
    """Kernels and biases as this computer's user gets them, from the real Keras home."""
    return read_weights(find_weights().path)


def picture(size):
    """A preprocessed batch of one."""
    cat = images.load_image(images.CONTENT_IMAGES / "cat.jpg", size)
    return images.preprocess(cat)[None].astype("float32")


def test_layers_shapes_and_order_are_those_of_keras():
    network = keras.applications.VGG19(include_top=False, weights=None)
    convolutions = [layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]
    assert tuple(layer.name for layer in convolutions) == CONV_LAYERS

    model = build_vgg19(CONV_LAYERS)
    own = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    assert [(layer.name, layer.kernel.shape, layer.bias.shape) for layer in own] == [
        (layer.name, layer.kernel.shape, layer.bias.shape) for layer in convolutions
    ]
    batch = np.zeros((2, 50, 67, 3), "float32")
    expected = keras.Model(network.input, [layer.output for layer in convolutions])(batch)
    assert [f.shape for f in model(batch).values()] == [f.shape for f in expected]
    assert [layer.name for layer in model.layers[1:]] == [layer.name for layer in network.layers[1:-1]]


def test_keras_loads_the_file_that_is_found_and_gives_the_same_features():
    network = keras.applications.VGG19(include_top=False, weights=str(find_weights().path))
    expected = keras.Model(network.input, [network.get_layer(name).output for name in CONV_LAYERS])(picture(64))
    for got, want in zip(build_vgg19(CONV_LAYERS)(picture(64)).values(), expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-4 * np.max(want))


def pool_in_float64(x, pooling):
    """Half as many rows and columns: of 2 x 2 positions the largest or the mean, of 3 x 3 the root of mean squares."""
    h, w = (side // 2 for side in x.shape[:2])
    if pooling == "l2":
        # Beyond the last row and column the window is cut off, and what is left of it counts as a whole.
        padded, inside = (np.pad(a, ((0, 1), (0, 1), (0, 0))) for a in (x**2, np.ones_like(x)))
        pairs = [a[:-1, :-1] + a[:-1, 1:] + a[1:, :-1] + a[1:, 1:] for a in (padded, inside)]
        means = pairs[0] / pairs[1]
        return np.sqrt(means[: 2 * h, : 2 * w].reshape(h, 2, w, 2, -1).mean(axis=(1, 3)) + 1e-6)
    reduce = {"max": np.max, "avg": np.mean}[pooling]
    return reduce(x[: 2 * h, : 2 * w].reshape(h, 2, w, 2, -1), axis=(1, 3))


def features_in_float64(batch, arrays, pooling, last):
    """The definition of VGG19, in NumPy: zero padding, 3x3 cross-correlation, ReLU; pooling between the blocks."""
    x = batch[0].astype(np.float64)
    features = {}
    for name, kernel, bias in zip(CONV_LAYERS, arrays[0::2], arrays[1::2], strict=True):
        if name.endswith("_conv1") and features:
            x = pool_in_float64(x, pooling)
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, ((1, 1), (1, 1), (0, 0))), (3, 3), axis=(0, 1))
        x = np.maximum(np.einsum("hwiyx,yxio->hwo", windows, kernel.astype(np.float64), optimize=True) + bias, 0)
        features[name] = x
        if name == last:
            return features


@pytest.mark.parametrize("pooling", ["max", "avg", "l2"])
@pytest.mark.parametrize(("size", "last"), [(131, "block2_conv2"), (48, "block5_conv1")])
def test_features_are_those_of_the_definition(arrays, pooling, size, last):
    layers = CONV_LAYERS[: CONV_LAYERS.index(last) + 1]
    batch = picture(size)
    features = build_vgg19(layers, pooling)(batch)
    for name, expected in features_in_float64(batch, arrays, pooling, last).items():
        assert expected.max() > 1  # nothing to compare where no unit fires
        np.testing.assert_allclose(features[name][0], expected, rtol=1e-4, atol=1e-5 * expected.max(), err_msg=name)


def test_a_trained_network_responds_most_to_pictures_as_they_are():
    """Kernels with their axes or channels mixed up would respond more to pictures mixed up in the same way."""
    pictures = [images.load_image(path, 160) for path in images.list_images(images.CONTENT_IMAGES)]
    model = build_vgg19(["block5_conv1"])

    def response(change):
        return sum(np.mean(model(images.preprocess(change(p))[None])["block5_conv1"]) for p in pictures)

    upright = response(lambda image: image)
    assert upright > 1.02 * response(lambda image: image.transpose(1, 0, 2))
    assert upright > 1.02 * response(lambda image: image[::-1])
    assert upright > 1.02 * response(lambda image: image[..., ::-1])


def test_the_model_is_cut_after_the_deepest_layer_and_gives_the_order_asked_for():
    model = build_vgg19(["block3_conv1", "block1_conv2"])
    assert list(model(np.zeros((1, 32, 32, 3), "float32"))) == ["block3_conv1", "block1_conv2"]
    assert model.layers[-1].name == "block3_conv1"


@pytest.mark.parametrize("shape", [(1, 32, 32, 3), (2, 33, 61, 3), (1, 96, 32, 3)])
@pytest.mark.parametrize("pooling", ["max", "avg", "l2"])
def test_any_image_of_32_pixels_and_more(shape, pooling):
    features = build_vgg19(CONV_LAYERS, pooling)(np.ones(shape, "float32"))
    for name, feature in features.items():
        scale = 2 ** (int(name[5]) - 1)
        assert feature.shape[:3] == (shape[0], shape[1] // scale, shape[2] // scale)
        assert np.all(np.isfinite(feature))


def test_l2_pooling_sees_what_averages_are_blind_to():
    """Stripes of one column: every 2 x 2 positions have the same mean, wherever the stripes are. Slow waves pass."""
    stripes = np.tile([0.0, 2.0], 8)[np.newaxis, np.newaxis, :, np.newaxis] * np.ones((1, 16, 1, 1))
    slow = np.repeat(stripes, 4, axis=2)
    pools = {name: POOLING[name](2) for name in ("avg", "l2")}
    calm = {name: np.asarray(pool(tf.constant(stripes, tf.float32))) for name, pool in pools.items()}
    np.testing.assert_allclose(calm["avg"], 1)
    np.testing.assert_allclose(calm["l2"][..., :-1, :], np.sqrt(2), rtol=1e-5)
    assert np.ptp(pools["l2"](tf.constant(slow, tf.float32))) > 1.9


@pytest.mark.parametrize("pooling", POOLING)
def test_frozen_but_differentiable_with_respect_to_the_image(pooling):
    model = build_vgg19(["block2_conv1"], pooling)
    assert model.trainable_variables == [] and len(model.non_trainable_variables) == 6
    image = tf.constant(picture(64))
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = tf.reduce_sum(model(image)["block2_conv1"])
    gradient = tape.gradient(loss, image)
    assert np.all(np.isfinite(gradient)) and np.any(gradient != 0)


def test_a_model_shares_nothing_with_the_next_and_the_file_is_read_once():
    first = build_vgg19(["block1_conv1"])
    before = first.get_weights()
    reads = weights._read_version.cache_info().misses
    first.set_weights([np.zeros_like(array) for array in before])
    second = build_vgg19(["block1_conv1"], "avg")
    assert weights._read_version.cache_info().misses == reads
    for array, expected in zip(second.get_weights(), before, strict=True):
        np.testing.assert_array_equal(array, expected)


@pytest.mark.parametrize(
    ("layers", "pooling", "words"),
    [
        (["block1_conv3"], "max", "block1_conv3.*choose from block1_conv1, block1_conv2"),
        (["block1_pool"], "max", "block1_pool"),
        ([], "max", "list of layer names"),
        ("block1_conv1", "max", "list of layer names"),
        (["block1_conv1"], "median", "'max', 'avg' or 'l2', not 'median'"),
    ],
)
def test_unknown_layers_and_pooling(monkeypatch, layers, pooling, words):
    monkeypatch.setattr(vgg, "find_weights", None)  # must not be called
    with pytest.raises(ValueError, match=words):
        build_vgg19(layers, pooling)


def test_an_untrained_network(tmp_path):
    arrays = Untrained(3).arrays()
    learned = read_weights(find_weights().path)
    assert [a.shape for a in arrays] == [a.shape for a in learned]
    for kernel, bias in zip(arrays[0::2], arrays[1::2], strict=True):
        assert not bias.any()
        assert kernel.std() == pytest.approx((2 / np.prod(kernel.shape[:3])) ** 0.5, rel=0.05)
    assert not np.array_equal(arrays[0], Untrained(4).arrays()[0])

    # He et al. chose this variance so that signals neither grow nor vanish from layer to layer.
    picture = np.random.default_rng(0).normal(0, 60, (1, 96, 96, 3)).astype(np.float32)
    features = build_vgg19(["block1_conv2", "block5_conv1"], weights=Untrained(3))(picture)
    again = build_vgg19(["block1_conv2", "block5_conv1"], weights=Untrained(3))(picture)
    for name, feature_map in features.items():
        np.testing.assert_array_equal(feature_map, again[name])
        assert 20 < np.sqrt(np.mean(np.square(feature_map))) < 200
