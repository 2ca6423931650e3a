// Offsets in the text of a transcript, as the server writes them: segment.word.position.

export function countWords(text) {
  return text.split(/\s+/).filter(Boolean).length;
}

// Of the word that `before` ends in or before. An end offset includes a word that is cut in two.
export function formatOffset({ segment, word = 0 }, before, after, { isEnd }) {
  const isInsideWord = !isEnd && /\S$/.test(before) && /^\S/.test(after);
  return `${segment}.${word}.${countWords(before) - (isInsideWord ? 1 : 0)}`;
}

// In a list of [offset, seconds, word].

export function findNearest(offsets, seconds) {
  const distance = (index) => Math.abs(offsets[index][1] - seconds);
  return offsets.reduce((nearest, _, index) => (distance(index) < distance(nearest) ? index : nearest), 0);
}

// The index of the next (step 1) or previous (step -1) sentence; the ends of the list count as such.
export function findSentence(offsets, from, step) {
  let index = from + step;
  while (index > 0 && index < offsets.length - 1 && !offsets[index][0].endsWith(".0")) index += step;
  return index;
}
