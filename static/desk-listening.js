// Listening: one sound after the other, the word that is being said, and going to a word.

import { find, getSetting, root, textColumn } from "./desk-page.js";
import { WordIndex, findToken, listTokens } from "./desk-words.js";

export const SKIP_SECONDS = 1.5;
const SPEED_STEP = 0.125;
const HIGHLIGHT = "lp-playing";
const players = [...root.querySelectorAll("[data-desk-player]")];
const indexes = new Map(); // by part
let current = players[0]?.querySelector("audio") ?? null;
let shownWord = null;

const getPart = (audio) => audio.id.replace("part-", "");
const findSection = (part) => textColumn.querySelector(`[data-part="${part}"]`);

export function getAudio(part) {
  return document.getElementById(`part-${part}`);
}

function showPlayer(audio) {
  current = audio;
  for (const player of players) player.hidden = !player.contains(audio);
}

// The times of words

async function loadTimes(part) {
  const { transcript } = findSection(part)?.dataset ?? {};
  if (!transcript) return;
  const response = await fetch(`/staff/desk/transcripts/${transcript}/times`).catch(() => null);
  if (response?.ok) indexes.set(part, new WordIndex((await response.json()).segments));
}

export function replaceTimes(part, segment, times) {
  indexes.get(part)?.replace(segment, times);
  shownWord = null;
}

export function listExcerpts(part, segment) {
  return [...findSection(part).querySelectorAll(`[data-segment="${segment}"]`)];
}

// A segment may be shown in two pieces, one for each passage.
function findRange(part, { segment, token }) {
  let left = token;
  for (const excerpt of listExcerpts(part, segment)) {
    const node = excerpt.firstChild;
    const tokens = listTokens(excerpt.textContent);
    if (left < tokens.length && node?.nodeType === Node.TEXT_NODE) {
      const range = document.createRange();
      range.setStart(node, Math.min(tokens[left][0], node.length));
      range.setEnd(node, Math.min(tokens[left][1], node.length));
      return { excerpt, range };
    }
    left -= tokens.length;
  }
  return null;
}

function paintWord(audio) {
  const part = getPart(audio);
  const word = indexes.get(part)?.find(audio.currentTime) ?? null;
  if (word === shownWord) return;
  shownWord = word;
  const found = word && findRange(part, word);
  highlight(found?.range);
  if (found && !audio.paused) follow(found.excerpt);
}

function highlight(range) {
  if (!window.Highlight) return;
  CSS.highlights.delete(HIGHLIGHT);
  if (range) CSS.highlights.set(HIGHLIGHT, new Highlight(range));
}

function follow(excerpt) {
  if (!getSetting("followSound") || textColumn.querySelector("[contenteditable]:focus")) return;
  const [box, column] = [excerpt.getBoundingClientRect(), textColumn.getBoundingClientRect()];
  if (box.top < column.top || box.bottom > column.bottom - 60) excerpt.scrollIntoView({ block: "center" });
}

// Going to a word

export function goToWord(excerpt, offset) {
  const part = excerpt.closest("[data-part]").dataset.part;
  const segment = Number(excerpt.dataset.segment);
  const pieces = listExcerpts(part, segment);
  const before = pieces.slice(0, pieces.indexOf(excerpt)).map((one) => listTokens(one.textContent).length);
  const token = before.reduce((sum, count) => sum + count, 0) + findToken(excerpt.textContent, offset);
  const index = indexes.get(part);
  const [start] = index?.getTime(segment, token) ?? [null];
  const audio = getAudio(part);
  if (start === null || !audio) return;
  showPlayer(audio);
  audio.currentTime = start;
  if (!getSetting("playOnClick") || !audio.paused) return;
  audio.dataset.stopAt = index.getEnd(segment);
  audio.play().catch(() => {});
}

export function goTo(part, seconds) {
  const audio = getAudio(part);
  if (!audio) return;
  showPlayer(audio);
  audio.dataset.stopAt = "";
  audio.currentTime = Math.max(0, seconds);
}

export function getTime() {
  return current?.currentTime ?? null;
}

export function pauseForTyping() {
  if (getSetting("pauseWhileTyping")) current?.pause();
}

// What keys do

function skip(seconds) {
  current.dataset.stopAt = "";
  current.currentTime = Math.max(0, current.currentTime + seconds);
}

function changeSpeed(step) {
  const select = find("[data-speed] select");
  select.selectedIndex = Math.max(0, Math.min(select.options.length - 1, select.selectedIndex + step));
  applySpeed();
}

function applySpeed() {
  const rate = Number(find("[data-speed] select").value);
  for (const player of players) player.querySelector("audio").playbackRate = rate;
}

export const listeningActions = current && {
  playPause() {
    current.dataset.stopAt = "";
    if (!current.paused) return current.pause();
    current.currentTime = Math.max(0, current.currentTime - SKIP_SECONDS);
    return current.play().catch(() => {});
  },
  back: () => skip(-SKIP_SECONDS),
  forward: () => skip(SKIP_SECONDS),
  slower: () => changeSpeed(-1),
  faster: () => changeSpeed(1),
};

function prepare(audio, following) {
  const player = audio.closest("[data-desk-player]");
  const playhead = document.createElement("div");
  playhead.className = "lp-ribbon__playhead";
  audio.addEventListener("play", () => showPlayer(audio));
  audio.addEventListener("timeupdate", () => {
    paintWord(audio);
    const row = find(`[data-ribbon-part="${player.dataset.deskPlayer}"]`);
    if (playhead.parentElement !== row) row.append(playhead);
    playhead.style.left = `${(100 * audio.currentTime) / Number(row.dataset.seconds || audio.duration)}%`;
  });
  audio.addEventListener("ended", () => following?.play().catch(() => {}));
}

if (current) {
  const sounds = players.map((player) => player.querySelector("audio"));
  sounds.forEach((audio, n) => prepare(audio, sounds[n + 1]));
  showPlayer(current);
  find("[data-speed]").hidden = false;
  find("[data-speed]").addEventListener("change", applySpeed);
  if (Number(find("[data-speed] select").value) % SPEED_STEP === 0) applySpeed();
  for (const audio of sounds) loadTimes(getPart(audio));
}
