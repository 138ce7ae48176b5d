//! Storms and lies on the wire: cards that are made up, addresses that are declined by all, relays
//! that say what is not so. Who has an address keeps it.

use std::net::Ipv4Addr;

use super::{Office, START, ip, plan, renew, say, select, with};
use crate::code;
use crate::engine::{Alarm, To};
use crate::lease::State;
use crate::packet::{Kind, Packet};
use crate::plan::{Network, Plan, Subnet};

#[test]
fn cards_without_number_that_decline_what_they_get_do_not_take_the_pool_for_a_day() {
    let mut office = Office::new(plan(119));
    let address = office.lease(200);
    for card in 10..60 {
        let Some((_, offer)) = office.hear(say(card, Kind::Discover)) else { continue };
        office.hear(select(card, offer.yiaddr)).expect("an answer");
        let decline = say(card, Kind::Decline);
        office.hear(with(decline, code::REQUESTED_ADDRESS, &offer.yiaddr.octets()));
    }
    assert_eq!(office.hear(say(2, Kind::Discover)), None, "for a while nothing is left");
    let (_, ack) = office.hear(renew(200, address)).expect("who has one keeps it");
    assert_eq!((ack.kind(), ack.yiaddr), (Some(Kind::Ack), address));
    office.later(601);
    assert!(office.hear(say(2, Kind::Discover)).is_some());
    let is_shut = |until: u64| until > START + 3_600;
    let quarantined = office.disk.values().filter(|lease| lease.state == State::Quarantined);
    assert_eq!(quarantined.filter(|lease| is_shut(lease.until)).count(), 5, "a quarter");
}

#[test]
fn a_flood_of_made_up_cards_holds_the_pool_for_a_minute_and_nobody_s_lease() {
    let mut office = Office::new(plan(109));
    let address = office.lease(200);
    for card in 10..110 {
        office.hear(say(card, Kind::Discover));
    }
    assert!(office.alarms.contains(&Alarm::Exhausted(0)));
    assert_eq!(office.hear(say(2, Kind::Discover)), None);
    let (_, ack) = office.hear(renew(200, address)).expect("who has one keeps it");
    assert_eq!(ack.kind(), Some(Kind::Ack));
    office.later(61);
    assert!(office.hear(say(2, Kind::Discover)).is_some(), "nobody has taken what was offered");
}

#[test]
fn a_relay_that_lies_moves_nobody_and_is_answered_as_a_relay_only() {
    let mut plan = plan(110);
    let far = Ipv4Addr::new(10, 9, 0, 1);
    let pool = (Ipv4Addr::new(10, 9, 0, 20), Ipv4Addr::new(10, 9, 0, 30));
    let network = Network::of(far, 24);
    plan.subnets.push(Subnet { network, pools: vec![pool], ..plan.subnets[0].clone() });
    let mut office = Office::new(Plan { mode: crate::plan::Mode::Voice, ..plan });
    let address = office.lease(1);
    let relayed = |packet: Packet| Packet { giaddr: far, ..packet };
    // The same card, said to be in the other network: another address, and this one stays its own.
    let (to, offer) = office.hear(relayed(say(1, Kind::Discover))).expect("an offer");
    assert_eq!((to, offer.yiaddr), (To::Relay(far), pool.0));
    let (to, nak) = office.hear(relayed(renew(1, address))).expect("of another network");
    assert_eq!((to, nak.kind()), (To::Relay(far), Some(Kind::Nak)));
    let (_, ack) = office.hear(renew(1, address)).expect("it has it still");
    assert_eq!(ack.kind(), Some(Kind::Ack));
    assert_eq!(office.disk[&address].state, State::Bound);
    // A link that runs over its end names no network: the relay's own counts, and it comes back.
    for broken in [&[5, 4, 10, 0][..], &[5], &[5, 200, 1, 2, 3, 4], &[5, 2, 10, 0]] {
        let lie = with(relayed(say(2, Kind::Discover)), code::RELAY_AGENT, broken);
        let (to, offer) = office.hear(lie).expect("an offer");
        assert_eq!(to, To::Relay(far));
        assert!(network.contains(offer.yiaddr), "{broken:?}");
        assert_eq!(offer.options[&code::RELAY_AGENT], broken);
    }
    // A relay that says it is us, or everybody, is in a network of ours or in none.
    let all = Packet { giaddr: Ipv4Addr::BROADCAST, ..say(3, Kind::Discover) };
    assert_eq!(office.hear(all), None);
}

#[test]
fn who_takes_an_address_that_another_was_offered_is_refused_whatever_it_says() {
    let mut office = Office::new(plan(110));
    let (_, offer) = office.hear(say(1, Kind::Discover)).expect("an offer");
    let (_, nak) = office.hear(select(2, offer.yiaddr)).expect("refused");
    assert_eq!(nak.kind(), Some(Kind::Nak));
    let spoofed = with(select(2, offer.yiaddr), code::SERVER_ID, &ip(77).octets());
    assert_eq!(office.hear(spoofed), None, "it speaks to somebody who is not there");
    let (_, ack) = office.hear(select(1, offer.yiaddr)).expect("taken");
    assert_eq!((ack.kind(), ack.yiaddr), (Some(Kind::Ack), offer.yiaddr));
}
