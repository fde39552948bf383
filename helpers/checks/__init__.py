"""What marks an exercise: each check runs the student's function, and says right, not yet, or what is off.

A check never raises and never shows the answer. It tests properties (shape, symmetry, zero for identical inputs,
scaling, gradient), not golden numbers. A stub returns None, and gets "not yet". The check returns the function that the
lesson goes on with: the student's if it is right, which is then kept in my_functions.py, and the course's otherwise. In
a notebook an example is drawn beneath: the student's result beside the expected one.
"""

from .content_image import fitted_size, preprocess
from .content_loss import content_loss_of, relative_content_loss
from .generated_image import keep_drawing, weight_between
from .keeping import my_functions
from .masks import halved, masked_gram
from .measures import sliced_distance, sorted_distance
from .moving import carried_on, temporal_loss
from .network import instance_norm, painting_loss
from .optimization import descend, descend_in_coordinates, total_loss
from .start_here import mean_color
from .style_image import color_distance, shuffle_pixels
from .style_loss import covariance_matrix, style_statistics
from .total_variation_loss import diagonal_variation, smooth_variation
from .vgg19_model import extractor, parameter_count, receptive_field

__all__ = [
    "my_functions",
    "mean_color",
    "fitted_size",
    "preprocess",
    "shuffle_pixels",
    "color_distance",
    "parameter_count",
    "extractor",
    "receptive_field",
    "relative_content_loss",
    "content_loss_of",
    "covariance_matrix",
    "style_statistics",
    "diagonal_variation",
    "smooth_variation",
    "total_loss",
    "descend",
    "descend_in_coordinates",
    "keep_drawing",
    "weight_between",
    "masked_gram",
    "halved",
    "sorted_distance",
    "sliced_distance",
    "instance_norm",
    "painting_loss",
    "carried_on",
    "temporal_loss",
]
