// The camera: what it sees is painted by a network, picture after picture. Nothing of it is kept.

const FRAME = 256; // pixels on the longer side
const RECENT = 10; // pictures over which the speed is measured
const REFUSED = { // why there is no camera, and what to do
  NotAllowedError: "The camera may not be used. Allow it for this page, beside the browser's address, or in the computer's settings, and press Camera again. (In VS Code there is none.)",
  NotFoundError: "No camera was found. Connect one, and press Camera again.",
  NotReadableError: "The camera gives no picture. Close other programs that use it, and press Camera again.",
};
REFUSED.AbortError = REFUSED.NotReadableError; // what Firefox says

class Camera {
  // `place`: an element of the page, without which there is nobody to see the pictures. `paint`: is given a canvas, and
  // a promise of it ends when the picture is painted and shown. `changed`: the camera was switched on or off, or has
  // another caption. `failed`: is given the Error that ended it.
  constructor(place, { paint, changed, failed }) {
    Object.assign(this, { place, paint, changed, failed, stream: null, starts: 0, times: [] });
    this.video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, ariaHidden: "true" });
    this.video.style.cssText = "position: absolute; width: 1px; height: 1px; opacity: 0"; // some phones want it in the page
    this.canvas = document.createElement("canvas");
    this.hidden = () => { if (document.hidden) this.stop(); };
  }

  get on() { return Boolean(this.stream); }

  // True if the camera is on then. Throws an Error with a sentence if there is none to be had.
  async start() {
    const start = (this.starts += 1), current = () => start === this.starts;
    let stream;
    try {
      if (!navigator.mediaDevices) throw new Error("A browser lets only pages from https or from this computer use it");
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 }, facingMode: "user" } });
      if (!current()) return this.release(stream);
      this.place.append(this.video);
      this.video.srcObject = stream;
      await this.video.play();
    } catch (error) {
      this.release(stream);
      if (!current()) return false;
      throw new Error(REFUSED[error.name] ?? `The camera cannot be used. ${error.message}.`);
    }
    if (!current()) return this.release(stream);
    const [track] = stream.getVideoTracks();
    track.onended = () => this.stop(); // pulled out, or forbidden
    document.addEventListener("visibilitychange", this.hidden);
    this.mirrored = track.getSettings().facingMode !== "environment"; // people expect a mirror
    Object.assign(this, { stream, times: [] });
    this.changed();
    this.run(current);
    return true;
  }

  release(stream) {
    stream?.getTracks().forEach((track) => track.stop());
    return false;
  }

  stop() {
    this.starts += 1; // ends what is under way
    if (!this.on) return;
    this.release(this.stream);
    document.removeEventListener("visibilitychange", this.hidden);
    this.stream = this.video.srcObject = null;
    this.video.remove();
    this.changed();
  }

  // One picture at a time: the next one is taken when the last one is shown, so that a slow painter is not flooded.
  async run(current) {
    try {
      while (current()) {
        await new Promise(requestAnimationFrame);
        if (!current()) return;
        if (!this.place.getClientRects().length) return this.stop(); // in a tab that was put away
        if (!this.video.videoWidth) continue;
        this.take();
        await this.paint(this.canvas);
        if (!current()) return;
        this.times = [...this.times, performance.now()].slice(-RECENT - 1);
        this.changed();
      }
    } catch (error) {
      if (!current()) return;
      this.stop();
      this.failed(error);
    }
  }

  take() {
    const { video, canvas } = this, factor = FRAME / Math.max(video.videoWidth, video.videoHeight);
    canvas.width = Math.max(32, Math.round(video.videoWidth * factor));
    canvas.height = Math.max(32, Math.round(video.videoHeight * factor));
    const pen = canvas.getContext("2d");
    pen.imageSmoothingQuality = "high";
    if (this.mirrored) pen.setTransform(-1, 0, 0, 1, canvas.width, 0);
    pen.drawImage(video, 0, 0, canvas.width, canvas.height);
  }

  get caption() {
    if (this.times.length <= RECENT) return this.times.length ? "Live" : "Waiting for the first picture";
    const speed = (1000 * RECENT) / (this.times.at(-1) - this.times[0]);
    return `Live, ${speed.toFixed(speed < 2 ? 1 : 0)} pictures per second`;
  }
}
