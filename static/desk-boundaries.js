// Boundaries between passages on the ribbon, moved by pointer or keys; and a question for selected words.

import { OFFLINE_MESSAGE, find, mayDecide, root, say, takeFrom, textColumn } from "./desk-page.js";
import { flushEdits } from "./desk-editing.js";
import { describeQuestion } from "./desk-decisions.js";
import { getState } from "./desk-deciding.js";
import { calculatePercent, findSeconds } from "./ribbon-geometry.js";
import { findNearest, findSentence, formatOffset } from "./text-offsets.js";
import { formatTime } from "./time-format.js";

async function post(path, values) {
  await flushEdits();
  const body = new URLSearchParams({ csrf_token: root.dataset.csrf, ...values });
  const response = await fetch(path, { method: "POST", body }).catch(() => null);
  const next = response?.ok ? takeFrom(await response.text()) : null;
  if (!next) return say(OFFLINE_MESSAGE);
  return root.dispatchEvent(new CustomEvent("desk:state", { detail: next }));
}

class Boundary {
  constructor(earlier, later) {
    this.later = later;
    this.element = find(`[data-ribbon-part="${later.part}"]`);
    this.row = { start: 0, end: Number(this.element.dataset.seconds), element: this.element };
    this.index = null;
    const [before, after] = [earlier, later].map(({ question }) => describeQuestion(getState(), question));
    this.name = `Boundary between “${before}” and “${after}”`;
    this.mark = createSlider(this.name, earlier.start, later.end);
    this.listen();
    this.element.append(this.mark);
    this.setPosition(later.start, "");
  }

  listen() {
    this.mark.addEventListener("focus", () => this.loadOffsets());
    this.mark.addEventListener("blur", () => this.reset());
    this.mark.addEventListener("keydown", (event) => this.handleKey(event));
    this.mark.addEventListener("pointerdown", (event) => this.startDrag(event));
    this.mark.addEventListener("pointermove", (event) => this.drag(event));
    this.mark.addEventListener("pointerup", () => this.endDrag());
    this.mark.addEventListener("pointercancel", () => this.reset());
  }

  // Only when someone uses the boundary: all words of all boundaries would be many.
  loadOffsets() {
    this.loading ??= fetch(`/staff/passages/${this.later.id}/places`).then(async (response) => {
      if (!response.ok) return say("This passage has changed. Reload the page.");
      const { places: offsets, begins: start, seen, seen_before: seenBefore } = await response.json();
      Object.assign(this, { offsets, seen, seenBefore });
      this.originalIndex = offsets.findIndex(([offset]) => offset === start);
      this.index = this.originalIndex;
      return undefined;
    });
    return this.loading;
  }

  setPosition(seconds, word) {
    this.mark.setAttribute("aria-valuenow", Math.round(seconds));
    const before = word ? `, before “${word}”` : "";
    this.mark.setAttribute("aria-valuetext", `${this.name} at ${formatTime(seconds)}${before}`);
    this.mark.style.left = `${calculatePercent(this.row, seconds)}%`;
  }

  moveTo(index) {
    this.index = Math.max(0, Math.min(this.offsets.length - 1, index));
    const [, seconds, word] = this.offsets[this.index];
    this.setPosition(seconds, word);
    const around = this.offsets.slice(Math.max(0, this.index - 5), this.index + 5).map((one) => one[2]);
    around.splice(Math.min(5, this.index), 0, "▸");
    const help = this.index === this.originalIndex ? "" : " Press Enter to save.";
    say(`${formatTime(seconds)}: ${around.join(" ")}${help}`);
  }

  moveBySentence(step) {
    this.moveTo(findSentence(this.offsets, this.index, step));
  }

  // Sentences; with Shift words.
  moveBy(step, event) {
    if (event.shiftKey) this.moveTo(this.index + step);
    else this.moveBySentence(step);
  }

  async handleKey(event) {
    const actions = {
      ArrowRight: () => this.moveBy(1, event),
      ArrowDown: () => this.moveBy(-1, event),
      ArrowLeft: () => this.moveBy(-1, event),
      ArrowUp: () => this.moveBy(1, event),
      Home: () => this.moveTo(0),
      End: () => this.moveTo(this.offsets.length - 1),
      Enter: () => this.save(),
      Escape: () => this.reset(),
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    await this.loadOffsets();
    if (this.offsets) action();
  }

  startDrag(event) {
    event.preventDefault();
    this.mark.focus();
    this.mark.setPointerCapture(event.pointerId);
    this.isDragged = true;
    this.loadOffsets();
  }

  drag(event) {
    if (!this.isDragged || !this.offsets) return;
    const boxes = [{ row: this.row, box: this.element.getBoundingClientRect() }];
    const nearest = findNearest(this.offsets, findSeconds(boxes, event.clientX, event.clientY));
    if (nearest !== this.index) this.moveTo(nearest);
  }

  endDrag() {
    if (!this.isDragged) return;
    this.isDragged = false;
    if (this.offsets) this.save();
  }

  reset() {
    this.isDragged = false;
    if (this.offsets && !this.isSaved && this.index !== this.originalIndex) this.moveTo(this.originalIndex);
  }

  save() {
    if (this.index === this.originalIndex) return;
    this.isSaved = true;
    const [place] = this.offsets[this.index];
    post(`/staff/passages/${this.later.id}/begins`, { seen: this.seen, seen_before: this.seenBefore, place });
  }
}

function createSlider(name, min, max) {
  const mark = document.createElement("div");
  mark.className = "lp-ribbon__boundary";
  mark.tabIndex = 0;
  const attributes = { role: "slider", "aria-label": name, "aria-valuemin": Math.floor(min), "aria-valuemax": Math.ceil(max) };
  for (const [key, value] of Object.entries(attributes)) mark.setAttribute(key, value);
  return mark;
}

const moveButton = find("[data-move-boundaries]");
let isMoving = false;

function showBoundaries() {
  for (const mark of root.querySelectorAll(".lp-ribbon__boundary")) mark.remove();
  moveButton.setAttribute("aria-pressed", String(isMoving));
  if (!isMoving) return;
  const { passages } = getState();
  const pairs = passages.slice(1).map((later, index) => [passages[index], later]);
  for (const [earlier, later] of pairs) if (earlier.part === later.part) new Boundary(earlier, later);
}

moveButton?.addEventListener("click", () => {
  isMoving = !isMoving;
  showBoundaries();
});
root.addEventListener("desk:state", () => moveButton && showBoundaries());

// A question for selected words

const assign = find("[data-assign]");
let selected = null;

function getTextBefore(span, container, offset) {
  const range = document.createRange();
  range.selectNodeContents(span);
  range.setEnd(container, offset);
  return range.toString();
}

function findOffset(span, before, { isEnd }) {
  const { segment, word } = span.dataset;
  return formatOffset({ segment, word }, before, span.textContent.slice(before.length), { isEnd });
}

function getSelected() {
  const selection = document.getSelection();
  return selection.rangeCount && !selection.isCollapsed ? describeRange(selection.getRangeAt(0), selection.toString()) : null;
}

function describeRange(range, text) {
  const all = [...textColumn.querySelectorAll("[data-segment]")].filter((one) => range.intersectsNode(one));
  const [first, last] = [all.at(0), all.at(-1)];
  const section = first?.closest("[data-transcript]");
  if (!section || !section.contains(last) || !text.trim()) return null;
  const before = first.contains(range.startContainer) ? getTextBefore(first, range.startContainer, range.startOffset) : "";
  const upTo = last.contains(range.endContainer) ? getTextBefore(last, range.endContainer, range.endOffset) : last.textContent;
  return {
    transcript: section.dataset.transcript,
    from: findOffset(first, before, { isEnd: false }),
    to: findOffset(last, upTo, { isEnd: true }),
    text: text.trim(),
  };
}

function showSelected() {
  if (assign.contains(document.activeElement)) return; // choosing the question must not lose the selection
  selected = getSelected();
  assign.hidden = !selected;
  if (selected) assign.querySelector("[data-assign-selection]").textContent = `“${selected.text}”`;
}

// Choosing the question gives and accepts it in one step.
function assignQuestion(question) {
  const { transcript, from, to } = selected;
  const seen = getState().revisions[transcript];
  assign.hidden = true;
  document.getSelection().removeAllRanges();
  post(`/staff/transcripts/${transcript}/give`, { from, to, question, seen, accept: "yes" });
}

if (mayDecide && assign) {
  document.addEventListener("selectionchange", showSelected);
  assign.addEventListener("submit", (event) => {
    event.preventDefault();
    assignQuestion(assign.elements.question.value);
  });
  assign.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    assign.hidden = true;
    document.getSelection().removeAllRanges();
  });
}
