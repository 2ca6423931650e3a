// Words that are selected with the mouse, by touch or with the keyboard can be given a theme or be quoted.

import { numberWords } from "./word-numbers.js";

const bar = document.createElement("div");
const link = document.createElement("a");
bar.className = "lp-selection-bar lp-no-print";
bar.hidden = true;
bar.setAttribute("role", "status");
link.className = "govuk-button";
link.textContent = "Add a theme or a quote to the selected words";
bar.append(link);
document.body.append(bar);

function findText(node) {
  const element = node instanceof Element ? node : node?.parentElement;
  return element?.closest("[data-words]") ?? null;
}

function readSelection() {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const text = findText(range.startContainer);
  if (!text) return null;
  const inside = range.cloneRange();
  if (findText(range.endContainer) !== text) inside.setEnd(text, text.childNodes.length);
  const before = document.createRange();
  before.setStart(text, 0);
  before.setEnd(inside.startContainer, inside.startOffset);
  const numbers = numberWords(before.toString(), inside.toString());
  return numbers && { address: text.dataset.words, ...numbers };
}

function update() {
  const chosen = readSelection();
  bar.hidden = !chosen;
  if (!chosen) return;
  const address = new URL(chosen.address, location.href);
  address.searchParams.set("from", chosen.from);
  address.searchParams.set("to", chosen.to);
  link.href = address.href;
}

document.addEventListener("selectionchange", update);
update(); // words may have been selected before this script was there
// Enter opens the page while words are selected, so that the keyboard does not have to reach the bar.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || bar.hidden || event.target !== document.body) return;
  event.preventDefault();
  location.assign(link.href);
});
