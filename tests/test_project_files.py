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
    assert citation["authors"][0]["name"] in read("LICENSE")


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


def test_the_website_is_published_as_make_builds_it():
    workflow = yaml.safe_load(read(".github/workflows/site.yml"))
    build = workflow["jobs"]["build"]["steps"]
    assert any(step.get("run", "").startswith("make site") for step in build) and "\nsite:" in read("Makefile")
    [folder] = [step["with"]["path"] for step in build if "upload-pages-artifact" in step.get("uses", "")]
    assert f" {folder}\n" in read("Makefile")
    assert workflow["jobs"]["deploy"]["needs"] == "build" and workflow["permissions"]["pages"] == "write"


# --- The teacher's page ---


def test_the_teachers_page_has_every_lesson_with_the_minutes_of_its_card():
    page = read("TEACHING.md")
    found = re.findall(r"^### (\d+) (.+) · (\d+) / (\d+) / (\d+)$", page, re.MULTILINE)
    lessons = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    assert [int(number) for number, *_ in found] == list(range(len(lessons)))
    further = re.findall(r"^### ([A-Z]\D*) ·() (\d+) / (\d+) / (\d+)$", page, re.MULTILINE)
    lessons += sorted((ROOT / "notebooks" / "further").glob("[0-9][0-9]_*.ipynb"))
    for path, (_, _, reading, running, practice) in zip(lessons, found + further, strict=True):
        text = path.read_text(encoding="utf-8")
        assert re.search(r"\*\*Time\*\* \| (\d+) minutes", text)[1] == reading, path.name
        assert re.search(r"(?:about|less than) (\d) minutes? to run", text)[1] == running, path.name
        assert sum(map(int, re.findall(r"· about (\d+) minutes", text))) == int(practice), path.name


def test_every_lesson_has_what_a_teacher_needs():
    parts = re.split(r"^### ", read("TEACHING.md").partition("## Lesson by lesson")[2], flags=re.MULTILINE)[1:]
    assert len(parts) == len(list((ROOT / "notebooks").rglob("[0-9][0-9]_*.ipynb")))
    for part in parts:
        lines = set(re.findall(r"^- \*\*([A-Z][a-z ]+):\*\*", part, re.MULTILINE))
        assert {"About", "Board", "Ask", "Stuck", "Leave out"} <= lines, part[:40]


def test_the_teachers_page_names_sections_and_commands_that_exist():
    page = read("TEACHING.md")
    for command in set(re.findall(r"(?:`|^)make ([a-z-]+)", page, re.MULTILINE)):
        assert f"\n{command}:" in read("Makefile"), command
    for number, sections in re.findall(r"[Ll]esson (\d), sections? (\d(?:(?:,| and| to) \d)*)", page):
        [path] = (ROOT / "notebooks").glob(f"0{number}_*.ipynb")
        there = re.findall(r"## (\d)\. ", path.read_text(encoding="utf-8"))
        assert set(re.findall(r"\d", sections)) <= set(there), (number, sections)
