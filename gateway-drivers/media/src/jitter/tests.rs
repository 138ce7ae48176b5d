//! A talker, a network that does what networks do, and what is heard.

use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::{Counts, Frame, Jitter, Kind, MOST_PACKETS, Moment};
use crate::codec::{Codec, Decoder, Decoders, Encoder, Rate};
use crate::rtp::{Packet, PayloadType, Ssrc};
use crate::speech::{decibels, largest_step, likeness, speech};

fn buffer(codec: Codec, rate: Rate) -> Jitter {
    let decoders = Decoders::from([(codec.payload_type(), Decoder::new(codec, rate))]);
    Jitter::new(decoders, rate)
}

/// What the network does to packets.
#[derive(Clone, Copy, Default)]
struct Network {
    /// In thousandths.
    lost: u32,
    twice: u32,
    /// The most that a packet is held up, in ms; this reorders, too.
    spread: u32,
    /// How much faster the talker's clock runs, in millionths.
    drift: i64,
    seed: u64,
}

struct Sent {
    sequence: u16,
    timestamp: u32,
    is_marked: bool,
    payload: Vec<u8>,
}

/// The packets of a talk, with the time of each one's arrival.
fn packets(codec: Codec, rate: Rate, said: &[i16], network: Network) -> Vec<(u64, Sent)> {
    let mut rng = ChaCha20Rng::seed_from_u64(network.seed);
    let mut encoder = Encoder::new(codec, rate);
    let mut arrivals = Vec::new();
    for (at, frame) in said.chunks_exact(rate.frame()).enumerate() {
        let payload = encoder.encode(frame);
        let sent = 1_000_000 + at as i64 * 20_000 * 1_000_000 / (1_000_000 + network.drift);
        let copies = 1 + u32::from(rng.next_u32() % 1_000 < network.twice);
        for _ in 0..copies {
            let held = rng.next_u32() % (network.spread + 1);
            if rng.next_u32() % 1_000 >= network.lost {
                // Both counts wrap on the way.
                let sequence = 65_500u16.wrapping_add(at as u16);
                let timestamp = 0xffff_f000u32.wrapping_add(160 * at as u32);
                let is_marked = at == 0;
                let sent_packet = Sent { sequence, timestamp, is_marked, payload: payload.clone() };
                arrivals.push((sent as u64 / 1_000 + u64::from(held), sent_packet));
            }
        }
    }
    arrivals.sort_by_key(|(at, _)| *at);
    arrivals
}

/// Lets the packets arrive and pulls a frame every 20 ms.
fn play(jitter: &mut Jitter, arrivals: &[(u64, Sent)], payload_type: PayloadType) -> Vec<Frame> {
    let mut waiting = arrivals.iter().peekable();
    let end = arrivals.last().map_or(0, |(at, _)| *at) + 400;
    (0..)
        .map(|frame| 1_007 + 20 * frame)
        .take_while(|now| *now < end)
        .map(|now| {
            while let Some((at, sent)) = waiting.next_if(|(at, _)| *at <= now) {
                let packet = Packet {
                    sequence: sent.sequence,
                    timestamp: sent.timestamp,
                    is_marked: sent.is_marked,
                    ..Packet::plain(payload_type, Ssrc(1), &sent.payload)
                };
                jitter.push(&packet, Moment::from_millis(*at));
            }
            jitter.pull(Moment::from_millis(now))
        })
        .collect()
}

fn samples(frames: &[Frame]) -> Vec<i16> {
    frames.iter().flat_map(|frame| frame.samples.iter().copied()).collect()
}

fn heard(codec: Codec, rate: Rate, said: &[i16], network: Network) -> (Vec<i16>, Counts, Jitter) {
    let mut jitter = buffer(codec, rate);
    let arrivals = packets(codec, rate, said, network);
    let frames = play(&mut jitter, &arrivals, codec.payload_type());
    (samples(&frames), jitter.counts(), jitter)
}

/// Nothing is longer than it was, steps further than before, or reaches full scale.
fn check(said: &[i16], heard: &[i16], rate: Rate, least: f32, most_ms: usize, about: &str) {
    let like = likeness(said, heard, rate.hertz(), most_ms);
    assert!(like > least, "{about}: likeness {like}");
    let (natural, step) = (largest_step(said), largest_step(heard));
    assert!(step < natural * 3 / 2 + 500, "{about}: a step of {step} where {natural} is natural");
    let change = decibels(heard) - decibels(said);
    assert!(change.abs() < 1.0, "{about}: {change} dB");
    assert!(heard.iter().all(|sample| sample.abs() < 32_000), "{about}: full scale");
}

#[test]
fn a_quiet_network_costs_little_delay_and_no_sound() {
    for codec in Codec::ALL {
        for rate in [Rate::Narrow, Rate::Wide] {
            let said = speech(rate.hertz(), 6.0);
            let (out, counts, jitter) = heard(codec, rate, &said, Network::default());
            check(&said, &out, rate, 0.99, 80, "quiet");
            assert_eq!((counts.lost, counts.late, counts.unfit), (0, 0, 0));
            assert_eq!(jitter.target_ms(), 20);
        }
    }
}

#[test]
fn loss_reordering_and_duplicates_are_concealed() {
    for seed in 0..4 {
        let network = Network { lost: 30, twice: 50, spread: 50, drift: 0, seed };
        let said = speech(8_000, 10.0);
        let (out, counts, jitter) = heard(Codec::Pcma, Rate::Narrow, &said, network);
        check(&said, &out, Rate::Narrow, 0.9, 150, "rough");
        assert!((5..30).contains(&counts.lost), "{counts:?}");
        assert!(counts.duplicate > 5, "{counts:?}");
        assert!(counts.late < 15, "{counts:?}");
        assert!((50..=80).contains(&jitter.target_ms()), "{}", jitter.target_ms());
        assert!((8.0..30.0).contains(&jitter.jitter_ms()), "{}", jitter.jitter_ms());
    }
}

#[test]
fn the_depth_stays_within_its_bounds_however_bad_the_network_is() {
    let network = Network { spread: 900, seed: 5, ..Network::default() };
    let said = speech(8_000, 10.0);
    let (_, _, jitter) = heard(Codec::Pcmu, Rate::Narrow, &said, network);
    assert_eq!(jitter.target_ms(), 200);
}

#[test]
fn a_drifting_clock_is_followed_without_a_gap() {
    for drift in [-2_000, -200, 200, 2_000] {
        let network = Network { spread: 8, drift, seed: 7, ..Network::default() };
        let said = speech(16_000, 60.0);
        let mut jitter = buffer(Codec::G722, Rate::Wide);
        let arrivals = packets(Codec::G722, Rate::Wide, &said, network);
        let frames = play(&mut jitter, &arrivals, PayloadType::G722);
        let (out, counts) = (samples(&frames), jitter.counts());
        let (natural, step) = (largest_step(&said), largest_step(&out));
        assert!(step < natural * 3 / 2 + 500, "{drift}: {step} where {natural} is natural");
        // Behind the end nobody knows that it is the end.
        let talk = &frames[..2_980];
        let made_up = talk.iter().filter(|frame| frame.kind == Kind::Concealed).count();
        assert!(made_up < 4, "{drift}: {made_up} frames made up, {counts:?}");
        assert_eq!((counts.late, counts.lost), (0, 0), "{drift}");
        // The last five seconds are as near to their time as the first.
        let tail = |samples: &[i16], at: usize| samples[at..at + 5 * 16_000].to_vec();
        let at = said.len() - 6 * 16_000;
        let moved = at as i64 * 1_000_000 / (1_000_000 + drift);
        let like = likeness(&tail(&said, at), &out[moved as usize..], 16_000, 100);
        assert!(like > 0.95, "{drift}: {like}");
    }
}

#[test]
fn a_lost_packet_is_concealed_in_its_place() {
    let said = speech(8_000, 2.0);
    let mut arrivals = packets(Codec::Pcmu, Rate::Narrow, &said, Network::default());
    arrivals.retain(|(_, sent)| sent.sequence != 65_500u16.wrapping_add(30));
    let mut jitter = buffer(Codec::Pcmu, Rate::Narrow);
    let frames = play(&mut jitter, &arrivals, PayloadType::PCMU);
    let spoken = frames.iter().take(95);
    assert!(spoken.filter(|frame| frame.kind == Kind::Concealed).count() <= 2);
    assert!(jitter.counts().concealed >= 1);
    check(&said, &samples(&frames), Rate::Narrow, 0.98, 80, "one lost");
}

#[test]
fn a_pause_is_silent_and_the_next_spurt_is_on_time() {
    let said = speech(8_000, 8.0);
    let mut arrivals = packets(Codec::Pcmu, Rate::Narrow, &said, Network::default());
    // Numbers go on as if nothing was; the clock tells that two seconds were left out.
    let pause = 150..250;
    arrivals.retain(|(_, sent)| !pause.contains(&sent.sequence.wrapping_sub(65_500)));
    for (_, sent) in &mut arrivals {
        if sent.sequence.wrapping_sub(65_500) >= 250 {
            sent.sequence = sent.sequence.wrapping_sub(100);
            sent.is_marked = sent.sequence == 65_500u16.wrapping_add(150);
        }
    }
    let mut jitter = buffer(Codec::Pcmu, Rate::Narrow);
    let frames = play(&mut jitter, &arrivals, PayloadType::PCMU);
    let mut expected = said.clone();
    expected[150 * 160..250 * 160].fill(0);
    check(&expected, &samples(&frames), Rate::Narrow, 0.96, 80, "pause");
    assert!(frames[160..245].iter().all(|frame| frame.kind == Kind::Silent));
    assert_eq!((jitter.counts().lost, jitter.counts().restarts), (0, 0));
}

#[test]
fn a_clock_that_stood_still_costs_no_speech() {
    for pause in [200, 450, 1_000, 1_900, 5_000] {
        let said = speech(8_000, 8.0);
        let mut arrivals = packets(Codec::Pcmu, Rate::Narrow, &said, Network::default());
        let (_, after) = arrivals.split_at_mut(200);
        for (at, _) in after {
            *at += pause;
        }
        let mut jitter = buffer(Codec::Pcmu, Rate::Narrow);
        let out = samples(&play(&mut jitter, &arrivals, PayloadType::PCMU));
        let begins = 200 * 160 + pause as usize * 8;
        let like = likeness(&said[200 * 160..], &out[begins..], 8_000, 100);
        assert!(like > 0.95, "{pause} ms: {like}");
        assert!(jitter.counts().late + jitter.counts().unfit <= 1, "{:?}", jitter.counts());
    }
}

#[test]
fn keys_that_are_pressed_are_no_loss() {
    let said = speech(8_000, 3.0);
    let arrivals = packets(Codec::Pcmu, Rate::Narrow, &said, Network::default());
    let mut jitter = buffer(Codec::Pcmu, Rate::Narrow);
    let keys = PayloadType::new(101).expect("7 bits");
    for (at, sent) in &arrivals {
        let number = sent.sequence.wrapping_sub(65_500);
        let is_key = (50..60).contains(&number);
        let kind = if is_key { keys } else { PayloadType::PCMU };
        let plain = Packet::plain(kind, Ssrc(1), &sent.payload);
        let packet = Packet { sequence: sent.sequence, timestamp: sent.timestamp, ..plain };
        let now = Moment::from_millis(*at);
        if is_key {
            jitter.pass(&packet, now)
        } else {
            jitter.push(&packet, now)
        }
        let _ = jitter.pull(now);
    }
    assert_eq!((jitter.counts().lost, jitter.counts().unfit), (0, 0));
    assert!(jitter.counts().concealed <= 2, "{:?}", jitter.counts());
}

#[test]
fn another_source_begins_anew_without_a_click() {
    let said = speech(8_000, 4.0);
    let arrivals = packets(Codec::Pcmu, Rate::Narrow, &said, Network::default());
    let mut jitter = buffer(Codec::Pcmu, Rate::Narrow);
    let mut out = Vec::new();
    for (at, (time, sent)) in arrivals.iter().enumerate() {
        let ssrc = Ssrc(if at < 100 { 1 } else { 2 });
        let plain = Packet::plain(PayloadType::PCMU, ssrc, &sent.payload);
        let timestamp =
            if at < 100 { sent.timestamp } else { sent.timestamp.wrapping_mul(3).wrapping_add(9) };
        let timestamp = if at < 100 { timestamp } else { 77_000 + 160 * at as u32 };
        let packet = Packet { sequence: sent.sequence, timestamp, ..plain };
        jitter.push(&packet, Moment::from_millis(*time));
        out.extend(jitter.pull(Moment::from_millis(time + 3)).samples);
    }
    check(&said, &out, Rate::Narrow, 0.9, 100, "another source");
    assert_eq!(jitter.counts().restarts, 1);
}

#[test]
fn a_driver_that_slept_catches_up_at_once() {
    let said = speech(8_000, 6.0);
    let arrivals = packets(Codec::Pcmu, Rate::Narrow, &said, Network::default());
    let mut jitter = buffer(Codec::Pcmu, Rate::Narrow);
    let mut out = Vec::new();
    for (at, sent) in &arrivals {
        let plain = Packet::plain(PayloadType::PCMU, Ssrc(1), &sent.payload);
        let packet = Packet { sequence: sent.sequence, timestamp: sent.timestamp, ..plain };
        jitter.push(&packet, Moment::from_millis(*at));
        if !(2_000..2_700).contains(at) {
            out.extend(jitter.pull(Moment::from_millis(at + 3)).samples);
        }
    }
    let rest = &said[said.len() - 3 * 8_000..];
    let like = likeness(rest, &out[out.len() - 3 * 8_000..], 8_000, 90);
    assert!(like > 0.95, "{like}");
    assert!(largest_step(&out) < largest_step(&said) * 3 / 2 + 500);
}

proptest! {
    #[test]
    fn any_packets_cost_bounded_memory_and_every_pull_is_20_ms(
        packets in vec((any::<u16>(), any::<u32>(), 0..4u32, 0..1_100usize, 0..50u64), 0..300),
        is_near: bool,
    ) {
        let mut jitter = buffer(Codec::G722, Rate::Wide);
        let mut now = 0;
        for (sequence, timestamp, ssrc, length, passed) in packets {
            now += passed;
            let payload = vec![sequence as u8; length];
            let plain = Packet::plain(PayloadType::G722, Ssrc(ssrc / 3), &payload);
            let (sequence, timestamp) =
                if is_near { (sequence % 200, timestamp % 20_000) } else { (sequence, timestamp) };
            jitter.push(&Packet { sequence, timestamp, ..plain }, Moment::from_millis(now));
            prop_assert!(jitter.slots.len() <= MOST_PACKETS);
            if sequence % 3 == 0 {
                prop_assert_eq!(jitter.pull(Moment::from_millis(now)).samples.len(), 320);
            }
            prop_assert!(jitter.ready.len() < 6_000);
        }
    }
}
