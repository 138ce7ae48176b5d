//! Calls of phones (RFC 3261, section 13.3): they are told at once that we heard, and wait for an
//! order.

use machine::{Moment, Span};

use super::admit::Door;
use super::ring::CALLS_MOST;
use super::send::{ALLOW, US};
use super::stage::{Asked, Session, Stage, Talking, Unacked};
use super::{Arrival, Call, Due, Engine, Output, Owner, Reason};
use crate::dialog::Dialog;
use crate::message::uri::Uri;
use crate::message::{Message, name};

/// Calls of one phone at most: its lines.
const CALLS_OF_ONE: usize = 4;
/// Without an order for so long, nobody will give one.
const PATIENCE: Span = Span::from_secs(180);

impl Engine {
    pub(super) fn invited(&mut self, arrival: Arrival, now: Moment) {
        let Some(user) = self.admit(&arrival, Door::Proxy, now) else { return };
        if self.is_merged(&arrival) {
            return self.reply(&arrival, 482, now);
        }
        let of_one = self.calls.values().filter(|session| session.user == user).count();
        if self.calls.len() >= CALLS_MOST || of_one >= CALLS_OF_ONE {
            self.counts.overflows += 1;
            return self.reply(&arrival, 486, now);
        }
        if !self.is_session(&arrival, now) {
            return;
        }
        let tag = self.chance::<8>();
        let Some(dialog) = Dialog::accepted(&arrival.request, &arrival.seen, arrival.way, &tag)
        else {
            return self.reply(&arrival, 400, now);
        };
        let trying = Message::response(&arrival.request, 100);
        self.answer_with(&arrival, &trying, now);
        let call = Call(Call::THEIRS + self.next_serial());
        self.owners.insert(dialog.key(), Owner::Call(call));
        self.timers.set(Due::Patience(call), now + PATIENCE);
        let dialled = arrival.request.target().and_then(Uri::parse).and_then(|uri| uri.user);
        let (to, sdp) = (dialled.unwrap_or_default(), arrival.request.body.clone());
        self.outputs.push_back(Output::Incoming { call, user: user.clone(), to, sdp });
        let stage = Stage::Asked(Box::new(Asked { arrival, dialog }));
        self.calls.insert(call, Session::new(user, stage));
    }

    /// The same call by another way (RFC 3261, section 8.2.2.2).
    fn is_merged(&self, arrival: &Arrival) -> bool {
        let call_id = &arrival.seen.call_id;
        let near = self.owners.range((call_id.clone(), String::new())..);
        near.take_while(|((id, _), _)| id == call_id).next().is_some()
    }

    pub(super) fn alert(&mut self, call: Call, now: Moment) {
        let Some(Stage::Asked(asked)) = self.calls.get(&call).map(|session| &session.stage) else {
            return;
        };
        let contact = format!("<{}>", asked.arrival.way.here(US));
        let response = Message::response(&asked.arrival.request, 180)
            .tagged(asked.dialog.local_tag())
            .with(name::CONTACT, contact);
        let key = asked.arrival.key.clone();
        self.transactions.answer(&key, &response, now);
    }

    pub(super) fn answer(&mut self, call: Call, sdp: Vec<u8>, now: Moment) {
        let Some(session) = self.calls.get_mut(&call) else { return };
        let Stage::Asked(asked) = &mut session.stage else {
            return self.change_answered(call, sdp, now);
        };
        let (arrival, dialog) = (asked.arrival.clone(), asked.dialog.clone());
        let response = Message::response(&arrival.request, 200).tagged(dialog.local_tag());
        self.accept(call, &arrival, response, sdp, now);
        self.timers.cancel(&Due::Patience(call));
        let (key, turn) = (arrival.key, arrival.seen.cseq.number);
        let is_our_offer = arrival.request.body.is_empty();
        let unacked = Some(Unacked { key, turn, is_our_offer });
        self.talk(call, Talking { dialog, unacked, owed: None }, now);
    }

    /// Sends a 2xx with a session, and remembers how long the phone may be silent.
    pub(super) fn accept(
        &mut self,
        call: Call,
        arrival: &Arrival,
        mut response: Message,
        sdp: Vec<u8>,
        now: Moment,
    ) {
        for route in arrival.request.all(name::RECORD_ROUTE) {
            response.push(name::RECORD_ROUTE, route);
        }
        let contact = format!("<{}>", arrival.way.here(US));
        let response = response
            .with(name::CONTACT, contact)
            .with(name::ALLOW, ALLOW)
            .with(name::SUPPORTED, "timer");
        let response = self.with_session(call, arrival, response, now);
        let response =
            if sdp.is_empty() { response } else { response.with_body("application/sdp", sdp) };
        self.answer_with(arrival, &response, now);
    }

    pub(super) fn refuse_call(&mut self, call: Call, code: u16, now: Moment) {
        let code = code.clamp(400, 699);
        let Some(session) = self.calls.get(&call) else { return };
        let Stage::Asked(asked) = &session.stage else {
            return self.change_refused(call, code, now);
        };
        let arrival = asked.arrival.clone();
        self.reply(&arrival, code, now);
        self.end(call, Reason::Released, now);
    }

    /// A phone no longer wants what it asked (RFC 3261, section 9.2). What is answered stays so.
    pub(super) fn cancelled(&mut self, arrival: &Arrival, now: Moment) {
        let meant = arrival.key.cancelled();
        if !self.transactions.knows(&meant) {
            return self.reply(arrival, 481, now);
        }
        self.reply(arrival, 200, now);
        let is_meant = |session: &Session| match &session.stage {
            Stage::Ringing(_) => false,
            Stage::Asked(asked) => asked.arrival.key == meant,
            Stage::Talking(talking) => talking.owed.as_ref().is_some_and(|owed| owed.key == meant),
        };
        let call = self.calls.iter().find(|(_, session)| is_meant(session)).map(|(call, _)| *call);
        let Some(call) = call else { return };
        if self.calls.get_mut(&call).is_some_and(|session| session.talking().is_some()) {
            self.change_refused(call, 487, now);
        } else {
            self.end(call, Reason::Cancelled, now);
        }
    }
}
