"""From a slider's move to the first picture that used it. Prints JSON.

    python -m benchmarks.studio_latency SIZE

The studio is driven by the messages a browser sends. A person may move a slider at any moment of a step; the move
waits until the step that is under way is done, and the next step uses it.
"""

import json
import sys
import time
from collections.abc import Sequence

from helpers.studio import Studio
from helpers.studio.studio import PLAYING

MOVES = 5


def main(arguments: Sequence[str]) -> None:
    studio = Studio(size=int(arguments[0]), steps=60)
    slider = studio.weight_sliders["style"].slider
    studio.play.set_state({PLAYING: True})

    def tick() -> float:
        began = time.perf_counter()
        studio.play.set_state({"value": studio.play.value + 1})
        return time.perf_counter() - began

    while studio.transfer is None or studio.transfer.scale < len(studio.transfer.plan) - 1:
        tick()  # up to the last scale, where steps are longest
    for _ in range(3):
        tick()
    usual = min(tick() for _ in range(5))

    moves = []
    for move in range(MOVES):
        slider.set_state({"index": slider.index + (1 if move % 2 == 0 else -1)})
        before, steps, seconds = studio.picture.value, 0, 0.0
        while studio.used != studio.weights or studio.picture.value == before:
            seconds += tick()
            steps += 1
        moves.append({"to": slider.label, "steps": steps, "seconds": seconds})
    print(json.dumps({"usual step": usual, "moves": moves}))


if __name__ == "__main__":
    main(sys.argv[1:])
