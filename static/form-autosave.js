// A form that is saved two seconds after typing. Until the server has it, what was typed is kept in this browser.
// Without this script the form's buttons save it.

import { AutosaveState } from "./autosave-state.js";
import { ANOTHER_PERSON, describeSaving, NO_ANSWER, NO_CONNECTION, SIGNED_OUT } from "./autosave-text.js";
import { openStorage } from "./browser-storage.js";
import { createId, getRetrySeconds } from "./live-taps.js";
import { removeOldDrafts, TypedDrafts } from "./typed-drafts.js";
import { collectSeen, fillIn, listAnswers } from "./typed-entries.js";

const PAUSE_MILLISECONDS = 2_000;
const TIMEOUT_MILLISECONDS = 20_000;
const SUBMIT_MILLISECONDS = 5_000;

const form = document.querySelector("[data-autosave]");
const find = (name) => form.querySelector(`[data-typing-${name}]`);
const storage = openStorage();
const drafts = new TypedDrafts(storage, form.dataset.typed, createId());
const isAnswered = "answered" in form.dataset; // the page gives back words that were not saved
const isManual = isAnswered || "keptHere" in form.dataset;
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const state = new AutosaveState({
  typed: readAnswers(),
  seen: collectSeen(new FormData(form)),
  ...(isAnswered && { saved: null }),
});

let timer = 0;
let failures = 0;
let sending = null; // the promise of the request on its way
let savedAt = "";
let isStored = true;
let isLeaving = false;
let restoredAt = 0;

function readAnswers() {
  return listAnswers(new FormData(form));
}

// Typing

function recordTyping() {
  state.type(readAnswers());
  isLeaving = false;
  restoredAt = 0;
  keepDraft();
  schedule(PAUSE_MILLISECONDS);
  render();
}

function keepDraft(more = {}) {
  if (state.isSaved) drafts.remove();
  else isStored = drafts.keep({ ...state.getDraft(), ...more });
}

function restoreDraft() {
  const draft = drafts.takeOver();
  if (!isAnswered && draft?.typed && state.restore(draft)) {
    restoredAt = draft.at;
    fillIn(form.elements, draft.typed);
    for (const field of form.querySelectorAll("textarea")) field.dispatchEvent(new Event("input")); // counts its words
  }
  showSeen();
  keepDraft();
}

// Sending

function schedule(milliseconds) {
  clearTimeout(timer);
  if (!isManual) timer = setTimeout(save, milliseconds);
}

// One request at a time. Resolves when everything is saved or cannot be saved now.
function save() {
  clearTimeout(timer);
  sending ??= sendAll().finally(() => {
    sending = null;
    showSeen();
    keepDraft();
    render();
  });
  return sending;
}

async function sendAll() {
  for (let next = takeNext(); next; next = takeNext()) {
    keepDraft();
    render();
    if (await trySending(next)) continue;
    failures += 1;
    schedule(1000 * getRetrySeconds(failures));
    return;
  }
  failures = 0;
}

function takeNext() {
  return isManual ? null : state.takeNext();
}

// False if it has to be sent again.
async function trySending(next) {
  try {
    const reply = (await request("POST", next)) ?? (await sendWithNewToken(next));
    if (reply) applyReply(reply);
    return Boolean(reply);
  } catch (error) {
    state.fail(error.message === NO_ANSWER ? NO_ANSWER : NO_CONNECTION);
    return false;
  }
}

function applyReply({ seen, problem }) {
  if (problem) state.refuse(problem, seen);
  else {
    state.confirm(seen);
    savedAt = clock.format(Date.now());
  }
}

// The server's JSON, or null for a page, which it sends to people whose session has ended.
async function request(method, next) {
  const options = { method, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) };
  if (next) Object.assign(options, { body: createBody(next), keepalive: document.visibilityState === "hidden" });
  const response = await fetch(form.dataset.autosave, options);
  if (response.status >= 500) throw new Error(NO_ANSWER);
  return response.headers.get("Content-Type")?.startsWith("application/json") ? response.json() : null;
}

function createBody({ typed, seen }) {
  const body = new FormData();
  for (const name of ["csrf_token", "contribution"]) body.append(name, form.elements[name].value);
  for (const [name, value] of [...typed, ...Object.entries(seen)]) body.append(name, value);
  return body;
}

// The link may have been opened again in another tab: by the same person, or by somebody else.
async function sendWithNewToken(next) {
  const session = await request("GET");
  if (session?.contribution !== form.elements.contribution.value) {
    state.fail(session ? ANOTHER_PERSON : SIGNED_OUT);
    return null;
  }
  form.elements.csrf_token.value = session.token;
  const reply = await request("POST", next);
  if (!reply) state.fail(NO_ANSWER);
  return reply;
}

function showSeen() {
  for (const [name, value] of Object.entries(state.seen)) form.elements[name].value = value;
}

// Leaving

async function submitWhenSaved(event) {
  if (isLeaving || isManual) return leave();
  event.preventDefault();
  await Promise.race([save(), new Promise((resolve) => setTimeout(resolve, SUBMIT_MILLISECONDS))]);
  if (state.problem === NO_CONNECTION) return find("state").focus();
  leave();
  form.requestSubmit(event.submitter);
}

function leave() {
  isLeaving = true;
  keepDraft({ isSubmitted: true });
}

function warnBeforeLeaving(event) {
  if (!isLeaving && !state.isSaved) event.preventDefault();
}

// Rendering

function render() {
  const message = describeSaving({ isSaved: state.isSaved, problem: state.problem, isStored, isManual, savedAt });
  const isProblem = !state.isSaved && (isManual || state.problem !== "");
  find("message").textContent = `${describeRestored()}${message}`;
  find("link").hidden = state.problem !== SIGNED_OUT || state.isSaved;
  find("state").classList.toggle("lp-typing-state--waiting", isProblem);
  find("notice").hidden = state.isSaved;
  announce(isProblem ? message : "");
}

function describeRestored() {
  if (!restoredAt) return "";
  const at = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" }).format(restoredAt);
  return `We put back what you typed before ${at}. `;
}

// Read aloud only when it changes, not at each save.
function announce(message) {
  if (find("announcement").textContent !== message) find("announcement").textContent = message;
}

removeOldDrafts(storage, Date.now());
restoreDraft();
find("state").hidden = false;
render();
if (!state.isSaved) schedule(0);
form.addEventListener("input", recordTyping);
form.addEventListener("submit", submitWhenSaved);
window.addEventListener("beforeunload", warnBeforeLeaving);
document.addEventListener("forget-typed", () => drafts.stop());
window.addEventListener("online", () => schedule(0));
document.addEventListener("visibilitychange", save);
