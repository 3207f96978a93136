// One way to the studio, and what its answer means. Knows nothing of what is on the screen.

const desk = document.querySelector("[data-desk]");
const PATIENCE = 20_000; // ms
const KEEPALIVE = 60_000; // bytes that a browser sends on after the page is gone

// { kind, turn, said }. Kinds: “done”; “refused”, it can be mended; “gone”, it cannot be kept;
// “away”, nothing arrived as far as we know; “out”, nobody or someone else is signed in.
export async function post(url, fields, known = []) {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      body,
      redirect: "manual",
      keepalive: size(fields) < KEEPALIVE,
      signal: AbortSignal.timeout(PATIENCE),
      headers: { "X-CSRFToken": token(), "X-Desk": known.join(" ") || "-", "X-Desk-Person": desk.dataset.person },
    });
    return read(response, await response.text());
  } catch {
    return { kind: "away" };
  }
}

function read(response, text) {
  const { status } = response;
  if (response.type === "opaqueredirect" || status === 401 || status === 403) return { kind: "out" };
  if (status >= 500 || status === 429 || status === 408) return { kind: "away" };
  const page = new DOMParser().parseFromString(text, "text/html");
  const turn = page.querySelector("[data-turn]");
  const said = turn?.querySelector("[data-said]")?.textContent ?? "";
  if (status === 422) return { kind: "refused", said };
  if (status >= 400) return { kind: "gone", said, turn };
  return { kind: "done", turn, said };
}

export function token() {
  return JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
}

// After signing in again, perhaps in another window: the page's token is an old one.
export async function refreshed() {
  try {
    const response = await fetch(location.pathname, { redirect: "manual" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (page.querySelector("[data-desk]")?.dataset.person !== desk.dataset.person) return false;
    document.body.setAttribute("hx-headers:inherited", page.body.getAttribute("hx-headers:inherited"));
    return true;
  } catch {
    return false;
  }
}

function size(fields) {
  return fields.reduce((sum, [name, value]) => sum + 3 * (name.length + value.length) + 200, 0);
}
