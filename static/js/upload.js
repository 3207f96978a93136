// Sends a file with its progress, and takes what is dropped. Without this the form sends itself.

for (const form of document.querySelectorAll("[data-upload]")) {
  const zone = form.querySelector("[data-dropzone]");
  const input = zone.querySelector("input[type='file']");
  const sending = form.querySelector("[data-sending]");
  const bar = sending.querySelector("progress");
  const broken = form.querySelector("[data-broken]");
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
    if (!request) send();
  });
  form.querySelector("[data-stops]").addEventListener("click", () => request?.abort());

  function send() {
    request = new XMLHttpRequest();
    request.open("POST", form.action || location.href);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("load", arrived);
    request.addEventListener("error", () => rest(true));
    request.addEventListener("abort", () => rest(false));
    show(true);
    request.send(new FormData(form));
  }

  // The answer is a page: the next step, or this form with what is wrong.
  function arrived() {
    const answer = request;
    if (answer.status >= 500 || answer.status === 0) return rest(true);
    if (answer.responseURL && answer.responseURL !== location.href) return location.assign(answer.responseURL);
    const page = new DOMParser().parseFromString(answer.responseText, "text/html");
    const said = page.querySelector("[data-upload] .errorlist");
    rest(!said);
    for (const old of form.querySelectorAll(".errorlist")) old.remove();
    if (!said) return;
    for (const list of page.querySelectorAll("[data-upload] .errorlist")) {
      form.querySelector(`[name='${fieldOf(list)}']`)?.after(document.adoptNode(list));
    }
    form.querySelector(".errorlist")?.scrollIntoView({ block: "center" });
  }

  function rest(failed) {
    request = null;
    show(false);
    broken.hidden = !failed;
  }

  function show(busy) {
    sending.hidden = !busy;
    button.disabled = busy;
    bar.value = 0;
    if (busy) broken.hidden = true;
  }
}

function fieldOf(list) {
  return list.closest(".field")?.querySelector("input, textarea")?.name ?? "file";
}
