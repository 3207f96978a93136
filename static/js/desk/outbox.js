// Answers that the studio does not have yet, in their order. They survive a reload, and belong to one person
// in one project: nobody else's page sees them.

const desk = document.querySelector("[data-desk]");
const place = `desk:${desk.dataset.person}:${desk.dataset.project}`;
const MOST = 50;
const LONGEST = 2_000_000; // characters
let memory = null; // where the browser keeps nothing

export function all() {
  if (memory) return memory;
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

export const first = () => all()[0];
export const last = () => all().at(-1);
export const has = (id) => all().some((entry) => entry.id === id);
export const onlyHere = () => memory !== null && memory.length > 0;

// False where there is no room.
export function add(entry) {
  const kept = [...all().filter((each) => each.id !== entry.id), entry];
  if (kept.length > MOST || JSON.stringify(kept).length > LONGEST) return false;
  keep(kept);
  return true;
}

export function remove(id) {
  keep(all().filter((entry) => entry.id !== id));
}

function keep(entries) {
  if (memory) { memory = entries; return; }
  try {
    if (entries.length) localStorage.setItem(place, JSON.stringify(entries));
    else localStorage.removeItem(place);
  } catch {
    memory = entries;
  }
}
