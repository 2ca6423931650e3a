// Which passage is next, and what a key decides. Pure: works on the state that the server sends.

export function findPassage(state, id) {
  return state.passages.find((passage) => passage.id === id) ?? null;
}

// The next one that waits for a decision after `id` (step 1) or before it (step -1), around the end.
export function findNextOpen(state, id, step = 1) {
  const count = state.passages.length;
  const here = state.passages.findIndex((passage) => passage.id === id);
  const order = Array.from({ length: count }, (_, n) => state.passages[(here + step * (n + 1) + 2 * count) % count]);
  return order.find((passage) => passage.isOpen) ?? null;
}

// 1 to 9: that question; 0: none.
export function findQuestionOfKey(state, key) {
  if (key === "0") return "";
  return state.questions.find(({ number }) => String(number) === key)?.key ?? null;
}

export function describeQuestion(state, key) {
  const question = state.questions.find((one) => one.key === key);
  return question ? `${question.number}. ${question.prompt}` : "Belongs to no question";
}

export function describeCertainty({ isDecided, certainty, percent }) {
  if (isDecided) return "Decided by a person";
  return `${certainty.charAt(0).toUpperCase()}${certainty.slice(1)} (${percent}%)`;
}

export function listPassagesOf(state, key) {
  return state.passages.filter((passage) => passage.question === key);
}

// Whether words belong to other passages than before, so that the text has to be shown again. The last part of what
// was seen of a passage is its position.
export function haveMoved(before, after) {
  const list = ({ passages }) => passages.map(({ id, seen }) => `${id} ${seen.split(":").at(-1)}`).sort();
  return list(before).join() !== list(after).join();
}
