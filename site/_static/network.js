// The network of helpers/further/fast.py once more, for a browser: TensorFlow.js computes, on the processor (WebAssembly),
// so that the same pixels come out everywhere. network_data.js brings the weights.

const RESIDUAL_BLOCKS = 5;
const STRIDE = 4; // the picture is halved twice on the way, so its sides have to be multiples of 4

// Numbers of 16 bits (sign, 5 bits of exponent, 10 of fraction) as numbers of 32 bits.
function widened(halves) {
  return Float32Array.from(halves, (bits) => {
    const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
    return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : sign * 2 ** -14 * (fraction / 1024);
  });
}

const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

// The weights as tensors, in the order in which the layers use them.
function readWeights({ shapes, halves }) {
  const values = widened(new Uint16Array(bytesOf(halves).buffer));
  let start = 0;
  return shapes.map((shape) => {
    const size = shape.reduce((product, side) => product * side, 1);
    return tf.tensor(values.subarray(start, (start += size)), shape);
  });
}

// A border of mirrored features on each side.
function mirrored(x, bottom, right, top = bottom, left = right) {
  return tf.mirrorPad(x, [[0, 0], [top, bottom], [left, right], [0, 0]], "reflect");
}

// An image (height, width, 3), 0..255, painted: the same shape and range. `weights` are those of readWeights.
// What a layer has computed is let go of after the next one: kept all together it would be more than a phone has.
function paintWith(weights, image) {
  let next = 0;
  const step = (x, compute) => {
    const made = tf.tidy(() => compute(x));
    x.dispose();
    return made;
  };
  const convolution = (x, stride = 1) => {
    const kernel = weights[next++], border = (kernel.shape[0] - 1) / 2;
    return tf.conv2d(mirrored(x, border, border), kernel, stride, "valid");
  };
  const normalized = (x) => {
    const { mean, variance } = tf.moments(x, [1, 2], true), scale = weights[next++], shift = weights[next++];
    return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), scale), shift);
  };
  const layer = (x, stride) => step(step(x, (x) => convolution(x, stride)), (x) => tf.relu(normalized(x)));
  const doubled = (x) => step(x, (x) => tf.image.resizeNearestNeighbor(x, [2 * x.shape[1], 2 * x.shape[2]]));
  const block = (x) => {
    const change = step(step(layer(x.clone()), convolution), normalized);
    const sum = tf.add(x, change);
    tf.dispose([x, change]);
    return sum;
  };

  const [height, width] = image.shape;
  const missing = (side) => (STRIDE - (side % STRIDE)) % STRIDE;
  let x = step(image.clone(), (image) => mirrored(tf.expandDims(image), missing(height), missing(width), 0, 0));
  x = step(x, (x) => tf.div(tf.sub(x, 127.5), 64));
  x = layer(layer(layer(x), 2), 2);
  for (let number = 0; number < RESIDUAL_BLOCKS; number += 1) x = block(x);
  x = layer(doubled(layer(doubled(x))));
  x = step(x, (x) => tf.mul(tf.sigmoid(tf.add(convolution(x), weights[next++])), 255));
  return step(x, (x) => tf.slice(tf.squeeze(x, [0]), [0, 0, 0], [height, width, 3]));
}
