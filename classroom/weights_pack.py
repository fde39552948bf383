"""`make weights-pack`: the weights of VGG19 inside the course's folder, for machines without internet.

The folder weights/ travels with the course, on a stick or a network drive, and is found there.
"""

import os
import shutil
import sys

from helpers import quiet_tensorflow

with quiet_tensorflow():
    from helpers import weights

README = """The weights of VGG19 (without its last layers), for the course in the folder above. The course finds them
here, and needs no internet. To use them elsewhere, copy the .h5 file into .keras/models in your home folder.

By K. Simonyan and A. Zisserman, Visual Geometry Group, Oxford (https://www.robots.ox.ac.uk/~vgg/research/very_deep/),
under CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/). Converted for Keras.
"""


def main() -> int:
    """Put the weights into the folder, fetched if need be. Returns the exit status: 2 if they are not to be had."""
    os.environ.pop("ART_STYLE_WEIGHTS", None)  # a file of the teacher's own would not be known elsewhere
    try:
        source = weights.find_weights()
    except weights.WeightsError as error:
        print(error, file=sys.stderr)
        return 2
    name = weights.KERAS_FILE if source.path.name == weights.SPARE_FILE else source.path.name
    weights.PACK.mkdir(exist_ok=True)
    (weights.PACK / "README.txt").write_text(README, encoding="utf-8")
    target = weights.PACK / name
    if source.path != target:
        unfinished = shutil.copyfile(source.path, target.with_suffix(".part"))
        unfinished.replace(target)
    print(f"{target}, {target.stat().st_size / 1e6:.0f} MB. Copy the whole course with it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
