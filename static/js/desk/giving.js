// Answers, skips and undo: shown at once, sent in their order, and saved when the studio says so.

import { asked } from "./asides.js";
import * as line from "./line.js";
import * as outbox from "./outbox.js";
import { refuse } from "./refusing.js";
import { post, refreshed } from "./sending.js";
import * as turns from "./turns.js";
import { mount } from "./widgets.js";

const desk = document.querySelector("[data-desk]");
const NOT_SAID = new Set(["csrfmiddlewaretoken", "duration_ms"]);
let busy = null; // the sending that goes on
let tries = 0;
let retry = 0;
let out = false;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-answers]")) { event.preventDefault(); take(form, event.submitter); }
  if (form.matches("[data-undoes]")) { event.preventDefault(); undo(); }
  if (form.matches("[data-starts]")) { event.preventDefault(); more(); }
});
addEventListener("online", send);
document.addEventListener("visibilitychange", () => { if (!document.hidden && outbox.first()) send(); });
addEventListener("beforeunload", (event) => { if (outbox.onlyHere()) event.preventDefault(); });

export function begin() {
  const panel = turns.shown();
  if (outbox.has(turns.idOf(panel))) turns.give(turns.idOf(panel));
  else mount(panel);
  if (outbox.first()) send().then(() => { if (!turns.waits()) more(); });
  else more();
}

// What comes next, or after this one, before it is asked for.
async function more() {
  if (outbox.first() || "nothing" in turns.shown().dataset) return;
  const url = turns.waits() ? desk.dataset.next : desk.dataset.ahead;
  const answer = await post(url, [], turns.known());
  if (answer.kind === "done" && answer.turn) turns.apply(answer.turn);
  if (answer.kind === "out" && turns.waits()) location.assign(desk.dataset.signIn);
  if (answer.kind === "away" && turns.waits()) { line.say(line.words.rest, { stays: true }); later(more); }
}

async function take(form, button) {
  const skips = button?.matches("[data-skips]");
  const reason = skips ? await asked("skipping") : null;
  if (skips && !reason) return;
  const id = turns.idOf(turns.shown());
  if (!id || turns.isGiven(id) || !turns.shown().contains(form)) return;
  const said = [...new FormData(form, button)].filter(([name]) => !NOT_SAID.has(name));
  const anew = "anew" in turns.shown().dataset ? [["anew", "1"]] : [];
  const fields = [...said, ...anew, ...Object.entries(reason ?? {}), ["duration_ms", String(turns.looked())]];
  const entry = { id, example: turns.exampleOf(turns.shown()), url: form.getAttribute("action"), fields, skips, gist: gist() };
  if (!outbox.add(entry)) { line.say(line.words.full, { stays: true }); return; }
  turns.give(id);
  document.querySelector("[data-undoes] button").hidden = false;
  send();
}

function send() {
  clearTimeout(retry);
  busy ??= (navigator.locks ? navigator.locks.request("desk-sending", sendAll) : sendAll()).finally(() => { busy = null; });
  return busy;
}

async function sendAll() {
  if (out && !(await refreshed())) { line.say(line.words.out, { stays: true, out: true }); return; }
  out = false;
  for (let entry = outbox.first(); entry; entry = outbox.first()) {
    const answer = await post(entry.url, entry.fields, turns.known());
    if (answer.kind === "away") { away(); return; }
    if (answer.kind === "out") { out = true; line.say(line.words.out, { stays: true, out: true }); return; }
    settle(entry, answer);
  }
  if (tries > 0) line.say(line.words.back);
  tries = 0;
  if (turns.waits()) setTimeout(more);
}

function settle(entry, answer) {
  outbox.remove(entry.id);
  const panel = turns.forget(entry.id);
  if (answer.kind === "done") line.say(line.words.saved);
  if (answer.turn) turns.apply(answer.turn);
  if (answer.kind !== "done") refuse(entry, answer, panel);
}

function away() {
  tries += 1;
  line.say(`${line.words.away} ${outbox.all().length}`, { stays: true });
  if (turns.waits()) turns.shown().querySelector("[data-waits]")?.replaceChildren(line.words.rest);
  later(send);
}

function later(deed) {
  clearTimeout(retry);
  retry = setTimeout(deed, Math.min(1000 * 2 ** Math.min(tries, 4), 15_000));
}

// The last one of this sitting: out of the box if it is still in it, else by the studio.
async function undo() {
  await busy;
  const last = outbox.last();
  if (last) {
    const panel = turns.forget(last.id);
    if (!panel) { line.say(line.words.unsent); return; }
    outbox.remove(last.id);
    panel.dataset.anew = ""; // it may have arrived, and only its echo was lost
    turns.bringBack(panel);
    return;
  }
  const answer = await post(document.querySelector("[data-undoes]").getAttribute("action"), [], turns.known());
  if (answer.turn) turns.apply(answer.turn, { force: true });
  if (answer.kind === "gone" && answer.said) line.say(answer.said);
  if (answer.kind === "away") line.say(line.words.unsent);
  if (answer.kind === "out") line.say(line.words.out, { stays: true, out: true });
}

function gist() {
  return turns.shown().querySelector("[data-example]")?.textContent.trim().slice(0, 200) ?? "";
}
