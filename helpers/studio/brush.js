// The brush: masks, which say where each style goes. White is painted, black stays as the photograph is.

const MASK_SIZE = 768; // pixels on the longer side
const UNDOABLE = 30; // steps
const VEIL = [213, 94, 0]; // where a style goes, laid over the photograph
const READY = { // how far inside a place is, in shares of the width and height; below 0 outside
  "left half": (x) => 0.5 - x,
  "right half": (x) => x - 0.5,
  "sky": (x, y) => 1 / 3 - y,
  "ground": (x, y) => y - 1 / 3,
  "center": (x, y) => 0.3 - Math.hypot(x - 0.5, y - 0.5),
};
const BRUSH = `
  <div class="row">
    <label class="which">Mask of <select class="of"></select></label>
    <label><input type="radio" class="add" checked> Add</label>
    <label><input type="radio" class="erase"> Erase</label>
    <label>Brush <input type="range" class="size" min="8" max="240" value="80"></label>
    <label>Soft edge <input type="range" class="soft" min="0" max="60" value="12"></label>
  </div>
  <div class="row">
    <label>Ready masks <select class="ready"><option value="">choose one …</option>${
      Object.keys(READY).map((name) => `<option>${name}</option>`).join("")}</select></label>
    <button class="invert">Invert</button>
    <button class="undo">Undo</button>
    <button class="none">No mask</button>
    <button class="save-mask">Save mask</button>
    <label class="button">Load mask <input type="file" class="load" accept="image/*"></label>
  </div>`;

// One mask for each style, painted on the stage. A style without one goes everywhere.
class Brush {
  constructor(panel, stage, say, send) {
    Object.assign(this, { panel, stage, say, send, masks: new Map(), past: new Map(), at: null, from: null, open: false });
    this.mask = document.createElement("canvas"); // of the style that is chosen; opaque, gray
    this.veil = document.createElement("canvas");
    this.pen = this.mask.getContext("2d", { willReadFrequently: true });
    panel.innerHTML = BRUSH;
    this.$ = (selector) => panel.querySelector(selector);
    const radio = `brush-${Math.random().toString(36).slice(2)}`;
    for (const input of panel.querySelectorAll("input[type=radio]")) input.name = radio;
    for (const control of panel.querySelectorAll("input, select, button")) control.dataset.lmSuppressShortcuts = "true";
    this.$(".of").onchange = () => this.take();
    this.$(".ready").onchange = () => this.ready(this.$(".ready").value);
    this.$(".invert").onclick = () => this.change((gray) => 255 - gray);
    this.$(".undo").onclick = () => this.undo();
    this.$(".none").onclick = () => { this.remember(); this.masks.delete(this.style); this.take(); this.tell(); };
    this.$(".save-mask").onclick = () => this.send("save_mask", { style: this.style });
    this.$(".load").onchange = (event) => this.load(event.target);
  }

  get style() { return this.$(".of").value; }

  // The styles that are chosen, and their titles
  choose(styles) {
    const before = this.style;
    this.$(".of").replaceChildren(...styles.map(([name, title]) => new Option(title, name)));
    if (styles.some(([name]) => name === before)) this.$(".of").value = before;
    this.$(".which").hidden = styles.length < 2;
    this.take();
  }

  // The masks as the kernel has them: a picture for each style
  async receive(styles, files) {
    const pictures = await Promise.all(files.map((data) => createImageBitmap(new Blob([data]))));
    this.masks = new Map(styles.map((style, number) => [style, pictures[number]]));
    this.past.clear();
    this.take();
  }

  show(open) {
    this.open = open;
    this.panel.hidden = !open;
    this.stage.brush = open ? this : null;
    this.take();
  }

  // The mask of the style that is chosen onto the canvas; white where it has none
  take() {
    const content = this.stage.content;
    this.$(".undo").disabled = !this.past.get(this.style)?.length;
    if (!content) return;
    const factor = MASK_SIZE / Math.max(content.width, content.height);
    this.mask.width = this.veil.width = Math.max(1, Math.round(content.width * factor));
    this.mask.height = this.veil.height = Math.max(1, Math.round(content.height * factor));
    const picture = this.masks.get(this.style);
    if (picture) this.pen.drawImage(picture, 0, 0, this.mask.width, this.mask.height);
    else this.fill(255);
    this.stage.draw();
  }

  fill(gray) {
    this.pen.fillStyle = `rgb(${gray}, ${gray}, ${gray})`;
    this.pen.fillRect(0, 0, this.mask.width, this.mask.height);
  }

  pixels() { return this.pen.getImageData(0, 0, this.mask.width, this.mask.height); }

  // A new gray for each pixel: `gray` is given the old one and the place, in shares of the width and height
  change(gray) {
    this.remember();
    const image = this.pixels(), { width, height, data } = image;
    for (let place = 0; place < width * height; place += 1) {
      data.fill(gray(data[4 * place], ((place % width) + 0.5) / width, (Math.floor(place / width) + 0.5) / height), 4 * place, 4 * place + 3);
    }
    this.pen.putImageData(image, 0, 0);
    this.done();
  }

  ready(name) {
    if (!name) return;
    const soft = Math.max(1, Number(this.$(".soft").value)) / MASK_SIZE;
    this.change((_, x, y) => 255 * Math.min(1, Math.max(0, 0.5 + READY[name](x, y) / (2 * soft))));
    this.$(".ready").value = "";
  }

  remember() {
    const past = this.past.get(this.style) ?? [];
    this.past.set(this.style, [...past, this.masks.get(this.style) ?? null].slice(-UNDOABLE));
  }

  undo() {
    const before = this.past.get(this.style)?.pop();
    if (before) this.masks.set(this.style, before);
    else this.masks.delete(this.style);
    this.take();
    this.tell();
  }

  // What is on the canvas is the style's mask now
  async done() {
    const style = this.style;
    this.masks.set(style, await createImageBitmap(this.mask));
    this.$(".undo").disabled = false;
    this.stage.draw();
    this.tell();
  }

  async tell() {
    const style = this.style, files = [];
    if (this.masks.has(style)) {
      const blob = await new Promise((made) => this.mask.toBlob(made, "image/png"));
      files.push(await blob.arrayBuffer());
    }
    this.send("mask", { style }, files);
  }

  async load(input) {
    const [file] = input.files;
    input.value = "";
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      this.remember();
      this.fill(255); // what is transparent is white, as everywhere
      this.pen.drawImage(picture, 0, 0, this.mask.width, this.mask.height);
      const image = this.pixels(), { data } = image;
      for (let at = 0; at < data.length; at += 4) data.fill(0.3 * data[at] + 0.59 * data[at + 1] + 0.11 * data[at + 2], at, at + 3);
      this.pen.putImageData(image, 0, 0);
      await this.done();
    } catch { this.say(`The browser cannot read ${file.name}. Save it as JPEG or PNG and try again.`, true); }
  }

  // What the stage asks for: the photograph beneath the veil, and the pointer

  draw(pen) {
    const { width, height } = this.mask, image = this.pixels(), { data } = image;
    for (let at = 0; at < data.length; at += 4) {
      data[at + 3] = data[at] / 2;
      [data[at], data[at + 1], data[at + 2]] = VEIL;
    }
    this.veil.getContext("2d").putImageData(image, 0, 0);
    pen.drawImage(this.stage.content, 0, 0, width, height);
    if (this.from || this.masks.has(this.style)) pen.drawImage(this.veil, 0, 0); // everywhere would only hide the photograph
    if (!this.at) return;
    for (const [color, line] of [["black", 4], ["white", 2]]) {
      pen.beginPath();
      pen.arc(...this.at, this.$(".size").value / 2, 0, 7);
      Object.assign(pen, { strokeStyle: color, lineWidth: line });
      pen.stroke();
    }
  }

  place(event) {
    const box = this.stage.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * this.mask.width, ((event.clientY - box.top) / box.height) * this.mask.height];
  }

  press(event) {
    this.remember();
    if (!this.masks.has(this.style) && this.$(".add").checked) this.fill(0); // the first stroke says where, not where else
    this.from = this.place(event);
    this.move(event);
  }

  move(event) {
    this.at = this.place(event);
    if (this.from) {
      const steps = Math.ceil(Math.hypot(this.at[0] - this.from[0], this.at[1] - this.from[1]) / (this.$(".size").value / 12));
      for (let step = 0; step <= steps; step += 1) {
        const share = steps ? step / steps : 1;
        this.stamp(this.from[0] + share * (this.at[0] - this.from[0]), this.from[1] + share * (this.at[1] - this.from[1]));
      }
      this.from = this.at;
    }
    this.stage.draw();
  }

  release() {
    if (!this.from) return;
    this.from = null;
    this.done();
  }

  leave() {
    this.at = null;
    this.stage.draw();
  }

  // Lighter or darker wins, so a stroke that crosses itself has the same soft edge everywhere
  stamp(x, y) {
    const { pen } = this, radius = this.$(".size").value / 2, soft = Math.min(Number(this.$(".soft").value), radius);
    const [inside, outside] = this.$(".add").checked ? ["white", "black"] : ["black", "white"];
    const ink = pen.createRadialGradient(x, y, radius - soft, x, y, radius + Math.max(1, soft));
    ink.addColorStop(0, inside);
    ink.addColorStop(1, outside);
    pen.globalCompositeOperation = inside === "white" ? "lighten" : "darken";
    pen.fillStyle = ink;
    const reach = radius + soft + 2;
    pen.fillRect(x - reach, y - reach, 2 * reach, 2 * reach);
    pen.globalCompositeOperation = "source-over";
  }
}
