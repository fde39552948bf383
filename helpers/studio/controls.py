"""The studio's small parts: sliders of weights, labeled choices, groups, and pictures as a browser takes them."""

import base64
import html

import ipywidgets as widgets
import numpy as np

from ..images import resize_image
from ..lesson import image_bytes


class WeightSlider(widgets.VBox):
    """A slider over weights, evenly spaced in the logarithm, with "off" (0) at its left end and a button to reset it.

    Args:
        name: its label.
        meaning: one line beneath it.
        default: the value it starts with and is reset to; 1, 1.5, 2, 3, 5 or 7 times a power of ten.
        lowest, highest: the exponents of ten where it begins and ends.
    """

    def __init__(self, name: str, meaning: str, default: float, lowest: int, highest: int):
        values = [float(f"{n}e{k}") for k in range(lowest, highest) for n in (1, 1.5, 2, 3, 5, 7)] + [10.0**highest]
        self.slider = widgets.SelectionSlider(
            description=name,
            options=[("off", 0.0), *((f"{value:g}", value) for value in values)],
            value=default,
            continuous_update=False,
            style={"description_width": "104px"},
            layout={"flex": "1 1 auto", "width": "auto"},
        )
        self.reset = widgets.Button(icon="undo", tooltip=f"Reset {name} to {default:g}")
        self.reset.on_click(lambda _: setattr(self.slider, "value", default))
        self.reset.add_class("studio-reset")
        super().__init__([widgets.HBox([self.slider, self.reset]), text_view("meaning", html.escape(meaning))])
        self.add_class("studio-weight")
        self.add_class(f"studio-weight-{name.replace(' ', '-')}")

    @property
    def value(self) -> float:
        return self.slider.value


def group(name: str, *children: widgets.Widget) -> widgets.Box:
    """Widgets in a box of the class studio-name; the style sheet says how they are arranged."""
    box = widgets.HBox(children) if name in ("row", "columns") else widgets.VBox(children)
    box.add_class(f"studio-{name}")
    return box


def text_view(name: str, text: str = "") -> widgets.HTML:
    """A widget of the class studio-name that shows HTML."""
    view = widgets.HTML(text)
    view.add_class(f"studio-{name}")
    return view


def dropdown(name: str, options: dict, value) -> widgets.Dropdown:
    """A labeled choice of one of {text: value}."""
    made = widgets.Dropdown(description=name, options=list(options.items()), value=value)
    made.layout = {"width": "auto"}
    made.style.description_width = "104px"
    made.add_class(f"studio-{name.lower().replace(' ', '-')}")
    return made


def data_uri(data: bytes, kind: str) -> str:
    """An image file's bytes as an address that holds them. kind: jpeg, png or gif."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def preview(image: np.ndarray, size: int) -> bytes:
    """An image as a JPEG whose longer side has `size` pixels; however narrow, it can be shown."""
    height, width = (max(1, round(side * size / max(image.shape))) for side in image.shape[:2])
    return image_bytes(resize_image(image, height, width))
