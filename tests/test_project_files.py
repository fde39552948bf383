"""The files beside the course: citation, container, Binder, the weekly run. They name what is here."""

import json
import re
import runpy

import pytest
import yaml

from helpers import HOME
from helpers.images import ROOT


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["repository-code"] == HOME
    assert f'version = "{citation["version"]}"' in read("pyproject.toml")
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["authors"][0]["name"] in read("LICENSE").replace("The", "The")


def test_binder_and_the_container_install_the_requirements():
    [requirement] = read(".binder/requirements.txt").splitlines()
    assert (ROOT / ".binder" / requirement.removeprefix("-r ")).resolve() == ROOT / "requirements.txt"
    assert re.fullmatch(r"python-3\.1[0-3]", read(".binder/runtime.txt").strip())
    container = json.loads(read(".devcontainer/devcontainer.json"))
    assert container["postCreateCommand"].startswith("pip install -r requirements.txt && python -m helpers --check")


def test_the_weekly_run_tests_what_make_tests():
    workflow = yaml.safe_load(read(".github/workflows/colab.yml"))
    assert list(workflow[True]["schedule"][0]) == ["cron"]  # YAML reads "on" as true
    commands = " ".join(step.get("run", "") for step in workflow["jobs"]["test"]["steps"])
    assert "make test-colab" in commands and "test-colab:" in read("Makefile")
    assert ".github/colab_versions.py" in commands


def test_colabs_new_versions_are_taken_over():
    updated = runpy.run_path(str(ROOT / ".github" / "colab_versions.py"))["updated"]
    pins = "# Of Colab, name==0\njupyter_client==7.4.9\nnumpy==2.1.3\n"
    freeze = "numpy==2.3.1\njupyter-client==8.0\nscipy==1.0\nx @ https://example.org/x.whl\n"
    assert updated(pins, freeze) == "# Of Colab, name==0\njupyter_client==8.0\nnumpy==2.3.1\n"
    with pytest.raises(SystemExit, match="no longer has jupyter_client"):
        updated(pins, "numpy==2.3.1\n")
