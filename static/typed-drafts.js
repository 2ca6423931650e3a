// What was typed and is not saved on the server yet, in the browser's storage: one entry for each form and window, so
// that two windows never overwrite each other's. An entry is { typed, pending, seen, at }.

const PREFIX = "typed:";
const LIFETIME_MILLISECONDS = 30 * 24 * 3600 * 1000;

export class TypedDrafts {
  // form: the contribution and the section, so that nobody else's page shows it.
  constructor(storage, form, windowId, getTime = Date.now) {
    this.storage = storage;
    this.prefix = `${PREFIX}${form}:`;
    this.name = this.prefix + windowId;
    this.getTime = getTime;
  }

  // False if the browser does not keep it.
  keep(draft) {
    try {
      this.storage.setItem(this.name, JSON.stringify({ ...draft, at: this.getTime() }));
      return true;
    } catch {
      return false; // no storage, or it is full
    }
  }

  // From now on nothing is kept.
  stop() {
    this.storage = null;
  }

  remove() {
    this.storage?.removeItem(this.name);
  }

  // The newest draft that an earlier window left, from now on this window's.
  takeOver() {
    const drafts = listEntries(this.storage, this.prefix).sort((one, other) => other.at - one.at);
    const newest = drafts.find((draft) => draft.name !== this.name);
    if (!newest) return null;
    if (this.keep(newest)) this.storage.removeItem(newest.name);
    return newest;
  }
}

export function removeDrafts(storage, form = "") {
  for (const name of listNames(storage, PREFIX + form)) storage.removeItem(name);
}

export function removeOldDrafts(storage, now) {
  for (const { name, at } of listEntries(storage, PREFIX)) {
    if (!(now - at < LIFETIME_MILLISECONDS)) storage.removeItem(name);
  }
}

function listNames(storage, prefix) {
  const names = Array.from({ length: storage?.length ?? 0 }, (_, index) => storage.key(index));
  return names.filter((name) => name.startsWith(prefix));
}

function listEntries(storage, prefix) {
  return listNames(storage, prefix).map((name) => ({ ...parseEntry(storage.getItem(name)), name }));
}

function parseEntry(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
