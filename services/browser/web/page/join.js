// The page behind an invitation link: whom it is for, a password, the recovery code, and in.
import { thisDevice } from '../view/login.js';
import { find, setText } from './dom.js';
import { keepPages, startEngine } from './start.js';
import { say } from './toast.js';

const SHORTEST = 8;

const { engine } = startEngine();
const code = location.hash.slice(1);
let name = '';
let password = '';
let waiting = false;
let loggedIn = false;
let leaving = false;
let busyTimer;

// The code is a secret: it need not stay in the address bar and the history.
history.replaceState(null, '', location.pathname);

const HEARD = {
  ready: (notice) => {
    clearTimeout(busyTimer);
    if (notice.yes) sorry('Somebody is logged in on this browser already. Log out there first, or open the link in another browser.', true);
    else if (code === '') sorry('The link is not complete. Open it again as it was given to you, with everything behind the # sign.', true);
    else engine.command('ask_invitation', { code });
  },
  invited: (notice) => showForm(notice),
  enrolled: (notice) => {
    name = notice.name;
    setText(find('recovery-code'), notice.recovery_code);
    show('recovery');
    find('recovery-title').focus();
    engine.command('log_in', { name, password, device: thisDevice() });
    password = '';
  },
  logged_in: () => {
    loggedIn = true;
    if (leaving) leave();
  },
  log_in_failed: () => leave(),
  refused: (notice) => complain(notice.why),
};
engine.addEventListener('notice', ({ detail }) => HEARD[detail.is]?.(detail));
engine.addEventListener('elsewhere', () => {
  busyTimer = setTimeout(() => sorry('IVM is open in another tab of this browser. Close it, then load this page again.', true), 800);
});
engine.addEventListener('fatal', ({ detail }) => sorry(`IVM cannot start here. ${detail}`, false));

find('enrol').addEventListener('submit', (event) => {
  event.preventDefault();
  enrol();
});
find('recovery-copy').addEventListener('click', async () => {
  await navigator.clipboard.writeText(find('recovery-code').textContent);
  say('Copied.');
});
find('recovery-print').addEventListener('click', () => print());
find('recovery-kept').addEventListener('change', ({ target }) => { find('recovery-go').disabled = !target.checked; });
find('recovery-go').addEventListener('click', () => {
  leaving = true;
  if (loggedIn) leave();
  else setText(find('recovery-go'), 'Logging in…');
});
keepPages(() => {});

function leave() {
  location.assign('/');
}

function show(screen) {
  document.body.dataset.screen = screen;
}

function sorry(words, home) {
  show('asking');
  setText(find('asking-words'), words);
  find('asking-home').hidden = !home;
}

function showForm({ name: account, display, yes: reset }) {
  name = account;
  setText(find('enrol-title'), reset ? `Welcome back, ${display}` : `Welcome, ${display}`);
  setText(find('enrol-words'), reset ? 'Choose a new password.' : `Your name to log in with is “${account}”.`);
  find('enrol-name').value = account;
  find('enrol-recovery-field').hidden = !reset;
  show('enrol');
  find('enrol-password').focus();
}

function enrol() {
  if (waiting) return;
  password = find('enrol-password').value;
  if (password.length < SHORTEST) return wrong('enrol-password', `The password needs at least ${SHORTEST} characters.`);
  if (password !== find('enrol-again').value) return wrong('enrol-again', 'The two passwords differ.');
  const recovery = find('enrol-recovery').value.trim();
  wait(true);
  navigator.storage?.persist?.();
  find('enrol-error').hidden = true;
  engine.command('enrol', { code, password, recovery: recovery === '' ? null : recovery });
}

function wrong(field, words) {
  complain(words);
  find(field).focus();
}

function complain(words) {
  wait(false);
  if (document.body.dataset.screen === 'asking') return sorry(`${words.charAt(0).toUpperCase()}${words.slice(1)}`, true);
  setText(find('enrol-error'), words);
  find('enrol-error').hidden = false;
}

function wait(yes) {
  waiting = yes;
  find('enrol-go').setAttribute('aria-disabled', String(yes));
  setText(find('enrol-go'), yes ? 'Making your key…' : 'Join');
}
