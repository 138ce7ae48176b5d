//! How often one address may ask, so that nobody keeps the server from the others; and however many
//! addresses ask, the memory of them is bounded.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use machine::{Moment, Span};

/// Requests at once: a telephone asks for a dozen files, each perhaps twice.
const AT_ONCE: u64 = 50;
/// One more after so long: 20 a second.
const EACH: Span = Span::from_millis(50);
/// Addresses that are remembered: more than an office has.
const ADDRESSES: usize = 4_096;
/// The memory is gone through at most so often.
const SWEEP: Span = Span::from_secs(1);
/// When the memory is full, all other addresses share so many times the measure of one.
const STRANGERS: u64 = 4;

/// Who has asked lately.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    /// For each address, the moment up to which its requests are paid for.
    paid: BTreeMap<Ipv4Addr, Moment>,
    /// The same for all addresses for which there is no room.
    strangers: Moment,
    swept: Moment,
}

impl Throttle {
    /// May this address ask now? If it may, that has counted.
    pub(super) fn admits(&mut self, address: Ipv4Addr, now: Moment) -> bool {
        if self.paid.len() >= ADDRESSES && now.since(self.swept) >= SWEEP {
            self.swept = now;
            self.paid.retain(|_, paid| *paid > now);
        }
        if self.paid.len() < ADDRESSES || self.paid.contains_key(&address) {
            pay(self.paid.entry(address).or_default(), now, 1)
        } else {
            pay(&mut self.strangers, now, STRANGERS)
        }
    }
}

/// Each request is worth a time; who has asked for more than so much of it in advance has to wait.
fn pay(paid: &mut Moment, now: Moment, measure: u64) -> bool {
    let price = Span::from_millis(EACH.millis() / measure);
    let after = (*paid).max(now) + price;
    let is_admitted = after.since(now).millis() <= AT_ONCE * EACH.millis();
    if is_admitted {
        *paid = after;
    }
    is_admitted
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use machine::{Moment, Span};

    use super::{ADDRESSES, Throttle};

    const WHO: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);

    fn admitted(throttle: &mut Throttle, address: Ipv4Addr, tries: usize, now: Moment) -> usize {
        (0..tries).filter(|_| throttle.admits(address, now)).count()
    }

    #[test]
    fn fifty_may_come_at_once_and_then_twenty_a_second() {
        let (mut throttle, now) = (Throttle::default(), Moment::from_millis(1_000));
        assert_eq!(admitted(&mut throttle, WHO, 100, now), 50);
        assert_eq!(admitted(&mut throttle, Ipv4Addr::LOCALHOST, 100, now), 50);
        let later = now + Span::from_secs(1);
        assert_eq!(admitted(&mut throttle, WHO, 100, later), 20);
        let rested = later + Span::from_secs(60);
        assert_eq!(admitted(&mut throttle, WHO, 100, rested), 50);
    }

    #[test]
    fn many_invented_addresses_fill_no_memory_and_shut_nobody_out() {
        let (mut throttle, mut now) = (Throttle::default(), Moment::from_millis(1_000));
        assert!(throttle.admits(WHO, now));
        let mut strangers = 0;
        for invented in 0..100_000_u32 {
            strangers += usize::from(throttle.admits(Ipv4Addr::from(invented), now));
        }
        assert!(throttle.paid.len() <= ADDRESSES);
        assert!((ADDRESSES..ADDRESSES + 300).contains(&strangers), "{strangers}");
        assert_eq!(admitted(&mut throttle, WHO, 100, now), 49, "who was there before is served");
        now = now + Span::from_secs(3);
        assert!(throttle.admits(Ipv4Addr::new(10, 9, 9, 9), now), "and later everybody is again");
        assert_eq!(throttle.paid.len(), 1);
    }
}
