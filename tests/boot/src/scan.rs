//! Which TCP ports answer: every one is asked with a SYN by a station at the same switch, so that
//! nothing but the appliance itself stands in between.
//!
//! A frame is Ethernet II, IPv4 (RFC 791) without options, TCP (RFC 9293) without options.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, bail};
use qemu::switch::shell::Station;
use qemu::wait::Deadline;

/// Ports that are asked before the guest has to catch up.
const BATCH: usize = 64;
/// How long it may take to do that.
const CATCH_UP: Duration = Duration::from_secs(20);
/// Attempts, for what the guest's card has dropped.
const ATTEMPTS: usize = 3;

const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const SYN_ACK: u8 = 0x12;
const HEAD: usize = 14;

/// Somebody at the switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The address of the card.
    pub mac: [u8; 6],
    /// The address of the Internet protocol.
    pub ip: [u8; 4],
}

/// Asks every port of `target`; `open` is one that is known to answer, by which the guest shows
/// that it has seen everything before.
///
/// # Errors
/// The switch is gone, or `open` does not answer.
pub fn scan(
    station: &mut Station,
    here: Place,
    target: Place,
    open: u16,
) -> anyhow::Result<BTreeSet<u16>> {
    let mut scan = Scan { station, here, target, found: BTreeSet::new(), round: 0 };
    scan.catch_up(open)?;
    let ports: Vec<u16> = (1..=u16::MAX).collect();
    for batch in ports.chunks(BATCH) {
        for port in batch {
            scan.station.send(&tcp(here, target, (40_000, *port), SYN, 1))?;
        }
        scan.catch_up(open)?;
    }
    Ok(scan.found)
}

struct Scan<'s> {
    station: &'s mut Station,
    here: Place,
    target: Place,
    found: BTreeSet<u16>,
    round: u16,
}

impl Scan<'_> {
    /// Waits until the port that is known has answered once more.
    fn catch_up(&mut self, open: u16) -> anyhow::Result<()> {
        for _ in 0..ATTEMPTS {
            self.round = (self.round + 1) % 10_000;
            let source = 41_000 + self.round;
            self.station.send(&tcp(self.here, self.target, (source, open), SYN, 1))?;
            let deadline = Deadline::after(CATCH_UP);
            while !deadline.passed() {
                let Some(frame) = self.station.receive(Duration::from_millis(200))? else {
                    continue;
                };
                if self.hear(&frame)? == Some(source) {
                    return Ok(());
                }
            }
        }
        bail!("port {open} does not answer at {:?}", self.target.ip)
    }

    /// Takes a frame; gives the port here that was answered from an open one.
    fn hear(&mut self, frame: &[u8]) -> anyhow::Result<Option<u16>> {
        if frame.get(12..14) == Some(&[8, 6]) {
            if let Some(answer) = arp_answer(frame, self.here) {
                self.station.send(&answer)?;
            }
            return Ok(None);
        }
        let Some((from, to, flags)) = tcp_of(frame, self.target, self.here) else {
            return Ok(None);
        };
        if flags != SYN_ACK {
            return Ok(None);
        }
        self.found.insert(from);
        // Nobody waits for the rest of the handshake.
        self.station.send(&tcp(self.here, self.target, (to, from), RST, 2))?;
        Ok(Some(to))
    }
}

/// The answer to a question for our address (RFC 826).
fn arp_answer(frame: &[u8], here: Place) -> Option<Vec<u8>> {
    let question = frame.get(HEAD..HEAD + 28)?;
    if question[..8] != [0, 1, 8, 0, 6, 4, 0, 1] || question[24..28] != here.ip {
        return None;
    }
    let asker = &question[8..18];
    let mut answer = [&asker[..6], &here.mac, &[8, 6]].concat();
    answer.extend([0, 1, 8, 0, 6, 4, 0, 2]);
    answer.extend(here.mac);
    answer.extend(here.ip);
    answer.extend(asker);
    Some(answer)
}

fn tcp(from: Place, to: Place, ports: (u16, u16), flags: u8, sequence: u32) -> Vec<u8> {
    let mut segment = Vec::new();
    segment.extend(ports.0.to_be_bytes());
    segment.extend(ports.1.to_be_bytes());
    segment.extend(sequence.to_be_bytes());
    segment.extend([0, 0, 0, 0, 0x50, flags, 0x20, 0, 0, 0, 0, 0]);
    let pseudo = [&from.ip[..], &to.ip, &[0, 6, 0, 20], &segment].concat();
    segment[16..18].copy_from_slice(&checksum(&pseudo).to_be_bytes());
    let mut packet = vec![0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0, 0];
    packet.extend(from.ip);
    packet.extend(to.ip);
    let sum = checksum(&packet);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    [&to.mac[..], &from.mac, &[8, 0], &packet, &segment].concat()
}

/// The ports and flags of a segment between these two.
fn tcp_of(frame: &[u8], from: Place, to: Place) -> Option<(u16, u16, u8)> {
    let packet = frame.get(HEAD..)?;
    let is_ours = frame.get(12..14)? == [8, 0]
        && packet.first()? >> 4 == 4
        && *packet.get(9)? == 6
        && packet.get(12..16)? == from.ip
        && packet.get(16..20)? == to.ip;
    if !is_ours {
        return None;
    }
    let segment = packet.get(usize::from(packet[0] & 15) * 4..)?;
    let number = |at: usize| Some(u16::from_be_bytes(segment.get(at..at + 2)?.try_into().ok()?));
    Some((number(0)?, number(2)?, *segment.get(13)?))
}

/// The ones' complement of the ones' complement sum (RFC 1071).
pub(crate) fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| {
        let low = pair.get(1).copied().unwrap_or_default();
        u32::from(u16::from_be_bytes([pair[0], low]))
    });
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// Connects to a switch, patiently.
///
/// # Errors
/// There is none.
pub fn station(socket: &std::path::Path) -> anyhow::Result<Station> {
    let connected = Deadline::after(CATCH_UP).look(|| Station::connect(socket).ok());
    connected.context("there is no switch")
}

#[cfg(test)]
mod tests {
    use super::{Place, SYN, arp_answer, checksum, tcp, tcp_of};

    const HERE: Place = Place { mac: [2, 0, 0, 0, 0, 1], ip: [192, 0, 2, 1] };
    const THERE: Place = Place { mac: [2, 0, 0, 0, 0, 2], ip: [192, 0, 2, 2] };

    #[test]
    fn a_packet_with_its_checksum_sums_up_to_nothing() {
        let frame = tcp(HERE, THERE, (40_000, 443), SYN, 1);
        assert_eq!(checksum(&frame[14..34]), 0);
        assert_eq!(tcp_of(&frame, HERE, THERE), Some((40_000, 443, SYN)));
        assert_eq!(tcp_of(&frame, THERE, HERE), None);
        for end in 0..frame.len() - 7 {
            assert_eq!(tcp_of(&frame[..end], HERE, THERE), None, "cut at {end}");
        }
    }

    #[test]
    fn a_question_for_our_address_is_answered() {
        let mut question = [&[0xff; 6][..], &THERE.mac, &[8, 6, 0, 1, 8, 0, 6, 4, 0, 1]].concat();
        question.extend(THERE.mac);
        question.extend(THERE.ip);
        question.extend([0; 6]);
        question.extend(HERE.ip);
        let answer = arp_answer(&question, HERE).expect("an answer");
        assert_eq!(answer[..6], THERE.mac);
        assert_eq!(answer[22..28], HERE.mac);
        assert!(arp_answer(&question, THERE).is_none());
    }
}
