"""A real browser for the tests."""

import os
import shutil
from pathlib import Path

import pytest

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


@pytest.fixture(scope="module")
def browser():
    """Chromium, one for each file of tests."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        no_browser("Python's playwright is not installed (pip install playwright)")
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        found = shutil.which("chromium") or shutil.which("chromium-browser") or (own if Path(own).exists() else None)
        if found is None:
            no_browser("there is no Chromium (apt install chromium, or playwright install chromium)")
        chromium = playwright.chromium.launch(executable_path=found, args=OPTIONS)
        yield chromium
        chromium.close()
