// Correcting: one sentence is one paragraph of plain text. It is saved one second after typing.

import { say, find, mayDecide, root, send, storage, takeFrom, textColumn, address, OFFLINE_MESSAGE } from "./desk-page.js";
import { getTime, goToWord, listExcerpts, pauseForTyping, replaceTimes } from "./desk-listening.js";
import { SaveQueue } from "./desk-saves.js";
import { formatTime } from "./time-format.js";

const STATE_TEXTS = {
  saved: "Saved",
  saving: "Saving",
  unsaved: "Saving",
  offline: "Not sent yet",
  conflict: "Changed by two",
  refused: "Not saved",
};
const saved = find("[data-saved]");

// An edit's key: desk:transcript:segment

function getKey(excerpt) {
  return `desk:${excerpt.closest("[data-part]").dataset.transcript}:${excerpt.dataset.segment}`;
}

function findExcerpts(key) {
  const [, transcript, segment] = key.split(":");
  const section = textColumn.querySelector(`[data-transcript="${transcript}"]`);
  return section ? listExcerpts(section.dataset.part, segment) : [];
}

function getPath(key) {
  const [, transcript, segment] = key.split(":");
  return `/staff/desk/transcripts/${transcript}/segments/${segment}`;
}

async function sendEdit({ key, text, version }) {
  const { status, body } = await send(getPath(key), { method: "PUT", json: { text }, version });
  if (status >= 500) throw new Error("The server cannot be reached.");
  if (!body) return { status: "refused", message: "Sign in again in another window. What you typed is kept here." };
  if (status === 200) return { ...body, status: "saved" };
  const isConflict = status === 409 && body.version !== version;
  return { ...body, status: isConflict ? "conflict" : "refused", message: body.error ?? "This could not be saved." };
}

function showEdit(edit) {
  const excerpts = findExcerpts(edit.key);
  for (const excerpt of excerpts) {
    excerpt.toggleAttribute("data-unsaved", !["saved", "conflict"].includes(edit.state));
    excerpt.toggleAttribute("data-conflict", edit.state === "conflict");
  }
  if (edit.state === "saved") showSaved(edit, excerpts);
  if (edit.state === "conflict") showConflict(edit, excerpts.at(-1));
  if (edit.state === "refused") say(edit.message);
  const state = edits.state;
  saved.textContent = STATE_TEXTS[state];
  saved.toggleAttribute("data-problem", ["offline", "conflict", "refused"].includes(state));
}

function showSaved({ version, answer, theirs }, excerpts) {
  for (const excerpt of excerpts) excerpt.dataset.version = version;
  if (theirs !== undefined && !answer && excerpts.length) setText(excerpts, theirs);
  if (answer && excerpts.length) {
    replaceTimes(excerpts[0].closest("[data-part]").dataset.part, answer.segment, answer.times);
  }
}

function setText(excerpts, text) {
  if (excerpts.length === 1) excerpts[0].textContent = text;
  else refresh();
}

export async function refresh() {
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) return say(OFFLINE_MESSAGE);
  const state = takeFrom(await response.text());
  root.dispatchEvent(new CustomEvent("desk:state", { detail: state }));
}

// A conflict shows both texts and overwrites none.
function showConflict(edit, excerpt) {
  const box = document.createElement("div");
  box.className = "lp-conflict";
  box.dataset.conflictOf = edit.key;
  find(`[data-conflict-of="${edit.key}"]`)?.remove(); // what is typed after the conflict counts too
  box.setAttribute("role", "alert");
  const [theirs, mine] = [document.createElement("p"), document.createElement("p")];
  theirs.textContent = `Someone else changed this to: “${edit.theirs}”`;
  mine.textContent = `You wrote: “${edit.text}”`;
  box.append(theirs, mine, createChoice("Keep theirs", box, () => edits.keepTheirs(edit.key)));
  box.append(" ", createChoice("Use mine", box, () => edits.keepMine(edit.key)));
  excerpt?.after(box);
}

function createChoice(name, box, choose) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "lp-desk-button";
  button.textContent = name;
  button.addEventListener("click", () => {
    box.remove();
    choose();
  });
  return button;
}

const edits = new SaveQueue({ send: sendEdit, storage, onChange: showEdit });

export const flushEdits = () => edits.flush();

// Editing one paragraph

function startEditing(excerpt, offset = null) {
  excerpt.contentEditable = "plaintext-only";
  excerpt.setAttribute("role", "textbox");
  excerpt.setAttribute("aria-label", "Correct this sentence");
  excerpt.focus();
  const node = excerpt.firstChild ?? excerpt;
  document.getSelection().collapse(node, Math.min(offset ?? 0, node.length ?? 0));
}

function stopEditing(excerpt) {
  for (const name of ["contenteditable", "role", "aria-label"]) excerpt.removeAttribute(name);
}

function noteInput(excerpt) {
  const key = getKey(excerpt);
  const text = findExcerpts(key)
    .map((one) => one.textContent.trim())
    .filter(Boolean)
    .join(" ");
  pauseForTyping();
  edits.add(key, text, Number(excerpt.dataset.version ?? 0));
}

function findCaret(event) {
  const position = document.caretPositionFromPoint?.(event.clientX, event.clientY);
  if (position) return position.offset;
  return document.caretRangeFromPoint?.(event.clientX, event.clientY)?.startOffset ?? 0;
}

function move(excerpt, count) {
  const all = [...textColumn.querySelectorAll("[data-segment]")];
  const next = all[all.indexOf(excerpt) + count];
  if (!next) return;
  if (mayDecide) startEditing(next);
  next.scrollIntoView({ block: "nearest" });
}

function handleClick(event) {
  const excerpt = event.target.closest("[data-segment]");
  if (!excerpt || !document.getSelection().isCollapsed) return;
  const offset = findCaret(event);
  if (mayDecide && !excerpt.isContentEditable) startEditing(excerpt, offset);
  goToWord(excerpt, offset);
}

function handleKey(event) {
  const excerpt = event.target.closest("[data-segment]");
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!excerpt && event.target !== textColumn) return;
  event.preventDefault();
  move(excerpt, event.shiftKey ? -1 : 1);
}

function insert(text) {
  const excerpt = document.activeElement?.closest?.("[data-segment]");
  if (!excerpt) return say("First click the word where it is to be written.");
  return document.execCommand("insertText", false, text); // keeps the browser's own undo
}

// Undo and redo of what is saved, also after a reload

function findSection() {
  return document.activeElement?.closest("[data-transcript]") ?? textColumn.querySelector("[data-transcript]");
}

async function step(name) {
  await flushEdits();
  const section = findSection();
  const path = `/staff/desk/transcripts/${section.dataset.transcript}/${name}-correction`;
  const { body } = await send(path).catch(() => ({ body: null }));
  if (!body) return say(OFFLINE_MESSAGE);
  for (const segment of body.segments) showSegment(section.dataset.part, segment);
  return say(body.error ?? (name === "undo" ? "The last correction is undone." : "The correction is made again."));
}

function showSegment(part, { segment, text, version, times }) {
  const excerpts = listExcerpts(part, segment);
  for (const excerpt of excerpts) excerpt.dataset.version = version;
  setText(excerpts, text);
  replaceTimes(part, segment, times);
}

const formatNow = () => formatTime(getTime() ?? 0);

// The versions of the sentence that was edited last, and who says the rest of a turn

let lastEdited = null;

function showVersions() {
  if (!lastEdited) return say("First click the sentence.");
  return location.assign(`${getPath(getKey(lastEdited))}/versions`);
}

async function changeSpeaker(chip) {
  const letters = [...new Set([...textColumn.querySelectorAll("[data-letter]")].map((one) => one.dataset.letter))].sort();
  const speaker = letters[(letters.indexOf(chip.dataset.letter) + 1) % letters.length];
  if (speaker === chip.dataset.letter) return;
  const excerpt = chip.closest(".lp-turn").querySelector("[data-segment]");
  await flushEdits();
  const form = { speaker, rest: "yes" };
  const version = Number(excerpt.dataset.version ?? 0);
  const { ok, body } = await send(`${getPath(getKey(excerpt))}/speaker`, { form, version }).catch(() => ({}));
  await refresh();
  say(ok ? "The rest of this turn has another speaker now. ↶ undoes it." : (body?.error ?? OFFLINE_MESSAGE));
}

export const editingActions = mayDecide && {
  showVersions,
  timeStamp: () => insert(`[${formatNow()}] `),
  markUnclear: () => insert(`[inaudible ${formatNow()}] `),
  undoCorrection: () => step("undo"),
  redoCorrection: () => step("redo"),
};

textColumn.addEventListener("click", handleClick);
textColumn.addEventListener("keydown", handleKey);
if (mayDecide) {
  textColumn.addEventListener("click", (event) => {
    const chip = event.target.closest("button[data-letter]");
    if (chip) changeSpeaker(chip);
  });
  textColumn.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-segment]")) lastEdited = event.target;
  });
  textColumn.addEventListener("input", (event) => noteInput(event.target.closest("[data-segment]")));
  textColumn.addEventListener("focusout", (event) => event.target.matches("[data-segment]") && stopEditing(event.target));
  window.addEventListener("online", flushEdits);
  window.addEventListener("pagehide", flushEdits);
  for (const edit of edits.restore("desk:")) setText(findExcerpts(edit.key), edit.text);
}
