"""The project against the versions that Google Colab has installed: requirements-colab.txt."""

import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent

in_colabs_environment = pytest.mark.skipif(
    Path(sys.prefix).name != ".venv-colab", reason="not in the environment that `make test-colab` makes"
)


def requirements(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if re.match(r"\w", line)]


COLAB = {
    canonicalize_name(requirement.name): str(requirement.specifier).removeprefix("==")
    for requirement in requirements("requirements-colab.txt")
}


def test_colabs_versions_are_above_the_floors():
    shared = {r.name: r.specifier for r in requirements("requirements.txt") if canonicalize_name(r.name) in COLAB}
    assert {"tensorflow", "matplotlib", "pillow", "ipywidgets", "tqdm"} <= set(shared)
    for name, floor in shared.items():
        assert COLAB[name] in floor, f"{name}{floor} excludes Colab's {COLAB[name]}"


@in_colabs_environment
def test_the_environment_has_colabs_versions():
    assert sys.version_info[:2] == (3, 13)
    assert {name: version(name) for name in COLAB} == COLAB


@in_colabs_environment
def test_installing_the_requirements_on_colab_changes_nothing_that_is_there():
    options = ["--dry-run", "--quiet", "--disable-pip-version-check", "--report", "-", "-r", "requirements.txt"]
    pip = subprocess.run(
        [sys.executable, "-m", "pip", "install", *options], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert pip.returncode == 0, pip.stderr
    planned = [package["metadata"] for package in json.loads(pip.stdout)["install"]]
    assert "jupyterlab" in [package["name"] for package in planned]  # which Colab does not have
    changed = [f"{p['name']} {p['version']}" for p in planned if canonicalize_name(p["name"]) in COLAB]
    assert changed == []
