"""What several tests use."""

import pytest
from chromium import browser  # noqa: F401  (a fixture)

from helpers.images import CONTENT_IMAGES, STYLES_IMAGES, load_image


@pytest.fixture(scope="session")
def cat():
    return load_image(CONTENT_IMAGES / "cat.jpg", size=64)


@pytest.fixture(scope="session")
def wave():
    return load_image(STYLES_IMAGES / "great_wave.jpg", size=64)
