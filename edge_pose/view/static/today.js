"use strict";
// The list of today's events, and the bar that shows when they were.

let loading = null;
function loadEpisodes() {
  clearTimeout(loading);
  loading = setTimeout(async () => {
    try {
      showEpisodes(await (await fetch("/api/episodes")).json());
    } catch { /* the link's own watch says so */ }
  }, 150);
}

// What the monitor says of itself (learning, limited) is listed, but is no event of the driver's.
const isNote = (episode) => episode.kind.startsWith("monitor.");

function showEpisodes({ episodes, note }) {
  const count = episodes.filter((episode) => !isNote(episode)).length;
  put("today-count", note || (count === 0 ? "No events today." : `${count} event${count === 1 ? "" : "s"} today`));
  $("events").replaceChildren(...episodes.slice().reverse().map(episodeRow));
  showTimeline(episodes);
}

function episodeRow(episode) {
  const row = element("tr");
  row.append(element("td", clock(episode.start_s), { class: "num" }));
  const what = element("td", episode.headline);
  what.append(element("small", episode.reason));
  const level = element("td");
  const shown = isNote(episode) ? 0 : episode.level;
  level.append(element("span", LEVELS[shown], { class: "tag", "data-level": shown }));
  const span = episode.end_s !== null ? lasted(episode.end_s - episode.start_s) : episode.ongoing ? "now" : "end not known";
  row.append(what, level, element("td", span, { class: episode.end_s === null ? "num" : "num span" }));
  row.setAttribute("role", "row");
  for (const cell of row.children) cell.setAttribute("role", "cell");
  return row;
}

function showTimeline(episodes) {
  const now = Date.now() / 1000;
  const first = episodes.length ? Math.min(...episodes.map((e) => e.start_s)) : now;
  const start = Math.min(first - 60, now - 600), span = now - start;
  const bars = episodes.map((episode) => {
    const bar = element("i", "", { "data-level": isNote(episode) ? "aside" : episode.level });
    const end = episode.end_s ?? (episode.ongoing ? now : episode.alert_s);
    bar.style.left = `${Math.min(99.4, 100 * (episode.start_s - start) / span)}%`;
    bar.style.width = `${100 * Math.max(0, end - episode.start_s) / span}%`;
    return bar;
  });
  const room = $("timeline").clientWidth / 90;
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360].map((m) => m * 60).find((s) => span / s <= room) || 43200;
  const shift = new Date().getTimezoneOffset() * 60;
  const ticks = [];
  for (let at = Math.ceil((start - shift) / step) * step + shift; at <= now; at += step) {
    const share = (at - start) / span;
    if (share < 0.03 || share > 0.97) continue;
    const tick = element("span", clock(at, { second: undefined }));
    tick.style.left = `${100 * share}%`;
    ticks.push(tick);
  }
  $("timeline").replaceChildren(...bars, ...ticks);
}
