// Words of a text as readers count them, and which of them is being said. Pure.

export function listTokens(text) {
  return [...text.matchAll(/\S+/g)].map((match) => [match.index, match.index + match[0].length]);
}

// The word that a caret is in or directly before; the last one after the end.
export function findToken(text, offset) {
  const tokens = listTokens(text);
  const index = tokens.findIndex(([, end]) => offset < end);
  return index === -1 ? tokens.length - 1 : index;
}

// segments: for each segment a list of [start, end, isMeasured]. Sorted by time, for find().
export class WordIndex {
  constructor(segments) {
    this.segments = segments;
    this.build();
  }

  build() {
    this.words = this.segments.flatMap((times, segment) =>
      times.map(([start, end], token) => ({ segment, token, start, end })),
    );
    this.words.sort((one, other) => one.start - other.start);
  }

  replace(segment, times) {
    this.segments[segment] = times;
    this.build();
  }

  // What is said at that time, or was last said within a second.
  find(seconds) {
    let [low, high] = [0, this.words.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.words[middle].start <= seconds) low = middle + 1;
      else high = middle;
    }
    const word = this.words[low - 1];
    return word && seconds < word.end + 1 ? word : null;
  }

  getTime(segment, token) {
    return this.segments[segment]?.[token] ?? null;
  }

  getEnd(segment) {
    return this.segments[segment]?.at(-1)?.[1] ?? null;
  }
}
