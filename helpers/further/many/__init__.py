"""Many pictures: every photograph in the style of every painting.

    paint_many(["my_photos"], ["great_wave", "poppies"], "painted", size=512)

What is painted is kept: a second call paints only what is missing, or what was made of other files or choices.
"""

from .jobs import ClusterError
from .painting import Outcome, paint_many

__all__ = ["ClusterError", "Outcome", "paint_many"]
