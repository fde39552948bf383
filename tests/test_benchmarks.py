"""The benchmarks run, and count right. No test says how fast anything has to be."""

import json
import math
import re
import subprocess
import sys

import numpy as np
import pytest
import scipy.linalg
from PIL import Image

from benchmarks import __main__ as bench
from benchmarks import report
from benchmarks.grain import grain
from benchmarks.ways import StyleTransferPytorch, gflop
from helpers.images import CONTENT_IMAGES, ROOT, STYLES_IMAGES, load_image, preprocess, to_uint8
from helpers.vgg import CONV_LAYERS, build_vgg19

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("deepest", ["block1_conv1", "block4_conv2", "block5_conv2"])
def test_gflop_counts_every_convolution_forward_and_back(deepest):
    side, total = 64, 0
    layers = CONV_LAYERS[: CONV_LAYERS.index(deepest) + 1]
    vgg = build_vgg19(layers)
    for name, feature_map in vgg(np.zeros((1, side, side, 3), np.float32)).items():
        kernel = vgg.get_layer(name).kernel.shape
        total += 2 * 2 * math.prod(kernel) * feature_map.shape[1] * feature_map.shape[2]
    assert gflop(side**2, deepest) == pytest.approx(total / 1e9, rel=1e-6)


def test_a_goal_is_reached_at_the_first_picture_that_is_as_good():
    scores = [{"seconds": s, "objective": o} for s, o in ((5, 0.9), (6, 0.4), (7, 0.5), (8, 0.3))]
    assert report.reached({"scores": scores}, report.objective, 0.5) == 6
    assert report.reached({"scores": scores}, report.objective, 0.2) is None


def test_a_judge_counts_style_fully_and_content_in_part():
    score = {"avg": {"style": 0.3, "content": 2.0}, "max": {"style": 0.1, "content": 1.0}}
    assert report.judged("avg")(score) == pytest.approx(0.4)
    assert report.judged("max")(score) == pytest.approx(0.15)


def test_grain_is_the_noise_of_flat_places():
    """White noise minus its 1-2-1 blur keeps 0.64 of its variance: 1 - 2 (1/4) + (3/8)^2, in two dimensions."""
    rng = np.random.default_rng(0)
    flat = np.full((160, 160, 3), 128.0)
    gray = flat + rng.normal(0, 4, (160, 160, 1))
    share = math.sqrt(1 - 2 * (1 / 2) ** 2 + (3 / 8) ** 2)
    found = grain(gray)
    assert found["luminance"] == pytest.approx(4 * share, rel=0.1) and found["color"] == pytest.approx(0, abs=1e-6)
    assert grain(flat) == {"luminance": 0, "color": 0}
    colored = flat + rng.normal(0, 4, (160, 160, 1)) * [1, -0.30 / 0.59, 0]  # without luminance
    assert grain(colored)["luminance"] < 1e-6 < 1 < grain(colored)["color"]
    edges = flat.copy()
    edges[::40] = 0  # strokes are in few tiles
    assert grain(edges)["luminance"] < 1e-6


def wasserstein(image, painting):
    """Squared Wasserstein distance of the features of two layers, taken as normal distributions, with SciPy's root."""
    vgg = build_vgg19(["block1_conv1", "block2_conv1"], pooling="max")
    total = 0.0
    for pair in zip(vgg(preprocess(image[None])).values(), vgg(preprocess(painting[None])).values(), strict=True):
        rows = [feature.numpy().reshape(-1, feature.shape[-1]).astype(float) for feature in pair]
        means, (a, b) = [r.mean(axis=0) for r in rows], [np.cov(r.T) for r in rows]
        root = scipy.linalg.sqrtm(scipy.linalg.sqrtm(b) @ a @ scipy.linalg.sqrtm(b)).real
        total += np.sum((means[0] - means[1]) ** 2) + np.trace(a) + np.trace(b) - 2 * np.trace(root)
    return total


def test_style_transfer_pytorch_lowers_the_wasserstein_distance(tmp_path):
    pictures = [load_image(CONTENT_IMAGES / "cat.jpg", 64), load_image(STYLES_IMAGES / "great_wave.jpg", 64)]
    way = StyleTransferPytorch(*(Image.fromarray(to_uint8(picture)) for picture in pictures), style_factor=100)
    for _ in range(25):
        way.step()
    way.save(tmp_path / "picture.png")
    assert wasserstein(load_image(tmp_path / "picture.png"), pictures[1]) < 0.5 * wasserstein(*pictures)


def test_style_transfer_pytorch_grows_and_keeps_to_its_time(tmp_path):
    cat = Image.fromarray(to_uint8(load_image(CONTENT_IMAGES / "cat.jpg", 192)))
    way = StyleTransferPytorch(cat, cat)
    assert way.sizes == [136, 192]
    way.iterations = [2, 2]
    for _ in range(3):
        way.step()
    assert way.scale == 1 and way.image.shape == (1, 128, 192, 3)
    way = StyleTransferPytorch(cat, cat)
    way.share_out(0.0)  # no time for the first scale
    way.step()
    assert way.scale == 1


def test_a_run_that_was_stopped_goes_on(monkeypatch, tmp_path):
    measured, reported = [], []

    class Bench:
        def __init__(self, folder, apart):
            pass

        def pictures(self, size):
            return ()

        def __getattr__(self, group):
            def measure(*arguments, **options):
                name = arguments[0] if group == "module" else group
                measured.append(name)
                if name == "startup" and measured.count(name) == 1:
                    raise KeyboardInterrupt
                return {"256": len(measured)}

            return measure

    monkeypatch.setattr(bench, "Bench", Bench)
    monkeypatch.setattr(bench, "write_report", lambda results, *_, **__: reported.append(results))
    monkeypatch.setattr("sys.argv", ["benchmarks", "--quick", "--output", str(tmp_path)])
    with pytest.raises(KeyboardInterrupt):
        bench.main()
    assert not reported and not (tmp_path / "results.json").exists()
    bench.main()
    assert measured[:5] == ["steps", "growth", "several", "startup", "startup"]  # the first ones only once
    assert reported == [json.loads((tmp_path / "results.json").read_text())]
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]


@pytest.fixture(scope="module")
def quick_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmarks")
    command = [sys.executable, "-m", "benchmarks", "--quick", "--output", str(folder)]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert process.returncode == 0, process.stderr
    return folder


def test_a_quick_run_measures_everything(quick_run):
    results = json.loads((quick_run / "results.json").read_text())
    for group in results["steps"]:
        assert group["rate"] > 0
        for way in group["ways"].values():
            assert len(way["steps"]) == 3 and min(way["steps"]) > 0
            assert way["peak MB"] > 100 and way["GFLOP"] > 0
    for name, way in results["race"].items():
        assert way["steps"] == 4
        for score in way["scores"]:
            distances = [score[pooling][part] for pooling in ("avg", "max", "l2") for part in ("style", "content")]
            numbers = [score["objective"], *score["grain"].values(), *distances]
            assert all(math.isfinite(number) for number in numbers), name
    assert sum(results["startup"].values()) > 0 and len(results["growth"]) == 1
    course = results["race"]["course"]["scores"]
    assert course[-1]["objective"] < course[0]["objective"]


def test_a_quick_run_writes_the_report(quick_run):
    text = (quick_run / "RESULTS.md").read_text()
    assert "A quick run" in text
    for way in ("course, eager", "course, XLA", "TensorFlow's tutorial", "Keras's example", "seed"):
        assert len(re.findall(rf"^\| \d+ px \| {re.escape(way)} \|", text, re.MULTILINE)) == 1
    assert "px | style-transfer-pytorch" not in text  # its first steps are at another size
    assert text.count("\n| style-transfer-pytorch | ") >= 2  # the race, and the curves
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert (quick_run / link).exists() or (ROOT / "benchmarks" / link).exists(), link
    for picture in ("race.png", "curves.png", "pictures.jpg"):
        assert load_image(quick_run / picture).std() > 10
