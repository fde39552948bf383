"""From a slider's move to the first picture that used it (``make bench``).

The studio is driven by the messages a browser sends, at 256 px. A person may move a slider at any moment of a step;
the move waits until the step that is under way is done, and the next step uses it.
"""

import time

from helpers.studio import PLAYING, Studio

MOVES = 5


def main() -> None:
    studio = Studio(size=256, steps=120)
    slider = studio.weight_sliders["style"].slider
    studio.play.set_state({PLAYING: True})

    def tick() -> float:
        began = time.perf_counter()
        studio.play.set_state({"value": studio.play.value + 1})
        return time.perf_counter() - began

    while studio.transfer is None or studio.transfer.scale < len(studio.transfer.plan) - 1:
        tick()  # up to the last scale, where steps are longest
    tick()
    usual = min(tick() for _ in range(5))

    print("moved to   steps until a picture used it   that step, in usual steps")
    for move in range(MOVES):
        slider.set_state({"index": slider.index + (1 if move % 2 == 0 else -1)})
        before, steps, seconds = studio.picture.value, 0, 0.0
        while studio.used != studio.weights or studio.picture.value == before:
            seconds += tick()
            steps += 1
        print(f"{slider.label:>8}   {steps:29}   {seconds / usual:25.1f}")
    print(f"A usual step: {usual:.2f} s. Add up to one more for the step that was under way when the slider moved.")


if __name__ == "__main__":
    main()
