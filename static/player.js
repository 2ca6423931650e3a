// Plays a passage from the second it was said. Without this module the same links open the sound at that time.

const REWIND_SECONDS = 0.15; // a word that starts on the mark is otherwise clipped

// From the address's own fragment: #t=begin or #t=begin,end in seconds (W3C Media Fragments §4.2.1).
function secondsOf(link) {
  return link.hash.slice("#t=".length).split(",").map(Number);
}

function audioOf(link) {
  return document.getElementById(link.dataset.playIn) ?? document.querySelector("[data-player] audio");
}

function markPlaying(link) {
  document.querySelectorAll(".lp-passage--playing").forEach((card) => card.classList.remove("lp-passage--playing"));
  link?.closest(".lp-passage")?.classList.add("lp-passage--playing");
}

function playPassage(link) {
  const audio = audioOf(link);
  const [start, end = ""] = secondsOf(link);
  audio.currentTime = Math.max(0, start - REWIND_SECONDS);
  audio.dataset.stopAt = String(end);
  markPlaying(link);
  return audio.play().catch(() => {}); // why it failed is said beside the player
}

function stopAtEnd(audio) {
  if (audio.dataset.stopAt && audio.currentTime >= Number.parseFloat(audio.dataset.stopAt)) {
    audio.dataset.stopAt = "";
    audio.pause();
    markPlaying(null);
  }
}

// The wave comes as numbers that were kept with the recording: nothing of the sound is fetched for it.
async function drawWave(bar) {
  const audio = bar.querySelector("audio");
  const box = document.createElement("div");
  box.className = "lp-player__wave"; // as high as the wave from the start: what is below must not move when it comes
  box.setAttribute("aria-hidden", "true"); // keyboards have the sound's own controls and the buttons
  bar.append(box);
  const answer = await fetch(new URL("wave", audio.src)).catch(() => null); // offline: the sound's controls remain
  const { peaks, duration } = answer?.ok ? await answer.json() : { peaks: [] };
  if (!peaks.length || !duration) {
    box.remove();
    return;
  }
  const { default: WaveSurfer } = await import("./build/wavesurfer.js");
  const wave = WaveSurfer.create({
    container: box,
    media: audio,
    peaks: [peaks.map((value) => value / 100)],
    duration,
    height: 48,
    waveColor: "#a89c90",
    progressColor: "#17564f",
    cursorColor: "#17564f",
    cspNonce: document.querySelector("script[nonce]")?.nonce,
  });
  wave.on("interaction", () => {
    audio.dataset.stopAt = "";
  });
}

// A page may have many players; each wave is fetched when somebody comes near it.
const whenNear = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        whenNear.unobserve(target);
        drawWave(target);
      }
    }
  },
  { rootMargin: "200px" },
);

// What stays in sight below the player has to know where that ends.
const whenTaller = new ResizeObserver(([{ target }]) => {
  document.documentElement.style.setProperty("--lp-player", `${target.offsetHeight}px`);
});

function prepare(bar) {
  const audio = bar.querySelector("audio");
  audio.addEventListener("timeupdate", () => stopAtEnd(audio));
  const failed = bar.querySelector("[data-player-failed]");
  audio.addEventListener("error", () => (failed.hidden = false));
  failed.hidden = !audio.error; // it may have failed before this module was here
  const buttons = bar.querySelector("[data-player-buttons]");
  buttons.hidden = false;
  buttons.addEventListener("click", (event) => {
    const seconds = Number.parseFloat(event.target.dataset.skip);
    if (!Number.isNaN(seconds)) {
      audio.dataset.stopAt = "";
      audio.currentTime = Math.max(0, audio.currentTime + seconds);
    }
  });
  whenNear.observe(bar);
  whenTaller.observe(bar);
}

document.querySelectorAll("[data-player]").forEach(prepare);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.lp-play, a.lp-timestamp");
  if (link && audioOf(link) && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    playPassage(link);
  }
});
