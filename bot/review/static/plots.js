// Plots of the dashboard: each is drawn by Vega-Lite from the table below it, in the colours of the page.
"use strict";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const label = (table, key) => table.querySelector(`th[data-key="${key}"]`).textContent;

function rowsOf(table) {
  const keys = [...table.querySelectorAll("th")].map((cell) => cell.dataset.key);
  return [...table.querySelectorAll("tbody tr")].map((row) =>
    Object.fromEntries([...row.cells].map((cell, place) => [keys[place], place ? Number(cell.dataset.value) : cell.dataset.value])));
}

function byDay(table, keys, mark) {
  const names = keys.map((key) => label(table, key));
  const values = rowsOf(table).flatMap((row) => keys.map((key, place) => ({ day: row.day, kind: names[place], value: row[key] })));
  const { by, since, until } = table.closest("section").querySelector("[data-by]").dataset;
  const unit = by === "month" ? { timeUnit: "utcyearmonth", format: "%b %Y" } : { timeUnit: "utcyearmonthdate", format: "%-d %b" };
  const first = by === "month" ? `${since.slice(0, 7)}-01` : since;  // all days that are asked for, not only those that have something
  const domain = [Date.parse(first), Date.parse(until) + 86_400_000];
  const scale = { domain: names, range: [colour("--plot"), colour("--plot-2"), colour("--soft")].slice(0, names.length) };
  return {
    data: { values },
    mark,
    encoding: {
      x: { field: "day", type: "temporal", title: null, timeUnit: unit.timeUnit, scale: { type: "utc", domain }, axis: { format: unit.format, tickCount: 6 } },
      y: { field: "value", type: "quantitative", title: null, axis: { tickMinStep: 1 }, stack: mark.type === "bar" ? "zero" : null },
      color: { field: "kind", type: "nominal", title: null, scale, legend: { orient: "top" } },
      tooltip: [{ field: "day" }, { field: "kind", title: " " }, { field: "value", title: " ", format: "," }],
    },
  };
}

function bars(table, name, count) {
  return {
    data: { values: rowsOf(table) },
    mark: { type: "bar", color: colour("--plot") },
    height: { step: 24 },
    encoding: {
      y: { field: name, type: "nominal", sort: null, title: null, axis: { labelLimit: 180 } },
      x: { field: count, type: "quantitative", title: null, axis: { tickMinStep: 1 } },
      tooltip: [{ field: name, title: " " }, { field: count, title: " ", format: "," }],
    },
  };
}

const plots = {
  questions: (table) => byDay(table, ["answered", "abstained"], { type: "bar" }),
  latencies: (table) => byDay(table, ["p50", "p95"], { type: "line", point: true }),
  feedback: (table) => byDay(table, ["up", "down"], { type: "bar" }),
  verdicts: (table) => bars(table, "verdict", "count"),
  chats: (table) => bars(table, "chat", "questions"),
  sources: (table) => bars(table, "file", "quotes"),
};

function config() {
  const text = { labelColor: colour("--soft"), titleColor: colour("--soft"), labelFontSize: 12 };
  const axis = { ...text, gridColor: colour("--line"), domainColor: colour("--line-strong"), tickColor: colour("--line-strong") };
  return { background: null, view: { stroke: null }, axis, legend: text, font: getComputedStyle(document.body).fontFamily };
}

function draw() {
  for (const place of document.querySelectorAll("[data-plot]")) {
    const plot = plots[place.dataset.plot];
    if (!plot) continue;
    const specification = { width: "container", height: 200, ...plot(document.getElementById(place.dataset.plot)) };
    vegaEmbed(place, specification, { actions: false, renderer: "svg", config: config() }).then(() => { place.dataset.drawn = "true"; });
  }
}

draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
