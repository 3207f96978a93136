// The quiet line: what became of an answer. Its words come from the page.

const line = document.getElementById("desk-line");
const aloud = document.getElementById("desk-said");
let fading = 0;

export const words = line.dataset;

export function say(said, { stays = false, out = false } = {}) {
  line.querySelector("[data-words]").textContent = said;
  line.querySelector("a").hidden = !out;
  line.className = `desk-line small is-shown${stays ? " is-bad" : ""}`;
  clearTimeout(fading);
  if (!stays) fading = setTimeout(() => line.classList.remove("is-shown"), 1500);
}

// For who hears the page; the same words twice are two sayings.
export function tell(said) {
  if (aloud) aloud.textContent = aloud.textContent === said ? `${said}\u00a0` : said;
}

export const next = () => tell(aloud?.dataset.next ?? "");
