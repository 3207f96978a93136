// An answer that was not kept: back to its example, with why and with what was chosen.

import * as line from "./line.js";
import * as turns from "./turns.js";

export function refuse(entry, answer, panel) {
  const why = answer.said || line.words.unsaid;
  const notice = noticed(why, entry, { mended: answer.kind === "refused", whole: Boolean(panel) });
  if (!panel) { turns.shown().prepend(notice); return; }
  panel.querySelector("[data-refusal]")?.remove();
  panel.prepend(notice);
  if (answer.kind !== "refused") close(panel, notice);
  turns.bringBack(panel);
  notice.focus();
}

function noticed(why, entry, { mended, whole }) {
  const notice = document.createElement("div");
  notice.className = "notice notice-warn";
  notice.dataset.refusal = "";
  notice.setAttribute("role", "alert");
  notice.tabIndex = -1;
  const says = notice.appendChild(document.createElement("div"));
  says.append(paragraph(`${line.words.refused} ${why}`));
  if (!whole) says.append(paragraph(`“${entry.gist}”`));
  if (!whole || !mended) says.append(paragraph(`${line.words.chosen} ${chosen(entry)}`));
  return notice;
}

// Nobody can answer it here any more: there is only the way on.
function close(panel, notice) {
  panel.querySelector(".desk-answers")?.remove();
  delete panel.dataset.assignment;
  panel.dataset.nothing = "";
  const on = notice.firstElementChild.appendChild(document.createElement("button"));
  on.className = "btn btn-sm btn-primary";
  on.dataset.enter = "";
  on.textContent = line.words.goOn;
  on.addEventListener("click", () => turns.advance());
}

function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}

function chosen({ fields, skips }) {
  if (skips) return line.words.skipped;
  const said = fields.filter(([name, value]) => !["duration_ms", "explicit", "place", "anew"].includes(name) && value);
  return said.map(([name, value]) => (name === "spans" ? marked(value) : value)).join(", ").slice(0, 500) || "∅";
}

function marked(value) {
  return JSON.parse(value).map(({ label, text }) => `${label} “${text}”`).join(", ");
}
