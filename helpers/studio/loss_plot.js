// The total loss and its weighted parts after each step, drawn on a canvas.

const LINES = {
  total: { color: "currentColor", dashes: [], stroke: "solid" },
  content: { color: "#0072B2", dashes: [], stroke: "solid" },
  style: { color: "#D55E00", dashes: [7, 3], stroke: "dashed" },
  "total variation": { color: "#009E73", dashes: [2, 3], stroke: "dotted" },
};

// The total loss and its weighted parts after each step, on a logarithmic scale; marks where a weight was moved.
function drawLosses(canvas, { losses, plan, marks }) {
  const width = canvas.clientWidth || 400, height = 170, sharp = devicePixelRatio || 1;
  const [left, right, top, bottom] = [44, 6, 18, 20];
  canvas.width = width * sharp;
  canvas.height = height * sharp;
  const pen = canvas.getContext("2d"), ink = getComputedStyle(canvas).color;
  pen.scale(sharp, sharp);
  pen.font = "11px sans-serif";
  const values = losses.flatMap((row) => Object.values(row)).filter((value) => value > 0);
  const highest = Math.ceil(Math.log10(Math.max(...values, 0.1)));
  const lowest = Math.min(Math.max(Math.floor(Math.log10(Math.min(...values, 0.1))), highest - 4), highest - 1);
  const steps = Math.max(plan.reduce((sum, [, count]) => sum + count, 0), losses.length, 2);
  const x = (step) => left + ((width - left - right) * (step - 1)) / (steps - 1);
  const y = (value) => {
    const share = (Math.log10(value) - lowest) / (highest - lowest);
    return height - bottom - (height - bottom - top) * Math.min(1, Math.max(0, share));
  };
  const line = (color, dashes, lineWidth, points) => {
    Object.assign(pen, { strokeStyle: color === "currentColor" ? ink : color, lineWidth });
    pen.setLineDash(dashes);
    pen.beginPath();
    points.forEach(([px, py], number) => (number ? pen.lineTo(px, py) : pen.moveTo(px, py)));
    pen.stroke();
    if (points.length === 1) pen.strokeRect(points[0][0] - 1, points[0][1] - 1, 2, 2); // one point draws no line
  };
  pen.fillStyle = ink;
  pen.fillText("weighted loss", 0, 11);
  pen.fillText("step 1", left, height - 4);
  pen.textAlign = "right";
  pen.fillText(`step ${steps}`, width - right, height - 4);
  for (let power = lowest; power <= highest; power++) {
    pen.fillText(`${Number((10 ** power).toPrecision(1))}`, left - 5, y(10 ** power) + 4);
    line("rgba(128, 128, 128, 0.35)", [], 1, [[left, y(10 ** power)], [width - right, y(10 ** power)]]);
  }
  pen.textAlign = "left";
  let first = 1;
  for (const [size, count] of plan) { // a larger scale has other losses, so the lines jump where it begins
    line("rgba(128, 128, 128, 0.35)", [], 1, [[x(first), top], [x(first), height - bottom]]);
    pen.fillText(`${size} px`, x(first) + 4, height - bottom - 5);
    first += count;
  }
  const ends = marks.filter(([step], n) => marks[n + 1]?.[0] !== step + 1); // of a slider that was dragged for many steps
  for (const [step] of ends) line(ink, [3, 3], 1, [[x(step), top], [x(step), height - bottom]]);
  for (const [name, { color, dashes }] of Object.entries(LINES)) {
    line(color, dashes, 2, losses.map((row, n) => [x(n + 1), y(row[name])]).filter((_, n) => losses[n][name] > 0));
  }
  const now = losses.at(-1);
  canvas.setAttribute("aria-label", now
    ? `Losses after ${losses.length} steps: ${Object.keys(LINES).map((name) => `${name} ${now[name].toPrecision(2)}`).join(", ")}`
    : "Losses: nothing painted yet");
}

function render({ model, el }) {
  el.classList.add("studio-losses");
  el.innerHTML = `<canvas role="img"></canvas><div class="legend"></div><div class="marks"></div>`;
  const [canvas, legend, caption] = el.children;
  const draw = () => {
    const run = { losses: model.get("losses"), plan: model.get("plan"), marks: model.get("marks") };
    drawLosses(canvas, run);
    legend.replaceChildren(...Object.entries(LINES).map(([name, { color, stroke }]) => {
      const value = run.losses.at(-1)?.[name], text = document.createElement("span");
      text.textContent = `${name} ${value === undefined ? "" : value.toPrecision(2)}`;
      text.style.setProperty("--line", `${stroke} ${color}`);
      return text;
    }));
    const mark = run.marks.at(-1);
    caption.textContent = mark ? `Since step ${mark[0]}: ${mark[1]}` : "A dashed line shows where a weight was moved.";
  };
  const resized = new ResizeObserver(draw);
  resized.observe(canvas);
  const themed = new MutationObserver(draw);
  themed.observe(document.body, { attributes: true, attributeFilter: ["class", "data-jp-theme-light"] });
  model.on("change:losses change:plan change:marks", draw);
  draw();
  return () => {
    resized.disconnect();
    themed.disconnect();
    model.off("change:losses change:plan change:marks", draw);
  };
}

export default { render };
