// Light, dark, or as the system has it.
import { habit, setHabit } from './store.js';

/** Shows the theme that was chosen last. */
export function showTheme() {
  const theme = habit('theme');
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  document.dispatchEvent(new Event('ivm-theme'));
}

/** Chooses `light`, `dark` or `system`. */
export function chooseTheme(theme) {
  setHabit('theme', theme);
  showTheme();
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', showTheme);
