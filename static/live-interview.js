// The page of an interview that goes on. Each tap counts at once in this browser, is kept here until the server has it,
// and may be sent twice: it carries its own id. Moments are told on the server's clock.

import { Kept } from "./pending-taps.js";

const RETRY_SECONDS = [1, 2, 5, 10, 20, 30];
const PATIENCE_MILLISECONDS = 20_000;
const QUICK_MILLISECONDS = 3_000; // only an answer as quick as this tells the server's clock
const SAME_TAP_MILLISECONDS = 1_500;
const MOST_AT_ONCE = 100;
const WORDS = {
  began: "Recorder switched on",
  asked: "Asked",
  declined: "Declined",
  skipped: "Skipped",
  note: "Note",
};

const SIGNED_OUT = "You are no longer signed in.";
const NOT_YOURS = "This interview is not yours any more, or was cancelled.";
const TROUBLE = { opaqueredirect: SIGNED_OUT, 403: NOT_YOURS, 404: NOT_YOURS };

const page = document.querySelector("[data-live]");
const find = (name) => page.querySelector(`[data-${name}]`);
const questions = [...page.querySelectorAll("[data-question]")];
const kept = new Kept(`marker:${page.dataset.own}:`);
const clockOfZone = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: page.dataset.zone });

let token = page.dataset.token;
let ahead = Number(page.dataset.now) - whenThisPageCame(); // the server's clock less this one
let known = [...find("noted").children].map(markerOf);
let trouble = ""; // why the taps cannot be sent now
let isSending = false;
let failures = 0;
let nextTry = 0;

function whenThisPageCame() {
  const came = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
  return Date.now() - (performance.now() - came);
}

function markerOf(row) {
  const { marker: id, kind, key, at } = row.dataset;
  return { id, kind, question: key || null, at: Number(at), note: row.querySelector("[data-note]")?.textContent ?? "" };
}

// What counts: what the server knows and what it has not heard of yet, without what was taken back.
function markers() {
  const waiting = kept.all().map((entry) => entry.tap);
  const undone = new Set(waiting.filter((tap) => tap.undo).map((tap) => tap.id));
  const all = new Map([...known, ...waiting.filter((tap) => !tap.undo)].map((marker) => [marker.id, marker]));
  return [...all.values()].filter((marker) => !undone.has(marker.id)).sort((one, other) => one.at - other.at);
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40; // RFC 9562 §5.4
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// Tapping

function tap(kind, question, note = "") {
  const at = Math.round(Date.now() + ahead);
  const isSame = (other) => other.kind === kind && other.question === question && at - other.at < SAME_TAP_MILLISECONDS;
  if (kind !== "note" && markers().some(isSame)) return; // a trembling finger
  kept.add({ id: newId(), kind, question, note, at });
  show();
  say(`${title({ kind, question })}, ${clockOfZone.format(at)}.`);
  stayAwake();
  send();
}

function undo(marker) {
  kept.add({ id: marker.id, undo: true });
  show();
  say(`Taken back: ${title(marker)}.`);
  send();
}

function title({ kind, question }) {
  const number = questions.find((section) => section.dataset.question === question)?.dataset.number;
  return number ? `${WORDS[kind]}, question ${number}` : WORDS[kind];
}

function say(words) {
  find("said").textContent = words;
}

function stayAwake() {
  navigator.wakeLock?.request("screen").catch(() => {}); // not on battery saving; the page works without
}

page.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-tap]");
  if (!form) return;
  event.preventDefault();
  const [kind, written] = [event.submitter.value, form.elements.note];
  if (kind === "note" && !written.value.trim()) {
    say("The note is empty.");
    written.focus();
    return;
  }
  tap(kind, form.elements.question?.value ?? null, written?.value ?? "");
  if (written) written.value = "";
});

// Sending

async function send() {
  clearTimeout(nextTry);
  if (isSending) return;
  isSending = true;
  try {
    await sendAll();
  } catch {
    trouble = "Not connected.";
  }
  isSending = false;
  failures = trouble ? failures + 1 : 0;
  show();
  if (trouble) nextTry = setTimeout(send, 1000 * RETRY_SECONDS[Math.min(failures, RETRY_SECONDS.length) - 1]);
}

// Throws where there is no connection. What is refused as a whole may only need the token of a new session.
async function sendAll() {
  trouble = "";
  let hasNewToken = false;
  for (let entries = nextEntries(); entries.length && !trouble; entries = nextEntries()) {
    const answer = await ask({ method: "POST", body: JSON.stringify({ taps: entries.map((entry) => entry.tap) }) });
    if (answer.ok) entries.forEach((entry) => kept.remove(entry));
    else if (hasNewToken) trouble ||= "The server does not take them at the moment.";
    else if (!trouble) hasNewToken = (await ask({})).ok;
  }
}

function nextEntries() {
  return kept.all().slice(0, MOST_AT_ONCE);
}

async function ask(what) {
  const asked = Date.now();
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
  const answer = await fetch(page.dataset.live, { ...what, headers, signal, redirect: "manual" });
  trouble = TROUBLE[answer.type] ?? TROUBLE[answer.status] ?? "";
  const isTold = answer.headers.get("Content-Type")?.startsWith("application/json");
  const told = isTold ? await answer.json() : {};
  if (answer.ok) note(told, asked);
  else trouble ||= told.error ?? (what.method ? "" : "The server does not answer as it should.");
  return answer;
}

function note(told, asked) {
  const here = Date.now();
  if (here - asked < QUICK_MILLISECONDS) ahead = told.now - (asked + here) / 2;
  [token, known] = [told.token, told.markers];
  for (const words of Object.values(told.refused)) say(words);
}

// Showing

function show() {
  const all = markers();
  const latest = all.filter((marker) => marker.kind === "asked").at(-1)?.question;
  for (const section of questions) showQuestion(section, all, latest);
  showNoted(all);
  showState();
  find("undo-last").hidden = !all.length;
}

function showQuestion(section, all, latest) {
  const key = section.dataset.question;
  const last = all.filter((marker) => marker.question === key && marker.kind !== "note").at(-1);
  section.querySelector("[data-latest-tap]").textContent = last
    ? `${WORDS[last.kind]} at ${clockOfZone.format(last.at)}${key === latest ? ": now" : ""}`
    : "";
  section.classList.toggle("lp-live__question--tapped", Boolean(last));
  section.classList.toggle("lp-live__question--now", key === latest);
}

function showNoted(all) {
  const waiting = new Set(kept.all().map((entry) => entry.tap.id));
  const focused = document.activeElement?.dataset.undo;
  find("noted").replaceChildren(...all.reverse().map((marker) => rowOf(marker, waiting.has(marker.id))));
  if (focused) (find(`undo="${focused}"`) ?? find("undo-last")).focus();
  find("nothing").hidden = all.length > 0;
}

function rowOf(marker, isWaiting) {
  const row = document.createElement("li");
  const words = `${clockOfZone.format(marker.at)}: ${title(marker)}${isWaiting ? " (not sent yet)" : ""} `;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "lp-link-button", textContent: "Undo" });
  button.dataset.undo = marker.id;
  button.setAttribute("aria-label", `Undo ${title(marker)}, ${clockOfZone.format(marker.at)}`);
  button.addEventListener("click", () => undo(marker));
  row.append(words);
  if (marker.note) row.append(Object.assign(document.createElement("q"), { textContent: marker.note }), " ");
  row.append(button);
  return row;
}

function showState() {
  const count = kept.all().length;
  const state = find("state");
  if (!count) {
    state.textContent = known.length ? "All is sent." : "";
  } else {
    const notSent = `${count} ${count === 1 ? "tap" : "taps"} not sent yet`;
    state.textContent = trouble
      ? `${trouble} ${notSent}; ${kept.place ? "kept in this browser" : "do not close this page"}. `
      : `${notSent}.`;
    if (trouble === SIGNED_OUT) state.append(signInLink());
  }
  state.classList.toggle("lp-live__state--waiting", count > 0 && Boolean(trouble));
}

function signInLink() {
  const link = Object.assign(document.createElement("a"), { className: "govuk-link", textContent: "Sign in again" });
  Object.assign(link, { href: page.dataset.signIn, target: "_blank", rel: "noopener" });
  link.append(" (opens a new tab)");
  return link;
}

function showClock() {
  const all = markers();
  const began = all.findLast((marker) => marker.kind === "began") ?? all.find((marker) => marker.kind === "asked");
  const seconds = began ? Math.max(0, Math.floor((Date.now() + ahead - began.at) / 1000)) : null;
  find("clock").textContent = began ? spoken(seconds) : "Not begun yet";
}

function spoken(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

// Dark page and keys

function remember(name, box, change) {
  const set = (isOn) => {
    box.checked = isOn;
    change(isOn);
  };
  set(kept.place?.getItem(`live:${name}`) === "yes");
  box.addEventListener("change", () => {
    kept.place?.setItem(`live:${name}`, box.checked ? "yes" : "no");
    set(box.checked);
  });
}

const KEYS = {
  j: () => goTo(1),
  k: () => goTo(-1),
  u: () => undoLast(),
};

function goTo(step) {
  const here = document.activeElement?.closest("[data-question]");
  const at = here ? questions.indexOf(here) + step : step > 0 ? 0 : questions.length - 1;
  const section = questions[Math.min(Math.max(at, 0), questions.length - 1)];
  section.querySelector("[data-asked]").focus({ preventScroll: true });
  section.scrollIntoView({ block: "center" });
}

function undoLast() {
  const last = markers().at(-1);
  if (last) undo(last);
}

document.addEventListener("keydown", (event) => {
  const isWriting = event.target.closest("input, textarea, select") && event.target.type !== "checkbox";
  if (!find("keys").checked || isWriting || event.ctrlKey || event.altKey || event.metaKey) return;
  KEYS[event.key.toLowerCase()]?.();
});

find("undo-last").addEventListener("click", undoLast);
remember("dark", find("dark"), (isOn) => document.body.classList.toggle("lp-dark", isOn));
remember("keys", find("keys"), () => {});
window.addEventListener("online", send);
window.addEventListener("storage", show);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
find("settings").hidden = false;
setInterval(showClock, 1000);
show();
showClock();
send();
