"""The easel: the part of the studio that lives in the browser. What it does there is in easel.js.

Everything between the two is a message with a kind: `tell` sends one, and the studio answers those of the browser.
"""

from collections.abc import Callable
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from .. import quiet_tensorflow
from ..images import ImageError, load_image

with quiet_tensorflow():
    from ..lesson import image_bytes

HERE = Path(__file__).parent
# anywidget takes one module, so the files are put one after the other.
MODULE = "".join((HERE / name).read_text(encoding="utf-8") for name in ("brush.js", "camera.js", "easel.js"))


class Easel(anywidget.AnyWidget):
    """The pictures to choose from, the picture that is being painted, its history, earlier paintings.

    Args:
        answer: is called with the kind of a message of the browser, what it says, and the bytes that came with it.

    Attributes:
        playing: the browser asks for a step when it has drawn the last one.
    """

    _esm = MODULE
    _css = HERE / "easel.css"
    playing = traitlets.Bool(False).tag(sync=True)

    def __init__(self, answer: Callable[[str, dict, list[bytes]], None]):
        super().__init__()
        self.on_msg(lambda _, message, buffers: answer(message.pop("kind"), message, [bytes(b) for b in buffers]))

    def tell(self, kind: str, *files: bytes, **message) -> None:
        """Send a message of this kind to every view of the easel."""
        self.send({"kind": kind, **message}, list(files))


class Upload(anywidget.AnyWidget):
    """A button for a picture of one's own. The browser turns and reduces it, so that a large photo is no trouble.

    Args:
        image: 0..255, which is used until another one is chosen.

    Attributes:
        image: the picture that was chosen last, 0..255.
    """

    _esm = MODULE
    _css = HERE / "easel.css"
    alone = traitlets.Bool(True).tag(sync=True)  # easel.js shows the button alone

    def __init__(self, image: np.ndarray):
        super().__init__()
        self.image = image
        self.on_msg(self._answer)

    def __repr__(self) -> str:
        return "A button to upload your own picture. Run this cell to see it."

    def _answer(self, _, message: dict, buffers: list) -> None:
        text = "This picture is used until you choose another one."
        if message["kind"] == "upload":
            try:
                self.image = load_image(bytes(buffers[0]))
                text = "Thank you. Now run the painting cell below."
            except ImageError as error:
                self.send({"text": str(error).replace("The uploaded file", f"'{message['name']}'"), "error": True})
                return
        self.send({"text": text, "error": False}, [image_bytes(self.image)])


class LossPlot(anywidget.AnyWidget):
    """The total loss and its weighted parts after each step.

    Attributes:
        losses: after each step, "total" and its parts by their names.
        plan: of each scale, the size in pixels and the number of steps.
        marks: the steps that first used a new weight, and which weight.
    """

    _esm = HERE / "loss_plot.js"
    losses = traitlets.List().tag(sync=True)
    plan = traitlets.List().tag(sync=True)
    marks = traitlets.List().tag(sync=True)
