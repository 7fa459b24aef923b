"use strict";
// The report's curves by uPlot: one time axis for all, values under the pointer, drag to zoom.
(() => {
  const told = JSON.parse(document.getElementById("numbers").textContent);
  const lane = document.getElementById("lane");
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const two = (number) => String(number).padStart(2, "0");
  const LETTERS = "13px B612, sans-serif", LEFT = 58, HEIGHT = 168;
  const CUT = 32; // letters of a time so near the right edge would be cut off
  const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600];
  const whole = { min: told.start, max: told.end };
  let shown = whole, plots = [];

  // Civil time where the day is told, else time since the drive began.
  function clock(seconds) {
    if (told.offset_s !== null) {
      const at = Math.round(seconds + told.offset_s);
      const words = `${two(Math.floor(at / 3600) % 24)}:${two(Math.floor(at / 60) % 60)}`;
      return shown.max - shown.min < 900 ? `${words}:${two(at % 60)}` : words;
    }
    const at = Math.floor(seconds), hours = Math.floor(at / 3600);
    const words = `${Math.floor(at / 60) % 60}:${two(at % 60)}`;
    return hours ? `${hours}:${words.padStart(5, "0")}` : words;
  }

  function splits(plot) {
    const span = shown.max - shown.min, most = Math.max(2, Math.floor(plot.width / 110));
    const step = STEPS.find((s) => span / s <= most) || 43200, shift = told.offset_s || 0;
    const first = Math.ceil((shown.min + shift) / step) * step - shift, at = [];
    const last = shown.max - (span * CUT) / plot.width;
    for (let t = first; t <= last; t += step) at.push(t);
    return at;
  }

  function show(range) {
    shown = range;
    for (const plot of plots) plot.setScale("x", range);
    drawLane();
  }

  function drawLane() {
    const span = shown.max - shown.min;
    lane.replaceChildren(...told.events.filter((e) => e.end >= shown.min && e.start <= shown.max).map((e) => {
      const bar = document.createElement("i");
      const left = Math.max(0, (e.start - shown.min) / span), right = Math.min(1, (e.end - shown.min) / span);
      bar.className = e.level ? `level-${e.level}` : "aside";
      bar.style.left = `${Math.min(99.6, 100 * left)}%`;
      bar.style.width = `max(4px, ${100 * (right - left)}%)`;
      bar.title = `${e.headline}, ${clock(e.start)}`;
      return bar;
    }));
  }

  function bands(plot, chart) {
    const { ctx } = plot, { left, width } = plot.bbox;
    for (const [low, high, style] of chart.bands) {
      const top = plot.valToPos(high, "y", true), bottom = plot.valToPos(low, "y", true);
      ctx.fillStyle = colour(style === "band-warning" ? "--warning" : "--advisory");
      ctx.globalAlpha = 0.16;
      ctx.fillRect(left, top, width, bottom - top);
      ctx.globalAlpha = 1;
    }
  }

  // The spread that a point's mean hides, where one point stands for many frames.
  function spreads(plot, chart) {
    const { ctx } = plot;
    chart.lines.forEach((line, i) => {
      if (!line.low || !plot.series[i + 1].show) return;
      ctx.strokeStyle = colour(`--${line.style}`);
      ctx.globalAlpha = 0.28;
      ctx.beginPath();
      told.times.forEach((t, k) => {
        if (line.low[k] === null || t < shown.min || t > shown.max) return;
        const x = plot.valToPos(t, "x", true);
        ctx.moveTo(x, plot.valToPos(line.low[k], "y", true));
        ctx.lineTo(x, plot.valToPos(line.high[k], "y", true));
      });
      ctx.stroke();
      ctx.globalAlpha = 1;
    });
  }

  function make(box) {
    const chart = told.charts[Number(box.dataset.chart)];
    const soft = colour("--soft"), words = new Map(chart.marks), room = (chart.high - chart.low) * 0.03;
    const plot = new uPlot({
      width: box.clientWidth, height: HEIGHT, padding: [8, 0, 0, 0],
      cursor: { sync: { key: "report" }, drag: { x: true, y: false, setScale: false } },
      scales: { x: { time: false, range: () => [shown.min, shown.max] }, y: { range: () => [chart.low - room, chart.high + room] } },
      series: [
        { label: "At", value: (p, v) => (v == null ? "–" : clock(v)) },
        ...chart.lines.map((line) => ({
          label: line.name, stroke: colour(`--${line.style}`), width: 1.8,
          value: (p, v) => (v == null ? "–" : `${v.toFixed(line.decimals)}${line.unit}`.replace("-", "−")),
        })),
      ],
      axes: [
        { stroke: soft, font: LETTERS, size: 24, grid: { show: false }, ticks: { show: false }, splits, values: (p, at) => at.map(clock) },
        { stroke: soft, font: LETTERS, size: LEFT, grid: { stroke: colour("--grid"), width: 1 }, ticks: { show: false },
          splits: () => [...words.keys()], values: () => [...words.values()] },
      ],
      hooks: {
        drawClear: [(p) => bands(p, chart)],
        draw: [(p) => spreads(p, chart)],
        setSelect: [(p) => {
          if (p.select.width < 4) return;
          const range = { min: p.posToVal(p.select.left, "x"), max: p.posToVal(p.select.left + p.select.width, "x") };
          p.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          show(range);
        }],
      },
    }, [told.times, ...chart.lines.map((line) => line.values)], box);
    plot.over.addEventListener("dblclick", () => show(whole));
    return plot;
  }

  function draw() {
    for (const plot of plots) plot.destroy();
    plots = told.times.length ? [...document.querySelectorAll("[data-chart]")].map(make) : [];
    drawLane();
  }
  draw();
  addEventListener("resize", () => plots.forEach((plot) => plot.setSize({ width: plot.root.parentElement.clientWidth, height: HEIGHT })));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  window.report = { show, plots: () => plots };
})();
