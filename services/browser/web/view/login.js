// The log-in form.
import { find } from '../page/dom.js';

export class Login {
  #engine;
  #waiting = false;

  constructor(engine) {
    this.#engine = engine;
    find('login-device').value = thisDevice();
    find('login-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    engine.addEventListener('notice', ({ detail }) => this.#hear(detail));
  }

  #submit() {
    const name = find('login-name').value.trim().toLowerCase();
    const password = find('login-password').value;
    if (this.#waiting) return;
    if (name === '' || password === '') {
      this.#complain('Enter your name and your password.');
      find(name === '' ? 'login-name' : 'login-password').focus();
      return;
    }
    this.#wait(true);
    this.#complain('');
    this.#engine.command('log_in', { name, password, device: find('login-device').value.trim() || thisDevice() });
    navigator.storage?.persist?.();
  }

  #hear(notice) {
    if (notice.is === 'logged_in' || notice.is === 'logged_out') {
      this.#wait(false);
      find('login-password').value = '';
    }
    if (notice.is === 'log_in_failed' || (notice.is === 'refused' && this.#waiting)) {
      this.#wait(false);
      this.#complain(notice.why);
      find('login-password').select();
    }
  }

  #wait(waiting) {
    this.#waiting = waiting;
    const go = find('login-go');
    go.setAttribute('aria-disabled', String(waiting));
    go.textContent = waiting ? 'Logging in…' : 'Log in';
  }

  #complain(words) {
    const error = find('login-error');
    error.textContent = words.charAt(0).toUpperCase() + words.slice(1);
    error.hidden = words === '';
  }
}

/** A first guess for the name of the device. */
export function thisDevice() {
  const agent = navigator.userAgent;
  const browser = [['Edg/', 'Edge'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']].find(([mark]) => agent.includes(mark))?.[1] ?? 'Browser';
  const system = [['Android', 'Android'], ['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Windows', 'Windows'], ['Mac OS', 'Mac'], ['Linux', 'Linux']].find(([mark]) => agent.includes(mark))?.[1];
  return system ? `${browser} on ${system}` : browser;
}
