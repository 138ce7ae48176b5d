//! The service at work: listens to the hubs, the clock, the file of the administration and the bus,
//! and does what the panel wants done.

mod addresses;
mod bus;
mod find;
mod office;
mod telephones;
mod watch;

use std::collections::VecDeque;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use chassis::context::Context;
use chassis::drive::{Shell, drive};
use chassis::durable;
use chassis::hub::{self, Address, Away, Hub, News};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use log::{info, warn};
use message::lease::Probe;
use message::station::OrderPhone;
use message::system::{
    AskHealth, AskJob, AskSettings, BeginJob, Confirm, Health, JobState, Order, Propose, Revert,
    Snapshot, Stage,
};
use message::{Malformed, Object, ObjectId};
use settings::Settings;
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};

use crate::panel::{Input, Output, Panel};
use crate::screen::Size;
use crate::world::{Known, Wall, Whereabouts};

use bus::Bus;

/// What may wait to be handled: strokes of one person and answers to them.
const WAITING: usize = 64;
/// The clock shows minutes, and the file of the administration changes seldom.
const TICK: Duration = Duration::from_secs(1);
/// The last picture is on the glass within milliseconds, unless the bus hangs.
const FAREWELL: Duration = Duration::from_secs(2);
/// Nobody but the administration writes it; it has a few lines.
const WHEREABOUTS_MOST: u64 = 64 * 1024;

/// What the panel is.
#[derive(Clone, Debug)]
pub struct Options {
    /// The bus that it is on; found by itself otherwise.
    pub bus: Option<PathBuf>,
    /// Its size.
    pub size: Size,
}

impl Default for Options {
    fn default() -> Self {
        Self { bus: None, size: Size::LARGE }
    }
}

/// Serves the front panel until the context drains, whether there is one or not.
///
/// # Errors
/// The system has no thread left.
pub async fn run(context: Context, options: Options) -> anyhow::Result<()> {
    let layout = context.layout();
    let walked = layout.lcd_state.join("walked");
    let keeper =
        Address { name: "settings keeper", socket: layout.system_socket.clone(), caller: "lcd" };
    let questions = vec![
        Object::of(ObjectId::BLANK, &AskSettings { watch: true }),
        Object::of(ObjectId::BLANK, &AskHealth { watch: true }),
    ];
    let (told, heard) = mpsc::channel(WAITING);
    office::watch(&context, told.clone());
    addresses::watch(&context, told.clone());
    telephones::watch(&context, told.clone());
    let is_walked = walked.exists();
    let panel = Panel::new(options.size, is_walked, context.clock().now());
    let (bus, ended) = Bus::start(context.clock().clone(), options, told.clone())
        .context("cannot start the panel's thread")?;
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let front = Desk {
        news: hub::watch(&context, keeper.clone(), questions),
        keeper: Hub::start(&context, keeper),
        addresses: Hub::start(&context, addresses::address(&context)),
        telephones: Hub::start(&context, telephones::address(&context)),
        context: context.clone(),
        told,
        heard,
        bus,
        tick,
        zone: TimeZone::UTC,
        whereabouts: None,
        walked,
        ready: VecDeque::new(),
        watches_job: false,
        is_ending: false,
    };
    context.ready("lcd");
    drop(drive(panel, front, &context).await);
    if timeout(FAREWELL, ended).await.is_err() {
        warn!("the bus of the panel hangs");
    }
    Ok(())
}

/// What the panel's deeds are done with.
struct Desk {
    context: Context,
    news: mpsc::Receiver<News>,
    keeper: Hub,
    /// The DHCP server, where there is one.
    addresses: Hub,
    /// The gateway, where there is one.
    telephones: Hub,
    told: mpsc::Sender<Input>,
    heard: mpsc::Receiver<Input>,
    bus: Bus,
    tick: Interval,
    zone: TimeZone,
    /// When the file of the administration was written last; none for no file.
    whereabouts: Option<SystemTime>,
    /// The file that says that the wizard was gone through.
    walked: PathBuf,
    ready: VecDeque<Input>,
    /// Is there a job to be asked after?
    watches_job: bool,
    is_ending: bool,
}

impl Shell for Desk {
    type Machine = Panel;

    async fn next(&mut self) -> Option<Input> {
        loop {
            if let Some(input) = self.ready.pop_front() {
                return Some(input);
            }
            if self.is_ending {
                return None;
            }
            tokio::select! {
                input = self.heard.recv() => {
                    if let Some(Input::Job(job)) = &input {
                        self.watches_job = job.stage == Stage::Running;
                    }
                    return input;
                }
                news = self.news.recv() => match news {
                    Some(news) => self.hear(&news),
                    None => return None,
                },
                _ = self.tick.tick() => self.look(),
            }
        }
    }

    async fn perform(&mut self, output: Output) {
        match output {
            Output::Draw(screen) => self.bus.show(screen),
            Output::Propose { base, settings } => {
                let settings = settings.to_json();
                self.ask(move |hub| async move {
                    hub.ask(&Propose { base, settings, is_final: true }).await
                });
            }
            Output::Order(deed) => {
                info!(deed:?; "ordered at the panel");
                self.ask(move |hub| async move { hub.ask(&Order { deed }).await });
            }
            Output::Begin(job) => {
                info!(job:?; "begun at the panel");
                self.watches_job = true;
                self.ask(move |hub| async move { hub.ask(&BeginJob { job }).await });
            }
            Output::Confirm(revision) => {
                self.ask(move |hub| async move { hub.ask(&Confirm { revision }).await });
            }
            Output::Revert(revision) => {
                self.ask(move |hub| async move { hub.ask(&Revert { revision }).await });
            }
            Output::Search => {
                self.put(
                    &self.addresses,
                    |hub| async move { hub.ask(&Probe { resume: true }).await },
                );
            }
            Output::Decide(mac, order) => {
                info!(order:?, mac:?; "decided at the panel");
                self.put(&self.telephones, move |hub| async move {
                    hub.ask(&OrderPhone { mac, order }).await
                });
            }
            Output::AskTimeline(mac) => {
                telephones::ask_timeline(&self.context, &self.telephones, &self.told, mac);
            }
            Output::Walked => self.keep_walked(),
        }
    }

    fn drain(&mut self) -> Option<Input> {
        self.is_ending = true;
        Some(Input::Ending)
    }
}

impl Desk {
    fn hear(&mut self, news: &News) {
        let heard = match news {
            News::Gone => Ok(Input::SystemAway),
            News::Object(object) => self.read(object),
        };
        match heard {
            Ok(input) => self.ready.push_back(input),
            Err(error) => warn!("the settings keeper says what cannot be read: {error:#}"),
        }
    }

    fn read(&mut self, object: &Object) -> anyhow::Result<Input> {
        match object.read::<Snapshot>() {
            Ok(snapshot) => {
                let settings = Settings::from_json(&snapshot.settings)?;
                let zone = settings.time.zone.as_str();
                self.zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
                let Snapshot { revision, pending, managed, .. } = snapshot;
                let known = Known { revision, settings, pending, is_managed: managed };
                self.ready.push_back(self.wall());
                Ok(Input::Settings(Box::new(known)))
            }
            Err(Malformed::Kind { .. }) => Ok(Input::Health(Box::new(object.read::<Health>()?))),
            Err(error) => Err(error.into()),
        }
    }

    fn wall(&self) -> Input {
        let unix_ms = self.context.clock().unix_millis();
        let millis = i64::try_from(unix_ms).unwrap_or(i64::MAX);
        let now = Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH);
        Input::Time(Wall { unix_ms, offset_s: self.zone.to_offset(now).seconds() })
    }

    /// Looks at the clock, and whether the administration has written its file.
    fn look(&mut self) {
        self.ready.push_back(self.wall());
        if self.watches_job {
            self.ask_after_job();
        }
        let path = &self.context.layout().whereabouts;
        let written = fs::metadata(path).ok().filter(|data| data.len() <= WHEREABOUTS_MOST);
        let written = written.and_then(|data| data.modified().ok());
        if written == self.whereabouts {
            return;
        }
        let read = fs::read_to_string(path);
        let whereabouts = match read {
            Ok(text) => match serde_json::from_str::<Whereabouts>(&text) {
                Ok(whereabouts) => Some(whereabouts),
                Err(error) => {
                    warn!(error:%; "the file of the administration cannot be read");
                    None
                }
            },
            Err(error) => {
                if error.kind() != ErrorKind::NotFound {
                    warn!(error:%; "the file of the administration cannot be read");
                }
                None
            }
        };
        self.whereabouts = written;
        self.ready.push_back(Input::Whereabouts(whereabouts));
    }

    /// Puts a question to the settings keeper; its answer comes as an input.
    fn ask<F>(&self, question: impl FnOnce(Hub) -> F + Send + 'static)
    where
        F: Future<Output = Result<Object, Away>> + Send + 'static,
    {
        self.put(&self.keeper, question);
    }

    /// Puts a question to a hub.
    fn put<F>(&self, hub: &Hub, question: impl FnOnce(Hub) -> F + Send + 'static)
    where
        F: Future<Output = Result<Object, Away>> + Send + 'static,
    {
        let (hub, told) = (hub.clone(), self.told.clone());
        self.context.spawn("panel's question", async move {
            let answer = question(hub).await.map(drop).map_err(|away| away.to_string());
            // The panel may have ended meanwhile.
            let _ = told.send(Input::Answer(answer)).await;
        });
    }

    fn ask_after_job(&self) {
        let (hub, told) = (self.keeper.clone(), self.told.clone());
        self.context.spawn("panel's question", async move {
            let answer = hub.ask(&AskJob {}).await;
            if let Ok(job) = answer.and_then(|object| Ok(object.read::<JobState>()?)) {
                // The panel may have ended meanwhile.
                let _ = told.send(Input::Job(Box::new(job))).await;
            }
        });
    }

    fn keep_walked(&self) {
        if let Err(error) = durable::write(&self.walked, b"", 0o600) {
            warn!(error:%; "the wizard will come again after a restart");
        }
    }
}
