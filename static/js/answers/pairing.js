// An order out of pairs: each candidate finds its place among those before it by halving, two at a time.

import { tell } from "../desk/line.js";

export class Pairing {
  // `candidates` in the order in which they come; `done` gets them in the order that people chose.
  constructor(stage, candidates, textOf, done) {
    this.stage = stage;
    this.textOf = textOf;
    this.done = done;
    this.waiting = [...candidates];
    this.ordered = [this.waiting.shift()];
    this.asked = 0;
    this.most = mostQuestions(candidates.length);
    for (const side of this.sides) side.onclick = () => this.choose(side.dataset.side);
    this.place();
  }

  get sides() {
    return [...this.stage.querySelectorAll("[data-side]")];
  }

  // Where the next candidate may still belong: from `low` up to `high`.
  place() {
    if (!this.waiting.length) { this.done(this.ordered); return; }
    [this.low, this.high] = [0, this.ordered.length];
    this.ask();
  }

  ask() {
    if (this.low >= this.high) {
      this.ordered.splice(this.low, 0, this.waiting.shift());
      this.place();
      return;
    }
    this.middle = (this.low + this.high) >> 1;
    const [left, right] = this.sides;
    const [one, other] = [this.textOf(this.waiting[0]), this.textOf(this.ordered[this.middle])];
    left.querySelector("[data-text]").textContent = one;
    right.querySelector("[data-text]").textContent = other;
    tell(`← ${one} → ${other}`);
    const told = this.stage.querySelector("[data-asked]");
    told.textContent = `${this.asked + 1} / ${Math.max(this.most, this.asked + 1)}`;
  }

  choose(side) {
    this.asked += 1;
    if (side === "left") this.high = this.middle;
    else this.low = this.middle + 1;
    this.ask();
  }

  key(event) {
    const side = { ArrowLeft: "left", ArrowRight: "right", 1: "left", 2: "right" }[event.key];
    if (side) this.choose(side);
    return Boolean(side);
  }
}

// Of binary insertion: the sum of the whole parts of the logarithms, rounded up.
function mostQuestions(count) {
  let most = 0;
  for (let size = 1; size < count; size += 1) most += Math.ceil(Math.log2(size + 1));
  return most;
}
