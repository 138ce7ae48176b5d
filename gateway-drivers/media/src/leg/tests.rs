//! Two legs that talk over a network, and others who would like to.

use std::net::SocketAddr;

use machine::{Machine, Moment, Span};
use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::{Channel, Input, Latch, Leg, Options, Output};
use crate::codec::{Codec, Rate};
use crate::event::Digit;
use crate::jitter::Kind;
use crate::offer::{Agreed, Ours, Secrecy, answer, conclude, offer};
use crate::rtp::{Packet, PayloadType, Ssrc};
use crate::sdp::Direction;
use crate::speech::{decibels, largest_step, likeness, speech};

const HERE: ([u8; 4], u16) = ([192, 0, 2, 1], 4_000);
const THERE: ([u8; 4], u16) = ([192, 0, 2, 2], 5_000);

fn place(place: ([u8; 4], u16)) -> SocketAddr {
    SocketAddr::from(place)
}

/// What we and a telephone agree on.
fn agreed(change: impl Fn(&mut Ours)) -> (Agreed, Agreed) {
    let mut ours = Ours::new(1, place(HERE), &[1; 30]);
    change(&mut ours);
    let mut theirs = Ours::new(2, place(THERE), &[2; 30]);
    theirs.codecs = Codec::ALL.to_vec();
    let offered = offer(&ours);
    let (answered, telephone) = answer(&theirs, &offered).expect("they can");
    (conclude(&ours, &offered, &answered).expect("they can"), telephone)
}

fn options(rate: Rate) -> Options {
    Options { rate, latch: Latch::Exact, cname: "gateway".to_owned() }
}

fn leg(agreed: Agreed, rate: Rate, seed: u8) -> Leg {
    Leg::new(agreed, options(rate), [seed; 32], Moment::START)
}

/// What came out of a leg.
#[derive(Default)]
struct Told {
    heard: Vec<i16>,
    kinds: Vec<Kind>,
    pressed: String,
    gone: usize,
}

impl Told {
    fn take(&mut self, output: Output) -> Option<(Channel, SocketAddr, Vec<u8>)> {
        match output {
            Output::Send { channel, to, bytes } => return Some((channel, to, bytes)),
            Output::Heard(frame) => {
                self.heard.extend(frame.samples);
                self.kinds.push(frame.kind);
            }
            Output::Pressed(digit) => self.pressed.extend(digit.key()),
            Output::Gone => self.gone += 1,
        }
        None
    }
}

/// A network between two legs.
struct Scene {
    legs: [Leg; 2],
    told: [Told; 2],
    /// Arrival, to whom, by which port.
    flying: Vec<(Moment, usize, Channel, Vec<u8>)>,
    lost: u32,
    spread: u32,
    rng: ChaCha20Rng,
    now: Moment,
}

impl Scene {
    fn new(pair: (Agreed, Agreed), lost: u32, spread: u32) -> Self {
        Self {
            legs: [leg(pair.0, Rate::Wide, 1), leg(pair.1, Rate::Wide, 2)],
            told: [Told::default(), Told::default()],
            flying: Vec::new(),
            lost,
            spread,
            rng: ChaCha20Rng::seed_from_u64(9),
            now: Moment::START,
        }
    }

    fn settle(&mut self) {
        let places = [place(HERE), place(THERE)];
        for at in 0..2 {
            while let Some(output) = self.legs[at].poll() {
                let Some((channel, to, bytes)) = self.told[at].take(output) else { continue };
                assert_eq!(to.ip(), places[1 - at].ip());
                if self.rng.next_u32() % 1_000 >= self.lost {
                    let way = 5 + self.rng.next_u32() % (self.spread + 1);
                    let arrival = self.now + Span::from_millis(u64::from(way));
                    self.flying.push((arrival, 1 - at, channel, bytes));
                }
            }
        }
    }

    /// Lets time pass, a millisecond at a time.
    fn run(&mut self, ms: u64) {
        let places = [place(HERE), place(THERE)];
        for _ in 0..ms {
            self.now = self.now + Span::from_millis(1);
            let now = self.now;
            let (due, later) =
                std::mem::take(&mut self.flying).into_iter().partition(|(at, ..)| *at <= now);
            self.flying = later;
            let due: Vec<(Moment, usize, Channel, Vec<u8>)> = due;
            for (_, to, channel, bytes) in due {
                let from = places[1 - to];
                self.legs[to].handle(Input::Datagram { channel, from, bytes }, now);
            }
            for leg in &mut self.legs {
                if leg.deadline().is_some_and(|deadline| deadline <= now) {
                    leg.expire(now);
                }
            }
            self.settle();
        }
    }

    fn input(&mut self, at: usize, input: Input) {
        self.legs[at].handle(input, self.now);
        self.settle();
    }

    /// Says all of it, a frame every 20 ms.
    fn say(&mut self, at: usize, samples: &[i16]) {
        for frame in samples.chunks(320) {
            self.input(at, Input::Say(frame.to_vec()));
            self.run(20);
        }
    }
}

#[test]
fn speech_gets_through_either_way_with_every_codec_in_the_clear_and_under_keys() {
    for codec in Codec::ALL {
        for secrecy in [Secrecy::IfOffered, Secrecy::Required] {
            let pair = agreed(|ours| {
                ours.codecs = vec![codec];
                ours.secrecy = secrecy;
            });
            assert_eq!(pair.0.keys.is_some(), secrecy == Secrecy::Required);
            let mut scene = Scene::new(pair, 0, 3);
            let said = speech(16_000, 4.0);
            scene.say(0, &said);
            scene.run(300);
            scene.say(1, &said);
            scene.run(300);
            for at in 0..2 {
                let heard = &scene.told[1 - at].heard;
                let part = if at == 0 { &heard[..] } else { &heard[4 * 16_000 + 3_200..] };
                let like = likeness(&said, part, 16_000, 300);
                let least = if codec == Codec::G722 { 0.97 } else { 0.9 };
                assert!(like > least, "{codec:?} from {at}: {like}");
                let statistics = scene.legs[1 - at].statistics();
                assert_eq!((statistics.foreign, statistics.forged, statistics.unfit), (0, 0, 0));
                assert_eq!(statistics.packets.lost, 0);
                assert!(statistics.grade > 4.2, "{statistics:?}");
            }
        }
    }
}

#[test]
fn a_bad_network_is_heard_without_clicks_and_told_in_the_statistics() {
    let mut scene = Scene::new(agreed(|ours| ours.secrecy = Secrecy::Required), 40, 45);
    let said = speech(16_000, 12.0);
    scene.say(0, &said);
    scene.run(500);
    let heard = &scene.told[1].heard;
    let like = likeness(&said, heard, 16_000, 400);
    assert!(like > 0.9, "{like}");
    assert!(largest_step(heard) < largest_step(&said) * 3 / 2 + 500);
    let change = decibels(heard) - decibels(&said);
    assert!(change.abs() < 1.0, "{change}");
    let statistics = scene.legs[1].statistics();
    assert!((10..40).contains(&statistics.packets.lost), "{statistics:?}");
    assert!(statistics.grade < 4.2 && statistics.grade > 2.5, "{statistics:?}");
    // The reports told us both.
    let ours = scene.legs[0].statistics();
    assert!(ours.lost_there.is_some_and(|lost| lost < 0.2), "{ours:?}");
    assert!(ours.way_ms.is_some_and(|way| (10..=100).contains(&way)), "{ours:?}");
}

#[test]
fn keys_are_pressed_and_heard_either_way() {
    let mut scene = Scene::new(agreed(|_| {}), 100, 30);
    for at in 0..2 {
        for key in "0123*#".chars() {
            scene.input(at, Input::Press(Digit::from_key(key).expect("a key")));
        }
    }
    scene.run(3_000);
    assert_eq!(
        (scene.told[0].pressed.as_str(), scene.told[1].pressed.as_str()),
        ("0123*#", "0123*#")
    );
}

#[test]
fn a_third_party_changes_nothing() {
    for (secrecy, latch) in
        [(Secrecy::IfOffered, Latch::Exact), (Secrecy::Required, Latch::SameHost)]
    {
        let run = |is_attacked: bool| {
            let mut scene = Scene::new(agreed(|ours| ours.secrecy = secrecy), 0, 3);
            scene.legs[0].options.latch = latch;
            let said = speech(16_000, 2.0);
            let mut attacks = 0;
            for (at, frame) in said.chunks(320).enumerate() {
                scene.input(1, Input::Say(frame.to_vec()));
                let payload = [at as u8; 160];
                let plain = Packet::plain(PayloadType::G722, Ssrc(66), &payload);
                let sequence = 70 + at as u16;
                let timestamp = 160 * at as u32;
                let noise = Packet { sequence, timestamp, ..plain }.write();
                let key = Packet {
                    payload_type: PayloadType::new(101).expect("7 bits"),
                    ..Packet::plain(PayloadType::G722, Ssrc(66), &[5, 10, 0, 160])
                }
                .write();
                let goodbye = vec![0x80, 201, 0, 1, 0, 0, 0, 66, 0x81, 203, 0, 1, 0, 0, 0, 66];
                let elsewhere = SocketAddr::from(([192, 0, 2, 99], 5_000));
                for bytes in [noise, key, goodbye].into_iter().filter(|_| is_attacked) {
                    for channel in [Channel::Sound, Channel::Control] {
                        let input =
                            Input::Datagram { channel, from: elsewhere, bytes: bytes.clone() };
                        scene.input(0, input);
                        attacks += 1;
                    }
                }
                scene.run(20);
            }
            let statistics = scene.legs[0].statistics();
            assert_eq!(statistics.foreign, attacks);
            let told = std::mem::take(&mut scene.told[0]);
            (told.heard, told.pressed, told.gone, statistics.packets, scene.legs[0].source())
        };
        assert!(run(true) == run(false), "{secrecy:?}");
    }
}

#[test]
fn another_port_of_the_host_is_latched_onto_only_if_that_is_allowed() {
    let elsewhere = SocketAddr::from((THERE.0, 6_666));
    let sound = |n: u16| {
        let plain = Packet::plain(PayloadType::G722, Ssrc(3), &[0x55; 160]);
        Packet { sequence: n, timestamp: 160 * u32::from(n), ..plain }.write()
    };
    for latch in [Latch::Exact, Latch::SameHost] {
        let mut ours = leg(agreed(|_| {}).0, Rate::Wide, 1);
        ours.options.latch = latch;
        let from = |port: u16| SocketAddr::from((THERE.0, port));
        for (n, port) in [(1, 6_666), (2, 6_666), (3, 7_777)] {
            let input =
                Input::Datagram { channel: Channel::Sound, from: from(port), bytes: sound(n) };
            ours.handle(input, Moment::from_millis(u64::from(n)));
        }
        ours.expire(Moment::from_millis(20));
        let sent = std::iter::from_fn(|| ours.poll()).find_map(|output| match output {
            Output::Send { to, .. } => Some(to),
            Output::Heard(_) | Output::Pressed(_) | Output::Gone => None,
        });
        let (source, expected) = match latch {
            Latch::Exact => (None, place(THERE)),
            Latch::SameHost => (Some(elsewhere), elsewhere),
        };
        assert_eq!((ours.source(), sent), (source, Some(expected)), "{latch:?}");
        let foreign = ours.statistics().foreign;
        assert_eq!(foreign, if latch == Latch::Exact { 3 } else { 1 });
        // The agreed port is always the right one.
        let input =
            Input::Datagram { channel: Channel::Sound, from: place(THERE), bytes: sound(4) };
        ours.handle(input, Moment::from_millis(30));
        assert_eq!(ours.source(), Some(place(THERE)));
    }
}

#[test]
fn sound_in_the_clear_is_not_heard_where_keys_were_agreed_on() {
    let mut ours = leg(agreed(|ours| ours.secrecy = Secrecy::Required).0, Rate::Wide, 1);
    for n in 0..10 {
        let plain = Packet::plain(PayloadType::G722, Ssrc(3), &[0x55; 160]);
        let bytes = Packet { sequence: n, timestamp: 160 * u32::from(n), ..plain }.write();
        let input = Input::Datagram { channel: Channel::Sound, from: place(THERE), bytes };
        ours.handle(input, Moment::from_millis(20 * u64::from(n)));
    }
    assert_eq!((ours.source(), ours.statistics().forged), (None, 10));
}

#[test]
fn hold_sends_and_hears_nothing_and_ends_where_it_was() {
    let pair = agreed(|ours| ours.secrecy = Secrecy::Required);
    let mut scene = Scene::new(pair.clone(), 0, 3);
    scene.say(1, &speech(16_000, 1.0));
    let held = Agreed { direction: Direction::Inactive, ..pair.0.clone() };
    scene.input(0, Input::Agree(Box::new(held)));
    let (heard, sent) = (scene.told[0].heard.len(), scene.legs[1].statistics().packets.received);
    scene.run(1_000);
    assert_eq!(scene.told[0].heard.len(), heard);
    assert!(scene.legs[1].statistics().packets.received <= sent + 1);
    scene.input(0, Input::Agree(Box::new(pair.0)));
    let said = speech(16_000, 2.0);
    scene.say(0, &said);
    scene.run(300);
    let after = &scene.told[1].heard[2 * 16_000 - 3_200..];
    let like = likeness(&said, after, 16_000, 500);
    assert!(like > 0.95, "{like}");
    assert_eq!(scene.legs[1].statistics().forged, 0);
}

#[test]
fn goodbye_is_told_once_and_ends_everything() {
    let mut scene = Scene::new(agreed(|_| {}), 0, 0);
    scene.run(200);
    scene.input(1, Input::Goodbye);
    scene.run(100);
    assert_eq!(scene.told[0].gone, 1);
    assert_eq!(scene.legs[1].deadline(), None);
    scene.input(1, Input::Say(vec![1; 320]));
    assert_eq!(scene.legs[1].poll(), None);
}

#[test]
fn a_line_is_never_dead_and_what_is_said_begins_and_ends_softly() {
    let mut scene = Scene::new(agreed(|_| {}), 0, 0);
    scene.run(1_000);
    let silent = scene.legs[1].statistics().packets.received;
    assert!((48..=50).contains(&silent), "{silent}");
    scene.input(0, Input::Say(vec![12_000; 3_333]));
    scene.run(600);
    assert!(largest_step(&scene.told[1].heard) < 2_500);
    assert_eq!(scene.legs[0].queued_ms(), 0);
}

#[test]
fn what_is_said_too_fast_is_cut_and_counted() {
    let mut ours = leg(agreed(|_| {}).0, Rate::Wide, 1);
    ours.handle(Input::Say(vec![1; 20_000]), Moment::START);
    assert_eq!((ours.queued_ms(), ours.statistics().unsaid), (1_000, 4_000));
    ours.handle(Input::Hush, Moment::START);
    assert_eq!(ours.queued_ms(), 0);
}

#[test]
fn a_driver_that_slept_gets_no_flood() {
    let mut ours = leg(agreed(|_| {}).0, Rate::Wide, 1);
    ours.expire(Moment::from_millis(60_000));
    let outputs = std::iter::from_fn(|| ours.poll()).count();
    assert!(outputs <= 25, "{outputs}");
    assert!(ours.deadline().is_some_and(|next| next > Moment::from_millis(60_000)));
}

#[test]
fn nobody_can_guess_where_two_legs_begin() {
    let first = |seed: u8| {
        let mut ours = leg(agreed(|_| {}).0, Rate::Wide, seed);
        ours.expire(Moment::from_millis(20));
        let bytes = std::iter::from_fn(|| ours.poll()).find_map(|output| match output {
            Output::Send { bytes, .. } => Some(bytes),
            Output::Heard(_) | Output::Pressed(_) | Output::Gone => None,
        });
        let bytes = bytes.expect("a packet");
        let packet = Packet::parse(&bytes).expect("our own");
        assert!(packet.is_marked && packet.sequence < 0x8000);
        (packet.ssrc, packet.sequence, packet.timestamp)
    };
    let (a, b) = (first(1), first(2));
    assert!(a.0 != b.0 && a.1 != b.1 && a.2 != b.2 && first(1) == a);
}

proptest! {
    #[test]
    fn any_datagrams_from_the_telephone_are_borne(
        datagrams in vec((vec(any::<u8>(), 0..60), any::<bool>(), 0..3u8), 0..100),
    ) {
        let mut ours = leg(agreed(|_| {}).0, Rate::Narrow, 1);
        let mut now = Moment::START;
        let mut sent = 0;
        for (mut bytes, is_control, form) in datagrams {
            if let [first, second, ..] = bytes.as_mut_slice() && form > 0 {
                *first = 0x80;
                *second = if is_control { 200 + *second % 4 } else { 9 };
            }
            let channel = if form == 2 { Channel::Control } else { Channel::Sound };
            sent += 1;
            ours.handle(Input::Datagram { channel, from: place(THERE), bytes }, now);
            now = now + Span::from_millis(7);
            ours.expire(now);
            while let Some(output) = ours.poll() {
                if let Output::Heard(frame) = output {
                    prop_assert_eq!(frame.samples.len(), 160);
                }
            }
        }
        let counts = ours.statistics();
        prop_assert!(counts.packets.received + counts.unfit + counts.foreign <= sent);
    }
}
