// Plays a passage from the second it was said. Without this module the same links open the sound at that time.

const REWIND_SECONDS = 0.15; // a word that starts on the mark is otherwise clipped

function audioOf(link) {
  return document.getElementById(link.dataset.playIn) ?? document.querySelector("[data-player] audio");
}

function markPlaying(link) {
  document.querySelectorAll(".lp-passage--playing").forEach((card) => card.classList.remove("lp-passage--playing"));
  link?.closest(".lp-passage")?.classList.add("lp-passage--playing");
}

function playPassage(link) {
  const audio = audioOf(link);
  const end = Number.parseFloat(link.dataset.playTo);
  audio.currentTime = Math.max(0, Number.parseFloat(link.dataset.playFrom) - REWIND_SECONDS);
  audio.dataset.stopAt = Number.isNaN(end) ? "" : String(end);
  markPlaying(link);
  return audio.play();
}

function stopAtEnd(audio) {
  if (audio.dataset.stopAt && audio.currentTime >= Number.parseFloat(audio.dataset.stopAt)) {
    audio.dataset.stopAt = "";
    audio.pause();
    markPlaying(null);
  }
}

async function drawWave(bar, audio) {
  const answer = await fetch(bar.dataset.peaks);
  if (!answer.ok) return;
  const { peaks, duration } = await answer.json();
  const { default: WaveSurfer } = await import("./build/wavesurfer.js");
  const box = document.createElement("div");
  box.className = "lp-player__wave";
  box.setAttribute("aria-hidden", "true");
  bar.append(box);
  WaveSurfer.create({
    container: box,
    media: audio,
    peaks: [peaks],
    duration,
    height: 48,
    waveColor: "#a89c90",
    progressColor: "#17564f",
    cspNonce: document.querySelector("script[nonce]")?.nonce,
  });
}

function prepare(bar) {
  const audio = bar.querySelector("audio");
  audio.addEventListener("timeupdate", () => stopAtEnd(audio));
  const buttons = bar.querySelector("[data-player-buttons]");
  buttons.hidden = false;
  buttons.addEventListener("click", (event) => {
    const seconds = Number.parseFloat(event.target.dataset.skip);
    if (!Number.isNaN(seconds)) {
      audio.dataset.stopAt = "";
      audio.currentTime = Math.max(0, audio.currentTime + seconds);
    }
  });
  if (bar.dataset.peaks) drawWave(bar, audio);
}

document.querySelectorAll("[data-player]").forEach(prepare);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-play-from]");
  if (link && audioOf(link) && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    playPassage(link);
  }
});
