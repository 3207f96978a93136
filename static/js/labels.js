// Rows of labels: add, remove, move. Without this they are plain fields, and an empty name removes.

for (const rows of document.querySelectorAll("[data-labels]")) {
  const adder = rows.parentElement.querySelector("[data-adds-label]");
  const blank = rows.lastElementChild.cloneNode(true);
  const palette = [...document.querySelectorAll("#palette option")].map((option) => option.value);

  adder.addEventListener("click", () => add().focus());
  rows.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) act(button.closest("li"), button.dataset.act);
  });
  rows.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.type !== "text" || event.isComposing) return;
    event.preventDefault();
    const next = event.target.closest("li").nextElementSibling;
    (next ? nameOf(next) : add()).focus();
  });

  function add() {
    const row = blank.cloneNode(true);
    for (const field of row.querySelectorAll("input[type='text']")) field.value = "";
    row.querySelector("input[type='color']").value = unused();
    rows.append(row);
    return nameOf(row);
  }

  function act(row, what) {
    if (what === "up") row.previousElementSibling?.before(row);
    if (what === "down") row.nextElementSibling?.after(row);
    if (what !== "remove") return row.querySelector(`[data-act='${what}']`).focus();
    const near = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    return near ? nameOf(near).focus() : add().focus();
  }

  // The first colour of the palette that no row wears yet; after the last one, in turn.
  function unused() {
    const worn = [...rows.querySelectorAll("input[type='color']")].map((input) => input.value.toLowerCase());
    return palette.find((color) => !worn.includes(color.toLowerCase())) ?? palette[worn.length % palette.length];
  }
}

function nameOf(row) {
  return row.querySelector("[name='label_name']");
}
