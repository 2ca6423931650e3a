// A browser's storage without a browser. `capacity` is the number of entries that fit.

export class MemoryStorage {
  #entries = new Map();

  constructor(capacity = Infinity) {
    this.capacity = capacity;
  }

  get length() {
    return this.#entries.size;
  }

  key(index) {
    return [...this.#entries.keys()][index];
  }

  getItem(name) {
    return this.#entries.get(name) ?? null;
  }

  setItem(name, text) {
    if (!this.#entries.has(name) && this.length >= this.capacity) throw new Error("QuotaExceededError");
    this.#entries.set(name, text);
  }

  removeItem(name) {
    this.#entries.delete(name);
  }
}
