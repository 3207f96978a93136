// Draws spans behind their text. The text stays one piece: marking never breaks its letters apart, reorders
// words of Hebrew or Arabic, or moves an offset; and attributes of SVG need no inline style.

const SVG = "http://www.w3.org/2000/svg";
const TAG = 7; // of a letter of a label's name, about
const STEP = 4; // between the lines of spans that lie over one another

export class Painter {
  constructor(text, colors) {
    this.text = text;
    this.colors = colors;
    this.stage = document.createElement("div");
    this.stage.className = "mark-stage";
    this.layer = document.createElementNS(SVG, "svg");
    this.layer.setAttribute("class", "mark-layer");
    this.layer.setAttribute("aria-hidden", "true");
    this.marks = this.layer.appendChild(document.createElementNS(SVG, "g"));
    this.above = this.layer.appendChild(document.createElementNS(SVG, "g"));
    text.replaceWith(this.stage);
    this.stage.append(this.layer, text);
  }

  destroy() {
    this.stage.replaceWith(this.text);
  }

  paint(marks, chosen) {
    this.#begin(this.marks);
    this.worn = []; // where names stand already
    for (const [mark, level] of levelled(marks)) this.#mark(mark, level, mark === chosen);
  }

  // What changes with every step of the caret: by itself, since there may be hundreds of spans.
  point(pending, caret) {
    this.#begin(this.above);
    if (pending) for (const box of this.#boxes(pending)) this.#box(box, "mark-pending");
    if (caret !== null) this.#caret(caret);
  }

  #begin(group) {
    this.group = group;
    group.replaceChildren();
    this.origin = this.stage.getBoundingClientRect();
    this.onRight = getComputedStyle(this.text).direction === "rtl";
  }

  #mark(mark, level, chosen) {
    const color = this.colors.get(mark.label) ?? "#888888";
    const boxes = this.#boxes(mark);
    for (const box of boxes) {
      this.#box(box, chosen ? "mark-fill is-chosen" : "mark-fill").setAttribute("fill", color);
      const under = { ...box, y: box.y + box.height + Math.min(level, 3) * STEP - 1, height: 3 };
      this.#box(under, "mark-under").setAttribute("fill", color);
    }
    if (boxes.length) this.#name(mark.label, boxes[0]);
  }

  // Above where the span begins; to the side where another name stands.
  #name(label, box) {
    const shown = label.length > 18 ? `${label.slice(0, 17)}…` : label;
    const width = shown.length * TAG + 6;
    const step = this.onRight ? -1 : 1;
    let x = this.onRight ? box.x + box.width : box.x;
    const line = this.worn.filter((one) => Math.abs(one.y - box.y) < 8);
    while (line.some((one) => Math.abs(one.x - x) < (step * (one.x - x) > 0 ? width : one.width))) x += step * 6;
    this.worn.push({ x, y: box.y, width });
    const name = this.#add("text", "mark-name", { x, y: box.y - 3, "text-anchor": this.onRight ? "end" : "start" });
    name.textContent = shown;
  }

  #caret(unit) {
    const end = this.text.firstChild.length;
    const near = this.#boxes({ start: Math.min(unit, end - 1), end: Math.min(unit, end - 1) + 1 })[0];
    if (!near) return;
    const after = unit >= end ? near.width : 0;
    this.#box({ x: near.x + (this.onRight ? near.width - after : after) - 1, y: near.y - 2, width: 2, height: near.height + 4 }, "mark-caret");
  }

  #boxes({ start, end }) {
    const range = document.createRange();
    range.setStart(this.text.firstChild, start);
    range.setEnd(this.text.firstChild, end);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
    return boxes.map((box) => ({ x: box.x - this.origin.x, y: box.y - this.origin.y, width: box.width, height: box.height }));
  }

  #box({ x, y, width, height }, kind) {
    return this.#add("rect", kind, { x, y, width, height, rx: 3 });
  }

  #add(tag, kind, attributes) {
    const made = document.createElementNS(SVG, tag);
    made.setAttribute("class", kind);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return this.group.appendChild(made);
  }
}

// Each with the lowest line that no other one there has.
function levelled(marks) {
  const ends = [];
  return marks.map((mark) => {
    let level = ends.findIndex((end) => end <= mark.start);
    if (level < 0) level = ends.length;
    ends[level] = mark.end;
    return [mark, level];
  });
}
