// The page "Paint your photograph": a photograph at the left, what the network makes of it at the right; or what the
// camera sees (camera.js of the studio), picture after picture.

const SMALLEST_SIDE = 16; // pixels: the network's borders are mirrored, and need something to mirror
const LARGEST = 768; // pixels on the longer side, as the page offers them

const page = document.querySelector(".paint-page");
const $ = (selector) => page.querySelector(selector);
const [photograph, painting] = page.querySelectorAll("canvas");
const say = (text) => { $("[role=status]").textContent = text; };
let chosen = null, name = "", turn = 0;

// The weights, once WebAssembly is there
let ready = null;
const prepare = () => (ready ??= load().catch((error) => {
  console.error(error);
  throw new Error("This browser cannot run the network. A newer Chrome, Edge, Firefox or Safari can.");
}));

async function load() {
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false); // for which the page would need a server of its own
  const file = `data:application/wasm;base64,${WASM}`; // for all browsers of the last years
  tf.wasm.setWasmPaths(Object.fromEntries(["", "-simd", "-threaded-simd"].map((kind) => [`tfjs-backend-wasm${kind}.wasm`, file])));
  if (!(await tf.setBackend("wasm"))) throw new Error("no WebAssembly");
  return readWeights(NETWORK);
}

// A picture on a canvas, its longer side as long as wanted, but never enlarged; what is transparent is white.
function draw(picture, canvas, longest) {
  const factor = Math.min(1, longest / Math.max(picture.width, picture.height));
  canvas.width = Math.max(1, Math.round(picture.width * factor));
  canvas.height = Math.max(1, Math.round(picture.height * factor));
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  Object.assign(pen, { fillStyle: "white", imageSmoothingQuality: "high" });
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

// Pixels, painted.
async function painted(pixels) {
  const weights = await prepare(), { width, height } = pixels, made = new ImageData(width, height);
  const image = tf.tidy(() => tf.cast(tf.browser.fromPixels(pixels), "float32")), result = paintWith(weights, image);
  const values = await result.data();
  tf.dispose([image, result]);
  made.data.fill(255);
  for (let pixel = 0; pixel < width * height; pixel += 1)
    for (let channel = 0; channel < 3; channel += 1)
      made.data[4 * pixel + channel] = Math.round(values[3 * pixel + channel]);
  return made;
}

function showPainting(pixels) {
  Object.assign(painting, { width: pixels.width, height: pixels.height });
  painting.getContext("2d").putImageData(pixels, 0, 0);
}

// The photograph that is chosen
async function paint() {
  const now = (turn += 1), longest = Number($(".size").value);
  $(".download").hidden = true;
  const shorter = Math.min(chosen.width, chosen.height) * Math.min(1, longest / Math.max(chosen.width, chosen.height));
  if (Math.round(shorter) < SMALLEST_SIDE) return say("This photograph is too narrow. Choose a larger size, or another photograph.");
  const pixels = draw(chosen, photograph, longest), { width, height } = pixels;
  showPainting(new ImageData(width, height)); // nothing yet
  say("Painting …");
  await new Promise((done) => setTimeout(done, 50)); // so that the page shows it: while it paints, it shows nothing new
  const failed = (text) => { if (now === turn) say(text); };
  try {
    await prepare();
  } catch (error) { return failed(error.message); }
  if (now !== turn) return;
  const began = performance.now();
  let result;
  try {
    result = await painted(pixels);
  } catch (error) {
    console.error(error);
    return failed("This size could not be painted, most likely for lack of memory. Choose a smaller one.");
  }
  if (now !== turn) return;
  showPainting(result);
  say(`${width} × ${height} pixels, painted in ${((performance.now() - began) / 1000).toFixed(1)} s on this computer.`);
  const blob = await new Promise((done) => painting.toBlob(done, "image/png"));
  if (now !== turn) return;
  URL.revokeObjectURL($(".download").href);
  Object.assign($(".download"), { href: URL.createObjectURL(blob), download: `${name}_great_wave.png`, hidden: false });
}

// Take a picture in place of the one before, unless another one is chosen while it is read.
async function choose(title, read) {
  const now = (turn += 1);
  camera.stop();
  say("Reading …");
  const picture = await read();
  if (now !== turn) return picture.close();
  chosen = document.createElement("canvas");
  draw(picture, chosen, LARGEST);
  picture.close();
  name = title;
  await paint();
}

async function take(file) {
  if (!file) return;
  try {
    await choose(file.name.replace(/\.[^.]*$/, ""), () =>
      createImageBitmap(file, { imageOrientation: "from-image" }).catch((error) => {
        if (error instanceof TypeError) return createImageBitmap(file); // an older browser, which has no other way
        throw error;
      }));
    for (const input of page.querySelectorAll(".examples input")) input.checked = false;
  } catch {
    say(`The browser cannot read ${file.name}. Save it as JPEG or PNG and try again.`);
  }
}

const takeExample = (example) =>
  choose(example, () => createImageBitmap(new Blob([bytesOf(PHOTOGRAPHS[example])], { type: "image/jpeg" })));

// The camera: its pictures go no further than this page.
const camera = new Camera(page, {
  paint: async (canvas) => {
    const result = await painted(draw(canvas, photograph, canvas.width));
    if (camera.on) showPainting(result);
  },
  changed: () => {
    $(".camera").textContent = camera.on ? "Stop camera" : "Camera";
    $(".seen").textContent = camera.on ? "What the camera sees" : "The photograph";
    $(".painted").textContent = camera.on ? camera.caption : "What the network paints";
    $(".size").disabled = camera.on;
    if (!camera.on && chosen) paint(); // the face is not left there
  },
  failed: (error) => say(error.message),
});
$(".camera").onclick = async () => {
  if (camera.on) return camera.stop();
  $(".camera").disabled = true;
  say("Asking for the camera …");
  try {
    await prepare();
    if (await camera.start()) {
      turn += 1;
      $(".download").hidden = true;
      say("Nothing of what the camera sees leaves this page.");
    }
  } catch (error) { say(error.message); }
  $(".camera").disabled = false;
};

$("input[type=file]").onchange = async ({ target }) => { await take(target.files[0]); target.value = ""; };
$(".size").onchange = () => chosen && paint();
page.ondragover = (event) => event.preventDefault();
page.ondrop = (event) => { event.preventDefault(); take(event.dataTransfer.files[0]); };
document.onpaste = (event) => take(event.clipboardData.files[0]);
for (const input of page.querySelectorAll(".examples input")) input.onchange = () => takeExample(input.value);
takeExample($(".examples input:checked").value);
