"""The command line as a person uses it: a process of its own, real files, and a copy of the project to paint in."""

import fcntl
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios

import numpy as np
import pytest
from PIL import Image

from helpers.__main__ import split_style
from helpers.images import CONTENT_IMAGES, ROOT, STYLES_IMAGES, load_image

pytestmark = pytest.mark.slow

SMALL = ("--size", "64")  # the cat is 64 x 36 px then


def copy_project(target):
    """A copy of what the command line needs, so that the tests leave nothing in output_images/."""
    for folder in ("helpers", "content_images", "styles_images"):
        shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return target


@pytest.fixture
def project(tmp_path):
    return copy_project(tmp_path)


def environment(**more):
    return os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": ""} | more


def as_in_a_terminal():
    """Signals do what they do in a terminal, also where the tests run in the background or with nohup."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def start(project, *arguments, program=("-m", "helpers"), **options):
    """The command line in the project's folder; Ctrl-C reaches it even if the tests run in the background."""
    return subprocess.Popen(
        [sys.executable, *program, *map(str, arguments)],
        cwd=project,
        env=options.pop("env", environment()),
        stdin=subprocess.DEVNULL,
        text=True,
        preexec_fn=as_in_a_terminal,
        **({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options),
    )


def run(project, *arguments, **options):
    process = start(project, *arguments, **options)
    process.stdout_text, process.stderr_text = process.communicate(timeout=120)
    return process


def files(project):
    """Everything in the project, byte for byte."""
    return {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}


def open_picture(path):
    with Image.open(path) as picture:
        picture.load()
        return picture


def frames(path):
    with Image.open(path) as animation:
        return animation.n_frames


# --- Bad input: one sentence, exit status 2, TensorFlow untouched ---


@pytest.fixture(scope="module")
def without_tensorflow(tmp_path_factory):
    """The environment of a process which ends with status 99 if it imports TensorFlow or Keras."""
    fakes = tmp_path_factory.mktemp("fakes")
    for name in ("tensorflow", "keras"):
        (fakes / f"{name}.py").write_text("import os\nos._exit(99)\n")
    return environment(PYTHONPATH=str(fakes))


@pytest.fixture(scope="module")
def bad_files(tmp_path_factory):
    """A project with the bad files that the table below names."""
    project = copy_project(tmp_path_factory.mktemp("bad_files"))
    cat = (CONTENT_IMAGES / "cat.jpg").read_bytes()
    (project / "empty.jpg").write_bytes(b"")
    (project / "damaged.jpg").write_bytes(cat[:300])
    (project / "cut.jpg").write_bytes(cat[: len(cat) // 2])
    (project / "raw.dng").write_bytes(b"II*\0\x10\0\0\0CR\x02\0" + bytes(100))
    (project / "text.jpg").write_text("This is no picture.")
    Image.new("RGB", (31, 200)).save(project / "small.png")
    Image.new("RGB", (1000, 100)).save(project / "narrow.png")
    Image.new("1", (20_000, 20_000)).save(project / "bomb.png")
    Image.new("L", (60, 40)).save(project / "black.png")
    Image.new("L", (60, 40), 100).save(project / "gray.png")
    spot = Image.new("L", (60, 40))
    spot.paste(255, (5, 5, 6, 7))
    spot.save(project / "spot.png")
    (project / "folder").mkdir()
    (project / "there.png").write_bytes(b"an older picture")
    (project / "there.gif").write_bytes(b"an older animation")
    return project


BAD = {
    "a missing file": ("nowhere/photo.jpg great_wave", "'nowhere/photo.jpg' is neither a file nor a picture"),
    "an empty file": ("empty.jpg great_wave", "'empty.jpg' is empty"),
    "a damaged file": ("damaged.jpg great_wave", "'damaged.jpg' is damaged"),
    "a file that is cut off": ("cut.jpg great_wave", "'cut.jpg' is cut off: about 5"),
    "a style that is damaged": ("cat damaged.jpg", "'damaged.jpg' is damaged"),
    "a camera's raw file": ("raw.dng great_wave", "'raw.dng' is a camera's raw file; please export it as a JPEG"),
    "a pipe": ("/dev/null great_wave", "'/dev/null' is a pipe or a device, not a file"),
    "a name that is too long": (f"{'x' * 300} great_wave", "File name too long"),
    "no picture": ("text.jpg great_wave", "'text.jpg' is not a picture"),
    "a picture that is too small": ("small.png great_wave", "31 x 200 px, but each side needs at least 32 px"),
    "one that becomes too small": ("narrow.png great_wave --size 64", "choose a size of 315 px or more, or crop"),
    "a second style that is too narrow": (
        "cat great_wave narrow.png --size 256",
        "'narrow.png' is 1000 x 100 px; with a size of 256 px it would become 256 x 26 px",
    ),
    "a decompression bomb": ("bomb.png great_wave", "'bomb.png' is too large"),
    "a folder": ("folder great_wave", "'folder' is a folder"),
    "a misspelled content": ("caat great_wave", "did you mean cat.jpg?"),
    "a misspelled second style": ("cat spring great_weave", "great_wave.jpg?"),
    "an unknown name": ("zzzz great_wave", "there are cat.jpg, coffee.jpg, rocket.jpg, temple.jpg"),
    "a size below VGG19's": ("cat --size 31", "--size: '31' has to be a whole number from 32 to 4096"),
    "a size no memory holds": ("cat --size 1000000000", "--size: '1000000000' has to be"),
    "a broken size": ("cat --size 99.5", "--size: '99.5' has to be"),
    "no steps": ("cat --steps 0", "--steps: '0' has to be"),
    "a word for a number": ("cat --steps many", "--steps: 'many' has to be"),
    "a negative seed": ("cat --seed=-1", "--seed: '-1' has to be"),
    "a negative weight": ("cat --tv-weight=-0.1", "--tv-weight: '-0.1' has to be a number of 0 or more"),
    "a weight that is not a number": ("cat --style-weight nan", "--style-weight: 'nan' has to be"),
    "an infinite weight": ("cat --content-weight inf", "--content-weight: 'inf' has to be"),
    "four layer weights": ("cat --layer-weights 1 1 1 1", "--layer-weights: expected 5 arguments"),
    "all weights 0": ("cat --content-weight 0 --style-weight 0 --tv-weight 0", "All weights are 0"),
    "all layer weights 0": ("cat --layer-weights 0 0 0 0 0", "All layer weights are 0"),
    "an unknown optimizer": ("cat --optimizer sgd", "--optimizer: invalid choice: 'sgd'"),
    "a style size of 0": ("cat --style-size 0", "--style-size: '0' has to be a number from 0.1 to 4"),
    "an endless style size": ("cat --style-size inf", "--style-size: 'inf' has to be a number from 0.1 to 4"),
    "a painting that becomes too small": (
        "cat great_wave --size 128 --style-size 0.3",
        "'styles_images/great_wave.jpg' is 665 x 449 px; with a size of 128 px and strokes 0.3 times as large it would",
    ),
    "a mask that is not there": ("cat --mask sky.png", "'sky.png' does not exist"),
    "a mask that is no picture": ("cat great_wave:text.jpg", "'text.jpg' is not a picture"),
    "an empty mask": ("cat great_wave:black.png", "'black.png' is black everywhere, so nothing would be painted"),
    "a mask of one gray": ("cat --mask gray.png", "'gray.png' is of one gray everywhere"),
    "a mask that is too small": (
        "cat poppies:spot.png great_wave --size 128",
        "'spot.png' is white on no more than 10 pixels of 128 x 85, but VGG19's deepest layer needs 256",
    ),
    "an empty mask of the painting": ("cat great_wave::black.png", "'black.png' is black everywhere"),
    "too many masks": ("cat great_wave:a:b:c", "'great_wave:a:b:c' has too many colons"),
    "an unknown style loss": ("cat --style-loss gramm", "--style-loss: invalid choice: 'gramm'"),
    "an unknown choice of colors": ("cat --colors blue", "--colors: invalid choice: 'blue'"),
    "an unknown pooling": ("cat --pooling mean", "--pooling: invalid choice: 'mean'"),
    "an unknown option": ("cat --strokes 5", "unrecognized arguments: --strokes 5"),
    "an unknown ending": ("cat -o picture.bmp", "'picture.bmp' should end in .png or .jpg"),
    "no ending": ("cat -o picture", "'picture' should end in .png or .jpg"),
    "an animation as a picture": ("cat --animation run.png", "'run.png' should end in .gif or .webp"),
    "an existing output": ("cat -o there.png", "'there.png' exists already and is not overwritten"),
    "an existing animation": ("cat -o new.png --animation there.gif", "'there.gif' exists already"),
    "a missing output folder": ("cat -o nowhere/picture.png", "there is no folder 'nowhere'"),
}


@pytest.mark.parametrize(("arguments", "sentence"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_in_one_sentence_before_tensorflow_is_loaded(
    bad_files, without_tensorflow, arguments, sentence
):
    before = files(bad_files)
    process = run(bad_files, *arguments.split(), env=without_tensorflow)
    assert process.returncode == 2
    assert process.stdout_text == ""
    *usage, message = process.stderr_text.splitlines()
    assert not usage or usage[0].startswith("usage: ")
    assert all(line.startswith(" ") for line in usage[1:])
    assert message.startswith("python -m helpers: ")
    assert sentence in message
    assert files(bad_files) == before


def test_the_fake_tensorflow_would_be_noticed(project, without_tensorflow):
    assert run(project, "cat", "great_wave", *SMALL, env=without_tensorflow).returncode == 99


def test_a_content_image_that_shows_nothing_is_said_before_painting(project, without_tensorflow):
    Image.new("RGBA", (64, 48), (255, 255, 255, 0)).save(project / "logo.png")
    process = run(project, "logo.png", "great_wave", *SMALL, env=without_tensorflow)
    assert process.stderr_text.startswith("Note: 'logo.png' is all of one color") and process.returncode == 99


def test_a_mask_of_another_shape_is_stretched_and_that_is_said(project, without_tensorflow):
    mask = Image.new("L", (90, 90))
    mask.paste(255, (0, 0, 45, 90))
    mask.save(project / "left.png")
    process = run(project, "cat", "great_wave", "--mask", "left.png", "--size", "96", env=without_tensorflow)
    assert process.stderr_text == (
        "Note: 'left.png' is 90 x 90 px and is stretched to the shape of the picture, 96 x 64 px.\n"
    )
    assert process.returncode == 99


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("poppies", ("poppies", "", "")),
        ("poppies:cat.png", ("poppies", "cat.png", "")),
        ("poppies::sky.png", ("poppies", "", "sky.png")),
        ("poppies:/tmp/cat.png:../sky.png", ("poppies", "/tmp/cat.png", "../sky.png")),
        (r"C:\art\poppies.jpg:D:\cat.png:E:/sky.png", (r"C:\art\poppies.jpg", r"D:\cat.png", "E:/sky.png")),
    ],
)
def test_a_style_and_its_masks(text, parts):
    assert split_style(text) == parts


def test_each_style_is_painted_where_its_mask_is_white(project):
    mask = Image.new("L", (64, 43))
    mask.paste(255, (0, 0, 24, 43))
    mask.save(project / "left.png")
    mask.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(project / "right.png")
    arguments = ("cat", "great_wave:left.png", "poppies:right.png", "--steps", "4", *SMALL)
    painted = run(project, *arguments, "-o", "masked.png")
    assert painted.returncode == 0, painted.stderr_text
    photograph = load_image(CONTENT_IMAGES / "cat.jpg", 64)
    changed = np.abs(np.asarray(open_picture(project / "masked.png")) - photograph).mean(axis=(0, 2))
    assert changed[24:40].max() < 1 < min(changed[:23].mean(), changed[41:].mean())

    (project / "left.png").unlink()
    (project / "right.png").unlink()
    again = run(project, "--again", "masked.png", "-o", "again.png")  # the masks are in the recipe
    assert again.returncode == 0, again.stderr_text
    assert (project / "again.png").read_bytes() == (project / "masked.png").read_bytes()


def test_list_and_help(project, without_tensorflow):
    listed = run(project, "--list", env=without_tensorflow)
    assert (listed.returncode, listed.stderr_text) == (0, "")
    expected = []
    for folder in (CONTENT_IMAGES, STYLES_IMAGES):
        expected += [f"{folder.name}/", *sorted(f"  {path.stem}" for path in folder.glob("*.jpg"))]
    assert listed.stdout_text.splitlines() == expected

    shown = run(project, "--help", env=without_tensorflow)
    assert (shown.returncode, shown.stderr_text) == (0, "")
    words = " ".join(shown.stdout_text.split())
    for weight in ("--content-weight W", "--style-weight W", "--tv-weight W", "--layer-weights W W W W W"):
        _, found, rest = words.rpartition(f" {weight} ")
        explained = rest.split(" --")[0]
        assert found and "sensible: " in explained and "(default: " in explained


def test_the_help_tells_the_engines_defaults(project):
    from helpers.transfer import StyleTransfer, Weights

    words = " ".join(run(project, "--help").stdout_text.split())
    engine, weights = StyleTransfer.__init__.__kwdefaults__, Weights()
    for option, default in {
        "--size PX": engine["size"],
        "--steps N": engine["steps"],
        "--content-weight W": weights.content,
        "--style-weight W": weights.style,
        "--tv-weight W": weights.total_variation,
        "--pooling {l2,avg,max}": engine["pooling"],
        "--style-size RATIO": engine["style_size"],
        "--optimizer {lbfgs,adam}": engine["optimizer"],
        "--init {content,noise}": engine["init"],
    }.items():
        explained = words.rpartition(f" {option} ")[2].split(" --")[0]
        told = f"{default:g}" if isinstance(default, float) else default
        assert f"default: {told}" in explained, option


# --- Painting ---


def test_names_seeds_and_what_is_printed(project):
    """Three runs: the second gets the next free name and the same picture, the third another seed and picture."""
    arguments = ("cat", "great_wave", *SMALL, "--steps", "4", "--init", "noise")
    first = run(project, *arguments, "--seed", "3", "--animation", "run.gif")
    assert first.returncode == 0
    outputs = project / "output_images"
    assert first.stdout_text.splitlines()[-2:] == [str(outputs / "cat_great_wave.png"), "run.gif"]
    assert first.stdout_text.startswith("VGG19 weights: ")
    assert re.fullmatch(r"Memory: about [01]\.\d GB of \d+\.\d GB", first.stdout_text.splitlines()[1])
    lines = first.stderr_text.splitlines()  # no terminal, so no bar; and nothing of TensorFlow's log
    assert [line.split(",")[0] for line in lines] == ["step 1/4", "step 2/4", "step 3/4", "step 4/4"]
    picture = open_picture(outputs / "cat_great_wave.png")
    assert (picture.format, picture.mode, picture.size) == ("PNG", "RGB", (64, 43))
    animation = open_picture(project / "run.gif")
    assert (animation.format, animation.size) == ("GIF", (64, 43))
    assert frames(project / "run.gif") > 2

    assert run(project, *arguments, "--seed", "3").returncode == 0
    again = outputs / "cat_great_wave-2.png"
    assert again.read_bytes() == (outputs / "cat_great_wave.png").read_bytes()

    other = run(project, *arguments, "--seed", "4", "-o", again, "--overwrite")
    assert other.returncode == 0
    assert not np.array_equal(open_picture(again), picture)
    assert sorted(path.name for path in outputs.iterdir()) == ["cat_great_wave-2.png", "cat_great_wave.png"]


def test_several_styles_files_from_anywhere_jpeg_webp_and_a_terminal(project):
    shutil.copy(CONTENT_IMAGES / "coffee.jpg", project / "Mine.JPG")
    terminal, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))  # 24 rows, 80 columns
    process = run(
        project,
        *("Mine.JPG", "great_wave", "spring", *SMALL, "--steps", "2", "--pooling", "max", "--optimizer", "adam"),
        *("--layer-weights", "1", "0.5", "0", "0", "1", "-o", "new.jpg", "--animation", "run.webp"),
        stderr=slave,
    )
    os.close(slave)
    screen = os.read(terminal, 100_000).decode()
    os.close(terminal)
    assert process.returncode == 0
    assert process.stdout_text.splitlines()[-2:] == ["new.jpg", "run.webp"]
    assert screen.count("\n") == 1  # one line which is drawn again and again
    last = screen.rstrip().split("\r")[-1]
    assert last.startswith("100% ") and "step 2/2, loss " in last and len(last) < 80
    picture, animation = open_picture(project / "new.jpg"), open_picture(project / "run.webp")
    assert (picture.format, picture.mode, max(picture.size)) == ("JPEG", "RGB", 64)
    assert (animation.format, animation.size) == ("WEBP", picture.size)
    assert frames(project / "run.webp") > 1


def chroma(picture):
    """Blue and red differences of a picture, (height, width, 2), by Pillow's own conversion."""
    return np.asarray(picture.convert("YCbCr"), dtype=float)[..., 1:]


def test_keep_colors_keeps_the_contents_colors(project):
    process = run(project, "cat", "composition_viii", *SMALL, "--steps", "4", "--keep-colors", "-o", "kept.png")
    assert process.returncode == 0
    picture = open_picture(project / "kept.png")
    content = open_picture(CONTENT_IMAGES / "cat.jpg").resize(picture.size, Image.Resampling.LANCZOS)
    values = np.asarray(picture)
    unclipped = ((values > 0) & (values < 255)).all(axis=-1)
    assert unclipped.mean() > 0.5
    assert np.abs(chroma(picture) - chroma(content))[unclipped].max() <= 2  # rounding
    assert np.abs(values.astype(float) - np.asarray(content))[unclipped].mean() > 4  # light and dark are painted


def test_matched_colors_another_style_loss_and_finer_strokes(project):
    arguments = ("cat", "composition_viii", "--size", "96", "--steps", "4", "-o")
    options = {
        "plain.png": (),
        "matched.png": ("--colors", "matched"),
        "fine.png": ("--style-size", "0.5"),
        "sliced.png": ("--style-loss", "sliced"),
    }
    for name, chosen in options.items():
        assert run(project, *arguments, name, *chosen).returncode == 0
    content = open_picture(CONTENT_IMAGES / "cat.jpg").resize((96, 64), Image.Resampling.LANCZOS)
    plain, matched, fine, sliced = (np.asarray(open_picture(project / name), float) for name in options)
    means = [np.abs((picture - np.asarray(content)).mean(axis=(0, 1))).max() for picture in (plain, matched)]
    assert means[1] < 0.5 * means[0]
    for picture in (fine, sliced):
        assert 1 < np.abs(picture - plain).mean() < 60


# --- When it does not end well ---


def test_an_absurd_weight_is_named(project):
    before = files(project)
    process = run(project, "cat", "great_wave", *SMALL, "--steps", "4", "--style-weight", "1e39")
    assert process.returncode == 2
    [message] = process.stderr_text.splitlines()
    assert "style weight" in message and "1e+39" in message
    assert files(project) == before


BREAKS_DOWN_LATER = """
import itertools, sys
from helpers.objective import Objective
from helpers.__main__ import main

make, calls = Objective.__init__, itertools.count()

def make_one_that_breaks(self, *layers_and_pooling):
    make(self, *layers_and_pooling)
    good = self.losses_and_gradient

    def losses_and_gradient(image, targets, weights):
        losses, total, gradient = good(image, targets, weights)
        return ({**losses, "content": float("nan")} if next(calls) >= 4 else losses), total, gradient

    self.losses_and_gradient = losses_and_gradient

Objective.__init__ = make_one_that_breaks
sys.exit(main())
"""


def test_the_last_good_picture_is_kept_when_the_loss_is_no_longer_finite(project):
    options = ("--steps", "40", "--optimizer", "adam", "-o", "kept.png")
    process = run(project, "cat", "great_wave", *SMALL, *options, program=("-c", BREAKS_DOWN_LATER))
    assert process.returncode == 2
    assert "content weight" in process.stderr_text.splitlines()[-1]
    assert process.stdout_text.splitlines()[-1] == "Stopped at step 3; the picture so far: kept.png"
    assert open_picture(project / "kept.png").size == (64, 43)


def wait_for(stream, beginning):
    for line in stream:
        if line.startswith(beginning):
            return
    pytest.fail(f"the command line never said {beginning!r}")


def test_ctrl_c_keeps_the_picture_so_far(project):
    process = start(project, "cat", "great_wave", *SMALL, "--steps", "400", "-o", "kept.png", "--animation", "run.gif")
    wait_for(process.stderr, "step 40/400")
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    stopped, animation = output.splitlines()[-2:]
    assert stopped.startswith("Stopped at step ") and stopped.endswith("; the picture so far: kept.png")
    assert animation == "run.gif"
    assert open_picture(project / "kept.png").size == (64, 43)
    assert frames(project / "run.gif") > 2


def test_ctrl_c_before_the_first_step_keeps_nothing(project):
    before = files(project)
    env = environment(PYTHONUNBUFFERED="1")
    process = start(project, "cat", "great_wave", "--size", "512", "-o", "kept.png", env=env)
    wait_for(process.stdout, "VGG19 weights: ")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.split() == ["Stopped."]
    assert files(project) == before


# --- Nothing that was painted is lost ---


def program_that(*lines):
    """A program: the command line, after these lines have put something in its way."""
    first = ["import os, signal, sys", "from helpers import saving, transfer", "from helpers.__main__ import program"]
    return "-c", "\n".join([*first, *lines, "sys.exit(program())"])


def test_options_may_stand_between_the_pictures(project):
    process = run(project, "cat", *SMALL, "great_wave", "--steps", "1", "spring")
    assert process.returncode == 0
    assert process.stdout_text.splitlines()[-1] == str(project / "output_images" / "cat_great_wave_spring.png")


def test_a_default_place_that_takes_no_file_is_refused_before_tensorflow_is_loaded(project, without_tensorflow):
    (project / "output_images").write_text("This is no folder.")
    process = run(project, "cat", env=without_tensorflow)
    assert process.returncode == 2
    [message] = process.stderr_text.splitlines()
    assert "output_images' cannot be made: File exists; choose another place with -o." in message


def test_a_name_made_of_many_pictures_is_cut(project):
    styles = [path.stem for path in sorted((project / "styles_images").glob("*.jpg"))]
    process = run(project, "cat", *styles, *styles, *SMALL, "--steps", "1")
    assert process.returncode == 0
    [path] = (project / "output_images").iterdir()
    assert process.stdout_text.splitlines()[-1] == str(path)
    assert path.name.startswith("cat_benzaiten_shrine") and path.suffix == ".png"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_other_signals_keep_the_picture_so_far_too(project, name):
    process = start(project, "cat", "great_wave", *SMALL, "--steps", "400", "-o", "kept.png")
    wait_for(process.stderr, "step 40/400")
    process.send_signal(getattr(signal, name))
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert output.splitlines()[-1].endswith("; the picture so far: kept.png")
    assert open_picture(project / "kept.png").size == (64, 43)


def test_what_nohup_ignores_stays_ignored(project):
    process = start(project, "cat", "great_wave", *SMALL, "--steps", "100", program=("-c", "\n".join([
        "import signal, sys", "signal.signal(signal.SIGHUP, signal.SIG_IGN)",
        "from helpers.__main__ import program", "sys.exit(program())",
    ])))  # fmt: skip
    wait_for(process.stderr, "step 10/100")
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_ctrl_c_while_the_picture_is_saved_waits_until_it_is(project):
    in_the_way = program_that(
        "encode = saving.encode_image",
        "def encode_image(*arguments):",
        "    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT): os.kill(os.getpid(), number)",
        "    return encode(*arguments)",
        "saving.encode_image = encode_image",
    )
    process = run(project, "cat", "great_wave", *SMALL, "--steps", "2", "-o", "kept.png", program=in_the_way)
    assert process.returncode == 0
    assert open_picture(project / "kept.png").size == (64, 43)


@pytest.mark.parametrize(("signals", "step"), [(1, 3), (2, 2)], ids=["once", "twice"])
def test_ctrl_c_waits_for_the_end_of_the_step_unless_it_comes_twice(project, signals, step):
    in_the_way = program_that(
        "do_step = transfer.StyleTransfer.step",
        "def step(run):",
        "    if run.step_number == 2:",
        f"        for _ in range({signals}): os.kill(os.getpid(), signal.SIGINT)",
        "    return do_step(run)",
        "transfer.StyleTransfer.step = step",
    )
    process = run(project, "cat", "great_wave", *SMALL, "--steps", "9", "-o", "kept.png", program=in_the_way)
    assert process.returncode == 130
    assert process.stdout_text.splitlines()[-1] == f"Stopped at step {step}; the picture so far: kept.png"


@pytest.mark.parametrize("module", ["tqdm", "PIL", "numpy", "tensorflow"])
def test_ctrl_c_while_python_still_imports_shows_no_traceback(project, tmp_path_factory, module):
    fakes = tmp_path_factory.mktemp("fakes")
    (fakes / f"{module}.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    process = run(project, "cat", "great_wave", *SMALL, env=environment(PYTHONPATH=str(fakes)))
    assert process.returncode in (-signal.SIGINT, 130)
    assert process.stderr_text.strip() in ("", "Stopped.")


def test_memory_that_runs_out_at_a_finer_scale(project):
    in_the_way = program_that(
        "import tensorflow as tf",
        "from helpers.objective import Objective",
        "targets = Objective.targets",
        "def too_large(self, content, *others):",
        "    if max(content.shape) > 150: raise tf.errors.ResourceExhaustedError(None, None, 'OOM')",
        "    return targets(self, content, *others)",
        "Objective.targets = too_large",
    )
    process = run(project, "cat", "great_wave", "--size", "192", "--steps", "4", "-o", "kept.png", program=in_the_way)
    assert process.returncode == 2
    assert "There is not enough memory for a picture of 192 px; 96 px fit." in process.stderr_text
    assert process.stdout_text.splitlines()[-1] == "Stopped at step 2; the picture so far: kept.png"
    assert open_picture(project / "kept.png").size == (192, 128)


def test_a_folder_that_goes_away_while_it_is_painted(project):
    (project / "folder").mkdir()
    arguments = (
        "cat",
        "great_wave",
        *SMALL,
        "--steps",
        "100",
        "-o",
        "folder/kept.png",
        "--animation",
        "folder/run.gif",
    )
    process = start(project, *arguments)
    wait_for(process.stderr, "step 10/100")
    (project / "folder").rmdir()
    (project / "folder").write_text("Now it is a file.")
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output.splitlines()[-2:] == [str(project / "kept.png"), str(project / "run.gif")]
    assert "'folder/kept.png' could not be written, so the file has another name or place." in errors
    assert open_picture(project / "kept.png").size == (64, 43)


def test_a_name_that_somebody_takes_while_it_is_painted(project):
    process = start(project, "cat", "great_wave", *SMALL, "--steps", "100", "-o", "kept.png")
    wait_for(process.stderr, "step 10/100")
    (project / "kept.png").write_bytes(b"precious")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output.splitlines()[-1] == "kept-2.png"
    assert (project / "kept.png").read_bytes() == b"precious"


@pytest.mark.parametrize("streams", ["2>&1 | head -1", ">&- 2>&-", ">/dev/full 2>&1"])
def test_nobody_needs_to_listen(project, streams):
    command = f"'{sys.executable}' -m helpers cat great_wave --size 64 --steps 20 -o kept.png {streams}"
    script = f"set -o pipefail; {command}"
    shell = subprocess.run(["bash", "-c", script], cwd=project, env=environment(), capture_output=True, timeout=120)
    assert shell.returncode == 0
    assert b"Traceback" not in shell.stderr
    assert open_picture(project / "kept.png").size == (64, 43)


def test_a_list_may_be_cut_off_by_its_reader(project):
    script = f"set -o pipefail; '{sys.executable}' -m helpers --list | head -1"
    for unbuffered in ("", "1"):
        env = environment(PYTHONUNBUFFERED=unbuffered)
        shell = subprocess.run(["bash", "-c", script], cwd=project, env=env, capture_output=True, timeout=120)
        assert (shell.returncode, shell.stdout, shell.stderr) == (0, b"content_images/\n", b"")


def test_names_that_the_terminal_cannot_show(project):
    foreign = project / "北斎\udce9.jpg"  # the last character is a byte that is no text in UTF-8
    shutil.copy(CONTENT_IMAGES / "cat.jpg", foreign)
    options = (*SMALL, "--steps", "1", "--animation", "波.gif")
    process = run(project, foreign.name, "great_wave", *options, env=environment(PYTHONIOENCODING="ascii"))
    assert (process.returncode, "Traceback" in process.stderr_text) == (0, False)
    assert frames(project / "波.gif") > 1
    [path] = (project / "output_images").iterdir()
    assert path.name == "北斎\udce9_great_wave.png"


def test_only_the_package_without_the_courses_pictures(project, without_tensorflow):
    """As `pip install .` leaves it: what is painted goes into the current folder, not among the packages."""
    shutil.move(project / "content_images" / "cat.jpg", project / "mine.jpg")
    shutil.rmtree(project / "content_images")
    shutil.rmtree(project / "styles_images")
    listed = run(project, "--list", env=without_tensorflow)
    assert listed.returncode == 2
    assert "The course's pictures are not here; run it in the course's own folder" in listed.stderr_text
    process = run(project, "mine.jpg", "mine.jpg", *SMALL, "--steps", "1")
    assert process.returncode == 0
    assert process.stdout_text.splitlines()[-1] == "mine_mine.png"
    assert not (project / "output_images").exists()
