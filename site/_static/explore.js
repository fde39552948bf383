// Sliders over the pictures that a lesson already holds: what its demo shows, without a running notebook.
// Without JavaScript the figure stays as it is.

const WIDEST = 560; // pixels

// "block2, loss 0.8" and so on as a table: two sliders. Otherwise one slider goes through all titles.
function axes(titles) {
  const pairs = titles.map((title) => title.split(", "));
  if (pairs.every((pair) => pair.length === 2)) {
    const [rows, columns] = [0, 1].map((part) => [...new Set(pairs.map((pair) => pair[part]))]);
    if (rows.length > 1 && columns.length > 1 && rows.length * columns.length === titles.length) return [rows, columns];
  }
  return [titles];
}

// What a slider is called: the words that all its values begin with.
function nameOf(values) {
  const words = values.map((value) => value.split(/[\s\d]/)[0]);
  return words[0] && words.every((word) => word === words[0]) ? words[0] : "shown";
}

function explore(figure) {
  const parts = JSON.parse(figure.dataset.parts);
  const strip = figure.querySelector("img");
  const groups = axes(parts.map((part) => part.title));
  const view = document.createElement("div");
  view.className = "explore-view";
  const picture = strip.cloneNode();
  picture.alt = "";
  view.append(picture);
  view.setAttribute("role", "img");

  const sliders = groups.map((values) => {
    const row = document.createElement("label");
    row.className = "explore-control";
    const name = document.createElement("span");
    name.textContent = nameOf(values);
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: 0, max: values.length - 1, step: 1, value: values.length - 1 });
    const value = document.createElement("output");
    row.append(name, slider, value);
    slider.addEventListener("input", show);
    return { row, slider, value, values };
  });

  function show() {
    const chosen = sliders.map(({ slider }) => Number(slider.value));
    sliders.forEach(({ slider, value, values }, group) => {
      value.textContent = values[chosen[group]];
      slider.setAttribute("aria-valuetext", values[chosen[group]]);
    });
    const part = parts[chosen.length > 1 ? chosen[0] * sliders[1].values.length + chosen[1] : chosen[0]];
    view.setAttribute("aria-label", part.title);
    place(part.box);
  }

  // The figure, enlarged so that the part fills the view, and moved so that nothing else is seen.
  function place([left, top, width, height]) {
    const ratio = strip.naturalHeight / strip.naturalWidth;
    const broadest = Math.max(...parts.map((part) => part.box[2]));
    const highest = Math.max(...parts.map((part) => part.box[3]));
    const wide = Math.min(WIDEST, 2 * broadest * strip.naturalWidth, figure.clientWidth);
    const whole = wide / broadest;
    view.style.width = `${wide}px`;
    view.style.height = `${whole * highest * ratio}px`;
    const centered = (broadest - width) / 2;
    Object.assign(picture.style, {
      width: `${whole}px`,
      left: `${whole * (centered - left)}px`,
      top: `${-whole * ratio * top}px`,
    });
    const margins = [top, 1 - left - width, 1 - top - height, left].map((share) => `${100 * share}%`);
    picture.style.clipPath = `inset(${margins.join(" ")})`;
  }

  const whole = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = "All of them at once";
  whole.append(summary, strip);
  window.addEventListener("beforeprint", () => (whole.open = true)); // on paper nothing can be moved
  figure.replaceChildren(view, ...sliders.map(({ row }) => row), whole);
  picture.addEventListener("load", show);
  new ResizeObserver(show).observe(figure); // also calls it once now
}

document.querySelectorAll(".explore").forEach(explore);
