//! Presses over a network that loses, repeats and reorders, and telephones with habits.

use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::send::MOST_WAITING;
use super::{Digit, Event, Receiver, Sender};
use crate::rtp::{Packet, PayloadType, Ssrc};

fn digit(key: char) -> Digit {
    Digit::from_key(key).expect("a key")
}

/// Timestamp, mark and payload of every packet of some presses.
fn packets(keys: &str) -> Vec<(u32, bool, [u8; 4])> {
    let mut sender = Sender::default();
    for key in keys.chars() {
        assert!(sender.press(digit(key)));
    }
    let mut packets = Vec::new();
    let mut now = u32::MAX - 2_000;
    while !sender.is_idle() {
        if let Some(step) = sender.step() {
            packets.push((now.wrapping_sub(step.before), step.is_first, step.event.write()));
        }
        now = now.wrapping_add(160);
    }
    packets
}

fn heard(receiver: &mut Receiver, packet: &(u32, bool, [u8; 4])) -> Option<char> {
    let (timestamp, is_marked, payload) = packet;
    let kind = PayloadType::new(101).expect("7 bits");
    let plain = Packet::plain(kind, Ssrc(1), payload);
    let packet = Packet { timestamp: *timestamp, is_marked: *is_marked, ..plain };
    receiver.heard(&packet).and_then(Digit::key)
}

fn all_heard(packets: &[(u32, bool, [u8; 4])]) -> String {
    let mut receiver = Receiver::default();
    packets.iter().filter_map(|packet| heard(&mut receiver, packet)).collect()
}

#[test]
fn a_press_has_a_start_updates_and_three_ends() {
    let sent = packets("5");
    let events: Vec<Event> =
        sent.iter().filter_map(|(_, _, payload)| Event::parse(payload)).collect();
    let durations: Vec<u16> = events.iter().map(|event| event.duration).collect();
    assert_eq!(durations, [160, 320, 480, 640, 800, 800, 800]);
    let ends: Vec<bool> = events.iter().map(|event| event.is_end).collect();
    assert_eq!(ends, [false, false, false, false, true, true, true]);
    let marks: Vec<bool> = sent.iter().map(|(_, is_marked, _)| *is_marked).collect();
    assert_eq!(marks, [true, false, false, false, false, false, false]);
    assert!(sent.iter().all(|(timestamp, _, _)| *timestamp == sent[0].0));
}

#[test]
fn every_key_is_heard_once() {
    let keys = "0123456789*#ABCD0055";
    assert_eq!(all_heard(&packets(keys)), keys);
    let twice: Vec<_> = packets(keys).into_iter().flat_map(|packet| [packet, packet]).collect();
    assert_eq!(all_heard(&twice), keys);
}

#[test]
fn lost_ends_join_no_presses_and_lost_starts_lose_none() {
    let without = |lost: fn(&Event) -> bool| {
        let mut sent = packets("1122333");
        sent.retain(|(_, _, payload)| !Event::parse(payload).is_some_and(|event| lost(&event)));
        all_heard(&sent)
    };
    assert_eq!(without(|event| event.is_end), "1122333");
    assert_eq!(without(|event| !event.is_end), "1122333");
    assert_eq!(without(|event| event.duration < 700 && event.duration != 480), "1122333");
    assert_eq!(without(|event| event.is_end || event.duration < 320), "1122333");
}

#[test]
fn a_bad_network_loses_no_press_and_makes_none() {
    let keys = "4711#0815*99887766";
    for seed in 0..20 {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let mut sent = packets(keys);
        sent.retain(|_| rng.next_u32() % 10 >= 2);
        for at in 1..sent.len() {
            if rng.next_u32() % 5 == 0 {
                sent.swap(at - 1, at);
            }
        }
        assert_eq!(all_heard(&sent), keys, "seed {seed}");
    }
}

#[test]
fn a_long_press_in_segments_is_one() {
    let segment =
        |timestamp, duration| (timestamp, false, [7, 10, (duration >> 8) as u8, duration as u8]);
    let sent = [
        (0, true, [7, 10, 0, 160]),
        segment(0, 0xff00u16),
        segment(0, 0xffff),
        segment(0xffff, 160),
        segment(0xffff, 320),
    ];
    assert_eq!(all_heard(&sent), "7");
}

#[test]
fn a_telephone_that_moves_the_timestamp_of_each_packet_is_understood() {
    let update = |at: u32| (at * 160, at == 0, [7, 10, ((at * 160) >> 8) as u8, (at * 160) as u8]);
    let press: Vec<_> = (0..8).map(update).collect();
    assert_eq!(all_heard(&press), "7");
    let again = press.iter().map(|(at, marked, payload)| (at + 4_000, *marked, *payload));
    let both: Vec<_> = press.iter().copied().chain(again).collect();
    assert_eq!(all_heard(&both), "77");
}

#[test]
fn nobody_types_ahead_without_end() {
    let mut sender = Sender::default();
    let taken = (0..1_000).filter(|_| sender.press(digit('1'))).count();
    assert_eq!(taken, MOST_WAITING);
}

#[test]
fn the_hook_is_no_key_and_other_events_are_no_digits() {
    let mut receiver = Receiver::default();
    let kind = PayloadType::new(101).expect("7 bits");
    let flash = Packet::plain(kind, Ssrc(1), &[16, 10, 0, 160]);
    assert_eq!(receiver.heard(&flash), Some(Digit::FLASH));
    assert_eq!((Digit::FLASH.key(), digit('#').key()), (None, Some('#')));
    let modem = Packet { timestamp: 9_000, ..Packet::plain(kind, Ssrc(1), &[36, 10, 0, 160]) };
    assert_eq!(receiver.heard(&modem), None);
    assert_eq!(receiver.heard(&Packet::plain(kind, Ssrc(1), &[1, 2, 3])), None);
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(number: u8, is_end: bool, volume in 0..64u8, duration: u16) {
        let event = Event { number, is_end, volume, duration };
        prop_assert_eq!(Event::parse(&event.write()), Some(event));
    }

    #[test]
    fn no_more_digits_than_packets(
        sent in vec((any::<u32>(), any::<bool>(), any::<[u8; 4]>()), 0..50),
    ) {
        prop_assert!(all_heard(&sent).len() <= sent.len());
    }
}
