// The dialog behind the own name: status, looks, sounds, password, keys, log out.
import { ask } from '../page/ask.js';
import { find, icon, make, setText } from '../page/dom.js';
import { habit, setHabit } from '../page/store.js';
import { chooseTheme } from '../page/theme.js';
import { presence } from '../page/words.js';
import { changePassword } from './password.js';
import { face } from './face.js';

const KEYS = [
  ['Space', 'Hold to talk; a short press starts, the next one stops'],
  ['Esc', 'Cancel what you are saying'],
  ['/', 'Find someone'],
  ['↑ ↓', 'From person to person; Space chooses'],
];

export class Settings {
  #engine;
  #dialog = find('settings');

  constructor(engine) {
    this.#engine = engine;
    find('me').addEventListener('click', () => this.#open());
    engine.addEventListener('session', () => this.#showMe());
  }

  #showMe() {
    const me = this.#engine.session.me;
    if (!me) return;
    const status = this.#engine.session.link === 'online' ? me.status : 'offline';
    find('me-avatar').replaceWith(Object.assign(face({ ...me, status }, 'small'), { id: 'me-avatar' }));
    setText(find('me-name'), me.display);
    setText(find('me-status'), presence(status));
  }

  #open() {
    this.#draw();
    this.#dialog.showModal();
  }

  async #draw() {
    const me = this.#engine.session?.me;
    const microphones = await this.#microphones();
    this.#dialog.replaceChildren(
      make('div', { class: 'dialog-head' }, make('h2', { id: 'settings-title' }, me?.display ?? 'Settings'),
        make('button', { class: 'icon-button', type: 'button', 'aria-label': 'Close', onclick: () => this.#dialog.close() }, icon('close'))),
      make('div', { class: 'dialog-body' },
        choices('Your status', 'status', me?.status ?? 'online', [['online', 'On-line'], ['away', 'Away'], ['dnd', 'Do not disturb']], (status) => this.#engine.command('set_status', { status })),
        choices('Theme', 'theme', habit('theme'), [['system', 'As the system'], ['light', 'Light'], ['dark', 'Dark']], chooseTheme),
        make('div', { class: 'setting' }, make('h3', {}, 'Sound'),
          toggle('Play live messages by themselves', 'As soon as somebody speaks to you', habit('autoplay'), (on) => setHabit('autoplay', on)),
          toggle('Sounds', 'A short sound when a message arrives', habit('sounds'), (on) => setHabit('sounds', on)),
          notifications(),
          microphones),
        make('div', { class: 'setting' }, make('h3', {}, 'Keys'), make('dl', { class: 'keys' }, KEYS.flatMap(([key, words]) => [make('dt', {}, make('kbd', {}, key)), make('dd', {}, words)]))),
        make('div', { class: 'row' },
          make('button', { class: 'button', type: 'button', onclick: () => changePassword(this.#engine, this.#dialog) }, icon('key'), 'Change password'),
          make('button', { class: 'button danger', type: 'button', onclick: () => this.#logOut() }, icon('log-out'), 'Log out'))));
  }

  async #logOut() {
    this.#dialog.close();
    if (await ask('Log out?', 'This browser forgets you, your key and all messages on it. What waits on the server comes again when you log in.', 'Log out', { danger: true })) this.#engine.command('log_out');
  }

  /** A choice of microphones, when there is one and the browser tells their names. */
  async #microphones() {
    const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];
    const inputs = devices.filter((device) => device.kind === 'audioinput' && device.label);
    if (inputs.length < 2) return null;
    const select = make('select', { onchange: (event) => setHabit('device', event.target.value) },
      inputs.map((device) => make('option', { value: device.deviceId, selected: device.deviceId === habit('device') }, device.label)));
    return make('label', { class: 'field' }, 'Microphone', select);
  }
}

function choices(title, name, value, options, choose) {
  return make('fieldset', { class: 'setting' },
    make('legend', { class: 'visually-hidden' }, title), make('h3', { 'aria-hidden': 'true' }, title),
    make('div', { class: 'choices' }, options.map(([key, words]) => make('label', {},
      make('input', { type: 'radio', name: `setting-${name}`, value: key, checked: key === value, onchange: () => choose(key) }), words))));
}

function toggle(words, hint, on, change) {
  return make('label', { class: 'switch' },
    make('span', {}, words, make('span', { class: 'hint' }, hint)),
    make('input', { type: 'checkbox', role: 'switch', checked: on, onchange: (event) => change(event.target.checked) }));
}

function notifications() {
  if (!('Notification' in window)) return null;
  if (Notification.permission === 'denied') return make('p', { class: 'hint' }, 'Notifications are blocked for this page in the browser.');
  return toggle('Notifications', 'When this page is in the background', Notification.permission === 'granted', (on) => {
    if (on) Notification.requestPermission();
  });
}
