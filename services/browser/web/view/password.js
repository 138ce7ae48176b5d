// Choosing another password, and the new recovery code that comes with it.
import { icon, make } from '../page/dom.js';

const SHORTEST = 8;

/** Shows the form in `dialog`, which is open. */
export function changePassword(engine, dialog) {
  const old = field('The present password', 'current-password');
  const fresh = field('The new password', 'new-password');
  const again = field('The new password again', 'new-password');
  const error = make('p', { class: 'form-error', role: 'alert', hidden: true });
  const go = make('button', { class: 'button primary', type: 'submit' }, 'Change it');
  const complain = (words) => {
    error.textContent = words;
    error.hidden = words === '';
    go.disabled = false;
  };
  const hear = ({ detail }) => {
    if (detail.is === 'refused' && go.disabled) complain(detail.why);
    if (detail.is === 'password_changed') done(dialog, detail.recovery_code);
  };
  const submit = (event) => {
    event.preventDefault();
    if (fresh.input.value.length < SHORTEST) return complain(`The new password needs at least ${SHORTEST} characters.`);
    if (fresh.input.value !== again.input.value) return complain('The two new passwords differ.');
    complain('');
    go.disabled = true;
    return engine.command('change_password', { old: old.input.value, new: fresh.input.value });
  };
  engine.addEventListener('notice', hear);
  dialog.addEventListener('close', () => engine.removeEventListener('notice', hear), { once: true });
  dialog.replaceChildren(head(dialog, 'Change password'),
    make('form', { class: 'dialog-body', onsubmit: submit, novalidate: true }, old.node, fresh.node, again.node, error, go));
  old.input.focus();
}

function done(dialog, code) {
  dialog.replaceChildren(head(dialog, 'Password changed'), make('div', { class: 'dialog-body' },
    make('p', {}, 'This is your new recovery code; the old one is void. It is shown only now: write it down.'),
    make('p', { class: 'code', tabindex: '0' }, code),
    make('button', { class: 'button primary', type: 'button', onclick: () => dialog.close() }, 'I have written it down')));
}

function head(dialog, title) {
  return make('div', { class: 'dialog-head' }, make('h2', { id: 'settings-title' }, title),
    make('button', { class: 'icon-button', type: 'button', 'aria-label': 'Close', onclick: () => dialog.close() }, icon('close')));
}

function field(words, autocomplete) {
  const input = make('input', { type: 'password', autocomplete });
  return { input, node: make('div', { class: 'field' }, make('label', {}, words, input)) };
}
