// Seconds as people read them on a player: 7:05, or 1:07:05 from an hour on.

export function formatTime(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

function pad(number) {
  return String(number).padStart(2, "0");
}
