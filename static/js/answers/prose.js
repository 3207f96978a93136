// A text that is written: how long it is, in characters as people count them, and room as it grows.

const clusters = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const COUNTED = 20_000; // longer ones are counted by code points: that is quick

export function prose(part) {
  const field = part.querySelector("textarea");
  const count = part.querySelector("[data-count]");
  const weigh = () => { count.textContent = lengthOf(field.value).toLocaleString(document.documentElement.lang); };
  field.addEventListener("input", weigh);
  weigh();
  return {};
}

function lengthOf(text) {
  return text.length > COUNTED ? [...text].length : [...clusters.segment(text)].length;
}
