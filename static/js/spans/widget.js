// Marking spans: select, then the key of a label; or the label first. Puts the parts of this folder together.

import { filtered } from "../answers/filtering.js";
import { tell } from "../desk/line.js";
import { List } from "./list.js";
import { Marks } from "./marks.js";
import { Painter } from "./painter.js";
import { Places } from "./places.js";
import { Selecting } from "./selecting.js";

export function spans(part, panel) {
  const text = panel.querySelector("[data-example]");
  const field = part.querySelector("[data-spans]");
  const buttons = [...part.querySelectorAll("[data-label]")];
  const colors = new Map(buttons.map((button) => [button.dataset.label, button.dataset.color]));
  const places = new Places(text.textContent);
  part.querySelector(".mark-plain")?.remove();
  // Offsets of another text would be wrong, every one of them.
  if (places.points !== Number(field.dataset.points)) { part.replaceChildren(part.dataset.differs); return {}; }
  const marks = new Marks(places, field);
  const painter = new Painter(text, colors);
  const list = new List(part.querySelector("[data-list]"), part.querySelector("[data-row]"), marks, colors, changed);
  const exactly = part.querySelector("[data-exact]");
  let exact = places.dense;
  let armed = null; // the label that the next selection gets
  let pending = null; // what is selected and has no label yet

  dress();
  const selecting = new Selecting(text, { selected, clicked, tapped, moved: point });
  const resized = new ResizeObserver(paint);
  resized.observe(painter.stage);
  for (const button of buttons) {
    button.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the selection
    button.addEventListener("click", () => label(button.dataset.label));
  }
  exactly.addEventListener("click", () => { exact = !exact; dress(); selected(selecting.range()); paint(); });
  filtered(part, (button) => label(button.dataset.label));
  marks.keep();
  changed();

  function dress() {
    text.tabIndex = 0;
    for (const [name, value] of [["role", "textbox"], ["aria-readonly", "true"], ["aria-multiline", "true"], ["aria-label", part.dataset.name]]) text.setAttribute(name, value);
    exactly.setAttribute("aria-pressed", exact);
  }

  function selected(range) {
    if (!range && selecting.touched) return; // a finger on a label ends the selection: what it meant stays
    const inside = document.activeElement === text || range;
    if (inside) pending = range ? places.meant(range.start, range.end, exact) : null;
    if (!pending || !marks.chosen) return;
    marks.chosen = null;
    paint();
  }

  function clicked(range, place) {
    if (range && armed) return label(armed);
    if (range || place === null) return undefined;
    marks.chosen = marks.at(place);
    return changed();
  }

  // By a finger: what is marked there, one after the other; else words, the first and then the last.
  function tapped(range, unit) {
    if (range) return clicked(range, unit);
    const mark = unit === null || pending ? null : marks.at(unit, { round: false });
    pending = unit === null || mark ? null : places.tapped(pending, unit, exact);
    choose(mark);
    return pending && armed ? label(armed) : undefined;
  }

  function choose(mark) {
    marks.chosen = mark;
    if (mark) tell(`${mark.label}: ${marks.quoted(mark)}`);
    changed();
  }

  // What is selected gets the label; else the chosen span; else the next selection.
  function label(name) {
    look();
    if (pending) {
      tell(`${name}: ${marks.quoted(marks.add(pending, name))}`);
      pending = null;
      selecting.clear();
    } else if (marks.chosen) {
      marks.relabel(marks.chosen, name);
      tell(name);
    } else {
      armed = armed === name ? null : name;
    }
    changed();
  }

  // Keys may be quicker than what the browser tells of a selection.
  function look() {
    const now = selecting.range();
    if (now) selected(now);
  }

  function changed({ drawn = false } = {}) {
    if (!drawn) list.draw();
    for (const button of buttons) button.setAttribute("aria-pressed", button.dataset.label === armed);
    part.querySelector("[data-empty]").hidden = marks.all.length > 0;
    paint();
  }

  function paint() {
    painter.paint(marks.all, marks.chosen);
    point();
  }

  function point() {
    painter.point(pending, document.activeElement === text ? selecting.place() : null);
  }

  function key(event) {
    const within = document.activeElement === text;
    if (within) look();
    if (event.key === "Escape") return left(within);
    if (within && event.key === " ") { choose(marks.at(selecting.place() ?? 0)); return true; }
    if (within && selecting.key(event)) return true;
    return onMarks(event, within);
  }

  // One step back: from what is begun; out of the text, where its span stays chosen; from that one.
  function left(within) {
    if (pending || armed) {
      pending = armed = null;
      selecting.clear();
    } else if (within || marks.chosen) {
      if (!within) marks.chosen = null;
      panel.focus({ preventScroll: true });
    } else return false;
    changed();
    return true;
  }

  function onMarks(event, within) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const edge = (event.shiftKey && "end") || (event.altKey && "start");
    if (by && !edge && !event.ctrlKey && !event.metaKey && marks.all.length) { choose(marks.beside(by)); return true; }
    if (!marks.chosen) return false;
    if (by && edge) marks.move(marks.chosen, edge, by);
    else if (event.key === "Delete" || event.key === "Backspace") { tell(part.dataset.removed); marks.remove(marks.chosen); }
    else return false;
    changed();
    return true;
  }

  return { key, destroy() { resized.disconnect(); selecting.destroy(); painter.destroy(); } };
}
