// Which example is on the screen, which are ready behind it, and which wait for their answer to be saved.

import * as line from "./line.js";
import * as outbox from "./outbox.js";
import { mount, unmount } from "./widgets.js";

const ready = []; // panels that were fetched ahead, in their order
const given = new Map(); // assignment → its panel, until its answer is saved
let shownAt = performance.now();

export const shown = () => document.getElementById("panel");
export const idOf = (panel) => panel?.dataset.assignment ?? "";
export const exampleOf = (panel) => panel?.dataset.exampleId ?? "";
export const waits = () => !idOf(shown()) && !("nothing" in shown().dataset);
export const looked = () => Math.round(performance.now() - shownAt);
export const isGiven = (id) => given.has(id);

export function known() {
  const there = [idOf(shown()), ...ready.map(idOf), ...given.keys(), ...outbox.all().map((entry) => entry.id)];
  return [...new Set(there.filter(Boolean))];
}

export function show(panel) {
  unmount();
  shown().replaceWith(panel);
  mount(panel);
  shownAt = performance.now();
  panel.classList.remove("is-old");
  // The next example is what a reader hears, and where Tab goes on from.
  panel.focus({ preventScroll: true });
  scrollTo({ top: 0 });
  panel.querySelector(".desk-example")?.scrollTo({ top: 0 });
  if (idOf(panel)) line.next();
  document.dispatchEvent(new CustomEvent("desk:shown"));
}

// The answer is on its way: its panel is put by, and the next one is there at once.
export function give(id) {
  given.set(id, shown());
  advance();
}

export function forget(id) {
  const panel = given.get(id);
  given.delete(id);
  return panel;
}

export function advance(nothing = null) {
  const panel = ready.shift() ?? nothing;
  show(panel ?? document.getElementById("waiting-panel").content.firstElementChild.cloneNode(true));
}

// Back to an example whose answer was not kept; what was on the screen comes after it.
export function bringBack(panel) {
  if (idOf(shown())) ready.unshift(shown());
  show(panel);
}

// What the studio says of now and next. By force, as after an undo: that is on the screen.
export function apply(turn, { force = false } = {}) {
  const panels = [...turn.querySelectorAll("template[data-panel]")].map((one) => document.importNode(one.content.firstElementChild, true));
  const line = turn.querySelector("template[data-sitting]");
  if (line) {
    document.getElementById("sitting").replaceChildren(document.importNode(line.content, true));
    document.dispatchEvent(new CustomEvent("desk:stands"));
  }
  if (panels.some(idOf)) document.dispatchEvent(new CustomEvent("desk:handed"));
  const nothing = panels.find((panel) => !idOf(panel));
  if (force) return turnTo(turn, panels, nothing);
  take(panels.filter((panel) => idOf(panel)));
  if (!outbox.first()) drop(turn);
  if (waits() && (ready.length || nothing)) advance(nothing);
}

// But for what is here already, be it by another lease: after a break the studio gives anew what is on the
// screen, or what waits in the outbox.
function take(panels) {
  const there = known();
  const asked = [shown(), ...given.values()].filter(idOf).map(exampleOf);
  asked.push(...outbox.all().map((entry) => entry.example));
  const fresh = panels.filter((panel) => !there.includes(idOf(panel)) && !asked.includes(exampleOf(panel)));
  const anew = fresh.map(exampleOf);
  const kept = ready.filter((panel) => !anew.includes(exampleOf(panel)));
  ready.splice(0, ready.length, ...kept, ...fresh);
}

function turnTo(turn, panels, nothing) {
  const there = new Map([shown(), ...ready, ...panels].map((panel) => [idOf(panel), panel]));
  ready.length = 0;
  const after = there.get(turn.dataset.after);
  if (turn.dataset.after && after) ready.push(after);
  show((turn.dataset.current && there.get(turn.dataset.current)) || nothing || shown());
}

// What was fetched ahead and is no longer this person's, such as after it was set aside.
function drop(turn) {
  const theirs = [turn.dataset.current, turn.dataset.after];
  const kept = ready.filter((panel) => theirs.includes(idOf(panel)));
  ready.splice(0, ready.length, ...kept);
}
