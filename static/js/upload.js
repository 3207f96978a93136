// Sends files one after another, each with its progress. Without this the form sends itself.

for (const form of document.querySelectorAll("[data-upload]")) {
  const zone = form.querySelector("[data-dropzone]");
  const input = zone.querySelector("input[type='file']");
  const sending = form.querySelector("[data-sending]");
  const list = form.querySelector("[data-files]");
  const line = form.querySelector("[data-file]");
  const broken = form.querySelector("[data-broken]");
  const goesOn = form.querySelector("[data-goes-on]");
  const busy = form.querySelectorAll("[data-busy]");
  const button = form.querySelector("button[type='submit']");
  let request = null;

  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("over"); });
  }
  for (const kind of ["dragleave", "drop"]) {
    zone.addEventListener(kind, () => zone.classList.remove("over"));
  }
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!request) sendAll();
  });
  form.querySelector("[data-stops]").addEventListener("click", () => request?.abort());

  async function sendAll() {
    begin();
    // Beside another way in, or without a file, the form says by itself what is wrong.
    const files = onlyFiles() ? [...input.files] : [null];
    let first = null;
    let failed = false;
    for (const [place, file] of files.entries()) {
      const shown = list.appendChild(line.content.firstElementChild.cloneNode(true));
      shown.querySelector("[data-name]").textContent = file?.name ?? "";
      const answer = await send(place, file, shown.querySelector("progress"));
      if (answer === "stopped") { failed = true; shown.remove(); break; }
      const arrived = Boolean(answer && wentOn(answer));
      mark(shown, arrived);
      if (arrived) first ??= answer.responseURL;
      else { failed = true; explain(answer, shown, files.length > 1); }
      if (!answer) break;
    }
    end(failed, first);
  }

  function onlyFiles() {
    const others = form.querySelectorAll("textarea, input[type='url'], input[name='s3_bucket']");
    return input.files.length > 0 && [...others].every((one) => !one.value.trim());
  }

  // The answer; null where the network is away, “stopped” where a person was.
  function send(place, file, bar) {
    const said = new FormData(form);
    if (file) { said.set("file", file); said.set("place", place); }
    return new Promise((resolve) => {
      request = new XMLHttpRequest();
      request.open("POST", form.action || location.href);
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
      });
      const answer = request;
      request.addEventListener("load", () => resolve(answer.status >= 500 ? null : answer));
      request.addEventListener("error", () => resolve(null));
      request.addEventListener("abort", () => resolve("stopped"));
      request.send(said);
    });
  }

  // The answer is a page: the next step, or this form with what is wrong.
  function wentOn(answer) {
    return answer.responseURL && answer.responseURL !== location.href;
  }

  function mark(shown, arrived) {
    shown.querySelector("progress").hidden = true;
    shown.querySelector("[data-arrived]").hidden = !arrived;
    shown.querySelector("[data-failed]").hidden = arrived;
  }

  function explain(answer, shown, several) {
    broken.hidden = Boolean(answer);
    if (!answer) return;
    const page = new DOMParser().parseFromString(answer.responseText, "text/html");
    const lists = [...page.querySelectorAll("[data-upload] .errorlist")];
    broken.hidden = lists.length > 0;
    if (several) {
      const refused = shown.querySelector("[data-refused]");
      refused.textContent = lists.map((one) => one.textContent.trim()).join(" ");
      refused.hidden = false;
      return;
    }
    for (const one of lists) {
      const field = form.querySelector(`[name='${fieldOf(one)}']`);
      field?.after(document.adoptNode(one));
      field?.closest("details")?.setAttribute("open", "");
    }
    form.querySelector(".errorlist")?.scrollIntoView({ block: "center" });
  }

  function begin() {
    for (const old of form.querySelectorAll(".errorlist")) old.remove();
    list.replaceChildren();
    button.disabled = true;
    sending.hidden = false;
    broken.hidden = goesOn.hidden = true;
    for (const part of busy) part.hidden = false;
  }

  function end(failed, first) {
    request = null;
    if (!failed) return location.assign(first);
    button.disabled = false;
    for (const part of busy) part.hidden = true;
    sending.hidden = !first && list.children.length < 2;
    goesOn.hidden = !first;
    if (first) goesOn.href = first;
  }
}

function fieldOf(list) {
  return list.closest(".field")?.querySelector("input, textarea")?.name ?? "file";
}
