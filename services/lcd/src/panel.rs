//! The panel as a machine: keys, news and time in; pictures, orders and new settings out.
//!
//! ```text
//!                +--------- the first run is not done, and nobody was here yet ---------+
//!                v                                                                      |
//!   starting --> wizard: language --> network --> ring at "Set-up"                      |
//!      |                                            |  the code is used up: "Ready"     |
//!      +--- settings are there ------------------> ring <---- back, or a while without keys
//!                                                  |  ^
//!                                               OK v  | back
//!                                                 pages
//!
//!   bright --no key for panel.dim_after_s--> dark --any key, which does nothing else--> bright
//!   an alarm that nobody has read keeps it bright; a critical one makes the light blink
//! ```

mod news;

use std::collections::VecDeque;

use machine::{Machine, Moment, Span};
use message::lease::Leases;
use message::station::{Hop, PhoneOrder, Phones};
use message::system::{Deed, Gravity, Health, Job, JobState};
use settings::Settings;

use crate::bell::Bell;
use crate::keypad::{Keypad, Keys, Stroke};
use crate::page::{Form, Language, Note, Page, Progress, Scene, Step, Then, Waiting, Weighty};
use crate::ring::{Ring, Spot};
use crate::screen::{Screen, Size};
use crate::sheet::{Line, Sheet};
use crate::world::{Known, Office, Wall, Whereabouts, World};

/// The light of a critical alarm is on and off for so long.
const BLINK: Span = Span::from_millis(700);

/// What can happen to the panel.
#[derive(Clone, Debug)]
pub enum Input {
    /// The keys that are down now.
    Keys(Keys),
    /// The time on the wall.
    Time(Wall),
    /// The settings in force.
    Settings(Box<Known>),
    /// How the appliance is.
    Health(Box<Health>),
    /// The settings keeper is not there any more.
    SystemAway,
    /// How the message server is; nothing while it does not answer.
    Office(Option<Box<Office>>),
    /// How the DHCP server is; nothing where there is none.
    Leases(Option<Box<Leases>>),
    /// The telephones; nothing where they are not served, or while the gateway does not answer.
    Phones(Option<Box<Phones>>),
    /// What a telephone did lately, the oldest first.
    Timeline([u8; 6], Vec<Hop>),
    /// Where the pages are; nothing while the administration is not there.
    Whereabouts(Option<Whereabouts>),
    /// How far the job is that was begun here.
    Job(Box<JobState>),
    /// What came of the latest proposal or order; a refusal in words.
    Answer(Result<(), String>),
    /// The service is told to end.
    Ending,
}

/// What the panel wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Show this.
    Draw(Screen),
    /// Change the settings, finally; to be answered.
    Propose {
        /// The revision that was changed.
        base: u64,
        /// All settings.
        settings: Box<Settings>,
    },
    /// Do something to the machine; to be answered.
    Order(Deed),
    /// Begin a job; to be answered, and its state to be told while it runs.
    Begin(Job),
    /// Keep the change on trial; to be answered.
    Confirm(u64),
    /// Take the change on trial back; to be answered.
    Revert(u64),
    /// Have the DHCP server look for others, and give addresses again if there is none; to be
    /// answered.
    Search,
    /// Decide something about a telephone, zeros for all; to be answered.
    Decide([u8; 6], PhoneOrder),
    /// Tell what this telephone did lately.
    AskTimeline([u8; 6]),
    /// The wizard is through: it shall not come again.
    Walked,
}

/// The panel.
#[derive(Debug)]
pub struct Panel {
    size: Size,
    world: World,
    keypad: Keypad,
    bell: Bell,
    ring: Ring,
    /// Above the ring, the topmost last.
    pages: Vec<Page>,
    /// Was the wizard gone through, now or before a restart?
    is_walked: bool,
    is_ending: bool,
    /// When a key was down last, or something woke the panel.
    touched: Moment,
    is_dark: bool,
    /// The key that woke it does nothing until it is up.
    swallows: bool,
    drawn_at: Moment,
    drawn: Option<Screen>,
    outputs: VecDeque<Output>,
}

impl Panel {
    /// A panel of a size; `is_walked`: the wizard was gone through before.
    #[must_use]
    pub fn new(size: Size, is_walked: bool, now: Moment) -> Self {
        let mut panel = Self {
            size,
            world: World::default(),
            keypad: Keypad::default(),
            bell: Bell::default(),
            ring: Ring::default(),
            pages: Vec::new(),
            is_walked,
            is_ending: false,
            touched: now,
            is_dark: false,
            swallows: false,
            drawn_at: now,
            drawn: None,
            outputs: VecDeque::new(),
        };
        panel.draw(now);
        panel
    }

    fn scene(&self, now: Moment) -> Scene<'_> {
        Scene { world: &self.world, size: self.size, now }
    }

    /// Does what the time has brought, and shows how it is.
    fn go_on(&mut self, now: Moment) {
        for stroke in self.keypad.strokes(now) {
            self.stroke(stroke, now);
        }
        if let Some(Page::Hold(hold)) = self.pages.last()
            && let Some(weighty) = hold.due(now)
        {
            self.step(Step::Do(weighty));
        }
        if !self.is_dark && self.dims_at().is_some_and(|at| at <= now) {
            self.is_dark = true;
            self.rest();
        }
        self.draw(now);
    }

    fn stroke(&mut self, stroke: Stroke, now: Moment) {
        self.touched = now;
        if std::mem::take(&mut self.is_dark) {
            self.swallows = true;
        }
        if self.swallows {
            self.swallows = !matches!(stroke, Stroke::Release(_));
            return;
        }
        if self.world.known.is_none() || self.is_ending {
            return;
        }
        let scene = Scene { world: &self.world, size: self.size, now };
        let step = match (self.pages.last_mut(), stroke) {
            (Some(page), stroke) => page.stroke(stroke, scene),
            (None, Stroke::Press(key)) => self.ring.press(key, false, scene),
            (None, Stroke::Again(key)) => self.ring.press(key, true, scene),
            (None, Stroke::Release(_)) => Step::Stay,
        };
        self.step(step);
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Stay => {}
            Step::Leave => {
                self.pages.pop();
            }
            Step::Home => self.pages.clear(),
            Step::Open(page) => {
                if matches!(page, Page::Alarms(_)) {
                    self.bell.acknowledge();
                }
                if let Page::Telephone(phone) = &page {
                    self.outputs.push_back(Output::AskTimeline(phone.mac));
                }
                self.pages.push(page);
            }
            Step::Propose(settings, then) => {
                let base = self.world.known.as_ref().map_or(0, |known| known.revision);
                self.outputs.push_back(Output::Propose { base, settings });
                self.pages.push(Page::Waiting(Waiting::settings(then)));
            }
            Step::Go(then) => self.follow(then),
            Step::Do(Weighty::Update(file)) => {
                self.world.job = None;
                self.outputs.push_back(Output::Begin(Job::Update { file }));
                self.pages.push(Page::Waiting(Waiting::settings(Then::Progress)));
            }
            Step::Do(Weighty::Order(deed)) => {
                self.outputs.push_back(Output::Order(deed));
                self.pages.push(Page::Waiting(Waiting::end(deed)));
            }
            Step::Search => {
                self.outputs.push_back(Output::Search);
                self.pages.push(Page::Waiting(Waiting::settings(Then::Back)));
            }
            Step::Decide(mac, order) => {
                self.outputs.push_back(Output::Decide(mac, order));
                self.pages.push(Page::Waiting(Waiting::settings(Then::Back)));
            }
            Step::Confirm(revision) => self.ask(Output::Confirm(revision)),
            Step::Revert(revision) => self.ask(Output::Revert(revision)),
        }
    }

    fn ask(&mut self, output: Output) {
        self.outputs.push_back(output);
        self.pages.push(Page::Waiting(Waiting::settings(Then::Saved)));
    }

    /// What comes after a yes, or where no yes is needed.
    fn follow(&mut self, then: Then) {
        let words = self.world.words();
        match then {
            Then::Saved => {
                let with_address = self.ring.spot() == Spot::Network;
                self.pages = vec![Page::Note(Note::done(words.saved, "", with_address))];
            }
            Then::Back => {
                self.pages.pop();
            }
            Then::Network => {
                self.pages.retain(|page| matches!(page, Page::Language(_)));
                if self.world.is_managed() && self.world.may_change() {
                    let form = Form::new(&self.world, true);
                    self.pages.push(Page::Form(Box::new(form)));
                } else {
                    self.follow(Then::Walked);
                }
            }
            Then::Walked => {
                self.is_walked = true;
                self.outputs.push_back(Output::Walked);
                self.pages.clear();
                self.ring.go_home(&self.world);
            }
            Then::Progress => self.pages = vec![Page::Progress(Progress)],
            Then::Ending => {}
        }
    }

    /// Nobody is here any more: half-made changes are forgotten.
    fn rest(&mut self) {
        let is_waiting = matches!(self.pages.last(), Some(Page::Waiting(_) | Page::Progress(_)));
        let is_wizard = !self.is_walked && self.world.code().is_some();
        if !is_wizard && !is_waiting {
            self.pages.clear();
            self.ring.go_home(&self.world);
        }
    }

    /// The wizard begins when the settings and a code are there and nobody was here yet.
    fn begin_wizard(&mut self) {
        let is_new = self.world.code().is_some() && self.world.may_change();
        if is_new && !self.is_walked && self.pages.is_empty() {
            self.pages.push(Page::Language(Language::new(&self.world, true)));
        }
    }

    /// Is there an alarm that keeps the light on, and is it critical?
    fn ringing(&self) -> Option<Gravity> {
        self.bell.ringing(self.world.alarms()).map(|alarm| alarm.gravity)
    }

    /// When the light goes off.
    fn dims_at(&self) -> Option<Moment> {
        let settings = self.world.known.as_ref().map(|known| known.settings.panel);
        let seconds = settings.unwrap_or_default().dim_after_s;
        let never = seconds == 0 || self.ringing().is_some();
        (!never).then(|| self.touched + Span::from_secs(u64::from(seconds)))
    }

    fn is_lit(&self, now: Moment) -> bool {
        match self.ringing() {
            Some(Gravity::Critical) => {
                (now.since(self.touched).millis() / BLINK.millis()).is_multiple_of(2)
            }
            Some(Gravity::Warning | Gravity::Notice) => true,
            None => !self.is_dark,
        }
    }

    fn blinks_at(&self) -> Option<Moment> {
        let is_blinking = self.ringing() == Some(Gravity::Critical);
        is_blinking.then(|| {
            let past = self.drawn_at.since(self.touched).millis() / BLINK.millis();
            self.touched + Span::from_millis((past + 1) * BLINK.millis())
        })
    }

    fn draw(&mut self, now: Moment) {
        self.drawn_at = now;
        let mut screen = self.picture(now);
        screen.light = self.is_lit(now);
        screen.lamp = self.world.is_alarmed();
        if self.drawn.as_ref() == Some(&screen) {
            return;
        }
        self.drawn = Some(screen.clone());
        // Only the latest picture is worth drawing.
        self.outputs.retain(|output| !matches!(output, Output::Draw(_)));
        self.outputs.push_back(Output::Draw(screen));
    }

    fn picture(&self, now: Moment) -> Screen {
        let words = self.world.words();
        let is_order = matches!(self.pages.last(), Some(Page::Waiting(_)));
        if self.is_ending && !is_order {
            return Sheet::new("IVM", vec![Line::words(words.please_wait)]).lay_out(self.size);
        }
        if self.world.known.is_none() {
            return Sheet::new("IVM", vec![Line::words(words.starting)]).lay_out(self.size);
        }
        let sheet = match self.pages.last() {
            Some(page) => page.sheet(self.scene(now)),
            None => self.ring.sheet(&self.world, self.bell.ringing(self.world.alarms())),
        };
        sheet.lay_out(self.size)
    }
}

impl Machine for Panel {
    type Input = Input;
    type Output = Output;

    fn handle(&mut self, input: Input, now: Moment) {
        match input {
            Input::Keys(keys) => self.keypad.tell(keys, now),
            Input::Time(wall) => self.world.wall = Some(wall),
            Input::Settings(known) => self.hear_settings(*known, now),
            Input::Health(health) => self.hear_health(*health, now),
            Input::SystemAway => self.world.is_system_away = true,
            Input::Office(office) => self.world.office = office.map(|office| *office),
            Input::Leases(leases) => self.world.leases = leases.map(|leases| *leases),
            Input::Phones(phones) => self.hear_phones(phones.map(|phones| *phones), now),
            Input::Timeline(mac, hops) => self.world.timeline = Some((mac, hops)),
            Input::Whereabouts(whereabouts) => self.hear_whereabouts(whereabouts, now),
            Input::Answer(answer) => self.hear_answer(answer),
            Input::Job(job) => self.hear_job(*job),
            Input::Ending => self.is_ending = true,
        }
        self.ring.follow(&self.world);
        self.go_on(now);
    }

    fn expire(&mut self, now: Moment) {
        self.go_on(now);
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn deadline(&self) -> Option<Moment> {
        let page = self.pages.last().and_then(|page| page.deadline(self.size, self.drawn_at));
        let dims = self.dims_at().filter(|_| !self.is_dark);
        let own = [self.keypad.deadline(), page, dims, self.blinks_at()];
        own.into_iter().flatten().min()
    }
}
