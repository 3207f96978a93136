// One label, or any number: a search box where there are many. Keys and buttons work by themselves.

import { tell } from "../desk/line.js";
import { filtered } from "./filtering.js";

export function choice(part) {
  return filtered(part, (button) => button.click());
}

export function choices(part) {
  const boxes = [...part.querySelectorAll("[name='labels']")];
  const save = part.querySelector("[data-saves]");
  const weigh = () => { save.disabled = !boxes.some((box) => box.checked); };
  part.addEventListener("change", ({ target }) => {
    weigh();
    // By its key, while the focus is elsewhere: a reader would hear nothing.
    if (target !== document.activeElement) tell(`${target.value}: ${target.checked ? part.dataset.ticked : part.dataset.unticked}`);
  });
  weigh();
  return filtered(part, (label) => label.querySelector("input").click());
}
