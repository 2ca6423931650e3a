// The taps of a live interview: what the server knows and what it has not received yet, on the server's clock.

const CLOCK_SYNC_MILLISECONDS = 3_000; // slower replies say too little about the server's clock
const SAME_TAP_MILLISECONDS = 1_500; // a trembling finger
const MAX_BATCH = 100;
const RETRY_SECONDS = [1, 2, 5, 10, 20, 30];

export const KIND_LABELS = {
  began: "Recorder switched on",
  asked: "Asked",
  declined: "Declined",
  skipped: "Skipped",
  note: "Note",
};

export class LiveTaps {
  // serverOffset: the server's clock minus this browser's, in milliseconds.
  constructor({ pendingTaps, serverMarkers, serverOffset, getTime = Date.now }) {
    this.pendingTaps = pendingTaps;
    this.serverMarkers = serverMarkers;
    this.serverOffset = serverOffset;
    this.getTime = getTime;
  }

  // Oldest first, without those that were undone.
  listMarkers() {
    const pending = this.pendingTaps.list().map((entry) => entry.tap);
    const undone = new Set(pending.filter((tap) => tap.undo).map((tap) => tap.id));
    const recorded = pending.filter((tap) => !tap.undo);
    const markers = new Map([...this.serverMarkers, ...recorded].map((marker) => [marker.id, marker]));
    return [...markers.values()].filter((marker) => !undone.has(marker.id)).sort((one, other) => one.at - other.at);
  }

  // The new tap, or null for the same tap twice.
  recordTap(kind, question, note = "") {
    const at = Math.round(this.getTime() + this.serverOffset);
    const isSame = (other) =>
      other.kind === kind && other.question === question && at - other.at < SAME_TAP_MILLISECONDS;
    if (kind !== "note" && this.listMarkers().some(isSame)) return null;
    const tap = { id: createId(), kind, question, note, at };
    this.pendingTaps.add(tap);
    return tap;
  }

  undoMarker(marker) {
    this.pendingTaps.add({ id: marker.id, undo: true });
  }

  getNextBatch() {
    return this.pendingTaps.list().slice(0, MAX_BATCH);
  }

  removeSent(entries) {
    for (const entry of entries) this.pendingTaps.remove(entry);
  }

  listPendingIds() {
    return new Set(this.pendingTaps.list().map((entry) => entry.tap.id));
  }

  updateFromServer({ now, markers }, requestedAt) {
    const receivedAt = this.getTime();
    if (receivedAt - requestedAt < CLOCK_SYNC_MILLISECONDS) this.serverOffset = now - (requestedAt + receivedAt) / 2;
    this.serverMarkers = markers;
  }

  findLatestQuestion() {
    return this.listMarkers().findLast((marker) => marker.kind === "asked")?.question;
  }

  findLatestTap(question) {
    return this.listMarkers().findLast((marker) => marker.question === question && marker.kind !== "note");
  }

  // Since the recorder was switched on, or else since the first question; null before.
  getElapsedSeconds() {
    const markers = this.listMarkers();
    const start =
      markers.findLast((marker) => marker.kind === "began") ?? markers.find((marker) => marker.kind === "asked");
    return start ? Math.max(0, Math.floor((this.getTime() + this.serverOffset - start.at) / 1000)) : null;
  }
}

export function describeMarker({ kind }, number) {
  return number ? `${KIND_LABELS[kind]}, question ${number}` : KIND_LABELS[kind];
}

export function describePending(count, problem, areStored) {
  const notSent = `${count} ${count === 1 ? "tap" : "taps"} not sent yet`;
  if (!problem) return `${notSent}.`;
  return `${problem} ${notSent}, ${areStored ? "saved in this browser" : "do not close this page"}. `;
}

export function getRetrySeconds(failures) {
  return RETRY_SECONDS[Math.min(failures, RETRY_SECONDS.length) - 1];
}

// A random UUID. crypto.randomUUID is missing on plain HTTP.
export function createId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40; // RFC 9562 §5.4
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
