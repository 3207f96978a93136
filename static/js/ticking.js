// Ticks on a page of examples: all at once, how many, and a row of them with Shift.

for (const form of document.querySelectorAll("[data-ticks]")) {
  const boxes = [...form.querySelectorAll("input[name='id']")];
  const all = form.querySelector("[data-tick-all]");
  const shown = form.querySelector("[data-ticked]");
  let last = null;
  if (!all) continue;

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });

  form.addEventListener("click", (event) => {
    const at = boxes.indexOf(event.target);
    if (at < 0) return;
    if (event.shiftKey && last !== null) {
      for (const box of boxes.slice(Math.min(at, last), Math.max(at, last) + 1)) box.checked = event.target.checked;
    }
    last = at;
    tell();
  });

  function tell() {
    const count = boxes.filter((box) => box.checked).length;
    shown.textContent = count ? `(${count})` : "";
    all.checked = count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
    if (count) form.querySelector("input[name='scope'][value='selected']").checked = true;
  }

  tell();
}
