"""The command line: ``python -m helpers CONTENT STYLE`` paints one picture."""

import signal

if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # while Python still imports, Ctrl-C ends it without a traceback

import argparse
import contextlib
import math
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import numpy as np
from tqdm import tqdm

from . import images, memory, quiet_tensorflow, saving
from .images import CONTENT_IMAGES, OUTPUT_IMAGES, STYLES_IMAGES, ImageError
from .interrupts import Interrupts
from .masks import load_mask, read_fitted, split_style

if TYPE_CHECKING:  # these load TensorFlow
    from .recipe import Recipe
    from .transfer import Iterate

ANIMATION_FRAMES = 40


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status: 0 done, 2 bad input or not enough memory, 130 interrupted."""
    try:
        with Interrupts() as interrupts:
            given = sys.argv[1:] if arguments is None else arguments
            if given[:1] == ["mark"]:
                return mark(given[1:])
            if given[:1] == ["fast"]:
                return paint_fast(given[1:])
            if given[:1] == ["many"]:
                return paint_many(given[1:])
            options = parse(given)
            if options.list:
                return list_pictures()
            if options.check:
                from .readiness import report

                return report()
            return (paint_again if options.again else paint)(options, interrupts)
    except ImageError as error:
        return fail(error)
    except MemoryError as error:
        return fail(error if error.args else "There is not enough memory for this; choose a smaller --size.")
    except KeyboardInterrupt:
        tell("\nStopped.", sys.stderr)
        return 130


def fail(message: object) -> int:
    """Say in one line what is wrong, and return the exit status for it."""
    tell(f"python -m helpers: {message}", sys.stderr)
    return 2


def tell(text: object, stream: TextIO, end: str = "\n") -> None:
    """Print a line; if nobody listens any more (a closed pipe or terminal), this line and all later ones are lost."""
    try:
        print(text, file=stream, end=end, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


# --- Arguments --------------------------------------------------------------------------------------------------------


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The options; on a bad one, argparse says what is wrong and exits with status 2."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers",
        description="Paint a content image in the style of a painting, with VGG19's features.",
        epilog="Names without a path are looked up in content_images/ and styles_images/; --list shows them. "
        "Every photograph in every style: python -m helpers many --help. In less than a second: python -m helpers fast "
        "--help. For teachers: python -m helpers mark --help",
    )
    add = parser.add_argument
    add("content", nargs="?", default="cat", help="content image: what the picture shows (default: cat)")
    add(
        "style",
        nargs="*",
        default=["great_wave"],
        metavar="STYLE[:MASK[:STYLE_MASK]]",
        help="style image, or several: to blend, or each with a mask of its own (default: great_wave)",
    )
    add("-o", "--output", type=Path, metavar="FILE", help="a .png or .jpg (default: a free name in output_images/)")
    add("--overwrite", action="store_true", help="replace the output files if they exist")
    add("--again", type=Path, metavar="FILE", help="paint a picture of this course again, with the recipe inside it")
    add("--list", action="store_true", help="list the pictures in content_images/ and styles_images/, and stop")
    add("--check", action="store_true", help="say what is installed and where the weights are, and stop")
    add_choices(parser)
    add("--animation", type=Path, metavar="FILE", help="also save the painting of the picture as a .gif or .webp")
    options = parser.parse_intermixed_args(arguments)
    if options.again:
        given = {name for name, value in vars(options).items() if value != parser.get_default(name)}
        if given - {"again", "output", "overwrite", "animation"}:
            parser.error("--again takes everything from the file; only -o, --overwrite and --animation go with it.")
    check_choices(parser, options)
    return options


def add_choices(parser: argparse.ArgumentParser) -> None:
    """The options of how a picture is painted."""
    add = parser.add_argument
    add("--size", type=whole_number(32, 4096), default=384, metavar="PX", help="longer side in pixels (default: 384)")
    add(
        "--steps",
        type=whole_number(1, 10_000),
        metavar="N",
        help="steps of the optimizer over all scales (default: 96)",
    )
    add(
        "--content-weight",
        type=number(0),
        metavar="W",
        help="how much of the photograph's shapes stays; sensible: 0.01 to 1 (default: 0.05)",
    )
    add(
        "--style-weight",
        type=number(0),
        metavar="W",
        help="how strongly the painter's strokes and colors take over; sensible: 0.1 to 10 (default: 1)",
    )
    add(
        "--tv-weight",
        type=number(0),
        metavar="W",
        help="how smooth the picture becomes (total variation); sensible: 0 to 1 (default: 0.7)",
    )
    add(
        "--layer-weights",
        type=number(0),
        nargs=5,
        metavar="W",
        help="the five style layers' weights, fine strokes first, large shapes last; "
        "only their proportions matter, sensible: 0 to 1 each (default: 1 1 1 1 1)",
    )
    add(
        "--style-size",
        type=number(0.1, 4),
        default=1.0,
        metavar="RATIO",
        help="the painting's size beside the picture's: below 1 finer strokes, above 1 coarser ones; "
        "sensible: 0.5 to 2 (default: 1)",
    )
    add(
        "--style-loss",
        choices=("gram", "moments", "sliced"),
        default="gram",
        help="how styles are compared: by Gram matrices, by means and covariances, "
        "or by sorted projections, which takes longer (default: gram)",
    )
    add(
        "--mask",
        metavar="FILE",
        help="a gray picture of where the styles go that have no mask of their own: white is painted, black stays the "
        "photograph",
    )
    add("--style-mask", metavar="FILE", help="in the same way, a gray picture of which part of a style image is meant")
    add("--optimizer", choices=("lbfgs", "adam"), default="lbfgs", help="default: lbfgs, which needs fewer steps")
    add(
        "--pooling", choices=("l2", "avg", "max"), default="l2", help="pooling layers of VGG19 (default: l2, smoothest)"
    )
    add("--init", choices=("content", "noise"), default="content", help="what to start from (default: content)")
    add("--seed", type=whole_number(0, 2**32 - 1), default=0, metavar="N", help="of the noise (default: 0)")
    add(
        "--colors",
        choices=("painting", "photo", "matched"),
        default="painting",
        help="whose colors: the painting's, exactly the photograph's (only light and dark are painted), or the "
        "painting's, brought to the photograph's before anything is painted (default: painting)",
    )
    add("--keep-colors", action="store_const", dest="colors", const="photo", help="the same as --colors photo")


def check_choices(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Choices that exclude one another; argparse says it and exits with status 2."""
    if options.content_weight == options.style_weight == options.tv_weight == 0:
        parser.error("All weights are 0, so there is nothing to minimize; set at least one above 0.")
    if options.layer_weights and not any(options.layer_weights):
        parser.error("All layer weights are 0; set at least one above 0.")


def choices(options: argparse.Namespace) -> dict:
    """The options of `add_choices` as a recipe has them, but for the masks. Raises ValueError."""
    from .transfer import Weights

    given = {
        "content": options.content_weight,
        "style": options.style_weight,
        "total_variation": options.tv_weight,
        "style_layers": options.layer_weights and tuple(options.layer_weights),
    }
    weights = Weights(**{name: value for name, value in given.items() if value is not None})
    names = ("size", "steps", "optimizer", "style_loss", "style_size", "pooling", "init", "seed", "colors")
    chosen = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    return chosen | {"weights": weights}


def whole_number(least: int, most: int):
    """An argparse type: a whole number from `least` to `most`."""

    def convert(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text!r} has to be a whole number from {least} to {most}.")
        return value

    return convert


def number(least: float, most: float = math.inf):
    """An argparse type: a finite number from `least` to `most`."""
    wanted = f"from {least:g} to {most:g}" if math.isfinite(most) else f"of {least:g} or more"

    def convert(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and least <= value <= most):
            raise argparse.ArgumentTypeError(f"{text!r} has to be a number {wanted}.")
        return value

    return convert


def mark(arguments: list[str]) -> int:
    """Mark the exercises of a class, see `helpers.marking`."""
    from . import marking

    with quiet_tensorflow():
        from .weights import WeightsError

    try:
        return marking.main(arguments)
    except WeightsError as error:
        return fail(error)


def paint_fast(arguments: list[str]) -> int:
    """Paint a photograph in one pass of a network that has learned one painting, see `helpers.further.fast`."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers fast",
        description="Paint a photograph in less than a second, with a network that was trained on The Great Wave.",
        epilog="To train one on another painting: python -m helpers.further.fast_training --help",
    )
    add = parser.add_argument
    add("photo", help="a name in content_images/, or a file")
    add("-o", "--output", type=Path, metavar="FILE", help="a .png or .jpg (default: a free name in output_images/)")
    add("--overwrite", action="store_true", help="replace the output file if it exists")
    add("--size", type=whole_number(32, 8192), default=384, metavar="PX", help="longer side in pixels (default: 384)")
    add("--network", type=Path, metavar="FILE", help="another network, of fast_training (default: The Great Wave's)")
    options = parser.parse_args(arguments)
    path = images.find_image(options.photo, CONTENT_IMAGES)
    image = images.load_image(path, options.size)
    if options.network and not options.network.is_file():
        raise ImageError(f"There is no file '{options.network}'.")
    if options.output:
        output = saving.check_output(options.output, saving.PICTURE_ENDINGS, options.overwrite)
    else:
        output = default_output([path, options.network or Path("great_wave"), Path("fast")])
    memory.check(options.size, *image.shape[:2], memory.needed_in_one_pass)
    with quiet_tensorflow():
        from .further import fast
    try:
        network = fast.load(options.network or fast.NETWORKS / "great_wave.npz")
    except ValueError as error:
        return fail(error)
    began = time.perf_counter()
    painted = fast.paint(network, image)
    seconds = time.perf_counter() - began
    where = keep(saving.encode_image(painted, output.suffix), output, options.overwrite)
    tell(f"{where}, painted in {seconds:.1f} s", sys.stdout)
    return 0


def paint_many(arguments: list[str]) -> int:
    """Paint every photograph in the style of every painting, see `helpers.further.many`."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers many",
        description="Paint every photograph in the style of every painting, into one folder with a page to look at. "
        "Stopped and started again, it goes on with what is missing.",
        epilog="--workers and --scheduler need Dask: pip install -r requirements-many.txt",
    )
    add = parser.add_argument
    add("photos", help="a folder, a file, or a name in content_images/")
    add(
        "styles",
        nargs="+",
        metavar="STYLE[:MASK[:STYLE_MASK]]",
        help="folders, files or names in styles_images/, each with a mask if you like",
    )
    add("-o", "--output", type=Path, required=True, metavar="FOLDER", help="where the pictures go")
    add_choices(parser)
    add("--threads", type=whole_number(1, 1024), metavar="N", help="of TensorFlow, for a picture (default: all cores)")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--workers", type=whole_number(1, 1024), metavar="N", help="paint N pictures at a time, with Dask"
    )
    where.add_argument("--scheduler", metavar="ADDRESS", help="paint on the Dask cluster of this scheduler")
    options = parser.parse_intermixed_args(arguments)
    check_choices(parser, options)
    with quiet_tensorflow():
        from .further import many
        from .weights import WeightsError
    try:
        outcome = many.paint_many(
            [options.photos],
            options.styles,
            options.output,
            mask=options.mask,
            style_mask=options.style_mask,
            threads=options.threads,
            workers=options.workers,
            scheduler=options.scheduler,
            tell=lambda text: tell(text, sys.stderr),
            **choices(options),
        )
    except (ValueError, WeightsError, many.ClusterError) as error:
        return fail(error)
    return 1 if outcome.failures else 0


def list_pictures() -> int:
    for folder in (CONTENT_IMAGES, STYLES_IMAGES):
        print(f"{folder.name}/")
        for name in images.name_images(folder):
            print(f"  {name}")
    return 0


# --- Painting ---------------------------------------------------------------------------------------------------------


def paint(options: argparse.Namespace, interrupts: Interrupts) -> int:
    """Paint and save the picture; everything that can be wrong with the input is found before TensorFlow is loaded."""
    content_path = images.find_image(options.content, CONTENT_IMAGES)
    given_styles = [split_style(text) for text in options.style]
    style_paths = [images.find_image(style.name, STYLES_IMAGES) for style in given_styles]
    content = images.load_image(content_path)
    styles = [images.load_image(path) for path in style_paths]
    content_size = images.fitted_size(content, options.size, images.name_of(content_path))
    masks, style_masks = [], []
    for path, style, given in zip(style_paths, styles, given_styles, strict=True):
        style_size = images.fitted_size(style, options.size, images.name_of(path), options.style_size)
        masks.append(read_mask(given.mask or options.mask, *content_size))
        style_masks.append(read_mask(given.style_mask or options.style_mask, *style_size))
    output = checked_output(options, [content_path, *style_paths])
    if images.is_one_color(content):
        tell(
            f"Note: {images.name_of(content_path)} is all of one color, so the picture will show the style alone.",
            sys.stderr,
        )
    with quiet_tensorflow():
        from .recipe import Recipe, digest
    try:
        chosen = choices(options)
    except ValueError as error:
        return fail(error)
    # A picture may be shown to others, so its recipe tells nothing of this machine's folders.
    content_name, *style_names = (
        Path(name).name if Path(name).is_absolute() else name
        for name in (options.content, *(style.name for style in given_styles))
    )
    chosen |= {"masks": tuple(masks)} if any(masks) else {}
    chosen |= {"style_masks": tuple(style_masks)} if any(style_masks) else {}
    chosen["sources"] = tuple(map(digest, (content, *styles)))
    recipe = Recipe(content_name, tuple(style_names), **chosen | {"weights": ((1, chosen["weights"]),)})
    return follow(recipe, content, styles, options, output, interrupts)


def read_mask(name: str | None, height: int, width: int) -> str:
    """A mask file, fitted to a picture of this size, as the recipe keeps it; "" for no name or for all of it."""
    if not name:
        return ""
    mask_height, mask_width = load_mask(name).shape
    if not math.isclose(mask_height * width, mask_width * height, rel_tol=0.02):  # sides are rounded
        tell(
            f"Note: {images.name_of(name)} is {mask_width} x {mask_height} px and is stretched to the shape of the "
            f"picture, {width} x {height} px.",
            sys.stderr,
        )
    return read_fitted(name, height, width)


def paint_again(options: argparse.Namespace, interrupts: Interrupts) -> int:
    """Paint the picture whose recipe is inside a file."""
    with quiet_tensorflow():
        from .recipe import Recipe, digest

    recipe = Recipe.of_file(options.again)
    content_path = images.find_image(recipe.content, CONTENT_IMAGES)
    style_paths = [images.find_image(name, STYLES_IMAGES) for name in recipe.styles]
    output = checked_output(options, [content_path, *style_paths])
    content, styles = images.load_image(content_path), [images.load_image(path) for path in style_paths]
    paths = (content_path, *style_paths)
    for path, image, source in zip(paths, (content, *styles), recipe.sources, strict=False):
        if source != digest(image):
            tell(f"Note: {images.name_of(path)} is not the picture that was used then.", sys.stderr)
    return follow(recipe, content, styles, options, output, interrupts)


def checked_output(options: argparse.Namespace, pictures: list[Path]) -> Path:
    """Where the picture will be saved. Raises ImageError if it, or the animation, could not be saved."""
    if options.animation:
        saving.check_output(options.animation, saving.ANIMATION_ENDINGS, options.overwrite)
    if options.output:
        return saving.check_output(options.output, saving.PICTURE_ENDINGS, options.overwrite)
    return default_output(pictures)


def follow(
    recipe: "Recipe",
    content: np.ndarray,
    styles: list[np.ndarray],
    options: argparse.Namespace,
    output: Path,
    interrupts: Interrupts,
) -> int:
    """Paint by a recipe, and save what was painted."""
    from .recipe import Painting
    from .transfer import NotFiniteError
    from .weights import WeightsError, find_weights

    try:
        tell(find_weights().description, sys.stdout)
        takes = memory.needed(*images.fitted_size(content, recipe.size), len(set(recipe.masks)))
        tell(f"Memory: about {takes / 1e9:.1f} GB of {memory.available() / 1e9:.1f} GB", sys.stdout)
        painting = Painting(recipe, content, styles)
    except (ValueError, WeightsError) as error:
        return fail(error)

    transfer = painting.transfer
    frames, status = [images.to_uint8(transfer.image)] if options.animation else None, 0
    try:
        run(painting.follow(recipe), recipe.step or transfer.steps, frames, interrupts)
        interrupts.hold()
    except KeyboardInterrupt:
        interrupts.hold()
        status = 130
    except (NotFiniteError, MemoryError) as error:
        interrupts.hold()
        status = fail(error)
    if transfer.step_number == 0:
        return status

    def finished(image: np.ndarray) -> np.ndarray:
        return recipe.finished(image, transfer.content)

    text = painting.recipe.to_json()
    if not saving.holds(output.suffix, text):
        tell(f"Note: {saving.TOO_LONG}", sys.stderr)
    data = saving.encode_image(finished(transfer.result), output.suffix, text)
    where = keep(data, output, options.overwrite)
    tell(where if status == 0 else f"Stopped at step {transfer.step_number}; the picture so far: {where}", sys.stdout)
    if frames:
        film = saving.encode_animation([*map(finished, frames), finished(transfer.result)], options.animation.suffix)
        tell(keep(film, options.animation, options.overwrite), sys.stdout)
    return status


def default_output(pictures: list[Path]) -> Path:
    """A free name in output_images/, made of the pictures' names. Where only the package is, in the current folder.

    Raises:
        ImageError: the folder cannot be made or written.
    """
    folder = OUTPUT_IMAGES if CONTENT_IMAGES.is_dir() else Path()
    try:
        folder.mkdir(exist_ok=True)
        path = saving.free_path(folder / f"{'_'.join(path.stem for path in pictures)}.png")
        return saving.check_output(path, saving.PICTURE_ENDINGS)
    except (OSError, ImageError) as error:
        reason = error if isinstance(error, ImageError) else f"'{folder}' cannot be made: {error.strerror}."
        raise ImageError(f"{str(reason).removesuffix('.')}; choose another place with -o.") from None


def keep(data: bytes, path: Path, overwrite: bool) -> Path:
    """Write a file in any case, and say so if it went to another place than was wanted."""
    where = saving.keep(data, path, overwrite)
    if where != path:
        tell(f"python -m helpers: '{path}' could not be written, so the file has another name or place.", sys.stderr)
    return where


def run(iterates: Iterable["Iterate"], steps: int, frames: list | None, interrupts: Interrupts) -> None:
    """All steps of a painting, with a progress bar.

    About forty of the images on the way are added to `frames`, unless that is None. Where stderr is no terminal, ten
    lines take the place of the bar. An interrupt waits for the end of its step.
    """
    frame_every, line_every = (math.ceil(steps / count) for count in (ANIMATION_FRAMES, 10))
    bar = tqdm(total=steps, bar_format="{percentage:3.0f}% {bar:30} {desc}", disable=None)
    terminal = not bar.disable
    interrupts.postpone()
    try:
        for iterate in iterates:
            progress = f"step {iterate.step}/{steps}, loss {iterate.total:.4f}, {iterate.seconds_left:.0f} s left"
            if not terminal and iterate.step % line_every == 0:
                tell(progress, sys.stderr)
            with contextlib.suppress(OSError):  # a terminal that was closed is no reason to stop painting
                bar.set_description_str(progress, refresh=False)
                bar.update()
            if frames is not None and iterate.step % frame_every == 0:
                frames.append(images.to_uint8(iterate.image))
            interrupts.raise_if_noted()
    finally:
        with contextlib.suppress(OSError):
            bar.close()


def program() -> int:
    """`main` in a process of its own, where any output may be closed, and no name is too foreign to be printed."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
        # Written at the end, where nobody may listen any more, also if PYTHONUNBUFFERED is set (as in containers).
        getattr(sys, name).reconfigure(errors="backslashreplace", write_through=False)
    status = main()
    tell("", sys.stdout, end="")  # --list and --check may have been cut off by the reader
    return status


if __name__ == "__main__":
    sys.exit(program())
