// The page "Paint your photograph": a photograph at the left, what the network makes of it at the right; or what the
// camera sees (camera.js of the studio), picture after picture.

const SMALLEST_SIDE = 16; // pixels: the network's borders are mirrored, and need something to mirror
const CAPTION = "What the network paints";

const page = document.querySelector(".paint-page");
const $ = (selector) => page.querySelector(selector);
const [photograph, painting] = page.querySelectorAll("canvas");
const say = (text) => { $("[role=status]").textContent = text; };
let chosen = null, name = "", turn = 0, weights = null;

async function prepare() {
  if (weights) return;
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false); // for which the page would need a server of its own
  const file = `data:application/wasm;base64,${WASM}`; // for all browsers of the last years
  tf.wasm.setWasmPaths(Object.fromEntries(["", "-simd", "-threaded-simd"].map((kind) => [`tfjs-backend-wasm${kind}.wasm`, file])));
  if (!(await tf.setBackend("wasm"))) throw new Error("no WebAssembly");
  weights = readWeights(NETWORK);
}

// The photograph upright, its longer side as long as the page says, but never enlarged; what is transparent is white.
function draw(picture) {
  const factor = Math.min(1, Number($(".size").value) / Math.max(picture.width, picture.height));
  photograph.width = Math.max(1, Math.round(picture.width * factor));
  photograph.height = Math.max(1, Math.round(picture.height * factor));
  const pen = photograph.getContext("2d", { willReadFrequently: true });
  Object.assign(pen, { fillStyle: "white", imageSmoothingQuality: "high" });
  pen.fillRect(0, 0, photograph.width, photograph.height);
  pen.drawImage(picture, 0, 0, photograph.width, photograph.height);
  return pen.getImageData(0, 0, photograph.width, photograph.height);
}

// Pixels, painted.
async function painted(pixels) {
  const { width, height } = pixels, made = new ImageData(width, height);
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
  camera.stop();
  const now = (turn += 1), pixels = draw(chosen), { width, height } = pixels;
  $(".download").hidden = true;
  showPainting(new ImageData(width, height)); // nothing yet
  if (Math.min(width, height) < SMALLEST_SIDE) return say("This photograph is too narrow. Choose another one.");
  say("Painting …");
  await new Promise((done) => setTimeout(done, 50)); // so that the page shows it: while it paints, it shows nothing new
  try {
    await prepare();
  } catch (error) {
    console.error(error);
    return say("This browser cannot run the network. A newer Chrome, Edge, Firefox or Safari can.");
  }
  if (now !== turn) return;
  const began = performance.now(), result = await painted(pixels);
  if (now !== turn) return;
  showPainting(result);
  say(`${width} × ${height} pixels, painted in ${((performance.now() - began) / 1000).toFixed(1)} s on this computer.`);
  const blob = await new Promise((done) => painting.toBlob(done, "image/png"));
  if (now !== turn) return;
  URL.revokeObjectURL($(".download").href);
  Object.assign($(".download"), { href: URL.createObjectURL(blob), download: `${name}_great_wave.png`, hidden: false });
}

async function take(file) {
  if (!file) return;
  try {
    chosen = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return say(`The browser cannot read ${file.name}. Save it as JPEG or PNG and try again.`);
  }
  name = file.name.replace(/\.[^.]*$/, "");
  for (const input of page.querySelectorAll(".examples input")) input.checked = false;
  await paint();
}

async function takeExample(example) {
  name = example;
  chosen = await createImageBitmap(new Blob([bytesOf(PHOTOGRAPHS[example])], { type: "image/jpeg" }));
  await paint();
}

// The camera: its pictures go no further than this page.
const camera = new Camera(
  { show: (_, picture) => picture?.close() }, // both are shown below
  async (jpeg) => {
    const result = await painted(draw(await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }))));
    if (!camera.on) return;
    showPainting(result);
    camera.show(await createImageBitmap(painting), "The Great Wave");
  },
  () => {
    $(".camera").textContent = camera.on ? "Stop camera" : "Camera";
    $(".camera").setAttribute("aria-pressed", `${camera.on}`);
    $(".painted").textContent = camera.on ? camera.caption : CAPTION;
  },
);
$(".camera").onclick = async () => {
  if (camera.on) return paint();
  turn += 1;
  $(".download").hidden = true;
  say("Asking for the camera …");
  try {
    await prepare();
    await camera.start();
    if (camera.on) say("Nothing of what the camera sees leaves this page.");
  } catch (error) { say(error.message); }
};

$(".painted").textContent = CAPTION;
$("input[type=file]").onchange = async ({ target }) => { await take(target.files[0]); target.value = ""; };
$(".size").onchange = () => { if (!camera.on) paint(); };
page.ondragover = (event) => event.preventDefault();
page.ondrop = (event) => { event.preventDefault(); take(event.dataTransfer.files[0]); };
document.onpaste = (event) => take(event.clipboardData.files[0]);
for (const input of page.querySelectorAll(".examples input")) input.onchange = () => takeExample(input.value);
takeExample($(".examples input:checked").value);
