// The client's page: joins the engine to the views.
import { Banner } from '../view/banner.js';
import { Composer } from '../view/composer.js';
import { Login } from '../view/login.js';
import { Messages } from '../view/messages.js';
import { People } from '../view/people.js';
import { PersonCard } from '../view/person-card.js';
import { Settings } from '../view/settings.js';
import { Tabs } from '../view/tabs.js';
import { find, setText } from './dom.js';
import { Autoplay } from './autoplay.js';
import { Notifier } from './notifier.js';
import { Player } from './player.js';
import { Selection } from './selection.js';
import { keepPages, startEngine } from './start.js';
import { say } from './toast.js';

const ELSEWHERE_AFTER_MS = 800;

const { engine, microphone, speaker } = startEngine();
const selection = new Selection(engine);
const player = new Player(engine, speaker);
const tabs = new Tabs(engine);
const card = new PersonCard(engine);
const settings = new Settings(engine, speaker);
new Login(engine);
new Banner(engine);
new People(engine, selection, card);
const composer = new Composer(engine, selection, microphone, player);
new Messages(engine, player, composer, settings, tabs);
new Notifier(engine, player, speaker, tabs);
new Autoplay(engine, speaker);

let known = null;
engine.addEventListener('notice', ({ detail: notice }) => {
  if (notice.is === 'ready') known = notice.yes;
  if (notice.is === 'logged_in') known = true;
  if (notice.is === 'logged_out') known = false;
  showScreen();
});
engine.addEventListener('session', showScreen);

function showScreen() {
  const screen = known === null ? 'start' : known ? 'app' : 'login';
  if (document.body.dataset.screen === screen) return;
  document.body.dataset.screen = screen;
  if (screen === 'login') find('login-name').focus();
}

// The network is back, or somebody looks again: no need to wait for the next attempt.
addEventListener('online', () => engine.command('try_again'));
document.addEventListener('visibilitychange', () => document.hidden || engine.command('try_again'));

let elsewhereTimer;
engine.addEventListener('elsewhere', ({ detail }) => {
  if (detail.lost) known = null;
  elsewhereTimer = setTimeout(() => {
    if (known !== null) return;
    document.body.dataset.screen = 'start';
    setText(find('start-words'), detail.lost ? 'IVM goes on in another tab.' : 'IVM is open in another tab or window.');
    const button = find('start-take-over');
    button.hidden = false;
    button.onclick = () => (detail.lost ? location.reload() : engine.takeOver());
  }, detail.lost ? 0 : ELSEWHERE_AFTER_MS);
});
engine.addEventListener('session', () => clearTimeout(elsewhereTimer));

engine.addEventListener('fatal', ({ detail }) => {
  document.body.dataset.screen = 'start';
  setText(find('start-words'), `IVM cannot start here. ${detail}`);
});

keepPages(() => say('A new version of IVM is here.', { label: 'Reload', run: () => location.reload() }));
