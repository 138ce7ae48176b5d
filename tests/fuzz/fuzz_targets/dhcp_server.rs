//! The DHCP server, and datagrams that anybody on the network may send: whole ones, broken ones,
//! and sound ones with fields of their own, while probes and the disk answer as they like.

#![no_main]

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use dhcp::engine::{Arrival, Engine, Input, Output};
use dhcp::packet::{Hardware, Op, Options, Packet};
use dhcp::plan::{Mode, Network, Plan, Subnet};
use libfuzzer_sys::fuzz_target;
use machine::{Machine, Moment, Span};

const OURS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
/// A datagram that makes so many outputs has found a loop.
const TOO_MANY: usize = 1_000;

fn plan(mode: Mode) -> Plan {
    let pool = (Ipv4Addr::new(10, 0, 0, 8), Ipv4Addr::new(10, 0, 0, 20));
    let subnet = Subnet {
        network: Network::of(OURS, 24),
        pools: vec![pool],
        excluded: BTreeSet::new(),
        reserved: BTreeMap::from([([1; 6], Ipv4Addr::new(10, 0, 0, 30))]),
        options: Options::new(),
        lease_s: 600,
    };
    Plan { mode, subnets: vec![subnet], ..Plan::default() }
}

/// A sound message of these bytes.
fn sound(bytes: &[u8]) -> Packet {
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let near = |at: usize| match byte(at) % 4 {
        0 => Ipv4Addr::UNSPECIFIED,
        _ => Ipv4Addr::new(10, 0, 0, byte(at) % 32),
    };
    let mut options = Options::from([(53, vec![byte(0) % 10])]);
    for (code, at) in [(50, 1), (54, 2)] {
        if !near(at).is_unspecified() {
            options.insert(code, near(at).octets().to_vec());
        }
    }
    if let Some(rest) = bytes.get(8..) {
        options.insert(byte(7).max(1), rest.to_vec());
    }
    Packet {
        op: if byte(3) % 16 == 0 { Op::Reply } else { Op::Request },
        hops: 0,
        xid: u32::from(byte(4)),
        secs: 0,
        is_broadcast: byte(4) % 2 == 0,
        ciaddr: near(5),
        yiaddr: Ipv4Addr::UNSPECIFIED,
        siaddr: Ipv4Addr::UNSPECIFIED,
        giaddr: if byte(6) % 8 == 0 { near(6) } else { Ipv4Addr::UNSPECIFIED },
        hardware: Hardware::ethernet([byte(4) % 6; 6]),
        options,
    }
}

fn settle(engine: &mut Engine, now: Moment, mood: u8) {
    let mut outputs = 0;
    while let Some(output) = engine.poll() {
        outputs += 1;
        assert!(outputs < TOO_MANY, "the server does not come to rest");
        match output {
            Output::Probe(_, address) => {
                let card = (mood % 5 == 0).then_some([mood; 6]);
                engine.handle(Input::Probed(address, card), now);
            }
            Output::Store(lease) => {
                let result = if mood % 7 == 0 { Err("full".to_owned()) } else { Ok(()) };
                engine.handle(Input::Stored(lease.address, result), now);
            }
            Output::Send { packet, wanted, most, .. } => {
                let written = packet.write(&wanted, most);
                Packet::parse(&written.bytes).expect("our own messages are sound");
            }
            Output::Alarm(_)
            | Output::Ask(..)
            | Output::Searched
            | Output::Remember { .. }
            | Output::Seen(_)
            | Output::Changed
            | Output::Report(_)
            | Output::Snippets(_) => {}
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let _ = Packet::parse(bytes);
    let mut engine = Engine::new([7; 32]);
    let mut now = Moment::START;
    engine.handle(Input::Wall(1_000_000), now);
    engine.handle(Input::Plan(plan(Mode::Voice)), now);
    let from = Arrival { interface: 2, ours: OURS };
    for datagram in bytes.chunks(24).take(200) {
        let mood = datagram.last().copied().unwrap_or(0);
        engine.handle(Input::Packet(from, sound(datagram)), now);
        settle(&mut engine, now, mood);
        now = now + Span::from_secs(u64::from(mood));
        engine.handle(Input::Wall(1_000_000 + now.millis() / 1_000), now);
        engine.expire(now);
        settle(&mut engine, now, mood);
    }
});
