// The files of an upload page: their order, their states and what a person may do with each.

const MOVABLE_STATES = ["waiting"];
const STATES_BY_ACTION = {
  earlier: MOVABLE_STATES,
  later: MOVABLE_STATES,
  leave: ["waiting", "refused"],
  pause: ["sending"],
  resume: ["paused", "stopped"],
  cancel: ["sending", "paused", "stopped"],
};
const STATES_WITH_PROGRESS = ["sending", "paused", "stopped"];
const LISTED_ELSEWHERE = ["complete", "refused"];

// An item is {file, state, message, percent, url, metadata}: state is waiting, sending, paused, stopped, refused,
// cancelled or complete; url is null until the server knows the file.
export class UploadQueue {
  items = [];

  get isSending() {
    return this.items.some((item) => item.state === "sending");
  }

  has(fingerprint) {
    return this.items.some((item) => item.metadata.fingerprint === fingerprint && item.state !== "cancelled");
  }

  add(item) {
    this.items.push(item);
  }

  // The item that is now in its position, if any.
  remove(item) {
    const index = this.items.indexOf(item);
    this.items.splice(index, 1);
    return this.items[Math.min(index, this.items.length - 1)];
  }

  // Swaps the item with a neighbour that may be moved too. The new position among these, from 1.
  move(item, step) {
    const movable = this.#listMovable();
    const other = movable[movable.indexOf(item) + step];
    const [from, to] = [this.items.indexOf(item), this.items.indexOf(other)];
    [this.items[from], this.items[to]] = [other, item];
    return { position: movable.indexOf(other) + 1, count: movable.length };
  }

  isAllowed(item, action) {
    const movable = this.#listMovable();
    if (action === "earlier" && movable[0] === item) return false;
    if (action === "later" && movable.at(-1) === item) return false;
    return STATES_BY_ACTION[action].includes(item.state);
  }

  listWaiting() {
    return this.items.filter((item) => item.state === "waiting");
  }

  listStopped() {
    return this.items.filter((item) => item.state === "stopped");
  }

  // Files that the server has not heard of yet.
  listUnannounced() {
    return this.listWaiting().filter((item) => !item.url);
  }

  findSending() {
    return this.items.find((item) => item.state === "sending");
  }

  // Addresses of the uploads that this page shows, so that the list of known uploads can leave them out.
  listOwnUrls() {
    return new Set(this.items.filter((item) => !LISTED_ELSEWHERE.includes(item.state)).map((item) => item.url));
  }

  #listMovable() {
    return this.items.filter((item) => MOVABLE_STATES.includes(item.state));
  }
}

export function hasProgress(item) {
  return STATES_WITH_PROGRESS.includes(item.state);
}

// unfinished: {url, percent} of an earlier attempt at the same file, if the server has one.
export function getInitialState(size, { maxBytes, maxSize, unfinished }) {
  if (size === 0) {
    return { state: "refused", message: "This file is empty. It may have been copied incompletely: choose it again." };
  }
  if (size > maxBytes) return { state: "refused", message: `The file must be ${maxSize} or smaller.` };
  if (!unfinished) return { state: "waiting", message: "Not uploaded yet." };
  const message = `Not finished last time: ${unfinished.percent}% has been uploaded. It will continue from there.`;
  return { state: "waiting", ...unfinished, message };
}

// A person who is signed out (401) or has an old page (400) can continue after reloading it.
export function isFinalStatus(status) {
  return status >= 400 && status < 500 && ![400, 401].includes(status);
}

// Conflicts (409), locks (423) and most server errors pass; a full disk (507) does not.
export function shouldRetry(status) {
  if (status === 507) return false;
  return status < 400 || status >= 500 || status === 409 || status === 423;
}

// As in an Upload-Metadata header (tus 1.0.0).
export function encodeMetadata(metadata) {
  return Object.entries(metadata)
    .map(([name, value]) => (value ? `${name} ${btoa(value)}` : name))
    .join();
}

export function createTrackGroupId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
