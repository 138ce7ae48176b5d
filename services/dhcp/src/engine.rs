//! The server (RFC 2131, section 4.3): answers clients, never before what it promises is on disk.
//!
//! ```text
//!            DISCOVER           probed: silent        REQUEST             on disk
//!  (free) ------------> probing ---------------> offered -------> storing -------> bound, ACK
//!                          | probed: somebody is there     ^ REQUEST of who has it  |
//!                          v                               +------------------------+
//!                    quarantined <------ DECLINE
//! ```

mod advice;
mod answer;
mod choice;
mod elsewhere;
mod foreign;
mod report;
mod request;
mod router;
mod search;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::Ipv4Addr;

use machine::{Machine, Moment, Span, Timers};
use message::lease::{Doing, Leases, Snippets};
use message::station::{Folder, Hop, Step};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::lease::{Client, Lease, State, Table};
use crate::packet::{Hardware, Kind, Op, Packet};
use crate::plan::Plan;

/// An offer stands for so long: a client asks within ten seconds, and a slow phone has rebooted.
const OFFER: Span = Span::from_secs(60);
/// Nobody gets an address for so many seconds after somebody else was found at it.
const QUARANTINE_S: u64 = 24 * 3_600;
/// The same when it is one client's word, and a quarter of the pool is in quarantine already: a
/// client that declines whatever it gets takes the office's addresses for no longer.
const DOUBTED_S: u64 = 600;

/// On which interface a message came, and which address we have there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The interface's number.
    pub interface: u32,
    /// Our address there: what clients know us by.
    pub ours: Ipv4Addr,
}

/// What can happen.
#[derive(Clone, Debug)]
pub enum Input {
    /// The office has decided; what clients have stays theirs.
    Plan(Plan),
    /// A lease that was on disk at the start.
    Kept(Lease),
    /// The time of day, unix seconds.
    Wall(u64),
    /// A message.
    Packet(Arrival, Packet),
    /// What a probe has found: the card that answers at the address.
    Probed(Ipv4Addr, Option<[u8; 6]>),
    /// What was to be stored is on disk, or not.
    Stored(Ipv4Addr, Result<(), String>),
    /// Our interfaces and addresses, as they are now.
    Here(Vec<Arrival>),
    /// Before the last restart another server had made us stop.
    StoodDown,
    /// Where each telephone finds its files, by the card.
    Folders(BTreeMap<[u8; 6], Folder>),
    /// Look whether another server answers; and if none does, give addresses again.
    Search {
        /// Give addresses again.
        resume: bool,
    },
    /// The client of this address is gone, or the quarantine is over.
    Free(Ipv4Addr),
    /// Somebody wants to know how the server is.
    Report,
    /// Somebody wants to know what the office's router has to be told.
    Snippets,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Ask by ARP whether somebody uses the address.
    Probe(Arrival, Ipv4Addr),
    /// Put it on disk.
    Store(Lease),
    /// Send it.
    Send {
        /// From where.
        from: Arrival,
        /// To whom.
        to: To,
        /// What.
        packet: Packet,
        /// The options that the client asked for, in its order.
        wanted: Vec<u8>,
        /// The largest message that it takes.
        most: usize,
    },
    /// The administrator should know.
    Alarm(Alarm),
    /// Ask as a client would that has no address: by broadcast, from the clients' port.
    Ask(Arrival, Packet),
    /// The search for other servers is over.
    Searched,
    /// Remember for the next start whether another server has made us stop.
    Remember {
        /// It has.
        stood_down: bool,
    },
    /// A telephone did something.
    Seen(Hop),
    /// What is reported has changed.
    Changed,
    /// How the server is: the answer to each [`Input::Report`], in their order.
    Report(Box<Leases>),
    /// What the office's router has to be told: the answer to each [`Input::Snippets`].
    Snippets(Snippets),
}

/// The way to a client (RFC 2131, section 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// To its relay, port 67.
    Relay(Ipv4Addr),
    /// To its address, port 68.
    Client(Ipv4Addr),
    /// To all, port 68.
    All,
    /// To its card, which has no address yet: the frame is made by hand.
    Card(Hardware, Ipv4Addr),
}

/// What the administrator should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// Somebody uses an address of ours who did not ask.
    Taken(Ipv4Addr),
    /// A pool is used up: the subnet's place in the plan.
    Exhausted(usize),
    /// Another server answers clients.
    Foreign(Ipv4Addr),
    /// Because of one, we have stopped giving addresses.
    StoodDown,
    /// Leases cannot be stored: nobody gets an address.
    Unstored(String),
}

/// An address on its way to a client.
#[derive(Debug)]
struct Offer {
    client: Client,
    /// The message that waits for the probe.
    waiting: Option<(Arrival, Packet)>,
}

/// What is said when a lease is on disk.
#[derive(Debug)]
struct Storing {
    lease: Lease,
    answer: Option<(Arrival, Packet)>,
}

/// The server.
#[derive(Debug)]
pub struct Engine {
    plan: Plan,
    doing: Doing,
    search: search::Search,
    rng: ChaCha20Rng,
    here: Vec<Arrival>,
    /// When each other server was heard last, unix seconds.
    foreign: BTreeMap<Ipv4Addr, u64>,
    folders: BTreeMap<[u8; 6], Folder>,
    /// What went wrong last, and when.
    trouble: Option<(u64, String)>,
    unix_s: u64,
    table: Table,
    /// Addresses of each subnet that nobody ever had.
    unused: Vec<BTreeSet<Ipv4Addr>>,
    offers: BTreeMap<Ipv4Addr, Offer>,
    by_client: BTreeMap<Client, Ipv4Addr>,
    offered_until: Timers<Ipv4Addr>,
    storing: BTreeMap<Ipv4Addr, Storing>,
    elsewhere: elsewhere::Elsewhere,
    outputs: VecDeque<Output>,
}

impl Engine {
    /// A server that knows nothing yet; the seed is for the cards that it makes up to search for
    /// other servers.
    #[must_use]
    pub fn new(seed: [u8; 32]) -> Self {
        Self {
            plan: Plan::default(),
            doing: Doing::Observing,
            search: search::Search::default(),
            rng: ChaCha20Rng::from_seed(seed),
            here: Vec::new(),
            foreign: BTreeMap::new(),
            folders: BTreeMap::new(),
            trouble: None,
            unix_s: 0,
            table: Table::default(),
            unused: Vec::new(),
            offers: BTreeMap::new(),
            by_client: BTreeMap::new(),
            offered_until: Timers::new(),
            storing: BTreeMap::new(),
            elsewhere: elsewhere::Elsewhere::new(),
            outputs: VecDeque::new(),
        }
    }

    /// All leases.
    pub fn leases(&self) -> impl Iterator<Item = &Lease> {
        self.table.all()
    }

    /// What the server does now.
    #[must_use]
    pub fn doing(&self) -> Doing {
        self.doing
    }

    fn planned(&mut self, plan: Plan, now: Moment) {
        self.decide(plan.mode, now);
        let unused = plan.subnets.iter().map(|subnet| {
            subnet.addresses().filter(|address| self.table.get(*address).is_none()).collect()
        });
        self.unused = unused.collect();
        self.plan = plan;
        // Nothing that was only offered is owed to anybody.
        self.offers.clear();
        self.by_client.clear();
        self.offered_until = Timers::new();
    }

    fn packet(&mut self, from: Arrival, packet: Packet, now: Moment) {
        if packet.op == Op::Reply {
            return self.heard(from, &packet);
        }
        let (Some(kind), Some(client)) = (packet.kind(), Client::of(&packet)) else { return };
        match kind {
            Kind::Inform => self.inform(from, &packet),
            Kind::Request if self.is_another_s(from, &packet) => {
                self.asks_elsewhere(from, &packet, now);
                self.taken(&client, now);
            }
            Kind::Discover if self.search.is_ours(packet.xid) => {}
            Kind::Discover => self.discover(from, packet, client, now),
            Kind::Request if !self.is_giving() => self.asks_elsewhere(from, &packet, now),
            _ if !self.is_giving() => {}
            Kind::Request => self.request(from, packet, client),
            Kind::Decline => self.decline(&packet, &client),
            Kind::Release => self.release(&packet, &client),
            Kind::Offer | Kind::Ack | Kind::Nak | Kind::Other(_) => {}
        }
    }

    fn discover(&mut self, from: Arrival, packet: Packet, client: Client, now: Moment) {
        self.seen(Step::Discover, &packet, Ipv4Addr::UNSPECIFIED, "");
        if !self.is_giving() {
            return;
        }
        let Some(subnet) = self.subnet(from, &packet) else { return };
        let Some(address) = self.choose(subnet, &packet, &client) else {
            self.seen(Step::Nak, &packet, Ipv4Addr::UNSPECIFIED, "All addresses are in use.");
            return self.alarm(Alarm::Exhausted(subnet));
        };
        if self.storing.contains_key(&address) {
            return;
        }
        self.offered_until.set(address, now + OFFER);
        let is_its_own = self.table.get(address).is_some_and(|lease| {
            lease.client == client && lease.state == State::Bound && lease.until > self.unix_s
        });
        if let Some(offer) = self.offers.get_mut(&address) {
            // It asks again: before the probe is over, or because the offer was lost.
            if offer.waiting.is_some() {
                offer.waiting = Some((from, packet));
                return;
            }
            return self.offer(from, &packet, address);
        }
        self.by_client.insert(client.clone(), address);
        self.use_up(address);
        let waiting = (!is_its_own).then(|| (from, packet.clone()));
        self.offers.insert(address, Offer { client, waiting });
        if is_its_own {
            self.offer(from, &packet, address);
        } else {
            self.outputs.push_back(Output::Probe(from, address));
        }
    }

    fn probed(&mut self, address: Ipv4Addr, card: Option<[u8; 6]>, now: Moment) {
        if let Some(card) = card {
            self.found_elsewhere(address, card);
        }
        let Some(offer) = self.offers.get_mut(&address) else { return };
        let Some((from, packet)) = offer.waiting.take() else { return };
        // A client may still use the address that it had, while it asks for one.
        let is_free = card.is_none() || card == packet.hardware.mac();
        if is_free {
            return self.offer(from, &packet, address);
        }
        let client = offer.client.clone();
        self.withdraw(address);
        self.quarantine(address, &client, packet.hardware, QUARANTINE_S);
        self.discover(from, packet, client, now);
    }

    fn stored(&mut self, address: Ipv4Addr, result: Result<(), String>) {
        let Some(Storing { lease, answer }) = self.storing.remove(&address) else { return };
        if let Err(words) = result {
            return self.alarm(Alarm::Unstored(words));
        }
        self.keep(lease);
        self.withdraw(address);
        self.outputs.push_back(Output::Changed);
        if let Some((from, packet)) = answer {
            self.acknowledge(from, &packet, address);
        }
    }

    fn keep(&mut self, lease: Lease) {
        self.use_up(lease.address);
        self.table.put(lease);
    }

    fn use_up(&mut self, address: Ipv4Addr) {
        for unused in &mut self.unused {
            unused.remove(&address);
        }
    }

    fn store(&mut self, lease: Lease, answer: Option<(Arrival, Packet)>) {
        self.outputs.push_back(Output::Store(lease.clone()));
        self.storing.insert(lease.address, Storing { lease, answer });
    }

    fn withdraw(&mut self, address: Ipv4Addr) {
        self.offered_until.cancel(&address);
        if let Some(offer) = self.offers.remove(&address)
            && self.by_client.get(&offer.client) == Some(&address)
        {
            self.by_client.remove(&offer.client);
        }
        if self.table.get(address).is_none()
            && let Some(subnet) = self.plan.subnet_of(address)
            && self.plan.subnets[subnet].is_in_pool(address)
        {
            self.unused[subnet].insert(address);
        }
    }

    /// An address is free, because the administrator says so.
    fn free(&mut self, address: Ipv4Addr) {
        let Some(lease) = self.table.get(address) else { return };
        if !self.storing.contains_key(&address) {
            let lease = Lease { state: State::Released, until: self.unix_s, ..lease.clone() };
            self.store(lease, None);
        }
    }

    fn is_giving(&self) -> bool {
        self.doing == Doing::Giving
    }
}

impl Machine for Engine {
    type Input = Input;
    type Output = Output;

    fn handle(&mut self, input: Input, now: Moment) {
        match input {
            Input::Plan(plan) => self.planned(plan, now),
            Input::Kept(lease) => self.keep(lease),
            Input::Wall(unix_s) => self.unix_s = unix_s,
            Input::Packet(from, packet) => self.packet(from, packet, now),
            Input::Probed(address, card) => self.probed(address, card, now),
            Input::Stored(address, result) => self.stored(address, result),
            Input::Here(here) => self.here = here,
            Input::StoodDown => self.stand_down(),
            Input::Folders(folders) => self.folders = folders,
            Input::Search { resume } => self.search_now(resume, now),
            Input::Free(address) => self.free(address),
            Input::Snippets => self.outputs.push_back(Output::Snippets(self.snippets())),
            Input::Report => self.outputs.push_back(Output::Report(Box::new(self.report()))),
        }
    }

    fn expire(&mut self, now: Moment) {
        while let Some(address) = self.offered_until.expired(now) {
            self.withdraw(address);
        }
        self.search_on(now);
        self.look_elsewhere(now);
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn deadline(&self) -> Option<Moment> {
        let next = [self.offered_until.next(), self.search.next(), self.elsewhere.next()];
        next.into_iter().flatten().min()
    }
}
