// The spans of a text while they are made, in UTF-16 units; nested and overlapping ones as well.

export class Marks {
  constructor(places, field) {
    this.places = places;
    this.field = field;
    this.chosen = null;
    this.all = JSON.parse(field.value || "[]").map(({ start, end, label }) => ({ start: places.toUnits(start), end: places.toUnits(end), label }));
    this.#sort();
  }

  // As it is sent: code points, and the quoted text by which the studio checks them.
  keep() {
    this.#sort();
    this.field.value = JSON.stringify(this.all.map((mark) => ({
      start: this.places.toPoints(mark.start),
      end: this.places.toPoints(mark.end),
      label: mark.label,
      text: this.quoted(mark),
    })));
  }

  quoted({ start, end }) {
    return this.places.text.slice(start, end);
  }

  add({ start, end }, label) {
    const same = this.all.find((mark) => mark.start === start && mark.end === end && mark.label === label);
    this.chosen = same ?? { start, end, label };
    if (!same) this.all.push(this.chosen);
    this.keep();
    return this.chosen;
  }

  remove(mark) {
    this.all = this.all.filter((each) => each !== mark);
    if (this.chosen === mark) this.chosen = null;
    this.keep();
  }

  relabel(mark, label) {
    mark.label = label;
    this.#single(mark);
    this.keep();
  }

  // An edge by one character; a span keeps at least one.
  move(mark, edge, by) {
    const to = this.places.step(mark[edge], by);
    const fits = edge === "start" ? to < mark.end : to > mark.start;
    if (!fits) return;
    mark[edge] = to;
    this.#single(mark);
    this.keep();
  }

  // At this place, the shortest first; a second time at the same place gives the next one, and
  // after the last one the first again, or none.
  at(unit, { round = true } = {}) {
    const here = this.all.filter((mark) => mark.start <= unit && unit < mark.end);
    here.sort((one, other) => one.end - one.start - (other.end - other.start));
    const next = here.indexOf(this.chosen) + 1;
    return here[round ? next % here.length : next] ?? null;
  }

  // The one before or after the chosen one, in the order of the text.
  beside(by) {
    const at = this.all.indexOf(this.chosen);
    const next = at < 0 && by < 0 ? -1 : at + by;
    return this.all.at(next % this.all.length) ?? null;
  }

  #single(mark) {
    this.all = this.all.filter((each) => each === mark || each.start !== mark.start || each.end !== mark.end || each.label !== mark.label);
  }

  #sort() {
    this.all.sort((one, other) => one.start - other.start || other.end - one.end);
  }
}
