// Names and values of a form's answers, in the order of the page, and back into its fields.

const ANSWER = "answer_";
const SEEN = "seen_";

export function listAnswers(entries) {
  return [...entries].filter(([name, value]) => name.startsWith(ANSWER) && typeof value === "string");
}

export function collectSeen(entries) {
  return Object.fromEntries([...entries].filter(([name]) => name.startsWith(SEEN)));
}

// fields: elements of a form, or anything with name, type, value and checked.
export function fillIn(fields, answers) {
  const left = [...answers];
  for (const field of fields) {
    if (!field.name.startsWith(ANSWER)) continue;
    if (field.type === "checkbox" || field.type === "radio") {
      field.checked = answers.some(([name, value]) => name === field.name && value === field.value);
    } else {
      const index = left.findIndex(([name]) => name === field.name);
      field.value = index < 0 ? "" : left.splice(index, 1)[0][1];
    }
  }
}
