// Sends the recordings of an interview one after the other, each from where it stopped (tus). The page has a plain form
// for browsers that do not run this. File names stay in the browser.

import "./build/tus.js";
import { fingerprintOf } from "./upload-fingerprint.js";
import { percentOf, sizeInWords, timeLeft } from "./upload-text.js";

const CHUNK_BYTES = 32 * 1024 * 1024; // each request renews the sign-in, and passes proxies that limit a request
const RETRY_SECONDS = [0, 1, 3, 5, 10, 20, ...Array(120).fill(30)]; // about an hour; any progress starts them anew
const LOOK_MILLISECONDS = 3000;
const MOVABLE = ["waiting"];
const BUTTONS = {
  earlier: MOVABLE,
  later: MOVABLE,
  leave: ["waiting", "refused"],
  pause: ["sending"],
  resume: ["paused", "stopped"],
  cancel: ["sending", "paused", "stopped"],
};

const box = document.querySelector("[data-upload]");
const chooser = box.querySelector("input[type=file]");
const list = box.querySelector("[data-upload-files]");
const spoken = document.getElementById("spoken");
const howRecorded = box.querySelector("[data-track-options]");
const atTheSameTime = document.getElementById("at-the-same-time");
const start = box.querySelector("[data-upload-start]");
const said = box.querySelector("[data-upload-announcement]");
const here = document.getElementById("uploads");
const NOT_TAKEN = "The server did not take this file. Please tell the coordinator.";
const HEADERS = { "X-CSRFToken": box.dataset.token };
const items = []; // {file, row, state, words, percent, url, upload, told}; in the order of the conversation

function isSending() {
  return items.some((item) => item.state === "sending");
}

function say(words) {
  said.textContent = words;
}

function show(item) {
  item.row.querySelector("[data-message]").textContent = item.words;
  const bar = item.row.querySelector("progress");
  bar.hidden = !["sending", "paused", "stopped"].includes(item.state);
  bar.value = item.percent;
  bar.textContent = `${Math.round(item.percent)}%`;
  item.row.classList.toggle("lp-upload--refused", item.state === "refused");
  item.row.classList.toggle("lp-upload--complete", item.state === "arrived");
  for (const [deed, states] of Object.entries(BUTTONS)) {
    item.row.querySelector(`[data-action=${deed}]`).hidden = !states.includes(item.state) || isAtEnd(item, deed);
  }
}

function isAtEnd(item, deed) {
  const movable = items.filter((other) => MOVABLE.includes(other.state));
  return (deed === "earlier" && movable[0] === item) || (deed === "later" && movable.at(-1) === item);
}

function showAll() {
  const rows = items.map((item) => item.row);
  if (rows.some((row, at) => row !== list.children[at])) list.append(...rows); // moving a row takes the focus off it
  items.forEach(show);
  start.hidden = isSending() || !items.some((item) => item.state === "waiting");
  howRecorded.hidden = start.hidden || unknown().length < 2;
}

// Files that the server has not heard of yet.
function unknown() {
  return items.filter((item) => item.state === "waiting" && !item.url);
}

function become(item, state, words) {
  const button = document.activeElement;
  const hadFocus = item.row.contains(button);
  Object.assign(item, { state, words });
  showAll();
  say(`${item.file.name}: ${words}`);
  if (hadFocus && button.hidden) item.row.querySelector("button:not([hidden])")?.focus();
}

function rowOf(item, number) {
  const row = box.querySelector("template").content.firstElementChild.cloneNode(true);
  const name = row.querySelector("[data-name]");
  name.id = `file-${number}`;
  name.textContent = `${item.file.name} (${sizeInWords(item.file.size)})`;
  row.querySelector("progress").setAttribute("aria-labelledby", name.id);
  for (const button of row.querySelectorAll("button")) {
    button.setAttribute("aria-describedby", name.id);
    button.addEventListener("click", () => deeds[button.dataset.do](item));
  }
  return row;
}

// Choosing, and the order

async function choose() {
  const files = [...chooser.files];
  chooser.value = "";
  for (const file of files) {
    const item = { file, state: "waiting", words: "", percent: 0, url: null, upload: null };
    item.row = rowOf(item, items.length);
    item.told = { fingerprint: await fingerprintOf(file), modified: String(file.lastModified) };
    if (items.some((other) => other.told.fingerprint === item.told.fingerprint && other.state !== "cancelled")) {
      say(`${file.name} is on the list already.`);
      continue;
    }
    items.push(item);
    Object.assign(item, firstStanding(item));
  }
  showAll();
  say(`${items.filter((item) => item.state === "waiting").length} files chosen.`);
  hideWhatIsShown();
}

function firstStanding(item) {
  if (item.file.size === 0) {
    return { state: "refused", words: "This file is empty. The copy was probably interrupted: please choose it again." };
  }
  if (item.file.size > Number(box.dataset.mostBytes)) {
    return { state: "refused", words: `The file is larger than ${box.dataset.mostWords}, the most that can be kept.` };
  }
  const known = here.querySelector(`[data-fingerprint="${item.told.fingerprint}"]`);
  if (!known) return { words: "Not sent yet." };
  const percent = Number(known.dataset.percent);
  return {
    url: known.dataset.knownUpload,
    percent,
    words: `Not finished last time: ${percent} % is there already. It goes on where it stopped.`,
  };
}

function move(item, step) {
  const movable = items.filter((other) => MOVABLE.includes(other.state));
  const other = movable[movable.indexOf(item) + step];
  const [at, to] = [items.indexOf(item), items.indexOf(other)];
  [items[at], items[to]] = [items[to], items[at]];
  showAll();
  say(`${item.file.name} is number ${movable.indexOf(other) + 1} of ${movable.length} now.`);
  const button = item.row.querySelector(`[data-action=${step < 0 ? "earlier" : "later"}]`);
  (button.hidden ? item.row.querySelector("button:not([hidden])") : button).focus();
}

function drop(item) {
  if (item.told.group && item.url) window.tus.Upload.terminate(item.url, { headers: HEADERS }).then(look, look);
  const at = items.indexOf(item);
  items.splice(at, 1);
  item.row.remove();
  showAll();
  say(`${item.file.name} is left out.`);
  const next = items[Math.min(at, items.length - 1)]?.row.querySelector("button:not([hidden])");
  (next ?? chooser).focus();
}

// Sending

const deeds = {
  earlier: (item) => move(item, -1),
  later: (item) => move(item, 1),
  leave: drop,
  pause(item) {
    item.upload.abort();
    become(item, "paused", `Paused at ${percentOf(item)}. What has arrived is kept for a week.`);
  },
  resume(item) {
    if (isSending()) become(item, "waiting", "It goes on after the file that is being sent now.");
    else send(item);
  },
  async cancel(item) {
    const wasSending = item.state === "sending";
    become(item, "cancelled", "It is being cancelled.");
    try {
      await item.upload.abort(true); // only then has the server let go of it
      become(item, "cancelled", "Cancelled. Nothing of it is kept.");
    } catch {
      become(item, "cancelled", "Cancelled. What had arrived is removed after a week.");
    }
    look();
    if (wasSending) sendNext();
  },
};

// Files of one sending that ran at the same time: the server hears of all of them before the first byte, so that it
// knows when the last one is here, also when somebody else goes on another day.
async function sendAll() {
  start.disabled = true;
  try {
    const group = atTheSameTime.checked && !howRecorded.hidden ? newGroup() : "";
    for (const item of group ? unknown() : []) {
      item.told = { ...item.told, language: spoken.value, group: item.told.group ?? group };
      await announce(item);
    }
    sendNext();
    items.find((item) => item.state === "sending")?.row.querySelector("[data-action=pause]").focus();
  } catch {
    say("The connection was lost before sending began. Press “Send” to try again.");
  } finally {
    start.disabled = false;
  }
}

async function announce(item) {
  const metadata = Object.entries(item.told).map(([name, value]) => (value ? `${name} ${btoa(value)}` : name));
  const headers = { ...HEADERS, "Tus-Resumable": "1.0.0", "Upload-Length": item.file.size, "Upload-Metadata": metadata.join() };
  const answer = await fetch(box.dataset.upload, { method: "POST", headers, redirect: "error" });
  if (answer.ok) {
    item.url = answer.headers.get("Location");
    return;
  }
  const words = answer.headers.get("Content-Type")?.startsWith("text/plain") ? await answer.text() : NOT_TAKEN;
  become(item, isFinal(answer.status) ? "refused" : "stopped", words);
}

function newGroup() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function sendNext() {
  const next = items.find((item) => item.state === "waiting");
  if (next) send(next);
}

function send(item) {
  if (isSending()) return;
  item.told.language ??= spoken.value;
  item.began = { at: performance.now(), bytes: null };
  item.upload ??= uploadOf(item);
  become(item, "sending", item.percent ? `Going on at ${percentOf(item)}.` : "Sending.");
  item.upload.start();
}

function uploadOf(item) {
  return new window.tus.Upload(item.file, {
    endpoint: box.dataset.upload,
    uploadUrl: item.url,
    chunkSize: CHUNK_BYTES,
    retryDelays: RETRY_SECONDS.map((seconds) => seconds * 1000),
    storeFingerprintForResuming: false, // the server knows what is unfinished, also in another browser
    metadata: item.told,
    headers: HEADERS,
    onShouldRetry: (error) => mayRetry(item, error),
    onProgress: (sent, total) => progress(item, sent, total),
    onUploadUrlAvailable: () => {
      item.url = new URL(item.upload.url, location.href).pathname;
    },
    onSuccess: () => arrived(item),
    onError: (error) => failed(item, error),
  });
}

function mayRetry(item, error) {
  const status = error.originalResponse?.getStatus() ?? 0;
  if (status === 507 || (status >= 400 && status < 500 && status !== 409 && status !== 423)) return false;
  if (item.state === "sending") {
    item.words = `The connection was lost at ${percentOf(item)}. It goes on by itself when the network is back.`;
    show(item);
    say(`${item.file.name}: ${item.words}`);
  }
  return item.state === "sending";
}

function progress(item, sent, total) {
  if (item.state !== "sending") return;
  item.began.bytes ??= sent;
  item.percent = (100 * sent) / total;
  const left = timeLeft(item.began, sent, total);
  item.words = `${percentOf(item)}: ${sizeInWords(sent)} of ${sizeInWords(total)} sent${left}.`;
  show(item);
}

function arrived(item) {
  item.percent = 100;
  become(item, "arrived", "Arrived. It stands below now, and is checked when it is its turn.");
  look();
  sendNext();
}

function failed(item, error) {
  const words = wordsOf(error.originalResponse);
  const status = error.originalResponse?.getStatus() ?? 0;
  if (isFinal(status)) {
    become(item, "refused", words || NOT_TAKEN);
    sendNext();
  } else {
    become(item, "stopped", words || "The connection was lost. What has arrived is kept: press “Go on”.");
  }
}

// Who is signed out (401) or has an old page (400) goes on after loading it again.
function isFinal(status) {
  return status >= 400 && status < 500 && ![400, 401].includes(status);
}

// What our server says is one sentence; a page comes from somebody between.
function wordsOf(response) {
  return response?.getHeader("Content-Type")?.startsWith("text/plain") ? response.getBody() : "";
}

// What stands below

function hideWhatIsShown() {
  const own = new Set(items.filter((item) => !["arrived", "refused"].includes(item.state)).map((item) => item.url));
  const rows = [...here.querySelectorAll("[data-known-upload]")];
  for (const row of rows) row.hidden = own.has(row.dataset.knownUpload);
  const section = here.querySelector("section");
  if (section) section.hidden = rows.every((row) => row.hidden);
}

function countRefused() {
  return here.querySelectorAll("[data-refused]").length;
}

let nextLook = 0;

async function look() {
  clearTimeout(nextLook);
  try {
    const answer = await fetch(box.dataset.progress, { headers: { Accept: "text/html" }, redirect: "error" });
    if (answer.ok && !here.contains(document.activeElement)) {
      const refused = countRefused();
      here.innerHTML = await answer.text();
      hideWhatIsShown();
      if (countRefused() > refused) say("A file cannot be used. Why stands in the list of what is here.");
    }
  } catch {
    // the next look finds out
  }
  if (here.querySelector("[data-changing]")) nextLook = setTimeout(look, LOOK_MILLISECONDS);
}

chooser.addEventListener("change", choose);
start.addEventListener("click", sendAll);
window.addEventListener("online", () => items.filter((item) => item.state === "stopped").forEach(send));
document.querySelector("[data-upload-plain]").hidden = true;
box.hidden = false;
if (chooser.files.length) choose(); // chosen while this was on its way, or kept by the browser
if (here.querySelector("[data-changing]")) nextLook = setTimeout(look, LOOK_MILLISECONDS);
