//! The handshakes that are under way: bounded in number, and none in the way of another.

use std::collections::VecDeque;
use std::future::Future;
use std::time::Duration;

use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, timeout};

/// A handshake takes milliseconds; a peer on a bad line gets this long.
const PATIENCE: Duration = Duration::from_secs(10);
/// What a handshake gets while all places are taken and others wait.
const HURRY: Duration = Duration::from_secs(1);
/// Places: each costs a socket and some 10 KiB.
const PLACES: usize = 256;

/// Handshakes under way, each a task; all are ended when this is dropped.
#[derive(Debug)]
pub(super) struct Handshakes<T> {
    tasks: JoinSet<Option<T>>,
    /// In the order of their start; some may have ended.
    started: VecDeque<(Instant, AbortHandle)>,
}

impl<T: Send + 'static> Handshakes<T> {
    pub(super) fn new() -> Self {
        Self { tasks: JoinSet::new(), started: VecDeque::new() }
    }

    /// Starts one; it gives `None` if it fails or takes too long.
    pub(super) fn start(&mut self, handshake: impl Future<Output = Option<T>> + Send + 'static) {
        let bounded = async { timeout(PATIENCE, handshake).await.ok().flatten() };
        let handle = self.tasks.spawn(bounded);
        self.forget_ended();
        self.started.push_back((Instant::now(), handle));
    }

    /// Is every place taken? Then this says when [`Handshakes::end_slowest`] is due.
    pub(super) fn crowded(&mut self) -> Option<Instant> {
        self.forget_ended();
        if self.tasks.len() < PLACES {
            return None;
        }
        self.started.front().map(|(start, _)| *start + HURRY)
    }

    /// Makes a place.
    pub(super) fn end_slowest(&mut self) {
        if let Some((_, slowest)) = self.started.pop_front() {
            slowest.abort();
        }
    }

    /// The next that has ended: with `None` if it failed. Pending for ever while there is none.
    ///
    /// Cancel-safe.
    pub(super) async fn ended(&mut self) -> Option<T> {
        match self.tasks.join_next().await {
            Some(ended) => ended.ok().flatten(),
            None => std::future::pending().await,
        }
    }

    fn forget_ended(&mut self) {
        while self.started.front().is_some_and(|(_, handle)| handle.is_finished()) {
            self.started.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::time::Duration;

    use tokio::time::{Instant, sleep_until};

    use super::{HURRY, Handshakes, PATIENCE, PLACES};

    #[tokio::test(start_paused = true)]
    async fn a_slow_peer_is_in_nobodys_way_and_gives_up_its_place_in_time() {
        let start = Instant::now();
        let mut handshakes = Handshakes::new();
        handshakes.start(pending());
        handshakes.start(ready(Some("quick")));
        assert_eq!(handshakes.ended().await, Some("quick"));
        assert!(start.elapsed() < Duration::from_millis(10));
        assert_eq!(handshakes.ended().await, None);
        assert!((PATIENCE..PATIENCE + HURRY).contains(&start.elapsed()));
    }

    #[tokio::test(start_paused = true)]
    async fn in_a_crowd_of_slow_peers_the_slowest_goes_first() {
        let mut handshakes = Handshakes::<()>::new();
        for _ in 0..PLACES {
            assert_eq!(handshakes.crowded(), None);
            handshakes.start(pending());
        }
        let due = handshakes.crowded().expect("every place is taken");
        assert!(due - Instant::now() <= HURRY);
        sleep_until(due).await;
        handshakes.end_slowest();
        assert_eq!(handshakes.ended().await, None);
        assert_eq!(handshakes.crowded(), None, "there is a place again");
    }
}
