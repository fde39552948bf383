"""What every lesson starts with, and what its sliders need."""

import io
import platform
from collections.abc import Callable

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from . import plots, quiet_tensorflow
from .images import to_uint8
from .names import named

with quiet_tensorflow():
    import keras
    import tensorflow as tf

    GPUS = tf.config.list_physical_devices("GPU")

from .weights import find_weights  # noqa: E402  (loads TensorFlow)


def setup() -> None:
    """Set up the figures, and print one line: the versions, and where VGG19's weights come from."""
    plots.use_course_style()
    gpu = "a GPU" if GPUS else "no GPU"
    print(
        f"Python {platform.python_version()}, TensorFlow {tf.__version__}, Keras {keras.__version__}, {gpu}. "
        f"{find_weights().description}."
    )


def explore(draw: Callable[..., np.ndarray | Figure | tuple], **controls: widgets.ValueWidget) -> widgets.VBox:
    """Controls, and beneath them the picture that `draw` makes of their values: now, and whenever one is changed.

    Args:
        draw: takes the values by the controls' names. It gives an image (0..255) or a figure, which it makes with
            `matplotlib.figure.Figure`, as pyplot must not be used in callbacks; or one of these and a caption.
        controls: of ipywidgets. Sliders wait until they are released.
    """
    view = widgets.Image(format="jpeg", layout={"max_width": "100%", "align_self": "flex-start"})  # not enlarged
    caption = widgets.Label()
    caption.add_class("demo-caption")

    def show(_=None) -> None:
        drawn = draw(**{name: control.value for name, control in controls.items()})
        picture, caption.value = drawn if isinstance(drawn, tuple) else (drawn, "")
        caption.layout.display = None if caption.value else "none"
        view.value = figure_bytes(picture) if isinstance(picture, Figure) else image_bytes(picture)

    for control in controls.values():
        control.style.description_width = "130px"
        control.layout.width = "min(480px, 100%)"
        if control.has_trait("continuous_update"):
            control.continuous_update = False
        control.observe(show, "value")
    show()
    return named(widgets.VBox([*controls.values(), caption, view]))


def image_bytes(image: np.ndarray) -> bytes:
    """An image, 0..255, as the JPEG bytes that `widgets.Image` shows."""
    buffer = io.BytesIO()
    Image.fromarray(to_uint8(image)).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def figure_bytes(figure: Figure) -> bytes:
    """A figure as JPEG bytes. Make it with `matplotlib.figure.Figure`, so that pyplot does not keep it."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="jpeg", dpi=100)
    return buffer.getvalue()
