//! Reports byte by byte, round trips, and what is none.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};

use super::{Block, CNAME, Chunk, Fault, Packet, Sent, parse, write};
use crate::rtp::Ssrc;

#[test]
fn a_compound_has_its_bytes() {
    let block = Block {
        ssrc: Ssrc(7),
        fraction: 64,
        lost: -2,
        highest: 0x0001_0002,
        jitter: 5,
        last_report: 6,
        since_report: 8,
    };
    let packets = [
        Packet::ReceiverReport { ssrc: Ssrc(1), blocks: vec![block] },
        Packet::Description(vec![Chunk { ssrc: Ssrc(1), items: vec![(CNAME, b"ab".to_vec())] }]),
        Packet::Goodbye { ssrcs: vec![Ssrc(1)], reason: Some(b"end".to_vec()) },
    ];
    let bytes = [
        0x81, 201, 0, 7, 0, 0, 0, 1, 0, 0, 0, 7, 64, 0xff, 0xff, 0xfe, 0, 1, 0, 2, 0, 0, 0, 5, 0,
        0, 0, 6, 0, 0, 0, 8, // the report
        0x81, 202, 0, 3, 0, 0, 0, 1, 1, 2, b'a', b'b', 0, 0, 0, 0, // the name
        0x81, 203, 0, 2, 0, 0, 0, 1, 3, b'e', b'n', b'd', // the end
    ];
    assert_eq!(write(&packets), bytes);
    assert_eq!(parse(&bytes).as_deref(), Ok(&packets[..]));
}

#[test]
fn what_is_no_compound_is_told_why() {
    let report = [0x80, 201, 0, 1, 0, 0, 0, 1];
    assert_eq!(parse(&[]), Err(Fault::Overrun));
    assert_eq!(parse(&report[..7]), Err(Fault::Overrun));
    assert_eq!(parse(&[&report[..], &[0x80]].concat()), Err(Fault::Overrun));
    assert_eq!(parse(&[0x40, 201, 0, 1, 0, 0, 0, 1]), Err(Fault::Version(1)));
    assert_eq!(parse(&[0x81, 203, 0, 1, 0, 0, 0, 1]), Err(Fault::First(203)));
    assert_eq!(parse(&[0x81, 201, 0, 1, 0, 0, 0, 1]), Err(Fault::Overrun));
    let padded = [0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4];
    assert_eq!(parse(&padded).map(|packets| packets.len()), Ok(1));
    assert_eq!(parse(&[&padded[..], &report].concat()), Err(Fault::Padding));
    assert_eq!(parse(&[0xa0, 201, 0, 1, 0, 0, 0, 1]), Err(Fault::Padding));
}

#[test]
fn items_that_do_not_end_are_refused() {
    let report = [0x80, 201, 0, 1, 0, 0, 0, 1];
    let open = [0x81, 202, 0, 2, 0, 0, 0, 1, 1, 2, b'a', b'b'];
    assert_eq!(parse(&[&report[..], &open].concat()), Err(Fault::Overrun));
}

fn block() -> impl Strategy<Value = Block> {
    let words = any::<[u32; 5]>();
    (words, any::<u8>(), -0x80_0000..0x80_0000).prop_map(|(words, fraction, lost)| Block {
        ssrc: Ssrc(words[0]),
        fraction,
        lost,
        highest: words[1],
        jitter: words[2],
        last_report: words[3],
        since_report: words[4],
    })
}

fn report() -> impl Strategy<Value = Packet> {
    let blocks = || vec(block(), 0..4);
    let sent = any::<(u64, u32, u32, u32)>().prop_map(|(ntp, timestamp, packets, bytes)| Sent {
        ntp,
        timestamp,
        packets,
        bytes,
    });
    prop_oneof![
        (any::<u32>(), sent, blocks()).prop_map(|(ssrc, sent, blocks)| Packet::SenderReport {
            ssrc: Ssrc(ssrc),
            sent,
            blocks
        }),
        (any::<u32>(), blocks())
            .prop_map(|(ssrc, blocks)| Packet::ReceiverReport { ssrc: Ssrc(ssrc), blocks }),
    ]
}

fn other() -> impl Strategy<Value = Packet> {
    let text = || vec(any::<u8>(), 0..20);
    let items = vec((1..=8u8, text()), 0..4);
    let chunk = (any::<u32>(), items).prop_map(|(ssrc, items)| Chunk { ssrc: Ssrc(ssrc), items });
    let body = vec(any::<u32>(), 0..5)
        .prop_map(|words| words.into_iter().flat_map(u32::to_be_bytes).collect::<Vec<u8>>());
    prop_oneof![
        vec(chunk, 0..4).prop_map(Packet::Description),
        (vec(any::<u32>().prop_map(Ssrc), 0..4), option::of(text()))
            .prop_map(|(ssrcs, reason)| Packet::Goodbye { ssrcs, reason }),
        (Just(204u8), 0..32u8, body).prop_map(|(kind, count, body)| Packet::Other {
            kind,
            count,
            body
        }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(first in report(), rest in vec(other(), 0..4)) {
        let packets: Vec<Packet> = std::iter::once(first).chain(rest).collect();
        prop_assert_eq!(parse(&write(&packets)), Ok(packets));
    }

    #[test]
    fn any_bytes_are_reports_or_refused(mut bytes in vec(any::<u8>(), 0..120), sound: bool) {
        if let [flags, kind, high, low, ..] = bytes.as_mut_slice() && sound {
            *flags = *flags & 0x3f | 0x80;
            *kind = 200 + (*kind & 1);
            (*high, *low) = (0, *low % 32);
        }
        if let Ok(packets) = parse(&bytes) {
            prop_assert_eq!(parse(&write(&packets)), Ok(packets));
        }
    }
}
