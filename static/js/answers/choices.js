// One label, or any number: a search box where there are many. Keys and buttons work by themselves.

import { filtered } from "./filtering.js";

export function choice(part) {
  return filtered(part, (button) => button.click());
}

export function choices(part) {
  const boxes = [...part.querySelectorAll("[name='labels']")];
  const save = part.querySelector("[data-saves]");
  const weigh = () => { save.disabled = !boxes.some((box) => box.checked); };
  part.addEventListener("change", weigh);
  weigh();
  return filtered(part, (label) => label.querySelector("input").click());
}
