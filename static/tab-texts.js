// What was typed into the fields of a form, in the storage of one tab. Choices are kept as well; hidden fields, files
// and passwords are not.

const PREFIX = "tab:";
const LIFETIME_MILLISECONDS = 3600 * 1000;
const CHOICES = new Set(["checkbox", "radio"]);
const TEXTS = new Set(["textarea", "text", "email", "tel", "url", "date", "time", "number", "search", "select-one"]);

export class TabTexts {
  constructor(storage, getTime = Date.now) {
    this.storage = storage;
    this.getTime = getTime;
  }

  keep(name, fields) {
    try {
      this.storage.setItem(PREFIX + name, JSON.stringify({ fields, at: this.getTime() }));
    } catch {
      // no storage, or it is full: the form works as without this script
    }
  }

  // Null if nothing was kept in the last hour. It stays: somebody may go back twice.
  find(name) {
    try {
      const { fields, at } = JSON.parse(this.storage.getItem(PREFIX + name));
      return this.getTime() - at < LIFETIME_MILLISECONDS ? fields : null;
    } catch {
      return null;
    }
  }

  removeAll() {
    const names = Array.from({ length: this.storage?.length ?? 0 }, (_, index) => this.storage.key(index));
    for (const name of names.filter((one) => one.startsWith(PREFIX))) this.storage.removeItem(name);
  }
}

export function readFields(fields) {
  return [...fields].map((field) => [field.name, readField(field)]);
}

// Only into the same form: one that has other fields meanwhile stays as it is.
export function writeFields(fields, kept) {
  const all = [...fields];
  if (all.length !== kept.length || all.some((field, index) => field.name !== kept[index][0])) return;
  for (const [index, field] of all.entries()) writeField(field, kept[index][1]);
}

function readField({ type, value, checked }) {
  if (CHOICES.has(type)) return checked;
  return TEXTS.has(type) ? value : null;
}

function writeField(field, value) {
  if (CHOICES.has(field.type)) field.checked = value;
  else if (TEXTS.has(field.type)) field.value = value;
}
