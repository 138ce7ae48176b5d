// Tells the person what happens elsewhere: sound, badge, system notification, words.
import { habit } from './store.js';
import { say } from './toast.js';

const TITLE = 'IVM';

export class Notifier {
  #engine;
  #player;
  #speaker;
  #tabs;

  constructor(engine, player, speaker, tabs) {
    this.#engine = engine;
    this.#player = player;
    this.#speaker = speaker;
    this.#tabs = tabs;
    engine.addEventListener('notice', ({ detail }) => this.#hear(detail));
    engine.addEventListener('messages', () => this.#count());
  }

  #hear(notice) {
    const name = notice.person ? this.#engine.person(notice.person).display : '';
    switch (notice.is) {
      case 'arriving': return this.#arriving(notice, name);
      case 'arrived': return this.#arrived(notice, name);
      case 'stopped_by_silence': return say('Stopped after a silence.');
      case 'continued': return say('That was the longest a message can be. It goes on as a second one.');
      case 'send_failed': return say(`A message could not be sent: ${notice.why}`);
      case 'unreadable': return say(`A message could not be opened: ${notice.why}`);
      case 'key_changed': return say(`The key of ${name} has changed. Compare the safety number before you talk.`, { label: 'Show', run: () => this.#tabs.show('people') });
      case 'draft_restored': return say('What you had not sent yet is still here.');
      case 'server_going_down': return say('The server restarts. IVM reconnects by itself.');
      case 'storage_failed': return say(`The disk does not take more: ${notice.why}`);
      case 'no_microphone': return say(notice.why);
      case 'refused': return say(sentence(notice.why));
      default: return undefined;
    }
  }

  #arriving(notice, name) {
    if (!notice.yes || this.#engine.session?.me?.status === 'dnd') return;
    if (habit('autoplay') && this.#speaker.allowed) return;
    if (habit('sounds')) this.#speaker.chirp();
    say(`${name} is speaking.`, { label: 'Listen', run: () => this.#player.play(notice.message, 0) });
  }

  #arrived(notice, name) {
    const quiet = this.#engine.session?.me?.status === 'dnd';
    if (this.#player.current === notice.message) return;
    if (habit('sounds') && !quiet) this.#speaker.chime();
    if (document.hidden && !quiet) this.#show(notice, name);
  }

  /** By the service worker, which telephones insist on; its click brings the page to the front. */
  async #show(notice, name) {
    if (!('Notification' in window) || Notification.permission !== 'granted') return;
    const worker = await navigator.serviceWorker?.getRegistration();
    worker?.showNotification(`Voice message from ${name}`, { tag: notice.message, icon: '/icons/app-192.png' });
  }

  #count() {
    let fresh = 0;
    for (const message of this.#engine.messages.values()) if (message.direction === 'received' && message.state === 'unplayed') fresh += 1;
    document.title = fresh > 0 ? `(${fresh}) ${TITLE}` : TITLE;
    if (fresh > 0) navigator.setAppBadge?.(fresh).catch(() => {});
    else navigator.clearAppBadge?.().catch(() => {});
    this.#tabs.count(fresh);
  }
}

function sentence(words) {
  const text = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
