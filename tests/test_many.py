"""Many pictures: what is planned, what is kept, and what becomes of a run in which something goes wrong."""

import csv
import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers import memory, saving
from helpers.__main__ import main
from helpers.further.many import jobs
from helpers.images import CONTENT_IMAGES, ROOT, STYLES_IMAGES
from helpers.recipe import Recipe

SMALL = ("--size", "48", "--steps", "3")
RECIPE = Recipe("", ("",))


@pytest.fixture
def photos(tmp_path):
    """A folder with two photographs, beside something that is none."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("cat.jpg", "coffee.jpg"):
        shutil.copy(CONTENT_IMAGES / name, folder)
    (folder / "notes.txt").write_text("no picture")
    return folder


def names(folder):
    return sorted(path.name for path in folder.glob("*.png"))


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.png")}


def planned(photographs, styles, **masks):
    return jobs.plan(photographs, styles, Path("out"), masks.get("mask"), masks.get("style_mask"), RECIPE)


# --- What shall be painted --------------------------------------------------------------------------------------------


def test_every_photograph_meets_every_painting(photos):
    found = planned([photos, "temple"], ["great_wave", str(STYLES_IMAGES / "poppies.jpg")])
    assert [job.path.name for job in found] == [
        f"{photo}_{style}.png" for photo in ("cat", "coffee", "temple") for style in ("great_wave", "poppies")
    ]
    assert {job.names for job in found[4:]} == {("temple", "great_wave"), ("temple", "poppies")}
    assert found[0].names == ("cat.jpg", "great_wave")  # tells nothing of this machine's folders
    assert len(planned([CONTENT_IMAGES], [STYLES_IMAGES])) == len(list(CONTENT_IMAGES.glob("*.jpg"))) * len(
        list(STYLES_IMAGES.glob("*.jpg"))
    )


def test_pictures_of_the_same_name_have_files_of_their_own(tmp_path):
    for name in ("a.jpg", "a.png", "b.jpg", "b_c.jpg", "c.jpg", "A_B.jpg"):
        Image.new("RGB", (40, 40)).save(tmp_path / name)
    paths = [job.path.name.lower() for job in planned([tmp_path], [tmp_path])]
    assert len(paths) == len(set(paths)) == 36
    assert {"a_jpg_b.png", "a_png_b.png"} < set(paths)


def test_each_style_may_have_masks(photos):
    whole, part = planned([photos / "cat.jpg"], ["great_wave", "poppies:m.png:n.png"], mask="all.png")
    assert (whole.mask, whole.style_mask, part.mask, part.style_mask) == ("all.png", None, "m.png", "n.png")


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("no_such", "great_wave"), 2, "'no_such' is neither a file nor a picture in content_images"),
        (("cat", "great_wav"), 2, "did you mean great_wave.jpg?"),
        (("{folder}", "great_wave"), 2, "There is no picture in the folder"),
        (("cat", "great_wave:no_mask.png"), 1, "no_mask.png"),
    ],
)
def test_names_that_do_not_fit(tmp_path, capsys, arguments, status, sentence):
    (tmp_path / "empty").mkdir()
    arguments = [argument.replace("{folder}", str(tmp_path / "empty")) for argument in arguments]
    assert main(["many", *arguments, "-o", str(tmp_path / "out"), *SMALL]) == status
    assert sentence in capsys.readouterr().err
    assert not list(tmp_path.glob("out/*.png"))


def test_an_output_that_is_a_file(tmp_path, capsys):
    (tmp_path / "out").write_text("mine")
    assert main(["many", "cat", "great_wave", "-o", str(tmp_path / "out"), *SMALL]) == 2
    assert f"'{tmp_path / 'out'}' cannot be used" in capsys.readouterr().err
    assert (tmp_path / "out").read_text() == "mine"


def test_a_folder_that_holds_something_else(photos, tmp_path, capsys):
    (tmp_path / "index.html").write_text("mine")
    assert main(["many", str(photos), "great_wave", "-o", str(tmp_path), *SMALL]) == 2
    assert "has a file 'index.html' of its own; choose another folder." in capsys.readouterr().err
    assert main(["many", str(photos), "great_wave", "-o", str(photos), *SMALL]) == 2
    assert "cannot take the pictures" in capsys.readouterr().err
    assert [path.name for path in photos.iterdir() if path.suffix == ".png"] == []


@pytest.mark.parametrize(("options", "whose"), [((), "there are 1.0 GB"), (("--workers", "4"), "has 0.2 GB")])
def test_what_takes_too_much_memory_is_refused_before_it_begins(tmp_path, capsys, monkeypatch, options, whose):
    if options:
        pytest.importorskip("distributed")
    monkeypatch.setattr(memory, "available", lambda: 1.0e9)
    monkeypatch.setattr(memory, "available_to_others", lambda: 1.0e9)
    arguments = ["many", "cat", "great_wave", "-o", str(tmp_path / "out"), "--size", "1024", *options]
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert "A picture of 1024 px takes about" in said and whose in said
    assert not list(tmp_path.glob("out/*.png"))


def test_without_dask_there_is_a_sentence(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "helpers.further.many.cluster", raising=False)
    assert main(["many", "cat", "great_wave", "-o", str(tmp_path / "out"), *SMALL, "--workers", "2"]) == 2
    assert "--workers and --scheduler need Dask: pip install -r requirements-many.txt" in capsys.readouterr().err


# --- One machine ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_pictures_are_those_of_the_single_command_and_are_kept(photos, tmp_path, capsys):
    out = tmp_path / "out"
    command = ["many", str(photos), "great_wave", "poppies", "-o", str(out), *SMALL]
    assert main(command) == 0
    assert names(out) == ["cat_great_wave.png", "cat_poppies.png", "coffee_great_wave.png", "coffee_poppies.png"]
    assert main([str(photos / "coffee.jpg"), "poppies", "-o", str(tmp_path / "one.png"), *SMALL]) == 0
    assert (out / "coffee_poppies.png").read_bytes() == (tmp_path / "one.png").read_bytes()

    # A second start paints nothing; a picture that is missing, of another file or of other choices is painted.
    first, written = contents(out), (out / "cat_poppies.png").stat().st_mtime_ns
    capsys.readouterr()
    assert main(command) == 0
    assert "4 of 4 pictures are there already." in capsys.readouterr().err
    assert (out / "cat_poppies.png").stat().st_mtime_ns == written
    (out / "cat_poppies.png").unlink()
    shutil.copy(CONTENT_IMAGES / "temple.jpg", photos / "coffee.jpg")
    assert main(command) == 0
    said = capsys.readouterr().err
    assert "1 of 4 pictures are there already." in said and "2 pictures of other files or choices" in said
    again = contents(out)
    assert {name for name in first if first[name] == again[name]} == {"cat_great_wave.png", "cat_poppies.png"}
    assert main([*command, "--style-weight", "3"]) == 0
    assert all(Recipe.of_file(path).weights[0][1].style == 3 for path in out.glob("*.png"))
    assert all(contents(out)[name] != again[name] for name in again)


@pytest.mark.slow
def test_masks_and_colors_reach_the_pictures(photos, tmp_path):
    mask = np.zeros((40, 60), np.uint8)
    mask[:, :30] = 255
    Image.fromarray(mask).save(tmp_path / "left.png")
    style = f"great_wave:{tmp_path / 'left.png'}"
    more = (*SMALL, "--colors", "photo", "--style-mask", str(tmp_path / "left.png"))
    command = ["many", str(photos / "cat.jpg"), style, "-o", str(tmp_path / "out"), *more]
    assert main(command) == 0
    assert main([str(photos / "cat.jpg"), style, "-o", str(tmp_path / "one.png"), *more]) == 0
    picture = tmp_path / "out" / "cat_great_wave.png"
    assert picture.read_bytes() == (tmp_path / "one.png").read_bytes()
    written = picture.stat().st_mtime_ns
    assert main(command) == 0 and picture.stat().st_mtime_ns == written


@pytest.mark.slow
def test_one_bad_file_does_not_stop_the_rest(photos, tmp_path, capsys):
    out = tmp_path / "out"
    shutil.copy(CONTENT_IMAGES / "temple.jpg", photos / "broken.jpg")
    os.truncate(photos / "broken.jpg", 9000)
    out.mkdir()
    (out / "cat_great_wave.png").write_bytes(b"mine")
    assert main(["coffee", "great_wave", "--size", "56", "--steps", "1", "-o", str(out / "coffee_great_wave.png")]) == 0
    mine = (out / "coffee_great_wave.png").read_bytes()
    command = ["many", str(photos), "great_wave", "-o", str(out), *SMALL]
    assert main(command) == 1
    said = capsys.readouterr().err
    assert "0 of 3 pictures painted" in said and "3 failed, see failures.csv." in said and "Traceback" not in said
    with open(out / "failures.csv", newline="") as file:
        rows = {row["picture"]: row for row in csv.DictReader(file)}
    assert rows["broken_great_wave.png"]["photograph"] == str(photos / "broken.jpg")
    assert "'broken.jpg' is cut off" in rows["broken_great_wave.png"]["reason"]
    assert "was not painted by this course, so it is not overwritten" in rows["cat_great_wave.png"]["reason"]
    assert "is another picture, and is not overwritten" in rows["coffee_great_wave.png"]["reason"]
    assert (out / "cat_great_wave.png").read_bytes() == b"mine"
    assert (out / "coffee_great_wave.png").read_bytes() == mine

    shutil.copy(CONTENT_IMAGES / "temple.jpg", photos / "broken.jpg")
    (out / "cat_great_wave.png").unlink()
    (out / "coffee_great_wave.png").unlink()
    assert main(command) == 0
    assert len(names(out)) == 3 and not (out / "failures.csv").exists()


@pytest.mark.slow
def test_a_folder_that_fills_up(photos, tmp_path, capsys, monkeypatch):
    out, room = tmp_path / "out", [2]
    replace = os.replace

    def full(source, target):
        if str(target).endswith(".png"):
            if not room[0]:
                raise OSError(errno.ENOSPC, "No space left on device")
            room[0] -= 1
        replace(source, target)

    monkeypatch.setattr(saving.os, "replace", full)
    command = ["many", str(photos), "great_wave", "poppies", "-o", str(out), *SMALL]
    assert main(command) == 2
    said = capsys.readouterr().err
    assert "cannot be written: No space left on device." in said and "2 are missing" in said
    assert names(out) == ["cat_great_wave.png", "cat_poppies.png"]
    assert not list(out.glob(".*.part"))
    monkeypatch.undo()
    assert main(command) == 0
    assert len(names(out)) == 4


def started(*arguments, **options):
    """The command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "helpers", "many", *map(str, arguments)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def wait_for(condition, what):
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not in 120 s"
        time.sleep(0.05)


@pytest.mark.slow
def test_two_at_once_an_interrupt_and_a_kill(photos, tmp_path, capsys):
    out = tmp_path / "out"
    arguments = (photos, "great_wave", "poppies", "spring", "-o", out, "--size", "64", "--steps", "36")
    run = started(*arguments)
    wait_for(lambda: names(out), "a picture")
    assert main(["many", *map(str, arguments)]) == 2
    assert f"Another command paints into '{out}' now" in capsys.readouterr().err
    run.send_signal(signal.SIGTERM)  # as Ctrl-C, which a job in the background would ignore
    said = run.communicate(timeout=60)[1]
    assert run.returncode == 130 and "the same command goes on with them" in said and "Traceback" not in said
    before = contents(out)
    times = {name: (out / name).stat().st_mtime_ns for name in before}
    assert 0 < len(before) < 6 and (out / "index.html").exists() and not list(out.glob(".*.part"))

    run = started(*arguments)
    wait_for(lambda: len(names(out)) > len(before), "another picture")
    run.kill()
    run.communicate()
    (out / f".{'0f' * 16}.part").write_bytes(b"half a picture")
    (out / ".download.part").write_bytes(b"not ours")
    assert main(["many", *map(str, arguments)]) == 0
    assert len(names(out)) == 6 and [path.name for path in out.glob(".*.part")] == [".download.part"]
    assert all((out / name).stat().st_mtime_ns == written for name, written in times.items())


# --- The page ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sheet(tmp_path_factory):
    """A folder of four pictures, painted by two commands, one of them with a name that needs quoting."""
    folder = tmp_path_factory.mktemp("sheet")
    odd = folder / "photos" / "a <b> & 'c' #1.jpg"
    odd.parent.mkdir()
    shutil.copy(CONTENT_IMAGES / "coffee.jpg", odd)
    for photograph in ("cat", str(odd.parent)):
        assert main(["many", photograph, "great_wave", "poppies", "-o", str(folder / "out"), *SMALL]) == 0
    shutil.rmtree(odd.parent)
    return folder / "out"


@pytest.mark.slow
def test_the_page_shows_photographs_against_paintings(sheet, browser):
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_context(offline=True).new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((sheet / "index.html").as_uri())
    assert page.locator("thead th").all_inner_texts() == ["Great Wave", "Poppies"]
    assert page.locator("tbody th").all_inner_texts() == ["a <b> & 'c' #1", "Cat"]
    pictures = page.locator("td a img")
    assert [picture.get_attribute("alt") for picture in pictures.all()] == [
        f"{photo} in the style of {style}" for photo in ("a <b> & 'c' #1", "Cat") for style in ("Great Wave", "Poppies")
    ]
    page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth > 30)")
    assert page.locator("img").count() == 8
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    pictures.nth(1).click()
    assert page.url == (sheet / "a <b> & 'c' #1_poppies.png").as_uri()
    assert all(url.startswith("file:") for url in asked)


# --- A cluster --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What one thread paints, here; in a process of its own, because this one's TensorFlow has begun."""
    pytest.importorskip("distributed", reason="Dask is not installed (pip install -r requirements-many.txt)")
    out = tmp_path_factory.mktemp("expected")
    run = started("content_images", "great_wave", "-o", out, *SMALL, "--threads", "1")
    assert run.wait(120) == 0
    return contents(out)


class Dask:
    """A scheduler and workers, each a process of its own, on this machine."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self.scheduler = self.start("scheduler", "--host", "127.0.0.1", "--port", self.address.rpartition(":")[2])

    def start(self, kind, *arguments, **environment):
        return self._run(
            [sys.executable, "-m", "distributed.cli.dask_" + kind, *arguments, "--no-dashboard"], environment
        )

    def worker(self, cwd=ROOT, **environment):
        program = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            self.address,
            "--nthreads",
            "1",
            "--no-dashboard",
        ]
        return self._run([*program, "--no-nanny", "--local-directory", str(self.folder)], environment, cwd)

    def _run(self, program, environment, cwd=ROOT):
        log = open(self.folder / f"{len(self.processes)}.log", "w")  # noqa: SIM115  (closed with the process)
        process = subprocess.Popen(program, cwd=cwd, stderr=log, stdout=log, env=os.environ | environment)
        self.processes.append(process)
        return process

    def stop(self):
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def dask_processes(tmp_path):
    started = Dask(tmp_path)
    yield started
    started.stop()


@pytest.mark.slow
def test_two_workers_paint_the_same_pictures(expected, tmp_path):
    run = started("content_images", "great_wave", "-o", tmp_path / "out", *SMALL, "--workers", "2", "--threads", "1")
    said = run.communicate(timeout=300)[1]
    assert run.returncode == 0, said
    assert "2 workers. To watch them: http://127.0.0.1:" in said
    assert contents(tmp_path / "out") == expected


@pytest.mark.slow
def test_a_worker_that_dies_and_a_scheduler_that_is_gone(expected, tmp_path, dask_processes):
    out = tmp_path / "out"
    first = dask_processes.worker()
    dask_processes.worker()
    dask_processes.worker()
    styles = ("great_wave", "poppies", "spring")  # more than are with the scheduler at a time
    arguments = ("content_images", *styles, "-o", out, *SMALL, "--scheduler", dask_processes.address)
    run = started(*arguments)
    wait_for(lambda: names(out), "a picture")
    first.kill()  # the other one paints its pictures
    said = run.communicate(timeout=300)[1]
    assert run.returncode == 0, said
    assert len(names(out)) == 12 and expected.items() <= contents(out).items()

    for path in out.glob("*.png"):
        path.unlink()
    run = started(*arguments)
    wait_for(lambda: names(out), "a picture")
    dask_processes.scheduler.kill()
    said = run.communicate(timeout=120)[1]
    assert run.returncode == 2 and "Traceback" not in said, said
    assert f"The scheduler at {dask_processes.address} does not answer any more" in said
    assert "the same command goes on with them" in said
    assert 0 < len(names(out)) < 12 and not list(out.glob(".*.part"))


@pytest.mark.timeout(150)
@pytest.mark.slow
def test_a_cluster_that_cannot_paint_says_why(expected, tmp_path, dask_processes, capsys):
    out = tmp_path / "out"
    arguments = ["many", "cat", "great_wave", "-o", str(out), *SMALL, "--scheduler"]
    assert main([*arguments, "tcp://127.0.0.1:9"]) == 2
    assert "No scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err
    assert main([*arguments, "nonsense://here"]) == 2
    assert "No scheduler answers at nonsense://here" in capsys.readouterr().err

    other = tmp_path / "other"
    shutil.copytree(ROOT / "helpers", other / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    (other / "helpers" / "losses.py").write_text((ROOT / "helpers" / "losses.py").read_text() + "\n")
    worker = dask_processes.worker(cwd=other)
    assert main([*arguments, dask_processes.address]) == 2
    assert "its copy of the course is of another version" in capsys.readouterr().err
    worker.kill()
    worker.wait()
    dask_processes.worker(cwd=tmp_path)  # without the course
    assert main([*arguments, dask_processes.address]) == 2
    said = capsys.readouterr().err
    assert "cannot import the course (No module named 'helpers'): start it in the course's folder" in said
    assert not names(out)
