"""What marks an exercise: each check runs the student's function, and says right, not yet, or what is off.

A check never raises and never shows the answer. It tests properties (shape, symmetry, zero for identical inputs,
scaling, gradient), not golden numbers. A stub returns None, and gets "not yet". Where the lesson goes on with the
function, the check returns the one that is used: the student's if it is right, the course's otherwise.
"""

from .content_image import fitted_size, preprocess
from .content_loss import content_distance, content_gradient, relative_content_loss
from .generated_image import evenly_spaced, keep_drawing
from .optimization import descend, descend_in_coordinates, weighted_total
from .start_here import mean_color
from .style_image import color_distance, shuffle_pixels
from .style_loss import covariance_matrix, statistics_loss
from .total_variation_loss import diagonal_variation, smooth_variation
from .vgg19_model import extractor, parameter_count, receptive_field

__all__ = [
    "mean_color",
    "fitted_size",
    "preprocess",
    "shuffle_pixels",
    "color_distance",
    "parameter_count",
    "extractor",
    "receptive_field",
    "relative_content_loss",
    "content_gradient",
    "content_distance",
    "covariance_matrix",
    "statistics_loss",
    "diagonal_variation",
    "smooth_variation",
    "weighted_total",
    "descend",
    "descend_in_coordinates",
    "keep_drawing",
    "evenly_spaced",
]
