"""`python -m helpers --check`: what a teacher reads in the first ten minutes."""

import importlib.metadata
import platform
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from helpers import readiness, weights
from helpers.images import ROOT


@pytest.mark.slow
def test_a_machine_that_is_ready():
    run = subprocess.run([sys.executable, "-m", "helpers", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.endswith("\nReady.\n")
    assert ("\n--  jupyterlab      not installed" in run.stdout) == (find_spec("jupyterlab") is None)  # Colab's
    for what in ("Python", "tensorflow", "ipywidgets", "VGG19 weights", "pictures", "output", "painting"):
        assert f"\nok  {what}" in run.stdout
    assert "NO  " not in run.stdout


def lines(capsys):
    assert readiness.report() == 1
    printed = capsys.readouterr().out
    assert printed.endswith("Not ready: see the lines with NO.\n")
    return [line for line in printed.splitlines() if line.startswith("NO")]


def test_what_the_course_can_do_without(capsys, monkeypatch):
    monkeypatch.setattr(readiness, "packages", lambda: [readiness.package(name, "1") for name in readiness.OPTIONAL])

    def version(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    assert readiness.report() == 0
    assert "\n--  jupyterlab      not installed; the lessons open in it" in capsys.readouterr().out


def test_packages_that_are_missing_or_too_old(capsys, monkeypatch):
    def version(name):
        if name == "tqdm":
            raise importlib.metadata.PackageNotFoundError(name)
        return {"tensorflow": "2.9.3", "pillow": "11.10"}.get(name, "99.0rc1")

    monkeypatch.setattr(importlib.metadata, "version", version)
    old, missing = lines(capsys)
    assert "tensorflow" in old and "2.9.3 is too old, 2.20 or later is needed; run: pip install" in old
    assert "tqdm" in missing and "not installed; run: pip install" in missing


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("python_version", "3.9.1", "the course needs 3.10 to 3.13"),
        ("system", "Darwin", "open the lessons in Colab"),
    ],
)
def test_a_python_that_will_not_do(capsys, monkeypatch, name, value, words):
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(platform, name, lambda: value)
    monkeypatch.setattr(sys, "version_info", (3, 9) if name == "python_version" else sys.version_info)
    [line] = lines(capsys)
    assert words in line


def test_no_weights(capsys, monkeypatch):
    def fail():
        raise weights.WeightsError("No weights for VGG19:\n- Keras cache: none")

    monkeypatch.setattr(weights, "find_weights", fail)
    [line] = lines(capsys)
    assert "No weights for VGG19" in line


def test_no_pictures_and_a_full_disk(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(readiness, "STYLES_IMAGES", tmp_path / "none")
    monkeypatch.setattr(readiness.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 5e7}))
    pictures, output = lines(capsys)
    assert f"0 in {tmp_path / 'none'}; fetch the whole course" in pictures
    assert "less than 0.1 GB is free" in output


def test_the_project_holds_what_it_names():
    assert Path(readiness.ROOT, "requirements.txt").is_file()
    assert len(readiness.packages()) == len((ROOT / "requirements.txt").read_text().splitlines()) - 1  # a comment
