"""What the time before the second step is made of, in a fresh process. Prints JSON: {part: seconds}.

python -m benchmarks.startup content.png style.png
"""

import json
import sys
import time
from collections.abc import Sequence


def main(arguments: Sequence[str]) -> None:
    parts, began = {}, time.perf_counter()

    def done(part):
        nonlocal began
        parts[part] = time.perf_counter() - began
        began = time.perf_counter()

    from helpers import quiet_tensorflow

    done("import helpers")
    from helpers.images import load_image

    content, style = map(load_image, arguments)
    done("load the two pictures (NumPy, Pillow)")
    with quiet_tensorflow():
        import tensorflow  # noqa: F401  (to time it)
    done("import TensorFlow and Keras")
    from helpers.transfer import StyleTransfer, canvas
    from helpers.weights import find_weights

    done("import the engine")
    find_weights()
    done("find VGG19's weights")
    transfer = StyleTransfer(content, style, size=max(content.shape), scales=1)
    done("read the weights, build VGG19, compute the targets")
    weights = transfer.weights.as_tensors(len(transfer.objective.style_layers))
    for part in ("trace the objective, evaluate it once", "evaluate it again"):
        transfer.objective.losses_and_gradient(canvas(content)[None], transfer.targets, weights)
        done(part)
    print(json.dumps(parts))


if __name__ == "__main__":
    main(sys.argv[1:])
