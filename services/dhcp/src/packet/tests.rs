//! Bytes and messages, against each other and against dhcproto.

use std::net::Ipv4Addr;

use dhcproto::v4::{DhcpOption, Message, MessageType, OptionCode};
use dhcproto::{Decodable as _, Decoder, Encodable as _, Encoder};
use proptest::collection::{btree_map, vec};
use proptest::prelude::{Strategy as _, any};
use proptest::{prop_assert, prop_assert_eq, proptest};

use super::{FIXED, Fault, Hardware, Kind, LEAST, MOST_USUAL, Op, Options, Packet};
use crate::code;

fn packet(options: Options) -> Packet {
    Packet {
        hops: 1,
        xid: 0x1234_5678,
        secs: 3,
        is_broadcast: true,
        giaddr: Ipv4Addr::new(10, 0, 0, 1),
        ..Packet::request(Hardware::ethernet([0, 0x15, 0x65, 1, 2, 3]), options)
    }
}

fn discover() -> Options {
    Options::from([(code::MESSAGE_TYPE, vec![1]), (code::VENDOR_CLASS, b"yealink\0".to_vec())])
}

#[test]
fn another_implementation_s_discover_is_read() {
    let mut message = Message::default();
    message.set_xid(77).set_chaddr(&[0, 4, 0xf2, 1, 2, 3]);
    message.opts_mut().insert(DhcpOption::MessageType(MessageType::Discover));
    message.opts_mut().insert(DhcpOption::Hostname("phone-7".to_owned()));
    let mut bytes = Vec::new();
    message.encode(&mut Encoder::new(&mut bytes)).expect("encoded");
    let packet = Packet::parse(&bytes).expect("a message");
    assert_eq!((packet.op, packet.xid, packet.kind()), (Op::Request, 77, Some(Kind::Discover)));
    assert_eq!(packet.hardware.mac(), Some([0, 4, 0xf2, 1, 2, 3]));
    assert_eq!(packet.text(code::HOST_NAME).as_deref(), Some("phone-7"));
}

#[test]
fn another_implementation_reads_ours() {
    let mut offer = packet(discover()).answer(Kind::Offer);
    offer.yiaddr = Ipv4Addr::new(10, 0, 0, 50);
    offer.options.insert(code::LEASE_TIME, 3_600_u32.to_be_bytes().to_vec());
    let written = offer.write(&[], MOST_USUAL);
    let message = Message::decode(&mut Decoder::new(&written.bytes)).expect("decoded");
    assert_eq!(message.yiaddr(), Ipv4Addr::new(10, 0, 0, 50));
    assert_eq!(message.opts().msg_type(), Some(MessageType::Offer));
    let lease = message.opts().get(OptionCode::AddressLeaseTime);
    assert_eq!(lease, Some(&DhcpOption::AddressLeaseTime(3_600)));
}

#[test]
fn what_is_no_message_is_named() {
    let good = packet(discover()).write(&[], MOST_USUAL).bytes;
    assert_eq!(Packet::parse(&good[..239]), Err(Fault::Short(239)));
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        Packet::parse(&bytes)
    };
    assert_eq!(with(0, 9), Err(Fault::Op(9)));
    assert_eq!(with(2, 255), Err(Fault::HardwareLength(255)));
    assert_eq!(with(236, 0), Err(Fault::Cookie));
    assert_eq!(with(FIXED + 1, 200), Err(Fault::Overrun(code::MESSAGE_TYPE)));
    assert!(with(2, 16).is_ok() && with(2, 0).is_ok());
}

#[test]
fn a_malformed_host_name_hides_no_message_type() {
    let mut bytes = packet(Options::new()).write(&[], MOST_USUAL).bytes;
    bytes.truncate(FIXED);
    bytes.extend([code::HOST_NAME, 0, code::HOST_NAME, 2, 0xff, 0xfe, code::MESSAGE_TYPE, 1, 3]);
    let packet = Packet::parse(&bytes).expect("a message, even without an end");
    assert_eq!(packet.kind(), Some(Kind::Request));
}

#[test]
fn long_options_are_split_and_spread_and_come_together_again() {
    let mut options = Options::from([(code::MESSAGE_TYPE, vec![1])]);
    options.insert(code::VENDOR, (0..=255).cycle().take(290).collect());
    options.insert(code::DOMAIN, vec![b'd'; 120]);
    options.insert(code::HOST_NAME, vec![b'h'; 60]);
    let sent = packet(options);
    let written = sent.write(&[code::VENDOR, code::DOMAIN], MOST_USUAL);
    assert!(written.bytes.len() <= MOST_USUAL && written.dropped.is_empty(), "{written:?}");
    assert_eq!(Packet::parse(&written.bytes), Ok(sent));
}

#[test]
fn what_is_asked_for_first_is_kept_and_the_rest_is_named() {
    let mut options = discover();
    for code in [200, 201, 202] {
        options.insert(code, vec![code; 250]);
    }
    let written = packet(options).write(&[202], MOST_USUAL);
    assert_eq!(written.dropped, [200, 201]);
    let read = Packet::parse(&written.bytes).expect("a message");
    assert!(read.options.contains_key(&202));
}

#[test]
fn what_a_relay_added_comes_back_as_the_last_option() {
    let mut options = discover();
    options.insert(code::RELAY_AGENT, b"\x01\x04port".to_vec());
    options.insert(code::CLIENT_ID, b"\x01who".to_vec());
    let answer = packet(options).answer(Kind::Offer);
    let written = answer.write(&[code::RELAY_AGENT], MOST_USUAL);
    let end = written.bytes.iter().rposition(|byte| *byte == code::END).expect("an end");
    assert!(written.bytes[..end].ends_with(b"\x52\x06\x01\x04port"));
    assert_eq!(Packet::parse(&written.bytes), Ok(answer));
}

#[test]
fn a_size_that_nobody_can_mean_is_not_believed() {
    let most = |size: u16| {
        let options = Options::from([(code::MAXIMUM_SIZE, size.to_be_bytes().to_vec())]);
        packet(options).most()
    };
    assert_eq!((most(0), most(576), most(1_500), most(65_535)), (548, 548, 1_472, 1_472));
    assert_eq!(packet(Options::new()).most(), MOST_USUAL);
}

proptest! {
    #[test]
    fn any_bytes_are_a_message_or_a_fault(bytes in vec(any::<u8>(), 0..700)) {
        let _ = Packet::parse(&bytes);
    }

    #[test]
    fn any_options_are_read_or_a_fault(tail in vec(any::<u8>(), 0..300)) {
        let mut bytes = packet(Options::new()).write(&[], MOST_USUAL).bytes;
        bytes.truncate(FIXED);
        bytes.extend(tail);
        if let Ok(read) = Packet::parse(&bytes) {
            prop_assert!(read.options.values().map(Vec::len).sum::<usize>() <= bytes.len());
        }
    }

    #[test]
    fn what_was_written_is_read(
        options in btree_map(
            (1_u8..=254).prop_filter("not ours", |code| *code != code::OVERLOAD),
            vec(any::<u8>(), 0..400),
            0..12,
        ),
        wanted in vec(any::<u8>(), 0..20),
        most in MOST_USUAL..1_473,
    ) {
        let mut sent = packet(options);
        let written = sent.write(&wanted, most);
        for code in &written.dropped {
            sent.options.remove(code);
        }
        let relay = sent.options.get(&code::RELAY_AGENT).map_or(0, |value| value.len() + 8);
        prop_assert!(written.bytes.len() <= most.max(LEAST) || relay > 200);
        prop_assert_eq!(Packet::parse(&written.bytes), Ok(sent));
    }
}
