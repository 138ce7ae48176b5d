//! Packets byte by byte, round trips, and what is no packet.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{any, prop_assert_eq, proptest};

use super::{Extension, Fault, Packet, PayloadType, Ssrc, header_length, is_control};

fn payload_type(number: u8) -> PayloadType {
    PayloadType::new(number).expect("7 bits")
}

#[test]
fn every_field_has_its_place() {
    let bytes = [
        0xb1, 0x89, 0x12, 0x34, 0xde, 0xca, 0xfb, 0xad, 0xca, 0xfe, 0xba, 0xbe, // fixed
        1, 2, 3, 4, // a contributor
        0xbe, 0xde, 0, 1, 9, 8, 7, 6, // an extension of one word
        10, 11, 12, // sound
        0, 2, // padding
    ];
    let packet = Packet::parse(&bytes).expect("sound");
    assert!(packet.is_marked);
    assert_eq!(packet.payload_type, PayloadType::G722);
    assert_eq!((packet.sequence, packet.timestamp), (0x1234, 0xdeca_fbad));
    assert_eq!(
        (packet.ssrc, packet.contributors.as_slice()),
        (Ssrc(0xcafe_babe), &[Ssrc(0x0102_0304)][..])
    );
    assert_eq!(packet.extension, Extension::new(0xbede, &[9, 8, 7, 6]));
    assert_eq!((packet.payload, packet.padding), (&[10, 11, 12][..], 2));
    assert_eq!(packet.write(), bytes);
    assert_eq!(header_length(&bytes), Ok(24));
}

#[test]
fn what_is_no_packet_is_told_why() {
    let plain = Packet::plain(PayloadType::PCMU, Ssrc(1), &[]).write();
    assert_eq!(Packet::parse(&plain[..11]), Err(Fault::Short(11)));
    let changed = |at: usize, byte: u8| {
        let mut bytes = plain.clone();
        bytes[at] = byte;
        Packet::parse(&bytes).map(|_| ()).expect_err("broken")
    };
    assert_eq!(changed(0, 0x40), Fault::Version(1));
    assert_eq!(changed(0, 0x81), Fault::Overrun);
    assert_eq!(changed(0, 0x90), Fault::Overrun);
    assert_eq!(changed(0, 0xa0), Fault::Padding(0));
}

#[test]
fn padding_longer_than_the_payload_is_refused() {
    let mut bytes = Packet::plain(PayloadType::PCMU, Ssrc(1), &[0, 0, 4]).write();
    bytes[0] |= 0x20;
    assert_eq!(Packet::parse(&bytes), Err(Fault::Padding(4)));
    bytes[14] = 3;
    assert_eq!(Packet::parse(&bytes).map(|packet| packet.payload.len()), Ok(0));
}

#[test]
fn reports_and_sound_on_one_port_are_told_apart() {
    assert!(is_control(&[0x80, 200]) && is_control(&[0x80, 203]));
    assert!(!is_control(&[0x80, 0]) && !is_control(&[0x80, 0x80 | 9]) && !is_control(&[0x80]));
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        is_marked: bool,
        number in 0..128u8,
        sequence: u16,
        timestamp: u32,
        ssrc: u32,
        contributors in vec(any::<u32>(), 0..=15),
        extension in option::of((any::<u16>(), vec(any::<u32>(), 0..20))),
        payload in vec(any::<u8>(), 0..400),
        padding: u8,
    ) {
        let data = extension.map(|(profile, words)| {
            (profile, words.into_iter().flat_map(u32::to_be_bytes).collect::<Vec<u8>>())
        });
        let packet = Packet {
            is_marked,
            payload_type: payload_type(number),
            sequence,
            timestamp,
            ssrc: Ssrc(ssrc),
            contributors: contributors.into_iter().map(Ssrc).collect(),
            extension: data.as_ref().and_then(|(profile, data)| Extension::new(*profile, data)),
            payload: &payload,
            padding,
        };
        let written = packet.write();
        prop_assert_eq!(Packet::parse(&written), Ok(packet));
    }

    #[test]
    fn any_bytes_are_a_packet_or_refused(mut bytes in vec(any::<u8>(), 0..200), sound: bool) {
        if let Some(first) = bytes.first_mut().filter(|_| sound) {
            *first = *first & 0x3f | 0x80;
        }
        if let Ok(packet) = Packet::parse(&bytes) {
            let written = packet.write();
            prop_assert_eq!(written.len(), bytes.len());
            prop_assert_eq!(Packet::parse(&written), Ok(packet));
        }
    }
}
