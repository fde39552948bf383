"""A real browser for the tests."""

import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
SEEN_BY_THE_CAMERA = ROOT / "content_images" / "cat.jpg"

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def no_browser(reason):
    """Skip on a person's machine; in CI, the browser tests must not be lost unnoticed."""
    if os.environ.get("CI"):
        pytest.fail(f"the browser tests cannot run in CI: {reason}")
    pytest.skip(f"no browser test: {reason}")


def film(path):
    """A film of one picture, 640 x 480, for a camera that is not there."""
    Image.open(SEEN_BY_THE_CAMERA).resize((640, 480)).save(path, "JPEG", quality=95)
    return path


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Chromium, one for each file of tests. Its camera sees a cat, if a page is allowed to use it."""
    camera = [
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film(tmp_path_factory.mktemp('camera') / 'cat.mjpeg')}",
    ]
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        no_browser("Python's playwright is not installed (pip install playwright)")
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        found = shutil.which("chromium") or shutil.which("chromium-browser") or (own if Path(own).exists() else None)
        if found is None:
            no_browser("there is no Chromium (apt install chromium, or playwright install chromium)")
        chromium = playwright.chromium.launch(executable_path=found, args=OPTIONS + camera)
        yield chromium
        chromium.close()
