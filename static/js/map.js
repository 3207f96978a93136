// Draws the map of a project's examples, and turns a line drawn around some into a filter.

const CORNERS = 60;

for (const panel of document.querySelectorAll("[data-map]")) start(panel);

async function start(panel) {
  const canvas = panel.querySelector("canvas");
  const answer = await fetch(panel.dataset.map);
  if (!answer.ok) return;
  const { points, labels, of: all } = await answer.json();
  const show = panel.querySelector("[data-show]");
  const clear = panel.querySelector("[data-clear]");
  let line = [];
  panel.querySelector("[data-share]").hidden = all <= points.length;

  function colour([, , label, dissent]) {
    if (by() === "dissent") return dissent ? `hsl(${40 - Math.min(40, dissent)} 90% 45%)` : faint();
    return label < 0 ? faint() : labels[label].color;
  }
  function by() { return panel.querySelector("[name='colour']:checked").value; }
  function faint() { return getComputedStyle(panel).getPropertyValue("color").replace("rgb(", "rgba(").replace(")", ", .22)"); }

  function draw() {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    const pen = canvas.getContext("2d");
    const dot = Math.max(2, (points.length > 2000 ? 2 : 3.5) * ratio);
    for (const point of points) {
      pen.fillStyle = colour(point);
      pen.beginPath();
      pen.arc(point[0] * canvas.width, (1 - point[1]) * canvas.height, dot, 0, 7);
      pen.fill();
    }
    if (line.length < 2) return;
    pen.strokeStyle = getComputedStyle(panel).color;
    pen.lineWidth = 2 * ratio;
    pen.beginPath();
    for (const [x, y] of line) pen.lineTo(x * canvas.width, (1 - y) * canvas.height);
    pen.closePath();
    pen.stroke();
  }

  function at(event) {
    const box = canvas.getBoundingClientRect();
    const within = (value) => Math.min(1, Math.max(0, value));
    return [within((event.clientX - box.left) / box.width), within(1 - (event.clientY - box.top) / box.height)];
  }

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    line = [at(event)];
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    line.push(at(event));
    draw();
  });
  canvas.addEventListener("pointerup", closed);
  clear.addEventListener("click", () => { line = []; closed(); });

  function closed() {
    if (line.length < 8) line = [];
    const every = Math.max(1, Math.ceil(line.length / CORNERS));
    const corners = line.filter((_, place) => place % every === 0);
    const inside = line.length ? points.filter((point) => within(point, corners)).length : 0;
    show.hidden = clear.hidden = !line.length;
    if (line.length) {
      const region = corners.map(([x, y]) => `${x.toFixed(3)},${y.toFixed(3)}`).join(" ");
      show.href = `${panel.dataset.list}?${new URLSearchParams({ region })}`;
      show.querySelector("[data-count]").textContent = all > points.length ? "" : `(${inside})`;
    }
    draw();
  }

  const legend = panel.querySelector("[data-legend]");
  [...labels, { name: legend.dataset.unlabelled, color: "currentColor" }].forEach(({ name, color }, place) => {
    const is = place === labels.length ? -1 : place;
    if (!points.some((point) => point[2] === is)) return;
    const entry = document.createElement("li");
    const dot = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    dot.setAttribute("viewBox", "0 0 10 10");
    const round = dot.appendChild(document.createElementNS(dot.namespaceURI, "circle"));
    for (const [key, value] of Object.entries({ cx: 5, cy: 5, r: 5, fill: color, opacity: is < 0 ? .3 : 1 })) round.setAttribute(key, value);
    entry.append(dot, name);
    legend.append(entry);
  });

  for (const radio of panel.querySelectorAll("[name='colour']")) radio.addEventListener("change", draw);
  new ResizeObserver(draw).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

// Whether a point lies in a polygon: a ray from it crosses an odd number of sides.
function within([x, y], corners) {
  let inside = false;
  for (let here = 0, before = corners.length - 1; here < corners.length; before = here++) {
    const [x1, y1] = corners[here], [x2, y2] = corners[before];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}
