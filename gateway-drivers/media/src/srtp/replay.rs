//! Which packets were there before (RFC 3711, section 3.3.2).

/// Packets behind the newest one that are still taken.
const WINDOW: u64 = 128;

/// The newest number, and which of those before it came.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Replay {
    newest: Option<u64>,
    /// Bit n: the number n before the newest.
    came: u128,
}

impl Replay {
    /// Is this number new?
    pub(super) fn allows(&self, index: u64) -> bool {
        let Some(newest) = self.newest else { return true };
        match newest.checked_sub(index) {
            None => true,
            Some(behind) => behind < WINDOW && self.came >> behind & 1 == 0,
        }
    }

    /// It came, and was genuine.
    pub(super) fn came(&mut self, index: u64) {
        let newest = self.newest.unwrap_or(index);
        if index > newest || self.newest.is_none() {
            let ahead = u32::try_from(index - newest).unwrap_or(u32::MAX);
            self.came = self.came.checked_shl(ahead).unwrap_or(0) | 1;
            self.newest = Some(index);
        } else if newest - index < WINDOW {
            self.came |= 1 << (newest - index);
        }
    }

    /// The newest number.
    pub(super) fn newest(&self) -> Option<u64> {
        self.newest
    }
}

#[cfg(test)]
mod tests {
    use super::{Replay, WINDOW};

    #[test]
    fn a_number_is_taken_once_and_not_when_it_is_old() {
        let mut replay = Replay::default();
        for index in [1_000, 1_002, 1_001, 1_000 + WINDOW] {
            assert!(replay.allows(index), "{index}");
            replay.came(index);
            assert!(!replay.allows(index), "{index} again");
        }
        assert!(replay.allows(1_003) && !replay.allows(1_001) && !replay.allows(1_000));
        replay.came(100_000);
        assert!(replay.allows(99_999) && !replay.allows(1_003));
    }
}
