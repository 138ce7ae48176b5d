//! Whether addresses are given: the search for other servers, what ends the giving and begins it
//! again; and what telephones are told.

use std::collections::{BTreeMap, BTreeSet};

use machine::{Machine as _, Moment, Span};
use message::lease::Doing;
use message::station::{Folder, Step};

use super::{ARRIVAL, Office, START, ip, plan, say, select, with};
use crate::code;
use crate::engine::{Alarm, Engine, Input, Output};
use crate::packet::{Hardware, Kind, Op, Packet};
use crate::plan::{Mode, Plan};

fn office_before_its_search(kept: Option<Input>) -> Office {
    let mut engine = Engine::new([7; 32]);
    let now = Moment::from_millis(1_000);
    engine.handle(Input::Wall(START + 1), now);
    engine.handle(Input::Here(vec![ARRIVAL]), now);
    if let Some(kept) = kept {
        engine.handle(kept, now);
    }
    engine.handle(Input::Plan(plan(110)), now);
    let mut office = Office::new(plan(110));
    (office.engine, office.now) = (engine, now);
    office.questions.clear();
    office
}

#[test]
fn nobody_gets_an_address_before_the_network_was_searched_for_another_server() {
    let mut office = office_before_its_search(None);
    assert_eq!(office.hear(say(1, Kind::Discover)), None);
    assert_eq!(office.engine.doing(), Doing::Probing);
    office.search();
    assert_eq!(office.engine.doing(), Doing::Giving);
    let cards: BTreeSet<_> = office.questions.iter().map(|asked| asked.hardware).collect();
    assert_eq!(cards.len(), 3, "each question is of another card");
    let mac = office.questions[0].hardware.mac().expect("a card");
    assert_eq!(mac[0] & 3, 2, "locally administered, one device");
    let ours = office.questions[2].clone();
    assert_eq!(office.hear(ours), None, "what comes back to us of our own questions is no client");
    assert!(office.hear(say(1, Kind::Discover)).is_some());
}

#[test]
fn a_server_that_answers_the_search_keeps_us_from_giving_over_a_restart_too() {
    let mut office = office_before_its_search(None);
    office.settle();
    let offer = Packet { op: Op::Reply, ..say(3, Kind::Offer) };
    let offer = with(offer, code::SERVER_ID, &[10, 0, 0, 254]);
    office.hear(offer.clone());
    office.search();
    assert_eq!(office.engine.doing(), Doing::StoodDown);
    let mut office = office_before_its_search(Some(Input::StoodDown));
    office.search();
    assert!(office.questions.is_empty(), "only the administrator begins it again");
    assert_eq!(office.engine.doing(), Doing::StoodDown);
    office.engine.handle(Input::Search { resume: false }, office.now);
    office.search();
    assert_eq!(office.engine.doing(), Doing::StoodDown, "to look is not to give");
    office.engine.handle(Input::Search { resume: true }, office.now);
    office.hear(offer);
    office.search();
    assert_eq!(office.engine.doing(), Doing::StoodDown, "it is still there");
    office.engine.handle(Input::Search { resume: true }, office.now);
    office.search();
    assert_eq!(office.engine.doing(), Doing::Giving);
}

#[test]
fn one_client_s_word_of_another_server_is_looked_into_and_ends_nothing() {
    let mut office = Office::new(plan(110));
    office.questions.clear();
    office.later(1);
    let theirs = with(select(1, ip(7)), code::SERVER_ID, &[10, 0, 0, 2]);
    for _ in 0..50 {
        office.hear(theirs.clone());
    }
    assert!(office.hear(say(2, Kind::Discover)).is_some(), "meanwhile we go on");
    assert!(office.questions.is_empty(), "the last search was a moment ago");
    office.later(9);
    office.search();
    assert_eq!(office.questions.len(), 3, "one search, however often it is said");
    assert_eq!(office.engine.doing(), Doing::Giving);
}

#[test]
fn a_telephone_gets_its_folder_and_its_address_for_a_week() {
    let mut office = Office::new(plan(110));
    let card = Hardware::ethernet([0x00, 0x04, 0x13, 1, 2, 3]);
    let snom =
        Packet { hardware: card, ..with(say(1, Kind::Discover), code::VENDOR_CLASS, b"snomD785") };
    let (_, offer) = office.hear(snom.clone()).expect("an offer");
    assert_eq!(offer.options[&66], b"http://10.0.0.1/p");
    assert_eq!(offer.options[&code::LEASE_TIME], 604_800_u32.to_be_bytes());
    assert!(!offer.options.contains_key(&code::TIME_SERVER), "nobody here serves the time");
    let mac = [0x00, 0x04, 0x13, 1, 2, 3];
    let token = "0123456789abcdef".repeat(2);
    let folders = BTreeMap::from([(mac, Folder { mac, token, secure: true })]);
    office.engine.handle(Input::Folders(folders), office.now);
    let (_, offer) = office.hear(snom).expect("an offer");
    assert_eq!(offer.options[&66], b"https://10.0.0.1/p/0123456789abcdef0123456789abcdef");
    let (_, offer) = office.hear(say(2, Kind::Discover)).expect("an offer");
    assert!(!offer.options.contains_key(&66), "a computer is told nothing of it");
}

#[test]
fn who_still_uses_the_address_that_it_had_is_not_somebody_else() {
    let mut office = Office::new(plan(100));
    let address = office.lease(1);
    office.later(900);
    office.engine.handle(Input::Packet(ARRIVAL, say(1, Kind::Discover)), office.now);
    assert!(
        std::iter::from_fn(|| office.engine.poll())
            .any(|output| matches!(output, Output::Probe(..)))
    );
    office.engine.handle(Input::Probed(address, Some([1; 6])), office.now);
    office.settle();
    assert_eq!(office.sent.pop().expect("an offer").1.yiaddr, address);
    assert!(office.alarms.is_empty());
}

#[test]
fn an_address_that_is_freed_by_hand_is_anybody_s() {
    let mut office = Office::new(plan(100));
    let address = office.lease(1);
    assert_eq!(office.hear(say(2, Kind::Discover)), None);
    office.engine.handle(Input::Free(address), office.now);
    office.settle();
    assert_eq!(office.lease(2), address);
    let report = office.engine.report();
    assert_eq!((report.pool, report.used, report.leases.len()), (1, 1, 1));
    assert_eq!(report.trouble, "All addresses of the pool are in use.");
}

#[test]
fn a_client_that_declines_whatever_it_gets_does_not_take_the_pool_for_a_day() {
    let mut office = Office::new(plan(119));
    for _ in 0..20 {
        let address = office.lease(1);
        let decline = with(say(1, Kind::Decline), code::REQUESTED_ADDRESS, &address.octets());
        office.hear(decline);
    }
    assert_eq!(office.hear(say(2, Kind::Discover)), None, "for a while nothing is left");
    office.later(601);
    assert!(office.hear(say(2, Kind::Discover)).is_some());
    let shut = office.disk.values().filter(|lease| lease.until > START + 3_600).count();
    assert_eq!(shut, 5, "a quarter of the twenty");
}

#[test]
fn where_addresses_are_only_observed_another_server_is_no_reason_for_an_alarm() {
    let theirs = Packet { op: Op::Reply, ..say(3, Kind::Offer) };
    let theirs = with(theirs, code::SERVER_ID, &[10, 0, 0, 254]);
    for (mode, is_alarming) in [(Mode::Observe, false), (Mode::Voice, true)] {
        let mut office = Office::new(Plan { mode, ..plan(110) });
        office.hear(theirs.clone());
        assert_eq!(office.alarms.contains(&Alarm::Foreign(ip(254))), is_alarming);
        assert_eq!(office.engine.report().foreign.len(), 1, "it is shown all the same");
    }
}

// rows 111, 114
#[test]
fn a_telephone_with_another_server_s_address_is_told_of_once_it_is_seen_there() {
    let snom = [0x00, 0x04, 0x13, 1, 2, 3];
    let probes = |office: &mut Office| {
        let outputs: Vec<Output> = std::iter::from_fn(|| office.engine.poll()).collect();
        outputs.iter().filter(|output| matches!(output, Output::Probe(..))).count()
    };
    let told = |office: &mut Office| {
        std::iter::from_fn(|| office.engine.poll()).find_map(|output| match output {
            Output::Seen(hop) if hop.step == Step::Inform => Some((hop.mac, hop.address)),
            _ => None,
        })
    };
    for mode in [Mode::Observe, Mode::Sole, Mode::Voice] {
        for foreign in [Some([10, 0, 0, 254]), None] {
            if mode != Mode::Observe && foreign.is_none() {
                continue;
            }
            let mut office = Office::new(Plan { mode, ..plan(110) });
            let asked = Packet { hardware: Hardware::ethernet(snom), ..say(1, Kind::Request) };
            let mut asked = with(asked, code::REQUESTED_ADDRESS, &ip(33).octets());
            if let Some(server) = foreign {
                asked = with(asked, code::SERVER_ID, &server);
            }
            office.engine.handle(Input::Packet(ARRIVAL, asked), office.now);
            assert_eq!(told(&mut office), None, "what it wants is not what it has");
            office.now = office.now + Span::from_millis(300);
            office.engine.expire(office.now);
            assert!(probes(&mut office) > 0);
            office.engine.handle(Input::Probed(ip(33), None), office.now);
            office.engine.handle(Input::Probed(ip(33), Some([0xee; 6])), office.now);
            assert_eq!(told(&mut office), None, "another card is there");
            office.now = office.now + Span::from_secs(1);
            office.engine.expire(office.now);
            office.engine.handle(Input::Probed(ip(33), Some(snom)), office.now);
            assert_eq!(told(&mut office), Some((snom, ip(33).to_bits())), "{mode:?} {foreign:?}");
            office.engine.handle(Input::Probed(ip(33), Some(snom)), office.now);
            assert_eq!(told(&mut office), None, "once");
        }
    }
}

#[test]
fn a_telephone_that_is_nowhere_is_looked_for_six_times() {
    let mut office = Office::new(Plan { mode: Mode::Observe, ..plan(110) });
    let card = Hardware::ethernet([0x00, 0x04, 0x13, 1, 2, 3]);
    let asked = Packet { hardware: card, ..say(1, Kind::Request) };
    let asked = with(asked, code::REQUESTED_ADDRESS, &ip(33).octets());
    let far =
        Packet { giaddr: ip(9), ..with(asked.clone(), code::REQUESTED_ADDRESS, &[10, 9, 0, 7]) };
    let computer = say(2, Kind::Request);
    let computer = with(computer, code::REQUESTED_ADDRESS, &ip(34).octets());
    for packet in [asked, far, computer] {
        office.engine.handle(Input::Packet(ARRIVAL, packet), office.now);
    }
    let mut looks = Vec::new();
    for _ in 0..60 {
        office.now = office.now + Span::from_secs(1);
        office.engine.expire(office.now);
        while let Some(output) = office.engine.poll() {
            if let Output::Probe(_, address) = output {
                looks.push(address);
            }
        }
    }
    assert_eq!(looks, [ip(33); 6]);
}
