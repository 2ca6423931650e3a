// Sizes, percentages and remaining times as text, in the same form as the server's.

const UNITS = [
  ["GB", 1024 ** 3],
  ["MB", 1024 ** 2],
  ["kB", 1024],
];
const MIN_SECONDS = 3; // before that the speed is a guess

export function formatSize(bytes) {
  for (const [unit, factor] of UNITS) {
    if (bytes >= factor) return `${Number((bytes / factor).toPrecision(3))} ${unit}`;
  }
  return `${bytes} bytes`;
}

export function formatPercent(percent) {
  return `${Math.floor(percent)}%`;
}

// started and now in milliseconds; empty while the speed is not known.
export function formatTimeLeft({ started, startBytes, now, sent, total }) {
  const seconds = (now - started) / 1000;
  if (seconds < MIN_SECONDS || sent <= startBytes) return "";
  const left = ((total - sent) * seconds) / (sent - startBytes);
  if (left < 50) return ", less than a minute left";
  const minutes = Math.round(left / 60);
  if (minutes < 90) return `, about ${minutes} minute${minutes === 1 ? "" : "s"} left`;
  return `, about ${Math.round(minutes / 60)} hours left`;
}
