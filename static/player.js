// Plays a passage from where it was said. Without this module the same links open the recording at that time.

import { parseFragment } from "./media-fragment.js";

const REWIND_SECONDS = 0.15; // or the first word is clipped
const themeColour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);

function findAudio(link) {
  return document.getElementById(link.dataset.playIn) ?? document.querySelector("[data-player] audio");
}

function markPlaying(link) {
  document.querySelectorAll(".lp-passage--playing").forEach((card) => card.classList.remove("lp-passage--playing"));
  link?.closest(".lp-passage")?.classList.add("lp-passage--playing");
}

function playPassage(link) {
  const audio = findAudio(link);
  const { start, end } = parseFragment(link.hash);
  audio.currentTime = Math.max(0, start - REWIND_SECONDS);
  audio.dataset.stopAt = end ?? "";
  markPlaying(link);
  return audio.play().catch(() => {}); // the player shows why it failed
}

function stopAtEnd(audio) {
  if (audio.dataset.stopAt && audio.currentTime >= Number.parseFloat(audio.dataset.stopAt)) {
    audio.dataset.stopAt = "";
    audio.pause();
    markPlaying(null);
  }
}

// The waveform's peaks are stored with the recording, so no sound is fetched for it.
async function drawWave(bar) {
  const audio = bar.querySelector("audio");
  const box = document.createElement("div");
  box.className = "lp-player__wave"; // has the final height from the start, so that nothing below it moves
  box.setAttribute("aria-hidden", "true"); // by keyboard, the audio element's own controls and the buttons do the same
  bar.append(box);
  const response = await fetch(new URL("wave", audio.src)).catch(() => null); // offline: no waveform
  const { peaks, duration } = response?.ok ? await response.json() : { peaks: [] };
  if (peaks.length && duration) await showWave(box, audio, peaks, duration);
  else box.remove();
}

async function showWave(box, audio, peaks, duration) {
  const { default: WaveSurfer } = await import("./build/wavesurfer.js");
  const wave = WaveSurfer.create({
    container: box,
    media: audio,
    peaks: [peaks.map((value) => value / 100)],
    duration,
    height: Number(box.parentElement.dataset.waveHeight) || 48,
    waveColor: themeColour("--lp-wave"),
    progressColor: themeColour("--lp-accent"),
    cursorColor: themeColour("--lp-accent"),
    cspNonce: document.querySelector("script[nonce]")?.nonce,
  });
  wave.on("interaction", () => {
    audio.dataset.stopAt = "";
  });
}

// A page may have many players; a waveform is fetched only when its player is nearly in view.
const waveObserver = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        waveObserver.unobserve(target);
        drawWave(target);
      }
    }
  },
  { rootMargin: "200px" },
);

// Sticky elements below the player need its height.
const heightObserver = new ResizeObserver(([{ target }]) => {
  document.documentElement.style.setProperty("--lp-player", `${target.offsetHeight}px`);
});

function preparePlayer(bar) {
  const audio = bar.querySelector("audio");
  audio.addEventListener("timeupdate", () => stopAtEnd(audio));
  const failed = bar.querySelector("[data-player-failed]");
  audio.addEventListener("error", () => (failed.hidden = false));
  failed.hidden = !audio.error; // it may have failed before this module was loaded
  const buttons = bar.querySelector("[data-player-buttons]");
  buttons.hidden = false;
  buttons.addEventListener("click", (event) => {
    const seconds = Number.parseFloat(event.target.dataset.skip);
    if (!Number.isNaN(seconds)) {
      audio.dataset.stopAt = "";
      audio.currentTime = Math.max(0, audio.currentTime + seconds);
    }
  });
  waveObserver.observe(bar);
  heightObserver.observe(bar);
}

document.querySelectorAll("[data-player]").forEach(preparePlayer);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.lp-play, a.lp-timestamp");
  if (link && findAudio(link) && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    playPassage(link);
  }
});
