//! What we ask (RFC 3261, section 17.1; RFC 6026, section 8.4).

use machine::{Moment, Span};

use super::{ClientKey, Clock, Due, Event, GIVE_UP, LIFE, MOST, T1, T2, T4, Transactions};
use crate::message::{Essentials, Message, Method, name};
use crate::way::{Way, canonical};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Calling,
    Proceeding,
    /// There was a final answer; what comes again is old.
    Completed,
    /// A 2xx to an `INVITE`: more may come, from other phones.
    Accepted,
}

#[derive(Debug)]
pub(super) struct Client<P> {
    request: Message,
    bytes: Vec<u8>,
    pub(super) way: Way,
    purpose: P,
    state: State,
    pause: Span,
}

impl<P: Clone> Transactions<P> {
    /// Asks something. The request bears our `Via` already. False if there is no room.
    #[must_use]
    pub fn ask(
        &mut self,
        request: Message,
        way: Way,
        purpose: P,
        now: Moment,
    ) -> Option<ClientKey> {
        let seen = request.essentials().ok()?;
        let key = ClientKey { branch: seen.via.branch()?, method: seen.cseq.method };
        if self.clients.len() >= MOST || self.clients.contains_key(&key) {
            self.overflows += 1;
            return None;
        }
        let bytes = request.write();
        self.events.push_back(Event::Send(way, bytes.clone()));
        let state = State::Calling;
        let client = Client { request, bytes, way, purpose, state, pause: T1 };
        self.clients.insert(key.clone(), client);
        if !way.transport.is_reliable() {
            self.timers.set(Due::Client(key.clone(), Clock::Repeat), now + T1);
        }
        self.timers.set(Due::Client(key.clone(), Clock::End), now + GIVE_UP);
        Some(key)
    }

    /// Forgets what was asked: its answer is no longer waited for.
    pub fn forget(&mut self, key: &ClientKey) {
        self.clients.remove(key);
        self.timers.cancel(&Due::Client(key.clone(), Clock::Repeat));
        self.timers.cancel(&Due::Client(key.clone(), Clock::End));
    }

    /// What was asked, if its answer is still waited for.
    #[must_use]
    pub fn asked(&self, key: &ClientKey) -> Option<(&Message, Way)> {
        self.clients.get(key).map(|client| (&client.request, client.way))
    }

    pub(super) fn response(
        &mut self,
        way: &Way,
        response: Message,
        seen: &Essentials,
        code: u16,
        now: Moment,
    ) {
        let Some(branch) = seen.via.branch() else { return };
        let key = ClientKey { branch, method: seen.cseq.method.clone() };
        let Some(client) = self.clients.get_mut(&key) else { return };
        // Only who was asked answers.
        let is_from_there = canonical(client.way.remote.ip()) == canonical(way.remote.ip());
        if !is_from_there || client.way.flow != way.flow {
            return;
        }
        let is_invite = key.method == Method::Invite;
        let (was, way) = (client.state, client.way);
        let next = match (was, code) {
            (State::Calling | State::Proceeding, 100..=199) => State::Proceeding,
            (State::Calling | State::Proceeding, 200..=299) if is_invite => State::Accepted,
            (State::Calling | State::Proceeding, _) => State::Completed,
            (State::Accepted, 200..=299) => State::Accepted,
            (State::Completed, 300..) if is_invite => State::Completed,
            (State::Completed | State::Accepted, _) => return,
        };
        client.state = next;
        let is_refused = is_invite && next == State::Completed;
        if is_refused {
            let ack = acknowledgement(&client.request, &response).write();
            self.events.push_back(Event::Send(way, ack));
        }
        if was != State::Completed {
            let (purpose, request) = (client.purpose.clone(), client.request.clone());
            self.events.push_back(Event::Response { purpose, way, request, response });
        }
        if was != next || next == State::Proceeding {
            self.wait(key, next, way, now);
        }
    }

    /// What is waited for in a new state.
    fn wait(&mut self, key: ClientKey, next: State, way: Way, now: Moment) {
        let is_invite = key.method == Method::Invite;
        let repeat = Due::Client(key.clone(), Clock::Repeat);
        if is_invite || next != State::Proceeding {
            self.timers.cancel(&repeat);
        } else if let Some(client) = self.clients.get_mut(&key) {
            client.pause = T2;
        }
        let span = match next {
            State::Calling => GIVE_UP,
            State::Proceeding if is_invite => LIFE,
            // The time for the final answer runs on.
            State::Proceeding => return,
            State::Accepted => GIVE_UP,
            State::Completed if way.transport.is_reliable() => Span::ZERO,
            State::Completed if is_invite => GIVE_UP,
            State::Completed => T4,
        };
        self.timers.set(Due::Client(key, Clock::End), now + span);
    }

    pub(super) fn repeat_request(&mut self, key: ClientKey, now: Moment) {
        let Some(client) = self.clients.get_mut(&key) else { return };
        self.events.push_back(Event::Send(client.way, client.bytes.clone()));
        // An INVITE knows no longest pause: it ends soon enough.
        let limit = if key.method == Method::Invite { GIVE_UP } else { T2 };
        client.pause = client.pause.doubled(limit);
        let at = now + client.pause;
        self.timers.set(Due::Client(key, Clock::Repeat), at);
    }

    pub(super) fn end_client(&mut self, key: &ClientKey) {
        let Some(client) = self.clients.get(key) else { return };
        match client.state {
            State::Calling | State::Proceeding => {
                self.events.push_back(Event::TimedOut(client.purpose.clone()));
            }
            State::Completed | State::Accepted => {}
        }
        self.forget(key);
    }
}

/// The `ACK` to a refusal belongs to the transaction: same branch, same way (RFC 3261, section
/// 17.1.1.3).
fn acknowledgement(request: &Message, response: &Message) -> Message {
    let mut ack = Message::request(Method::Ack, request.target().unwrap_or_default());
    for header in &request.headers {
        let value = match &*header.name {
            name::VIA if ack.headers.iter().any(|known| known.name == name::VIA) => continue,
            name::VIA | name::FROM | name::CALL_ID | name::ROUTE | name::MAX_FORWARDS => {
                header.value.clone()
            }
            name::TO => response.get(name::TO).unwrap_or(&header.value).to_owned(),
            name::CSEQ => header.value.replace(Method::Invite.as_str(), Method::Ack.as_str()),
            _ => continue,
        };
        ack.headers.push(crate::message::Header { name: header.name.clone(), value });
    }
    ack
}
