//! How often an address, and everybody together, may try a password or a code.
//!
//! Every attempt counts as a failure when it is made, and a success takes it back: attempts made
//! at the same time cannot slip past. After a few free ones the wait doubles with each.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};

use machine::{Moment, Span};

/// Attempts that an address has before it must wait.
const FREE: u32 = 5;
/// Attempts that all addresses have together before each must wait.
const FREE_TOGETHER: u32 = 40;
/// The first wait.
const FIRST_WAIT: Span = Span::from_secs(2);
/// The longest wait of one address.
const LONGEST_WAIT: Span = Span::from_secs(15 * 60);
/// The longest wait of everybody: an attacker must not lock the administrator out for long.
const LONGEST_TOGETHER: Span = Span::from_secs(30);
/// Failures are forgotten after so long without another.
const MEMORY: Span = Span::from_secs(30 * 60);
/// Addresses remembered; the oldest goes first.
const ADDRESSES: usize = 4_096;
/// Addresses remembered from which somebody has logged in; the oldest goes first.
const KNOWN: usize = 256;

#[derive(Clone, Copy, Debug, Default)]
struct Record {
    failures: u32,
    last: Moment,
    free_at: Moment,
}

/// The attempts of late, by address and together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Throttle {
    addresses: BTreeMap<IpAddr, Record>,
    together: Record,
    /// From where a right password came, and when: who guesses from elsewhere does not lock the
    /// administrator out.
    known: BTreeMap<IpAddr, Moment>,
}

impl Throttle {
    /// Admits one attempt, which counts as failed until [`Throttle::succeeded`].
    ///
    /// # Errors
    /// How long to wait.
    pub(crate) fn admit(&mut self, address: IpAddr, now: Moment) -> Result<(), Span> {
        let address = network(address);
        self.forget(now);
        let one = self.addresses.get(&address).copied().unwrap_or_default();
        let is_known = self.known.contains_key(&address);
        let free_at = if is_known { one.free_at } else { one.free_at.max(self.together.free_at) };
        if now < free_at {
            return Err(free_at.since(now));
        }
        let record = self.addresses.entry(address).or_default();
        record.count(now, FREE, LONGEST_WAIT);
        if !is_known {
            self.together.count(now, FREE_TOGETHER, LONGEST_TOGETHER);
        }
        Ok(())
    }

    /// The attempt that this address made was right.
    pub(crate) fn succeeded(&mut self, address: IpAddr, now: Moment) {
        let address = network(address);
        self.addresses.remove(&address);
        self.together.failures = self.together.failures.saturating_sub(1);
        while self.known.len() >= KNOWN && !self.known.contains_key(&address) {
            let oldest = self.known.iter().min_by_key(|(_, last)| **last);
            let Some(oldest) = oldest.map(|(address, _)| *address) else { break };
            self.known.remove(&oldest);
        }
        self.known.insert(address, now);
    }

    fn forget(&mut self, now: Moment) {
        if now.since(self.together.last) > MEMORY {
            self.together = Record::default();
        }
        self.addresses.retain(|_, record| now.since(record.last) <= MEMORY);
        while self.addresses.len() >= ADDRESSES {
            let oldest = self.addresses.iter().min_by_key(|(_, record)| record.last);
            let Some(oldest) = oldest.map(|(address, _)| *address) else { return };
            self.addresses.remove(&oldest);
        }
    }
}

impl Record {
    fn count(&mut self, now: Moment, free: u32, longest: Span) {
        self.failures = self.failures.saturating_add(1);
        self.last = now;
        let steps = self.failures.saturating_sub(free);
        if steps > 0 {
            let wait = (1..steps.min(32)).fold(FIRST_WAIT, |wait, _| wait.doubled(longest));
            self.free_at = now + wait.min(longest);
        }
    }
}

/// One host has a whole /64 of IPv6 addresses to itself.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let prefix = address.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from_bits(prefix))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use machine::{Moment, Span};

    use super::{ADDRESSES, FREE, FREE_TOGETHER, LONGEST_TOGETHER, Throttle};

    fn address(last: u32) -> IpAddr {
        IpAddr::from((0x0a00_0000 + last).to_be_bytes())
    }

    fn at(seconds: u64) -> Moment {
        Moment::from_millis(seconds * 1000)
    }

    #[test]
    fn an_address_waits_longer_after_each_failure() {
        let mut throttle = Throttle::default();
        for _ in 0..FREE {
            assert_eq!(throttle.admit(address(1), at(1)), Ok(()));
        }
        assert_eq!(throttle.admit(address(1), at(1)), Ok(()));
        assert_eq!(throttle.admit(address(1), at(1)), Err(Span::from_secs(2)));
        assert_eq!(throttle.admit(address(2), at(1)), Ok(()));
        assert_eq!(throttle.admit(address(1), at(3)), Ok(()));
        assert_eq!(throttle.admit(address(1), at(3)), Err(Span::from_secs(4)));
    }

    #[test]
    fn a_success_clears_the_address() {
        let mut throttle = Throttle::default();
        for _ in 0..=FREE {
            assert_eq!(throttle.admit(address(1), at(1)), Ok(()));
        }
        throttle.succeeded(address(1), at(1));
        assert_eq!(throttle.admit(address(1), at(1)), Ok(()));
    }

    #[test]
    fn many_addresses_together_wait_too_but_not_for_long() {
        let mut throttle = Throttle::default();
        for host in 0..=FREE_TOGETHER {
            assert_eq!(throttle.admit(address(host), at(1)), Ok(()));
        }
        assert_eq!(throttle.admit(address(99), at(1)), Err(Span::from_secs(2)));
        let mut now = at(10);
        for host in 100..160 {
            assert_eq!(throttle.admit(address(host), now), Ok(()));
            now = now + LONGEST_TOGETHER;
        }
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one() {
        let mut throttle = Throttle::default();
        for host in 0..=FREE {
            let one: IpAddr = format!("2001:db8::{host:x}").parse().expect("an address");
            assert_eq!(throttle.admit(one, at(1)), Ok(()));
        }
        let other: IpAddr = "2001:db8::ffff".parse().expect("an address");
        assert!(throttle.admit(other, at(1)).is_err());
    }

    // row 113
    #[test]
    fn a_thousand_failures_elsewhere_do_not_lock_the_administrator_out() {
        let mut throttle = Throttle::default();
        assert_eq!(throttle.admit(address(1), at(1)), Ok(()));
        throttle.succeeded(address(1), at(1));
        let mut refused = 0;
        for host in 2..1_002 {
            refused += u32::from(throttle.admit(address(host), at(2)).is_err());
        }
        assert!(refused > 900, "{refused}");
        assert_eq!(throttle.admit(address(1), at(2)), Ok(()));
        assert!(throttle.admit(address(1_500), at(2)).is_err());
        for _ in 0..1_000 {
            let _ = throttle.admit(address(1), at(3));
        }
        assert!(throttle.admit(address(1), at(4)).is_err(), "its own failures count all the same");
        for host in 0..2_000 {
            throttle.succeeded(address(host), at(5));
        }
        assert!(throttle.known.len() <= super::KNOWN);
    }

    #[test]
    fn memory_is_bounded_and_fades() {
        let mut throttle = Throttle::default();
        let mut now = at(0);
        for host in 0..6_000 {
            now = now + Span::from_millis(1);
            let _ = throttle.admit(address(host), now);
        }
        assert!(throttle.addresses.len() <= ADDRESSES);
        assert_eq!(throttle.admit(address(1), now + Span::from_secs(3_600)), Ok(()));
        assert_eq!(throttle.addresses.len(), 1);
    }
}
