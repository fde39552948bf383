"""Wrong answers to the exercises of lesson 1, and what the checks say about them."""

from helpers.images import MEAN_BGR


def in_place(image):
    image -= MEAN_BGR[::-1]
    return image[..., ::-1]


WRONG = {
    "fitted_size": {
        "rounded down": (lambda h, w, longer: (int(h * longer / max(h, w)), int(w * longer / max(h, w))), "off by one"),
        "floor division": (lambda h, w, longer: (h * longer // max(h, w), w * longer // max(h, w)), "off by one"),
        "factor of three digits": (
            lambda h, w, longer: (round(h * round(longer / max(h, w), 3)), round(w * round(longer / max(h, w), 3))),
            "",
        ),
        "square": (lambda h, w, longer: (longer, longer), "squashed"),
        "width to the longer": (lambda h, w, longer: (round(h * longer / w), longer), "longer side"),
        "height to the longer": (lambda h, w, longer: (longer, round(h * longer / w)), "became the shorter"),
        "not whole": (lambda h, w, longer: (h * longer / max(h, w), w * longer / max(h, w)), "whole numbers"),
        "rounded after adding 1": (
            lambda h, w, longer: (int(h * longer / max(h, w) + 1), int(w * longer / max(h, w))),
            "",
        ),
        "rounded up": (lambda h, w, longer: (-(-h * longer // max(h, w)), -(-w * longer // max(h, w))), "nearest"),
        "by the shorter": (
            lambda h, w, longer: (round(h * longer / min(h, w)), round(w * longer / min(h, w))),
            "longer side",
        ),
        "one number": (lambda h, w, longer: longer, "shape"),
    },
    "preprocess": {
        "unchanged": (lambda image: image, "should become"),
        "channels not turned": (lambda image: image - MEAN_BGR[::-1], "not turned around"),
        "mean not subtracted": (lambda image: image[..., ::-1], "mean is not subtracted"),
        "mean added": (lambda image: image[..., ::-1] + MEAN_BGR, "mean is added"),
        "mean before the turn": (lambda image: (image - MEAN_BGR)[..., ::-1], "in the order blue, green, red"),
        "only the mean": (lambda image: image - MEAN_BGR, "in the order blue, green, red"),
        "0 to 1": (lambda image: (image[..., ::-1] - MEAN_BGR) / 255, "values up to 255"),
        "divided first": (lambda image: image[..., ::-1] / 255 - MEAN_BGR, "values up to 255"),
        "128 for the mean": (lambda image: image[..., ::-1] - 128, "should become"),
        "rows turned": (lambda image: image[::-1] - MEAN_BGR, ""),
        "own mean": (lambda image: image[..., ::-1] - image.mean(), "should become"),
        "in place": (in_place, "changes the image"),
    },
}
