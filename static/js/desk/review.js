// The review has the desk's widgets and keys; its forms send themselves.

import "./keys.js";
import { mount } from "./widgets.js";

mount(document.getElementById("panel"));

// Who opens “send back” is about to say why.
for (const details of document.querySelectorAll(".send-back")) {
  details.addEventListener("toggle", () => { if (details.open) details.querySelector("textarea").focus(); });
}
