//! What we are asked (RFC 3261, section 17.2; RFC 6026, section 8.5).

use machine::{Moment, Span};

use super::{
    Clock, Due, Event, GIVE_UP, LIFE, MOST, REMEMBERED_MOST, ServerKey, T1, T2, T4, Transactions,
};
use crate::message::{Essentials, Message, Method};
use crate::way::Way;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Proceeding,
    /// The final answer was given; a refused `INVITE` waits for its `ACK`.
    Completed,
    /// The `ACK` to a refusal was there.
    Confirmed,
    /// An `INVITE` was answered with 2xx, which waits for its `ACK`.
    Accepted,
    /// Which was there.
    Acknowledged,
}

#[derive(Debug)]
pub(super) struct Server {
    pub(super) way: Way,
    state: State,
    last: Option<Vec<u8>>,
    pause: Span,
}

impl<P: Clone> Transactions<P> {
    pub(super) fn request(&mut self, way: Way, message: Message, seen: Essentials, now: Moment) {
        let key = ServerKey::of(way.remote.ip(), &seen);
        let is_ack = seen.cseq.method == Method::Ack;
        let Some(server) = self.servers.get_mut(&key) else {
            if is_ack {
                return self.events.push_back(Event::Ack(message, seen));
            }
            return self.begin(key, way, message, seen, now);
        };
        match (server.state, is_ack) {
            (State::Completed, true) => {
                server.state = State::Confirmed;
                let span = if way.transport.is_reliable() { Span::ZERO } else { T4 };
                self.timers.cancel(&Due::Server(key.clone(), Clock::Repeat));
                self.timers.set(Due::Server(key, Clock::End), now + span);
            }
            // Some give the ACK to a 2xx the branch of the INVITE.
            (State::Accepted | State::Acknowledged, true) => {
                self.events.push_back(Event::Ack(message, seen));
            }
            (State::Proceeding | State::Completed, false) => {
                if let Some(bytes) = &server.last {
                    self.events.push_back(Event::Send(server.way, bytes.clone()));
                }
            }
            // The answer to these is repeated by time, or had its ACK already.
            (State::Confirmed | State::Accepted | State::Acknowledged, false)
            | (State::Proceeding | State::Confirmed, true) => {}
        }
    }

    fn begin(&mut self, key: ServerKey, way: Way, message: Message, seen: Essentials, now: Moment) {
        if self.servers.len() >= MOST {
            // It asks again; perhaps there is room then.
            self.overflows += 1;
            return;
        }
        let state = State::Proceeding;
        let server = Server { way: way.back(&seen.via), state, last: None, pause: T1 };
        self.servers.insert(key.clone(), server);
        self.timers.set(Due::Server(key.clone(), Clock::End), now + LIFE);
        self.events.push_back(Event::Request(key, way, message, seen));
    }

    /// Is the request still waiting for its final answer?
    #[must_use]
    pub fn is_open(&self, key: &ServerKey) -> bool {
        self.servers.get(key).is_some_and(|server| server.state == State::Proceeding)
    }

    /// Is it still remembered that this was asked?
    #[must_use]
    pub fn knows(&self, key: &ServerKey) -> bool {
        self.servers.contains_key(key)
    }

    /// Answers a request. What was answered finally stays so.
    pub fn answer(&mut self, key: &ServerKey, response: &Message, now: Moment) {
        let Some(server) = self.servers.get_mut(key) else { return };
        let (Some(code), State::Proceeding) = (response.code(), server.state) else { return };
        let bytes = response.write();
        let way = server.way;
        self.events.push_back(Event::Send(way, bytes.clone()));
        let before = server.last.as_ref().map_or(0, Vec::len);
        let is_room = self.remembered - before + bytes.len() <= REMEMBERED_MOST;
        server.last = is_room.then_some(bytes);
        self.remembered = self.remembered - before + server.last.as_ref().map_or(0, Vec::len);
        if code < 200 {
            return;
        }
        let is_invite = key.method == Method::Invite;
        let is_success = code < 300;
        server.state = if is_invite && is_success { State::Accepted } else { State::Completed };
        let is_repeated = is_invite && (is_success || !way.transport.is_reliable());
        let is_kept = is_invite || !way.transport.is_reliable();
        if is_repeated {
            self.timers.set(Due::Server(key.clone(), Clock::Repeat), now + T1);
        }
        let span = if is_kept { GIVE_UP } else { Span::ZERO };
        self.timers.set(Due::Server(key.clone(), Clock::End), now + span);
    }

    /// Our 2xx has arrived.
    pub fn acknowledged(&mut self, key: &ServerKey) {
        if let Some(server) = self.servers.get_mut(key)
            && server.state == State::Accepted
        {
            server.state = State::Acknowledged;
            self.timers.cancel(&Due::Server(key.clone(), Clock::Repeat));
        }
    }

    /// Says nothing to a request, now and later.
    pub fn ignore(&mut self, key: &ServerKey) {
        if let Some(server) = self.servers.remove(key) {
            self.remembered -= server.last.as_ref().map_or(0, Vec::len);
        }
        self.timers.cancel(&Due::Server(key.clone(), Clock::Repeat));
        self.timers.cancel(&Due::Server(key.clone(), Clock::End));
    }

    pub(super) fn repeat_response(&mut self, key: ServerKey, now: Moment) {
        let Some(server) = self.servers.get_mut(&key) else { return };
        let Some(bytes) = &server.last else { return };
        self.events.push_back(Event::Send(server.way, bytes.clone()));
        server.pause = server.pause.doubled(T2);
        let at = now + server.pause;
        self.timers.set(Due::Server(key, Clock::Repeat), at);
    }

    pub(super) fn end_server(&mut self, key: &ServerKey) {
        let is_unheard = self.servers.get(key).is_some_and(|s| s.state == State::Accepted);
        self.ignore(key);
        if is_unheard {
            self.events.push_back(Event::Unacknowledged(key.clone()));
        }
    }
}
