"""What every lesson starts with, and what its sliders need."""

import io
import platform

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from . import plots, quiet_tensorflow
from .images import to_uint8

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
