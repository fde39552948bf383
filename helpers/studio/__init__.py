"""The studio: a widget that paints a picture while its sliders are moved. `Studio()` at the end of a cell shows it.
`Upload` is its upload button alone.

The clock is in the browser (easel.js): it asks for a step when the last picture is drawn. There is no thread and no
task: with the page or the kernel gone, nothing is left running. The callbacks of sliders only store the weights, which
the next step uses.
"""

from .easel import Upload
from .studio import Studio

__all__ = ["Studio", "Upload"]
