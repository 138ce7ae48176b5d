//! The vectors of RFC 3711, appendix B, packets known from other implementations, and what an
//! attacker does.

use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use super::derive::{expand, keystream};
use super::{Fault, Master, Opener, Sealer, Suite};
use crate::rtcp;
use crate::rtp::{Packet, PayloadType, Ssrc};

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// The master of appendix B.3.
fn master() -> Master {
    let bytes = hex("E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6");
    Master::new(&bytes.try_into().expect("30 bytes"))
}

fn packet(sequence: u16) -> Vec<u8> {
    let packet = Packet::plain(PayloadType::PCMU, Ssrc(0xcafe_babe), b"what is said");
    Packet { sequence, ..packet }.write()
}

#[test]
fn the_cipher_makes_the_stream_of_the_rfc() {
    let key: [u8; 16] = hex("2B7E151628AED2A6ABF7158809CF4F3C").try_into().expect("16 bytes");
    let iv: [u8; 16] = hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000").try_into().expect("16 bytes");
    let mut stream = vec![0; 16 * 0xff02];
    keystream(&key, &iv, &mut stream);
    for (block, expected) in [
        (0, "E03EAD0935C95E80E166B16DD92B4EB4"),
        (1, "D23513162B02D0F72A43A2FE4A5F97AB"),
        (2, "41E95B3BB0A2E8DD477901E4FCA894C0"),
        (0xfeff, "EC8CDF7398607CB0F2D21675EA9EA1E4"),
        (0xff00, "362B7C3C6773516318A077D7FC5073AE"),
        (0xff01, "6A2CC3787889374FBEB4C81B17BA6C44"),
    ] {
        assert_eq!(stream[16 * block..16 * block + 16], hex(expected), "block {block:#x}");
    }
}

#[test]
fn the_keys_are_those_of_the_rfc() {
    let key = |label, length| {
        let mut out = vec![0; length];
        expand(&master(), label, &mut out);
        out
    };
    assert_eq!(key(0, 16), hex("C61E7A93744F39EE10734AFE3FF7A087"));
    assert_eq!(key(2, 14), hex("30CBBC08863D8C85D49DB34A9AE1"));
    let tag = "CEBE321F6FF7716B6FD4AB49AF256A15 6D38BAA48F0A0ACF3C34E2359E6CDBCE
        E049646C43D9327AD175578EF7227098 6371C10C9A369AC2F94A8C5FBCDDDC25
        6D6E919A48B610EF17C2041E47403576 6B68642C59BBFC2F34DB60DBDFB2";
    assert_eq!(key(1, 94), hex(tag));
}

#[test]
fn packets_are_those_that_other_implementations_make() {
    let clear = hex("800f1234decafbadcafebabe abababababababababababababababab");
    let sealed = hex("800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402
        b78d6acc99ea179b8dbb");
    let mut sealer = Sealer::new(&master(), Suite::Tag80);
    assert_eq!(sealer.seal(clear.clone()), Some(sealed.clone()));
    let mut opener = Opener::new(&master(), Suite::Tag80);
    assert_eq!(opener.open(&sealed), Ok(clear));

    let clear = hex("81c8000bcafebabe abababababababababababababababab");
    let sealed = hex("81c8000bcafebabe 7128035be487b9bdbef89041f977a5a8
        80000001 993e08cd54d6c1230798");
    // That one was their second report.
    assert!(sealer.seal_control(clear.clone()).is_some());
    assert_eq!(sealer.seal_control(clear.clone()), Some(sealed.clone()));
    assert_eq!(opener.open_control(&sealed), Ok(clear));
}

#[test]
fn a_short_tag_is_the_beginning_of_the_long_one() {
    let long = Sealer::new(&master(), Suite::Tag80).seal(packet(1)).expect("a packet");
    let short = Sealer::new(&master(), Suite::Tag32).seal(packet(1)).expect("a packet");
    assert_eq!(short, long[..long.len() - 6]);
    assert_eq!(Opener::new(&master(), Suite::Tag32).open(&short), Ok(packet(1)));
}

#[test]
fn a_sequence_that_wraps_is_followed_even_out_of_order() {
    let mut sealer = Sealer::new(&master(), Suite::Tag80);
    let mut sealed: Vec<(u16, Vec<u8>)> = (0..200_000u32)
        .map(|n| 65_000u16.wrapping_add(n as u16))
        .map(|sequence| (sequence, sealer.seal(packet(sequence)).expect("new")))
        .collect();
    // The neighbours at each wrap change places.
    for at in (0..sealed.len() - 1).filter(|at| sealed[*at].0 == 65_535).collect::<Vec<_>>() {
        sealed.swap(at, at + 1);
    }
    let mut opener = Opener::new(&master(), Suite::Tag80);
    for (sequence, bytes) in &sealed {
        assert_eq!(opener.open(bytes), Ok(packet(*sequence)));
    }
}

#[test]
fn what_was_opened_once_is_not_opened_again() {
    let mut sealer = Sealer::new(&master(), Suite::Tag80);
    let mut opener = Opener::new(&master(), Suite::Tag80);
    let sealed: Vec<Vec<u8>> = (0..300).filter_map(|n| sealer.seal(packet(n))).collect();
    for bytes in &sealed[10..] {
        assert!(opener.open(bytes).is_ok());
        assert_eq!(opener.open(bytes), Err(Fault::Replayed));
    }
    assert_eq!(opener.open(&sealed[0]), Err(Fault::Replayed));
    let report = rtcp::write(&[rtcp::Packet::ReceiverReport { ssrc: Ssrc(1), blocks: vec![] }]);
    let report = sealer.seal_control(report).expect("a report");
    assert!(opener.open_control(&report).is_ok());
    assert_eq!(opener.open_control(&report), Err(Fault::Replayed));
}

#[test]
fn the_same_number_is_never_sealed_twice() {
    let mut sealer = Sealer::new(&master(), Suite::Tag80);
    assert!(sealer.seal(packet(7)).is_some());
    assert!(sealer.seal(packet(8)).is_some());
    assert_eq!(sealer.seal(packet(8)), None);
    assert_eq!(sealer.seal(packet(7)), None);
    assert!(sealer.seal(packet(9)).is_some());
}

#[test]
fn reports_in_the_clear_and_other_keys_are_refused() {
    let report = rtcp::write(&[rtcp::Packet::ReceiverReport { ssrc: Ssrc(1), blocks: vec![] }]);
    let mut opener = Opener::new(&master(), Suite::Tag80);
    let clear = [&report[..], &[0; 14]].concat();
    assert_eq!(opener.open_control(&clear), Err(Fault::Clear));
    let mut stranger = Sealer::new(&Master::new(&[1; 30]), Suite::Tag80);
    let sealed = stranger.seal_control(report).expect("a report");
    assert_eq!(opener.open_control(&sealed), Err(Fault::Forged));
    assert_eq!(opener.open(&packet(1)), Err(Fault::Forged));
    assert_eq!(opener.open(&packet(1)[..15]), Err(Fault::Header(crate::rtp::Fault::Short(5))));
}

#[test]
fn sources_without_end_are_not_remembered() {
    let mut opener = Opener::new(&master(), Suite::Tag80);
    let results: Vec<bool> = (0..20)
        .map(|ssrc| {
            let packet = Packet::plain(PayloadType::PCMU, Ssrc(ssrc), b"a").write();
            let sealed = Sealer::new(&master(), Suite::Tag80).seal(packet).expect("a packet");
            opener.open(&sealed).is_ok()
        })
        .collect();
    assert_eq!(results.iter().filter(|opened| **opened).count(), 8);
}

proptest! {
    #[test]
    fn a_changed_bit_is_noticed(bit in 0..8usize * 34, tag32: bool) {
        let suite = if tag32 { Suite::Tag32 } else { Suite::Tag80 };
        let mut sealed = Sealer::new(&master(), suite).seal(packet(1)).expect("a packet");
        let bit = bit % (8 * sealed.len());
        sealed[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(Opener::new(&master(), suite).open(&sealed).is_err());
    }

    #[test]
    fn what_is_sealed_is_opened(
        first: u16,
        steps in vec(1..300u16, 1..50),
        payload in vec(any::<u8>(), 0..400),
    ) {
        let mut sealer = Sealer::new(&master(), Suite::Tag32);
        let mut opener = Opener::new(&master(), Suite::Tag32);
        let mut sequence = first;
        for step in steps {
            sequence = sequence.wrapping_add(step);
            let clear = Packet::plain(PayloadType::G722, Ssrc(9), &payload);
            let clear = Packet { sequence, ..clear }.write();
            let sealed = sealer.seal(clear.clone()).expect("in order");
            prop_assert_eq!(opener.open(&sealed), Ok(clear));
        }
    }

    #[test]
    fn any_bytes_are_refused(bytes in vec(any::<u8>(), 0..100)) {
        let mut opener = Opener::new(&master(), Suite::Tag80);
        prop_assert!(opener.open(&bytes).is_err() && opener.open_control(&bytes).is_err());
    }
}
