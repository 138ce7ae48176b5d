//! Clients and the server on a virtual clock: the table of RFC 2131, faults, floods.

mod standing;
mod storms;

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use machine::{Machine as _, Moment, Span};
use proptest::{prop_assert, prop_assert_eq, proptest};

use super::{Alarm, Arrival, Engine, Input, Output, To};
use crate::code;
use crate::lease::{Client, Lease, State};
use crate::packet::{Hardware, Kind, Op, Options, Packet};
use crate::plan::{Class, Mode, Network, Plan, Subnet};
use message::lease::Doing;

const OURS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
/// Unix seconds at the clock's zero.
const START: u64 = 1_000_000;
const ARRIVAL: Arrival = Arrival { interface: 2, ours: OURS };

fn ip(last: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 0, 0, last)
}

fn plan(last: u8) -> Plan {
    Plan {
        mode: Mode::Sole,
        subnets: vec![Subnet {
            network: Network::of(OURS, 24),
            pools: vec![(ip(100), ip(last))],
            excluded: BTreeSet::new(),
            reserved: BTreeMap::from([([9; 6], ip(50))]),
            options: Options::from([(code::ROUTER, OURS.octets().to_vec())]),
            lease_s: 800,
        }],
        classes: vec![Class {
            begins: b"yealink".to_vec(),
            card: Vec::new(),
            options: Options::from([(66, b"http://10.0.0.1/y/".to_vec())]),
            lease_s: Some(80_000),
        }],
        files_ports: [80, 443],
    }
}

/// A server with a disk, and a network in which some addresses are in use by strangers.
struct Office {
    engine: Engine,
    now: Moment,
    disk: BTreeMap<Ipv4Addr, Lease>,
    is_disk_stuck: bool,
    strangers: BTreeSet<Ipv4Addr>,
    sent: Vec<(To, Packet)>,
    alarms: Vec<Alarm>,
    questions: Vec<Packet>,
}

impl Office {
    fn new(plan: Plan) -> Self {
        Self::with(plan, BTreeMap::new())
    }

    fn with(plan: Plan, disk: BTreeMap<Ipv4Addr, Lease>) -> Self {
        let mut engine = Engine::new([7; 32]);
        let now = Moment::from_millis(1_000);
        engine.handle(Input::Wall(START + 1), now);
        engine.handle(Input::Here(vec![ARRIVAL]), now);
        engine.handle(Input::Plan(plan), now);
        for lease in disk.values() {
            engine.handle(Input::Kept(lease.clone()), now);
        }
        let mut office = Self {
            engine,
            now,
            disk,
            is_disk_stuck: false,
            strangers: BTreeSet::new(),
            sent: Vec::new(),
            alarms: Vec::new(),
            questions: Vec::new(),
        };
        office.search();
        office
    }

    /// Until a search is over.
    fn search(&mut self) {
        for _ in 0..4 {
            self.settle();
            self.now = self.now + Span::from_millis(1_200);
            self.engine.handle(Input::Wall(START + self.now.millis() / 1_000), self.now);
            self.engine.expire(self.now);
        }
        self.settle();
    }

    fn settle(&mut self) {
        while let Some(output) = self.engine.poll() {
            let input = match output {
                Output::Probe(_, address) => {
                    Input::Probed(address, self.strangers.contains(&address).then_some([0xee; 6]))
                }
                Output::Store(_) if self.is_disk_stuck => continue,
                Output::Store(lease) => {
                    let address = lease.address;
                    self.disk.insert(address, lease);
                    Input::Stored(address, Ok(()))
                }
                Output::Send { to, packet, .. } => {
                    self.sent.push((to, packet));
                    continue;
                }
                Output::Alarm(alarm) => {
                    self.alarms.push(alarm);
                    continue;
                }
                Output::Ask(_, packet) => {
                    self.questions.push(packet);
                    continue;
                }
                Output::Searched
                | Output::Remember { .. }
                | Output::Seen(_)
                | Output::Changed
                | Output::Report(_)
                | Output::Snippets(_) => continue,
            };
            self.engine.handle(input, self.now);
        }
    }

    fn hear(&mut self, packet: Packet) -> Option<(To, Packet)> {
        self.engine.handle(Input::Packet(ARRIVAL, packet), self.now);
        self.settle();
        self.sent.pop()
    }

    fn later(&mut self, seconds: u64) {
        self.now = self.now + Span::from_secs(seconds);
        self.engine.handle(Input::Wall(START + self.now.millis() / 1_000), self.now);
        self.engine.expire(self.now);
        self.settle();
    }

    /// From nothing to an address.
    fn lease(&mut self, card: u8) -> Ipv4Addr {
        let (_, offer) = self.hear(say(card, Kind::Discover)).expect("an offer");
        let (_, ack) = self.hear(select(card, offer.yiaddr)).expect("an answer");
        assert_eq!(ack.kind(), Some(Kind::Ack));
        ack.yiaddr
    }
}

fn say(card: u8, kind: Kind) -> Packet {
    let options = Options::from([(code::MESSAGE_TYPE, vec![kind.number()])]);
    Packet { xid: u32::from(card), ..Packet::request(Hardware::ethernet([card; 6]), options) }
}

fn with(mut packet: Packet, code: u8, value: &[u8]) -> Packet {
    packet.options.insert(code, value.to_vec());
    packet
}

fn select(card: u8, address: Ipv4Addr) -> Packet {
    let request = with(say(card, Kind::Request), code::SERVER_ID, &OURS.octets());
    with(request, code::REQUESTED_ADDRESS, &address.octets())
}

fn reboot(card: u8, address: Ipv4Addr) -> Packet {
    with(say(card, Kind::Request), code::REQUESTED_ADDRESS, &address.octets())
}

fn renew(card: u8, address: Ipv4Addr) -> Packet {
    Packet { ciaddr: address, ..say(card, Kind::Request) }
}

#[test]
fn a_client_gets_an_address_with_the_options_of_its_kind() {
    let mut office = Office::new(plan(110));
    let discover = with(say(1, Kind::Discover), code::VENDOR_CLASS, b"yealink\0");
    let (to, offer) = office.hear(discover).expect("an offer");
    assert_eq!(to, To::Card(Hardware::ethernet([1; 6]), ip(100)));
    assert_eq!((offer.kind(), offer.yiaddr), (Some(Kind::Offer), ip(100)));
    assert_eq!(offer.options[&code::SUBNET_MASK], [255, 255, 255, 0]);
    assert_eq!(offer.options[&66], b"http://10.0.0.1/y/");
    assert_eq!(offer.options[&code::LEASE_TIME], 80_000_u32.to_be_bytes());
    assert!(office.disk.is_empty(), "an offer promises nothing for long");
    let (_, ack) = office.hear(select(1, ip(100))).expect("an answer");
    assert_eq!((ack.kind(), ack.yiaddr), (Some(Kind::Ack), ip(100)));
    assert_eq!(ack.options[&code::RENEWAL], 400_u32.to_be_bytes());
    assert_eq!(ack.options[&code::REBINDING], 700_u32.to_be_bytes());
    assert_eq!(office.disk[&ip(100)].state, State::Bound);
}

#[test]
fn nothing_is_acknowledged_before_it_is_on_disk() {
    let mut office = Office::new(plan(110));
    let (_, offer) = office.hear(say(1, Kind::Discover)).expect("an offer");
    office.is_disk_stuck = true;
    assert_eq!(office.hear(select(1, offer.yiaddr)), None);
    assert_eq!(office.hear(select(1, offer.yiaddr)), None, "it asks again meanwhile");
    office.engine.handle(Input::Stored(offer.yiaddr, Err("disk full".into())), office.now);
    office.settle();
    assert!(office.sent.is_empty());
    assert_eq!(office.alarms, [Alarm::Unstored("disk full".into())]);
    office.is_disk_stuck = false;
    let (_, ack) = office.hear(select(1, offer.yiaddr)).expect("the disk is well again");
    assert_eq!(ack.kind(), Some(Kind::Ack));
}

#[test]
fn another_server_s_offer_was_taken() {
    let mut office = Office::new(plan(100));
    office.hear(say(1, Kind::Discover)).expect("an offer");
    let theirs = with(select(1, ip(7)), code::SERVER_ID, &[10, 0, 0, 2]);
    assert_eq!(office.hear(theirs), None);
    assert!(office.hear(say(2, Kind::Discover)).is_some(), "the only address is free again");
}

#[test]
fn after_a_reboot_the_own_address_is_confirmed_and_a_wrong_one_refused() {
    let mut office = Office::new(plan(110));
    let address = office.lease(1);
    let mut office = Office::with(plan(110), office.disk);
    let (_, ack) = office.hear(reboot(1, address)).expect("known");
    assert_eq!((ack.kind(), ack.yiaddr), (Some(Kind::Ack), address));
    let (to, nak) = office.hear(reboot(1, Ipv4Addr::new(192, 168, 9, 9))).expect("refused");
    assert_eq!((nak.kind(), to), (Some(Kind::Nak), To::All));
    let (_, nak) = office.hear(reboot(1, ip(109))).expect("refused");
    assert_eq!(nak.kind(), Some(Kind::Nak));
    assert_eq!(
        office.hear(reboot(2, ip(105))),
        None,
        "of whom there is no record, nothing is said"
    );
    let mut own = Office::new(Plan { mode: Mode::Voice, ..plan(110) });
    let (_, nak) = own.hear(reboot(2, ip(105))).expect("the last word is ours");
    assert_eq!(nak.kind(), Some(Kind::Nak));
}

#[test]
fn a_lease_is_renewed_by_who_has_it_and_nobody_else() {
    let mut office = Office::new(plan(110));
    let address = office.lease(1);
    let before = office.disk[&address].until;
    office.later(400);
    let (to, ack) = office.hear(renew(1, address)).expect("renewed");
    assert_eq!((to, ack.kind(), ack.ciaddr), (To::Client(address), Some(Kind::Ack), address));
    assert_eq!(office.disk[&address].until, before + 400);
    assert_eq!(office.hear(renew(2, address)), None);
    assert_eq!(office.disk[&address].hardware, Hardware::ethernet([1; 6]));
}

#[test]
fn a_released_address_stays_the_same_client_s_until_it_is_needed() {
    let mut office = Office::new(plan(101));
    let address = office.lease(1);
    office.hear(Packet { ciaddr: address, ..say(1, Kind::Release) });
    assert_eq!(office.disk[&address].state, State::Released);
    assert_eq!(office.lease(2), ip(101), "one that nobody had comes first");
    assert_eq!(office.lease(1), address);
    office.hear(Packet { ciaddr: address, ..say(1, Kind::Release) });
    assert_eq!(office.lease(3), address, "now it is needed");
    office.hear(Packet { ciaddr: address, ..say(1, Kind::Release) });
    assert_eq!(office.disk[&address].state, State::Bound, "a stranger releases nothing");
}

#[test]
fn a_declined_address_is_nobody_s_for_a_day() {
    let mut office = Office::new(plan(100));
    let address = office.lease(1);
    let decline = with(say(2, Kind::Decline), code::REQUESTED_ADDRESS, &address.octets());
    office.hear(decline);
    assert!(office.alarms.is_empty(), "a stranger declines nothing");
    let decline = with(say(1, Kind::Decline), code::REQUESTED_ADDRESS, &address.octets());
    office.hear(decline);
    assert_eq!(office.alarms, [Alarm::Taken(address)]);
    assert_eq!(office.hear(say(1, Kind::Discover)), None);
    assert_eq!(office.alarms[1], Alarm::Exhausted(0));
    office.later(24 * 3_600 + 1);
    assert_eq!(office.lease(2), address);
}

#[test]
fn an_address_in_use_is_found_by_the_probe_and_the_next_one_offered() {
    let mut office = Office::new(plan(110));
    office.strangers = BTreeSet::from([ip(100), ip(101)]);
    assert_eq!(office.lease(1), ip(102));
    assert_eq!(office.alarms, [Alarm::Taken(ip(100)), Alarm::Taken(ip(101))]);
    assert_eq!(office.disk[&ip(100)].state, State::Quarantined);
}

#[test]
fn who_asks_again_during_the_probe_gets_one_offer_for_the_last_question() {
    let mut engine = Engine::new([7; 32]);
    let now = Moment::from_millis(1);
    engine.handle(Input::Plan(Plan { mode: Mode::Voice, ..plan(110) }), now);
    while engine.poll().is_some() {}
    for xid in [7, 8] {
        let packet = Packet { xid, ..say(1, Kind::Discover) };
        engine.handle(Input::Packet(ARRIVAL, packet), now);
    }
    assert_eq!(engine.poll(), Some(Output::Probe(ARRIVAL, ip(100))));
    assert_eq!(engine.poll(), None);
    engine.handle(Input::Probed(ip(100), None), now);
    let offer = engine.poll();
    assert!(matches!(&offer, Some(Output::Send { packet, .. }) if packet.xid == 8), "{offer:?}");
    assert_eq!(engine.poll(), None);
}

#[test]
fn an_offer_that_nobody_takes_is_free_again() {
    let mut office = Office::new(plan(100));
    office.hear(say(1, Kind::Discover)).expect("an offer");
    assert_eq!(office.hear(say(2, Kind::Discover)), None);
    assert_eq!(office.alarms, [Alarm::Exhausted(0)]);
    office.later(61);
    let (_, offer) = office.hear(say(2, Kind::Discover)).expect("an offer");
    assert_eq!(offer.yiaddr, ip(100));
    let (_, nak) = office.hear(select(1, ip(100))).expect("too late");
    assert_eq!(nak.kind(), Some(Kind::Nak));
}

#[test]
fn a_reservation_is_kept_for_its_card_alone() {
    let mut office = Office::new(plan(110));
    assert_eq!(office.lease(9), ip(50));
    let liked = with(say(1, Kind::Discover), code::REQUESTED_ADDRESS, &ip(50).octets());
    let (_, offer) = office.hear(liked).expect("an offer");
    assert_eq!(offer.yiaddr, ip(100));
    let liked = with(say(2, Kind::Discover), code::REQUESTED_ADDRESS, &ip(107).octets());
    assert_eq!(office.hear(liked).expect("an offer").1.yiaddr, ip(107));
}

#[test]
fn one_who_has_an_address_is_told_the_rest_whatever_the_mode() {
    let mut office = Office::new(Plan { mode: Mode::Observe, ..plan(110) });
    let inform = Packet { ciaddr: ip(200), ..say(1, Kind::Inform) };
    let inform = with(inform, code::VENDOR_CLASS, b"yealink");
    let (to, ack) = office.hear(inform).expect("an answer");
    assert_eq!((to, ack.yiaddr), (To::Client(ip(200)), Ipv4Addr::UNSPECIFIED));
    assert!(ack.options.contains_key(&66) && !ack.options.contains_key(&code::LEASE_TIME));
    assert_eq!(office.hear(say(1, Kind::Discover)), None);
    assert_eq!(office.hear(select(1, ip(100))), None);
}

#[test]
fn a_foreign_server_ends_the_giving_until_somebody_begins_it_again() {
    let mut office = Office::new(plan(110));
    let address = office.lease(1);
    let theirs = Packet { op: Op::Reply, ..say(3, Kind::Offer) };
    office.hear(with(theirs.clone(), code::SERVER_ID, &OURS.octets()));
    assert_eq!(office.engine.doing(), Doing::Giving, "our own voice is no stranger's");
    office.hear(with(theirs, code::SERVER_ID, &[10, 0, 0, 254]));
    assert_eq!(office.engine.doing(), Doing::StoodDown);
    assert_eq!(office.alarms, [Alarm::StoodDown, Alarm::Foreign(ip(254))]);
    assert_eq!(office.hear(say(2, Kind::Discover)), None);
    office.engine.handle(Input::Plan(plan(120)), office.now);
    assert_eq!(office.engine.doing(), Doing::StoodDown, "a larger pool is no word for it");
    office.engine.handle(Input::Search { resume: true }, office.now);
    office.search();
    let (_, ack) = office.hear(renew(1, address)).expect("what it had is still its own");
    assert_eq!(ack.kind(), Some(Kind::Ack));
}

#[test]
fn a_relay_s_client_gets_an_address_of_the_relay_s_network() {
    let mut plan = plan(110);
    let far = Ipv4Addr::new(10, 9, 0, 1);
    let pool = (Ipv4Addr::new(10, 9, 0, 20), Ipv4Addr::new(10, 9, 0, 30));
    let network = Network::of(far, 24);
    plan.subnets.push(Subnet { network, pools: vec![pool], ..plan.subnets[0].clone() });
    let mut office = Office::new(plan);
    let relayed = Packet { giaddr: far, ..say(1, Kind::Discover) };
    let (to, offer) = office.hear(relayed).expect("an offer");
    assert_eq!((to, offer.yiaddr, offer.giaddr), (To::Relay(far), pool.0, far));
    let link = [&[1, 2, 7, 7, 5, 4][..], &ip(0).octets()].concat();
    let relayed = Packet { giaddr: far, ..say(2, Kind::Discover) };
    let (_, offer) = office.hear(with(relayed, code::RELAY_AGENT, &link)).expect("an offer");
    assert_eq!(offer.yiaddr, ip(100), "the relay may name another network");
    assert_eq!(offer.options[&code::RELAY_AGENT], link);
    let lost = Packet { giaddr: Ipv4Addr::new(172, 16, 0, 1), ..say(3, Kind::Discover) };
    assert_eq!(office.hear(lost), None);
}

#[test]
fn who_may_commits_at_once() {
    let mut office = Office::new(plan(110));
    let rapid = with(say(1, Kind::Discover), code::RAPID_COMMIT, &[]);
    let (_, ack) = office.hear(rapid).expect("an answer");
    assert_eq!((ack.kind(), ack.yiaddr), (Some(Kind::Ack), ip(100)));
    assert!(ack.options.contains_key(&code::RAPID_COMMIT));
    assert_eq!(office.disk[&ip(100)].client, Client::Card(1, vec![1; 6]));
}

#[test]
fn five_hundred_telephones_at_once_get_one_address_each() {
    let mut wide = plan(110);
    let first = Ipv4Addr::new(10, 1, 0, 10);
    wide.subnets[0].network = Network::of(Ipv4Addr::new(10, 1, 0, 0), 16);
    wide.subnets[0].pools = vec![(first, Ipv4Addr::new(10, 1, 3, 0))];
    let mut office = Office::new(wide);
    let from = Arrival { interface: 2, ours: Ipv4Addr::new(10, 1, 0, 1) };
    let card = |n: u16| Hardware::ethernet([0, 0, 0, 0, n.to_be_bytes()[0], n.to_be_bytes()[1]]);
    for n in 1..=500 {
        let packet = Packet { hardware: card(n), xid: n.into(), ..say(0, Kind::Discover) };
        office.engine.handle(Input::Packet(from, packet), office.now);
    }
    office.settle();
    let offers = std::mem::take(&mut office.sent);
    for (_, offer) in &offers {
        let request = with(say(0, Kind::Request), code::SERVER_ID, &from.ours.octets());
        let request = with(request, code::REQUESTED_ADDRESS, &offer.yiaddr.octets());
        let request = Packet { hardware: offer.hardware, xid: offer.xid, ..request };
        office.engine.handle(Input::Packet(from, request), office.now);
    }
    office.settle();
    let given: BTreeSet<Ipv4Addr> = office.sent.iter().map(|(_, ack)| ack.yiaddr).collect();
    assert_eq!((offers.len(), given.len(), office.disk.len()), (500, 500, 500));
}

proptest! {
    /// Whatever clients say in whatever order, no address has two clients, and nothing was
    /// acknowledged that is not on disk.
    #[test]
    fn no_address_is_given_twice(
        story in proptest::collection::vec((0_u8..6, 0_u8..7, 98_u8..106, 0_u64..900), 1..80),
    ) {
        let mut office = Office::new(plan(103));
        let mut holds: BTreeMap<u8, (Ipv4Addr, u64)> = BTreeMap::new();
        for (card, deed, last, pause) in story {
            let address = ip(last);
            let answer = match deed {
                0 => office.hear(say(card, Kind::Discover)),
                1 => office.hear(select(card, address)),
                2 => office.hear(reboot(card, address)),
                3 => office.hear(renew(card, address)),
                4 => {
                    holds.retain(|other, held| *other != card || held.0 != address);
                    office.hear(Packet { ciaddr: address, ..say(card, Kind::Release) })
                }
                5 => {
                    let decline = say(card, Kind::Decline);
                    holds.retain(|other, held| *other != card || held.0 != address);
                    office.hear(with(decline, code::REQUESTED_ADDRESS, &address.octets()))
                }
                _ => {
                    office.later(pause);
                    None
                }
            };
            let unix_s = START + office.now.millis() / 1_000;
            holds.retain(|_, (_, until)| *until > unix_s);
            if let Some((_, ack)) = answer.filter(|(_, packet)| packet.kind() == Some(Kind::Ack)) {
                let lease = &office.disk[&ack.yiaddr];
                prop_assert_eq!(&lease.client, &Client::Card(1, vec![card; 6]));
                let other = holds.iter().find(|(who, held)| **who != card && held.0 == ack.yiaddr);
                prop_assert!(other.is_none(), "{} has {} already", other.expect("there").0, ack.yiaddr);
                holds.insert(card, (ack.yiaddr, lease.until));
            }
        }
    }
}
