// Places in a text. The studio counts code points, the browser UTF-16 units: they are converted here alone.
// What a reader sees as one character, such as a family of emoji or a letter with its accent, is never cut.

const BLANK = /^[\s\u200b]$/u;
// What a word is not to swallow at its edges.
const EDGE = /^[.,;:!?…"'“”„‟‘’‚«»‹›()[\]{}<>،؛؟。、，；：！？「」『』（）《》【】—–]$/u;
// Scripts that put no blanks between words.
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
const GLANCE = 2000;

export class Places {
  constructor(text) {
    this.text = text;
    this.before = /[\ud800-\udfff]/.test(text) ? counted(text) : null; // else units are code points
    this.clusters = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text);
    this.words = new Intl.Segmenter(undefined, { granularity: "word" }).segment(text);
  }

  // Whether words here are best marked letter by letter.
  get dense() {
    const glance = this.text.slice(0, GLANCE);
    return (glance.match(DENSE)?.length ?? 0) > glance.length / 5;
  }

  get points() {
    return this.toPoints(this.text.length);
  }

  toPoints(unit) {
    return this.before ? this.before[unit] : unit;
  }

  toUnits(points) {
    if (!this.before) return points;
    let low = Math.min(points, this.text.length);
    for (let high = this.text.length; low < high;) {
      const middle = (low + high) >> 1;
      if (this.before[middle] < points) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // The beginning of what a reader sees as one character, at or before; and its end, at or behind.
  floor(unit) {
    return unit >= this.text.length ? this.text.length : this.clusters.containing(unit).index;
  }

  ceil(unit) {
    const down = this.floor(unit);
    return down === unit ? unit : down + this.clusters.containing(down).segment.length;
  }

  step(unit, by) {
    if (by < 0) return unit <= 0 ? 0 : this.floor(unit - 1);
    return unit >= this.text.length ? unit : unit + this.clusters.containing(unit).segment.length;
  }

  // What a selection means: as it is, or whole words without the blanks and signs around them.
  meant(start, end, exact) {
    const whole = { start: this.floor(start), end: this.ceil(end) };
    return exact ? whole : this.#snapped(whole) ?? whole;
  }

  // What a finger means: the word under it. After a first word the last one; what is meant already
  // is let go.
  tapped(meant, unit, exact) {
    if (meant && meant.start <= unit && unit < meant.end) return null;
    const word = this.meant(unit, this.step(unit, 1), exact);
    if (!meant?.first) return { ...word, first: true };
    return { start: Math.min(meant.start, word.start), end: Math.max(meant.end, word.end) };
  }

  #snapped({ start, end }) {
    const idle = (one) => BLANK.test(one) || EDGE.test(one);
    while (start < end && idle(this.clusters.containing(start).segment)) start = this.step(start, 1);
    while (end > start && idle(this.clusters.containing(this.step(end, -1)).segment)) end = this.step(end, -1);
    if (start >= end) return null;
    const first = this.words.containing(start);
    const last = this.words.containing(this.step(end, -1));
    return {
      start: first.isWordLike ? first.index : start,
      end: last.isWordLike ? last.index + last.segment.length : end,
    };
  }
}

// How many code points stand before each unit; the second half of a pair counts with its first.
function counted(text) {
  const before = new Uint32Array(text.length + 1);
  for (let at = 0, points = 0; at < text.length; points += 1) {
    before[at] = points;
    const wide = text.codePointAt(at) > 0xffff;
    if (wide) before[at + 1] = points;
    at += wide ? 2 : 1;
    before[at] = points + 1;
  }
  return before;
}
