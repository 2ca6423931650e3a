// The ribbon of questions: boundaries that can be dragged or moved by keyboard, the playhead, and assigning selected text
// to a question. Each of these changes is also a plain form on the page of its passage.

import { calculatePercent, findRow, findSeconds } from "./ribbon-geometry.js";
import { findNearest, findSentence, formatOffset } from "./text-offsets.js";
import { formatTime } from "./time-format.js";

const ribbon = document.querySelector("[data-ribbon]");
const rows = [...ribbon.querySelectorAll("[data-row-start]")].map((element) => ({
  element,
  start: Number(element.dataset.rowStart),
  end: Number(element.dataset.rowEnd),
}));
const status = ribbon.querySelector("[data-ribbon-status]");
const passages = [...document.querySelectorAll("[data-passage]")].map((element) => ({
  id: element.dataset.passage,
  start: Number(element.dataset.start),
  end: Number(element.dataset.end),
  question: element.querySelector("h2").textContent.trim(),
}));

function placeMark(mark, seconds) {
  const row = findRow(rows, seconds);
  if (mark.parentElement !== row.element) row.element.append(mark);
  mark.style.left = `${calculatePercent(row, seconds)}%`;
}

// The playhead

const audio = document.querySelector("[data-player] audio");
if (audio) {
  const playhead = document.createElement("div");
  playhead.className = "lp-ribbon__playhead";
  audio.addEventListener("timeupdate", () => placeMark(playhead, audio.currentTime));
}

ribbon.addEventListener("click", (event) => {
  const strip = event.target.closest("[data-strip]");
  if (strip) document.getElementById(`passage-${strip.dataset.strip}`)?.scrollIntoView();
});

// Boundaries

class Boundary {
  constructor(earlier, later) {
    this.later = later;
    this.seconds = later.start;
    this.index = null;
    this.name = `Boundary between “${earlier.question}” and “${later.question}”`;
    this.mark = createSlider(this.name, earlier.start, later.end);
    this.mark.addEventListener("focus", () => this.loadOffsets());
    this.mark.addEventListener("blur", () => this.reset());
    this.mark.addEventListener("keydown", (event) => this.handleKey(event));
    this.mark.addEventListener("pointerdown", (event) => this.startDrag(event));
    this.mark.addEventListener("pointermove", (event) => this.drag(event));
    this.mark.addEventListener("pointerup", () => this.endDrag());
    this.mark.addEventListener("pointercancel", () => this.reset());
    this.setPosition(later.start, "");
  }

  // Only when someone uses the boundary: all words of all boundaries would be many.
  loadOffsets() {
    this.loading ??= fetch(`/staff/passages/${this.later.id}/places`).then(async (response) => {
      if (!response.ok) {
        status.textContent = "This passage has changed. Reload the page.";
        return;
      }
      const { places: offsets, begins: start, seen, seen_before: seenBefore } = await response.json();
      Object.assign(this, { offsets, seen, seenBefore });
      this.originalIndex = offsets.findIndex(([offset]) => offset === start);
      this.index = this.originalIndex;
    });
    return this.loading;
  }

  setPosition(seconds, word) {
    this.seconds = seconds;
    this.mark.setAttribute("aria-valuenow", Math.round(seconds));
    const before = word ? `, before “${word}”` : "";
    this.mark.setAttribute("aria-valuetext", `${this.name} at ${formatTime(seconds)}${before}`);
    const hadFocus = document.activeElement === this.mark;
    this.isMoving = true;
    placeMark(this.mark, seconds);
    if (hadFocus) this.mark.focus();
    this.isMoving = false;
  }

  moveTo(index) {
    this.index = Math.max(0, Math.min(this.offsets.length - 1, index));
    const [, seconds, word] = this.offsets[this.index];
    this.setPosition(seconds, word);
    const hint = this.index === this.originalIndex ? "" : " Press Enter to save it there.";
    status.textContent = `The boundary is at ${formatTime(seconds)}, before “${word}”.${hint}`;
  }

  moveBySentence(step) {
    this.moveTo(findSentence(this.offsets, this.index, step));
  }

  async handleKey(event) {
    const actions = {
      ArrowRight: () => this.moveTo(this.index + 1),
      ArrowDown: () => this.moveTo(this.index - 1),
      ArrowLeft: () => this.moveTo(this.index - 1),
      ArrowUp: () => this.moveTo(this.index + 1),
      PageUp: () => this.moveBySentence(1),
      PageDown: () => this.moveBySentence(-1),
      Home: () => this.moveTo(0),
      End: () => this.moveTo(this.offsets.length - 1),
      Enter: () => this.save(),
      Escape: () => this.reset(),
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
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
    const boxes = rows.map((row) => ({ row, box: row.element.getBoundingClientRect() }));
    const nearest = findNearest(this.offsets, findSeconds(boxes, event.clientX, event.clientY));
    if (nearest !== this.index) this.moveTo(nearest);
  }

  endDrag() {
    if (!this.isDragged) return;
    this.isDragged = false;
    if (this.offsets) this.save();
  }

  reset() {
    if (this.isMoving || this.isSaved) return; // moving to another row takes the focus away for a moment
    this.isDragged = false;
    if (this.offsets && this.index !== this.originalIndex) this.moveTo(this.originalIndex);
  }

  save() {
    if (this.index === this.originalIndex) return;
    this.isSaved = true;
    const form = ribbon.querySelector("[data-boundary-form]");
    form.action = `/staff/passages/${this.later.id}/begins`;
    form.elements.seen.value = this.seen;
    form.elements.seen_before.value = this.seenBefore;
    [form.elements.place.value] = this.offsets[this.index];
    form.requestSubmit();
  }
}

function createSlider(name, min, max) {
  const mark = document.createElement("div");
  mark.className = "lp-ribbon__boundary";
  mark.tabIndex = 0;
  mark.setAttribute("role", "slider");
  mark.setAttribute("aria-label", name);
  mark.setAttribute("aria-describedby", "ribbon-keys");
  mark.setAttribute("aria-valuemin", Math.floor(min));
  mark.setAttribute("aria-valuemax", Math.ceil(max));
  return mark;
}

const moveButton = ribbon.querySelector("[data-move-boundaries]");
if (moveButton) {
  let boundaries = [];
  ribbon.querySelector("[data-ribbon-tools]").hidden = false;
  moveButton.addEventListener("click", () => {
    const isOn = moveButton.getAttribute("aria-pressed") !== "true";
    moveButton.setAttribute("aria-pressed", String(isOn));
    for (const boundary of boundaries) boundary.mark.remove();
    boundaries = isOn ? passages.slice(1).map((later, index) => new Boundary(passages[index], later)) : [];
    status.textContent = isOn ? `You can move ${boundaries.length} boundaries.` : "";
  });
}

// Assigning selected text to a question

const assignForm = ribbon.querySelector("[data-assign-form]");

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

// Without the headings, links and names between the spans.
function getSpokenText(range, spans) {
  const parts = spans.map((span) => {
    const part = document.createRange();
    part.selectNodeContents(span);
    if (span.contains(range.startContainer)) part.setStart(range.startContainer, range.startOffset);
    if (span.contains(range.endContainer)) part.setEnd(range.endContainer, range.endOffset);
    return part.toString().trim();
  });
  return parts.filter(Boolean).join(" ");
}

function getSelectedRange() {
  const selection = document.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const all = document.querySelectorAll(".lp-passage [data-segment]");
  const spans = [...all].filter((span) => range.intersectsNode(span));
  const [first, last] = [spans.at(0), spans.at(-1)];
  const text = getSpokenText(range, spans);
  if (!text) return null;
  const before = first.contains(range.startContainer) ? getTextBefore(first, range.startContainer, range.startOffset) : "";
  const upTo = last.contains(range.endContainer)
    ? getTextBefore(last, range.endContainer, range.endOffset)
    : last.textContent;
  return { from: findOffset(first, before, { isEnd: false }), to: findOffset(last, upTo, { isEnd: true }), text };
}

if (assignForm) {
  assignForm.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.activeElement.blur();
    document.getSelection().removeAllRanges();
  });
  document.addEventListener("selectionchange", () => {
    if (assignForm.contains(document.activeElement)) return; // choosing the question must not lose the selection
    const selected = getSelectedRange();
    assignForm.hidden = !selected;
    if (!selected) return;
    assignForm.elements.from.value = selected.from;
    assignForm.elements.to.value = selected.to;
    assignForm.querySelector("[data-assign-selection]").textContent = `“${selected.text}”`;
  });
}
