// The easel: the pictures to choose from, the picture that is being painted, its history, earlier paintings.
// Its clock: a step is asked for when the last picture has arrived and is drawn. With the page gone, nobody asks.

const LARGEST_UPLOAD = 1024; // pixels on the longer side; a larger picture is reduced to this
const PATIENCE = 15; // seconds without an answer of the kernel
const HERE = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname); // the kernel runs on this computer
const FORMATS = "image/*,.heic,.heif,.avif";

// One button for a picture of one's own: what `Upload` shows.
const UPLOAD = `
  <div class="row"><label class="button">Choose your picture <input type="file" accept="${FORMATS}"></label></div>
  <img class="preview" alt="The picture that will be painted.">
  <div class="status" role="status" aria-live="polite"></div>`;

const PARTS = `
  <div class="choosers">
    <fieldset class="chooser" data-group="content"><legend>Content image: <b></b></legend><div class="thumbs"></div></fieldset>
    <fieldset class="chooser" data-group="style"><legend>Style image: <b></b></legend><div class="thumbs"></div>
      <div class="row"><label><input type="checkbox" class="blend"> Blend several</label><span class="shares"></span>
        <button class="show-brush" aria-expanded="false">Where it goes …</button></div>
    </fieldset>
  </div>
  <div class="easel">
    <div class="stage"><canvas role="img" tabindex="0"></canvas></div>
    <div class="caption"></div>
    <div class="brush" role="group" aria-label="Where the style goes" hidden></div>
    <div class="row">
      <button class="play">Paint</button>
      <button class="one">One step</button>
      <button class="again">Start again</button>
      <progress max="1" value="0" aria-label="Steps done"></progress><span class="steps"></span>
    </div>
    <div class="status" role="status" aria-live="polite"></div>
    <div class="row">
      <label>History <input type="range" class="history" min="0" max="0" value="0"></label>
      <button class="resume">Resume from here</button>
      <label>Compare with <select class="compare"></select></label>
      <label>Zoom <select class="zoom"><option value="0">fit</option><option value="1">100 %</option><option value="2">200 %</option></select></label>
    </div>
    <div class="row">
      <label class="button">Upload <input type="file" accept="${FORMATS}" multiple></label>
      <label>as <select class="group"><option value="content">content image</option><option value="style">style image</option></select></label>
      <button class="camera">Camera</button>
      <button class="save" data-ending=".png">Save PNG</button>
      <button class="save" data-ending=".jpg">Save JPEG</button>
      <button class="save" data-ending=".gif">Save animation</button>
      <button class="show-code" aria-expanded="false">Show the code</button>
      <span class="link"></span>
    </div>
    <div class="code" hidden><button class="copy">Copy</button><pre tabindex="0"></pre></div>
  </div>
  <div class="runs" role="group" aria-label="Earlier paintings"></div>`;

const bitmap = (bytes) => createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));

// A small picture beside a text that says what it is. It cannot be dragged, or it might be dropped as an upload.
function thumb(bytes) {
  const onload = (event) => URL.revokeObjectURL(event.target.src);
  return element("img", { src: URL.createObjectURL(new Blob([bytes])), alt: "", draggable: false, onload });
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// --- The picture -----------------------------------------------------------------------------------------------------

// A canvas that shows one picture, or two with a divider between them, at any zoom; or what the camera's has become.
class Stage {
  constructor(canvas, zoom) {
    Object.assign(this, { canvas, zoom, pen: canvas.getContext("2d"), now: null, before: null, content: null, brush: null });
    Object.assign(this, { live: null, seen: null });
    this.divide = 0.5; // the share of the picture that shows what was before
    this.pressed = null;
    zoom.onchange = () => this.draw();
    canvas.onpointerdown = (event) => this.press(event);
    canvas.onpointermove = (event) => (this.brush ? this.brush.move(event) : this.pressed && this.drag(event));
    canvas.onpointerup = canvas.onpointercancel = canvas.onlostpointercapture = () => {
      this.pressed = null;
      this.brush?.release();
      this.draw();
    };
    canvas.onpointerleave = () => this.brush?.leave();
    canvas.onkeydown = (event) => this.key(event);
    canvas.onkeyup = canvas.onblur = () => { this.pressed = null; this.draw(); };
  }

  // "now", "before" the divider, or "content"; "live" and what the camera has "seen"; null takes it away
  show(place, picture) {
    this[place]?.close();
    this[place] = picture;
    this.draw();
  }

  draw() {
    if (!this.now) return;
    const { canvas, pen } = this, now = this.live ?? this.now;
    const held = this.pressed && !this.pressed.moved && !this.before && (this.live ? this.seen : this.content);
    const masked = this.brush && this.content;
    ({ width: canvas.width, height: canvas.height } = masked ? this.brush.mask : now);
    pen.imageSmoothingQuality = "high";
    if (masked) this.brush.draw(pen);
    else pen.drawImage(held || now, 0, 0, canvas.width, canvas.height);
    const x = Math.round(canvas.width * this.divide);
    if (this.before && x && !masked) {
      const { before } = this;
      pen.drawImage(before, 0, 0, this.divide * before.width, before.height, 0, 0, x, canvas.height);
      pen.fillStyle = "white";
      pen.fillRect(x - 1, 0, 2, canvas.height);
    }
    const room = Math.max(240, Math.min(520, 0.46 * innerHeight));
    const fit = Math.min(canvas.parentElement.clientWidth / canvas.width, room / canvas.height);
    canvas.style.width = `${canvas.width * (Number(this.zoom.value) / devicePixelRatio || fit)}px`;
    canvas.classList.toggle("masked", Boolean(masked));
    canvas.classList.toggle("divided", Boolean(this.before) && !masked);
    canvas.classList.toggle("zoomed", this.zoom.value !== "0");
    canvas.setAttribute("role", this.before ? "slider" : "img"); // the arrow keys move the divider
    const share = `${Math.round(100 * this.divide)}`;
    const values = { "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": share, "aria-valuetext": `${share} % before` };
    for (const [name, value] of Object.entries(values)) {
      if (this.before) canvas.setAttribute(name, value);
      else canvas.removeAttribute(name);
    }
  }

  press(event) {
    if (event.button) return;
    this.canvas.setPointerCapture(event.pointerId);
    if (this.brush) return this.brush.press(event);
    this.pressed = { x: event.clientX, y: event.clientY, moved: false };
    if (this.before) this.drag(event);
    else this.draw(); // the content image, as long as it is held
  }

  drag(event) {
    const { x, y } = this.pressed;
    if (Math.hypot(event.clientX - x, event.clientY - y) > 4) this.pressed.moved = true;
    if (this.before) {
      const box = this.canvas.getBoundingClientRect();
      this.move((event.clientX - box.left) / box.width);
    } else if (this.pressed.moved) {
      this.canvas.parentElement.scrollBy(x - event.clientX, y - event.clientY);
      Object.assign(this.pressed, { x: event.clientX, y: event.clientY });
      this.draw();
    }
  }

  key(event) {
    if (event.key === " " && !this.before && !this.brush) { // as a press of the mouse
      event.preventDefault();
      this.pressed = { moved: false };
      return this.draw();
    }
    const step = { ArrowLeft: -0.02, ArrowRight: 0.02, Home: -1, End: 1 }[event.key];
    if (!this.before || !step) return;
    event.preventDefault();
    this.move(this.divide + step);
  }

  move(share) {
    this.divide = Math.min(1, Math.max(0, share));
    this.draw();
  }
}

// --- Uploads ---------------------------------------------------------------------------------------------------------

// A picture as a browser reads it: upright, at most LARGEST_UPLOAD pixels, as JPEG.
async function reduced(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch((error) => {
    if (error instanceof TypeError) return createImageBitmap(file); // an older browser, which has no other way
    throw error;
  });
  const factor = Math.min(1, LARGEST_UPLOAD / Math.max(picture.width, picture.height));
  const canvas = element("canvas", {
    width: Math.max(1, Math.round(picture.width * factor)),
    height: Math.max(1, Math.round(picture.height * factor)),
  });
  const pen = canvas.getContext("2d");
  Object.assign(pen, { fillStyle: "white", imageSmoothingQuality: "high" });
  pen.fillRect(0, 0, canvas.width, canvas.height); // what is transparent is white
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95));
  return blob.arrayBuffer();
}

// Pictures that are chosen, dropped or pasted are reduced and handed to `send(file, bytes, group)`, one after another.
// `groupOf` says which group one belongs to that was dropped on an element, or came in another way.
function takePictures(el, say, send, groupOf = () => "") {
  const take = async (files, group) => {
    for (const file of files) {
      say(`Reading ${file.name} …`);
      try {
        send(file, await reduced(file), group);
      } catch (error) {
        const how = /\.hei[cf]$/i.test(file.name)
          ? "On an iPhone choose Settings, Camera, Formats, Most Compatible, or send it as JPEG."
          : "Save it as JPEG or PNG and try again.";
        say(`The browser cannot read ${file.name}. ${how}`, true);
      }
    }
  };
  const input = el.querySelector("input[type=file]:not(.load)");
  input.dataset.lmSuppressShortcuts = "true"; // JupyterLab shall not take its keys
  input.onchange = async () => { await take([...input.files], groupOf()); input.value = ""; };
  el.ondragover = (event) => event.preventDefault();
  el.ondrop = (event) => { event.preventDefault(); take([...event.dataTransfer.files], groupOf(event.target)); };
  el.onpaste = (event) => {
    const files = [...event.clipboardData.files];
    if (files.length) { event.preventDefault(); take(files, groupOf()); }
  };
}

function renderUpload({ model, el }) {
  el.classList.add("studio-easel");
  el.innerHTML = UPLOAD;
  const say = (text, error = false) => {
    el.querySelector(".status").textContent = text;
    el.querySelector(".status").classList.toggle("error", error);
  };
  const arrived = ({ text, error }, [data] = []) => {
    say(text, error);
    if (data) el.querySelector(".preview").src = URL.createObjectURL(new Blob([data]));
  };
  takePictures(el, say, ({ name }, bytes) => model.send({ kind: "upload", name }, undefined, [bytes]));
  model.on("msg:custom", arrived);
  model.send({ kind: "hello" });
  return () => model.off("msg:custom", arrived);
}

function renderEasel({ model, el }) {
  el.classList.add("studio-easel");
  el.innerHTML = PARTS;
  const $ = (selector) => el.querySelector(selector);
  const easel = $(".easel"), stage = new Stage($("canvas"), $(".zoom"));
  const radio = `studio-${Math.random().toString(36).slice(2)}`;
  let labels = {}, step = 0, newest = 0, kept = [], asked = 0, turns = 0, befores = 0, alive = true, chosen = { content: "", styles: [], shares: [] };

  const say = (text, error = false) => {
    if ($(".status").textContent !== text) $(".status").textContent = text; // or it is spoken again
    $(".status").classList.toggle("error", error);
  };
  const send = (kind, message = {}, buffers) => {
    if (kind !== "live") camera.stop(); // whatever else is asked for is about the painting
    try { model.send({ ...message, kind }, undefined, buffers); } catch { camera.stop(); /* the cell was run again: this view will go */ }
  };
  const brush = new Brush($(".brush"), stage, say, (kind, message, files) => send(kind, kind === "mask" ? { ...message, by: radio } : message, files));
  // What the camera sees goes to the kernel as a JPEG; `live` is the answer.
  const waiting = new Map(); // what to do with an answer, by its turn
  const camera = new Camera(el, {
    paint: async (canvas) => {
      const seen = await createImageBitmap(canvas), turn = `${radio} ${performance.now()}`;
      const jpeg = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95));
      asked = performance.now();
      send("live", { turn }, [await jpeg.arrayBuffer()]);
      const painted = await new Promise((done) => waiting.set(turn, done));
      waiting.delete(turn);
      if (!camera.on || !painted) {
        seen.close();
        painted?.close();
        return camera.stop(); // the kernel has said why
      }
      stage.show("seen", seen);
      stage.show("live", painted);
    },
    changed: () => {
      $(".camera").textContent = camera.on ? "Stop camera" : "Camera";
      asked = 0;
      label();
      if (camera.on) return;
      stage.show("seen", null);
      stage.show("live", null);
      say("The camera is off. Nothing of it was kept.");
    },
    failed: (error) => say(`The camera was switched off: ${error.message}`, true),
  });
  const label = () => {
    $(".caption").textContent = camera.on ? `${camera.caption}, by a network that has learned The Great Wave` : labels.caption;
    stage.canvas.setAttribute("aria-label", camera.on ? "What the camera sees, painted." : labels.alt);
  };
  const ask = () => { asked = performance.now(); send("step", { after: newest }); };
  const patience = setInterval(() => {
    if (!asked || performance.now() - asked < 1000 * PATIENCE) return;
    asked = 0; // said once
    camera.stop();
    say("Still waiting. Another cell may be running; if the kernel was restarted, run this cell again.");
  }, 1000);

  // What the kernel says

  const heard = {
    say: ({ text, error }) => say(text, error),
    async picture(message, [data]) {
      const turn = (turns += 1), picture = await bitmap(data);
      if (!alive || turn !== turns) return picture.close(); // a newer one is on its way
      stage.show("now", picture);
      ({ step, newest, kept } = message);
      easel.dataset.step = step;
      easel.dataset.weights = JSON.stringify(message.weights);
      labels = message;
      label();
      $("progress").value = newest / message.steps;
      $(".steps").textContent = message.progress;
      const history = $(".history"), looking = !message.newest_shown && document.activeElement === history;
      history.max = kept.length - 1;
      if ($(".compare").value !== "look" && !looking) history.value = kept.indexOf(step);
      history.setAttribute("aria-valuetext", message.caption);
      for (const button of el.querySelectorAll(".resume, .save, .show-code, .history")) button.disabled = !kept.length;
      if (!message.newest_shown) return;
      asked = 0;
      if (model.get("playing")) ask();
    },
    async content(_, [data]) {
      stage.show("content", await bitmap(data));
      brush.take();
    },
    async live({ turn }, [data]) { if (waiting.has(turn)) waiting.get(turn)(data ? await bitmap(data) : null); },
    masks({ styles, by }, files) { if (by !== radio) brush.receive(styles, files); },
    async before({ name }, [data]) {
      const turn = (befores += 1), picture = data ? await bitmap(data) : null;
      if (turn !== befores) return picture?.close();
      stage.show("before", picture);
      $(".compare").value = name;
    },
    pictures({ items }, thumbs) {
      for (const group of el.querySelectorAll(".thumbs")) group.replaceChildren();
      items.forEach((item, number) => $(`[data-group=${item.group}] .thumbs`).append(thumbnail(item, thumbs[number])));
      choose();
    },
    chosen({ content, styles, shares }) {
      chosen = { content, styles, shares };
      if (styles.length > 1) $(".blend").checked = true;
      choose();
    },
    runs({ items }, thumbs) {
      $(".runs").replaceChildren(...items.map(({ id, title }, number) => {
        const bring = () => { send("bring", { id }); $(".play").focus(); };
        const button = element("button", { title: `Bring back: ${title}`, onclick: bring }, thumb(thumbs[number]));
        button.setAttribute("aria-label", `Bring back: ${title}`);
        return button;
      }));
      const others = items.map(({ id, title }) => element("option", { value: `run ${id}`, textContent: title }));
      const value = $(".compare").value;
      $(".compare").replaceChildren(
        element("option", { value: "", textContent: "nothing" }),
        element("option", { value: "content", textContent: "the content image" }),
        element("option", { value: "look", textContent: "the step in the history" }),
        ...others,
      );
      $(".compare").value = value;
    },
    file({ name }, [data]) {
      URL.revokeObjectURL($(".link a")?.href);
      const link = element("a", { href: URL.createObjectURL(new Blob([data])), download: name, textContent: `Download ${name}` });
      $(".link").replaceChildren(link);
    },
    code({ text }) {
      $(".code").hidden = false;
      $(".code pre").textContent = text;
      $(".show-code").setAttribute("aria-expanded", "true");
    },
  };
  const arrived = (message, buffers) => {
    if (asked) asked = performance.now();
    heard[message.kind](message, buffers ?? []);
  };

  // The pictures to choose from

  const thumbnail = ({ name, title, group }, data) => {
    const input = element("input", { type: "radio", name: `${radio}-${group}`, value: name });
    input.onchange = () => {
      const others = $(".blend").checked ? chosen.styles.filter((style) => style !== name) : [];
      if (group === "content") chosen.content = name;
      else chosen.styles = input.checked || !others.length ? [...others, name] : others;
      send("choose", chosen);
      choose();
    };
    return element("label", { title }, input, thumb(data), element("span", { textContent: title }));
  };
  const titleOf = (name) => el.querySelector(`[data-group=style] input[value="${CSS.escape(name)}"]`)?.closest("label").title ?? name;
  const choose = () => {
    const several = $(".blend").checked;
    for (const group of ["content", "style"]) {
      const names = group === "content" ? [chosen.content] : chosen.styles, titles = [];
      for (const label of el.querySelectorAll(`[data-group=${group}] .thumbs label`)) {
        const input = label.querySelector("input");
        if (group === "style") input.type = several ? "checkbox" : "radio";
        input.checked = names.includes(input.value);
        if (input.checked) titles.push(label.title);
      }
      $(`[data-group=${group}] legend b`).textContent = titles.join(", ");
    }
    brush.choose(chosen.styles.map((name) => [name, titleOf(name)]));
    const shares = chosen.styles.length > 1 ? chosen.styles : [];
    if ($(".shares").dataset.of === shares.join()) return; // else the slider that is being moved would be lost
    $(".shares").dataset.of = shares.join();
    $(".shares").replaceChildren(...shares.map((name, number) => {
      const share = element("input", { type: "range", min: 0, max: 100, value: 100 * (chosen.shares[number] ?? 1) });
      share.onchange = () => {
        chosen.shares = chosen.styles.map((_, other) => (other === number ? share.value / 100 : chosen.shares[other] ?? 1));
        send("choose", chosen);
      };
      return element("label", {}, `Share of ${titleOf(name)} `, share);
    }));
  };
  $(".blend").onchange = () => {
    if (!$(".blend").checked && chosen.styles.length > 1) {
      chosen = { ...chosen, styles: chosen.styles.slice(0, 1), shares: [] };
      send("choose", chosen);
    }
    choose();
  };

  takePictures(
    el, say, ({ name }, bytes, group) => send("upload", { group, name }, [bytes]),
    (element) => element?.closest("[data-group]")?.dataset.group ?? $(".group").value,
  );

  // Buttons

  const playing = () => {
    const now = model.get("playing");
    if (now) camera.stop();
    $(".play").textContent = now ? "Pause" : "Paint";
    if (now && brush.open) $(".show-brush").click(); // or the painting would not be seen
    asked = now ? performance.now() : 0; // the kernel answers with the newest picture, and that asks for a step
  };
  const press = (selector, action) => { $(selector).onclick = action; };
  press(".play", () => { model.set("playing", !model.get("playing")); model.save_changes(); });
  press(".camera", async () => {
    if (camera.on) return camera.stop();
    if (model.get("playing")) $(".play").click();
    if (brush.open) $(".show-brush").click();
    if ($(".compare").value) send("compare", { name: "" });
    say(`${HERE ? "The pictures do not leave this computer" : "The pictures go to the computer that runs this notebook (on Colab it is one of Google's)"}. They are painted, and none is saved. Asking for the camera …`);
    $(".camera").disabled = true;
    try {
      if (await camera.start()) say(`${HERE ? "The pictures do not leave this computer" : "The pictures go to the computer that runs this notebook"}, and none is saved. Press the picture to see the photograph.`);
    } catch (error) { say(error.message, true); }
    $(".camera").disabled = false;
  });
  press(".one", () => send("one"));
  press(".again", () => send("again"));
  press(".resume", () => send("resume", { step: kept[$(".history").value] }));
  press(".copy", async () => {
    try {
      await navigator.clipboard.writeText($(".code pre").textContent);
      say("Copied.");
    } catch { say("The browser does not let this page copy. Select the text and copy it."); }
  });
  press(".show-brush", () => {
    camera.stop();
    brush.show(!brush.open);
    $(".show-brush").setAttribute("aria-expanded", `${brush.open}`);
    if (brush.open) say("Paint over the places where the style shall go. Without a mask it goes everywhere.");
  });
  press(".show-code", () => {
    if ($(".code").hidden) return send("code");
    $(".code").hidden = true;
    $(".show-code").setAttribute("aria-expanded", "false");
  });
  for (const save of el.querySelectorAll(".save")) save.onclick = () => send("save", { ending: save.dataset.ending });
  $(".history").oninput = () => send("look", { step: kept[$(".history").value] });
  $(".compare").onchange = () => send("compare", { name: $(".compare").value });

  const resized = new ResizeObserver(() => stage.draw());
  resized.observe($(".stage"));
  model.on("msg:custom", arrived);
  model.on("change:playing", playing);
  playing();
  send("hello");
  return () => {
    alive = false;
    camera.stop();
    clearInterval(patience);
    for (const place of ["now", "before", "content"]) stage[place]?.close();
    stage.now = null;
    resized.disconnect();
    model.off("msg:custom", arrived);
    model.off("change:playing", playing);
  };
}

export default { render: (context) => (context.model.get("alone") ? renderUpload : renderEasel)(context) };
