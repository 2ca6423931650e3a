// The times in an address such as /sound#t=12.5,20 (W3C Media Fragments §4.2.1), in seconds.

export function parseFragment(hash) {
  const [start, end = null] = hash.slice("#t=".length).split(",").map(Number);
  return { start, end };
}
