// What of a form is typed, on its way and saved. What is on its way is sent again unchanged until the server answers:
// it may have been saved although the answer was lost, and newer words would then look like those of another window.

export class AutosaveState {
  // typed: names and values of the answers; seen: by field name, the version of each answer that the page shows;
  // saved: null if the page gives back words that it did not save.
  constructor({ typed, seen, saved = typed }) {
    this.typed = typed;
    this.saved = saved;
    this.seen = seen;
    this.pending = null;
    this.refused = null;
    this.problem = "";
  }

  get isSaved() {
    return this.pending === null && areEqual(this.typed, this.saved);
  }

  // Nothing to do until something else is typed.
  get isRefused() {
    return this.refused !== null && areEqual(this.typed, this.refused);
  }

  // False if the page has the words of that draft already: the same, or a later version of what was sent.
  restore({ typed, pending, seen, isSubmitted }) {
    const hasArrived = isSubmitted && !areEqual(this.seen, { ...this.seen, ...seen });
    if (hasArrived || areEqual(typed, this.typed)) return false;
    this.typed = typed;
    this.pending = pending;
    this.seen = { ...this.seen, ...seen };
    return true;
  }

  type(typed) {
    this.typed = typed;
    if (!this.isRefused) this.refused = null;
  }

  // What to send now, or null.
  takeNext() {
    if (this.pending === null && (this.isSaved || this.isRefused)) return null;
    this.pending ??= { typed: this.typed, seen: this.seen };
    return this.pending;
  }

  confirm(seen) {
    this.saved = this.pending.typed;
    this.#settle(seen, "");
  }

  // The server has answered, and does not save all of it.
  refuse(problem, seen = {}) {
    this.refused = this.pending.typed;
    this.#settle(seen, problem);
  }

  // The server has not answered, or not to these words.
  fail(problem) {
    this.problem = problem;
  }

  getDraft() {
    return { typed: this.typed, pending: this.pending, seen: this.seen };
  }

  #settle(seen, problem) {
    this.seen = { ...this.seen, ...seen };
    this.pending = null;
    this.problem = problem;
  }
}

export function areEqual(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
