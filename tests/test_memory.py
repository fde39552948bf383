"""helpers.memory against control groups as files, a limit of the system, and what a run really takes."""

import re
import resource
import subprocess
import sys

import psutil
import pytest

from helpers import memory
from helpers.images import CONTENT_IMAGES, ROOT, STYLES_IMAGES

GB = 10**9


@pytest.fixture
def system(tmp_path, monkeypatch):
    """An empty file system for /proc and /sys, and a machine with 100 GB free of which this process has 1 GB."""
    monkeypatch.setattr(memory, "SYSTEM", tmp_path)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("", (), {"available": 90 * GB}))
    monkeypatch.setattr(psutil, "swap_memory", lambda: type("", (), {"free": 10 * GB}))
    monkeypatch.setattr(psutil.Process, "memory_info", lambda self: type("", (), {"rss": GB, "vms": 2 * GB}))

    def write(path, text):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    return write


def test_the_whole_machine(system):
    assert memory.available() == 101 * GB


def test_a_container_of_version_2(system):
    system("proc/self/cgroup", "0::/\n")
    system("sys/fs/cgroup/memory.max", f"{4 * GB}\n")
    system("sys/fs/cgroup/memory.current", f"{3 * GB}\n")
    system("sys/fs/cgroup/memory.stat", f"anon {2 * GB}\ninactive_file {GB // 2}\n")
    assert memory.available() == 2.5 * GB


def test_the_tightest_of_several_groups_counts(system):
    system("proc/self/cgroup", "0::/user/session\n")
    for folder, limit in (("", "max"), ("user/", str(5 * GB)), ("user/session/", "max")):
        system(f"sys/fs/cgroup/{folder}memory.max", limit)
        system(f"sys/fs/cgroup/{folder}memory.current", f"{2 * GB}")
        system(f"sys/fs/cgroup/{folder}memory.stat", "")
    assert memory.available() == 4 * GB


def test_a_container_of_version_1(system):
    system("proc/self/cgroup", "9:name=systemd:/x\n4:memory:/docker/1234\n0::/\n")
    system("sys/fs/cgroup/memory/memory.limit_in_bytes", f"{2 * GB}")  # seen from within
    system("sys/fs/cgroup/memory/memory.usage_in_bytes", f"{GB}")
    system("sys/fs/cgroup/memory/memory.stat", "cache 5\n")
    assert memory.available() == 2 * GB


def test_a_full_machine(system):
    system("proc/self/cgroup", "0::/\n")
    system("sys/fs/cgroup/memory.max", f"{GB}")
    system("sys/fs/cgroup/memory.current", f"{2 * GB}")
    system("sys/fs/cgroup/memory.stat", "")
    assert memory.available() == GB  # what it has already


def test_the_sentence_names_a_size_that_fits(monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 2.0 * GB)
    memory.check(640, 448, 656)
    with pytest.raises(
        MemoryError, match=r"A picture of 2048 px takes about .* GB of memory, and there are 2.0 GB"
    ) as e:
        memory.check(2048, 1400, 2064)
    fits = int(str(e.value).split(" px fits")[0].split()[-1])
    memory.check(fits, round(1400 * fits / 2048), round(2064 * fits / 2048))
    with pytest.raises(MemoryError):
        memory.check(fits, round(1400 * (fits + 90) / 2048), round(2064 * (fits + 90) / 2048))
    monkeypatch.setattr(memory, "available", lambda: 0.5 * GB)
    with pytest.raises(MemoryError, match="close other programs"):
        memory.check(64, 64, 64)


@pytest.mark.slow
def test_a_limit_of_the_system(tmp_path, kilobytes=4_200_000):
    """What `ulimit -v` sets: a size that does not fit is refused, and the one that is named instead is painted."""

    def paint(size):
        arguments = ["cat", "great_wave", "--size", str(size), "--steps", "3", "-o", tmp_path / f"{size}.png"]
        return subprocess.run(
            [sys.executable, "-m", "helpers", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1024 * kilobytes,) * 2),
        )

    refused = paint(1024)
    assert refused.returncode == 2 and not list(tmp_path.iterdir())
    fits = re.search(r"A picture of 1024 px takes about 2\.9 GB of memory.*: a size of (\d+) px fits", refused.stderr)[
        1
    ]
    painted = paint(fits)
    assert painted.returncode == 0, painted.stderr
    assert (tmp_path / f"{fits}.png").is_file()


@pytest.mark.slow
def test_what_a_run_really_takes(size=640):
    code = (
        "import sys; from helpers.images import load_image; from helpers.transfer import StyleTransfer;"
        "from helpers import memory;"
        f"run = StyleTransfer(*map(load_image, sys.argv[1:]), size={size}, steps=3);"
        "[run.step() for _ in range(3)];"
        "print(memory.needed(*run.content.shape[:2]));"
        "print(*[line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')])"
    )
    arguments = [CONTENT_IMAGES / "cat.jpg", STYLES_IMAGES / "great_wave.jpg"]
    process = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    needed, peak = map(float, process.stdout.split())
    assert 0.7 * needed < 1024 * peak < 1.1 * needed
