"""The website and the slides (`make site`), in a real browser, from files and without a network."""

import base64
import io
import json
import re
import runpy
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import numpy as np
import pytest
from chromium import SEEN_BY_THE_CAMERA
from PIL import Image

from classroom import lessons
from helpers.further import fast
from helpers.images import ROOT

pytest.importorskip("sphinx", reason="the website is made in the course's own environment")
pytestmark = pytest.mark.slow
LESSONS = [lessons.name_of(path) for path in lessons.paths()]
DECKS = sorted((ROOT / "site" / "slides").glob("[0-9][0-9]_*.md"))
twins = runpy.run_path(str(ROOT / "site" / "twins.py"))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The website, built by the commands of the Makefile into a folder of the test's own. A warning is an error."""
    folder = tmp_path_factory.mktemp("site")
    commands = re.findall(r"^\t\$\(BIN\)/(python -m sphinx .*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        arguments = command.replace("site/_build", str(folder)).split()[1:]
        done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return folder / "html"


def pages(site):
    """All pages but the decks of slides, and what the theme brings along."""
    return sorted(
        path for path in site.rglob("*.html") if not {"slides", "_static"} & set(path.relative_to(site).parts[:-1])
    )


@pytest.fixture
def open_page(site, browser):
    """A function that opens a page without a network; at the end no page may have asked for anything outside."""
    asked, contexts = [], []

    def opened(path, width=1280, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: asked.append(f"{path}: {error}"))
        page.goto((site / path).as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


class References(HTMLParser):
    """What a page refers to, the names that it has, its headings, and the descriptions of its pictures."""

    def __init__(self, path):
        super().__init__()
        self.targets, self.names, self.alts = [], set(), []
        text = path.read_text(encoding="utf-8")
        self.feed(text)
        # Before the article there is a second title, for print only.
        self.headings = [int(level) for level in re.findall(r"<h([1-6])[ >]", text.partition("<article")[2])]

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.names |= {attributes[key] for key in ("id", "name") if attributes.get(key)}
        self.targets += [attributes[key] for key in ("href", "src") if attributes.get(key)]
        if tag == "img":
            self.alts.append(attributes.get("alt") or "")


def test_every_page_is_there(site):
    names = {str(path.relative_to(site)) for path in pages(site)}
    assert {f"notebooks/{name}.html" for name in LESSONS} < names
    assert {
        "index.html",
        "TEACHING.html",
        "benchmarks/RESULTS.html",
        "site/paint.html",
        "site/slides.html",
        "search.html",
    } < names
    assert {path.name for path in (site / "slides").glob("*.html")} == {f"{path.stem}.html" for path in DECKS}


def test_no_link_leads_nowhere(site):
    broken = []
    read = {path: References(path) for path in (*pages(site), *(site / "slides").glob("*.html"))}
    for path, page in read.items():
        for target in page.targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            goal = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not goal.is_file() or (parts.fragment and goal in read and parts.fragment not in read[goal].names):
                broken.append(f"{path.relative_to(site)}: {target}")
    assert broken == []


def test_headings_and_descriptions(site):
    for path in pages(site):
        page = References(path)
        if path.name not in ("search.html", "genindex.html"):
            assert page.headings.count(1) == 1, path
        assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False)), path
        assert not [alt for alt in page.alts if re.fullmatch(r"\S+\.(jpg|png|svg)|\S*/\S*", alt)], path
    for name in LESSONS:
        described = [alt for alt in References(site / "notebooks" / f"{name}.html").alts if len(alt) > 15]
        assert len(described) >= 3, name


FEW = (
    "index.html",
    "TEACHING.html",
    "notebooks/05_style_loss.html",
    "site/paint.html",
)  # all pages have the same dark colors


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page(site, open_page, scheme):
    """Its formulas are drawn, axe finds nothing serious in it, and on a phone nothing sticks out."""
    from axe_playwright_python.sync_playwright import Axe

    found = {}
    for path in [path.relative_to(site) for path in pages(site)] if scheme == "light" else FEW:
        page = open_page(path, color_scheme=scheme, reduced_motion="reduce")
        if 'class="math' in (site / path).read_text(encoding="utf-8"):
            page.wait_for_selector("mjx-container", state="attached")
        page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
        violations = Axe().run(page).response["violations"]
        serious = {one["id"]: one["nodes"][0]["html"] for one in violations if one["impact"] in ("serious", "critical")}
        if serious:
            found[str(path)] = serious
        page.set_viewport_size({"width": 390, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            found[str(path)] = "sticks out"
        page.context.close()
    assert found == {}


def test_the_dark_theme_leaves_pictures_as_they_are(open_page):
    page = open_page("notebooks/00_start_here.html", color_scheme="dark")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    filters = page.evaluate("[...document.querySelectorAll('.bd-content img')].map((i) => getComputedStyle(i).filter)")
    assert set(filters) == {"none"}


def test_search_finds_a_lesson_from_a_file(site, browser):
    """From a file a browser reads no excerpts, but the titles are found."""
    page = browser.new_page()
    page.goto((site / "search.html").as_uri() + "?q=covariance")
    page.wait_for_selector("#search-results li a")
    assert "05_style_loss.html" in str(
        page.eval_on_selector_all("#search-results li a", "all => all.map((a) => a.href)")
    )


# --- Sliders without a kernel ---


@pytest.mark.parametrize("name", LESSONS)
def test_each_demo_can_be_explored(name, open_page):
    page = open_page(f"notebooks/{name}.html", width=390, height=800)
    [demo] = page.query_selector_all(".explore")
    parts = json.loads(demo.get_attribute("data-parts"))
    sliders = demo.query_selector_all("input[type=range]")
    assert len(sliders) == (2 if name[:2] in ("03", "04", "08") else 1), name
    view = demo.query_selector(".explore-view")
    page.wait_for_function("(view) => view.clientWidth > 100", arg=view)
    seen, labels = set(), set()
    sliders[0].focus()
    for key in ("Home", *["ArrowRight"] * 2, "End"):
        page.keyboard.press(key)
        seen.add(view.screenshot())
        labels.add(view.get_attribute("aria-label"))
        value = sliders[0].get_attribute("aria-valuetext")
        assert value and view.get_attribute("aria-label").startswith(value)
    steps = int(sliders[0].get_attribute("max")) + 1
    assert len(seen) == len(labels) == min(4, steps)
    assert labels <= {part["title"] for part in parts}
    assert view.bounding_box()["width"] <= 390


def test_without_javascript_the_figure_stays(open_page):
    page = open_page("notebooks/00_start_here.html", java_script_enabled=False)
    [picture] = page.query_selector_all(".explore img")
    assert picture.is_visible() and picture.bounding_box()["width"] > 400
    assert page.query_selector_all(".explore input") == []


def test_on_paper_the_figure_is_whole(open_page):
    page = open_page("notebooks/06_total_variation_loss.html")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator(".explore details img").is_visible()
    assert not page.locator(".explore-view").is_visible() and not page.locator(".explore input").first.is_visible()


@pytest.mark.parametrize("name", LESSONS)
def test_the_parts_of_a_still_picture_are_cut_in_the_white_between_them(name):
    lesson = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    [cell] = [cell for cell in lesson.cells if "twin" in cell.metadata.get("tags", [])]
    titles = twins["titles"](cell.outputs[0].metadata["image/jpeg"]["alt"])
    assert 2 <= len(titles) == len(set(titles))
    jpeg = base64.b64decode(cell.outputs[0].data["image/jpeg"])
    gray = np.asarray(Image.open(io.BytesIO(jpeg)).convert("L"))
    height, width = gray.shape
    boxes = twins["boxes"](jpeg, len(titles), twins["columns"](cell.source, len(titles)))
    covered = np.zeros_like(gray, dtype=int)
    for left, top, wide, high in boxes:
        x, y, right, bottom = (
            round(share) for share in (left * width, top * height, (left + wide) * width, (top + high) * height)
        )
        covered[y:bottom, x:right] += 1
        part = gray[y:bottom, x:right]
        assert part.min() < 128  # something is in it
        edges = (part[0], part[-1], part[:, 0], part[:, -1])
        assert min(edge.min() for edge in edges) > 200  # and nothing of it is cut off
    assert covered.max() == 1 and gray[covered == 0].min(initial=255) > 200  # all of the figure is in one part


def test_titles_are_read_off_the_description():
    titles = twins["titles"]
    assert titles("3 images: weight 0; weight 0.03; all. Bars: a 1.") == ["weight 0", "weight 0.03", "all"]
    assert titles("first 0.36. second. 4 images: A; B; A; B.") == ["first 0.36", "second"]
    assert titles("0.01: small: Curves, y against x: one from 1 to 2. 7: Curves, y against x: a.") == [
        "0.01: small",
        "7",
    ]


# --- The page that paints ---


def of_canvas(page, number):
    """What a canvas shows, (height, width, 3), 0..255."""
    url = page.locator(".paint-page canvas").nth(number).evaluate("canvas => canvas.toDataURL()")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB")).astype(float)


def wait_for(page, sentence, part="[role=status]"):
    page.locator(f".paint-page {part}").filter(has_text=sentence).wait_for()


@pytest.fixture(scope="module")
def network():
    return fast.load(fast.NETWORKS / "great_wave.npz")


def test_a_photograph_is_painted_in_the_browser_as_python_paints_it(open_page, network, tmp_path):
    page = open_page("site/paint.html")
    wait_for(page, "384 × 255 pixels, painted in")
    for height, width in ((170, 255), (61, 40)):  # sides that are no multiples of 4 are padded
        path = tmp_path / "mine.png"
        Image.open(ROOT / "content_images" / "temple.jpg").convert("RGB").resize((width, height)).save(path)
        page.locator(".paint-page input[type=file]").set_input_files(path)
        wait_for(page, f"{width} × {height} pixels, painted in")
        seen, painted = of_canvas(page, 0), of_canvas(page, 1)
        np.testing.assert_array_equal(seen, np.asarray(Image.open(path)))
        assert np.abs(painted - np.round(fast.paint(network, seen))).max() <= 1
        assert np.abs(painted - seen).mean() > 20
    assert page.locator(".paint-page .examples input:checked").count() == 0
    with page.expect_download() as download:
        page.locator(".paint-page .download").click()
    assert download.value.suggested_filename == "mine_great_wave.png"
    np.testing.assert_array_equal(np.asarray(Image.open(download.value.path()).convert("RGB")), painted)

    page.get_by_label("Longer side").select_option("256 pixels")
    page.get_by_label("Rocket").check()
    wait_for(page, "256 × 171 pixels, painted in")


def test_a_file_that_the_page_cannot_paint_is_explained(open_page, tmp_path):
    page = open_page("site/paint.html")
    wait_for(page, "painted in")
    text, stripe = tmp_path / "notes.txt", tmp_path / "stripe.png"
    text.write_text("no picture")
    Image.new("RGB", (200, 8)).save(stripe)
    page.locator(".paint-page input[type=file]").set_input_files(text)
    wait_for(page, "The browser cannot read notes.txt. Save it as JPEG or PNG and try again.")
    page.locator(".paint-page input[type=file]").set_input_files(stripe)
    wait_for(page, "This photograph is too narrow.")
    assert not page.locator(".paint-page .download").is_visible()
    Image.new("RGB", (40, 1600)).save(stripe)
    page.get_by_label("Longer side").select_option("768 pixels")
    page.locator(".paint-page input[type=file]").set_input_files(stripe)
    wait_for(page, "19 × 768 pixels, painted in")
    assert page.locator(".paint-page canvas").first.bounding_box()["height"] < 800


def test_the_camera_is_painted_on_the_page(open_page, network):
    page = open_page("site/paint.html", permissions=["camera"])
    wait_for(page, "painted in")
    page.get_by_role("button", name="Camera").click()
    wait_for(page, re.compile(r"Live, [\d.]+ pictures per second"), "figcaption")
    page.evaluate("void (camera.paint = () => new Promise(() => {}))")  # time stands still
    page.wait_for_timeout(1000)
    seen, painted = of_canvas(page, 0), of_canvas(page, 1)
    cat = np.asarray(Image.open(SEEN_BY_THE_CAMERA).convert("RGB").resize((256, 192)))[:, ::-1]
    assert np.abs(seen - cat).mean() < 6
    assert np.abs(painted - np.round(fast.paint(network, seen))).max() <= 1
    page.get_by_role("button", name="Stop camera").click()
    wait_for(page, "384 × 255 pixels, painted in")
    assert page.evaluate("camera.on") is False and page.locator(".painted").inner_text() == "What the network paints"


def test_the_page_lets_go_of_what_it_has_computed(open_page):
    """A network that kept all its maps would take some 4700 bytes a pixel, which phones do not have."""
    page = open_page("site/paint.html")
    wait_for(page, "384 × 255 pixels, painted in")
    tensors = page.evaluate("tf.memory().numTensors")
    for name in ("Temple", "Coffee"):  # one after the other, faster than they are painted
        page.get_by_label(name).check()
    wait_for(page, "384 × 256 pixels, painted in")
    assert page.evaluate("tf.memory().numTensors") == tensors
    most = page.evaluate(
        """async () => {
            const { profile } = tf, weights = await prepare(), image = tf.zeros([256, 256, 3]);
            const before = tf.memory().numBytes, found = await profile(() => paintWith(weights, image));
            image.dispose();
            return (found.peakBytes - before) / 256 ** 2;
        }"""
    )
    assert most < 1500


def test_without_a_camera_and_without_webassembly_there_is_a_sentence(open_page):
    page = open_page("site/paint.html")
    wait_for(page, "painted in")
    page.get_by_role("button", name="Camera").click()
    wait_for(page, "The camera may not be used.")
    page.add_init_script("WebAssembly.instantiate = WebAssembly.instantiateStreaming = () => Promise.reject(Error())")
    page.reload()
    wait_for(page, "This browser cannot run the network. A newer Chrome, Edge, Firefox or Safari can.")


# --- Slides ---


@pytest.mark.parametrize("deck", DECKS, ids=lambda deck: deck.stem)
def test_a_deck_is_short_and_every_slide_has_notes_with_minutes(deck):
    slides = re.split(r"^##? ", deck.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert 8 <= len(slides) <= 12
    for slide in slides:
        [notes] = re.findall(r"```\{revealjs-notes\}\n(.*?)```", slide, re.DOTALL)
        assert re.match(r"\d+ minutes?\. ", notes), notes
        shown = re.sub(
            r"```\{revealjs-notes\}.*?```|\$\$.*?\$\$|^\|.*$|!\[.*?\]\(.*?\)", "", slide, flags=re.DOTALL | re.MULTILINE
        )
        assert len(shown.split()) <= 60, shown
    for alt in re.findall(r"!\[(.*?)\]", deck.read_text(encoding="utf-8")):
        assert len(alt) > 25


def test_every_slide_fits_and_shows_no_notes(site, open_page):
    for deck in DECKS:
        page = open_page(Path("slides", f"{deck.stem}.html"), width=1280, height=800)
        page.wait_for_function("window.Reveal && Reveal.isReady()")
        page.wait_for_timeout(300)
        heights = page.evaluate(
            """() => Reveal.getSlides().map((slide, number) => {
                Reveal.slide(number);
                return [slide.scrollHeight, slide.scrollWidth, slide.innerText.includes('minutes.')];
            })"""
        )
        assert len(heights) == len(re.findall(r"^##? ", deck.read_text(encoding="utf-8"), re.MULTILINE))
        assert [(number, *size) for number, size in enumerate(heights) if size[0] > 720 or size[1] > 1200] == [], deck
        assert not any(shown for *_, shown in heights)
        page.context.close()
