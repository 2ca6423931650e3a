// The live interview page. Each tap counts at once in this browser, is saved here until the server has it, and may be
// sent twice: it carries its own id. Times are on the server's clock.

import { openStorage } from "./browser-storage.js";
import { describeMarker, describePending, getRetrySeconds, KIND_LABELS, LiveTaps } from "./live-taps.js";
import { PendingTaps } from "./pending-taps.js";
import { formatTime } from "./time-format.js";

const TIMEOUT_MILLISECONDS = 20_000;

const SIGNED_OUT = "You are no longer signed in.";
const NOT_YOURS = "This interview is no longer yours, or was cancelled.";
const PROBLEMS = { opaqueredirect: SIGNED_OUT, 403: NOT_YOURS, 404: NOT_YOURS };

const page = document.querySelector("[data-live]");
const find = (name) => page.querySelector(`[data-${name}]`);
const questions = [...page.querySelectorAll("[data-question]")];
const numbers = new Map(questions.map((section) => [section.dataset.question, section.dataset.number]));
const storage = openStorage();
const pendingTaps = new PendingTaps(`marker:${page.dataset.owner}:`, storage);
const liveTaps = new LiveTaps({
  pendingTaps,
  serverMarkers: [...find("markers").children].map(parseMarker),
  serverOffset: Number(page.dataset.now) - getPageLoadTime(),
});
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: page.dataset.zone });

let token = page.dataset.token;
let problem = ""; // why taps cannot be sent now
let isSending = false;
let failures = 0;
let retryTimer = 0;

function getPageLoadTime() {
  const responseStart = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
  return Date.now() - (performance.now() - responseStart);
}

function parseMarker(row) {
  const { marker: id, kind, key, at } = row.dataset;
  return { id, kind, question: key || null, at: Number(at), note: row.querySelector("[data-note]")?.textContent ?? "" };
}

function describe(marker) {
  return describeMarker(marker, numbers.get(marker.question));
}

function announce(message) {
  find("announcement").textContent = message;
}

// Tapping

function recordTap(kind, question, note) {
  const tap = liveTaps.recordTap(kind, question, note);
  if (!tap) return;
  render();
  announce(`${describe(tap)}, ${clock.format(tap.at)}.`);
  requestWakeLock();
  sendPending();
}

function undoMarker(marker) {
  liveTaps.undoMarker(marker);
  render();
  announce(`Undone: ${describe(marker)}.`);
  sendPending();
}

function undoLast() {
  const last = liveTaps.listMarkers().at(-1);
  if (last) undoMarker(last);
}

function requestWakeLock() {
  navigator.wakeLock?.request("screen").catch(() => {}); // refused when saving battery; the page works without
}

page.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-tap]");
  if (!form) return;
  event.preventDefault();
  const question = form.elements.question?.value ?? null;
  if (event.submitter.value === "note") recordNote(question, form.elements.note);
  else recordTap(event.submitter.value, question);
});

function recordNote(question, field) {
  if (field.value.trim()) {
    recordTap("note", question, field.value);
    field.value = "";
  } else {
    announce("The note is empty.");
    field.focus();
  }
}

// Sending

async function sendPending() {
  clearTimeout(retryTimer);
  if (isSending) return;
  isSending = true;
  try {
    await sendBatches();
  } catch {
    problem = "Not connected.";
  }
  isSending = false;
  failures = problem ? failures + 1 : 0;
  render();
  if (problem) retryTimer = setTimeout(sendPending, 1000 * getRetrySeconds(failures));
}

// Throws when there is no connection. A batch that is refused may only need the token of a new session.
async function sendBatches() {
  problem = "";
  let hasNewToken = false;
  for (let entries = liveTaps.getNextBatch(); entries.length && !problem; entries = liveTaps.getNextBatch()) {
    const response = await request({ method: "POST", body: JSON.stringify({ taps: entries.map(({ tap }) => tap) }) });
    if (response.ok) liveTaps.removeSent(entries);
    else if (hasNewToken) problem ||= "The server cannot accept them at the moment.";
    else if (!problem) hasNewToken = (await request({})).ok;
  }
}

async function request(options) {
  const requestedAt = Date.now();
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const response = await fetch(page.dataset.live, { ...options, headers, signal, redirect: "manual" });
  problem = PROBLEMS[response.type] ?? PROBLEMS[response.status] ?? "";
  const reply = await readReply(response);
  if (response.ok) updateFromServer(reply, requestedAt);
  else problem ||= reply.error ?? (options.method ? "" : "The server did not answer as expected.");
  return response;
}

async function readReply(response) {
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  return isJson ? response.json() : {};
}

function updateFromServer(reply, requestedAt) {
  liveTaps.updateFromServer(reply, requestedAt);
  token = reply.token;
  for (const message of Object.values(reply.refused)) announce(message);
}

// Rendering

function render() {
  const markers = liveTaps.listMarkers();
  const latestQuestion = liveTaps.findLatestQuestion();
  for (const section of questions) renderQuestion(section, section.dataset.question === latestQuestion);
  renderMarkers(markers);
  renderState();
  find("undo-last").hidden = !markers.length;
}

function renderQuestion(section, isLatest) {
  const tap = liveTaps.findLatestTap(section.dataset.question);
  section.querySelector("[data-latest-tap]").textContent = tap
    ? `${KIND_LABELS[tap.kind]} at ${clock.format(tap.at)}${isLatest ? ": now" : ""}`
    : "";
  section.classList.toggle("lp-live__question--tapped", Boolean(tap));
  section.classList.toggle("lp-live__question--now", isLatest);
}

function renderMarkers(markers) {
  const pendingIds = liveTaps.listPendingIds();
  const focusedId = document.activeElement?.dataset.undo;
  const rows = [...markers].reverse().map((marker) => createMarkerRow(marker, pendingIds.has(marker.id)));
  find("markers").replaceChildren(...rows);
  if (focusedId) (find(`undo="${focusedId}"`) ?? find("undo-last")).focus();
  find("no-markers").hidden = markers.length > 0;
}

function createMarkerRow(marker, isPending) {
  const row = document.createElement("li");
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "lp-link-button", textContent: "Undo" });
  button.dataset.undo = marker.id;
  button.setAttribute("aria-label", `Undo ${describe(marker)}, ${clock.format(marker.at)}`);
  button.addEventListener("click", () => undoMarker(marker));
  row.append(`${clock.format(marker.at)}: ${describe(marker)}${isPending ? " (not sent yet)" : ""} `);
  if (marker.note) row.append(Object.assign(document.createElement("q"), { textContent: marker.note }), " ");
  row.append(button);
  return row;
}

function renderState() {
  const count = pendingTaps.list().length;
  const state = find("state");
  if (count) {
    state.textContent = describePending(count, problem, pendingTaps.areStored);
    if (problem === SIGNED_OUT) state.append(createSignInLink());
  } else {
    state.textContent = liveTaps.serverMarkers.length ? "All taps sent." : "";
  }
  state.classList.toggle("lp-live__state--waiting", count > 0 && Boolean(problem));
}

function createSignInLink() {
  const link = Object.assign(document.createElement("a"), { className: "govuk-link", textContent: "Sign in again" });
  Object.assign(link, { href: page.dataset.signIn, target: "_blank", rel: "noopener" });
  link.append(" (opens a new tab)");
  return link;
}

function renderClock() {
  const seconds = liveTaps.getElapsedSeconds();
  find("clock").textContent = seconds === null ? "Not started yet" : formatTime(seconds);
}

// Dark page and keys

function bindSetting(name, box, apply) {
  const set = (isOn) => {
    box.checked = isOn;
    apply(isOn);
  };
  set(storage?.getItem(`live:${name}`) === "yes");
  box.addEventListener("change", () => {
    storage?.setItem(`live:${name}`, box.checked ? "yes" : "no");
    set(box.checked);
  });
}

const KEYS = {
  j: () => focusQuestion(1),
  k: () => focusQuestion(-1),
  u: () => undoLast(),
};

function focusQuestion(step) {
  const current = document.activeElement?.closest("[data-question]");
  const first = step > 0 ? 0 : questions.length - 1;
  const index = current ? questions.indexOf(current) + step : first;
  const section = questions[Math.min(Math.max(index, 0), questions.length - 1)];
  section.querySelector("[data-asked]").focus({ preventScroll: true });
  section.scrollIntoView({ block: "center" });
}

document.addEventListener("keydown", (event) => {
  const isWriting = event.target.closest("input, textarea, select") && event.target.type !== "checkbox";
  if (!find("keys").checked || isWriting || event.ctrlKey || event.altKey || event.metaKey) return;
  KEYS[event.key.toLowerCase()]?.();
});

find("undo-last").addEventListener("click", undoLast);
bindSetting("dark", find("dark"), (isOn) => document.body.classList.toggle("lp-dark", isOn));
bindSetting("keys", find("keys"), () => {});
window.addEventListener("online", sendPending);
window.addEventListener("storage", render);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendPending());
find("settings").hidden = false;
setInterval(renderClock, 1000);
render();
renderClock();
sendPending();
