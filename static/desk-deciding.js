// Deciding in place: choosing a question is the decision, then the next passage is at hand. The sound goes on.

import { OFFLINE_MESSAGE, address, find, mayDecide, root, say, send, textColumn } from "./desk-page.js";
import {
  describeCertainty,
  describeQuestion,
  findNextOpen,
  findPassage,
  findQuestionOfKey,
  haveMoved,
  listPassagesOf,
} from "./desk-decisions.js";
import { refresh } from "./desk-editing.js";
import { goTo } from "./desk-listening.js";
import { formatTime } from "./time-format.js";

const MAX_BUTTON_TEXT = 60;
const form = find("[data-decide]");
let state = JSON.parse(root.dataset.state);
let atHand = null;
let isBusy = false;

const cloneTag = (name) => find(`template[data-state-tag="${name}"]`).content.cloneNode(true);
const findArticle = (id) => document.getElementById(`passage-${id}`);

// Showing the state

function showPassage(passage) {
  const article = findArticle(passage.id);
  if (!article) return;
  article.classList.remove("lp-passage--suggested", "lp-passage--accepted", "lp-passage--outside");
  article.classList.add(`lp-passage--${passage.state}`);
  article.querySelector("[data-passage-question]").textContent = describeQuestion(state, passage.question);
  article.querySelector("[data-passage-tag]").replaceChildren(cloneTag(passage.state));
  paintStrip(passage);
}

// A strip of the ribbon looks like its question in the list.
function paintStrip(passage) {
  const strip = find(`[data-strip="${passage.id}"]`);
  if (!strip) return;
  const [x, width] = ["x", "width"].map((name) => strip.querySelector("rect").getAttribute(name));
  const shapes = copySwatch(passage.question ?? "");
  for (const shape of shapes) setAttributes(shape, { x, width });
  if (passage.state === "accepted") shapes.push(createMark("rect", { x, width, y: 23, height: 5, class: "lp-ribbon__accepted" }));
  const number = getNumber(passage);
  if (number && parseFloat(width) >= 2.5) shapes.push(createNumber(number, parseFloat(x) + parseFloat(width) / 2));
  strip.replaceChildren(...shapes);
}

const getNumber = (passage) => state.questions.find(({ key }) => key === passage.question)?.number;

function copySwatch(key) {
  const marks = findChoice(key)?.querySelectorAll("svg rect") ?? [];
  return [...marks].map((mark) => mark.cloneNode(true));
}

function createMark(name, attributes) {
  const mark = document.createElementNS("http://www.w3.org/2000/svg", name);
  setAttributes(mark, attributes);
  return mark;
}

function createNumber(number, x) {
  const mark = createMark("text", { x: `${x}%`, y: 18, "text-anchor": "middle" });
  mark.textContent = number;
  return mark;
}

function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

function findChoice(key) {
  return [...(form?.querySelectorAll("button[name=question]") ?? [])].find((button) => button.value === key);
}

function showCounts() {
  for (const count of root.querySelectorAll("[data-count]")) {
    count.textContent = `${state.decided} of ${state.total} decided`;
  }
  if (!form) return;
  find("[data-bulk]").hidden = false;
  showButton("[data-accept-sure]", state.sure, `Accept the ${state.sure} that are almost certain`);
  showButton("[data-undo]", state.undo, `Undo: ${state.undo}`);
  showButton("[data-redo]", state.redo, `Redo: ${state.redo}`);
}

function showButton(selector, isOffered, text) {
  const button = find(selector);
  button.hidden = !isOffered;
  button.textContent = text.length > MAX_BUTTON_TEXT ? `${text.slice(0, MAX_BUTTON_TEXT)}…` : text;
}

function showQuestions() {
  for (const { key } of state.questions) {
    const line = find(`[data-question-state="${CSS.escape(key)}"]`);
    const passages = listPassagesOf(state, key);
    if (!passages.length && !line.querySelector("[data-at-hand]")) continue; // asked or not: as the server says
    const isAnswered = passages.some((passage) => passage.state === "accepted");
    const tags = passages.length ? [cloneTag(isAnswered ? "answered" : "suggested")] : [];
    line.replaceChildren(...tags, ...passages.slice(0, 8).flatMap((passage, index) => [" ", createLink(passage, index)]));
  }
}

function createLink({ id, start }, index) {
  const link = document.createElement("a");
  link.className = "govuk-link";
  link.href = `#passage-${id}`;
  link.dataset.atHand = id;
  link.textContent = start === null ? `passage ${index + 1}` : formatTime(start);
  return link;
}

export function showState(next) {
  state = next;
  state.passages.forEach(showPassage);
  showCounts();
  showQuestions();
  const kept = atHand && findPassage(state, atHand.id);
  showAtHand(kept ?? findNextOpen(state, "") ?? state.passages[0], { isScrolled: false });
}

// The passage at hand

function markAtHand() {
  for (const marked of root.querySelectorAll("[data-now]")) marked.removeAttribute("data-now");
  const marks = atHand ? [findArticle(atHand.id), find(`[data-strip="${atHand.id}"] rect`)] : [];
  for (const mark of marks) mark?.setAttribute("data-now", "");
}

export function showAtHand(passage, { isScrolled = true } = {}) {
  atHand = passage ?? null;
  markAtHand();
  if (!atHand) return;
  if (isScrolled) findArticle(atHand.id)?.scrollIntoView({ block: "start" });
  if (form) showInPanel(atHand);
}

function showInPanel(passage) {
  find("[data-at-hand-question]").textContent = describeQuestion(state, passage.question);
  find("[data-at-hand-tag]").replaceChildren(cloneTag(passage.state));
  find("[data-at-hand-certainty]").textContent = describeCertainty(passage);
  const link = find("[data-at-hand-link]");
  link.href = `#passage-${passage.id}`;
  link.textContent = passage.start === null ? "Show it" : `${formatTime(passage.start)} to ${formatTime(passage.end)}`;
  link.dataset.atHand = passage.id;
  find("[data-edit-passage]").href = `/staff/passages/${passage.id}/words`;
  for (const button of form.querySelectorAll("button[name=question]")) {
    button.toggleAttribute("aria-current", button.value === (passage.question ?? ""));
    if (button.hasAttribute("aria-current")) button.setAttribute("aria-current", "true");
  }
  find("[data-accept]").textContent = passage.state === "accepted" ? "Accepted" : "Accept";
}

// Deciding

async function change(path, values = {}) {
  if (isBusy) return false;
  isBusy = true;
  const { ok, body } = await send(path, { form: values }).catch(() => ({}));
  isBusy = false;
  if (!body) {
    say(OFFLINE_MESSAGE);
    return false;
  }
  const hasMoved = haveMoved(state, body);
  showState(body);
  if (hasMoved) await refresh();
  say(body.error ?? "");
  return ok;
}

// Without a question: for the one that it has.
async function decide(question) {
  if (!atHand) return;
  const decided = atHand.id;
  const values = { seen: atHand.seen, ...(question === undefined ? {} : { question }) };
  if (await change(`/staff/desk/passages/${decided}/decide`, values)) goToNext(1, decided);
}

function goToNext(step, from = atHand?.id) {
  const next = findNextOpen(state, from, step);
  if (next) showAtHand(next);
  else say("Everything is decided.");
}

async function acceptSure() {
  if (await change(`${address}/accept-sure`)) goToNext(1, "");
}

export const decidingActions = form && {
  accept: () => decide(),
  next: () => goToNext(1),
  previous: () => goToNext(-1),
  undoDecision: () => change(`${address}/undo`),
};

function handleDigit(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || !/^\d$/.test(event.key)) return;
  const question = findQuestionOfKey(state, event.key);
  if (question === null) return;
  event.preventDefault();
  decide(question);
}

root.addEventListener("click", (event) => {
  const link = event.target.closest("[data-at-hand]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  root.dispatchEvent(new CustomEvent("desk:tab", { detail: link.closest("[data-decide]") ? "text" : "decide" }));
  showAtHand(findPassage(state, link.dataset.atHand), { isScrolled: Boolean(link.closest("[data-decide]")) });
});

find("[data-desk-ribbon]").addEventListener("click", (event) => {
  const part = event.target.closest("[data-ribbon-part]");
  if (!part || event.target.closest("[role=slider]")) return;
  const box = part.getBoundingClientRect();
  goTo(part.dataset.ribbonPart, ((event.clientX - box.left) / box.width) * Number(part.dataset.seconds));
  const strip = event.target.closest("[data-strip]");
  if (strip) showAtHand(findPassage(state, strip.dataset.strip));
});

if (form) {
  find("[data-steps]").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    decide(event.submitter?.name === "question" ? event.submitter.value : undefined);
  });
  find("#decide").addEventListener("keydown", handleDigit);
  find("[data-next]").addEventListener("click", () => goToNext(1));
  find("[data-previous]").addEventListener("click", () => goToNext(-1));
  find("[data-accept-sure]").addEventListener("click", acceptSure);
  find("[data-undo]").addEventListener("click", () => change(`${address}/undo`));
  find("[data-redo]").addEventListener("click", () => change(`${address}/redo`));
}
root.addEventListener("desk:state", (event) => event.detail && showState(event.detail));
export const getState = () => state;
showCounts();
const asked = new URLSearchParams(location.search).get("passage") ?? location.hash.replace("#passage-", "");
const first = findPassage(state, asked);
showAtHand(first ?? (mayDecide ? findNextOpen(state, "") : null) ?? null, { isScrolled: Boolean(first) });
textColumn.toggleAttribute("data-ready", true);
