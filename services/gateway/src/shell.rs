//! The service at work: answers other services, follows the settings, tells the time, and keeps
//! phones on disk. It decides nothing.

mod calls;
mod exchange;
mod lines;
mod mouth;
mod settled;
mod speech;
#[cfg(test)]
mod tests;
mod wire;
mod words;
mod zone;

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::Read as _;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use chassis::chance;
use chassis::context::Context;
use chassis::counter::{self, Asker, Event};
use chassis::drive::{Shell, drive};
use chassis::hub::{self, Address, Hub, News as Heard};
use chassis::layout::{Layout, PhonePorts};
use log::{info, warn};
use message::station::Number;
use message::system::{Alarm as Raised, AskSettings, Gravity, RaiseAlarm};
use message::{ErrorCode, Header, Object, ObjectId, ObjectIds, Refusal};
use nix::unistd::geteuid;
use provision::Mac;
use settings::Language;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::neighbour;
use crate::office::{Office, Ports};
use crate::question::{Question, Role};
use crate::speaker::Words;
use crate::stations::{Alarm, Answer, Input, News, Output, Stations, Ticket};
use crate::store::clients::Clients;
use crate::store::{Store, Writer};

use exchange::{Exchange, Sheet, Told};
use lines::Lines;
use words::Library;
pub use words::Recordings;

/// Pages on their way to telephones.
const PAGES: usize = 256;
/// Time-outs of phones are a matter of seconds.
const TICK: Duration = Duration::from_secs(1);
/// The kernel's table of neighbours has a thousand lines of 80 bytes, unless somebody has raised
/// its limits.
const LONGEST_TABLE: u64 = 1 << 20;
/// What is the matter with phones is shown for so long, unless it comes again.
const ALARMED_MS: u64 = 3_600_000;

/// Who the other services are.
#[derive(Clone, Debug)]
pub struct Options {
    /// The user of the DHCP server.
    pub dhcp: Option<u32>,
    /// The user of the TFTP server.
    pub tftp: Option<u32>,
    /// The user of the administration.
    pub admin: Option<u32>,
    /// The user of the front panel.
    pub lcd: Option<u32>,
    /// The kernel's table of neighbours.
    pub neighbours: PathBuf,
    /// What telephones say.
    pub recordings: Recordings,
}

impl Default for Options {
    fn default() -> Self {
        let neighbours = PathBuf::from("/proc/net/arp");
        let recordings = Recordings::NONE;
        Self { dhcp: None, tftp: None, admin: None, lcd: None, neighbours, recordings }
    }
}

impl Options {
    /// In which role a user comes. Root and our own user, as which all services of one process
    /// run, come as the administration.
    fn role(&self, user: u32) -> Option<Role> {
        let is = |known: Option<u32>| known == Some(user);
        if user == 0 || user == geteuid().as_raw() || is(self.admin) {
            return Some(Role::Admin);
        }
        let roles = [(self.dhcp, Role::Dhcp), (self.tftp, Role::Tftp), (self.lcd, Role::Panel)];
        roles.into_iter().find(|(known, _)| is(*known)).map(|(_, role)| role)
    }
}

/// Serves telephones until the context drains.
///
/// # Errors
/// The database or the socket cannot be used.
pub async fn run(context: Context, options: Options) -> anyhow::Result<()> {
    let layout = context.layout();
    let (store, records) = Store::open(&layout.gateway_database)?;
    let mut stations = Stations::new(Office::new(ports(layout)), chance::seed());
    let now = context.clock().now();
    let start = [Input::Wall(context.clock().unix_millis()), Input::Kept(records)];
    for input in start {
        machine::Machine::handle(&mut stations, input, now);
    }
    let users = [options.dhcp, options.tftp, options.admin, options.lcd];
    let users: Vec<u32> = users.into_iter().flatten().collect();
    let events = counter::open(&context, "gateway", &layout.gateway_socket, &users)?;
    let socket = layout.system_socket.clone();
    let keeper = Address { name: "settings keeper", socket, caller: "gateway" };
    let question = Object::of(ObjectId::BLANK, &AskSettings { watch: true });
    let library = Library::load(&options.recordings, &layout.gateway_state);
    let (words, spoken) = watch::channel(library.words(Language::default()));
    let (made, pages) = mpsc::channel(PAGES);
    let clients = Clients::open(&layout.gateway_clients)?;
    let (shown, numbers) = watch::channel(Vec::new());
    let (exchange, called) = Exchange::start(&context, clients, spoken, shown);
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let desk = Desk {
        settings: hub::watch(&context, keeper.clone(), vec![question]),
        keeper: Hub::start(&context, keeper),
        writer: Writer::start(store)?,
        lines: Lines::start(&context, exchange.clone(), called)?,
        exchange,
        library,
        words,
        pages,
        made,
        numbers,
        ids: counter::fresh_ids(&context),
        context: context.clone(),
        options,
        events,
        tick,
        tickets: 0,
        asked: BTreeMap::new(),
        watchers: BTreeMap::new(),
        owed: BTreeMap::new(),
        ready: VecDeque::new(),
        has_failed: false,
    };
    context.ready("gateway");
    let desk = drive(stations, desk, &context).await;
    let has_failed = desk.has_failed;
    ensure!(desk.writer.join().await && !has_failed, "the store of telephones has failed");
    Ok(())
}

fn ports(layout: &Layout) -> Ports {
    let sip = layout.phones.unwrap_or(PhonePorts::USUAL).sip;
    Ports { sip, http: layout.http_port, https: layout.https_port }
}

/// What the stations' deeds are done with.
struct Desk {
    context: Context,
    options: Options,
    events: mpsc::Receiver<Event>,
    settings: mpsc::Receiver<Heard>,
    keeper: Hub,
    writer: Writer,
    lines: Lines,
    exchange: Exchange,
    library: Library,
    words: watch::Sender<Arc<Words>>,
    /// Pages that telephones' clients have made.
    pages: mpsc::Receiver<(Ticket, Answer)>,
    made: mpsc::Sender<(Ticket, Answer)>,
    /// What phones dial to speak to people.
    numbers: watch::Receiver<Vec<Number>>,
    ids: ObjectIds,
    tick: Interval,
    tickets: u64,
    /// Each question that is not answered yet; the stations answer every one.
    asked: BTreeMap<Ticket, (Asker, Header)>,
    /// Who may be told something by itself.
    watchers: BTreeMap<u64, Asker>,
    /// What a watcher had no room for, the latest of each kind.
    owed: BTreeMap<(u64, Topic), News>,
    ready: VecDeque<Input>,
    has_failed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Topic {
    Folders,
    Phones,
}

impl Shell for Desk {
    type Machine = Stations;

    async fn next(&mut self) -> Option<Input> {
        loop {
            if self.has_failed {
                return None;
            }
            if let Some(input) = self.ready.pop_front() {
                return Some(input);
            }
            tokio::select! {
                biased;
                answer = self.writer.answered() => match answer {
                    Some(result) => return Some(Input::Committed(result)),
                    None => self.has_failed = true,
                },
                Some(input) = self.lines.next() => return Some(input),
                Ok(()) = self.numbers.changed() => {
                    return Some(Input::Numbers(self.numbers.borrow_and_update().clone()));
                }
                Some((ticket, answer)) = self.pages.recv() => self.answer(ticket, answer),
                _ = self.tick.tick() => self.tick(),
                Some(heard) = self.settings.recv() => {
                    if let Some(office) = self.heard(&heard) {
                        self.words.send_replace(self.library.words(office.language));
                        return Some(Input::Office(office));
                    }
                }
                event = self.events.recv() => match event? {
                    Event::Gone(conn) => return Some(self.gone(conn)),
                    Event::Asked(asker, object) => {
                        if let Some(input) = self.asked(asker, &object) {
                            return Some(input);
                        }
                    }
                },
            }
        }
    }

    async fn perform(&mut self, output: Output) {
        match output {
            Output::Commit(writes) => self.has_failed |= !self.writer.begin(writes),
            Output::Answer(ticket, answer) => self.answer(ticket, answer),
            Output::Tell(conn, news) => self.tell(conn, news),
            Output::Lines { lines, .. } => {
                self.lines.set(&lines);
                if !self.exchange.tell(Told::Lines(lines)) {
                    warn!("the telephones' exchange is too busy");
                }
            }
            Output::Announce { question, url } => self.lines.announce(question, url),
            Output::Resync { number, .. } => self.lines.resync(&number),
            Output::Page { ticket, mac, page, vendor, folder, language } => {
                let sheet = Sheet { page, vendor, folder, language };
                self.page(ticket, mac, sheet);
            }
            Output::Alarm(alarm) => self.raise(&alarm),
        }
    }
}

impl Desk {
    fn tick(&mut self) {
        self.ready.push_back(Input::Wall(self.context.clock().unix_millis()));
        for ((conn, _), news) in std::mem::take(&mut self.owed) {
            self.tell(conn, news);
        }
    }

    fn heard(&self, heard: &Heard) -> Option<Office> {
        let Heard::Object(object) = heard else { return None };
        let ports = ports(self.context.layout());
        settled::office(object, ports, self.context.clock().unix_millis())
            .inspect_err(|error| warn!("the settings cannot be used: {error:#}"))
            .ok()
    }

    fn gone(&mut self, conn: u64) -> Input {
        self.watchers.remove(&conn);
        self.owed.retain(|(owed, _), _| *owed != conn);
        Input::Gone(conn)
    }

    fn asked(&mut self, asker: Asker, object: &Object) -> Option<Input> {
        // The counter lets nobody else in.
        let role = self.options.role(asker.user)?;
        let question = match Question::read(role, object) {
            Ok(question) => question,
            Err(refusal) => {
                asker.refuse(&object.header, &refusal);
                return None;
            }
        };
        let neighbour = self.look_at(&question);
        self.tickets += 1;
        let (ticket, conn) = (Ticket(self.tickets), asker.conn);
        self.watchers.insert(conn, asker.clone());
        self.asked.insert(ticket, (asker, object.header));
        Some(Input::Asked { ticket, conn, question, neighbour })
    }

    /// What the machine has to know beside the question; and what a person has decided is logged.
    fn look_at(&self, question: &Question) -> Option<Mac> {
        match question {
            Question::File(ask) => self.neighbour(Ipv4Addr::from(ask.asker)),
            Question::Order(ask) => {
                info!(mac:% = Mac(ask.mac), order:? = ask.order; "decided about telephones");
                None
            }
            Question::Password(ask) => {
                info!(mac:% = Mac(ask.mac); "the password of a telephone's menus is shown");
                None
            }
            Question::Hops(_)
            | Question::Folders(_)
            | Question::Sent(_)
            | Question::Phones(_)
            | Question::Timeline(_) => None,
        }
    }

    /// Whose card the kernel knows at an address.
    fn neighbour(&self, address: Ipv4Addr) -> Option<Mac> {
        let mut table = Vec::new();
        let file = File::open(&self.options.neighbours);
        file.and_then(|file| file.take(LONGEST_TABLE).read_to_end(&mut table))
            .inspect_err(|error| warn!(error:%; "the kernel's neighbours cannot be read"))
            .ok()?;
        neighbour::card(&table, address)
    }

    fn answer(&mut self, ticket: Ticket, answer: Answer) {
        let Some((asker, asked)) = self.asked.remove(&ticket) else { return };
        match answer {
            Answer::Yes => asker.accept(&asked),
            Answer::No(refusal) => asker.refuse(&asked, &refusal),
            Answer::Folders(folders) => asker.answer(&asked, folders.as_ref()),
            Answer::File(file) => asker.answer(&asked, &file),
            Answer::Phones(phones) => asker.answer(&asked, phones.as_ref()),
            Answer::Timeline(timeline) => asker.answer(&asked, &timeline),
            Answer::Password(password) => asker.answer(&asked, &password),
        }
    }

    /// Who reads slowly is told the latest when there is room again.
    fn tell(&mut self, conn: u64, news: News) {
        let Some(asker) = self.watchers.get(&conn) else { return };
        let id = self.ids.fresh(self.context.clock().now());
        let (topic, is_told) = match &news {
            News::Folders(folders) => (Topic::Folders, asker.post(id, folders.as_ref())),
            News::Phones(phones) => (Topic::Phones, asker.post(id, phones.as_ref())),
        };
        if is_told {
            self.owed.remove(&(conn, topic));
        } else {
            self.owed.insert((conn, topic), news);
        }
    }

    /// Asks a telephone's client for a page, and answers when it is made.
    fn page(&self, ticket: Ticket, mac: Mac, sheet: Sheet) {
        let (answer, made) = oneshot::channel();
        // Who gets no answer from its client is told that there is no such page.
        let _told = self.exchange.tell(Told::Page { mac, sheet, answer });
        let to = self.made.clone();
        self.context.spawn("telephone's page", async move {
            let file = made.await.ok().flatten();
            let none = || Refusal::new(ErrorCode::NotFound, "There is no such page for it.");
            let answer = file.map_or_else(|| Answer::No(none()), Answer::File);
            // The service is gone, and with it who asked.
            drop(to.send((ticket, answer)).await);
        });
    }

    /// Tells the settings keeper, which shows it.
    fn raise(&self, alarm: &Alarm) {
        let since = self.context.clock().unix_millis();
        let raised = raised(alarm, since);
        warn!(alarm = raised.name.as_str(); "{}", raised.words);
        let hub = self.keeper.clone();
        self.context.spawn("gateway alarm", async move {
            let raise = RaiseAlarm { alarm: raised, until: since.saturating_add(ALARMED_MS) };
            if let Err(error) = hub.ask(&raise).await {
                warn!(error:%; "the alarm is not shown");
            }
        });
    }
}

fn raised(alarm: &Alarm, since: u64) -> Raised {
    let (name, gravity, words, advice) = match alarm {
        Alarm::Unstored(error) => (
            "phones-unstored",
            Gravity::Critical,
            format!("Telephones cannot be stored: {error}."),
            "Look whether the disk is full. What was decided about telephones does not hold.",
        ),
        Alarm::Full(mac) => (
            "phones-full",
            Gravity::Warning,
            format!("There are too many telephones; {mac} is left out."),
            "Forget telephones that are gone.",
        ),
        Alarm::Stranger { mac, asker } => (
            "phone-stranger",
            Gravity::Warning,
            format!("{asker} asked for the files of the telephone {mac}, and is another device."),
            "Look which device that is. It got no secrets.",
        ),
    };
    Raised { name: name.to_owned(), gravity, words, advice: advice.to_owned(), since }
}
