"use strict";
// What a page can do to be noticed: tone and vibration. A browser lets a page sound only after a
// click; that somebody wants it is remembered, and the next click anywhere wakes it.

const TONES = {
  // [hertz, seconds on, seconds off, times]: sleep sounds unlike distraction and more urgent.
  sleep: { 1: [880, 0.12, 0.1, 2], 2: [880, 0.15, 0.08, 4], 3: [1046, 0.22, 0.06, 8] },
  distraction: { 1: [660, 0.12, 0.1, 1], 2: [660, 0.15, 0.12, 3], 3: [740, 0.2, 0.08, 6] },
  system: { 1: [440, 0.1, 0.1, 1], 2: [440, 0.15, 0.15, 2], 3: [440, 0.2, 0.15, 3] },
};
const REPEAT_MS = 2600; // a critical alert sounds again until it ends or is acknowledged

class Alarm {
  constructor(button) {
    this.button = button;
    this.wanted = localStorage.getItem("edge_pose sound") === "on";
    this.muted = false;
    this.audio = null;
    this.loop = null;
    this.hushed = false; // acknowledged here: no more until it has ended
    button.addEventListener("click", () => this.want(!this.wanted));
    addEventListener("pointerdown", () => this.wake());
    addEventListener("keydown", () => this.wake());
    this.show();
  }

  want(on) {
    this.wanted = on;
    localStorage.setItem("edge_pose sound", on ? "on" : "off");
    this.wake();
    if (on) this.play("system", 1); else this.stop();
    this.show();
  }

  wake() {
    if (!this.wanted) return;
    this.audio ??= new AudioContext();
    if (this.audio.state === "suspended") this.audio.resume().then(() => this.show());
    this.show();
  }

  show() {
    const ready = this.audio && this.audio.state === "running";
    this.button.setAttribute("aria-pressed", String(this.wanted));
    this.button.textContent = !this.wanted ? "Sound here: off" : ready ? "Sound here: on" : "Sound here: click once";
  }

  // A new alert, or one that has risen.
  raise(family, level) {
    this.stop();
    this.play(family, level);
    if (level >= 2 && navigator.vibrate && navigator.userActivation?.hasBeenActive) navigator.vibrate(level === 3 ? [400, 120, 400, 120, 400] : [250, 120, 250]);
    if (level === 3) this.loop = setInterval(() => this.play(family, level), REPEAT_MS);
  }

  // What stands now: a page that is opened in the midst of a critical alert sounds as well.
  stand(family, level) {
    if (level < 3) this.hushed = false;
    if (level === 3 && !this.loop && !this.hushed) this.raise(family, level);
    if (level < 3) this.stop();
  }

  hush() {
    this.hushed = true;
    this.stop();
  }

  stop() {
    clearInterval(this.loop);
    this.loop = null;
  }

  play(family, level) {
    if (!this.wanted || this.muted || !this.audio || this.audio.state !== "running") return;
    const [hertz, on, off, times] = (TONES[family] || TONES.distraction)[level];
    for (let i = 0; i < times; i += 1) {
      const start = this.audio.currentTime + i * (on + off);
      const tone = this.audio.createOscillator(), volume = this.audio.createGain();
      tone.type = "square";
      tone.frequency.value = hertz;
      volume.gain.setValueAtTime(0.0001, start);
      volume.gain.exponentialRampToValueAtTime(0.25, start + 0.01);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + on);
      tone.connect(volume).connect(this.audio.destination);
      tone.start(start);
      tone.stop(start + on + 0.02);
    }
  }
}
