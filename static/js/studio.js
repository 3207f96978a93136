// What every page has: menus that close, dialogs, copy buttons, the way to anywhere. Words come from the page.

document.documentElement.classList.add("js");

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const opener = event.target.closest("[data-opens]");
  if (opener) open(document.getElementById(opener.dataset.opens));
  const copier = event.target.closest("[data-copies]");
  if (copier) copy(copier);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus();
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    open(document.getElementById("commands"));
  }
});

function closeMenus() {
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}

function open(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  for (const list of dialog.querySelectorAll("[hx-trigger='open']")) htmx.trigger(list, "open");
}

async function copy(button) {
  const from = document.getElementById(button.dataset.copies);
  await navigator.clipboard.writeText(from.value ?? from.textContent);
  const word = button.querySelector("span") ?? button;
  const before = word.textContent;
  word.textContent = gettext("Copied");
  setTimeout(() => { word.textContent = before; }, 2000);
}

// What a form answered with stands at an address of its own: that is what a reload asks for.
const standing = document.querySelector("[data-stands-at]");
if (standing) history.replaceState(null, "", standing.dataset.standsAt);

// A click on the backdrop closes a dialog, as people expect.
for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
}

const search = document.getElementById("commands-search");
if (search) {
  const list = document.querySelector("[data-commands] .command-list");
  search.addEventListener("input", () => narrow(list, search.value));
  search.closest("form").addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("li:not([hidden]) a")?.click();
  });
  list.addEventListener("htmx:after:swap", () => narrow(list, search.value));
}

function narrow(list, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  for (const item of list.children) {
    const text = item.textContent.toLowerCase();
    item.hidden = !wanted.every((word) => text.includes(word));
  }
}

// A form is sent once: the second click of a double click finds its button at rest.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || form.hasAttribute("data-again")) return;
  const button = event.submitter;
  if (button) setTimeout(() => { button.disabled = true; setTimeout(() => { button.disabled = false; }, 3000); });
});

// A part of the page was refused: what stands there stays, and a line says why.
document.addEventListener("htmx:response:error", (event) => {
  const status = event.detail.ctx.response.raw.status;
  const notice = document.getElementById("failed-part") ?? document.createElement("p");
  notice.id = "failed-part";
  notice.className = "notice notice-bad";
  notice.setAttribute("role", "alert");
  notice.replaceChildren(refusal(status));
  document.getElementById("content").prepend(notice);
});

function refusal(status) {
  if (status >= 500) return gettext("A part of this page could not be fetched. It is tried again; if this stays, load the page anew.");
  return gettext("This is no longer open to you, or the page is too old. Load it anew.");
}

document.addEventListener("htmx:after:swap", () => document.getElementById("failed-part")?.remove());
