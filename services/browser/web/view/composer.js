// The pane to talk in: brings recipients, switch, button, review and files together.
import { find, setIcon, setText } from '../page/dom.js';
import { clock, names, when } from '../page/words.js';
import { BySource } from './by-source.js';
import { DraftFiles } from './draft-files.js';
import { Recipients } from './recipients.js';
import { Review } from './review.js';
import { TalkButton } from './talk-button.js';

const SPEAKING = ['ringing', 'recording', 'live'];

export class Composer {
  #engine;
  #selection;
  #microphone;
  #mode = null;
  #opening = false;
  #replyTo = null;
  #settled = null;
  #source;
  #root = find('composer');

  constructor(engine, selection, microphone, player) {
    this.#engine = engine;
    this.#selection = selection;
    this.#microphone = microphone;
    new Recipients(engine, selection);
    new DraftFiles(engine);
    new Review(engine, player, { speakOn: () => this.#begin('append'), again: () => this.#begin('re_record'), sent: () => this.#sent() });
    new TalkButton({ start: () => this.#start(), stop: () => this.#stop(), cancel: () => this.#cancel(), talking: () => this.talking, holds: () => this.#source.telephone === null });
    this.#source = new BySource(engine, () => this.#show());
    for (const radio of document.getElementsByName('mode')) radio.addEventListener('change', () => { this.#mode = radio.value; this.#show(); });
    find('to-record').addEventListener('click', () => engine.command('switch_to_record'));
    find('talk-cancel').addEventListener('click', () => this.#cancel());
    find('priority').addEventListener('change', () => this.#readdress());
    selection.addEventListener('change', () => { this.#mode = null; this.#readdress(); this.#show(); });
    engine.addEventListener('draft', () => this.#draftChanged());
    engine.addEventListener('people', () => this.#show());
    engine.addEventListener('level', () => this.#level());
    engine.addEventListener('notice', ({ detail }) => this.#hear(detail));
    this.#show();
  }

  /** Is the microphone open, or about to be? */
  get talking() {
    return this.#opening || SPEAKING.includes(this.#engine.draft?.state);
  }

  /** Makes the next message an answer: to the sender, or to everybody who got it. */
  reply(message, all) {
    const me = this.#engine.session?.me?.guid;
    const people = all ? [message.sender, ...message.recipients] : [message.direction === 'sent' ? message.recipients : message.sender].flat();
    this.#selection.replace([...new Set(people)].filter((guid) => guid !== me && this.#engine.people.has(guid)));
    this.#replyTo = message.id;
    this.#show();
    find('talk-button').focus();
  }

  /** Live or record: what the person chose, or what the recipients' presence suggests. */
  get #live() {
    if (this.#engine.draft?.attachments.length > 0) return false;
    if (this.#mode) return this.#mode === 'live';
    return this.#selection.guids.some((guid) => this.#engine.person(guid).status === 'online');
  }

  async #start() {
    if (this.#selection.guids.length === 0) {
      this.#say('Choose who to talk to first.');
      find('people-search').focus();
      return;
    }
    if (this.#engine.draft?.state === 'ready' && this.#engine.draft.duration_ms > 0) return;
    await this.#begin('talk', {
      recipients: this.#selection.guids,
      wish: this.#live ? 'live' : 'record',
      priority: find('priority').value,
      reply_to: this.#replyTo,
    });
  }

  async #begin(command, fields = {}) {
    if (this.#opening) return;
    this.#opening = true;
    this.#show();
    const telephone = command === 'talk' ? this.#source.telephone : this.#engine.draft?.telephone;
    if (telephone) {
      this.#engine.command(command, command === 'talk' ? { ...fields, rate: 0, telephone } : fields);
      return;
    }
    try {
      await this.#microphone.open();
    } catch (error) {
      this.#opening = false;
      this.#show();
      this.#engine.dispatchEvent(new CustomEvent('notice', { detail: { is: 'no_microphone', why: error.message } }));
      return;
    }
    // The person may have let go while the browser asked for the microphone.
    if (this.#opening) this.#engine.command(command, command === 'talk' ? { ...fields, rate: this.#microphone.rate } : fields);
  }

  #stop() {
    if (this.#engine.draft && SPEAKING.includes(this.#engine.draft.state)) this.#engine.command('stop_talking');
    else if (this.#opening) this.#abandon();
  }

  #cancel() {
    if (SPEAKING.includes(this.#engine.draft?.state)) this.#engine.command('discard');
    if (this.#opening) this.#abandon();
    this.#say('Cancelled.');
  }

  #abandon() {
    this.#opening = false;
    this.#microphone.close();
    this.#show();
  }

  #readdress() {
    const draft = this.#engine.draft;
    if (!draft || this.talking || this.#selection.guids.length === 0) return;
    const same = draft.recipients.length === this.#selection.guids.length && draft.recipients.every((guid) => this.#selection.has(guid));
    if (same && draft.priority === find('priority').value) return;
    this.#engine.command('readdress', { recipients: this.#selection.guids, priority: find('priority').value });
  }

  #sent() {
    this.#replyTo = null;
    this.#mode = null;
    find('priority').value = 'normal';
  }

  #hear(notice) {
    if (notice.is === 'sent') this.#say('Sent.');
    if ((notice.is === 'refused' || notice.is === 'no_microphone') && this.#opening) this.#abandon();
    if (notice.is === 'refused') this.#show();
  }

  /** A draft of an earlier run brings its recipients; one that began with a file gets ours. */
  #settleRecipients() {
    const draft = this.#engine.draft;
    if (draft?.state !== 'ready' || draft.id === this.#settled) return;
    this.#settled = draft.id;
    if (this.#selection.guids.length === 0 && draft.recipients.length > 0) {
      find('priority').value = draft.priority;
      this.#selection.replace(draft.recipients);
    } else this.#readdress();
  }

  #draftChanged() {
    const state = this.#engine.draft?.state;
    this.#settleRecipients();
    const before = this.#root.dataset.draft ?? '';
    if (SPEAKING.includes(state)) this.#opening = false;
    if (before !== (state ?? '')) {
      this.#root.dataset.draft = state ?? '';
      if (state === 'ringing') this.#say('Your telephone rings. Lift it and speak; hanging up sends.');
      if (state === 'live') this.#say(`You are live to ${this.#toWhom()}.`);
      if (state === 'recording') this.#say('Recording.');
      if (state === 'ready' && this.#engine.draft.duration_ms > 0) this.#say(`Ready to send. ${clock(this.#engine.draft.duration_ms)}.`);
      if (state === undefined && (before === 'live' || before === 'finishing')) this.#sent();
      if (state === 'ready' && before === 'finishing') find('send').focus();
      if (state === undefined && before === 'ready' && document.activeElement === document.body) find('talk-button').focus();
    }
    this.#show();
  }

  #toWhom() {
    return names(this.#selection.guids.map((guid) => this.#engine.person(guid).display));
  }

  #say(words) {
    setText(find('talk-status'), words);
  }

  #level() {
    const loud = Math.min(1, Math.max(0, (this.#engine.level + 55) / 45));
    find('talk').style.setProperty('--level', loud.toFixed(3));
  }

  #show() {
    const draft = this.#engine.draft;
    const chosen = this.#selection.guids.length;
    const spoken = draft !== null && draft.state === 'ready' && draft.duration_ms > 0;
    const state = this.talking ? 'talking' : spoken ? 'review' : draft?.state === 'finishing' ? 'finishing' : 'idle';
    const live = draft && this.talking && draft.state !== 'ringing' ? draft.state === 'live' : this.#live;
    this.#root.dataset.state = state;
    this.#root.dataset.mode = live ? 'live' : 'record';
    this.#root.dataset.able = String(chosen > 0 || state !== 'idle');
    for (const radio of document.getElementsByName('mode')) radio.checked = (radio.value === 'live') === live;
    find('mode').disabled = state !== 'idle' || this.#engine.draft?.attachments.length > 0;
    setText(find('mode-words'), this.#modeWords(live, chosen));
    this.#showButton(state, live, chosen);
    find('talk-while').hidden = state !== 'talking';
    find('to-record').hidden = draft?.state !== 'live';
    const reply = this.#replyTo && this.#engine.messages.get(this.#replyTo);
    find('reply-words').hidden = !reply;
    if (reply) setText(find('reply-words'), `Your answer to ${reply.direction === 'sent' ? 'your own message' : reply.sender_display} of ${when(reply.created)}`);
    if (state !== 'talking') find('talk').style.setProperty('--level', '0');
  }

  #showButton(state, live, chosen) {
    const button = find('talk-button');
    const talking = state === 'talking';
    button.setAttribute('aria-pressed', String(talking));
    button.setAttribute('aria-disabled', String(state === 'finishing' || (chosen === 0 && !talking)));
    setIcon(button.querySelector('svg'), talking ? 'stop' : this.#source.telephone ? 'phone' : 'microphone');
    setText(find('talk-label'), talking ? 'Stop' : live ? 'Talk live' : 'Record a message');
    setText(find('talk-words'), this.#talkWords(state, live, chosen));
    find('talk-time').hidden = !talking || this.#opening || this.#engine.draft?.state === 'ringing';
    if (talking && this.#engine.draft) setText(find('talk-time'), clock(this.#engine.draft.duration_ms));
  }

  #talkWords(state, live, chosen) {
    if (this.#engine.draft?.state === 'ringing') return 'Your telephone rings: lift it';
    if (this.#opening) return this.#source.telephone ? 'Calling your telephone…' : 'Opening the microphone…';
    if (state === 'talking' && this.#engine.draft?.telephone) return 'Speak into your telephone; hanging up sends. Not sealed on the way from there.';
    if (state === 'talking') return live ? `${this.#toWhom()} can hear you` : 'Recording';
    if (state === 'finishing') return 'One moment…';
    if (chosen === 0) return 'Choose people to talk to';
    if (this.#source.telephone) return 'Press, and your telephone rings';
    return live ? 'Hold to talk' : 'Hold to record';
  }

  #modeWords(live, chosen) {
    if (chosen === 0) return '';
    if (this.#engine.draft?.attachments.length > 0) return 'With files attached it is recorded; you can listen before you send.';
    if (!live) return 'You can listen to it before you send it.';
    const away = this.#selection.guids.filter((guid) => this.#engine.person(guid).status === 'offline');
    if (away.length === chosen) return `${this.#toWhom()} will hear it later: nobody is on-line now.`;
    if (away.length > 0) return `Heard as you speak. ${names(away.map((guid) => this.#engine.person(guid).display))} will get it later.`;
    return 'Heard as you speak, and sent when you let go.';
  }
}
