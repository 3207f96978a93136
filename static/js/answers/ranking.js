// An order of candidates: numbers pick the next best, J and K or Alt with arrows move one, and so does a pointer.

import { tell } from "../desk/line.js";
import { Pairing } from "./pairing.js";

export function ranking(part) {
  const list = part.querySelector("[data-ranks]");
  const field = part.querySelector("[name='ranking']");
  const rows = () => [...list.children];
  let picked = 0; // how many were put in their place by number
  let pairing = null; // while it is asked two at a time
  const stage = part.querySelector("[data-pairs]");
  for (const select of part.querySelectorAll("select")) select.remove();
  order(field.value || field.dataset.order);
  keep();

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-moves]");
    if (!button) return;
    move(button.closest("li"), Number(button.dataset.moves));
    button.focus();
    told(button.closest("li"));
  });
  part.querySelector("[data-pairwise]").addEventListener("click", pairwise);
  list.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (grip) drag(grip, event);
  });

  function order(said) {
    const places = (said || "").match(/\d+/g) ?? [];
    for (const place of places) list.append(rows().find((row) => row.dataset.candidate === place));
  }

  function pairwise() {
    pairing = new Pairing(stage, rows(), textOf, (ordered) => {
      list.append(...ordered);
      picked = ordered.length;
      byList();
      keep();
      list.firstElementChild.focus({ preventScroll: true });
    });
    at(true);
  }

  function textOf(row) {
    return row.querySelector(".rank-text").textContent;
  }

  function byList() {
    pairing = null;
    at(false);
  }

  // Nothing is saved before the order is whole.
  function at(pairs) {
    part.classList.toggle("is-pairwise", pairs);
    stage.hidden = !pairs;
    part.querySelector("[data-saves]").disabled = pairs;
  }

  function keep() {
    field.value = rows().map((row) => row.dataset.candidate).join(",");
    rows().forEach((row, at) => row.classList.toggle("is-picked", at < picked));
  }

  function move(row, by) {
    const at = rows().indexOf(row) + by;
    if (at < 0 || at >= rows().length) return;
    if (by < 0) rows()[at].before(row);
    else rows()[at].after(row);
    keep();
  }

  // Where it stands now: the focus stays with it, so a reader would hear nothing.
  function told(row) {
    tell(`${list.dataset.place} ${rows().indexOf(row) + 1} / ${rows().length}: ${textOf(row)}`);
  }

  // The numbers start again once all are in their place.
  function pick(number) {
    const row = rows().find((each) => each.dataset.candidate === String(number - 1));
    if (!row) return false;
    if (picked >= rows().length - 1) picked = 0;
    const at = rows().indexOf(row);
    if (at < picked) return true;
    if (at > picked) rows()[picked].before(row);
    picked += 1;
    keep();
    row.focus({ preventScroll: true });
    told(row);
    return true;
  }

  function drag(grip, event) {
    const row = grip.closest("li");
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    row.classList.add("is-moving");
    const follow = ({ clientY }) => {
      const over = rows().find((each) => each !== row && clientY > each.getBoundingClientRect().top && clientY < each.getBoundingClientRect().bottom);
      if (over) move(row, rows().indexOf(over) - rows().indexOf(row));
    };
    grip.addEventListener("pointermove", follow);
    grip.addEventListener("lostpointercapture", () => {
      grip.removeEventListener("pointermove", follow);
      row.classList.remove("is-moving");
    }, { once: true });
  }

  function key(event) {
    if (event.ctrlKey || event.metaKey) return false;
    if (pairing && event.key === "Escape") { byList(); return true; }
    if (pairing) return pairing.key(event);
    const number = /^[1-9]$/.test(event.key) ? Number(event.key) : 0;
    if (number && !event.altKey) return pick(number);
    const row = document.activeElement?.closest(".rank");
    const moves = { j: 1, J: 1, k: -1, K: -1 }[event.key] ?? (event.altKey ? { ArrowDown: 1, ArrowUp: -1 }[event.key] : 0);
    const step = event.altKey ? 0 : { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!moves && !step) return false;
    const from = row ?? (moves ? rows()[0] : null);
    if (moves) { move(from, moves); from.focus(); told(from); return true; }
    const to = row ? rows()[rows().indexOf(row) + step] : rows()[step > 0 ? 0 : rows().length - 1];
    to?.focus();
    return true;
  }

  return { key };
}
