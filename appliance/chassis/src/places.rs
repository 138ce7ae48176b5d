//! How many connections there may be, together and from one address.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::watch;

#[derive(Debug, Default)]
struct Taken {
    together: usize,
    by_address: BTreeMap<IpAddr, usize>,
}

/// How many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// In all.
    pub together: usize,
    /// For one address.
    pub from_one: usize,
}

/// The places. Clones share them.
#[derive(Clone, Debug)]
pub struct Places {
    bounds: Bounds,
    taken: watch::Sender<Taken>,
}

/// A place that is taken; free again when the last clone of it is dropped.
#[derive(Clone, Debug)]
pub struct Place {
    _seat: Arc<Seat>,
}

#[derive(Debug)]
struct Seat {
    taken: watch::Sender<Taken>,
    address: IpAddr,
}

impl Places {
    /// So many, all of them free.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, taken: watch::Sender::default() }
    }

    /// Takes a place for a connection from this address, if one is left.
    #[must_use]
    pub fn take(&self, address: IpAddr) -> Option<Place> {
        let mut is_taken = false;
        self.taken.send_modify(|taken| is_taken = taken.enter(address, self.bounds));
        is_taken.then(|| Place { _seat: Arc::new(Seat { taken: self.taken.clone(), address }) })
    }
}

impl Taken {
    fn enter(&mut self, address: IpAddr, bounds: Bounds) -> bool {
        let from_one = self.by_address.get(&address).copied().unwrap_or(0);
        if self.together >= bounds.together || from_one >= bounds.from_one {
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

    use super::{Bounds, Places};

    const BOUNDS: Bounds = Bounds { together: 64, from_one: 16 };

    #[test]
    fn one_address_cannot_take_all_places() {
        let places = Places::new(BOUNDS);
        let one = IpAddr::from([10, 0, 0, 1]);
        let other = IpAddr::from([10, 0, 0, 2]);
        let mut taken: Vec<_> = (0..BOUNDS.from_one).filter_map(|_| places.take(one)).collect();
        assert_eq!(taken.len(), BOUNDS.from_one);
        assert!(places.take(one).is_none());
        assert!(places.take(other).is_some());
        taken.pop();
        assert!(places.take(one).is_some());
    }

    #[test]
    fn places_are_bounded_and_come_back() {
        let places = Places::new(BOUNDS);
        let hosts = (0..u32::MAX).map(|host| IpAddr::from(host.to_be_bytes()));
        let taken: Vec<_> = hosts.map_while(|host| places.take(host)).collect();
        assert_eq!(taken.len(), BOUNDS.together);
        drop(taken);
        assert!(places.taken.borrow().by_address.is_empty());
        assert_eq!(places.taken.borrow().together, 0);
    }
}
