"""What the lessons share: images, the VGG19 model, the losses, and the engine that generates a picture."""

import contextlib
import os
import sys
from collections.abc import Iterator

HOME = "https://github.com/jsmlau/art-style-transfer"

# TensorFlow and Keras read these when they are imported: no log lines in the lessons, the faster kernels on every
# processor; Keras 3 on TensorFlow, whatever a person has set for other work.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_USE_LEGACY_KERAS"] = "0"
if "keras" in sys.modules and sys.modules["keras"].config.backend() != "tensorflow":
    raise ImportError("Keras was imported with another backend, but the course needs TensorFlow: restart the kernel.")


@contextlib.contextmanager
def quiet_tensorflow() -> Iterator[None]:
    """Import TensorFlow inside this block: what it logs then, and when it looks for GPUs, goes nowhere.

    Python's exceptions are not affected.
    """
    stderr = os.dup(2)
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
        import tensorflow as tf

        tf.config.list_physical_devices()  # or it would look for GPUs later, and log
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
