// Which words of a text are selected, counted from its beginning as the server counts them. No DOM.

import { countWords } from "./text-offsets.js";

// From the first word that is touched to the one after the last; null if no word is.
export function numberWords(before, selected) {
  if (!selected.trim()) return null;
  const startsInside = /\S$/.test(before) && /^\S/.test(selected);
  const from = countWords(before) - (startsInside ? 1 : 0);
  return { from, to: countWords(before + selected) };
}
