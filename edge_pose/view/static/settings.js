"use strict";
// The settings in force, asked for when their fold is opened.

let settings = null;
$("settings").addEventListener("toggle", async () => {
  if (settings) return;
  settings = (await (await fetch("/api/settings")).json()).settings;
  showSettings();
});
$("filter").addEventListener("input", showSettings);
function showSettings() {
  const words = $("filter").value.toLowerCase();
  const rows = (settings || []).filter((s) => `${s.key} ${s.meaning}`.toLowerCase().includes(words));
  $("setting-rows").replaceChildren(...rows.map((s) => {
    const row = element("tr", "", s.default ? {} : { class: "changed" });
    const value = element("td", `${s.value} ${s.value === "–" ? "" : s.unit}`.trim());
    if (s.note) value.append(element("small", s.note));
    const key = element("td");
    for (const part of s.key.split(/(?<=[._])/)) key.append(part, element("wbr"));
    row.append(key, value, element("td", s.meaning));
    row.setAttribute("role", "row");
    for (const cell of row.children) cell.setAttribute("role", "cell");
    return row;
  }));
}
