"""Paint many pictures, one after another here or on a cluster (cluster.py), into one folder."""

import contextlib
import csv
import functools
import io
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import filelock
from tqdm import tqdm

from ... import memory, quiet_tensorflow
from ...images import ImageError
from ...interrupts import Interrupts
from ...saving import write
from .contact_sheet import PAGE, write_page
from .jobs import REFUSED, Job, Order, digest_of, picture_size, plan, use_threads

with quiet_tensorflow():
    from ...recipe import Recipe
    from ...transfer import Iterate, Weights
    from ...weights import find_weights

FAILURES = "failures.csv"
LOCK = ".painting"  # a file that is locked as long as somebody paints into the folder


@dataclass
class Outcome:
    """What has become of the pictures: painted now, there already, and those that could not be, with the reasons."""

    painted: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    failures: dict[Path, str] = field(default_factory=dict)

    def summary(self, pictures: int, page: Path | None) -> str:
        """What a person wants to know at the end; the reason of each failure is on a line of its own."""
        missing = pictures - len(self.painted) - len(self.kept) - len(self.failures)
        lines = [f"{path.name}: {reason}" for path, reason in self.failures.items()]
        lines.append(f"{len(self.painted)} of {pictures} pictures painted, {len(self.kept)} were there already.")
        lines += [f"{len(self.failures)} failed, see {FAILURES}."] * bool(self.failures)
        lines += [f"{missing} are missing; the same command goes on with them."] * bool(missing)
        lines += [f"To look at: {page}"] * bool(page)
        return "\n".join(lines)


def paint_many(
    photographs: Sequence[str | Path],
    styles: Sequence[str | Path],
    output: str | Path,
    *,
    mask: str | Path | None = None,
    style_mask: str | Path | None = None,
    threads: int | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    tell: Callable[[str], None] = print,
    weights: Weights | None = None,
    **choices,
) -> Outcome:
    """Paint every photograph in the style of every painting.

    Each picture is written when it is painted, whole or not at all. At the end, also after an interrupt, the folder
    gets a page that shows all of them, index.html, and failures.csv with what could not be painted and why.

    Args:
        photographs: files, folders, or names of the course's content images.
        styles: the same of paintings; each may be followed by masks, STYLE:MASK:STYLE_MASK.
        output: a folder; it is made if it does not exist.
        mask, style_mask: files, for the styles that have no mask of their own, see `masks`.
        threads: that TensorFlow takes for a picture. Their number decides how its sums are rounded: with another one
            the pictures are as good, but not the same bit by bit. Default: all cores, or a worker's share of them.
        workers: how many processes on this machine (needs Dask). Default: none, one picture after another here.
        scheduler: the address of a Dask cluster's scheduler.
        tell: is given a sentence at a time about what goes on.
        weights: of the losses.
        choices: others of `recipe.Recipe`, such as size, steps, colors.

    Raises:
        ImageError: a name or the folder cannot be used, or no file can be written there any more.
        ValueError: a choice cannot be used.
        MemoryError: the largest picture takes more memory than there is.
        WeightsError, ClusterError: VGG19's weights cannot be had, or there is nobody who could paint.
        KeyboardInterrupt: it was stopped. What is painted is kept.
    """
    output, outcome = Path(output), Outcome()
    recipe = Recipe("", ("",), weights=((1, weights or Weights()),), **choices)
    jobs = plan(photographs, styles, output, mask, style_mask, recipe)
    for name in (*photographs, *styles):
        if Path(name).is_dir() and output.exists() and output.samefile(name):
            raise ImageError(f"'{output}' cannot take the pictures: those in it are to be painted, or painted after.")
    with claimed(output) as ours:
        whole = False
        try:
            wanted = [job for job in jobs if not settled(job, ours, outcome)]
            if outcome.kept:
                tell(f"{len(outcome.kept)} of {len(jobs)} pictures are there already.")
            if replaced := sum(job.path.exists() for job in wanted):
                tell(f"{replaced} pictures of other files or choices are painted anew.")
            if wanted:
                *sides, regions = largest(wanted)

                def check_memory(**known) -> None:
                    memory.check(recipe.size, *sides, functools.partial(memory.needed, regions=regions), **known)

                orders, progress = ordered(wanted, outcome), Progress(len(wanted), tell)
                if workers or scheduler:
                    from .cluster import paint_on_cluster

                    results = paint_on_cluster(orders, scheduler, workers, threads, check_memory, tell)
                else:
                    check_memory()
                    use_threads(threads)
                    tell(find_weights().description)
                    results = paint_here(orders, progress)
                with contextlib.closing(results):
                    gather(results, outcome, progress)
            whole = True
        finally:
            finish(jobs, outcome, output, whole, tell)
    return outcome


def settled(job: Job, ours: bool, outcome: Outcome) -> bool:
    """Whether nothing is left to do for a job; the outcome says why."""
    try:
        if not job.is_painted(ours):
            return False
        outcome.kept.append(job.path)
    except ImageError as error:
        outcome.failures[job.path] = str(error)
    return True


def ordered(jobs: Iterable[Job], outcome: Outcome) -> Iterator[tuple[Path, Order]]:
    """The orders, each made when it is asked for, so that not all files are in memory at once."""
    for job in jobs:
        try:
            order = job.order()
        except ImageError as error:
            outcome.failures[job.path] = str(error)
        else:
            yield job.path, order


def largest(jobs: Iterable[Job]) -> tuple[int, int, int]:
    """Height, width and number of masks of the picture that takes the most memory."""
    sizes = []
    for job in jobs:
        sides = picture_size(job.content)
        scale = job.choices.size / max(*sides, 1)
        sizes.append((*(round(side * scale) for side in sides), int(bool(job.mask))))
    return max(sizes, key=lambda size: memory.needed(*size))


class Progress:
    """One bar over all pictures; where stderr is no terminal, a line for each picture."""

    def __init__(self, pictures: int, tell: Callable[[str], None]):
        self.pictures, self.tell, self.done, self.began = pictures, tell, 0, time.perf_counter()
        self.bar = tqdm(total=pictures, bar_format="{percentage:3.0f}% {bar:30} {desc}", disable=None)

    def at(self, share: float) -> None:
        """Show that this share of the next picture is painted."""
        at = self.done + share
        left = (time.perf_counter() - self.began) / at * (self.pictures - at)
        text = f"{self.done}/{self.pictures} pictures, {left:.0f} s left"
        if self.bar.disable and not share:
            self.tell(text)
        with contextlib.suppress(OSError):  # a terminal that was closed is no reason to stop painting
            self.bar.set_description_str(text, refresh=False)
            self.bar.update(at - self.bar.n)

    def next(self) -> None:
        """Show that a picture is painted, or will not be."""
        self.done += 1
        self.at(0)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.bar.close()


def paint_here(orders: Iterable[tuple[Path, Order]], progress: Progress) -> Iterator[tuple[Path, bytes | Exception]]:
    """Paint in this process, one picture after another: the files, or why there is none. An interrupt waits for the
    end of a step."""
    with Interrupts() as interrupts:
        interrupts.postpone()

        def seen(iterate: Iterate) -> None:
            progress.at(0.999 * iterate.step / iterate.steps)
            interrupts.raise_if_noted()

        for path, order in orders:
            try:
                result = order.paint(seen)
            except Exception as error:  # of whatever kind: the others can be painted
                result = error
            yield path, result


def gather(results: Iterable[tuple[Path, bytes | Exception]], outcome: Outcome, progress: Progress) -> None:
    """Write the pictures as they come. Raises ImageError if the folder takes no more."""
    try:
        for path, result in results:
            if isinstance(result, bytes):
                outcome.painted.append(write(result, path, overwrite=True))
            else:
                kind = "" if isinstance(result, REFUSED) else f"{type(result).__name__}: "
                outcome.failures[path] = f"{kind}{result}"
            progress.next()
    finally:
        progress.close()


# --- The folder -------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def claimed(folder: Path) -> Iterator[bool]:
    """The folder, made if need be, for this process alone; whether it has been painted into before.

    Raises:
        ImageError: somebody else paints into it, it cannot be used, or it holds a page of another kind.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ours = (folder / LOCK).exists()
        for name in (PAGE, FAILURES):
            if not ours and (folder / name).exists():
                raise ImageError(f"'{folder}' has a file '{name}' of its own; choose another folder.")
        held = filelock.FileLock(folder / LOCK).acquire(blocking=False)
    except filelock.Timeout:
        advice = "wait for its end, or choose another folder"
        raise ImageError(f"Another command paints into '{folder}' now: {advice}.") from None
    except OSError as error:
        raise ImageError(f"'{folder}' cannot be used: {error.strerror}.") from error
    with held:
        for leftover in folder.glob(f".{'[0-9a-f]' * 32}.part"):  # of a process that was killed while it wrote
            with contextlib.suppress(OSError):
                leftover.unlink()
        yield ours


def finish(jobs: Sequence[Job], outcome: Outcome, folder: Path, whole: bool, tell: Callable[[str], None]) -> None:
    """Write the page and failures.csv, and tell what has become of the pictures, whatever happened before."""
    page = None
    shown = {*outcome.painted, *outcome.kept}
    for write_one in (
        lambda: write_failures(jobs, outcome.failures, folder, whole),
        lambda: write_page(folder, sources_of(job for job in jobs if job.path in shown)) if shown else None,
    ):
        try:
            page = write_one()
        except (OSError, ValueError) as error:  # the folder is full, or a table is open in another program
            tell(str(error))
    if outcome != Outcome():
        tell(outcome.summary(len(jobs), page))


def sources_of(jobs: Iterable[Job]) -> dict[str, Path]:
    """The photographs and paintings that can be read, by their digests."""
    sources = {}
    for path in {path for job in jobs for path in (job.content, job.style)}:
        with contextlib.suppress(ImageError):
            sources[digest_of(path)] = path
    return sources


def write_failures(jobs: Iterable[Job], failures: dict[Path, str], folder: Path, whole: bool) -> None:
    """Write failures.csv, or remove that of an earlier command if all was tried now, and nothing has failed."""
    if failures:
        table = io.StringIO()
        rows = csv.writer(table)
        rows.writerow(["picture", "photograph", "painting", "reason"])
        failed = (job for job in jobs if job.path in failures)
        rows.writerows([job.path.name, job.content, job.style, failures[job.path]] for job in failed)
        write(table.getvalue().encode(errors="backslashreplace"), folder / FAILURES, overwrite=True)
    elif whole:
        (folder / FAILURES).unlink(missing_ok=True)
