"""Names for ipywidgets' controls, which have none that a screen reader could speak. What is done is in names.js."""

from pathlib import Path

import anywidget
import ipywidgets as widgets


class ControlNames(anywidget.AnyWidget):
    """Is not seen. The controls in the box around it get names and values, and JupyterLab takes no keys from them."""

    _esm = Path(__file__).with_name("names.js")


def named(box: widgets.Box) -> widgets.Box:
    """The box, with names for its controls."""
    box.add_class("named-controls")
    box.children = (*box.children, ControlNames())
    return box
