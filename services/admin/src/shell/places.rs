//! How many connections there may be, together and from one address.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::watch;

/// Connections together: each costs a file and some 40 KiB.
const TOGETHER: usize = 4_096;
/// Connections from one address: an office behind one router, but not all places.
const FROM_ONE: usize = 2_048;

#[derive(Debug, Default)]
struct Taken {
    together: usize,
    by_address: BTreeMap<IpAddr, usize>,
}

/// The places. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    taken: watch::Sender<Taken>,
}

/// A place that is taken; free again when the last clone of it is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    _seat: Arc<Seat>,
}

#[derive(Debug)]
struct Seat {
    taken: watch::Sender<Taken>,
    address: IpAddr,
}

impl Places {
    /// Takes a place for a connection from this address, if one is left.
    pub(crate) fn take(&self, address: IpAddr) -> Option<Place> {
        let mut is_taken = false;
        self.taken.send_modify(|taken| is_taken = taken.enter(address));
        is_taken.then(|| Place { _seat: Arc::new(Seat { taken: self.taken.clone(), address }) })
    }
}

impl Taken {
    fn enter(&mut self, address: IpAddr) -> bool {
        let from_one = self.by_address.get(&address).copied().unwrap_or(0);
        if self.together >= TOGETHER || from_one >= FROM_ONE {
            return false;
        }
        self.together += 1;
        self.by_address.insert(address, from_one + 1);
        true
    }

    fn leave(&mut self, address: IpAddr) {
        self.together = self.together.saturating_sub(1);
        let left = self.by_address.remove(&address).unwrap_or(0).saturating_sub(1);
        if left > 0 {
            self.by_address.insert(address, left);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.taken.send_modify(|taken| taken.leave(self.address));
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{FROM_ONE, Places, TOGETHER};

    #[test]
    fn one_address_cannot_take_all_places() {
        let places = Places::default();
        let one = IpAddr::from([10, 0, 0, 1]);
        let other = IpAddr::from([10, 0, 0, 2]);
        let mut taken: Vec<_> = (0..FROM_ONE).filter_map(|_| places.take(one)).collect();
        assert_eq!(taken.len(), FROM_ONE);
        assert!(places.take(one).is_none());
        assert!(places.take(other).is_some());
        taken.pop();
        assert!(places.take(one).is_some());
    }

    #[test]
    fn places_are_bounded_and_come_back() {
        let places = Places::default();
        let hosts = (0..u32::MAX).map(|host| IpAddr::from(host.to_be_bytes()));
        let taken: Vec<_> = hosts.map_while(|host| places.take(host)).collect();
        assert_eq!(taken.len(), TOGETHER);
        drop(taken);
        assert!(places.taken.borrow().by_address.is_empty());
        assert_eq!(places.taken.borrow().together, 0);
    }
}
