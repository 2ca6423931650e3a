// Saves a form two seconds after typing. What the server does not have is kept in this browser and put back later.

import { openStorage } from "./browser-storage.js";
import { AUTOSAVE_MILLISECONDS, haveSameTexts, isToPutBack, selectKept, SENT, TypedText } from "./typed-text.js";

const RETRY_MILLISECONDS = 10_000;
const form = document.querySelector("[data-autosave]");
const state = document.querySelector("[data-autosave-state]");
const typed = new TypedText(`typed:${form.dataset.autosave}`, openStorage());
const readFields = () => selectKept(new FormData(form));
const serverFields = readFields();
let saved = serverFields;
let timer = 0;
let isSending = false;

function show(text) {
  state.textContent = text;
}

function isUnsaved() {
  return !haveSameTexts(saved, readFields());
}

function putBack(entries) {
  for (const field of form.elements) {
    const texts = entries.filter(([name]) => name === field.name).map(([, text]) => text);
    if (["checkbox", "radio"].includes(field.type)) field.checked = texts.includes(field.value);
    else if (texts.length && field.type !== "submit") field.value = texts.shift();
  }
}

function schedule(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(save, milliseconds);
}

function onTyping() {
  const isKept = typed.keep(readFields());
  show(isKept ? "Saving…" : "Not saved yet. Use the button below to save.");
  schedule(AUTOSAVE_MILLISECONDS);
}

async function save() {
  if (isSending || !isUnsaved()) return;
  isSending = true;
  const sent = readFields();
  try {
    const headers = { "X-Autosave": "yes" };
    const response = await fetch(form.action, { method: "POST", headers, body: new FormData(form), redirect: "manual" });
    if (!response.ok) throw new Error(String(response.status));
    finish(sent, await response.json());
  } catch {
    show("Not saved yet. What you typed is kept on this device, and we will try again.");
    schedule(RETRY_MILLISECONDS);
  } finally {
    isSending = false;
  }
}

function finish(sent, answer) {
  for (const [name, text] of Object.entries(answer.seen)) form.elements[name].value = text;
  show(answer.message);
  if (!answer.is_saved) return;
  const renewed = sent.map(([name, text]) => [name, answer.seen[name] ?? text]);
  saved = renewed;
  if (isUnsaved()) onTyping();
  else typed.forget();
}

const kept = typed.read();
if (kept && isToPutBack(kept, serverFields)) {
  putBack(kept);
  show("We put back what you typed here before.");
  schedule(AUTOSAVE_MILLISECONDS);
} else typed.forget();

form.addEventListener("input", onTyping);
form.addEventListener("submit", () => {
  typed.keep([...readFields(), SENT]);
  globalThis.removeEventListener("beforeunload", warn);
});
globalThis.addEventListener("online", save);
globalThis.addEventListener("beforeunload", warn);

function warn(event) {
  if (isUnsaved()) event.preventDefault();
}
