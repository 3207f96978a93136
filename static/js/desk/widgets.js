// What makes a form of an answer smoother. Without this, each is a plain form.

import { choice, choices } from "../answers/choices.js";
import { prose } from "../answers/prose.js";
import { ranking } from "../answers/ranking.js";
import { spans } from "../spans/widget.js";

const KINDS = { choice, choices, prose, ranking, spans };
let mounted = null; // { destroy(), key(event) } of the panel that is shown

export function mount(panel) {
  const part = panel.querySelector("[data-widget]");
  const make = part && KINDS[part.dataset.widget];
  mounted = make ? make(part, panel) : null;
}

export function unmount() {
  mounted?.destroy?.();
  mounted = null;
}

// Whether the widget took the key.
export function key(event) {
  return mounted?.key?.(event) ?? false;
}
