// Taps that the server does not have yet. One stored entry for each, so that two windows never overwrite each other's.
// What cannot be stored lasts as long as the page.

export class PendingTaps {
  constructor(prefix, storage) {
    this.prefix = prefix;
    this.storage = storage;
    this.inMemory = new Map();
  }

  get areStored() {
    return this.storage !== null && this.inMemory.size === 0;
  }

  // In the order in which they were made.
  list() {
    return [...this.#listStored(), ...this.inMemory]
      .map(([name, text]) => ({ name, ...parseEntry(text) }))
      .filter((entry) => entry.tap)
      .sort((one, other) => one.number - other.number);
  }

  add(tap) {
    const last = this.list().at(-1)?.number ?? 0;
    const name = `${this.prefix}${tap.id}${tap.undo ? ":undo" : ""}`;
    const text = JSON.stringify({ number: Math.max(last + 1, Date.now()), tap });
    try {
      this.storage.setItem(name, text);
    } catch {
      this.inMemory.set(name, text); // no storage, or it is full
    }
  }

  remove(entry) {
    this.inMemory.delete(entry.name);
    this.storage?.removeItem(entry.name);
  }

  #listStored() {
    const names = Array.from({ length: this.storage?.length ?? 0 }, (_, index) => this.storage.key(index));
    return names.filter((name) => name.startsWith(this.prefix)).map((name) => [name, this.storage.getItem(name)]);
  }
}

function parseEntry(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
