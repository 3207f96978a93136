// Keeps the administrators' board fresh. What holds the focus stays as it is until the focus leaves.

const EVERY_MS = 5000;
const board = document.getElementById("board");

function replace(fresh) {
  const content = document.createElement("template");
  content.innerHTML = fresh;
  for (const next of content.content.querySelectorAll("[data-part]")) {
    const part = board.querySelector(`[data-part="${next.dataset.part}"]`);
    const same = part.innerHTML === next.innerHTML;
    if (!same && !part.contains(document.activeElement)) part.replaceChildren(...next.childNodes);
  }
}

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(board.dataset.again, { redirect: "error" });
    if (answer.ok) replace(await answer.text());
  } catch {
    // The studio is away, or the session has ended: the time at the top stands still and says so.
  }
}

if (board) setInterval(look, EVERY_MS);
