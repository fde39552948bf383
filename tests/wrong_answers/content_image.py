"""Wrong answers to the exercises of lesson 1, and what the checks say about them."""

from helpers.images import MEAN_BGR


def in_place(array):
    array += MEAN_BGR
    return array[..., ::-1]


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
    "deprocess": {
        "unchanged": (lambda array: array, "the mean color is not added"),
        "mean not added": (lambda array: array[..., ::-1], "the mean color is not added"),
        "mean added after the swap": (lambda array: array[..., ::-1] + MEAN_BGR, "mean color's channels"),
        "swap forgotten": (lambda array: array + MEAN_BGR, "mean color's channels"),
        "mean swapped, colors not": (lambda array: array + MEAN_BGR[::-1], "does not come back"),
        "mean subtracted": (lambda array: (array - MEAN_BGR)[..., ::-1], "mean color"),
        "128 for the mean": (lambda array: (array + 128)[..., ::-1], "mean color"),
        "rows reversed": (lambda array: (array + MEAN_BGR)[::-1], ""),
        "in place": (in_place, "changes the array"),
    },
}
