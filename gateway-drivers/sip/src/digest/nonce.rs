//! Questions that hold all that is needed to know them again, and which of them were answered.

use std::net::IpAddr;

use hmac::{Hmac, KeyInit, Mac};
use machine::{Moment, Span};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{Counts, hex};
use crate::way::canonical;

/// How long a nonce can be used: a phone that asks more seldom costs one more round.
const LIFE: Span = Span::from_secs(300);
/// Answered nonces that are kept at most: several for each of a thousand phones.
pub(super) const KEPT_MOST: usize = 8_192;

/// When it was made, and the how many-th it was.
pub(crate) type Serial = (u64, u32);

/// The highest count, and which of the 64 up to it were there: over datagrams they overtake.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    highest: u32,
    seen: u64,
}

impl Window {
    fn is_new(&mut self, count: u32) -> bool {
        if count > self.highest {
            let ahead = count - self.highest;
            self.seen = self.seen.checked_shl(ahead).unwrap_or(0) | 1;
            self.highest = count;
            return true;
        }
        let bit = 1_u64.checked_shl(self.highest - count).unwrap_or(0);
        let is_new = bit != 0 && self.seen & bit == 0;
        self.seen |= bit;
        is_new
    }
}

/// How a nonce is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// Good, and with a count that was not there.
    New,
    /// Good, but played again.
    Before,
    /// Once good.
    Old,
    /// Not ours, or made for another source.
    Foreign,
}

#[derive(Debug)]
pub(super) struct Nonces {
    key: Zeroizing<[u8; 32]>,
    serial: u32,
    counts: Counts,
    /// What is not younger is old, whatever it says: its counts were forgotten.
    forgotten: Option<Serial>,
}

impl Nonces {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self { key: Zeroizing::new(key), serial: 0, counts: Counts::new(), forgotten: None }
    }

    pub(super) fn kept(&self) -> usize {
        self.counts.len()
    }

    pub(super) fn make(&mut self, source: IpAddr, now: Moment) -> String {
        self.serial = self.serial.wrapping_add(1);
        self.written((now.millis(), self.serial), source)
    }

    fn written(&self, (made, serial): Serial, source: IpAddr) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&*self.key).expect("any length is a key for HMAC");
        mac.update(&made.to_be_bytes());
        mac.update(&serial.to_be_bytes());
        mac.update(canonical(source).to_string().as_bytes());
        let seal = mac.finalize().into_bytes();
        format!("{made:016x}{serial:08x}{}", hex(&seal[..16]))
    }

    pub(super) fn spend(
        &mut self,
        nonce: &str,
        count: Option<u32>,
        source: IpAddr,
        now: Moment,
    ) -> Seen {
        let Some((count, serial)) = count.zip(serial(nonce)) else { return Seen::Foreign };
        let own = self.written(serial, source);
        if !bool::from(own.as_bytes().ct_eq(nonce.as_bytes())) {
            return Seen::Foreign;
        }
        let made = Moment::from_millis(serial.0);
        if now.since(made) > LIFE || self.forgotten.is_some_and(|forgotten| serial <= forgotten) {
            return Seen::Old;
        }
        let is_new = match self.counts.get_mut(&serial) {
            Some(window) => window.is_new(count),
            None => count > 0,
        };
        if !self.counts.contains_key(&serial) && is_new {
            self.keep(serial, count, now);
        }
        if is_new { Seen::New } else { Seen::Before }
    }

    fn keep(&mut self, serial: Serial, count: u32, now: Moment) {
        while let Some((oldest, _)) = self.counts.first_key_value() {
            let is_over = now.since(Moment::from_millis(oldest.0)) > LIFE;
            if !is_over && self.counts.len() < KEPT_MOST {
                break;
            }
            // The oldest goes; if that is the new one itself, it could be played again.
            self.forgotten = self.counts.pop_first().map(|(serial, _)| serial);
        }
        self.counts.insert(serial, Window { highest: count, seen: 1 });
    }
}

/// Time and serial out of a nonce that looks like ours.
fn serial(nonce: &str) -> Option<Serial> {
    let digits = nonce.len() == 56 && nonce.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then_some(())?;
    let made = u64::from_str_radix(nonce.get(..16)?, 16).ok()?;
    let serial = u32::from_str_radix(nonce.get(16..24)?, 16).ok()?;
    Some((made, serial))
}
