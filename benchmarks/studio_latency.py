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

MOVES = 5


def main(arguments: Sequence[str]) -> None:
    studio, shown = Studio(size=int(arguments[0]), steps=60), {}
    weight = studio.weight_sliders["style"]

    def page(message: dict, files: Sequence[bytes] = ()) -> None:
        if message["kind"] == "picture":
            shown.update(message)

    studio.easel.send = page
    studio.easel.set_state({"playing": True})

    def step() -> float:
        began = time.perf_counter()
        studio.easel._handle_custom_msg({"kind": "step", "after": shown["newest"]}, [])
        return time.perf_counter() - began

    step()
    while studio.run.frames[-1].scale < len(studio.run.plan):
        step()  # up to the last scale, where steps are longest
    for _ in range(3):
        step()
    usual = min(step() for _ in range(5))

    moves = []
    for move in range(MOVES):
        weight.slider.set_state({"value": 1.5 if move % 2 == 0 else 1.0})
        steps, seconds = 0, 0.0
        while shown["weights"]["style"] != weight.value:
            seconds += step()
            steps += 1
        moves.append({"to": f"{weight.value:g}", "steps": steps, "seconds": seconds})
    print(json.dumps({"usual step": usual, "moves": moves}))


if __name__ == "__main__":
    main(sys.argv[1:])
