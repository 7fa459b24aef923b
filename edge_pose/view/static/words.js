"use strict";
// How values are written, and where: shared by all parts of the page.

const $ = (id) => document.getElementById(id);
const LEVELS = ["Note", "Advisory", "Warning", "Critical"];

const percent = (share) => (share === null || share === undefined ? "–" : `${Math.round(share * 100)}`);
const degrees = (value) => (value === null || value === undefined ? "–" : `${Math.round(value)}°`.replace("-", "−"));
const clock = (seconds, fields = { second: "2-digit" }) =>
  new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...fields });
// Numbers stay on one line with their units.
const whole = (words) => words.replace(/(\d) (%|s|min|cm)(?![a-z])/g, "$1\u00a0$2").replace(/ · (?=\d+\u00a0%)/, "\u00a0·\u00a0");
function lasted(seconds) {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
}
function put(id, words) {
  if ($(id).textContent !== words) $(id).textContent = words;
}
function element(tag, words, attributes = {}) {
  const made = document.createElement(tag);
  if (words) made.textContent = words;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
