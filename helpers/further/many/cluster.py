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
QUIET = {  # Dask's rules for memory would stop workers for good: TensorFlow keeps what it has had once
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
        if not client.nthreads():
            tell(f"Waiting for a worker; start one with: dask worker {scheduler} --nthreads 1")
            client.wait_for_workers(1)
        ready = prepared(client, threads)
        if scheduler:
            check_memory(has=min(ready.values()), whose="a worker has")
        tell(f"{len(ready)} workers. To watch them: {client.dashboard_link}")
        try:
            yield from gathered(client, orders, threads)
        except (OSError, distributed.CancelledError) as error:
            where = f"The scheduler at {scheduler}" if scheduler else "The cluster"
            raise ClusterError(f"{where} does not answer any more ({type(error).__name__}).") from error


@contextlib.contextmanager
def connected(
    scheduler: str | None, workers: int | None, check_memory: Callable[..., None]
) -> Iterator[distributed.Client]:
    """A client of the scheduler, or of a cluster on this machine, which ends with it."""
    if scheduler:
        try:
            client = distributed.Client(scheduler, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
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
                except (WeightsError, ValueError, ClusterError) as error:
                    raise ClusterError(f"The worker at {address} cannot paint: {error}") from error
        return said

    # First with a function of Python's own: a worker that has to read one of ours, and cannot, ends without an answer.
    answers(pkgutil.resolve_name, f"{__name__}:about_worker")
    return answers(about_worker, version(), threads)


@functools.cache
def version() -> str:
    """What tells one version of the course's package from another."""
    files = sorted(PACKAGE.rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def about_worker(wanted: str, threads: int | None) -> float:
    """Make a worker ready, and say how much memory it has."""
    make_ready(wanted, threads)
    limit = distributed.get_worker().memory_manager.memory_limit
    return min(memory.available(), limit or float("inf"))


@functools.cache
def make_ready(wanted: str, threads: int | None) -> None:
    """On a worker, before its first picture."""
    if version() != wanted:
        raise ClusterError("its copy of the course is of another version.")
    use_threads(threads or distributed.get_worker().state.nthreads)
    find_weights()


def paint(order: Order, wanted: str, threads: int | None) -> bytes | Exception:
    """On a worker: paint a picture. Why it cannot be painted is a result, too: it is no use to try again."""
    with one_at_a_time:
        try:
            make_ready(wanted, threads)
            return order.paint()
        except (*REFUSED, WeightsError, ClusterError) as error:
            return error


def gathered(
    client: distributed.Client, orders: Iterable[tuple[Path, Order]], threads: int | None
) -> Iterator[tuple[Path, bytes | Exception]]:
    """Keep every worker busy, and yield what comes back. No more than a few pictures are with the scheduler."""
    orders, paths = iter(orders), {}
    done = distributed.as_completed(loop=client.loop, with_results=True, raise_errors=False)

    def submit(count: int) -> None:
        for path, order in itertools.islice(orders, count):
            future = client.submit(paint, order, version(), threads, pure=False)
            paths[future.key] = path
            done.add(future)

    submit(IN_FLIGHT * max(1, len(client.nthreads())))
    for future, result in done:
        if future.status == "error":
            _, error, _ = result
            if not isinstance(error, distributed.KilledWorker):
                raise error
            result = ClusterError("Every worker that painted it died, most likely for lack of memory.")
        elif future.status != "finished":
            raise distributed.CancelledError(future.status)
        yield paths.pop(future.key), result
        submit(IN_FLIGHT * max(1, len(client.nthreads())) - len(paths))
