// The keys of the desk at work, and the sheet on which they are changed.

import { find, getSetting, setSetting, storage } from "./desk-page.js";
import { ACTIONS, KeyBindings, PRESETS, mayBind, nameKey } from "./desk-keys.js";

const sheet = find("[data-key-sheet]");
const hint = sheet.querySelector("[data-key-hint]");
const preset = sheet.querySelector("[data-key-preset]");
const rows = sheet.querySelector("[data-key-rows]");
const bindings = readBindings();
let waiting = null; // the button that waits for a key

function readBindings() {
  try {
    return new KeyBindings(storage?.getItem("desk-preset"), JSON.parse(storage?.getItem("desk-keys") ?? "{}"));
  } catch {
    return new KeyBindings();
  }
}

function keepBindings() {
  storage?.setItem("desk-preset", bindings.preset);
  storage?.setItem("desk-keys", JSON.stringify(bindings.changes));
}

function showRows() {
  preset.value = bindings.preset;
  rows.replaceChildren(...ACTIONS.map(([action, label]) => createRow(action, label)));
}

function createRow(action, label) {
  const row = document.createElement("tr");
  const [name, key] = [document.createElement("td"), document.createElement("td")];
  const button = document.createElement("button");
  name.textContent = label;
  Object.assign(button, { type: "button", className: "lp-desk-button", textContent: bindings.getKeys(action).join(" or ") || "None" });
  button.setAttribute("aria-label", `${label}: ${button.textContent}. Change`);
  button.addEventListener("click", () => waitForKey(button, action));
  key.append(button);
  row.append(name, key);
  return row;
}

function waitForKey(button, action) {
  waiting = { button, action };
  button.textContent = "Press a key";
}

function takeKey(event) {
  const name = nameKey(event);
  if (["Control", "Shift", "Alt", "Meta"].includes(event.key)) return;
  event.preventDefault();
  const { action } = waiting;
  waiting = null;
  if (mayBind(name)) {
    bindings.rebind(action, name);
    keepBindings();
    hint.textContent = `${name} is set.`;
  } else {
    hint.textContent = `${name} is needed for typing. Use it with Ctrl or Alt, or another key.`;
  }
  showRows();
}

export function listenForKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (waiting) return takeKey(event);
    if (sheet.open || event.isComposing) return undefined;
    const act = actions[bindings.find(nameKey(event))];
    if (!act) return undefined;
    event.preventDefault();
    return act();
  });
}

export const openKeySheet = () => sheet.showModal();

preset.addEventListener("change", () => {
  bindings.preset = preset.value in PRESETS ? preset.value : bindings.preset;
  bindings.changes = {};
  keepBindings();
  showRows();
});
for (const box of sheet.querySelectorAll("[data-setting]")) {
  box.checked = getSetting(box.dataset.setting);
  box.addEventListener("change", () => setSetting(box.dataset.setting, box.checked));
}
showRows();
