// Keys of the desk: two presets, and each can be changed. Pure.

export const ACTIONS = [
  ["playPause", "Play or pause"],
  ["back", "Back 1.5 seconds"],
  ["forward", "Forward 1.5 seconds"],
  ["slower", "Slower"],
  ["faster", "Faster"],
  ["timeStamp", "Write the time"],
  ["markUnclear", "Mark as inaudible"],
  ["goToTime", "Go to a time"],
  ["accept", "Accept the passage"],
  ["next", "Next passage to decide"],
  ["previous", "Previous passage to decide"],
  ["undoDecision", "Undo the last decision"],
  ["undoCorrection", "Undo the last saved correction"],
  ["redoCorrection", "Redo it"],
  ["showVersions", "Versions of the sentence"],
];

const SHARED = {
  timeStamp: ["Ctrl+J"],
  markUnclear: ["Alt+U"],
  goToTime: ["Ctrl+K"],
  accept: ["Ctrl+Enter"],
  next: ["Alt+PageDown"],
  previous: ["Alt+PageUp"],
  undoDecision: ["Alt+Backspace"],
  undoCorrection: ["Alt+Z"],
  redoCorrection: ["Alt+Shift+Z"],
  showVersions: ["Alt+V"],
};

export const PRESETS = {
  otranscribe: {
    ...SHARED,
    playPause: ["Escape"],
    back: ["F1", "Ctrl+1"],
    forward: ["F2", "Ctrl+2"],
    slower: ["F3", "Ctrl+3"],
    faster: ["F4", "Ctrl+4"],
  },
  pedal: {
    ...SHARED,
    playPause: ["F4"],
    back: ["F3"],
    forward: ["F5"],
    slower: ["Ctrl+3"],
    faster: ["Ctrl+4"],
  },
};

// Such as "Ctrl+Shift+K"; the command key of a Mac counts as Ctrl.
export function nameKey({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  const modifiers = [ctrlKey || metaKey ? "Ctrl" : "", altKey ? "Alt" : "", shiftKey ? "Shift" : ""].filter(Boolean);
  return [...modifiers, key.length === 1 ? key.toUpperCase() : key].join("+");
}

// A key that writes something would be lost to typing; Tab moves between parts of the page.
export function mayBind(name) {
  const parts = name.split("+");
  const key = parts.at(-1) || "+";
  if (["Tab", "Control", "Shift", "Alt", "Meta", "Dead"].includes(key)) return false;
  const writes = key.length === 1 || ["Enter", "Backspace", "Delete", "Home", "End"].includes(key) || key.startsWith("Arrow");
  return !writes || parts.includes("Ctrl") || parts.includes("Alt");
}

export class KeyBindings {
  constructor(preset = "otranscribe", changes = {}) {
    this.preset = preset in PRESETS ? preset : "otranscribe";
    this.changes = changes;
  }

  getKeys(action) {
    return this.changes[action] ?? PRESETS[this.preset][action] ?? [];
  }

  find(name) {
    return ACTIONS.map(([action]) => action).find((action) => this.getKeys(action).includes(name)) ?? null;
  }

  // The key is taken from whatever had it.
  rebind(action, name) {
    if (!mayBind(name)) return false;
    for (const [other] of ACTIONS) {
      if (this.getKeys(other).includes(name)) this.changes[other] = this.getKeys(other).filter((key) => key !== name);
    }
    this.changes[action] = [name];
    return true;
  }
}
