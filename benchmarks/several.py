"""What several style images cost, and what painting several pictures as one batch would gain. Prints JSON.

python -m benchmarks.several content.png style.png
"""

import json
import sys
import time
from collections.abc import Sequence

import numpy as np

from helpers import quiet_tensorflow
from helpers.images import load_image, preprocess

with quiet_tensorflow():
    import tensorflow as tf

    from helpers.losses import content_loss, gram_matrix
    from helpers.transfer import StyleTransfer, canvas

COUNTS = (1, 2, 4)


def main(arguments: Sequence[str]) -> None:
    content, style = map(load_image, arguments)
    turned = [np.ascontiguousarray(np.rot90(style, turns)) for turns in range(max(COUNTS))]
    size = max(content.shape)
    StyleTransfer(content, turned[:1], size=size, scales=1).step()  # compiles
    styles = {}
    for count in COUNTS:
        began = time.perf_counter()
        run = StyleTransfer(content, turned[:count], size=size, scales=1)
        start = time.perf_counter() - began
        run.step()
        styles[count] = {"start": start, "step": median_seconds(run.step)}

    vgg = run.objective.vgg

    @tf.function
    def gradient(images):
        with tf.GradientTape() as tape:
            tape.watch(images)
            features = vgg(preprocess(images))
            losses = [tf.reduce_sum(gram_matrix(feature)) for feature in features.values()]
            losses.append(tf.reduce_sum(content_loss(features["block4_conv2"], 0.0)))
            loss = tf.add_n(losses)
        return tape.gradient(loss, images)

    batch = {}
    for count in COUNTS:
        images = tf.constant(np.stack([canvas(content)] * count))
        gradient(images)
        batch[count] = median_seconds(lambda images=images: gradient(images).numpy())
    print(json.dumps({"styles": styles, "batch": batch}))


def median_seconds(function) -> float:
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - began)
    return float(np.median(seconds))


if __name__ == "__main__":
    main(sys.argv[1:])
