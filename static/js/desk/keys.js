// Keys of the desk. They never fire in a field, with an input method, or with Ctrl, Alt or Meta.

import { key as taken } from "./widgets.js";

const FIELDS = "input:not([type='checkbox'], [type='radio'], [type='hidden']), textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  const dialog = document.querySelector("dialog[open]");
  if (event.target.closest(FIELDS)) return inField(event, dialog);
  if (!dialog && taken(event)) return event.preventDefault();
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (document.querySelector("details.menu[open]")) return;
  const wanted = dialog ? wearer(dialog, event) : found(event);
  if (!wanted) return;
  event.preventDefault();
  press(wanted);
});

function inField(event, dialog) {
  if (event.key === "Escape" && !dialog) {
    event.target.blur();
    document.getElementById("panel").focus({ preventScroll: true });
  }
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest("form");
  if (!form || dialog) return;
  event.preventDefault();
  const button = form.querySelector("[data-saves]") ?? form.querySelector("button");
  form.requestSubmit(button);
}

function found(event) {
  if (event.key === "Enter") {
    const busy = document.activeElement?.closest("button, a, summary");
    return busy ? null : document.querySelector("#panel [data-enter], #panel [data-starts-here]");
  }
  return wearer(document, event);
}

// A label that wears the key; the desk's own deed, with Shift in any case; the label in that place.
function wearer(within, event) {
  for (const key of said(event)) {
    const name = CSS.escape(key);
    const letter = /^\p{L}$/u.test(key);
    const wears = letter && event.shiftKey ? `[data-deed="${name}"]` : `[data-key="${name}"]`;
    const there = [...within.querySelectorAll(`${wears}, [data-digit="${name}"]`)].filter((each) => each.checkVisibility());
    const one = there.find((each) => each.matches(wears)) ?? there[0];
    if (one) return one;
  }
  return null;
}

// As it is typed; and, on keyboards without Latin letters or with digits behind Shift, as it lies.
function said(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const lies = /^(?:Key([A-Z])|Digit(\d)|Numpad(\d))$/.exec(event.code);
  const place = (lies?.[1] ?? lies?.[2] ?? lies?.[3])?.toLowerCase();
  const latin = /^[a-z0-9]$/.test(key);
  return latin || !place || (event.shiftKey && key.length === 1 && !/\p{L}/u.test(key)) ? [key] : [key, place];
}

function press(wanted) {
  if (wanted.matches("textarea, input")) return wanted.focus();
  const field = wanted.querySelector?.("input[type='checkbox']");
  if (field) return field.click();
  wanted.classList.add("is-pressed");
  wanted.click();
  return setTimeout(() => wanted.classList.remove("is-pressed"), 200);
}
