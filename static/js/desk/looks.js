// Size and direction of texts: at once, and kept in a cookie. Without this the form asks for the page anew.

const desk = document.querySelector("[data-desk]");
const menu = document.querySelector("[data-look]");
const PREFIX = { size: "text-", direction: "runs-" };

menu.addEventListener("submit", (event) => {
  event.preventDefault();
  const { name, value } = event.submitter;
  for (const button of menu.querySelectorAll(`[name='${name}']`)) {
    button.setAttribute("aria-pressed", button === event.submitter);
    desk.classList.remove(PREFIX[name] + button.value);
  }
  desk.classList.add(PREFIX[name] + value);
  document.cookie = `desk_${name}=${value}; path=/; max-age=31536000; samesite=lax`;
  menu.open = false;
  document.getElementById("panel").focus({ preventScroll: true });
});
