// A flag asks someone to look; the example stays, and shows that it is flagged.

import { asked } from "./asides.js";
import * as line from "./line.js";
import { post } from "./sending.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-flags]");
  if (!button) return;
  const panel = button.closest("#panel");
  const said = await asked("flagging");
  if (!said) return;
  const answer = await post(button.dataset.flags, [["text", said.words]]);
  if (answer.kind !== "done") { line.say(line.words.unsent, { stays: true }); return; }
  const mark = panel.querySelector("[data-flagged]");
  mark.hidden = false;
  line.tell(mark.textContent);
  panel.focus({ preventScroll: true });
});
