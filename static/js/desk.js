// Keys of the desk, how long one looked, and an answer that waits for the network. Words come from the page.

const line = document.getElementById("desk-line");
let shownAt = performance.now();
let waiting = null; // the button whose answer the studio does not have yet
let retry = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, textarea, select, dialog[open]")) return;
  const button = wanted(event);
  if (!button) return;
  event.preventDefault();
  button.classList.add("is-pressed");
  button.click();
});

function wanted(event) {
  if (event.key === "Enter") {
    const busy = document.activeElement?.closest("button, a, summary");
    return busy ? null : document.querySelector("[data-suggested]");
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "g" && !document.querySelector('[data-key="g"]')) return document.querySelector("#guidelines > summary");
  return document.querySelector(`[data-key="${CSS.escape(key)}"]`);
}

// Pressed before the form is read: how long the person looked.
document.addEventListener("click", (event) => {
  const button = event.target.closest("#panel button");
  if (!button) return;
  const field = button.form?.querySelector("[data-duration]");
  if (field) field.value = Math.round(performance.now() - shownAt);
}, { capture: true });

document.addEventListener("htmx:after:swap", () => {
  const panel = document.getElementById("panel");
  if (!panel || panel === document.panelShown) return;
  document.panelShown = panel;
  shownAt = performance.now();
  // The next example is what a reader hears, and where Tab goes on from.
  panel.focus({ preventScroll: true });
  if (waiting?.name === "label") say(line.dataset.saved);
  waiting = null;
  retry = 0;
});

document.addEventListener("submit", (event) => {
  if (event.target.closest("#panel")) waiting = event.submitter;
}, { capture: true });

// The network went away: the answer stays on the screen and is sent again. Sending twice is safe.
document.addEventListener("htmx:error", () => {
  if (!waiting) return;
  say(line.dataset.away, { bad: true });
  retry = Math.min(retry + 1, 10);
  const button = waiting;
  setTimeout(() => { if (waiting === button && button.isConnected) button.click(); }, retry * 1000);
});

// Refused, not lost on the way: studio.js says why, and nothing is sent again.
document.addEventListener("htmx:response:error", () => { waiting = null; });

addEventListener("beforeunload", (event) => { if (waiting && retry > 0) event.preventDefault(); });

let fading = 0;
function say(words, { bad = false } = {}) {
  line.textContent = words;
  line.className = `desk-line small is-shown${bad ? " is-bad" : ""}`;
  clearTimeout(fading);
  if (!bad) fading = setTimeout(() => line.classList.remove("is-shown"), 1200);
}

const drawer = document.getElementById("guidelines");
// In a cookie, so that the page comes as it was left: what opens later pushes the rest aside.
const kept = document.cookie.includes("guidelines=");
if (!kept && matchMedia("(width < 1100px)").matches) drawer.open = false;
drawer.addEventListener("toggle", () => {
  document.cookie = `guidelines=${drawer.open ? "open" : "closed"}; path=/; max-age=31536000; samesite=lax`;
});
