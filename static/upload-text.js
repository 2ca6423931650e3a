// Sizes, shares and times in words, as the server says them.

const UNITS = [
  ["GB", 1024 ** 3],
  ["MB", 1024 ** 2],
  ["kB", 1024],
];
const SECONDS_TO_KNOW = 3; // before that a speed is a guess

export function sizeInWords(bytes) {
  for (const [unit, factor] of UNITS) {
    if (bytes >= factor) return `${Number((bytes / factor).toPrecision(3))} ${unit}`;
  }
  return `${bytes} bytes`;
}

export function percentOf(item) {
  return `${Math.floor(item.percent)} %`;
}

export function timeLeft(began, sent, total) {
  const seconds = (performance.now() - began.at) / 1000;
  if (seconds < SECONDS_TO_KNOW || sent <= began.bytes) return "";
  const left = ((total - sent) * seconds) / (sent - began.bytes);
  if (left < 50) return ", less than a minute left";
  const minutes = Math.round(left / 60);
  return minutes < 90 ? `, about ${minutes} minute${minutes === 1 ? "" : "s"} left` : `, about ${Math.round(minutes / 60)} hours left`;
}
