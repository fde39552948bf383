"""What every lesson starts with, and what its demos are made of."""

import io

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from helpers import lesson


def shown(demo):
    """The picture and the caption of a demo."""
    *_, caption, view, _ = demo.children
    return np.asarray(Image.open(io.BytesIO(view.value))), caption.value


def flat(brightness, height):
    return np.full((int(height), 20, 3), float(brightness))


def test_a_demo_draws_at_first_and_whenever_a_control_is_changed():
    brightness = widgets.IntSlider(100, min=0, max=255, description="Brightness")
    height = widgets.Dropdown(options=[("low", 16), ("high", 40)], description="Height")
    demo = lesson.explore(flat, brightness=brightness, height=height)
    assert demo.children[:2] == (brightness, height)
    picture, caption = shown(demo)
    assert picture.shape == (16, 20, 3) and abs(picture.mean() - 100) < 2 and caption == ""
    brightness.value, height.value = 200, 40
    picture, _ = shown(demo)
    assert picture.shape == (40, 20, 3) and abs(picture.mean() - 200) < 2


def test_a_demos_sliders_wait_until_they_are_released():
    slider = widgets.IntSlider(100, min=0, max=255)
    assert slider.continuous_update
    lesson.explore(flat, brightness=slider, height=widgets.IntSlider(16))
    assert not slider.continuous_update


def test_a_demo_with_a_figure_and_one_with_a_caption():
    slider = widgets.IntSlider(2, min=1, max=5)
    demo = lesson.explore(lambda inches: Figure(figsize=(inches, 1)), inches=slider)
    assert shown(demo)[0].shape[:2] == (100, 200)
    assert demo.children[-3].layout.display == "none"  # no gap where the caption would be
    demo = lesson.explore(lambda x: (flat(x, 16), f"x is {x}"), x=slider)
    assert shown(demo)[1] == "x is 2"
    assert demo.children[-3].layout.display is None
    slider.value = 4
    assert shown(demo)[1] == "x is 4"
