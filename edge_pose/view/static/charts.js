"use strict";
// Small line charts of the last minute, drawn on canvas in the page's own colours.

const SPAN_S = 60;
const GAP_S = 1.5; // longer without a sample: nothing was measured, so no line
const FOOT = 16; // pixels below the curves, for the time
const TIMES = [[60, "1 min ago", "left"], [30, "30 s", "center"], [0, "now", "right"]];

class Chart {
  // lines: [{column, colour (a CSS variable)}]; range: [low, high]; marks: values with a grid line.
  constructor(canvas, { lines, range, marks }) {
    this.canvas = canvas;
    this.lines = lines;
    this.range = range;
    this.marks = marks;
  }

  draw(samples, now) {
    const { canvas } = this;
    const scale = window.devicePixelRatio || 1;
    const width = canvas.clientWidth, height = canvas.clientHeight;
    if (!width) return;
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    const style = getComputedStyle(document.documentElement);
    this.grid(pen, width, height, style);
    for (const line of this.lines) {
      pen.strokeStyle = style.getPropertyValue(line.colour);
      pen.lineWidth = 2;
      pen.lineJoin = "round";
      this.trace(pen, samples, line.column, now, width, height);
    }
  }

  y(value, height) {
    const [low, high] = this.range;
    const share = (Math.min(high, Math.max(low, value)) - low) / (high - low);
    return height - FOOT - 5 - share * (height - FOOT - 10);
  }

  grid(pen, width, height, style) {
    pen.strokeStyle = style.getPropertyValue("--grid");
    pen.fillStyle = style.getPropertyValue("--soft");
    pen.font = "11px B612, sans-serif";
    pen.lineWidth = 1;
    for (const [value, words] of this.marks) {
      const y = Math.round(this.y(value, height)) + 0.5;
      pen.beginPath();
      pen.moveTo(0, y);
      pen.lineTo(width, y);
      pen.stroke();
      pen.fillText(words, 4, y > 16 ? y - 3 : y + 12);
    }
    for (const [ago, words, side] of TIMES) {
      pen.textAlign = side;
      pen.fillText(words, Math.min(width - 4, Math.max(4, width * (1 - ago / SPAN_S))), height - 5);
    }
    pen.textAlign = "left";
  }

  trace(pen, samples, column, now, width, height) {
    pen.beginPath();
    let down = false, last = -Infinity;
    for (const sample of samples) {
      if (sample[0] - last > GAP_S) down = false;
      last = sample[0];
      const value = sample[column];
      const x = width * (1 - (now - sample[0]) / SPAN_S);
      if (value === null || x < -4) { down = false; continue; }
      const y = this.y(value, height);
      if (down) pen.lineTo(x, y); else pen.moveTo(x, y);
      down = true;
    }
    pen.stroke();
  }
}
