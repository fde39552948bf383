// The camera: what it sees is painted by a network, picture after picture. Nothing of it is kept.

const FRAME = 256; // pixels on the longer side
const RECENT = 10; // pictures over which the speed is measured
const REFUSED = { // why there is no camera, and what to do
  NotAllowedError: "The camera may not be used. Allow it for this page, beside the browser's address, and press Camera again.",
  NotFoundError: "No camera was found. Connect one, and press Camera again.",
  NotReadableError: "The camera gives no picture. Close other programs that use it, and press Camera again.",
};

// A picture is sent when the one before has come back and is drawn, so that a slow kernel is not flooded.
class Camera {
  constructor(stage, send, changed) {
    Object.assign(this, { stage, send, changed, stream: null, starts: 0, title: "", times: [] });
    this.video = Object.assign(document.createElement("video"), { muted: true, playsInline: true });
    this.canvas = document.createElement("canvas");
  }

  get on() { return Boolean(this.stream); }

  // Throws an Error with a sentence if there is no camera to be had.
  async start() {
    const start = (this.starts += 1);
    let stream;
    try {
      if (!navigator.mediaDevices) throw new Error("A browser lets only pages from https or from this computer use it");
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 }, facingMode: "user" } });
      this.video.srcObject = stream;
      await this.video.play();
    } catch (error) {
      stream?.getTracks().forEach((track) => track.stop());
      throw new Error(REFUSED[error.name] ?? `The camera cannot be used. ${error.message}.`);
    }
    if (start !== this.starts) return stream.getTracks().forEach((track) => track.stop()); // stopped in the meantime
    const [track] = stream.getVideoTracks();
    track.onended = () => this.stop(); // pulled out, or forbidden
    this.mirrored = track.getSettings().facingMode !== "environment"; // people expect a mirror
    Object.assign(this, { stream, times: [] });
    this.changed();
    this.take();
  }

  stop() {
    this.starts += 1;
    if (!this.on) return;
    this.stream.getTracks().forEach((track) => track.stop());
    this.stream = this.video.srcObject = null;
    this.stage.show("seen", null);
    this.stage.show("live", null);
    this.changed();
  }

  // Send what the camera sees. A page that is hidden draws nothing, and so asks for nothing.
  take() {
    requestAnimationFrame(async () => {
      if (!this.on) return;
      const { video, canvas } = this, factor = FRAME / Math.max(video.videoWidth, video.videoHeight);
      canvas.width = Math.round(video.videoWidth * factor);
      canvas.height = Math.round(video.videoHeight * factor);
      const pen = canvas.getContext("2d");
      pen.imageSmoothingQuality = "high";
      if (this.mirrored) pen.setTransform(-1, 0, 0, 1, canvas.width, 0);
      pen.drawImage(video, 0, 0, canvas.width, canvas.height);
      const [seen, blob] = await Promise.all([
        createImageBitmap(canvas),
        new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95)),
      ]);
      const data = await blob.arrayBuffer();
      if (!this.on) return seen.close();
      this.seen = seen;
      this.send(data);
    });
  }

  // The picture that was sent has come back, painted.
  show(painted, title) {
    if (!this.on) return painted.close();
    this.title = title;
    this.times = [...this.times, performance.now()].slice(-RECENT - 1);
    this.stage.show("seen", this.seen);
    this.stage.show("live", painted);
    this.changed();
    this.take();
  }

  get caption() {
    const seconds = (this.times.at(-1) - this.times[0]) / 1000;
    const speed = this.times.length > RECENT ? `, ${Math.round(RECENT / seconds)} pictures per second` : "";
    return this.title ? `Live, by a network that has learned ${this.title}${speed}` : "Waiting for the first picture";
  }
}
