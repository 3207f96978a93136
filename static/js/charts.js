// Draws each chart from the table that is folded away in it. Without this module one unfolds the table.

let loading = null;

drawAll();
document.addEventListener("htmx:after:swap", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);

// The library is large: it comes when the first chart does.
async function drawAll() {
  const figures = document.querySelectorAll("figure[data-chart]");
  if (!figures.length) return;
  loading ??= import("../echarts/echarts.common.min.js");
  await loading;
  figures.forEach(draw);
}

function draw(figure) {
  const place = figure.querySelector(".drawing");
  const table = figure.querySelector("table");
  if (!place || !table) return;
  if (!echarts.getInstanceByDom(place)) {
    place.classList.add("is-drawn");
    new ResizeObserver(() => echarts.getInstanceByDom(place)?.resize()).observe(place);
  }
  const chart = echarts.getInstanceByDom(place) ?? echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(option(figure.dataset, read(table)), true);
}

function read(table) {
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.dataset.value ?? cell.textContent.trim()));
  return { heads, rows };
}

function option({ chart, percent, time }, { heads, rows }) {
  const css = getComputedStyle(document.body);
  const probe = document.createElement("span");
  document.body.append(probe);
  const colour = (name) => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };
  const [ink, line] = [colour("--quiet"), colour("--line")];
  const palette = [colour("--accent"), "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7"];
  probe.remove();
  const number = (value) => (value === "" || value === "–" ? null : Number(value));
  const format = (value) => (percent !== undefined ? `${Math.round(value * 100)} %` : `${value}`);
  return {
    animation: false,
    color: palette,
    textStyle: { fontFamily: css.fontFamily, color: ink },
    grid: { left: 8, right: 16, top: heads.length > 2 ? 32 : 12, bottom: 28, containLabel: true },
    legend: heads.length > 2 ? { top: 0, textStyle: { color: ink } } : undefined,
    tooltip: { trigger: "axis", renderMode: "richText", confine: true },
    xAxis: {
      type: chart === "bar" || time !== undefined ? "category" : "value",
      data: chart === "bar" || time !== undefined ? rows.map((row) => row[0]) : undefined,
      minInterval: 1, name: heads[0], nameLocation: "middle", nameGap: 26, min: "dataMin", max: "dataMax",
      axisLine: { lineStyle: { color: line } }, axisLabel: { color: ink, hideOverlap: true }, splitLine: { show: false },
    },
    yAxis: { type: "value", minInterval: chart === "bar" && percent === undefined ? 1 : 0, scale: percent === undefined && chart === "line", axisLabel: { color: ink, formatter: format }, splitLine: { lineStyle: { color: line } } },
    series: heads.slice(1).map((name, at) => ({
      name, type: chart, showSymbol: rows.length < 30, connectNulls: true, barMaxWidth: 36,
      data: chart === "bar" || time !== undefined ? rows.map((row) => number(row[at + 1])) : rows.map((row) => [number(row[0]), number(row[at + 1])]),
    })),
  };
}
