// Gives the controls around it the names and values that a screen reader speaks, and keeps their keys from JupyterLab.

function nameControls(root) {
  for (const handle of root.querySelectorAll(".noUi-handle, .ui-slider-handle")) {
    const row = handle.closest(".widget-slider, .widget-hslider, .jupyter-widgets");
    const name = row.querySelector(".widget-label")?.textContent.trim() ?? "";
    const field = handle.closest(".studio-weight")?.querySelector("input[type=number], input[type=text]");
    if (field) field.setAttribute("aria-label", `${name}, as a number`);
    handle.setAttribute("role", "slider");
    handle.setAttribute("aria-label", name);
    handle.setAttribute("aria-valuetext", (field?.value ?? row.querySelector(".widget-readout")?.textContent ?? "").trim());
    if (!handle.hasAttribute("aria-valuenow")) handle.setAttribute("aria-valuenow", "0"); // ipywidgets 7 has none
  }
  for (const picture of root.querySelectorAll("img.widget-image, .widget-image img")) {
    picture.alt = root.querySelector(".demo-caption")?.textContent.trim() || "What the controls above make.";
  }
  for (const button of root.querySelectorAll("[class*=studio-show-]")) { // shows and hides what is below it
    button.setAttribute("aria-expanded", button.classList.contains("mod-active"));
    button.removeAttribute("aria-pressed");
  }
  for (const control of root.querySelectorAll("button, input, select, canvas, pre, [tabindex]")) {
    control.dataset.lmSuppressShortcuts = "true"; // else a letter typed here is a command, such as "cut the cell"
  }
}

function render({ el }) {
  el.style.display = "none";
  let root = null, alive = true;
  let later = 0;
  const watch = new MutationObserver(() => {
    nameControls(root);
    clearTimeout(later);
    later = setTimeout(() => nameControls(root), 400); // a number field follows its slider a little later
  });
  const begin = () => {
    root = el.closest(".named-controls");
    if (!root) return alive && requestAnimationFrame(begin); // not on the page yet
    nameControls(root);
    watch.observe(root, {
      childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["aria-valuenow", "class", "style"],
    });
  };
  requestAnimationFrame(begin);
  return () => { alive = false; clearTimeout(later); watch.disconnect(); };
}

export default { render };
