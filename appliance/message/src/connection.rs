//! The connection object: one end of a conversation, its state, its rights and its queue
//! (rows 99-101).
//!
//! ```text
//! greeting -> authenticating -> open -> draining -> closed
//!        \________\______________\_________________/
//! ```

use machine::{Moment, Span};

use crate::{Guid, Object, Queue, QueueFull};

/// Where a connection is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nothing was said yet.
    Greeting,
    /// The challenge is out.
    Authenticating,
    /// Logged in.
    Open,
    /// What waits is still written, nothing new is taken.
    Draining,
    /// Over.
    Closed,
}

/// What a peer may do (rows 102, 104). The socket decides, never what the peer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rights {
    /// A client: acts for one person.
    Client,
    /// A local service of this appliance: privileged.
    Service,
}

/// What the silence of a peer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keepalive {
    /// Nothing yet.
    Fine,
    /// It was silent for a while: ask whether it is awake.
    Ping,
    /// Two pings went unanswered: it is dead.
    Dead,
}

/// One end of a conversation.
#[derive(Clone, Debug)]
pub struct Connection {
    state: State,
    rights: Rights,
    peer: Guid,
    device: Guid,
    queue: Queue,
    heard: Moment,
    pinged: u32,
    patience: Span,
}

impl Connection {
    /// A connection that has just been made by a peer with these rights.
    #[must_use]
    pub fn new(rights: Rights, queue: Queue, patience: Span, now: Moment) -> Self {
        Self {
            state: State::Greeting,
            rights,
            peer: Guid::BLANK,
            device: Guid::BLANK,
            queue,
            heard: now,
            pinged: 0,
            patience,
        }
    }

    /// Where it is in its life.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// What the peer may do.
    #[must_use]
    pub fn rights(&self) -> Rights {
        self.rights
    }

    /// The account that has logged in; blank before.
    #[must_use]
    pub fn peer(&self) -> Guid {
        self.peer
    }

    /// The device that has logged in; blank before and for services.
    #[must_use]
    pub fn device(&self) -> Guid {
        self.device
    }

    /// The challenge was sent.
    pub fn challenged(&mut self) {
        if self.state == State::Greeting {
            self.state = State::Authenticating;
        }
    }

    /// The peer proved who it is.
    pub fn opened(&mut self, peer: Guid, device: Guid) {
        if self.state <= State::Authenticating {
            self.state = State::Open;
            self.peer = peer;
            self.device = device;
        }
    }

    /// A bridged connection carries a client, whatever the bridge may do.
    pub fn demoted(&mut self) {
        self.rights = Rights::Client;
    }

    /// Nothing new is taken any more.
    pub fn drain(&mut self) {
        self.state = self.state.max(State::Draining);
    }

    /// It is over.
    pub fn close(&mut self) {
        self.state = State::Closed;
    }

    /// Something came from the peer.
    pub fn heard(&mut self, now: Moment) {
        self.heard = now;
        self.pinged = 0;
    }

    /// What the peer's silence asks for at `now`; a ping counts as sent.
    pub fn keepalive(&mut self, now: Moment) -> Keepalive {
        if now < self.keepalive_at() {
            return Keepalive::Fine;
        }
        if self.pinged == 2 {
            return Keepalive::Dead;
        }
        self.pinged += 1;
        Keepalive::Ping
    }

    /// When [`Connection::keepalive`] is due next.
    #[must_use]
    pub fn keepalive_at(&self) -> Moment {
        let rounds = u64::from(self.pinged) + 1;
        self.heard + Span::from_millis(self.patience.millis().saturating_mul(rounds))
    }

    /// Queues an object.
    ///
    /// # Errors
    /// [`QueueFull`]: the peer reads too slowly and had better be closed.
    pub fn send(&mut self, object: Object) -> Result<(), QueueFull> {
        if self.state == State::Closed { Ok(()) } else { self.queue.push(object) }
    }

    /// Queues a live portion, if the peer keeps up; tells whether it was queued.
    pub fn send_live(&mut self, object: Object) -> bool {
        self.state == State::Open && self.queue.push_live(object)
    }

    /// The next object to write.
    pub fn take(&mut self) -> Option<Object> {
        self.queue.pop()
    }

    /// Bytes that wait to be written.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.bytes()
    }
}

#[cfg(test)]
mod tests {
    use machine::{Moment, Span};

    use super::{Connection, Keepalive, Rights, State};
    use crate::{Guid, Queue};

    fn connection() -> Connection {
        let patience = Span::from_secs(20);
        Connection::new(Rights::Client, Queue::default(), patience, Moment::START)
    }

    // rows 91, 99
    #[test]
    fn a_silent_peer_is_asked_twice_and_then_dead() {
        let mut connection = connection();
        let at = |seconds: u64| Moment::from_millis(seconds * 1000);
        assert_eq!(connection.keepalive(at(19)), Keepalive::Fine);
        assert_eq!(connection.keepalive(at(20)), Keepalive::Ping);
        assert_eq!(connection.keepalive(at(21)), Keepalive::Fine);
        assert_eq!(connection.keepalive(at(40)), Keepalive::Ping);
        assert_eq!(connection.keepalive(at(60)), Keepalive::Dead);
        connection.heard(at(61));
        assert_eq!(connection.keepalive(at(62)), Keepalive::Fine);
    }

    // row 99
    #[test]
    fn a_connection_lives_in_order() {
        let mut connection = connection();
        let anna = Guid::from_bytes([1; 16]);
        connection.challenged();
        assert_eq!(connection.state(), State::Authenticating);
        connection.opened(anna, Guid::BLANK);
        assert_eq!((connection.state(), connection.peer()), (State::Open, anna));
        connection.drain();
        connection.opened(Guid::BLANK, Guid::BLANK);
        assert_eq!((connection.state(), connection.peer()), (State::Draining, anna));
    }
}
