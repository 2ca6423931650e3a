// Saves edits one second after typing, each with the version that it is based on. What cannot be sent waits in storage.
// Pure: `send` and `storage` are given, and so is the clock.

export const SAVE_AFTER = 1000;
export const RETRY_AFTER = 5000;

const runLater = (run, delay) => setTimeout(run, delay);
const cancel = (timer) => clearTimeout(timer);

export class SaveQueue {
  // send(edit) gives {status: "saved", version} | {status: "conflict", version, text} | {status: "refused", message}
  // and throws while there is no connection. onChange(edit) is called whenever an edit's state changes.
  constructor({ send, storage, onChange, setTimer = runLater, clearTimer = cancel }) {
    Object.assign(this, { send, storage, onChange, setTimer, clearTimer });
    this.edits = new Map();
  }

  // An edit: {key, text, version, state, theirs}.
  add(key, text, version) {
    const known = this.edits.get(key);
    const edit = known ?? { key, version, state: "unsaved" };
    edit.text = text;
    if (edit.state !== "saving" && edit.state !== "conflict") edit.state = "unsaved";
    this.edits.set(key, edit);
    this.keep(edit);
    this.schedule(edit, SAVE_AFTER);
    this.onChange(edit);
  }

  // What an earlier visit could not send.
  restore(prefix) {
    return this.listStoredKeys(prefix).map((key) => {
      const edit = { ...JSON.parse(this.storage.getItem(key)), key, state: "unsaved" };
      this.edits.set(key, edit);
      this.schedule(edit, 0);
      return edit;
    });
  }

  listStoredKeys(prefix) {
    const count = this.storage?.length ?? 0;
    return Array.from({ length: count }, (_, n) => this.storage.key(n)).filter((key) => key.startsWith(prefix));
  }

  flush() {
    return Promise.all([...this.edits.values()].filter(({ state }) => state !== "conflict").map((edit) => this.save(edit)));
  }

  async save(edit) {
    if (edit.state === "saving" || edit.state === "conflict" || !this.edits.has(edit.key)) return;
    this.clearTimer(edit.timer);
    const sent = edit.text;
    this.setState(edit, "saving");
    let answer;
    try {
      answer = await this.send({ key: edit.key, text: sent, version: edit.version });
    } catch {
      this.setState(edit, "offline");
      this.schedule(edit, RETRY_AFTER);
      return;
    }
    this.apply(edit, sent, answer);
  }

  apply(edit, sent, answer) {
    if (answer.status === "saved") {
      edit.version = answer.version;
      if (edit.text === sent) return this.finish(edit, answer);
      this.setState(edit, "unsaved");
      return this.schedule(edit, SAVE_AFTER);
    }
    edit.theirs = answer.text;
    edit.theirVersion = answer.version;
    edit.message = answer.message;
    return this.setState(edit, answer.status);
  }

  // After a conflict: with their text as the base, or not at all.
  keepMine(key) {
    const edit = this.edits.get(key);
    if (edit?.state !== "conflict") return undefined;
    edit.version = edit.theirVersion;
    edit.state = "unsaved";
    this.keep(edit);
    return this.save(edit);
  }

  keepTheirs(key) {
    const edit = this.edits.get(key);
    if (edit?.state !== "conflict") return;
    this.finish({ ...edit, text: edit.theirs, version: edit.theirVersion });
  }

  finish(edit, answer) {
    this.edits.delete(edit.key);
    this.storage?.removeItem(edit.key);
    edit.answer = answer;
    this.setState(edit, "saved");
  }

  keep({ key, text, version }) {
    try {
      this.storage?.setItem(key, JSON.stringify({ text, version }));
    } catch {
      // The storage is full: the edit is still sent, and waits in the page.
    }
  }

  schedule(edit, delay) {
    this.clearTimer(edit.timer);
    edit.timer = this.setTimer(() => this.save(edit), delay);
  }

  setState(edit, state) {
    edit.state = state;
    this.onChange(edit);
  }

  // The worst state of all edits, for the bar.
  get state() {
    const states = new Set([...this.edits.values()].map((edit) => edit.state));
    return ["conflict", "refused", "offline", "unsaved", "saving"].find((state) => states.has(state)) ?? "saved";
  }
}
