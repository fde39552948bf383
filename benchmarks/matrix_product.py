"""The rate of a large float32 matrix product in TensorFlow, in GFLOP/s: what a step could reach at best."""

import sys
import time
from collections.abc import Sequence

from helpers import quiet_tensorflow

with quiet_tensorflow():
    import tensorflow as tf

SIDE = 3072


def main(_: Sequence[str]) -> None:
    matrix = tf.random.normal((SIDE, SIDE))
    tf.matmul(matrix, matrix).numpy()
    seconds = []
    for _ in range(8):
        began = time.perf_counter()
        tf.matmul(matrix, matrix).numpy()
        seconds.append(time.perf_counter() - began)
    print(2 * SIDE**3 / sorted(seconds)[len(seconds) // 2] / 1e9)


if __name__ == "__main__":
    main(sys.argv[1:])
