//! The files that are on their way to clients. Telephones of one kind fetch the same file at the
//! same time: it lies here once, and what lies here is bounded.

use std::collections::BTreeMap;

use bytes::Bytes;

/// Bytes of all files together.
const MOST: usize = 128 << 20;

/// Which file: its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Item(u64);

/// The files, each as long as somebody fetches it.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    items: BTreeMap<Item, (Bytes, usize)>,
    /// Those of one length; two that are equal never lie here.
    by_len: BTreeMap<usize, Vec<Item>>,
    fresh: u64,
    total: usize,
}

impl Shelf {
    /// Lays a file here for one client more; none if there is no room.
    pub(super) fn put(&mut self, file: Bytes) -> Option<(Item, Bytes)> {
        let alike = self.by_len.get(&file.len()).into_iter().flatten();
        for item in alike {
            if let Some((there, clients)) = self.items.get_mut(item)
                && *there == file
            {
                *clients += 1;
                return Some((*item, there.clone()));
            }
        }
        let total = self.total.checked_add(file.len()).filter(|total| *total <= MOST)?;
        self.total = total;
        self.fresh += 1;
        let item = Item(self.fresh);
        self.by_len.entry(file.len()).or_default().push(item);
        self.items.insert(item, (file.clone(), 1));
        Some((item, file))
    }

    /// A client has no more to do with it.
    pub(super) fn release(&mut self, item: Item) {
        let Some((file, clients)) = self.items.get_mut(&item) else { return };
        *clients -= 1;
        if *clients > 0 {
            return;
        }
        let len = file.len();
        self.items.remove(&item);
        self.total -= len;
        if let Some(alike) = self.by_len.get_mut(&len) {
            alike.retain(|other| *other != item);
            if alike.is_empty() {
                self.by_len.remove(&len);
            }
        }
    }

    /// Bytes that lie here.
    #[cfg(test)]
    pub(super) fn total(&self) -> usize {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{MOST, Shelf};

    #[test]
    fn equal_files_lie_here_once_and_as_long_as_somebody_wants_them() {
        let mut shelf = Shelf::default();
        let (first, kept) = shelf.put(vec![7; 100].into()).expect("room");
        let (second, same) = shelf.put(vec![7; 100].into()).expect("room");
        assert_eq!((first, kept.as_ptr()), (second, same.as_ptr()));
        let (other, _) = shelf.put(vec![8; 100].into()).expect("room");
        assert_ne!(first, other);
        assert_eq!(shelf.total(), 200);
        shelf.release(first);
        assert_eq!(shelf.total(), 200);
        shelf.release(second);
        shelf.release(second);
        shelf.release(other);
        assert_eq!((shelf.total(), shelf.items.len(), shelf.by_len.len()), (0, 0, 0));
    }

    #[test]
    fn what_lies_here_is_bounded() {
        let mut shelf = Shelf::default();
        let (half, _) = shelf.put(Bytes::from(vec![1; MOST / 2])).expect("room");
        shelf.put(Bytes::from(vec![2; MOST / 2])).expect("room");
        assert_eq!(shelf.put(Bytes::from_static(b"x")), None);
        shelf.release(half);
        assert!(shelf.put(Bytes::from_static(b"x")).is_some());
    }
}
