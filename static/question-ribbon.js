// The ribbon of questions: boundaries that are dragged or moved by keyboard, the moment heard, a question for selected
// words. Each of these changes is also a plain form on the page of its passage.

const ribbon = document.querySelector("[data-ribbon]");
const rows = [...ribbon.querySelectorAll("[data-row-start]")].map((element) => ({
  element,
  start: Number(element.dataset.rowStart),
  end: Number(element.dataset.rowEnd),
}));
const status = ribbon.querySelector("[data-ribbon-status]");
const passages = [...document.querySelectorAll("[data-passage]")]
  .map((element) => ({
    id: element.dataset.passage,
    start: Number(element.dataset.start),
    end: Number(element.dataset.end),
    question: element.querySelector("h2").textContent.trim(),
    element,
  }));

function clock(seconds) {
  const whole = Math.floor(seconds);
  const two = (number) => String(number).padStart(2, "0");
  const minutes = whole >= 3600 ? `${Math.floor(whole / 3600)}:${two(Math.floor((whole % 3600) / 60))}` : Math.floor(whole / 60);
  return `${minutes}:${two(whole % 60)}`;
}

function put(mark, seconds) {
  const row = rows.find((one) => seconds < one.end) ?? rows.at(-1);
  if (mark.parentElement !== row.element) row.element.append(mark);
  mark.style.left = `${Math.min(100, (100 * (seconds - row.start)) / (row.end - row.start))}%`;
}

// --- the moment that is heard

const audio = document.querySelector("[data-player] audio");
if (audio) {
  const now = document.createElement("div");
  now.className = "lp-ribbon__playhead";
  audio.addEventListener("timeupdate", () => put(now, audio.currentTime));
}

ribbon.addEventListener("click", (event) => {
  const strip = event.target.closest("[data-strip]");
  if (strip) document.getElementById(`passage-${strip.dataset.strip}`)?.scrollIntoView();
});

// --- boundaries

class Boundary {
  constructor(earlier, later) {
    this.later = later;
    this.seconds = later.start;
    this.index = null;
    this.begun = null;
    const mark = (this.mark = document.createElement("div"));
    mark.className = "lp-ribbon__boundary";
    mark.tabIndex = 0;
    mark.setAttribute("role", "slider");
    mark.setAttribute("aria-describedby", "ribbon-keys");
    mark.setAttribute("aria-valuemin", Math.floor(earlier.start));
    mark.setAttribute("aria-valuemax", Math.ceil(later.end));
    this.name = `Boundary between “${earlier.question}” and “${later.question}”`;
    mark.setAttribute("aria-label", this.name);
    mark.addEventListener("focus", () => this.look());
    mark.addEventListener("blur", () => this.putBack());
    mark.addEventListener("keydown", (event) => this.press(event));
    mark.addEventListener("pointerdown", (event) => this.grasp(event));
    mark.addEventListener("pointermove", (event) => this.drag(event));
    mark.addEventListener("pointerup", () => this.drop());
    mark.addEventListener("pointercancel", () => this.putBack());
    this.show(later.start, "");
  }

  // The words around a boundary are fetched when somebody takes it up: all of them would be many.
  look() {
    this.begun ??= fetch(`/staff/passages/${this.later.id}/places`).then(async (answer) => {
      if (!answer.ok) {
        status.textContent = "This passage has changed. Please load the page again.";
        return;
      }
      this.found = await answer.json();
      this.original = this.found.places.findIndex(([place]) => place === this.found.begins);
      this.index = this.original;
    });
    return this.begun;
  }

  show(seconds, word) {
    this.seconds = seconds;
    this.mark.setAttribute("aria-valuenow", Math.round(seconds));
    const before = word ? `, before “${word}”` : "";
    this.mark.setAttribute("aria-valuetext", `${this.name} at ${clock(seconds)}${before}`);
    const hadFocus = document.activeElement === this.mark;
    this.isMoving = true;
    put(this.mark, seconds);
    if (hadFocus) this.mark.focus();
    this.isMoving = false;
  }

  to(index) {
    this.index = Math.max(0, Math.min(this.found.places.length - 1, index));
    const [, seconds, word] = this.found.places[this.index];
    this.show(seconds, word);
    const saving = this.index === this.original ? "" : " Enter saves it there.";
    status.textContent = `The boundary is at ${clock(seconds)}, before “${word}”.${saving}`;
  }

  sentence(step) {
    let index = this.index + step;
    while (index > 0 && index < this.found.places.length - 1 && !this.found.places[index][0].endsWith(".0")) index += step;
    return index;
  }

  async press(event) {
    const moves = {
      ArrowRight: () => this.to(this.index + 1),
      ArrowDown: () => this.to(this.index - 1),
      ArrowLeft: () => this.to(this.index - 1),
      ArrowUp: () => this.to(this.index + 1),
      PageUp: () => this.to(this.sentence(1)),
      PageDown: () => this.to(this.sentence(-1)),
      Home: () => this.to(0),
      End: () => this.to(this.found.places.length - 1),
      Enter: () => this.save(),
      Escape: () => this.putBack(),
    };
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    await this.look();
    if (this.found) move();
  }

  grasp(event) {
    event.preventDefault();
    this.mark.focus();
    this.mark.setPointerCapture(event.pointerId);
    this.isHeld = true;
    this.look();
  }

  drag(event) {
    if (!this.isHeld || !this.found) return;
    const seconds = secondsAt(event.clientX, event.clientY);
    const away = ([, at]) => Math.abs(at - seconds);
    let nearest = 0;
    this.found.places.forEach((place, index) => {
      if (away(place) < away(this.found.places[nearest])) nearest = index;
    });
    if (nearest !== this.index) this.to(nearest);
  }

  drop() {
    if (!this.isHeld) return;
    this.isHeld = false;
    if (this.found) this.save();
  }

  putBack() {
    if (this.isMoving || this.isSaved) return; // moving to another row takes the focus away for a moment
    this.isHeld = false;
    if (this.found && this.index !== this.original) this.to(this.original);
  }

  save() {
    if (this.index === this.original) return;
    this.isSaved = true;
    const form = ribbon.querySelector("[data-boundary-form]");
    form.action = `/staff/passages/${this.later.id}/begins`;
    form.elements.seen.value = this.found.seen;
    form.elements.seen_before.value = this.found.seen_before;
    form.elements.place.value = this.found.places[this.index][0];
    form.requestSubmit();
  }
}

function secondsAt(x, y) {
  const boxes = rows.map((row) => ({ row, box: row.element.getBoundingClientRect() }));
  const away = ({ box }) => Math.max(box.top - y, y - box.bottom, 0);
  const { row, box } = boxes.reduce((best, one) => (away(one) < away(best) ? one : best));
  const share = Math.max(0, Math.min(1, (x - box.left) / box.width));
  return row.start + share * (row.end - row.start);
}

const moving = ribbon.querySelector("[data-move-boundaries]");
if (moving) {
  let boundaries = [];
  ribbon.querySelector("[data-ribbon-tools]").hidden = false;
  moving.addEventListener("click", () => {
    const isOn = moving.getAttribute("aria-pressed") !== "true";
    moving.setAttribute("aria-pressed", String(isOn));
    boundaries.forEach((one) => one.mark.remove());
    boundaries = isOn ? passages.slice(1).map((later, number) => new Boundary(passages[number], later)) : [];
    status.textContent = isOn ? `${boundaries.length} boundaries can be moved now.` : "";
  });
}

// --- a question for selected words

const give = ribbon.querySelector("[data-assign-form]");

function counted(text) {
  return text.split(/\s+/).filter(Boolean).length;
}

function textUpTo(span, container, offset) {
  const range = document.createRange();
  range.selectNodeContents(span);
  range.setEnd(container, offset);
  return range.toString();
}

function placeAt(span, text, isEnd) {
  const isInsideWord = !isEnd && /\S$/.test(text) && /^\S/.test(span.textContent.slice(text.length));
  return `${span.dataset.segment}.${span.dataset.word ?? 0}.${counted(text) - (isInsideWord ? 1 : 0)}`;
}

// Headings, links and names lie between the spans: only what was said is shown.
function spokenIn(range, spans) {
  const parts = spans.map((span) => {
    const part = document.createRange();
    part.selectNodeContents(span);
    if (span.contains(range.startContainer)) part.setStart(range.startContainer, range.startOffset);
    if (span.contains(range.endContainer)) part.setEnd(range.endContainer, range.endOffset);
    return part.toString().trim();
  });
  return parts.filter(Boolean).join(" ");
}

function chosen() {
  const selection = document.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const spans = [...document.querySelectorAll(".lp-passage [data-segment]")].filter((span) => range.intersectsNode(span));
  const [first, last] = [spans.at(0), spans.at(-1)];
  if (!first) return null;
  const before = first.contains(range.startContainer) ? textUpTo(first, range.startContainer, range.startOffset) : "";
  const upTo = last.contains(range.endContainer) ? textUpTo(last, range.endContainer, range.endOffset) : last.textContent;
  const said = spokenIn(range, spans);
  return said ? { from: placeAt(first, before, false), to: placeAt(last, upTo, true), said } : null;
}

if (give) {
  give.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.activeElement.blur();
    document.getSelection().removeAllRanges();
  });
  document.addEventListener("selectionchange", () => {
    if (give.contains(document.activeElement)) return; // whoever chooses the question keeps the words
    const words = chosen();
    give.hidden = !words;
    if (!words) return;
    give.elements.from.value = words.from;
    give.elements.to.value = words.to;
    give.querySelector("[data-assign-selection]").textContent = `“${words.said}”`;
  });
}
