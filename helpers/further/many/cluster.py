"""Painting on many machines or processes with Dask: a picture is a task, its files go along as bytes.

No worker needs this machine's disk. It needs the course, of the same version, and the weights of VGG19, which it
fetches as any machine does.
"""

import contextlib
import functools
import hashlib
import itertools
import logging
import pkgutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ... import memory, quiet_tensorflow
from .jobs import REFUSED, ClusterError, Order, use_threads

with quiet_tensorflow():
    from ...weights import WeightsError, find_weights

try:
    import dask
    import dask.system
    import distributed
except ImportError:
    raise ClusterError("--workers and --scheduler need Dask: pip install -r requirements-many.txt") from None

PACKAGE = Path(__file__).resolve().parents[2]
PATIENCE = 10  # seconds without an answer after which a scheduler counts as gone
IN_FLIGHT = 2  # pictures for each worker that are with the scheduler: one is painted, one waits
TRIES = 3  # how often a picture goes to other workers when those that had it died
QUIET = {  # Dask's rules for memory would stop workers for good: TensorFlow keeps what it has had once
    "distributed.admin.large-graph-warning-threshold": "1GB",
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.comm.timeouts.connect": f"{PATIENCE}s",
}
one_at_a_time = threading.Lock()  # a worker may have several threads, which are all TensorFlow's


def paint_on_cluster(
    orders: Iterable[tuple[Path, Order]],
    scheduler: str | None,
    workers: int | None,
    threads: int | None,
    check_memory: Callable[..., None],
    tell: Callable[[str], None],
) -> Iterator[tuple[Path, bytes | Exception]]:
    """Paint on a cluster, and yield the files, or why there is none, in the order in which they are done.

    Args:
        orders: are taken one by one, as there is somebody to paint them.
        scheduler: its address; None: a cluster of `workers` processes is started on this machine.
        threads: of TensorFlow for a picture. Default: those that the worker was started with.
        check_memory: raises MemoryError if the largest picture takes more than `has` bytes.
        tell: is given sentences.

    Raises:
        ClusterError: nobody answers there, or no longer, or a worker cannot paint.
        MemoryError: the largest picture takes more memory than a worker has.
    """
    for name in list(logging.root.manager.loggerDict):  # what goes wrong is said here in one sentence
        if name.startswith("distributed"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    with dask.config.set(QUIET), connected(scheduler, workers, check_memory) as client:
        where = f"The scheduler at {scheduler}" if scheduler else "The cluster"
        try:
            if not client.nthreads():
                tell(f"Waiting for a worker; start one with: python -m dask worker {scheduler} --nthreads 1")
                client.wait_for_workers(1)
            ready = prepared(client, threads)
            if scheduler:
                check_memory(has=min(ready.values()), whose="a worker has")
            tell(f"{len(ready)} workers. To watch them: {client.dashboard_link}")
            yield from gathered(client, orders, threads, tell)
        except (OSError, distributed.CancelledError) as error:
            raise ClusterError(f"{where} does not answer any more ({type(error).__name__}).") from error


@contextlib.contextmanager
def connected(
    scheduler: str | None, workers: int | None, check_memory: Callable[..., None]
) -> Iterator[distributed.Client]:
    """A client of the scheduler, or of a cluster on this machine, which ends with it."""
    if scheduler:
        try:
            client = distributed.Client(scheduler, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise ClusterError(
                f"No scheduler answers at {scheduler}; is the address right, and does it run?"
            ) from error
        with client:
            yield client
        return
    check_memory(has=memory.available_to_others() / workers, whose=f"each of {workers} workers has")
    with (
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=max(1, dask.system.CPU_COUNT // workers),
            memory_limit=0,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield client


def prepared(client: distributed.Client, threads: int | None) -> dict[str, float]:
    """Bytes of memory that each worker has, once it is known that it can paint.

    Raises:
        ClusterError: one cannot; the message says which, and why.
    """

    def answers(function: Callable, *arguments) -> dict[str, object]:
        asked = {
            address: client.submit(function, *arguments, workers=[address], pure=False) for address in client.nthreads()
        }
        said = {}
        for address, future in asked.items():
            while not future.done() and address in client.nthreads():
                time.sleep(0.1)
            if future.done():  # or the worker has left
                try:
                    said[address] = future.result()
                except (ImportError, AttributeError) as error:
                    advice = "start it in the course's folder, with the course's environment"
                    raise ClusterError(
                        f"The worker at {address} cannot import the course ({error}): {advice}."
                    ) from error
                except NotReady as error:
                    raise ClusterError(f"The worker at {address} cannot paint: {error}") from error
                except RuntimeError as error:  # the scheduler reads what it hands on
                    raise ClusterError(
                        "The scheduler cannot read the course's tasks: start it, too, in the course's folder, with its "
                        "environment."
                    ) from error
        if not said:
            raise ClusterError("All workers have left.")
        return said

    # First with a function of Python's own: a worker that has to read one of ours, and cannot, ends without an answer.
    answers(pkgutil.resolve_name, f"{__name__}:about_worker")
    return answers(about_worker, version(), threads)


@functools.cache
def version() -> str:
    """What tells one version of the course's package from another."""
    files = sorted(path for path in PACKAGE.rglob("*.py") if ".ipynb_checkpoints" not in path.parts)
    texts = (path.read_bytes().replace(b"\r\n", b"\n") for path in files)
    return hashlib.sha256(b"".join(texts)).hexdigest()[:12]


class NotReady(Exception):
    """A worker cannot paint anything; the message says why."""


def about_worker(wanted: str, threads: int | None) -> float:
    """Make a worker ready, and say how much memory it may take."""
    make_ready(wanted, threads)
    limit = distributed.get_worker().memory_manager.memory_limit
    return min(memory.available(), 0.9 * limit if limit else float("inf"))


@functools.cache
def make_ready(wanted: str, threads: int | None) -> None:
    """On a worker, before its first picture. Raises NotReady."""
    if version() != wanted:
        raise NotReady("its copy of the course is of another version.")
    worker = distributed.get_worker()
    worker.memory_manager.memory_pause_fraction = False  # it would pause for good
    try:
        use_threads(threads or worker.state.nthreads)
        find_weights()
    except (ValueError, WeightsError) as error:
        raise NotReady(str(error)) from error


def paint(order: Order, wanted: str, threads: int | None) -> tuple[str, bytes | Exception]:
    """On a worker: paint a picture. Why it cannot be painted is a result, too: it is no use to try again.

    Returns:
        The worker's address, and the file or an exception.
    """
    address = distributed.get_worker().address
    with one_at_a_time:
        try:
            make_ready(wanted, threads)
            return address, order.paint()
        except (*REFUSED, NotReady) as error:
            return address, error
        except Exception as error:  # it may not be fit to be sent
            return address, RuntimeError(f"{type(error).__name__}: {error}")


def gathered(
    client: distributed.Client,
    orders: Iterable[tuple[Path, Order]],
    threads: int | None,
    tell: Callable[[str], None],
) -> Iterator[tuple[Path, bytes | Exception]]:
    """Keep every worker busy, and yield what comes back. No more than a few pictures are with the scheduler."""
    orders, with_scheduler, tries = iter(orders), {}, Counter()
    done = distributed.as_completed(loop=client.loop, with_results=True, raise_errors=False)

    def submit(path: Path, order: Order) -> None:
        future = client.submit(paint, order, version(), threads, pure=False)
        with_scheduler[future.key] = path, order
        done.add(future)

    def fill() -> None:
        wanted = IN_FLIGHT * max(1, len(client.nthreads())) - len(with_scheduler)
        for path, order in itertools.islice(orders, max(0, wanted)):
            submit(path, order)

    fill()
    while with_scheduler:
        wait_for_a_result(client, done, tell)
        future, result = next(done)
        if future.status == "error":
            _, error, _ = result
            if not isinstance(error, distributed.KilledWorker):
                raise error
            path, order = with_scheduler.pop(future.key)
            tries[path] += 1
            if tries[path] < TRIES:
                submit(path, order)
            else:
                yield path, ClusterError("The workers that had it died, again and again.")
        elif isinstance(result, tuple):
            path, order = with_scheduler.pop(future.key)
            address, result = result
            if isinstance(result, NotReady):  # one that came later than the others
                tell(f"The worker at {address} is left out: {result}")
                client.retire_workers([address])
                submit(path, order)
            else:
                yield path, result
        else:
            raise distributed.CancelledError(future.status)
        fill()


def wait_for_a_result(client: distributed.Client, done: distributed.as_completed, tell: Callable[[str], None]) -> None:
    """Return when there is one. Raises OSError if the scheduler is gone."""
    asked, lonely = time.monotonic(), False
    while not done.has_ready():
        time.sleep(0.05)
        if time.monotonic() - asked < PATIENCE:
            continue
        asked = time.monotonic()
        if client.status != "running":
            raise OSError(f"the client is {client.status}")
        if not client.nthreads() and not lonely:
            lonely = True
            tell("All workers have left; it goes on when there is one.")
