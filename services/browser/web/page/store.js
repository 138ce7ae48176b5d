// What this browser remembers about its own looks and habits. Nothing secret lives here.

const DEFAULTS = { theme: 'system', sounds: true, autoplay: true, speed: 1, device: '', tab: 'messages' };

/** One habit, or what it is by default. */
export function habit(name) {
  try {
    const text = localStorage.getItem(`ivm.${name}`);
    return text === null ? DEFAULTS[name] : JSON.parse(text);
  } catch {
    return DEFAULTS[name];
  }
}

/** Remembers a habit; a browser that forbids it forgets it with the page. */
export function setHabit(name, value) {
  try {
    localStorage.setItem(`ivm.${name}`, JSON.stringify(value));
    document.dispatchEvent(new CustomEvent('ivm-habit', { detail: name }));
  } catch {
    // A private window may refuse; the page works all the same.
  }
}
