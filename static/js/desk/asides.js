// A small question before a deed: why one skips, what someone should look at. Enter does it at once.

export function asked(name) {
  const dialog = document.getElementById(name);
  const form = dialog.querySelector("form");
  const over = new AbortController();
  let said = null; // by a button alone: closing in any other way is no answer
  form.reset();
  dialog.showModal();
  dialog.querySelector("[data-first]").focus();
  return new Promise((resolve) => {
    form.addEventListener("submit", ({ submitter }) => {
      if (submitter.value !== "cancel") said = { reason: submitter.value, words: form.elements.words.value };
    }, { signal: over.signal });
    dialog.addEventListener("close", () => { over.abort(); resolve(said); }, { once: true });
  });
}
