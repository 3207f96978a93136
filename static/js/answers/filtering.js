// The search box over many labels.

import { tell } from "../desk/line.js";

// Typing narrows the labels, arrows go through them, Enter takes the one that is marked.
export function filtered(part, take) {
  const search = part.querySelector("[data-filters]");
  if (!search) return {};
  const labels = [...part.querySelectorAll(".choice-button")];
  const none = part.querySelector("[data-none]");
  let at = -1;

  search.addEventListener("input", () => {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const label of labels) label.hidden = !wanted.every((word) => nameOf(label).includes(word));
    none.hidden = left().length > 0;
    mark(wanted.length ? 0 : -1);
  });
  search.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); mark(at + step); }
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const wanted = left()[at];
    if (!wanted) return;
    take(wanted);
    search.select();
  });

  function left() {
    return labels.filter((label) => !label.hidden);
  }

  function mark(wanted) {
    const there = left();
    at = Math.max(-1, Math.min(wanted, there.length - 1));
    for (const label of labels) label.classList.toggle("is-marked", label === there[at]);
    there[at]?.scrollIntoView({ block: "nearest" });
    if (there[at]) tell(there[at].querySelector(".choice-name").textContent); // the focus stays in the box
  }
  return {};
}

function nameOf(label) {
  return label.querySelector(".choice-name").textContent.toLowerCase();
}
