"""What stands beside the easel: the weights, each as a slider and as a number, and choices from lists."""

import math

import ipywidgets as widgets


class WeightSlider(widgets.VBox):
    """A weight as a slider, evenly spaced in the logarithm, as a number that can be typed, and a button to reset it.

    Args:
        name: its label.
        meaning: one line beneath it.
        default: the value it starts with and is reset to.
        lowest, highest: the exponents of ten where the slider begins and ends. A number may lie outside.

    Attributes:
        number: holds the weight; observe its "value".
    """

    def __init__(self, name: str, meaning: str, default: float, lowest: int, highest: int):
        self.slider = widgets.FloatLogSlider(
            value=default,
            base=10,
            min=lowest,
            max=highest,
            step=0.05,
            readout=False,
            description=name,
            continuous_update=True,
            style={"description_width": "104px"},
            layout={"flex": "1 1 auto", "width": "auto"},
        )
        self.number = widgets.BoundedFloatText(value=default, min=0, max=1e6, layout={"width": "76px", "flex": "none"})
        self.reset = widgets.Button(icon="undo", tooltip=f"Reset {name} to {default:g}")
        self.reset.on_click(lambda _: setattr(self.number, "value", default))
        self.reset.add_class("studio-reset")
        self.following = False
        self.slider.observe(self._slider_moved, "value")
        self.number.observe(self._number_changed, "value")
        meaning_view = widgets.Label(meaning)
        meaning_view.add_class("studio-meaning")
        super().__init__([widgets.HBox([self.slider, self.number, self.reset]), meaning_view])
        self.add_class("studio-weight")
        self.add_class(f"studio-weight-{name.replace(' ', '-')}")

    @property
    def value(self) -> float:
        return self.number.value

    @value.setter
    def value(self, value: float) -> None:
        self.number.value = value

    def _slider_moved(self, change) -> None:
        """The number follows, unless the slider was only put onto the nearest of its places."""
        number = max(self.number.value, 10.0**self.slider.min)
        if not self.following and abs(math.log10(change.new / number)) > 0.51 * self.slider.step:
            self.number.value = float(f"{change.new:.2g}")

    def _number_changed(self, change) -> None:
        """The slider follows, as far as it reaches; 0 is at its left end."""
        lowest, highest = 10.0**self.slider.min, 10.0**self.slider.max
        wanted = min(max(change.new, lowest), highest)
        if not math.isclose(float(f"{self.slider.value:.2g}"), wanted, rel_tol=1e-6):
            self.following = True
            self.slider.value = wanted
            self.following = False


def group(name: str, *children: widgets.Widget) -> widgets.Box:
    """Widgets in a box of the class studio-name; the style sheet says how they are arranged."""
    box = widgets.VBox(children)
    box.add_class(f"studio-{name}")
    return box


def dropdown(name: str, options: dict, value) -> widgets.Dropdown:
    """A labeled choice of one of {text: value}."""
    made = widgets.Dropdown(description=name, options=list(options.items()), value=value)
    made.layout = {"width": "auto"}
    made.style.description_width = "104px"
    made.add_class(f"studio-{name.lower().replace(' ', '-')}")
    return made
