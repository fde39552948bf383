"""The studio: a widget that paints a picture while its sliders are moved. `Studio()` at the end of a cell shows it.

The clock is in the browser: while its Play button is on, `widgets.Play` sends ticks, and each tick's callback makes one
step of the engine. There is no thread and no task: with the page or the kernel gone, nothing is left running.
The callbacks of sliders only store the weights, which the next step uses.
"""

from .studio import Studio

__all__ = ["Studio"]
