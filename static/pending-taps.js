// What this browser keeps of taps until the server has them: an entry for each, so that two windows do not overwrite
// each other. Where nothing can be stored, they live as long as the page does.

const inMemory = new Map();

function storage() {
  try {
    localStorage.setItem("marker", "");
    localStorage.removeItem("marker");
    return localStorage;
  } catch {
    return null;
  }
}

export class Kept {
  constructor(prefix) {
    this.prefix = prefix;
    this.place = storage();
  }

  // In the order in which they were made.
  all() {
    const entries = this.place ? Object.entries(this.place) : [...inMemory];
    return entries
      .filter(([name]) => name.startsWith(this.prefix))
      .map(([name, text]) => ({ name, ...read(text) }))
      .filter((entry) => entry.tap)
      .sort((one, other) => one.number - other.number);
  }

  add(tap) {
    const last = this.all().at(-1)?.number ?? 0;
    const name = `${this.prefix}${tap.id}${tap.undo ? ":undo" : ""}`;
    const text = JSON.stringify({ number: Math.max(last + 1, Date.now()), tap });
    try {
      this.place.setItem(name, text);
    } catch {
      inMemory.set(name, text);
      this.place = null;
    }
  }

  remove(entry) {
    inMemory.delete(entry.name);
    this.place?.removeItem(entry.name);
  }
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
