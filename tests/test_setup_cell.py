"""The cell that every lesson starts with, where students start it: in the course's folders, elsewhere, and on Colab."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from helpers import HOME
from helpers.images import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.colab]

NOTEBOOKS = ROOT / "notebooks"


def setup_cell():
    return (NOTEBOOKS / "setup_cell.py").read_text(encoding="utf-8")


# What a kernel does with a cell: an error is shown, and the cells after it are not run.
IN_A_KERNEL = """
import sys
from IPython.core.interactiveshell import InteractiveShell
sys.exit(not InteractiveShell.instance().run_cell(sys.stdin.read()).success)
"""


def start(folder, source, **environment):
    with tempfile.TemporaryDirectory() as settings:
        return subprocess.run(
            [sys.executable, "-c", IN_A_KERNEL],
            input=source,
            cwd=folder,
            env=os.environ | {"PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1", "IPYTHONDIR": settings} | environment,
            capture_output=True,
            text=True,
            timeout=120,
        )


ON_COLAB = "import sys, types\nsys.modules['google.colab'] = types.ModuleType('google.colab')\n"
WHERE = "\nimport helpers\nprint(helpers.__file__)\n"


def instead_of_home(repository):
    """Git's settings under which the project's address leads to a local repository: no network."""
    return {
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": f"url.{Path(repository).as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": HOME,
        "GIT_CONFIG_KEY_1": "protocol.file.allow",
        "GIT_CONFIG_VALUE_1": "always",
        "GIT_TERMINAL_PROMPT": "0",
    }


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A repository with the package as it is now."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "helpers", folder / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "The course"]):
        subprocess.run(["git", *author, *command], cwd=folder, check=True)
    return folder


@pytest.mark.parametrize("folder", [ROOT, NOTEBOOKS], ids=["root", "notebooks"])
def test_setup_works_from_both_folders(folder):
    outcome = start(folder, setup_cell() + WHERE)
    assert outcome.returncode == 0, outcome.stderr
    line, where = outcome.stdout.splitlines()
    assert re.match(r"Python [\d.]+, TensorFlow \S+, Keras \S+, (no|a) GPU\. VGG19 weights: .+\.$", line)
    assert Path(where) == ROOT / "helpers" / "__init__.py"
    assert outcome.stderr == ""


def test_setup_on_colab_fetches_the_course_once(repository, tmp_path):
    course = tmp_path / "art-style-transfer"
    fetched = start(tmp_path, ON_COLAB + setup_cell() + WHERE, **instead_of_home(repository))
    assert fetched.returncode == 0, fetched.stderr
    assert Path(fetched.stdout.splitlines()[-1]) == course / "helpers" / "__init__.py"
    assert fetched.stderr == ""
    assert list(tmp_path.iterdir()) == [course]
    # A restarted kernel finds it, and asks nobody; a kernel whose folder is inside the course does, too.
    (course / "notebooks").mkdir()
    for folder in (tmp_path, course / "notebooks"):
        again = start(folder, ON_COLAB + setup_cell() + WHERE, **instead_of_home(tmp_path / "nowhere"))
        assert again.returncode == 0, again.stderr
        assert again.stdout == fetched.stdout
        assert again.stderr == ""


def test_setup_on_colab_leaves_nothing_in_its_way_when_the_kernel_is_killed(repository, tmp_path):
    """A Git that has fetched half of the course when the kernel dies."""
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text("#!/bin/sh\nmkdir -p art-style-transfer/helpers\nkill -9 $PPID\n")
    git.chmod(0o755)
    content = tmp_path / "content"
    content.mkdir()
    killed = start(content, ON_COLAB + setup_cell(), PATH=f"{git.parent}{os.pathsep}{os.environ['PATH']}")
    assert killed.returncode == -signal.SIGKILL
    again = start(content, ON_COLAB + setup_cell() + WHERE, **instead_of_home(repository))
    assert again.returncode == 0, again.stderr
    assert Path(again.stdout.splitlines()[-1]) == content / "art-style-transfer" / "helpers" / "__init__.py"


NOT_FETCHED = "The course could not be fetched from GitHub. Check the connection and run this cell again."
NOT_HERE = "The course is not here. Open this lesson in the course's folder, beside the others, or on Colab."


@pytest.mark.parametrize(
    ("before", "path", "sentence"),
    [(ON_COLAB, None, NOT_FETCHED), (ON_COLAB, "/nowhere", NOT_FETCHED), ("", None, NOT_HERE)],
    ids=["no connection", "no Git", "not on Colab"],
)
def test_setup_that_finds_no_course_says_so(before, path, sentence, tmp_path):
    environment = {"PATH": path} if path else {}
    outcome = start(tmp_path, before + setup_cell(), **instead_of_home(tmp_path / "nowhere"), **environment)
    assert outcome.returncode == 1
    assert outcome.stdout + outcome.stderr == f"UsageError: {sentence}\n"
    assert list(tmp_path.iterdir()) == []
