"use strict";
// A line under the pointer with every curve's value there; the report is complete without it.
(() => {
  const board = document.getElementById("board");
  const cross = document.getElementById("cross"), readout = document.getElementById("readout");
  const { shares, clock, curves } = JSON.parse(document.getElementById("numbers").textContent);
  const plot = board.querySelector(".plotted");
  if (!shares.length) return;
  function nearest(share) {
    let low = 0, high = shares.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (shares[middle] < share) low = middle; else high = middle;
    }
    return share - shares[low] < shares[high] - share ? low : high;
  }
  board.addEventListener("pointermove", (event) => {
    const frame = plot.getBoundingClientRect(), outer = board.getBoundingClientRect();
    const share = (event.clientX - frame.left) / frame.width;
    const inside = share >= 0 && share <= 1;
    cross.hidden = readout.hidden = !inside;
    if (!inside) return;
    const i = nearest(share), x = frame.left - outer.left + shares[i] * frame.width;
    cross.style.left = `${x}px`;
    const known = curves.filter((curve) => curve.values[i] !== null);
    readout.textContent = [clock[i], ...known.map((c) => `${c.name} ${String(c.values[i]).replace("-", "−")}${c.unit}`)].join("\n");
    const right = x + 12 + readout.offsetWidth > outer.width;
    readout.style.left = right ? `${x - 12 - readout.offsetWidth}px` : `${x + 12}px`;
    readout.style.top = `${Math.max(0, event.clientY - outer.top - 20)}px`;
  });
  board.addEventListener("pointerleave", () => { cross.hidden = readout.hidden = true; });
})();
