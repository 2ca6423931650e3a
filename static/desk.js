// The reviewer's desk. Each of its modules does one thing; this one puts them on the page.

import { find, root, say, textColumn } from "./desk-page.js";
import { goTo, listeningActions } from "./desk-listening.js";
import { editingActions } from "./desk-editing.js";
import { decidingActions } from "./desk-deciding.js";
import { listenForKeys, openKeySheet } from "./desk-key-sheet.js";
import "./desk-boundaries.js";

function goToTime() {
  const [seconds, minutes = 0, hours = 0] = (prompt("Go to (minutes:seconds)") ?? "").split(":").map(Number).reverse();
  const time = seconds + 60 * minutes + 3600 * hours;
  const part = find("[data-desk-player]:not([hidden])")?.dataset.deskPlayer;
  if (Number.isFinite(time) && part) goTo(part, time);
}

listenForKeys({ ...listeningActions, ...editingActions, ...decidingActions, goToTime });

// The bar's buttons

function addButton(name, act) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "lp-desk-button", textContent: name });
  button.addEventListener("click", () => act(button));
  find("[data-desk-tools]").append(button);
  return button;
}

if (textColumn.querySelector(".lp-turn--interviewer")) {
  const fold = addButton("Fold interviewer", () => {
    const isFolded = textColumn.toggleAttribute("data-fold-interviewer");
    fold.setAttribute("aria-pressed", String(isFolded));
  });
  fold.setAttribute("aria-pressed", "false");
}
if (editingActions) {
  addButton("↶", editingActions.undoCorrection).setAttribute("aria-label", "Undo the last saved correction");
  addButton("↷", editingActions.redoCorrection).setAttribute("aria-label", "Redo the correction");
}
if (editingActions) addButton("Versions", editingActions.showVersions);
addButton("Keys ?", openKeySheet);

// On a small screen the panels are tabs

const tabs = find("[data-desk-tabs]");
const panels = find("[data-panels]");

function showTab(name) {
  panels.dataset.shown = name;
  for (const tab of tabs.children) tab.setAttribute("aria-pressed", String(tab.dataset.tab === name));
}

tabs.hidden = false;
tabs.addEventListener("click", (event) => event.target.closest("[data-tab]") && showTab(event.target.closest("[data-tab]").dataset.tab));
root.addEventListener("desk:tab", (event) => showTab(event.detail));

// An address may point into the drawer or to a sentence

function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  target?.closest("details")?.setAttribute("open", "");
  if (target) target.scrollIntoView({ block: "start" });
}

window.addEventListener("hashchange", openTarget);
openTarget();
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && find("[data-drawer]").open && find("[data-drawer]").contains(event.target)) {
    find("[data-drawer]").open = false;
    event.stopPropagation();
  }
}, true);
if (!navigator.onLine) say("There is no connection. What you type is kept in this browser until there is one.");
