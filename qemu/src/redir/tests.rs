//! The redirected device, driven as a machine drives it, and as nobody should.

use proptest::collection::vec;
use proptest::prelude::{any, proptest};

use super::packet::{Header, Malformed, Packets, kind, write};
use super::{Device, LARGEST};
use crate::bus::Bus;
use crate::picture::Glass;

const ALL_CAPABILITIES: u32 = 0xff;

fn hello(capabilities: u32) -> Vec<u8> {
    let mut body = [0; 68];
    body[64..].copy_from_slice(&capabilities.to_le_bytes());
    let mut bytes = Vec::new();
    write(Header { kind: kind::HELLO, id: 0 }, false, &body, &mut bytes);
    bytes
}

/// What a machine sees of the device's output.
#[derive(Default)]
struct Machine {
    packets: Packets,
}

impl Machine {
    fn greeted(device: &mut Device, bus: &mut Bus, capabilities: u32) -> Self {
        let mut machine = Self::default();
        device.handle(&hello(capabilities), bus).expect("a hello");
        let out = device.take_output();
        machine.packets.push(&out[..12 + 68]);
        assert_eq!(machine.read().0, kind::HELLO);
        if capabilities & 1 << 5 != 0 {
            machine.packets.use_long_ids();
        }
        machine.packets.push(&out[12 + 68..]);
        machine
    }

    fn read(&mut self) -> (u32, u64, Vec<u8>) {
        let (header, body) = self.packets.take().expect("well formed").expect("one more");
        (header.kind, header.id, body)
    }
}

fn packet(kind: u32, id: u64, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(Header { kind, id }, true, body, &mut bytes);
    bytes
}

fn greeted() -> (Device, Bus, Machine) {
    let (mut device, mut bus) = (Device::new(), Bus::new(Glass::G20X4));
    let mut machine = Machine::greeted(&mut device, &mut bus, ALL_CAPABILITIES);
    for _ in 0..3 {
        machine.read();
    }
    (device, bus, machine)
}

#[test]
fn the_device_presents_itself_after_the_hello() {
    let (mut device, mut bus) = (Device::new(), Bus::new(Glass::G20X4));
    let mut machine = Machine::greeted(&mut device, &mut bus, ALL_CAPABILITIES);
    let (points, interfaces, connect) = (machine.read(), machine.read(), machine.read());
    assert_eq!((points.0, points.2.len()), (kind::EP_INFO, 160));
    assert_eq!((interfaces.0, interfaces.2.len()), (kind::INTERFACE_INFO, 132));
    assert_eq!(connect.2, [1, 0xff, 0, 0, 0x03, 0x04, 0x31, 0xc6, 0x05, 0x02]);
}

#[test]
fn an_old_machine_gets_short_headers_and_short_bodies() {
    let (mut device, mut bus) = (Device::new(), Bus::new(Glass::G20X4));
    let mut machine = Machine::greeted(&mut device, &mut bus, 0);
    assert_eq!(machine.read().2.len(), 96);
    assert_eq!(machine.read().2.len(), 132);
    assert_eq!(machine.read().2.len(), 8);
}

#[test]
fn a_control_request_is_answered_under_its_number() {
    let (mut device, mut bus, mut machine) = greeted();
    let ask = [0x80, 6, 0x80, 0, 0x00, 0x01, 0, 0, 18, 0];
    let id = 0x1_0000_0002;
    for byte in packet(kind::CONTROL_PACKET, id, &ask) {
        device.handle(&[byte], &mut bus).expect("well formed");
    }
    machine.packets.push(&device.take_output());
    let (answered, number, body) = machine.read();
    assert_eq!((answered, number, body.len()), (kind::CONTROL_PACKET, id, 28));
    assert_eq!((body[3], body[8], body[10]), (0, 18, 18));
}

#[test]
fn an_unknown_request_is_stalled_and_moves_nothing() {
    let (mut device, mut bus, mut machine) = greeted();
    let ask = [0, 99, 0x40, 0, 0, 0, 0, 0, 2, 0, 1, 2];
    device.handle(&packet(kind::CONTROL_PACKET, 7, &ask), &mut bus).expect("well formed");
    machine.packets.push(&device.take_output());
    let body = machine.read().2;
    assert_eq!((body[3], body[8], body.len()), (4, 0, 10));
}

#[test]
fn configurations_and_settings_are_told() {
    let (mut device, mut bus, mut machine) = greeted();
    let asked = [
        (kind::SET_CONFIGURATION, vec![1], vec![0, 1]),
        (kind::SET_CONFIGURATION, vec![9], vec![2, 1]),
        (kind::GET_CONFIGURATION, vec![], vec![0, 1]),
        (kind::SET_ALT_SETTING, vec![0, 0], vec![0, 0, 0]),
        (kind::SET_ALT_SETTING, vec![3, 1], vec![2, 3, 0]),
        (kind::GET_ALT_SETTING, vec![0], vec![0, 0, 0]),
        (kind::START_INTERRUPT_RECEIVING, vec![0x81], vec![2, 0x81]),
        (kind::START_ISO_STREAM, vec![0x82, 1, 1], vec![2, 0x82]),
    ];
    for (kind, body, answer) in asked {
        device.handle(&packet(kind, 1, &body), &mut bus).expect("well formed");
        machine.packets.push(&device.take_output());
        assert_eq!(machine.read().2, answer, "{kind}");
    }
    for kind in [kind::RESET, kind::CANCEL_DATA_PACKET, kind::FILTER_FILTER, 77] {
        device.handle(&packet(kind, 1, b"*"), &mut bus).expect("well formed");
        assert!(device.take_output().is_empty());
    }
}

#[test]
fn data_for_end_points_that_are_not_there_comes_back() {
    let (mut device, mut bus, mut machine) = greeted();
    let bulk = [0x02, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5];
    device.handle(&packet(kind::BULK_PACKET, 3, &bulk), &mut bus).expect("well formed");
    machine.packets.push(&device.take_output());
    assert_eq!(machine.read().2, [0x02, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn who_sends_no_hello_or_too_much_is_sent_away() {
    let mut bus = Bus::new(Glass::G20X4);
    let early = packet(kind::CONTROL_PACKET, 0, &[0; 10]);
    assert_eq!(Device::new().handle(&early, &mut bus), Err(Malformed::NoHello(100)));
    let mut large = kind::CONTROL_PACKET.to_le_bytes().to_vec();
    large.extend((LARGEST + 1).to_le_bytes());
    assert_eq!(Device::new().handle(&large, &mut bus), Err(Malformed::TooLarge(LARGEST + 1)));
    let (mut device, mut bus, _) = greeted();
    let short = packet(kind::SET_ALT_SETTING, 0, &[0]);
    assert_eq!(device.handle(&short, &mut bus), Err(Malformed::TooShort(kind::SET_ALT_SETTING)));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..600)) {
        let mut bus = Bus::new(Glass::G20X4);
        let _refused = Device::new().handle(&bytes, &mut bus);
    }

    #[test]
    fn no_packet_makes_it_panic_or_answer_out_of_bounds(
        kinds in vec((0u32..110, any::<u64>(), vec(any::<u8>(), 0..80)), 0..20),
    ) {
        let (mut device, mut bus, _) = greeted();
        for (kind, id, body) in kinds {
            let _refused = device.handle(&packet(kind, id, &body), &mut bus);
            assert!(device.take_output().len() <= 0x1_0000 + 64);
            let _picture = bus.picture();
        }
    }

    #[test]
    fn packets_are_the_same_however_they_are_cut(cut in 1usize..40, id in any::<u64>()) {
        let bytes = [packet(3, id, b"abc"), packet(100, id, &[7; 30])].concat();
        let mut packets = Packets::default();
        packets.use_long_ids();
        let mut seen = Vec::new();
        for part in bytes.chunks(cut) {
            packets.push(part);
            while let Some((header, body)) = packets.take().expect("well formed") {
                seen.push((header.kind, header.id, body.len()));
            }
        }
        assert_eq!(seen, [(3, id, 3), (100, id, 30)]);
    }
}
