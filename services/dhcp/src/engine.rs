//! The server (RFC 2131, section 4.3): answers clients, never before what it promises is on disk.
//!
//! ```text
//!            DISCOVER           probed: silent        REQUEST             on disk
//!  (free) ------------> probing ---------------> offered -------> storing -------> bound, ACK
//!                          | probed: somebody is there     ^ REQUEST of who has it  |
//!                          v                               +------------------------+
//!                    quarantined <------ DECLINE
//! ```

mod answer;
mod choice;
mod foreign;
mod request;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::Ipv4Addr;

use machine::{Machine, Moment, Span, Timers};

use crate::lease::{Client, Lease, State, Table};
use crate::packet::{Hardware, Kind, Op, Packet};
use crate::plan::{Mode, Plan};

/// An offer stands for so long: a client asks within ten seconds, and a slow phone has rebooted.
const OFFER: Span = Span::from_secs(60);
/// Nobody gets an address for so many seconds after somebody else was found at it.
const QUARANTINE_S: u64 = 24 * 3_600;

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
    /// What a probe has found: does somebody use the address?
    Probed(Ipv4Addr, bool),
    /// What was to be stored is on disk, or not.
    Stored(Ipv4Addr, Result<(), String>),
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
#[derive(Debug, Default)]
pub struct Engine {
    plan: Plan,
    unix_s: u64,
    table: Table,
    /// Addresses of each subnet that nobody ever had.
    unused: Vec<BTreeSet<Ipv4Addr>>,
    offers: BTreeMap<Ipv4Addr, Offer>,
    by_client: BTreeMap<Client, Ipv4Addr>,
    offered_until: Timers<Ipv4Addr>,
    storing: BTreeMap<Ipv4Addr, Storing>,
    outputs: VecDeque<Output>,
}

impl Engine {
    /// All leases.
    pub fn leases(&self) -> impl Iterator<Item = &Lease> {
        self.table.all()
    }

    /// Whether addresses are given now.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.plan.mode
    }

    fn planned(&mut self, plan: Plan) {
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
            _ if self.plan.mode == Mode::Observe => {}
            Kind::Discover => self.discover(from, packet, client, now),
            Kind::Request => self.request(from, packet, client),
            Kind::Decline => self.decline(&packet, &client),
            Kind::Release => self.release(&packet, &client),
            Kind::Offer | Kind::Ack | Kind::Nak | Kind::Other(_) => {}
        }
    }

    fn discover(&mut self, from: Arrival, packet: Packet, client: Client, now: Moment) {
        let Some(subnet) = self.subnet(from, &packet) else { return };
        let Some(address) = self.choose(subnet, &packet, &client) else {
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

    fn probed(&mut self, address: Ipv4Addr, is_taken: bool, now: Moment) {
        let Some(offer) = self.offers.get_mut(&address) else { return };
        let Some((from, packet)) = offer.waiting.take() else { return };
        if !is_taken {
            return self.offer(from, &packet, address);
        }
        let client = offer.client.clone();
        self.withdraw(address);
        self.quarantine(address, &client, packet.hardware);
        self.discover(from, packet, client, now);
    }

    fn stored(&mut self, address: Ipv4Addr, result: Result<(), String>) {
        let Some(Storing { lease, answer }) = self.storing.remove(&address) else { return };
        if let Err(words) = result {
            return self.alarm(Alarm::Unstored(words));
        }
        self.keep(lease);
        self.withdraw(address);
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

    fn alarm(&mut self, alarm: Alarm) {
        self.outputs.push_back(Output::Alarm(alarm));
    }
}

impl Machine for Engine {
    type Input = Input;
    type Output = Output;

    fn handle(&mut self, input: Input, now: Moment) {
        match input {
            Input::Plan(plan) => self.planned(plan),
            Input::Kept(lease) => self.keep(lease),
            Input::Wall(unix_s) => self.unix_s = unix_s,
            Input::Packet(from, packet) => self.packet(from, packet, now),
            Input::Probed(address, is_taken) => self.probed(address, is_taken, now),
            Input::Stored(address, result) => self.stored(address, result),
        }
    }

    fn expire(&mut self, now: Moment) {
        while let Some(address) = self.offered_until.expired(now) {
            self.withdraw(address);
        }
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn deadline(&self) -> Option<Moment> {
        self.offered_until.next()
    }
}
