"""An example for each exercise: in a notebook the student's result is drawn beside the expected one."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf
from IPython import get_ipython

from .. import plots
from ..images import CONTENT_IMAGES, load_image


def photo(name: str = "cat") -> np.ndarray:
    return load_image(CONTENT_IMAGES / f"{name}.jpg", 96)


def features(seed: int = 0) -> tf.Tensor:
    """A small feature map with three channels, of which the first two are alike."""
    values = np.random.default_rng(seed).uniform(0, 3, (4, 5, 3))
    values[..., 1] = (values[..., 0] + values[..., 1]) / 2
    return tf.constant(values, tf.float32)


def patterns() -> dict[str, tf.Tensor]:
    """Small pictures of one channel."""
    rows, columns = np.indices((6, 6))
    pictures = {
        "flat": 0 * rows,
        "stripes": columns % 2,
        "checkerboard": (rows + columns) % 2,
        "one diagonal": rows == columns,
        "one pixel": (rows == 2) & (columns == 3),
    }
    return {name: tf.constant(picture[..., np.newaxis], tf.float32) for name, picture in pictures.items()}


def soft_mask() -> np.ndarray:
    """A mask with a slanted edge, (6, 8)."""
    rows, columns = np.indices((6, 8))
    return np.clip((rows + columns - 4) / 4, 0, 1)


def maps_of_a_batch(seed: int) -> dict[str, tf.Tensor]:
    """Small feature maps of two pictures on a content layer and on a style layer."""
    return {
        layer: tf.stack([features(10 * seed + number + shift) for shift in (0, 1)])
        for number, layer in enumerate(("block4_conv2", "block1_conv1"))
    }


def points() -> np.ndarray:
    """A few points in space, (20, 3)."""
    return features().numpy().reshape(-1, 3)


def losses_of_a_picture(total_loss: Callable) -> dict[str, float]:
    """The three parts alone, and their sum, for made-up feature maps and targets."""
    maps = {"block4_conv2": features(0), "block1_conv1": features(1)}
    targets = {"content": features(2), "style": {"block1_conv1": 2 * tf.eye(3)}}
    weights = {"content": 1.0, "style": 2.0, "total variation": 3.0}
    image = tf.constant(photo())
    alone = {name: {other: weights[other] * (other == name) for other in weights} for name in weights}
    return {name: total_loss(image, maps, targets, chosen) for name, chosen in (alone | {"all": weights}).items()}


def shifted(loss: Callable) -> dict[str, float]:
    """A content loss of a photograph, for changed versions of it."""
    image = photo()
    changed = {"the same": image, "brighter": image + 30, "mirrored": image[:, ::-1], "upside down": image[::-1]}
    return {name: loss(tf.constant(np.ascontiguousarray(version))) for name, version in changed.items()}


def bowl(image: tf.Tensor) -> tf.Tensor:
    """A loss whose lowest point is mid gray."""
    return tf.reduce_sum(tf.square(image - 128)) / 2


VGG19 = [(3, 1), (3, 1), (2, 2), (3, 1), (3, 1), (2, 2), (3, 1)]

# What is drawn: an image (height, width, 3) of 0..255, a matrix (rows, columns), or numbers with their names.
EXAMPLES = {
    "mean_color": lambda f: np.ones((40, 60, 3)) * np.asarray(f(photo())),
    "fitted_size": lambda f: dict(zip(("height", "width"), f(300, 451, 256), strict=True)),
    "preprocess": lambda f: np.asarray(f(photo())) + 128,
    "shuffle_pixels": lambda f: f(photo(), 0),
    "color_distance": lambda f: {
        "cat, cat": f(photo(), photo()),
        "cat, darker cat": f(photo(), 0.5 * photo()),
        "cat, coffee": f(photo(), photo("coffee")),
    },
    "parameter_count": lambda f: {
        "3 x 3, 3 to 64": f(3, 3, 64),
        "3 x 3, 64 to 64": f(3, 64, 64),
        "1 x 1, 64 to 128": f(1, 64, 128),
    },
    "extractor": lambda f: np.asarray(f(["block2_conv1"])(photo())["block2_conv1"])[..., 3],
    "receptive_field": lambda f: {f"{count} layers": f(VGG19[:count]) for count in range(1, len(VGG19) + 1)},
    "relative_content_loss": lambda f: {
        f"{factor:g} × the target": f(factor * features(), features()) for factor in (0, 0.5, 1, 2)
    },
    "content_loss_of": lambda f: shifted(f(photo(), "block2_conv1")),
    "covariance_matrix": lambda f: np.asarray(f(features())),
    "style_statistics": lambda f: np.asarray(f(features())),
    "diagonal_variation": lambda f: {name: f(picture) for name, picture in patterns().items()},
    "smooth_variation": lambda f: {name: f(picture, 0.5) for name, picture in patterns().items()},
    "total_loss": losses_of_a_picture,
    "descend": lambda f: np.asarray(f(bowl, tf.constant(photo()), 0.5)),
    "descend_in_coordinates": lambda f: np.asarray(
        f(bowl, lambda x: 128 + 2 * x, tf.constant([[-10.0, 0.0, 5.0, 40.0]]), 0.1)
    ),
    "keep_drawing": lambda f: f(photo()[:, ::-1], photo()),
    "masked_gram": lambda f: np.asarray(f(features(), tf.constant(soft_mask()[:4, :5], tf.float32))),
    "halved": lambda f: np.asarray(f(soft_mask())),
    "instance_norm": lambda f: np.asarray(f(tf.stack([features(3)]) + 5))[0, ..., 0],
    "painting_loss": lambda f: {
        f"content weight {weight:g}": f(maps_of_a_batch(0), maps_of_a_batch(1), {"block1_conv1": 3 * tf.eye(3)}, weight)
        for weight in (0.0, 1.0, 2.0)
    },
    "carried_on": lambda f: np.asarray(f(photo(), photo("coffee"), 24)),
    "temporal_loss": lambda f: {
        f"{factor:g} × the image": f(
            factor * features(), features(), tf.constant(soft_mask()[:4, :5] > 0.5, tf.float32)
        )
        for factor in (0, 0.5, 1, 2)
    },
    "sorted_distance": lambda f: {
        title: f(np.array([3.0, 1.0, 2.0]), np.array(other))
        for title, other in {"another order": [1.0, 2, 3], "plus 2": [3.0, 4, 5], "wider": [0.0, 2, 4]}.items()
    },
    "sliced_distance": lambda f: {
        f"{factor:g} × the points": f(factor * points(), points(), np.array([[1.0, 0, 0], [0, 0.6, 0.8]]))
        for factor in (0, 0.5, 1, 2)
    },
    "weight_between": lambda f: {f"share {share:g}": f(0.02, 2.0, share) for share in (0, 0.25, 0.5, 0.75, 1)},
}


def show_beside(name: str, function: Callable, course: Callable) -> None:
    """In a notebook, draw what a student's function makes of its exercise's example beside what it should.

    Nothing is drawn if there is nothing to draw: the check has said why.
    """
    if get_ipython() is None:
        return
    expected = EXAMPLES[name](course)
    try:
        yours = EXAMPLES[name](function)
        if isinstance(expected, dict):
            yours = {key: float(np.asarray(value).reshape(())) for key, value in yours.items()}
            expected = {key: float(value) for key, value in expected.items()}
            finite = np.isfinite(list(yours.values())).all()
        else:
            yours = np.asarray(yours, float)
            finite = np.isfinite(yours).all() and yours.shape == expected.shape
    except Exception:  # whatever a student's code can raise
        return
    if finite:
        draw_beside(yours, expected)


def draw_beside(yours, expected) -> None:
    """Two results of one kind, side by side: see EXAMPLES."""
    titles = ["yours", "expected"]
    if isinstance(expected, dict):
        pairs = {
            f"{key}, {title}": result[key]
            for key in expected
            for title, result in zip(titles, (yours, expected), strict=True)
        }
        plots.plot_bars(pairs, "", {label: "#0072B2" if label.endswith("yours") else "#999999" for label in pairs})
    elif expected.ndim == 3:
        plots.show_images([yours, expected], titles, columns=4)
    else:
        plots.show_matrix([np.round(yours, 2), np.round(expected, 2)], titles, numbers=expected.size < 40)
