//! The service at work: sockets, disk, settings, who asks, and whom it tells.
//!
//! ```text
//! servers' and clients' port -> the engine -> answers, ARP by the kernel, leases to the disk
//! settings keeper: the plan <-'     |  ^
//! gateway: folders of phones <------'  `- counter: pages and panel ask how it is
//! ```

mod alarms;
mod disk;
mod wire;

use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::Context as _;
use chassis::chance;
use chassis::context::Context;
use chassis::counter::{self, Asker, Event, read};
use chassis::drive::{self, Shell};
use chassis::hub::{self, Address, Hub, News};
use log::{debug, info, warn};
use machine::{Moment, Span};
use message::lease::{AskLeases, AskSnippets, FreeLease, Leases, Probe};
use message::station::{AskFolders, Folders, Hop, Hops};
use message::system::{AskSettings, Snapshot};
use message::{ErrorCode, Header, Kind, Object, ObjectId, ObjectIds, Refusal};
use settings::Settings;
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::engine::{Arrival, Engine, Input, Output};
use crate::neighbour::{Answered, Tell};
use crate::packet::{Packet, Written};
use crate::rights::Role;
use crate::store::Store;
use crate::{office, packet};

use alarms::Alarms;
use disk::{Disk, Outcome};
use wire::{Heard, Wire};

/// A device that has the address answers the kernel's ARP within so long; a telephone that looks
/// for a server waits for two seconds at least.
const PROBE: Span = Span::from_millis(300);
/// Addresses, watchers and the time of day are looked after so often.
const TICK: Duration = Duration::from_secs(1);
/// What phones did is told to the gateway in parcels; what it cannot take is not kept.
const MOST_HOPS: usize = 256;
/// Those who watch, and who wait for a search.
const MOST_WATCHERS: usize = 32;

/// Who may ask.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The user of the administration.
    pub pages: Option<u32>,
    /// The user of the front panel.
    pub panel: Option<u32>,
}

/// Gives addresses, as the settings say, until the context drains.
///
/// # Errors
/// The ports, the database or the socket cannot be used.
pub async fn run(context: Context, options: Options) -> anyhow::Result<()> {
    let layout = context.layout();
    let ports = layout.phones.context("this appliance is not for telephones")?;
    let (store, kept) = Store::open(&layout.dhcp_database)?;
    let wire = Wire::open(ports.dhcp).with_context(|| {
        format!("cannot have the ports of DHCP, {} and {}", ports.dhcp, ports.dhcp + 1)
    })?;
    let users: Vec<u32> = [options.pages, options.panel].into_iter().flatten().collect();
    let asked = counter::open(&context, "dhcp counter", &layout.dhcp_socket, &users)?;
    let address = |name, socket: &std::path::PathBuf| Address {
        name,
        socket: socket.clone(),
        caller: "dhcp",
    };
    let keeper = address("settings keeper", &layout.system_socket);
    let gateway = address("gateway", &layout.gateway_socket);
    let settings = Object::of(ObjectId::BLANK, &AskSettings { watch: true });
    let folders = Object::of(ObjectId::BLANK, &AskFolders { watch: true });
    let mut engine = Engine::new(chance::seed());
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut desk = Desk {
        settings: hub::watch(&context, keeper.clone(), vec![settings]),
        folders: hub::watch(&context, gateway.clone(), vec![folders]),
        alarms: Alarms::new(&context, Hub::start(&context, keeper)),
        gateway: Hub::start(&context, gateway),
        ids: counter::fresh_ids(&context),
        files_ports: [layout.http_port, layout.https_port],
        disk: Disk::start(store)?,
        options,
        wire,
        asked,
        tick,
        here: Vec::new(),
        probes: VecDeque::new(),
        asking: BTreeMap::new(),
        hops: Vec::new(),
        ready: VecDeque::new(),
        reports: VecDeque::new(),
        curious: VecDeque::new(),
        searchers: Vec::new(),
        watchers: BTreeMap::new(),
        has_changed: false,
        context: context.clone(),
    };
    desk.look();
    desk.ready.extend(kept.leases.into_iter().map(Input::Kept));
    if kept.stood_down {
        desk.ready.push_back(Input::StoodDown);
    }
    let now = context.clock().now();
    while let Some(input) = desk.ready.pop_front() {
        machine::Machine::handle(&mut engine, input, now);
    }
    context.ready("dhcp");
    drop(drive::drive(engine, desk, &context).await);
    Ok(())
}

/// The engine's outer side.
struct Desk {
    context: Context,
    options: Options,
    wire: Wire,
    disk: Disk,
    asked: mpsc::Receiver<Event>,
    settings: mpsc::Receiver<News>,
    folders: mpsc::Receiver<News>,
    gateway: Hub,
    alarms: Alarms,
    ids: ObjectIds,
    files_ports: [u16; 2],
    tick: Interval,
    here: Vec<Arrival>,
    /// Addresses that the kernel asks for, and until when an answer counts.
    probes: VecDeque<(Moment, Ipv4Addr)>,
    asking: BTreeMap<Ipv4Addr, u32>,
    hops: Vec<Hop>,
    ready: VecDeque<Input>,
    /// Who asked for a report, in the order of the questions to the engine; none for the watchers.
    reports: VecDeque<Option<(Asker, Header)>>,
    /// Who asked what the router has to be told, in the order of the questions to the engine.
    curious: VecDeque<(Asker, Header)>,
    searchers: Vec<(Asker, Header)>,
    watchers: BTreeMap<u64, Asker>,
    has_changed: bool,
}

impl Shell for Desk {
    type Machine = Engine;

    async fn next(&mut self) -> Option<Input> {
        loop {
            if let Some(input) = self.ready.pop_front() {
                return Some(input);
            }
            let due = self.probes.front().map(|(at, _)| *at);
            tokio::select! {
                heard = self.wire.next() => match heard {
                    Ok(Heard::Datagram(interface, bytes)) => self.datagram(interface, &bytes),
                    Ok(Heard::Neighbours(answered)) => self.answered(&answered),
                    Err(error) => {
                        warn!(error:%; "the sockets of DHCP are gone");
                        return None;
                    }
                },
                outcome = self.disk.next() => self.written(outcome?),
                event = self.asked.recv() => self.ask(event?),
                news = self.settings.recv() => self.hear_settings(&news?),
                news = self.folders.recv() => self.hear_folders(&news?),
                () = until(&self.context, due) => self.silent(),
                _ = self.tick.tick() => self.look(),
            }
        }
    }

    async fn perform(&mut self, output: Output) {
        match output {
            Output::Probe(from, address) => self.probe(from, address),
            Output::Store(lease) => {
                let address = lease.address;
                if !self.disk.write(lease) {
                    let slow = Err("the disk is too slow".to_owned());
                    self.ready.push_back(Input::Stored(address, slow));
                }
            }
            Output::Send { from, to, packet, wanted, most } => {
                let Written { bytes, dropped } = packet.write(&wanted, most);
                if !dropped.is_empty() {
                    info!(options:? = dropped; "a client takes too little for all its options");
                }
                if let Err(error) = self.wire.send(from, to, &bytes) {
                    info!(error:%, to:?; "an answer could not be sent");
                }
            }
            Output::Ask(from, packet) => {
                let Written { bytes, .. } = packet.write(&[], packet::MOST_USUAL);
                if let Err(error) = self.wire.ask(from, &bytes) {
                    info!(error:%; "other servers could not be asked");
                }
            }
            Output::Alarm(alarm) => self.alarms.raise(&alarm),
            Output::Remember { stood_down } => {
                if !stood_down {
                    self.alarms.is_giving_again();
                }
                if !self.disk.remember(stood_down) {
                    warn!("that the server has stood down could not be written");
                }
            }
            Output::Searched => {
                for asked in std::mem::take(&mut self.searchers) {
                    self.report_to(Some(asked));
                }
            }
            Output::Report(leases) => self.report(&leases),
            Output::Snippets(snippets) => {
                if let Some((asker, header)) = self.curious.pop_front() {
                    asker.answer(&header, &snippets);
                }
            }
            Output::Seen(hop) => {
                if self.hops.len() < MOST_HOPS {
                    let at = self.context.clock().unix_millis();
                    self.hops.push(Hop { at, ..hop });
                }
            }
            Output::Changed => self.has_changed = true,
        }
    }

    async fn settle(&mut self) {
        if self.hops.is_empty() {
            return;
        }
        let (gateway, hops) = (self.gateway.clone(), std::mem::take(&mut self.hops));
        self.context.spawn("dhcp tells", async move {
            if let Err(error) = gateway.ask(&Hops { hops }).await {
                debug!(error:%; "the gateway does not hear what telephones do");
            }
        });
    }
}

async fn until(context: &Context, due: Option<Moment>) {
    match due {
        Some(due) => context.clock().sleep_until(due).await,
        None => std::future::pending().await,
    }
}

impl Desk {
    fn datagram(&mut self, interface: u32, bytes: &[u8]) {
        let Some(from) = self.here.iter().find(|here| here.interface == interface) else {
            return debug!(interface; "a datagram came where we have no address");
        };
        match Packet::parse(bytes) {
            Ok(packet) => self.ready.push_back(Input::Packet(*from, packet)),
            Err(fault) => debug!(fault:%; "a malformed datagram"),
        }
    }

    /// Has the kernel ask by ARP.
    fn probe(&mut self, from: Arrival, address: Ipv4Addr) {
        let asked = self
            .wire
            .tell(from.interface, address, Tell::Forget)
            .and_then(|()| self.wire.tell(from.interface, address, Tell::Ask));
        if let Err(error) = asked {
            warn!(error:%; "the kernel cannot be asked who has an address");
        }
        self.asking.insert(address, from.interface);
        self.probes.push_back((self.context.clock().now() + PROBE, address));
    }

    fn answered(&mut self, answered: &[Answered]) {
        for Answered { interface, address, card } in answered {
            if self.asking.get(address) == Some(interface) {
                self.asking.remove(address);
                self.ready.push_back(Input::Probed(*address, Some(*card)));
            }
        }
    }

    /// Nobody has answered in time.
    fn silent(&mut self) {
        let now = self.context.clock().now();
        while let Some((_, address)) = self.probes.pop_front_if(|(at, _)| *at <= now) {
            if let Some(interface) = self.asking.remove(&address) {
                // It has room for a thousand neighbours, and would keep those that do not answer
                // for a while: an office that starts at once has more.
                if let Err(error) = self.wire.tell(interface, address, Tell::Forget) {
                    debug!(error:%; "the kernel does not forget an address");
                }
                self.ready.push_back(Input::Probed(address, None));
            }
        }
    }

    fn written(&mut self, (addresses, result): Outcome) {
        let stored = addresses.into_iter().map(|address| Input::Stored(address, result.clone()));
        self.ready.extend(stored);
    }

    /// The time of day, our addresses, and who watches.
    fn look(&mut self) {
        self.ready.push_back(Input::Wall(self.context.clock().unix_millis() / 1_000));
        match wire::interfaces() {
            Ok(here) if here != self.here => {
                self.here.clone_from(&here);
                self.ready.push_back(Input::Here(here));
            }
            Ok(_) => {}
            Err(error) => warn!(error:%; "the interfaces cannot be read"),
        }
        if std::mem::take(&mut self.has_changed) && !self.watchers.is_empty() {
            self.report_to(None);
        }
    }

    fn report_to(&mut self, asked: Option<(Asker, Header)>) {
        self.reports.push_back(asked);
        self.ready.push_back(Input::Report);
    }

    fn report(&mut self, leases: &Leases) {
        match self.reports.pop_front() {
            Some(Some((asker, header))) => asker.answer(&header, leases),
            Some(None) => {
                let now = self.context.clock().now();
                let ids = &mut self.ids;
                self.watchers.retain(|_, asker| asker.post(ids.fresh(now), leases));
            }
            None => {}
        }
    }

    fn ask(&mut self, event: Event) {
        let (asker, object) = match event {
            Event::Asked(asker, object) => (asker, object),
            Event::Gone(conn) => {
                self.watchers.remove(&conn);
                return;
            }
        };
        let is_panel = self.options.panel == Some(asker.user);
        let role = if is_panel { Role::Panel } else { Role::Pages };
        let header = object.header;
        let taken = if role.may(header.kind) {
            self.take(&asker, &object)
        } else {
            let words = "This user may not ask the DHCP server for that.";
            Err(Refusal::new(ErrorCode::NotPermitted, words))
        };
        if let Err(refusal) = taken {
            asker.refuse(&header, &refusal);
        }
    }

    fn take(&mut self, asker: &Asker, object: &Object) -> Result<(), Refusal> {
        let asked = (asker.clone(), object.header);
        match object.header.kind {
            Kind::Probe => {
                let Probe { resume } = read(object)?;
                if self.searchers.len() >= MOST_WATCHERS {
                    return Err(Refusal::new(ErrorCode::TooMany, "Too many are searching."));
                }
                self.searchers.push(asked);
                self.ready.push_back(Input::Search { resume });
            }
            Kind::AskSnippets => {
                let AskSnippets {} = read(object)?;
                self.curious.push_back(asked);
                self.ready.push_back(Input::Snippets);
            }
            Kind::FreeLease => {
                let FreeLease { address } = read(object)?;
                info!(address:% = Ipv4Addr::from_bits(address); "an address was freed by hand");
                self.ready.push_back(Input::Free(Ipv4Addr::from_bits(address)));
                self.report_to(Some(asked));
            }
            _ => {
                let AskLeases { watch } = read(object)?;
                if watch && self.watchers.len() < MOST_WATCHERS {
                    self.watchers.insert(asker.conn, asker.clone());
                }
                self.report_to(Some(asked));
            }
        }
        Ok(())
    }

    fn hear_settings(&mut self, news: &News) {
        let News::Object(object) = news else { return };
        let settings = object.read::<Snapshot>().map_err(anyhow::Error::from);
        let settings = settings.and_then(|said| Ok(Settings::from_json(&said.settings)?));
        match settings {
            Ok(settings) => {
                let plan = office::plan(&settings.dhcp, self.files_ports);
                self.ready.push_back(Input::Plan(plan));
                self.alarms.say_again();
            }
            Err(error) => warn!("the settings cannot be read: {error:#}"),
        }
    }

    fn hear_folders(&mut self, news: &News) {
        let News::Object(object) = news else { return };
        match object.read::<Folders>() {
            Ok(Folders { folders }) => {
                let folders = folders.into_iter().map(|folder| (folder.mac, folder));
                self.ready.push_back(Input::Folders(folders.collect()));
            }
            Err(error) => warn!(error:%; "the gateway says what cannot be read"),
        }
    }
}
