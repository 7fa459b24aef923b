"use strict";
// The last minutes as curves by uPlot: values under the pointer, drag to zoom, double click to
// follow again, click a name to hide its curve. All charts share the pointer.

const SPAN_S = 60;
const GAP_S = 1.5; // longer without a sample: nothing was measured, so no line
const AXIS = 52;
const CUT = 38; // letters of a time so near the right edge would be cut off
const LETTERS = "13px B612, sans-serif";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const two = (number) => String(number).padStart(2, "0");
function clockWords(seconds) {
  const at = new Date(seconds * 1000);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

class LiveChart {
  // lines: [{name, column, colour (a CSS variable), scale (factor), unit}]; range: [low, high];
  // marks: values with a grid line and their words.
  constructor(box, { lines, range, marks }) {
    this.box = box;
    this.lines = lines;
    this.range = range;
    this.marks = marks;
    this.plot = null;
    this.zoomed = false;
  }

  draw(samples, now) {
    if (!this.box.clientWidth || !window.uPlot) return;
    this.plot ??= this.make();
    this.plot.setData(this.columns(samples), false);
    if (!this.zoomed) this.plot.setScale("x", { min: now - SPAN_S, max: now });
    else this.plot.redraw();
  }

  // Colours follow the page's scheme, so a change of it makes the chart anew.
  forget() {
    this.plot?.destroy();
    this.plot = null;
  }

  resize() {
    this.plot?.setSize({ width: this.box.clientWidth, height: this.height });
  }

  get height() {
    return 126;
  }

  columns(samples) {
    const times = [], values = this.lines.map(() => []);
    let last = -Infinity;
    for (const sample of samples) {
      if (sample[0] - last > GAP_S && times.length) {
        times.push(last + 0.05);
        for (const column of values) column.push(null);
      }
      last = sample[0];
      times.push(last);
      this.lines.forEach((line, i) => {
        const value = sample[line.column];
        values[i].push(value === null || value === undefined ? null : value * (line.factor ?? 1));
      });
    }
    return [times, ...values];
  }

  make() {
    const soft = colour("--soft"), grid = { stroke: colour("--grid"), width: 1 };
    const unit = (line) => (chart, value) => (value === null || value === undefined ? "–" : `${Math.round(value)}${line.unit}`.replace("-", "−"));
    const words = new Map(this.marks);
    return new uPlot({
      width: this.box.clientWidth,
      height: this.height,
      padding: [8, 8, 0, 0],
      cursor: { sync: { key: "edge_pose" }, drag: { x: true, y: false }, points: { size: 7 } },
      legend: { live: true },
      scales: { x: { time: true }, y: { range: () => this.range } },
      series: [
        { label: "Time", value: (chart, value) => (value == null ? "–" : clockWords(value)) },
        ...this.lines.map((line) => ({
          label: line.name, stroke: colour(line.colour), width: 2, value: unit(line), spanGaps: false, points: { show: false },
        })),
      ],
      axes: [
        { stroke: soft, font: LETTERS, grid: { show: false }, ticks: { show: false }, size: 22, space: 90, values: (chart, at) => at.map((t) => (chart.valToPos(t, "x") > chart.width - AXIS - CUT ? "" : clockWords(t))) },
        { stroke: soft, font: LETTERS, grid, ticks: { show: false }, size: AXIS, splits: () => [...words.keys()], values: () => [...words.values()] },
      ],
      hooks: {
        setSelect: [(chart) => { this.zoomed = chart.select.width > 0; }],
        ready: [(chart) => chart.over.addEventListener("dblclick", () => { this.zoomed = false; })],
      },
    }, [[], ...this.lines.map(() => [])], this.box);
  }
}
