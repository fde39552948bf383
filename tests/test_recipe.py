"""A picture's recipe: what is kept inside its file paints the same picture again."""

import io
import json
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from helpers.__main__ import main
from helpers.images import CONTENT_IMAGES, ROOT, STYLES_IMAGES, ImageError, load_image
from helpers.recipe import Painting, Recipe
from helpers.saving import LONGEST_COMMENT, RECIPE, encode_image
from helpers.transfer import Weights

SMALL = Recipe("cat", ("great_wave",), size=64, steps=6)
BOLD = Weights(content=0.01, style=5.0)


def painted(recipe, moves=None):
    """A painting to its end; `moves`: {step: weights from it on}."""
    painting, weights = Painting(recipe), recipe.weights[0][1]
    while not painting.transfer.finished:
        weights = (moves or {}).get(painting.transfer.step_number + 1, weights)
        painting.step(weights)
    return painting


def followed(recipe):
    painting = Painting(recipe)
    for _ in painting.follow(recipe):
        pass
    return painting


def same(one, other):
    return np.array_equal(one.transfer.result, other.transfer.result)


def test_a_jpeg_leaves_out_a_recipe_that_is_too_long_for_it(tmp_path):
    long, fits = "x" * (LONGEST_COMMENT + 1), "x" * LONGEST_COMMENT
    picture = np.full((40, 40, 3), 7.0)
    for ending, recipe, kept in ((".jpg", long, ""), (".jpg", fits, fits), (".png", long, long)):
        with Image.open(io.BytesIO(encode_image(picture, ending, recipe))) as file:
            file.load()
            text = file.info.get(RECIPE) or file.info.get("comment", b"").decode()
        assert text == kept


@pytest.mark.slow
@pytest.mark.parametrize(
    "recipe",
    [
        SMALL,
        replace(SMALL, styles=("spring", "poppies"), style_shares=(0.2, 0.8), style_size=1.5),
        replace(SMALL, optimizer="adam", init="noise", seed=3, pooling="avg"),
        replace(SMALL, style_loss="moments", colors="matched"),
        replace(SMALL, content="coffee", colors="photo", size=200, steps=5),  # two scales
    ],
    ids=["default", "two styles", "adam from noise", "matched colors", "two scales"],
)
def test_a_recipe_paints_the_same_picture(recipe):
    first = painted(recipe, {3: BOLD})
    assert first.recipe.weights == ((1, Weights()), (3, BOLD))
    again = followed(Recipe.from_json(first.recipe.to_json()))
    assert same(first, again)
    assert again.recipe == first.recipe
    assert not same(first, painted(recipe))  # the move did something


@pytest.mark.slow
def test_a_recipe_knows_of_resumes_and_of_added_steps():
    first = Painting(SMALL)
    iterates = [first.step(Weights()) for _ in range(4)]
    first.resume_from(iterates[1])
    first.step(BOLD)
    iterates = [first.step(BOLD) for _ in range(3)]
    first.add_steps(3)
    first.step(Weights())
    assert (first.recipe.restarts, first.recipe.added, first.recipe.step) == ((2,), 3, 7)
    assert first.recipe.weights == ((1, Weights()), (3, BOLD), (7, Weights()))
    assert same(first, followed(first.recipe))
    first.resume_from(iterates[0])  # step 4
    assert first.recipe.weights == ((1, Weights()), (3, BOLD))
    first.step(BOLD)
    assert first.recipe.restarts == (2, 4)
    assert same(first, followed(first.recipe))


@pytest.mark.slow
def test_a_run_that_was_put_away_goes_on_by_its_recipe():
    first = Painting(SMALL)
    iterate = [first.step(Weights()) for _ in range(3)][-1]
    second = Painting(first.recipe)
    second.go_on(first.recipe, iterate)
    second.step(BOLD)
    assert second.recipe.restarts == (3,) and second.recipe.step == 4
    assert same(second, followed(second.recipe))


@pytest.mark.slow
def test_the_recipe_of_an_earlier_step():
    recipe = painted(SMALL, {3: BOLD, 5: Weights()}).recipe
    earlier = recipe.until(3)
    assert earlier.weights == ((1, Weights()), (3, BOLD)) and earlier.step == 3
    painting = Painting(SMALL)
    for weights in (Weights(), Weights(), BOLD):
        painting.step(weights)
    assert same(painting, followed(earlier))


@pytest.mark.slow
def test_the_code_paints_the_same_picture():
    first = Painting(replace(SMALL, styles=("spring", "poppies"), style_shares=(0.2, 0.8), colors="photo"))
    iterates = [first.step(Weights(style_layers=(1, 1, 1, 0.5, 0))) for _ in range(4)]
    first.resume_from(iterates[1])
    for _ in range(4):
        first.step(BOLD)
    first.add_steps(2)
    first.step(BOLD)
    names = {}
    exec(first.recipe.code(), names)
    assert np.array_equal(names["picture"], first.recipe.finished(first.transfer.result, first.transfer.content))


@pytest.mark.parametrize(
    "recipe",
    [SMALL, replace(SMALL, style_loss="sliced", colors="matched", init="noise", seed=7)],
    ids=["plain", "all imports"],
)
def test_the_code_of_other_choices_is_complete(recipe):
    recipe = replace(recipe, step=1)
    names = {}
    exec(recipe.code(), names)
    assert np.array_equal(names["picture"], followed(recipe).transfer.result)


@pytest.mark.parametrize("ending", [".png", ".jpg"])
def test_the_recipe_is_inside_the_file(tmp_path, ending):
    path = tmp_path / f"picture{ending}"
    image = load_image(CONTENT_IMAGES / "cat.jpg", 64)
    recipe = replace(SMALL, step=4, weights=((1, Weights()), (2, BOLD)), content="Kätzchen/ü.jpg")
    path.write_bytes(encode_image(image, ending, recipe.to_json()))
    assert Recipe.of_file(path) == recipe
    without = encode_image(image, ending)
    with Image.open(path) as picture:
        assert np.abs(np.asarray(picture, float) - image).mean() < 3
    assert len(path.read_bytes()) - len(without) < 2000


def test_files_without_a_recipe_get_one_sentence(tmp_path):
    (tmp_path / "text.png").write_text("no picture")
    Image.new("RGB", (8, 8)).save(tmp_path / "comment.jpg", comment="a holiday")
    Image.new("RGB", (8, 8)).save(tmp_path / "list.jpg", comment="[1, 2]")
    Image.new("RGB", (8, 8)).save(tmp_path / "other.jpg", comment=json.dumps({"content": "cat"}))
    for number, wrong in enumerate(({"weights": []}, {"styles": []}, {"style_loss": "none"})):
        damaged = json.dumps(json.loads(SMALL.to_json()) | wrong)
        Image.new("RGB", (8, 8)).save(tmp_path / f"damaged{number}.jpg", comment=damaged)
    for name in ("text.png", "comment.jpg", "list.jpg", "other.jpg", *(f"damaged{n}.jpg" for n in range(3))):
        with pytest.raises(ImageError, match="holds no recipe"):
            Recipe.of_file(tmp_path / name)
    with pytest.raises(ImageError, match="There is no file"):
        Recipe.of_file(tmp_path / "gone.png")
    with pytest.raises(ImageError, match="holds no recipe"):
        Recipe.of_file(STYLES_IMAGES / "great_wave.jpg")


@pytest.mark.slow
def test_the_command_line_paints_it_again(tmp_path):
    def run(*arguments):
        command = [sys.executable, "-m", "helpers", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    first, again = tmp_path / "first.png", tmp_path / "again.png"
    options = ("--size", 64, "--steps", 4, "--seed", 5, "--init", "noise", "--colors", "matched", "--style-weight", 3)
    assert run(CONTENT_IMAGES / "coffee.jpg", "night_cafe", *options, "-o", first).returncode == 0
    assert Recipe.of_file(first).content == "coffee.jpg"  # no folder of this machine
    process = run("--again", first, "-o", again)
    assert process.returncode == 0, process.stderr
    assert first.read_bytes() == again.read_bytes()  # the recipe, too
    assert "Note" not in process.stderr


@pytest.mark.slow
def test_another_picture_under_the_old_name_is_said(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(CONTENT_IMAGES / "coffee.jpg", "mine.jpg")
    assert main(["mine.jpg", "spring", "--size", "48", "--steps", "2", "-o", "first.png"]) == 0
    shutil.copy(CONTENT_IMAGES / "temple.jpg", "mine.jpg")
    assert main(["--again", "first.png", "-o", "again.png"]) == 0
    assert "Note: 'mine.jpg' is not the picture that was used then." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--again", "gone.png"), "There is no file 'gone.png'."),
        (("--again", str(CONTENT_IMAGES / "cat.jpg")), "holds no recipe"),
    ],
)
def test_the_command_line_refuses_what_it_cannot_paint_again(capsys, arguments, message):
    assert main(list(arguments)) == 2
    assert message in capsys.readouterr().err


def test_again_goes_with_nothing_that_the_recipe_holds(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--again", "x.png", "--size", "64"])
    assert stopped.value.code == 2
    assert "--again takes everything from the file" in capsys.readouterr().err


def test_again_without_the_pictures_says_which_one_is_missing(tmp_path, capsys):
    path = tmp_path / "picture.png"
    recipe = replace(SMALL, content="my_holiday.jpg")
    path.write_bytes(encode_image(np.zeros((8, 8, 3), np.float32), ".png", recipe.to_json()))
    assert main(["--again", str(path)]) == 2
    assert "my_holiday.jpg" in capsys.readouterr().err
