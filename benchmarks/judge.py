"""Say how good pictures are: by the course's own objective, and by layers of VGG19 that no way optimizes.

    python -m benchmarks.judge content.png style.png picture.png ...

Prints JSON: for each picture its objective (the total loss with the default weights), its grain, and the style and
content distance of three judges: the same formulas, averaged over three other layers, in VGG19 with max, average and L2
pooling.
"""

import json
import sys
from collections.abc import Sequence

from helpers import quiet_tensorflow
from helpers.images import load_image, preprocess

from .grain import grain

with quiet_tensorflow():
    import tensorflow as tf

    from helpers.losses import content_loss, gram_distance, gram_matrix
    from helpers.objective import squared_norm
    from helpers.transfer import StyleTransfer, Weights, canvas
    from helpers.vgg import POOLING, build_vgg19

LAYERS = ("block2_conv2", "block3_conv3", "block4_conv4")


class Judge:
    """VGG19 with one kind of pooling, and what it sees of the two pictures."""

    def __init__(self, pooling, content, style):
        self.vgg = build_vgg19(LAYERS, pooling=pooling)
        self.content = self.features(content)
        self.grams = {name: gram_matrix(feature) for name, feature in self.features(style).items()}

    def features(self, image):
        return self.vgg(preprocess(tf.constant(image)[tf.newaxis]))

    def distances(self, image) -> dict[str, float]:
        found = self.features(image)
        style = content = 0.0
        for name in LAYERS:
            gram, target = self.grams[name], self.content[name]
            style += gram_distance(gram_matrix(found[name]), gram)[0] / squared_norm(gram)
            content += content_loss(found[name], target)[0] / squared_norm(target)
        return {"style": float(style) / len(LAYERS), "content": float(content) / len(LAYERS)}


def main(arguments: Sequence[str]) -> None:
    content, style, *pictures = arguments
    content, style = load_image(content), load_image(style)
    transfer = StyleTransfer(content, style, size=max(content.shape), scales=1)
    weights = Weights().as_tensors(len(transfer.objective.style_layers))
    judges = {pooling: Judge(pooling, content, style) for pooling in POOLING}
    scores = []
    for path in pictures:
        image = load_image(path)
        losses, _, _ = transfer.objective.losses_and_gradient(canvas(image)[None], transfer.targets, weights)
        distances = {pooling: judge.distances(image) for pooling, judge in judges.items()}
        scores.append({"objective": float(sum(losses.values())), "grain": grain(image), **distances})
    print(json.dumps(scores))


if __name__ == "__main__":
    main(sys.argv[1:])
