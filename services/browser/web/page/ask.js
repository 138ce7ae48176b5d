// A question in a dialog: yes or no.
import { find, make } from './dom.js';

/** Resolves to true or false. */
export function ask(title, words, yes, { danger = false, extra = null } = {}) {
  const dialog = find('question');
  return new Promise((resolve) => {
    const answer = (value) => {
      dialog.onclose = null;
      dialog.close();
      resolve(value);
    };
    dialog.replaceChildren(
      make('div', { class: 'dialog-head' }, make('h2', { id: 'question-title' }, title)),
      make('div', { class: 'dialog-body' },
        make('p', {}, words),
        extra,
        make('div', { class: 'row' },
          make('button', { class: `button ${danger ? 'danger' : 'primary'}`, type: 'button', onclick: () => answer(true) }, yes),
          make('button', { class: 'button', type: 'button', autofocus: true, onclick: () => answer(false) }, 'Cancel'))));
    dialog.onclose = () => answer(false);
    dialog.showModal();
  });
}
