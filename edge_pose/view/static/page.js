"use strict";
// The live page: what the monitor says, by server-sent events, and what a person may tell it.

const SILENT_MS = 3000;
const TREND_MAX = 1300;

const charts = [
  new LiveChart($("attention-chart"), {
    lines: [{ name: "Attention", column: 3, colour: "--yaw", factor: 100, unit: " %" }],
    range: [-4, 104], marks: [[0, "0 %"], [50, "50 %"], [100, "100 %"]],
  }),
  new LiveChart($("angle-chart"), {
    lines: [{ name: "Yaw", column: 1, colour: "--yaw", unit: "°" }, { name: "Pitch", column: 2, colour: "--pitch", unit: "°" }],
    range: [-60, 60], marks: [[-45, "−45°"], [0, "0°"], [45, "45°"]],
  }),
  new LiveChart($("eye-chart"), {
    lines: [
      { name: "Eyes open", column: 5, colour: "--eyes", factor: 100, unit: " %" },
      { name: "PERCLOS", column: 6, colour: "--pitch", factor: 100, unit: " %" },
    ],
    range: [-4, 115], marks: [[0, "0 %"], [50, "50 %"], [100, "100 %"]],
  }),
];
const alarm = new Alarm($("tone"));
let samples = [];
let lastNews = performance.now();
let lastState = null;
let spoken = "";

// ---- state ----------------------------------------------------------------------------------

function showState(state) {
  lastState = state;
  showNotice(state.notice);
  showLink(state.stale ? "stale" : "live", state);
  const seen = state.enabled !== false && state.camera === "ok" && !state.stale;
  put("attention", seen ? share(state.attention) : "–");
  put("region", seen ? looksAt(state) : "–");
  const [yaw, pitch, roll] = (seen && angles(state)) || [null, null, null];
  put("yaw", degrees(yaw));
  put("pitch", degrees(pitch));
  put("roll", degrees(roll));
  const lids = seen && state.eyes ? [state.eyes.left, state.eyes.right].filter((v) => v !== null) : [];
  const open = lids.length ? lids.reduce((a, b) => a + b) / lids.length : null;
  put("eyes", eyeWords(state, open));
  put("perclos", seen ? share(state.perclos) : "–");
  put("mouth", seen && state.eyes ? share(state.eyes.mouth) : "–");
  if (!state.stale && state.wall_s !== undefined) addSample(state, seen, yaw, pitch, open);
  alarm.muted = state.muted === true;
  alarm.stand(state.family, state.notice.loud !== false && state.notice.level ? state.notice.level : 0);
  showButtons(state);
  showHealth(state);
  showGuide(state.guide);
}

const share = (value) => (value === null || value === undefined ? "–" : `${percent(value)}\u00a0%`);

// What the rules judge by: against the driver's own road ahead, once that is known.
function angles(state) {
  if (!state.pose) return null;
  return state.off_neutral_deg ? [...state.off_neutral_deg, state.pose[2]] : state.pose;
}

function looksAt(state) {
  if (!state.face) return "no face";
  if (state.lids === "closed") return "eyes closed";
  return state.region || (state.distracted ? "away" : "–");
}

function eyeWords(state, open) {
  if (state.lids === "closed") return "closed";
  return open === null ? "not seen" : share(Math.min(1, open));
}

function showGuide(guide) {
  $("guide").hidden = !guide;
  if (!guide) return;
  put("guide-step", guide.done ? "Calibration finished" : `Calibration, step ${guide.step} of ${guide.steps}`);
  put("guide-lens", guide.lens);
  const words = JSON.stringify(guide.verdicts);
  if ($("guide-verdicts").dataset.words === words) return;
  $("guide-verdicts").dataset.words = words;
  $("guide-verdicts").replaceChildren(...guide.verdicts.map((verdict) => {
    const item = element("li", "", verdict.good ? {} : { class: "bad" });
    item.append(element("span", `${verdict.name}: ${verdict.found}`));
    if (verdict.advice) item.append(element("small", verdict.advice));
    return item;
  }));
}

function addSample(state, seen, yaw, pitch, open) {
  const last = samples.length ? samples[samples.length - 1][0] : 0;
  if (state.wall_s <= last) return;
  samples.push([state.wall_s, yaw, pitch, seen ? state.attention : null, state.level, open, seen ? state.perclos ?? null : null]);
  if (samples.length > TREND_MAX) samples = samples.slice(-TREND_MAX);
  for (const chart of charts) chart.draw(samples, state.wall_s);
}

function showNotice(notice) {
  $("notice").dataset.level = notice.level === null ? "none" : notice.level;
  $("notice").classList.toggle("loud", notice.loud !== false && notice.level >= 1);
  put("headline", whole(notice.headline));
  put("advice", notice.advice || "");
  put("detail", whole(notice.detail));
  const learning = notice.progress !== null;
  $("progress").hidden = !learning;
  if (learning) $("progress").value = notice.progress;
  const said = notice.headline.replace(/ · \d+ %$/, "");
  if (said !== spoken) put("spoken", said);
  spoken = said;
}

function showButtons(state) {
  const enabled = state.enabled !== false;
  const mute = $("mute"), enable = $("enable");
  mute.dataset.command = state.muted ? "unmute" : "mute";
  put("mute", state.muted ? "Unmute sound" : "Mute sound");
  enable.dataset.command = enabled ? "disable" : "enable";
  put("enable", enabled ? "Stop monitoring" : "Start monitoring");
}

function showHealth(state) {
  if (!$("health").open || !state.health) return;
  const h = state.health;
  const facts = [
    ["Frames a second", h.fps.toFixed(1)],
    ["Frame age", `${h.frame_age_ms.toFixed(0)} ms`],
    ["Frame age, 95th percentile", `${h.frame_age_p95_ms.toFixed(0)} ms`],
    ["Frames dropped", String(h.dropped)],
    ["Temperature", h.temperature_c === null ? "–" : `${h.temperature_c.toFixed(0)} °C`],
    ["Slowed by heat or supply", h.throttled === null ? "–" : h.throttled ? "yes" : "no"],
    ["Not judged now", state.limits && state.limits.length ? state.limits.join("; ") : "–"],
    ["Road-ahead pose", state.neutral ? `${degrees(state.neutral.yaw_deg)} / ${degrees(state.neutral.pitch_deg)}${state.neutral.confirmed ? "" : " (learning)"}` : "–"],
  ];
  const list = $("health-facts");
  if (list.children.length !== facts.length * 2) {
    list.replaceChildren(...facts.flatMap(([name]) => [element("dt", name), element("dd")]));
  }
  facts.forEach(([, value], i) => {
    const cell = list.children[2 * i + 1];
    if (cell.textContent !== value) cell.textContent = value;
  });
}

// ---- link -----------------------------------------------------------------------------------

function showLink(link, state) {
  const box = $("link"), was = box.dataset.link;
  box.dataset.link = link;
  if (link === "live") put("link-words", `Live · ${state.health ? state.health.fps.toFixed(0) : 0} fps`);
  if (link === "stale") {
    put("link-words", state.age_s === null ? "Waiting for the camera" : `No new picture for ${Math.round(state.age_s)} s`);
  }
  if (link === "lost") put("link-words", "Connection lost");
  $("picture").classList.toggle("old", link !== "live");
  showPlaceholder(link, state);
  if (link === "lost" && was !== "lost") lose();
  if (was === "lost" && link !== "lost") { startPicture(); loadEpisodes(); put("alarm", ""); }
}

function showPlaceholder(link, state) {
  let words = "";
  if (link === "lost") words = "The monitor does not answer. It may have stopped: do not rely on it.";
  else if (link === "stale") words = state.age_s === null ? "Waiting for the camera…" : "The picture stands still.";
  else if (paused) words = "Picture paused";
  else if (state && state.camera === "lost") words = "No picture: the camera is lost.";
  put("no-picture", words);
  $("no-picture").hidden = !words;
}

function lose() {
  alarm.stop();
  showNotice({ headline: "Monitor not reachable", advice: "You are not watched now.", detail: "Trying to connect again…", level: 2, progress: null, loud: true });
  put("alarm", "Connection to the monitor lost");
  for (const id of ["attention", "region", "yaw", "pitch", "roll", "eyes", "perclos", "mouth"]) put(id, "–");
}

setInterval(() => {
  if (performance.now() - lastNews > SILENT_MS) showLink("lost", lastState);
}, 500);

// ---- commands -------------------------------------------------------------------------------

for (const button of document.querySelectorAll("[data-command]")) {
  button.addEventListener("click", () => {
    if (button.dataset.command === "disable") $("sure").showModal(); else command(button);
  });
}
$("sure-no").addEventListener("click", () => $("sure").close());
$("sure-yes").addEventListener("click", () => { $("sure").close(); command($("enable")); });

const DONE = {
  acknowledge: "Acknowledged", mute: "Sound muted", unmute: "Sound on", recalibrate: "Learning the road ahead anew",
  disable: "Monitoring stopped", enable: "Monitoring started",
};

const post = (path, body) => fetch(path, {
  method: "POST",
  headers: { "Content-Type": "application/json", "X-Edge-Pose": "1" },
  body: JSON.stringify(body),
});

// What the program says against it: JSON from the page's own paths, plain words at the door.
async function refusal(answer) {
  const words = await answer.text();
  try { return `Refused: ${JSON.parse(words).error}`; } catch { return `Refused: ${words.trim()}`; }
}

$("distance-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const answer = await post("/api/distance", { distance_cm: Number($("distance").value) });
    if (!answer.ok) put("sent", await refusal(answer));
  } catch {
    put("sent", "Not sent: the monitor does not answer.");
  }
});

async function command(button) {
  const name = button.dataset.command;
  if (name === "acknowledge") alarm.hush();
  button.disabled = true;
  try {
    const answer = await post("/api/command", { command: name });
    put("sent", answer.ok ? `${DONE[name] || name} at ${clock(Date.now() / 1000)}` : await refusal(answer));
  } catch {
    put("sent", "Not sent: the monitor does not answer.");
  }
  button.disabled = false;
}

// ---- news -----------------------------------------------------------------------------------

function listen() {
  const news = new EventSource("/events");
  const heard = () => { lastNews = performance.now(); };
  news.addEventListener("state", (event) => { heard(); showState(JSON.parse(event.data)); });
  news.addEventListener("alert", (event) => {
    heard();
    const alert = JSON.parse(event.data);
    if (alert.step && !alert.silent) alarm.raise(alert.family, alert.level);
    if (alert.phase !== "end" && alert.level >= 2) put("alarm", `${LEVELS[alert.level]}: ${alert.headline}. ${alert.reason}`);
    if (alert.phase === "end") { put("alarm", ""); alarm.stop(); }
    loadEpisodes();
  });
  news.addEventListener("error", () => {
    if (news.readyState === EventSource.CLOSED) { news.close(); setTimeout(listen, 1500); }
  });
}

async function begin() {
  listen();
  loadEpisodes();
  try {
    const before = (await (await fetch("/api/trend")).json()).samples;
    const first = samples.length ? samples[0][0] : Infinity;
    samples = [...before.filter((sample) => sample[0] < first), ...samples];
  } catch { /* the curves begin now */ }
}
setInterval(loadEpisodes, 30000);
window.addEventListener("load", () => setTimeout(() => { if (!$("stream").src) startPicture(); }, 0));
window.addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach((chart) => chart.forget()));
begin();
