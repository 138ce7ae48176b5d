// People or messages, where the screen is too narrow for both.
import { find, setText } from '../page/dom.js';
import { habit, setHabit } from '../page/store.js';

export class Tabs {
  constructor() {
    for (const tab of ['people', 'messages']) find(`tab-${tab}`).addEventListener('click', () => this.show(tab));
    this.show(habit('tab'));
  }

  show(tab) {
    setHabit('tab', tab);
    find('app').dataset.tab = tab;
    for (const name of ['people', 'messages']) find(`tab-${name}`).setAttribute('aria-pressed', String(name === tab));
  }

  /** So many messages have not been heard. */
  count(fresh) {
    const count = find('tab-count');
    count.hidden = fresh === 0;
    setText(count, String(fresh));
    count.setAttribute('aria-label', `${fresh} new`);
  }
}
