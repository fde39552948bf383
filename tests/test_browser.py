"""The studio in a real browser: JupyterLab, Notebook 7 and the classic Notebook 6, driven by Chromium.

The classic one stands for Colab: it shows the widgets of ipywidgets 7, and is tested in Colab's environment only
(`make test-colab`).

Everything happens in a copy of the project, so that nothing the browser saves reaches the real one. Screenshots are
kept in test-artifacts/.
"""

import base64
import hashlib
import http.client
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import nbformat
import numpy as np
import pytest
from chromium import SEEN_BY_THE_CAMERA, no_browser
from PIL import Image

from helpers.further import fast

ROOT = Path(__file__).resolve().parent.parent
ARTIFACTS = ROOT / "test-artifacts"
LESSON = "notebooks/08_generated_image.ipynb"
MINUTE = 60_000  # ms
pytestmark = [pytest.mark.slow, pytest.mark.colab]

# --- A browser, a server, a page --------------------------------------------------------------------------------------


def needs_notebook(major):
    """Notebook 7 stands beside JupyterLab, the classic Notebook 6 in Colab's environment: each test runs in one."""
    try:
        found = version("notebook")
    except PackageNotFoundError:
        no_browser("Jupyter's notebook is not installed (pip install -r requirements-test.txt)")
    if int(found.split(".")[0]) != major:
        pytest.skip(f"needs an environment with Notebook {major}; this one has Notebook {found}")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of what a student works with, and notebooks with nothing but the lesson's setup and studios.

    nbval runs the lesson's other cells.
    """
    copy = tmp_path_factory.mktemp("browser") / "project"
    for folder in ("helpers", "notebooks", "content_images", "styles_images"):
        shutil.copytree(
            ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        )
    (copy / "output_images").mkdir()
    lesson = nbformat.read(ROOT / LESSON, as_version=4)
    setup = next(cell for cell in lesson.cells if "setup" in cell.metadata.get("tags", []))
    setup.outputs, setup.execution_count = [], None

    def write(name, *sources):
        cells = [setup, *(nbformat.v4.new_code_cell(source) for source in sources)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=lesson.metadata), copy / "notebooks" / name)

    write(
        "lesson.ipynb",
        *(cell.source for cell in lesson.cells if "Studio()" in cell.source),
        "from helpers.images import CONTENT_IMAGES, load_image",
        *(cell.source for cell in lesson.cells if "Upload(" in cell.source),
    )
    write("studio.ipynb", "from helpers.studio import Studio\nstudio = Studio(size=256, steps=48)\nstudio")
    write(
        "demo.ipynb",
        "import numpy as np\nfrom ipywidgets import IntSlider, SelectionSlider\nfrom helpers import lesson",
        "def draw(layer, steps):\n    return np.full((64, 64, 3), 2.0 * steps), f'{layer} after {steps} steps'",
        "lesson.explore(\n    draw,\n"
        "    layer=SelectionSlider(options=['block1', 'block2'], description='Layer'),\n"
        "    steps=IntSlider(20, description='Steps'),\n)",
    )
    write(
        "two.ipynb",
        "from helpers.studio import Studio",
        "Studio(size=64, steps=400)",
        "Studio(size=64, steps=400)",
    )
    return copy


class Server:
    """JupyterLab or a Notebook, bound to this machine, without a token, with folders of its own."""

    def __init__(self, application, project, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        settings = folder / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
        module, name = {
            "lab": ("jupyterlab", "LabApp"),
            "notebook": ("notebook", "JupyterNotebookApp"),
            "classic": ("notebook", "NotebookApp"),
        }[application]
        options = {"ip": "127.0.0.1", "port": self.port, "port_retries": 0}
        if application == "classic":
            options |= {"token": "", "password": "", "notebook_dir": project}
            options = {f"NotebookApp.{option}": value for option, value in options.items()}
        else:
            options = {f"ServerApp.{option}": value for option, value in (options | {"root_dir": project}).items()} | {
                "IdentityProvider.token": "",
                "PasswordIdentityProvider.hashed_password": "",
                f"{name}.expose_app_in_browser": True,
                f"{name}.workspaces_dir": folder / "workspaces",
                f"{name}.user_settings_dir": folder / "settings",
            }
        folders = {f"JUPYTER_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
        self.log = open(folder / "server.log", "w+")  # noqa: SIM115  (closed in stop)
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", module, "--no-browser", "--allow-root"),
                *(f"--{option}={value}" for option, value in options.items()),
            ],
            stdout=self.log,
            stderr=subprocess.STDOUT,
            env=os.environ | folders | {"IPYTHONDIR": str(folder / "ipython")},
        )
        self.address = f"http://127.0.0.1:{self.port}"
        for _ in range(240):
            try:
                return self.ask("/api/status") and None
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.25)
        self.stop()
        pytest.fail(f"{module} did not start:\n{(folder / 'server.log').read_text()[-3000:]}")

    def ask(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


def serve(application, major, project, factory):
    needs_notebook(major)
    server = Server(application, project, factory.mktemp(application))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def lab(browser, project, tmp_path_factory):
    yield from serve("lab", 7, project, tmp_path_factory)


@pytest.fixture(scope="module")
def notebook7(browser, project, tmp_path_factory):
    yield from serve("notebook", 7, project, tmp_path_factory)


@pytest.fixture(scope="module")
def classic(browser, project, tmp_path_factory):
    yield from serve("classic", 6, project, tmp_path_factory)


@pytest.fixture
def page(browser, request):
    """An empty page. In JupyterLab an exception in its scripts fails the test (Notebook 7 throws some of its own)."""
    ARTIFACTS.mkdir(exist_ok=True)
    page = browser.new_page(viewport={"width": 1000, "height": 1500})
    page.set_default_timeout(MINUTE)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    if not page.is_closed():
        page.screenshot(path=ARTIFACTS / f"last-{request.node.name}.png")
        page.close()
    assert not errors or "lab" not in request.fixturenames


def open_and_run(page, address):
    """Open a notebook, and press Run All. In JupyterLab, each in a workspace of its own: no other tab is restored."""
    page.goto(address)
    page.wait_for_function("window.jupyterapp && window.jupyterapp.commands.hasCommand('notebook:run-all-cells')")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.evaluate("window.jupyterapp.restored")
    # The kernel has to be there, or Run All would open a dialog.
    page.wait_for_function(
        """() => {
            const panel = window.jupyterapp.shell.currentWidget;
            return panel && panel.sessionContext && panel.sessionContext.session?.kernel?.status === 'idle';
        }"""
    )
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")


def open_and_run_in_classic(page, address):
    """The same in the classic Notebook, whose widgets need their manager before the first one is made."""
    page.goto(address)
    page.wait_for_function(
        "window.Jupyter?.notebook?._fully_loaded && Jupyter.notebook.kernel?.widget_manager"
        " && Jupyter.notebook.kernel.is_connected()"
    )
    # It first asks the kernel for older widgets. If it gets the answer when cells have run, it clears their outputs
    # (https://github.com/jupyter-widgets/ipywidgets/issues/3770).
    page.wait_for_timeout(3000)
    page.evaluate("Jupyter.notebook.execute_all_cells()")


class StudioOnPage:
    """What a person does with one studio, and sees of it."""

    def __init__(self, page, number=0):
        self.page = page
        self.whole = page.locator(".studio").nth(number)
        self.easel = self.whole.locator(".easel")
        self.canvas = self.easel.locator("canvas")

    def find(self, selector):
        return self.whole.locator(selector)

    def wait_for_status(self, text, minutes=1):
        self.easel.locator("[role=status]").get_by_text(text).wait_for(timeout=minutes * MINUTE)

    def wait_until_shown(self, minutes=1):
        self.wait_for_status("Press Paint", minutes)
        self.whole.scroll_into_view_if_needed()

    def press_play(self):
        self.find(".play").click()

    def step(self):
        return int(self.easel.get_attribute("data-step") or 0)

    def weights(self):
        """What the picture that is shown was painted with."""
        return json.loads(self.easel.get_attribute("data-weights"))

    def wait_for_step(self, least):
        deadline = time.monotonic() + 180  # the first one waits until the cells below the studio are done
        while self.step() < least:
            assert time.monotonic() < deadline, f"no step {least} in 180 s: {self.easel.inner_text()}"
            time.sleep(0.1)

    def wait_for_caption(self, text):
        self.find(".caption").get_by_text(text).wait_for()

    def picture(self):
        """A digest of what the canvas shows."""
        return hashlib.sha256(self.canvas.evaluate("canvas => canvas.toDataURL()").encode()).hexdigest()

    def portrait(self):
        return self.canvas.evaluate("canvas => canvas.height > canvas.width")

    def handle(self, weight):
        return self.find(f".studio-weight-{weight} [role=slider]")

    def move(self, weight, key, times=1):
        """Move a slider with the keyboard."""
        self.handle(weight).focus()
        for _ in range(times):
            self.handle(weight).press(key)

    def upload(self, name, data):
        self.find("input[type=file][multiple]").set_input_files(
            {"name": name, "mimeType": "image/jpeg", "buffer": data}
        )


def photo_from_a_phone():
    """24 megapixels, upright only with its EXIF data; more than Jupyter's limit of 10 MB for a message."""
    exif = Image.Exif()
    exif[0x0112] = 6  # "the camera was held upright"
    buffer = io.BytesIO()
    photo = Image.open(ROOT / "content_images" / "temple.jpg").resize((6000, 4000))
    noise = Image.effect_noise(photo.size, 40)
    Image.blend(photo, Image.merge("RGB", (noise,) * 3), 0.4).save(buffer, "JPEG", quality=95, exif=exif)
    assert len(buffer.getvalue()) > 10_485_760
    return buffer.getvalue()


# --- The tests --------------------------------------------------------------------------------------------------------


def paint_move_a_slider_and_pause(studio):
    before = studio.picture()
    studio.press_play()
    studio.wait_for_step(2)
    assert studio.picture() != before
    first = studio.weights()
    assert (first["content"], first["style"], first["total_variation"]) == (0.05, 1.0, 0.7)

    # A moved slider is used by the next step: the pictures before have the old weight, those after it the new one.
    old, seen = studio.weights()["style"], studio.step()
    studio.move("style", "ArrowRight", times=3)
    studio.wait_for_step(seen + 3)
    assert studio.weights()["style"] > old

    # It is used while it is dragged: several weights in one movement of the mouse.
    handle, mouse, used = studio.handle("content"), studio.page.mouse, set()
    box = handle.bounding_box()
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    for pixels in range(4, 60, 4):
        mouse.move(box["x"] + box["width"] / 2 + pixels, box["y"] + box["height"] / 2)
        studio.page.wait_for_timeout(250)
        used.add(studio.weights()["content"])
    mouse.up()
    assert len(used) > 2

    studio.press_play()
    studio.find(".play").get_by_text("Paint").wait_for()
    studio.page.wait_for_timeout(3000)
    stopped = (studio.step(), studio.picture())
    studio.page.wait_for_timeout(3000)
    assert (studio.step(), studio.picture()) == stopped


def upload_a_photo_and_a_text(studio):
    assert not studio.portrait()
    studio.upload("notes.jpg", b"This is a text, not a picture.")
    studio.wait_for_status("The browser cannot read notes.jpg. Save it as JPEG or PNG and try again.")
    studio.upload("my temple.jpg", photo_from_a_phone())
    studio.find("legend b").get_by_text("My Temple").wait_for()
    studio.wait_for_status("Press Paint")
    assert studio.portrait() and studio.step() == 0
    before = studio.picture()
    studio.press_play()
    studio.wait_for_step(2)
    assert studio.portrait() and studio.picture() != before


def test_lesson_8_in_jupyterlab(lab, page, project):
    open_and_run(page, f"{lab.address}/lab/workspaces/lesson/tree/notebooks/lesson.ipynb")
    studio = StudioOnPage(page)
    studio.wait_until_shown(minutes=2)
    paint_move_a_slider_and_pause(studio)
    step, now = studio.step(), studio.picture()

    # A press on the picture shows the content image as long as it is held.
    studio.canvas.hover()
    page.mouse.down()
    content = studio.picture()
    page.mouse.up()
    assert content != now == studio.picture()

    # The divider, by mouse and by arrow keys.
    studio.find(".compare").select_option("content")
    page.wait_for_function("document.querySelector('.studio canvas').classList.contains('divided')")
    half = studio.picture()
    studio.canvas.hover(position={"x": 40, "y": 40})
    page.mouse.down()
    page.mouse.up()
    assert len({half, studio.picture(), now}) == 3
    studio.canvas.press("Home")
    assert studio.picture() == now
    studio.canvas.press("ArrowRight")
    assert studio.picture() != now
    studio.find(".compare").select_option("")
    page.wait_for_function("!document.querySelector('.studio canvas').classList.contains('divided')")

    # 200 %: each pixel of the picture is two on the screen.
    studio.find(".zoom").select_option("2")
    assert studio.canvas.evaluate("canvas => canvas.clientWidth * devicePixelRatio / canvas.width") == 2
    studio.find(".zoom").select_option("0")

    # Back in the history.
    studio.find(".history").press("Home")
    studio.wait_for_caption("Looking back: the start")
    assert studio.picture() != now and studio.step() == 0
    studio.find(".history").press("End")
    studio.wait_for_caption(f"Now: step {step}")
    assert studio.picture() == now

    # Another painting is chosen, and the one before comes back from the strip.
    studio.find("[data-group=style] label[title=Poppies]").click()
    studio.find("legend b").get_by_text("Poppies").wait_for()
    studio.wait_for_status("Press Paint")
    studio.find(".blend").check()
    studio.find("[data-group=style] label[title='Composition VIII']").click()
    studio.find("legend b").get_by_text("Composition VIII, Poppies").wait_for()
    studio.find("label").get_by_text("Share of Poppies").wait_for()
    studio.find(".blend").uncheck()  # the one that was chosen first stays
    studio.find("legend b").get_by_text("Poppies", exact=True).wait_for()
    studio.find(".runs button").first.click()
    studio.wait_for_caption(f"Now: step {step}")
    assert studio.picture() == now

    # Save, and download the same file. It holds its recipe.
    studio.find(".save").first.click()
    studio.wait_for_status(f"Saved step {step} as output_images/cat_great_wave.png")
    with page.expect_download() as download:
        studio.find(".link").get_by_role("link").click()
    saved = project / "output_images" / "cat_great_wave.png"
    assert Path(download.value.path()).read_bytes() == saved.read_bytes()
    assert max(Image.open(saved).size) == 256
    assert json.loads(Image.open(saved).text["art-style-transfer"])["step"] == step
    studio.find(".show-code").click()
    studio.find(".code pre").get_by_text("transfer = StyleTransfer(").wait_for()

    # Another picture. The painting before is on the strip, and comes back as it was.
    upload_a_photo_and_a_text(studio)
    studio.find(".runs button").first.click()
    studio.wait_for_caption(f"Now: step {step}")
    assert studio.picture() == now and not studio.portrait()
    assert studio.find("legend b").first.inner_text() == "Cat"

    # The lesson's own button.
    button = page.locator(".studio-easel").filter(has_text="Choose your picture")
    button.locator("input[type=file]").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo_from_a_phone()}
    )
    button.get_by_text("Thank you.").wait_for()
    assert button.locator("img").evaluate("async image => { await image.decode(); return image.height > image.width; }")

    # With the page closed, nothing goes on.
    studio.press_play()
    studio.wait_for_step(step + 1)
    page.close()
    wait_until_idle(lab)


def wait_until_idle(server):
    deadline = time.monotonic() + 60
    while works(server):
        assert time.monotonic() < deadline, "a kernel still works after a minute"


def works(server):
    """Whether a kernel does anything within four seconds."""

    def activity():
        return [(kernel["execution_state"], kernel["last_activity"]) for kernel in server.ask("/api/kernels")]

    before = activity()
    time.sleep(4)
    return activity() != before


def test_what_is_shown_is_true_after_a_rerun_a_reload_and_a_restart(lab, page):
    wait_until_idle(lab)
    open_and_run(page, f"{lab.address}/lab/workspaces/true/tree/notebooks/two.ipynb")
    studio = StudioOnPage(page)
    studio.wait_until_shown(minutes=2)
    studio.press_play()
    studio.wait_for_step(2)

    # The cells are run once more: the studio that was painting is gone, and paints no more.
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    studio.wait_until_shown(minutes=2)
    assert studio.step() == 0
    wait_until_idle(lab)

    # The page is loaded again while it paints: the picture is there, and it goes on.
    studio.press_play()
    studio.wait_for_step(2)
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    seen = studio.step()
    page.reload()
    studio.wait_for_step(seen + 2)
    assert studio.find(".play").inner_text() == "Pause"

    # The kernel is restarted while it paints.
    page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.locator(".studio").get_by_text("run this cell again", exact=False).first.wait_for()
    words = studio.whole.evaluate("studio => getComputedStyle(studio, '::before').content")
    assert words == '"The kernel was restarted. Run this cell again."'


def test_lesson_8_in_notebook_7(notebook7, page):
    open_and_run(page, f"{notebook7.address}/notebooks/notebooks/lesson.ipynb")
    studio = StudioOnPage(page)
    studio.wait_until_shown(minutes=2)
    paint_move_a_slider_and_pause(studio)


def test_lesson_8_in_the_classic_notebook(classic, page):
    open_and_run_in_classic(page, f"{classic.address}/notebooks/notebooks/lesson.ipynb")
    studio = StudioOnPage(page)
    studio.wait_until_shown(minutes=3)
    paint_move_a_slider_and_pause(studio)
    for width in (1000, 400):
        page.set_viewport_size({"width": width, "height": 1900})
        page.wait_for_timeout(1000)
        studio.whole.screenshot(path=ARTIFACTS / f"studio-{width}-classic.png")
        assert sticking_out(studio.whole) == []
    upload_a_photo_and_a_text(studio)


def test_two_studios_in_one_notebook_do_not_disturb_each_other(lab, page):
    open_and_run(page, f"{lab.address}/lab/workspaces/two/tree/notebooks/two.ipynb")
    first, second = StudioOnPage(page, 0), StudioOnPage(page, 1)
    first.wait_until_shown(minutes=2)
    second.wait_until_shown()
    still = second.picture()
    first.press_play()
    first.wait_for_step(3)
    assert second.step() == 0 and second.picture() == still
    second.press_play()  # both paint at once
    second.wait_for_step(3)
    seen = first.step()
    first.wait_for_step(seen + 2)
    first.press_play()
    page.wait_for_timeout(2000)
    stopped, seen = first.step(), second.step()
    second.wait_for_step(seen + 2)
    assert first.step() == stopped
    second.press_play()


def test_layout_and_keyboard(lab, page):
    """In light and dark, at several widths: nothing sticks out, axe finds nothing, and the keys stay in the studio."""
    open_and_run(page, f"{lab.address}/lab/workspaces/layout/tree/notebooks/studio.ipynb")
    studio = StudioOnPage(page)
    studio.wait_until_shown(minutes=2)
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")

    # A letter or an arrow on a control is no command of JupyterLab, which would cut the cell or change its kind.
    cells = page.locator(".jp-Notebook .jp-Cell")
    before = cells.count()
    for control in (studio.find(".again"), studio.handle("style"), studio.find(".zoom"), studio.canvas):
        control.focus()
        assert control.evaluate("control => control === document.activeElement")
        for key in ("x", "m", "a"):
            page.keyboard.press(key)
    assert cells.count() == before and page.locator(".jp-MarkdownCell").count() == 0
    studio.find(".play").focus()
    page.keyboard.press("Enter")
    studio.wait_for_step(6)
    studio.move("style", "ArrowRight", times=2)
    studio.wait_for_status("Since step")

    # On a small laptop's screen the picture, Paint and the three weights are seen together.
    page.set_viewport_size({"width": 1280, "height": 720})
    page.wait_for_timeout(500)
    studio.find(".choosers").scroll_into_view_if_needed()
    studio.find(".choosers").evaluate("element => element.scrollIntoView()")
    page.wait_for_timeout(500)
    page.screenshot(path=ARTIFACTS / "studio-1280x720.png")
    room = page.locator(".jp-WindowedPanel-outer").bounding_box()
    for part in (studio.canvas, studio.find(".play"), *map(studio.handle, ("content", "style", "total-variation"))):
        box = part.bounding_box()
        assert box["y"] >= room["y"]
        assert box["y"] + box["height"] <= room["y"] + room["height"]

    studio.wait_for_status("Done", minutes=4)
    page.set_viewport_size({"width": 1100, "height": 1000})
    page.wait_for_timeout(1000)
    studio.whole.screenshot(path=ARTIFACTS / "studio.jpg", type="jpeg", quality=60)  # for notebooks/figures
    studio.find(".studio-show-layers").click()
    studio.find(".studio-show-plan").click()
    studio.find(".show-brush").click()
    for theme in ("Light", "Dark"):
        page.evaluate(f"window.jupyterapp.commands.execute('apputils:change-theme', {{theme: 'JupyterLab {theme}'}})")
        page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(theme == 'Light').lower()}'")
        for width in (1280, 700, 400):
            page.set_viewport_size({"width": width, "height": 2200})
            page.wait_for_timeout(1000)
            studio.whole.scroll_into_view_if_needed()
            studio.whole.screenshot(path=ARTIFACTS / f"studio-{width}-{theme.lower()}.png")
            assert sticking_out(studio.whole) == []
        assert serious(page) == []


def test_the_brush(lab, page, project):
    """A mask is painted with mouse, pen and finger, taken back, saved, loaded, and painted through."""
    open_and_run(page, f"{lab.address}/lab/workspaces/brush/tree/notebooks/studio.ipynb")
    studio = StudioOnPage(page)
    studio.wait_until_shown(minutes=2)
    photograph = pixels_of(studio)

    def veil(x, y):
        """How opaque the veil is at a place, 0 to 1: for the rest there is the photograph."""
        now, before = (patch(picture, x, y) for picture in (pixels_of(studio), photograph))
        color = np.array([213, 94, 0]) - before
        return (now - before) @ color / (color @ color)

    studio.find(".show-brush").click()
    page.wait_for_function("document.querySelector('.studio canvas').classList.contains('masked')")
    assert studio.canvas.evaluate("canvas => Math.max(canvas.width, canvas.height)") == 768
    studio.wait_for_status("Without a mask it goes everywhere.")
    assert abs(veil(0.5, 0.5)) < 0.05

    box = studio.canvas.bounding_box()
    at = {
        (x, y): {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        for x in (0.2, 0.4)
        for y in (0.3, 0.6, 0.8)
    }
    devtools = page.context.new_cdp_session(page)

    def mouse(kind, place, **more):
        devtools.send("Input.dispatchMouseEvent", {"type": kind, "button": "left", "clickCount": 1, **place, **more})

    def stroke_with_mouse(start, end):
        for kind, place in (("mousePressed", start), ("mouseMoved", end), ("mouseReleased", end)):
            mouse(kind, place, buttons=int(kind != "mouseReleased"))

    stroke_with_mouse(at[0.2, 0.3], at[0.4, 0.3])
    studio.wait_for_status("Great Wave goes where the veil is. Press Paint.")
    assert veil(0.3, 0.3) > 0.4 and veil(0.3, 0.8) < 0.05 > veil(0.8, 0.3)

    for kind, place in (("mousePressed", at[0.2, 0.6]), ("mouseMoved", at[0.4, 0.6]), ("mouseReleased", at[0.4, 0.6])):
        mouse(kind, place, buttons=int(kind != "mouseReleased"), pointerType="pen")
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.wait_for_timeout(1000)  # a busy browser takes a while to turn it on, and forgets touches when it is turned off
    for kind, points in (("touchStart", [at[0.2, 0.8]]), ("touchMove", [at[0.4, 0.8]]), ("touchEnd", [])):
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(300)
    eventually(lambda: min(veil(0.3, y) for y in (0.3, 0.6, 0.8)) > 0.4)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})

    studio.find(".erase").check()
    stroke_with_mouse(at[0.2, 0.6], at[0.4, 0.6])
    eventually(lambda: veil(0.3, 0.6) < 0.05)
    for expected in ((1, 1, 1), (1, 1, 0), (1, 0, 0)):  # what was erased, by finger and by pen
        studio.find(".undo").click()
        eventually(lambda expected=expected: [round(veil(0.3, y) / 0.5) for y in (0.3, 0.6, 0.8)] == list(expected))
    studio.find(".undo").click()
    studio.wait_for_status("Great Wave goes everywhere.")
    assert abs(veil(0.5, 0.5)) < 0.05 and studio.find(".undo").is_disabled()

    # Without a pointer: a ready mask by keyboard, and its inverse.
    studio.find(".ready").select_option("left half")
    studio.wait_for_status("goes where the veil is")
    assert veil(0.25, 0.5) > 0.4 and veil(0.75, 0.5) < 0.05
    studio.find(".invert").click()
    eventually(lambda: veil(0.25, 0.5) < 0.05 and veil(0.75, 0.5) > 0.4)
    studio.find(".save-mask").click()
    studio.wait_for_status("Saved the mask as output_images/cat_great_wave_mask.png.")
    saved = Image.open(project / "output_images" / "cat_great_wave_mask.png").convert("L")
    assert saved.getpixel((100, 200)) == 0 and saved.getpixel((saved.width - 100, 200)) == 255
    studio.find(".none").click()
    studio.wait_for_status("Great Wave goes everywhere.")
    studio.find(".load").set_input_files(project / "output_images" / "cat_great_wave_mask.png")
    studio.wait_for_status("goes where the veil is")
    assert veil(0.25, 0.5) < 0.05 and veil(0.75, 0.5) > 0.4
    studio.whole.screenshot(path=ARTIFACTS / "studio-brush.png")

    studio.find(".show-brush").click()
    page.wait_for_function("!document.querySelector('.studio canvas').classList.contains('masked')")
    np.testing.assert_array_equal(pixels_of(studio), photograph)
    studio.find(".show-brush").click()  # Paint closes it
    studio.press_play()
    studio.wait_for_step(3)
    studio.press_play()
    page.wait_for_timeout(2000)
    painted = pixels_of(studio)  # at the first scale's size
    before = Image.fromarray(photograph.astype(np.uint8)).resize(painted.shape[1::-1], Image.Resampling.LANCZOS)
    changed = np.abs(painted - before).mean(axis=(0, 2))
    width = len(changed)
    assert 3 * changed[: int(0.4 * width)].mean() < changed[int(0.6 * width) :].mean()

    # The kernel knows the mask: it is there when the page is loaded again.
    studio.find(".show-brush").click()
    studio.find(".none").click()
    studio.find(".ready").select_option("left half")
    studio.wait_for_status("goes where the veil is")
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    studio.wait_until_shown(minutes=2)
    studio.find(".show-brush").click()
    eventually(lambda: veil(0.25, 0.5) > 0.4 and veil(0.75, 0.5) < 0.05)


def test_the_camera(lab, page):
    """What a camera sees is painted while one looks, and nothing of it stays; without a camera there is a sentence."""
    open_and_run(page, f"{lab.address}/lab/workspaces/camera/tree/notebooks/studio.ipynb")
    studio = StudioOnPage(page)
    studio.wait_until_shown(minutes=2)
    still, caption = studio.picture(), studio.find(".caption").inner_text()
    camera = studio.find(".camera")

    camera.click()  # the browser has not been told that it may
    studio.wait_for_status("The camera may not be used. Allow it for this page")
    assert camera.inner_text() == "Camera"

    page.context.grant_permissions(["camera"], origin=lab.address)
    camera.click()
    studio.wait_for_caption("by a network that has learned The Great Wave")
    studio.wait_for_status("The pictures do not leave this computer, and none is saved.")
    speed = studio.find(".caption").get_by_text(re.compile(r"\d+ pictures per second"))
    speed.wait_for()
    print(speed.inner_text())
    seen = np.asarray(Image.open(SEEN_BY_THE_CAMERA).convert("RGB").resize((640, 480)).resize((256, 192)))[:, ::-1]
    network = fast.load(fast.NETWORKS / "great_wave.npz")
    painted = pixels_of(studio)
    assert painted.shape == seen.shape
    assert np.abs(painted - fast.paint(network, seen)).mean() < 10 < np.abs(painted - seen).mean()
    studio.whole.screenshot(path=ARTIFACTS / "studio-camera.png")

    studio.canvas.hover()
    page.mouse.down()  # what the camera sees, in a mirror
    page.wait_for_timeout(500)
    assert np.abs(pixels_of(studio) - seen).mean() < 6
    page.mouse.up()
    studio.canvas.focus()
    page.keyboard.down(" ")  # and without a mouse
    page.wait_for_timeout(500)
    assert np.abs(pixels_of(studio) - seen).mean() < 6
    page.keyboard.up(" ")

    camera.click()
    studio.wait_for_status("The camera is off. Nothing of it was kept.")
    assert studio.picture() == still and studio.find(".caption").inner_text() == caption

    camera.click()
    studio.wait_for_caption("Live")
    studio.press_play()  # it paints the cat, and the camera goes off
    studio.wait_for_step(2)
    assert camera.inner_text() == "Camera" and "step" in studio.find(".caption").inner_text()
    camera.click()  # and the other way round
    studio.wait_for_caption("Live")
    studio.find(".play").get_by_text("Paint").wait_for()
    page.wait_for_timeout(3000)  # the step that was being made
    step = studio.step()
    page.wait_for_timeout(2000)
    assert studio.step() == step and "Live" in studio.find(".caption").inner_text()
    camera.click()

    # Pulled out, behind another tab, or pressed many times: it is off, and the light with it.
    light = "() => window.tracks.every(track => track.readyState === 'ended')"
    page.evaluate(
        """() => {
            const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            window.tracks = [];
            navigator.mediaDevices.getUserMedia = async (wanted) => {
                const stream = await get(wanted);
                window.tracks.push(...stream.getTracks());
                return stream;
            };
        }"""
    )
    for end in (
        "window.tracks.at(-1).dispatchEvent(new Event('ended'))",
        "document.querySelector('.jp-Notebook').style.display = 'none'",
    ):
        camera.click()
        studio.wait_for_caption("Live")
        page.evaluate(end)
        page.wait_for_function(light)
        page.evaluate("document.querySelector('.jp-Notebook').style.display = ''")
        studio.wait_for_status("The camera is off. Nothing of it was kept.")
        assert "step" in studio.find(".caption").inner_text()
    for _ in range(5):
        camera.click()
        page.wait_for_timeout(300)
    studio.wait_for_caption("Live")
    camera.click()
    page.wait_for_function(light)

    for why, sentence in (("NotFoundError", "No camera was found."), ("NotReadableError", "Close other programs")):
        refuse = "name => navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', name); }"
        page.evaluate(refuse, why)
        camera.click()
        studio.wait_for_status(sentence)
    page.evaluate("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    camera.click()
    studio.wait_for_status("A browser lets only pages from https or from this computer use it.")


def eventually(condition):
    """Wait until it holds: the browser draws when it has time."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def pixels_of(studio):
    """What the canvas shows, (height, width, 3), 0..255."""
    height, width, values = studio.canvas.evaluate(
        """canvas => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return [canvas.height, canvas.width, btoa(Array.from(data, value => String.fromCharCode(value)).join(""))];
        }"""
    )
    return np.frombuffer(base64.b64decode(values), np.uint8).reshape(height, width, 4)[..., :3].astype(float)


def patch(picture, x, y):
    """The mean color around a place, given in shares of the width and height."""
    height, width = picture.shape[:2]
    top, left, side = round(y * height), round(x * width), round(0.015 * width)
    return picture[top - side : top + side, left - side : left + side].mean(axis=(0, 1))


def test_a_demo_has_names_and_values_and_keeps_its_keys(lab, page):
    open_and_run(page, f"{lab.address}/lab/workspaces/demo/tree/notebooks/demo.ipynb")
    layer, steps = (page.get_by_role("slider", name=name) for name in ("Layer", "Steps"))
    layer.wait_for(timeout=2 * MINUTE)
    assert layer.get_attribute("aria-valuetext") == "block1"
    assert steps.get_attribute("aria-valuetext") == "20"
    page.get_by_alt_text("block1 after 20 steps").wait_for()
    cells = page.locator(".jp-Notebook .jp-Cell")
    before = cells.count()
    steps.focus()
    page.keyboard.press("x")
    assert cells.count() == before
    layer.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_alt_text("block2 after 20 steps").wait_for()
    assert layer.get_attribute("aria-valuetext") == "block2"
    assert serious(page, ".named-controls") == []


def serious(page, part=".studio"):
    """What axe-core finds in a part of the page that would keep somebody from using it."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=part).response["violations"]
    return [
        (violation["id"], [node["html"][:160] for node in violation["nodes"]])
        for violation in found
        if violation["impact"] in ("serious", "critical")
    ]


def sticking_out(whole):
    """What is drawn beyond the studio's left or right edge, or has its text cut off."""
    return whole.evaluate(
        """studio => {
            const edge = studio.getBoundingClientRect();
            const scrolled = element => element.closest('.thumbs, .runs, .stage');
            return [...studio.querySelectorAll(
                'button, img, canvas, input, select, label, [role=slider], progress, a')]
                .filter(element => {
                    const box = element.getBoundingClientRect();
                    const cut = element.matches('button, label') && element.scrollWidth > element.clientWidth + 1;
                    const out = box.left < edge.left - 1 || box.right > edge.right + 1;
                    return box.width && !scrolled(element) && (out || cut);
                })
                .map(element => element.outerHTML.slice(0, 120));
        }"""
    )
