//! Going down in good order (row 94): everyone is told, what is on its way to the disk gets there,
//! then everything is closed.

use message::{Object, State};

use super::conn::ConnId;
use super::{Engine, Output, Timer};

impl Engine {
    /// The server is going down.
    pub(super) fn drain(&mut self) {
        if self.draining {
            return;
        }
        self.draining = true;
        let farewell = self.farewell();
        let conns: Vec<ConnId> = self.conns.keys().copied().collect();
        for conn in conns {
            let object = Object::of(self.fresh_id(conn), &farewell);
            self.send(conn, object);
        }
        self.timers.cancel(&Timer::Sweep);
        self.timers.set(Timer::Grace, self.now + self.limits.grace);
    }

    /// The grace is over.
    pub(super) fn close_all(&mut self) {
        let conns: Vec<ConnId> = self.conns.keys().copied().collect();
        for conn in conns {
            let Some(peer) = self.conns.get_mut(&conn) else { continue };
            if peer.connection.state() == State::Open {
                peer.connection.drain();
            }
            while let Some(object) =
                self.conns.get_mut(&conn).and_then(|peer| peer.connection.take())
            {
                self.outputs.push_back(Output::Send { conn, object });
            }
            self.close_conn(conn);
        }
        self.finish_drain();
    }

    /// Says so when nothing is open or under way any more.
    pub(super) fn finish_drain(&mut self) {
        let over = self.draining && self.timers.get(&Timer::Grace).is_none();
        if over && self.conns.is_empty() && self.pending.is_empty() {
            self.outputs.push_back(Output::Drained);
        }
    }
}
