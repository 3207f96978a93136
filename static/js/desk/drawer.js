// The drawer at the right: which tab is open is kept in a cookie, and what it shows follows the example.

import { idOf, shown } from "./turns.js";

const drawer = document.getElementById("drawer");
const body = document.getElementById("drawer-body");
const FOLLOWS = ["similar", "history", "comments"];
const narrow = matchMedia("(width < 1000px)");
let open = drawer.querySelector("[aria-pressed='true']")?.dataset.tab ?? "closed";
let timer = 0;
let asked = 0;
let guidelines = standing();
if (narrow.matches) show("closed"); // there it lies above the example: only when it is asked for

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tab]");
  if (!button) return;
  event.preventDefault();
  const { tab } = button.dataset;
  turn(open === tab && !(tab === "comments" && button.closest("#panel")) ? "closed" : tab);
});
document.addEventListener("desk:shown", () => {
  if (!FOLLOWS.includes(open) || body.querySelector("textarea")?.value.trim()) return;
  clearTimeout(timer);
  timer = setTimeout(() => fetchTab(open), 250);
});
// The guidelines changed, or are no longer new.
document.addEventListener("desk:stands", () => {
  const before = guidelines;
  guidelines = standing();
  drawer.querySelector(".drawer-new").hidden = !("new" in guidelines);
  if (open === "guidelines" && JSON.stringify(before) !== JSON.stringify(guidelines)) fetchTab("guidelines");
});
body.addEventListener("toggle", (event) => {
  const from = event.target.dataset.loads;
  if (!from || !event.target.open) return;
  delete event.target.dataset.loads;
  load(from, event.target.querySelector("[data-body]"));
}, { capture: true });
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && narrow.matches && open !== "closed" && !event.defaultPrevented) turn("closed");
});

// A comment is said: back to the example.
body.addEventListener("htmx:after:swap", () => {
  if (body.contains(document.activeElement)) shown().focus({ preventScroll: true });
});

function standing() {
  return { ...document.querySelector("#sitting [data-guidelines]").dataset };
}

async function turn(tab) {
  const changed = tab !== open;
  show(tab);
  document.cookie = `desk_drawer=${tab}; path=/; max-age=31536000; samesite=lax`;
  if (tab === "closed") { shown().focus({ preventScroll: true }); return; }
  if (changed || !body.children.length) await fetchTab(tab);
  if (tab === open) (body.querySelector("textarea") ?? body).focus({ preventScroll: true });
}

function show(tab) {
  open = tab;
  drawer.classList.toggle("is-closed", tab === "closed");
  drawer.classList.toggle("is-shown", tab !== "closed");
  for (const button of drawer.querySelectorAll("[data-from]")) button.setAttribute("aria-pressed", button.dataset.tab === tab);
}

async function fetchTab(tab) {
  const from = drawer.querySelector(`[data-tab='${tab}']`).dataset.from;
  await load(`${from}?of=${idOf(shown())}`, body);
}

async function load(from, into) {
  const mine = into === body ? (asked += 1) : 0;
  try {
    const response = await fetch(from, { redirect: "manual" });
    if (!response.ok || (mine && mine !== asked)) return;
    into.innerHTML = await response.text();
    htmx.process(into);
  } catch {
    // The network is away: the line says so when it matters.
  }
}
