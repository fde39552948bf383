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
import shutil
import socket
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import nbformat
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
ARTIFACTS = ROOT / "test-artifacts"
LESSON = "notebooks/08_generated_image.ipynb"
MINUTE = 60_000  # ms
pytestmark = [pytest.mark.slow, pytest.mark.colab]
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# --- A browser, a server, a page --------------------------------------------------------------------------------------


def no_browser(reason):
    """Skip on a person's machine; in CI, the browser tests must not be lost unnoticed."""
    if os.environ.get("CI"):
        pytest.fail(f"the browser tests cannot run in CI: {reason}")
    pytest.skip(f"no browser test: {reason}")


def needs_notebook(major):
    """Notebook 7 stands beside JupyterLab, the classic Notebook 6 in Colab's environment: each test runs in one."""
    try:
        found = version("notebook")
    except PackageNotFoundError:
        no_browser("Jupyter's notebook is not installed (pip install -r requirements-test.txt)")
    if int(found.split(".")[0]) != major:
        pytest.skip(f"needs an environment with Notebook {major}; this one has Notebook {found}")


@pytest.fixture(scope="module")
def browser():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        no_browser("Python's playwright is not installed (pip install playwright)")
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        found = shutil.which("chromium") or shutil.which("chromium-browser") or (own if Path(own).exists() else None)
        if found is None:
            no_browser("there is no Chromium (apt install chromium, or playwright install chromium)")
        chromium = playwright.chromium.launch(executable_path=found, args=CHROMIUM_OPTIONS)
        yield chromium
        chromium.close()


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

    write("lesson.ipynb", *(cell.source for cell in lesson.cells if "Studio(" in cell.source))
    write("studio.ipynb", "from helpers.studio import Studio\nstudio = Studio(size=256, steps=60)\nstudio")
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

    def find(self, name):
        return self.whole.locator(f".studio-{name}")

    def wait_until_shown(self, minutes=1):
        self.find("status").get_by_text("Press Paint").wait_for(timeout=minutes * MINUTE)
        self.whole.scroll_into_view_if_needed()

    def press_play(self):
        self.find("play").locator("button:visible").click()

    def wait_for_status(self, text, minutes=1):
        self.find("status").get_by_text(text).wait_for(timeout=minutes * MINUTE)

    def step(self):
        """The number in "Step 12 of 100"."""
        words = self.find("progress").inner_text().split()
        return int(words[1]) if words[0] == "Step" else 0

    def wait_for_step(self, least):
        deadline = time.monotonic() + 180  # the first one waits until the cells below the studio are done
        while self.step() < least:
            assert time.monotonic() < deadline, f"no step {least} in 180 s: {self.find('status').inner_text()}"
            time.sleep(0.1)

    def picture(self):
        """A digest of the picture's bytes as the browser has them."""
        data = self.find("picture").evaluate(
            """async image => {
                for (;;) {
                    try {
                        const blob = await (await fetch(image.src)).blob();
                        return await new Promise(done => {
                            const reader = new FileReader();
                            reader.onload = () => done(reader.result);
                            reader.readAsDataURL(blob);
                        });
                    } catch { await new Promise(later => setTimeout(later, 50)); }  // was just replaced
                }
            }"""
        )
        raw = base64.b64decode(data.split(",")[1])
        Image.open(io.BytesIO(raw)).load()
        return hashlib.sha256(raw).hexdigest()

    def move(self, css_class, key, times=1):
        """Move a slider with the keyboard."""
        handle = self.find(css_class).locator("[role=slider], .ui-slider-handle")
        handle.focus()
        for _ in range(times):
            handle.press(key)

    def upload(self, chooser, name, data):
        with self.page.expect_file_chooser() as opened:  # the input is not part of the page
            self.find(chooser).locator(".studio-upload").click()
        opened.value.set_files({"name": name, "mimeType": "image/jpeg", "buffer": data})


# --- The tests --------------------------------------------------------------------------------------------------------


def paint_move_a_slider_and_pause(studio):
    # The picture is painted.
    before = studio.picture()
    studio.press_play()
    studio.wait_for_step(2)
    assert studio.picture() != before

    # A moved slider is used by the next step: its number is at most two above the last one seen.
    seen = studio.step()
    studio.move("weight-style", "ArrowRight", times=3)
    studio.wait_for_status("used style weight")
    used = int(studio.find("status").inner_text().split()[1])
    assert seen < used <= seen + 3
    studio.wait_for_step(used + 2)

    # Pause.
    studio.press_play()
    studio.wait_for_status("Paused")
    stopped = (studio.step(), studio.picture())
    time.sleep(3)
    assert (studio.step(), studio.picture()) == stopped


def test_lesson_8_in_jupyterlab(lab, page, project):
    open_and_run(page, f"{lab.address}/lab/workspaces/lesson/tree/notebooks/lesson.ipynb")
    studio = StudioOnPage(page)
    studio.wait_until_shown(minutes=2)

    paint_move_a_slider_and_pause(studio)
    step, now = studio.step(), studio.picture()

    # Back in the history, and before/after.
    studio.move("past", "Home")
    studio.find("caption").get_by_text("Looking back: the start").wait_for()
    start = studio.picture()
    assert start != now
    studio.find("compare").click()
    studio.find("caption").get_by_text("Left of the line: the start").wait_for()
    assert studio.picture() not in (start, now)
    studio.find("compare").click()
    studio.move("past", "End")
    studio.find("caption").get_by_text(f"Now: step {step}").wait_for()
    assert studio.picture() == now

    # Save, and download the same file.
    studio.find("save").click()
    studio.wait_for_status("Saved as output_images/cat_great_wave.png")
    with page.expect_download() as download:
        studio.find("link").get_by_role("link").click()
    saved = project / "output_images" / "cat_great_wave.png"
    assert Path(download.value.path()).read_bytes() == saved.read_bytes()
    assert max(Image.open(saved).size) == 256

    # An upload that is no picture, and one that is; the studio paints afterwards.
    studio.upload("content", "notes.jpg", b"This is a text, not a picture.")
    studio.wait_for_status("'notes.jpg' is not a picture")
    assert studio.step() == step
    studio.upload("content", "my temple.jpg", (ROOT / "content_images" / "temple.jpg").read_bytes())
    studio.find("sources").get_by_text("My Temple").wait_for()
    assert studio.step() == 0
    before = studio.picture()
    studio.press_play()
    studio.wait_for_step(2)
    assert studio.picture() != before

    # With the page closed, nothing goes on.
    page.close()
    deadline = time.monotonic() + 60
    while works(lab):
        assert time.monotonic() < deadline, "the kernel still works a minute after the page was closed"


def works(server):
    """Whether a kernel does anything within four seconds."""

    def activity():
        return [(kernel["execution_state"], kernel["last_activity"]) for kernel in server.ask("/api/kernels")]

    before = activity()
    time.sleep(4)
    return activity() != before


def test_lesson_8_in_notebook_7(notebook7, page):
    open_and_run(page, f"{notebook7.address}/notebooks/notebooks/lesson.ipynb")
    studio = StudioOnPage(page)
    studio.wait_until_shown(minutes=2)
    before = studio.picture()
    studio.press_play()
    studio.wait_for_step(2)
    assert studio.picture() != before
    studio.press_play()
    studio.wait_for_status("Paused")


def test_lesson_8_in_the_classic_notebook(classic, page):
    open_and_run_in_classic(page, f"{classic.address}/notebooks/notebooks/lesson.ipynb")
    studio = StudioOnPage(page)
    studio.wait_until_shown(minutes=3)
    paint_move_a_slider_and_pause(studio)
    for width in (1000, 700):
        page.set_viewport_size({"width": width, "height": 1900})
        page.wait_for_timeout(1000)
        studio.whole.screenshot(path=ARTIFACTS / f"studio-{width}-classic.png")
        assert sticking_out(studio.whole) == []
    studio.press_play()  # and it goes on
    studio.wait_for_step(studio.step() + 2)


def test_two_studios_in_one_notebook_do_not_disturb_each_other(lab, page):
    open_and_run(page, f"{lab.address}/lab/workspaces/two/tree/notebooks/two.ipynb")
    first, second = StudioOnPage(page, 0), StudioOnPage(page, 1)
    first.wait_until_shown(minutes=2)
    second.wait_until_shown()
    still = second.picture()
    first.press_play()
    first.wait_for_step(3)
    assert second.step() == 0
    assert second.picture() == still
    assert "Press Paint" in second.find("status").inner_text()
    second.press_play()  # both paint at once
    second.wait_for_step(3)
    seen = first.step()
    first.wait_for_step(seen + 2)
    first.press_play()
    first.wait_for_status("Paused")
    stopped, seen = first.step(), second.step()
    second.wait_for_step(seen + 2)
    assert first.step() == stopped
    second.press_play()
    second.wait_for_status("Paused")


def test_layout_and_screenshots(lab, page):
    """One layout at 1000 px and at 700 px, light and dark: nothing sticks out, and the pictures of it are kept."""
    open_and_run(page, f"{lab.address}/lab/workspaces/layout/tree/notebooks/studio.ipynb")
    studio = StudioOnPage(page)
    studio.wait_until_shown(minutes=2)
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    studio.press_play()
    studio.wait_for_step(8)
    studio.move("weight-style", "ArrowRight", times=2)
    studio.wait_for_status("used style weight")
    studio.wait_for_status("Done", minutes=4)
    for theme in ("Light", "Dark"):
        page.evaluate(f"window.jupyterapp.commands.execute('apputils:change-theme', {{theme: 'JupyterLab {theme}'}})")
        page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(theme == 'Light').lower()}'")
        for width in (1000, 700):
            page.set_viewport_size({"width": width, "height": 1900})
            page.wait_for_timeout(1000)
            studio.whole.scroll_into_view_if_needed()
            studio.whole.screenshot(path=ARTIFACTS / f"studio-{width}-{theme.lower()}.png")
            assert sticking_out(studio.whole) == []
            if (theme, width) == ("Light", 1000):
                studio.whole.screenshot(path=ARTIFACTS / "studio.jpg", type="jpeg", quality=70)
    studio.find("more").get_by_text("More:").click()
    page.set_viewport_size({"width": 700, "height": 2600})
    page.wait_for_timeout(1000)
    studio.whole.screenshot(path=ARTIFACTS / "studio-700-dark-more.png")
    assert sticking_out(studio.whole) == []
    page.set_viewport_size({"width": 1000, "height": 2200})
    page.wait_for_timeout(1000)
    studio.whole.screenshot(path=ARTIFACTS / "studio-1000-dark-more.png")
    assert sticking_out(studio.whole) == []


def sticking_out(whole):
    """What is drawn beyond the studio's left or right edge, or has its text cut off."""
    return whole.evaluate(
        """studio => {
            const edge = studio.getBoundingClientRect();
            return [...studio.querySelectorAll(
                'button, img, svg, input, select, label, [role=slider], .ui-slider-handle, progress, a')]
                .filter(element => {
                    const box = element.getBoundingClientRect();
                    const cut = element.matches('button, label') && element.scrollWidth > element.clientWidth + 1;
                    return box.width && (box.left < edge.left - 1 || box.right > edge.right + 1 || cut);
                })
                .map(element => element.outerHTML.slice(0, 120));
        }"""
    )
