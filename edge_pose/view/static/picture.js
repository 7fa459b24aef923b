"use strict";
// The live picture: only while somebody looks at it, and one stream for all windows of a browser.

let paused = false;
let nextPicture = null;

// One window of a browser holds the stream; others ask for single pictures, because a browser
// opens only six connections to one host and the buttons need one.
let streaming = !navigator.locks;
if (navigator.locks) {
  navigator.locks.request("edge_pose stream", () => {
    streaming = true;
    startPicture();
    return new Promise(() => {});
  });
}

function startPicture() {
  const picture = $("stream");
  clearTimeout(nextPicture);
  picture.onload = picture.onerror = null;
  if (document.hidden || paused) { picture.removeAttribute("src"); picture.hidden = true; return; }
  picture.hidden = false;
  if (streaming) { picture.src = `/stream.mjpg?for=page&from=${Date.now()}`; return; }
  const ask = () => { picture.src = `/picture.jpg?for=page&at=${Date.now()}`; };
  picture.onload = () => { nextPicture = setTimeout(ask, 80); };
  picture.onerror = () => { nextPicture = setTimeout(ask, 1000); };
  ask();
}

$("pause").addEventListener("click", () => {
  paused = !paused;
  $("pause").setAttribute("aria-pressed", String(paused));
  $("pause").firstElementChild.textContent = paused ? "Show picture" : "Pause picture";
  startPicture();
  showPlaceholder($("link").dataset.link, lastState || { age_s: null });
});
document.addEventListener("visibilitychange", startPicture);
