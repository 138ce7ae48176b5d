// How things are said: times, sizes, names, presence. Plain words, no elements.

const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: 'long', hour: '2-digit', minute: '2-digit' });
const DATE = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const LONG = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const DAY = 86_400_000;

/** Milliseconds as `0:07` or `1:02:03`. */
export function clock(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const pad = (number) => String(number).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${pad(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}

/** Milliseconds as people say them: `7 seconds`. */
export function spoken(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  return `${minutes === 1 ? '1 minute' : `${minutes} minutes`} ${seconds % 60} seconds`;
}

/** A unix time as short as it stays clear. */
export function when(unixMillis, now = Date.now()) {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  if (unixMillis >= midnight && unixMillis < midnight + DAY) return TIME.format(unixMillis);
  if (unixMillis >= midnight - DAY && unixMillis < midnight) return `Yesterday ${TIME.format(unixMillis)}`;
  if (unixMillis >= midnight - 6 * DAY && unixMillis < midnight) return WEEKDAY.format(unixMillis);
  return DATE.format(unixMillis);
}

/** A unix time in full. */
export function whenInFull(unixMillis) {
  return LONG.format(unixMillis);
}

/** A number of bytes. */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** Names in a sentence: `Anna`, `Anna and Ben`, `Anna, Ben and 3 others`. */
export function names(list) {
  if (list.length <= 1) return list[0] ?? 'nobody';
  if (list.length === 2) return `${list[0]} and ${list[1]}`;
  if (list.length === 3) return `${list[0]}, ${list[1]} and ${list[2]}`;
  return `${list[0]}, ${list[1]} and ${list.length - 2} others`;
}

/** One or two letters for a face. */
export function initials(display) {
  const parts = display.split(/[\s._-]+/).filter((part) => /[\p{L}\p{N}]/u.test(part));
  const letters = parts.length > 1 ? [parts[0], parts[parts.length - 1]] : parts;
  return letters.map((part) => [...part][0].toLocaleUpperCase()).join('') || '?';
}

/** The class that colours somebody, always the same for the same GUID. */
export function hue(guid) {
  let sum = 0;
  for (const letter of guid) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return `hue-${sum % 8}`;
}

/** Presence in words. */
export function presence(status) {
  switch (status) {
    case 'online': return 'On-line';
    case 'away': return 'Away';
    case 'dnd': return 'Do not disturb';
    default: return 'Off-line';
  }
}
