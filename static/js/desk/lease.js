// What a person holds stays theirs while they are at work, and is free soon after they left.

import { token } from "./sending.js";
import { shown } from "./turns.js";

const EVERY = 60_000;
const USED = 5 * 60_000; // how long after the last touch someone still counts as at work
const SOON = 5_000; // whoever answers sooner says with the answer what is here
let touched = Date.now();
let unsaid = 0;

for (const kind of ["keydown", "pointerdown", "pointermove", "scroll"]) {
  document.addEventListener(kind, () => { touched = Date.now(); }, { passive: true, capture: true });
}
// What was just handed out is theirs for a minute, unless the page says that it is here: they may have
// left with their last answer.
document.addEventListener("desk:handed", haveIt);
haveIt();
setInterval(() => { if (!document.hidden && Date.now() - touched < USED) renew(); }, EVERY);
// Back from another page, as it was left: what was fetched ahead is no longer this person's.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
addEventListener("pagehide", () => {
  const address = shown()?.dataset.leave;
  if (address) navigator.sendBeacon(address, signed());
});

function haveIt() {
  clearTimeout(unsaid);
  unsaid = setTimeout(renew, SOON);
}

function renew() {
  const address = shown()?.dataset.renew;
  if (address) fetch(address, { method: "POST", body: signed(), redirect: "manual" }).catch(() => {});
}

function signed() {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token());
  return body;
}
