// What was typed in a form and is not on the server yet, in the browser's storage. No DOM here.

export const AUTOSAVE_MILLISECONDS = 2000;

export class TypedText {
  constructor(name, storage) {
    this.name = name;
    this.storage = storage;
  }

  // `entries`: pairs of field name and text. False if the browser cannot store them.
  keep(entries) {
    try {
      this.storage.setItem(this.name, JSON.stringify(entries));
      return true;
    } catch {
      return false;
    }
  }

  read() {
    try {
      const entries = JSON.parse(this.storage.getItem(this.name));
      return Array.isArray(entries) && entries.every(isPair) ? entries : null;
    } catch {
      return null;
    }
  }

  forget() {
    try {
      this.storage.removeItem(this.name);
    } catch {
      // nothing was stored
    }
  }
}

export function selectKept(entries) {
  return [...entries].filter(([name, value]) => !["csrf_token", "kept_for"].includes(name) && typeof value === "string");
}

// After a form was sent, its text is kept until the page shows that the server has it.
export const SENT = ["sent", ""];

export function isToPutBack(kept, onServer) {
  const wasSent = kept.some(([name]) => name === SENT[0]);
  const entries = kept.filter(([name]) => name !== SENT[0]);
  const hasNewer = !haveSameTexts(selectSeen(entries), selectSeen(onServer));
  return !haveSameTexts(selectTexts(entries), selectTexts(onServer)) && !(wasSent && hasNewer);
}

function selectSeen(entries) {
  return entries.filter(([name]) => name.startsWith("seen_"));
}

function selectTexts(entries) {
  return entries.filter(([name]) => !name.startsWith("seen_"));
}

export function haveSameTexts(some, others) {
  return JSON.stringify(some) === JSON.stringify(others);
}

function isPair(entry) {
  return Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === "string");
}
