// The spans as a list beneath the text: what a screen reader reads, and where every span can be changed.

export class List {
  constructor(list, row, marks, labels, changed) {
    Object.assign(this, { list, row, marks, labels, changed });
    list.addEventListener("click", (event) => this.#clicked(event));
    list.addEventListener("change", (event) => this.#relabelled(event));
    list.addEventListener("focusin", (event) => this.#entered(event));
  }

  draw() {
    const held = this.#held();
    this.list.replaceChildren(...this.marks.all.map((mark) => this.#drawn(mark)));
    if (held) this.list.querySelector(`[data-at='${held.at}'] ${held.part}`)?.focus({ preventScroll: true });
  }

  // Which part of which span has the focus, so that it has it after drawing, too.
  #held() {
    const focus = document.activeElement;
    if (!this.list.contains(focus)) return null;
    const at = Math.max(0, this.marks.all.indexOf(this.marks.chosen));
    return { at, part: focus.dataset.does ? `[data-does='${focus.dataset.does}']` : "select" };
  }

  #drawn(mark) {
    const row = this.row.content.firstElementChild.cloneNode(true);
    row.dataset.at = this.marks.all.indexOf(mark);
    row.classList.toggle("is-chosen", mark === this.marks.chosen);
    const quote = row.querySelector("[data-does='choose']");
    quote.textContent = this.marks.quoted(mark);
    quote.setAttribute("aria-pressed", mark === this.marks.chosen);
    row.querySelector("circle").setAttribute("fill", this.labels.get(mark.label) ?? "#888888");
    const select = row.querySelector("select");
    select.append(...[...this.labels.keys()].map((name) => new Option(name, name, false, name === mark.label)));
    return row;
  }

  #markOf(event) {
    const row = event.target.closest("[data-at]");
    return row ? this.marks.all[Number(row.dataset.at)] : null;
  }

  #clicked(event) {
    const mark = this.#markOf(event);
    const does = event.target.closest("[data-does]")?.dataset.does;
    if (!mark || !does) return;
    this.marks.chosen = mark;
    const [edge, by] = does.split(":");
    if (does === "remove") this.marks.remove(mark);
    else if (by) this.marks.move(mark, edge, Number(by));
    this.changed();
    if (does === "remove") (this.list.querySelector("[data-does='choose']") ?? document.getElementById("panel")).focus();
  }

  #relabelled(event) {
    const mark = this.#markOf(event);
    if (!mark) return;
    this.marks.chosen = mark;
    this.marks.relabel(mark, event.target.value);
    this.changed();
  }

  #entered(event) {
    const mark = this.#markOf(event);
    if (!mark || mark === this.marks.chosen) return;
    this.marks.chosen = mark;
    this.changed({ drawn: true });
    for (const row of this.list.children) row.classList.toggle("is-chosen", this.marks.all[Number(row.dataset.at)] === mark);
  }
}
