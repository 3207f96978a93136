// What a person holds stays theirs while they are at work, and is free soon after they left.

import { token } from "./sending.js";
import { shown } from "./turns.js";

const EVERY = 60_000;
const AGAIN = 5_000; // after a word that did not arrive
const PATIENCE = 20_000;
const USED = 5 * 60_000; // how long after the last touch someone still counts as at work
let touched = Date.now();
let unsaid = true;
let timer = 0;

for (const kind of ["keydown", "pointerdown", "pointermove", "scroll"]) {
  document.addEventListener(kind, () => { touched = Date.now(); }, { passive: true, capture: true });
}
// What was just handed out is theirs for five minutes, unless the page says that it is here: they may have
// left with their last answer. Whoever answers within a minute says so with the answer.
document.addEventListener("desk:handed", () => { unsaid = true; later(EVERY); });
later(EVERY);
// Back from another page, as it was left: what was fetched ahead is no longer this person's.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
addEventListener("pagehide", () => {
  const address = shown()?.dataset.leave;
  if (address) navigator.sendBeacon(address, signed());
});

function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(tell, wait);
}

async function tell() {
  const atWork = !document.hidden && Date.now() - touched < USED;
  const said = !(unsaid || atWork) || await renewed();
  later(said ? EVERY : AGAIN);
}

async function renewed() {
  const address = shown()?.dataset.renew;
  if (!address) return true;
  unsaid = false; // but for what is handed out meanwhile
  const arrived = await post(address);
  unsaid ||= !arrived;
  return arrived;
}

// Signed out or no longer a member is an answer as well: what to do about that, the next answer says.
async function post(address) {
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const { status } = await fetch(address, { method: "POST", body: signed(), redirect: "manual", signal });
    return status < 500 && status !== 429;
  } catch {
    return false;
  }
}

function signed() {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token());
  return body;
}
