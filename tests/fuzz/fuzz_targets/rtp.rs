//! A leg, and datagrams that a telephone, or one who sits at its address, may send: whole ones,
//! broken ones, in the clear and under keys. Packets and reports are read by themselves, too.

#![no_main]

use std::net::SocketAddr;

use libfuzzer_sys::fuzz_target;
use machine::{Machine, Moment, Span};
use media::codec::Rate;
use media::leg::{Channel, Input, Latch, Leg, Options, Output};
use media::offer::{Agreed, Ours, Secrecy, answer, offer};
use media::rtcp;
use media::rtp::Packet;

/// An input that makes so many outputs has found a loop.
const TOO_MANY: usize = 100;

fn agreed(is_secret: bool) -> Agreed {
    let end = |last: u8| {
        let address = SocketAddr::from(([192, 0, 2, last], 4_000));
        Ours::new(1, address, &[last; 30])
    };
    let secrecy = if is_secret { Secrecy::Required } else { Secrecy::IfOffered };
    let (_, agreed) = answer(&end(2), &offer(&Ours { secrecy, ..end(1) })).expect("they can");
    agreed
}

fn settle(leg: &mut Leg) {
    let mut outputs = 0;
    while let Some(output) = leg.poll() {
        outputs += 1;
        assert!(outputs < TOO_MANY, "the leg does not come to rest");
        if let Output::Heard(frame) = output {
            assert_eq!(frame.samples.len(), Rate::Wide.frame());
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(packet) = Packet::parse(bytes) {
        let written = packet.write();
        assert_eq!(Packet::parse(&written), Ok(packet));
    }
    if let Ok(packets) = rtcp::parse(bytes) {
        assert_eq!(rtcp::parse(&rtcp::write(&packets)), Ok(packets));
    }
    let flags = bytes.first().copied().unwrap_or(0);
    let cname = "gateway".to_owned();
    let options = Options { rate: Rate::Wide, latch: Latch::SameHost, cname };
    let mut now = Moment::START;
    let mut leg = Leg::new(agreed(flags & 1 != 0), options, [flags; 32], now);
    // Each datagram: its length, what is done with it and with time, its bytes.
    let mut rest = bytes;
    while let [length, mood, behind @ ..] = rest {
        let (datagram, behind) = behind.split_at(usize::from(*length).min(behind.len()));
        rest = behind;
        let channel = if mood & 1 != 0 { Channel::Control } else { Channel::Sound };
        let from = SocketAddr::from(([192, 0, 2, 1], 4_000 + u16::from(mood >> 1 & 1)));
        leg.handle(Input::Datagram { channel, from, bytes: datagram.to_vec() }, now);
        now = now + Span::from_millis(u64::from(mood >> 2));
        leg.expire(now);
        settle(&mut leg);
    }
});
