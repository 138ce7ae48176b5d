//! Bytes and packets: the RFCs' own, what telephones send, and anything at all.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any};
use proptest::{prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::{Choice, Code, Fault, MOST_CHOICES, Mode, Packet, Request, Wire};

fn read<'a>(name: &'a [u8], mode: Mode<'a>, choices: Vec<Choice<'a>>) -> Packet<'a> {
    Packet::Read(Request { name, mode, choices })
}

fn choice<'a>(name: &'a str, value: &'a str) -> Choice<'a> {
    Choice { name: name.as_bytes(), value: value.as_bytes() }
}

#[test]
fn a_request_is_read_with_its_options_in_their_order() {
    let bytes = b"\x00\x01spa504G.cfg\0octet\0tsize\x000\0blksize\x001428\0";
    let choices = vec![choice("tsize", "0"), choice("blksize", "1428")];
    let packet = read(b"spa504G.cfg", Mode::Octet, choices);
    assert_eq!(Packet::parse(bytes), Ok(packet.clone()));
    assert_eq!(packet.write(), bytes);
}

#[test]
fn a_mode_comes_in_any_case() {
    for (word, mode) in [
        (&b"OCTET"[..], Mode::Octet),
        (b"NetASCII", Mode::Netascii),
        (b"mAiL", Mode::Mail),
        (b"image", Mode::Other(b"image")),
        (b"", Mode::Other(b"")),
    ] {
        assert_eq!(Mode::named(word), mode);
    }
}

#[test]
fn what_sloppy_telephones_send_is_read() {
    let padded = b"\x00\x01a.cfg\0octet\0\0\0\0\0";
    assert_eq!(Packet::parse(padded), Ok(read(b"a.cfg", Mode::Octet, vec![])));
    let cut = b"\x00\x01a.cfg\0octet\0blksize\x00512\0tsize\x000";
    let choices = vec![choice("blksize", "512")];
    assert_eq!(Packet::parse(cut), Ok(read(b"a.cfg", Mode::Octet, choices)));
    let endless = Packet::Error { code: Code::Undefined, words: b"stop" };
    assert_eq!(Packet::parse(b"\0\x05\0\0stop"), Ok(endless));
    assert_eq!(Packet::parse(b"\0\x04\0\x07more"), Ok(Packet::Ack(7)));
}

#[test]
fn what_is_no_packet_is_named() {
    assert_eq!(Packet::parse(b""), Err(Fault::Short(0)));
    assert_eq!(Packet::parse(b"\0\x04\0"), Err(Fault::Short(3)));
    assert_eq!(Packet::parse(b"\0\x09\0\0"), Err(Fault::Operation(9)));
    assert_eq!(Packet::parse(b"\0\x01a.cfg"), Err(Fault::Endless));
    assert_eq!(Packet::parse(b"\0\x01a.cfg\0octet"), Err(Fault::Endless));
    let long = [&b"\0\x01"[..], &[b'a'; 256], b"\0octet\0"].concat();
    assert_eq!(Packet::parse(&long), Err(Fault::Name(256)));
}

#[test]
fn a_thousand_options_take_no_more_room_than_sixteen() {
    let bytes = [&b"\0\x01a\0octet\0"[..], &b"x\x001\0".repeat(1_000)].concat();
    let Ok(Packet::Read(request)) = Packet::parse(&bytes) else { unreachable!("a request") };
    assert_eq!(request.choices.len(), MOST_CHOICES);
}

#[test]
fn a_block_on_the_wire_is_the_packet_that_it_says() {
    let wire = Wire::block(258, (&b"speech"[..]).into());
    let whole = wire.parts().concat();
    assert_eq!(Packet::parse(&whole), Ok(Packet::Data { block: 258, bytes: b"speech" }));
    assert_eq!(Wire::whole(&Packet::Ack(2)).parts().concat(), b"\0\x04\0\x02");
}

fn word(most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(1_u8..=255, 0..most)
}

/// What a packet borrows, and how it is put together.
type Parts = (u8, u16, Vec<u8>, Vec<u8>, Vec<(Vec<u8>, Vec<u8>)>);

fn parts() -> impl Strategy<Value = Parts> {
    let mode = prop_oneof![
        Just(b"octet".to_vec()),
        Just(b"netascii".to_vec()),
        Just(b"mail".to_vec()),
        word(12)
    ];
    let choice = (vec(1_u8..=255, 1..12), word(12));
    (0_u8..6, any::<u16>(), word(256), mode, vec(choice, 0..=MOST_CHOICES))
}

fn packet((kind, number, name, mode, choices): &Parts) -> Packet<'_> {
    let choices = choices.iter().map(|(name, value)| Choice { name, value }).collect();
    match kind {
        0 => Packet::Read(Request { name, mode: Mode::named(mode), choices }),
        1 => Packet::Write(Request { name, mode: Mode::named(mode), choices }),
        2 => Packet::Data { block: *number, bytes: name },
        3 => Packet::Ack(*number),
        4 => Packet::Error { code: Code::from_number(*number), words: name },
        _ => Packet::Agreed(choices),
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_packet_or_a_fault(bytes in vec(any::<u8>(), 0..700)) {
        if let Ok(Packet::Read(request) | Packet::Write(request)) = Packet::parse(&bytes) {
            prop_assert!(request.name.len() <= 255 && !request.name.contains(&0));
        }
    }

    #[test]
    fn any_request_is_read_or_a_fault(tail in vec(any::<u8>(), 0..300)) {
        let bytes = [&b"\0\x01"[..], &tail].concat();
        if let Ok(packet) = Packet::parse(&bytes) {
            let written = packet.write();
            prop_assert_eq!(Packet::parse(&written), Ok(packet));
        }
    }

    #[test]
    fn what_was_written_is_read(parts in parts()) {
        let packet = packet(&parts);
        let written = packet.write();
            prop_assert_eq!(Packet::parse(&written), Ok(packet));
    }
}
