//! The snippets hold the options of our own answers, byte by byte.

use std::net::Ipv4Addr;

use machine::{Machine as _, Moment};

use super::{hex, plain};
use crate::engine::{Arrival, Engine, Input};
use crate::office;
use crate::packet::{Hardware, Kind, Options, Packet};

const OURS: Ipv4Addr = Ipv4Addr::new(192, 168, 5, 1);

fn engine() -> Engine {
    let mut engine = Engine::new([7; 32]);
    let now = Moment::from_millis(1);
    let plan = office::plan(&settings::Dhcp::default(), [80, 443]);
    engine.handle(Input::Plan(plan), now);
    engine.handle(Input::Here(vec![Arrival { interface: 2, ours: OURS }]), now);
    engine
}

/// What we tell a Snom ourselves.
fn answer(engine: &mut Engine) -> Options {
    let options = Options::from([(crate::code::MESSAGE_TYPE, vec![Kind::Inform.number()])]);
    let card = Hardware::ethernet([0x00, 0x04, 0x13, 1, 2, 3]);
    let ciaddr = Ipv4Addr::new(192, 168, 5, 9);
    let asks = Packet { ciaddr, ..Packet::request(card, options) };
    let from = Arrival { interface: 2, ours: OURS };
    engine.handle(Input::Packet(from, asks), Moment::from_millis(2));
    let sent = std::iter::from_fn(|| engine.poll()).find_map(|output| match output {
        crate::engine::Output::Send { packet, .. } => Some(packet.options),
        _ => None,
    });
    sent.expect("an answer")
}

#[test]
fn each_program_is_told_what_we_tell_ourselves() {
    let mut engine = engine();
    let snippets = engine.snippets();
    assert_eq!(snippets.address, OURS.to_bits());
    let names: Vec<&str> = snippets.snippets.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["dnsmasq", "dhcpd", "kea", "routeros", "openwrt"]);
    let url = answer(&mut engine)[&66].clone();
    let url = plain(&url).expect("a URL").to_owned();
    assert_eq!(url, "http://192.168.5.1/p");
    for one in &snippets.snippets {
        assert!(one.text.contains(&url), "{}: {}", one.name, one.text);
        assert!(one.text.is_ascii(), "{}", one.text);
    }
}

#[test]
fn without_an_address_of_ours_there_is_nothing_to_tell() {
    let snippets = Engine::new([7; 32]).snippets();
    assert!(snippets.snippets.is_empty() && snippets.address == 0);
}

#[test]
fn what_a_program_could_misread_is_written_in_hexadecimal() {
    for wrong in ["", "192.168.5.1", "a,b", "a b", "it's", "a\"b", "a\\b", "a#b", "ä", "a;b"] {
        assert_eq!(plain(wrong.as_bytes()), None, "{wrong}");
    }
    assert_eq!(plain(b"http://a/$mac.cfg"), Some("http://a/$mac.cfg"));
    assert_eq!(hex(&[0, 21, 0xff], ":"), "00:15:ff");
}
