//! Calls that are answered: keys, hanging up, and whether the phone is still there.

use machine::{Moment, Span};

use super::stage::{Session, Stage, Talking};
use super::{Arrival, Call, Digit, Due, Engine, Output, Owner, Purpose, Reason};
use crate::dialog::{Dialog, Turn};
use crate::message::{Essentials, Message, Method, name};
use crate::transaction::ServerKey;

/// How often a phone is asked whether it is still there. It need not know session timers for that:
/// one that was off since answers 481, and one that is off nothing.
const PROBE: Span = Span::from_secs(60);

impl Engine {
    /// From now on both speak.
    pub(super) fn talk(&mut self, call: Call, talking: Talking, now: Moment) {
        let Some(session) = self.calls.get_mut(&call) else { return };
        self.owners.insert(talking.dialog.key(), Owner::Call(call));
        session.stage = Stage::Talking(Box::new(talking));
        self.timers.cancel(&Due::Patience(call));
        self.timers.set(Due::Probe(call), now + PROBE);
    }

    pub(super) fn within_call(&mut self, call: Call, arrival: Arrival, now: Moment) {
        let Some(session) = self.calls.get_mut(&call) else {
            return self.reply(&arrival, 481, now);
        };
        let (request, seen, way) = (&arrival.request, &arrival.seen, arrival.way);
        let turn = match &mut session.stage {
            Stage::Ringing(_) => Turn::Foreign,
            Stage::Asked(asked) => asked.dialog.take(request, seen, way),
            Stage::Talking(talking) => talking.dialog.take(request, seen, way),
        };
        let (is_talking, is_told) = (session.talking().is_some(), session.is_told);
        match turn {
            Turn::Foreign => return self.reply(&arrival, 481, now),
            Turn::Late => return self.reply(&arrival, 500, now),
            Turn::Next if is_told && *arrival.method() != Method::Bye => {
                return self.reply(&arrival, 481, now);
            }
            Turn::Next => {}
        }
        match arrival.method() {
            Method::Bye => {
                self.reply(&arrival, 200, now);
                self.end(call, Reason::HungUp, now);
            }
            Method::Invite | Method::Update if is_talking => self.change(call, arrival, now),
            Method::Invite | Method::Update => self.later(&arrival, now),
            Method::Info => self.pressed(call, &arrival, now),
            Method::Options => self.capabilities(&arrival, now),
            Method::Refer => self.reply(&arrival, 603, now),
            Method::Subscribe => self.reply(&arrival, 489, now),
            Method::Notify | Method::Prack => self.reply(&arrival, 481, now),
            Method::Message | Method::Publish | Method::Register => {
                self.not_allowed(&arrival, 405, now);
            }
            Method::Other(_) => self.not_allowed(&arrival, 501, now),
            // The one has no answer, the other was served.
            Method::Ack | Method::Cancel => {}
        }
    }

    /// Two changes at once do not go together (RFC 3261, section 14.2; RFC 3311, section 5.2).
    pub(super) fn later(&mut self, arrival: &Arrival, now: Moment) {
        let response = self.response(arrival, 500).with(name::RETRY_AFTER, "3");
        self.answer_with(arrival, &response, now);
    }

    /// A key by `INFO`: what phones do that have no RFC 4733.
    fn pressed(&mut self, call: Call, arrival: &Arrival, now: Moment) {
        let kind = arrival.request.content_type();
        let text = String::from_utf8_lossy(&arrival.request.body);
        let signal = match kind.as_str() {
            "application/dtmf-relay" => text.lines().find_map(|line| {
                let (name, value) = line.split_once('=')?;
                name.trim().eq_ignore_ascii_case("signal").then_some(value.trim())
            }),
            "application/dtmf" => Some(text.trim()),
            "" => None,
            _ => return self.reply(arrival, 415, now),
        };
        self.reply(arrival, 200, now);
        let key = match signal {
            // The events of RFC 4733 by number.
            Some("10") => Some('*'),
            Some("11") => Some('#'),
            Some(word) => word.chars().next().filter(|c| c.len_utf8() == word.len()),
            None => None,
        };
        if let Some(digit) = key.and_then(Digit::new) {
            self.outputs.push_back(Output::Digit { call, digit });
        }
    }

    /// The `ACK` to our 2xx.
    pub(super) fn acknowledged(&mut self, request: &Message, seen: &Essentials, now: Moment) {
        let Some(tag) = seen.to.tag() else { return };
        let Some(Owner::Call(call)) = self.owners.get(&(seen.call_id.clone(), tag)).copied() else {
            return;
        };
        let Some(session) = self.calls.get_mut(&call) else { return };
        let is_told = session.is_told;
        let Some(talking) = session.talking() else { return };
        let is_peer = seen.from.tag().unwrap_or_default() == talking.dialog.remote_tag();
        let is_meant = |unacked: &&mut super::stage::Unacked| unacked.turn == seen.cseq.number;
        if !is_peer || talking.unacked.as_mut().filter(is_meant).is_none() {
            return;
        }
        let Some(unacked) = talking.unacked.take() else { return };
        self.transactions.acknowledged(&unacked.key);
        if is_told {
            self.hang_up(call, Reason::Released, now);
        } else if unacked.is_our_offer && request.body.is_empty() {
            self.hang_up(call, Reason::Unacceptable, now);
        } else if unacked.is_our_offer {
            self.outputs.push_back(Output::Answered { call, sdp: request.body.clone() });
        }
    }

    /// The `ACK` never came: the call has lasted half a minute for us, and perhaps never for the
    /// phone (RFC 3261, section 13.3.1.4).
    pub(super) fn unacknowledged(&mut self, key: &ServerKey, now: Moment) {
        let mut meant = None;
        for (call, session) in &mut self.calls {
            if let Some(talking) = session.talking()
                && talking.unacked.as_ref().is_some_and(|unacked| unacked.key == *key)
            {
                talking.unacked = None;
                meant = Some(*call);
            }
        }
        if let Some(call) = meant {
            self.hang_up(call, Reason::Vanished, now);
        }
    }

    /// Ends a call from our side.
    pub(super) fn hang_up(&mut self, call: Call, reason: Reason, now: Moment) {
        let Some(session) = self.calls.get_mut(&call) else { return };
        match &mut session.stage {
            Stage::Ringing(_) => {}
            Stage::Asked(asked) => {
                let arrival = asked.arrival.clone();
                self.reply(&arrival, 480, now);
            }
            // A phone takes no BYE before its ACK (RFC 3261, section 15).
            Stage::Talking(talking) if talking.unacked.is_some() => {
                return self.linger(call, reason, now);
            }
            Stage::Talking(talking) => {
                let dialog = talking.dialog.clone();
                self.say_goodbye(dialog, now);
            }
        }
        self.end(call, reason, now);
    }

    /// The call is over for us, and goes on under another number until its `ACK`.
    fn linger(&mut self, call: Call, reason: Reason, now: Moment) {
        let Some(mut session) = self.calls.remove(&call) else { return };
        self.forget_timers(call);
        if !std::mem::replace(&mut session.is_told, true) {
            self.outputs.push_back(Output::Ended { call, reason });
        }
        let owed = session.talking().and_then(|talking| talking.owed.take());
        let key = session.talking().map(|talking| talking.dialog.key());
        let other = Call(Call::THEIRS + self.next_serial());
        self.calls.insert(other, session);
        if let Some(key) = key {
            self.owners.insert(key, Owner::Call(other));
        }
        if let Some(owed) = owed {
            self.reply(&owed, 487, now);
        }
    }

    pub(super) fn say_goodbye(&mut self, mut dialog: Dialog, now: Moment) {
        let (bye, way) = (dialog.request(Method::Bye), dialog.way);
        if self.ask(bye, way, Purpose::Courtesy, now).is_none() {
            self.counts.overflows += 1;
        }
    }

    /// A call is over; what still waits for an answer gets one.
    pub(super) fn end(&mut self, call: Call, reason: Reason, now: Moment) {
        let Some(session) = self.calls.remove(&call) else { return };
        self.forget_timers(call);
        match session.stage {
            Stage::Ringing(_) => self.drop_legs(call, now),
            Stage::Asked(asked) => {
                self.owners.remove(&asked.dialog.key());
                if self.transactions.is_open(&asked.arrival.key) {
                    self.reply(&asked.arrival, 487, now);
                }
            }
            Stage::Talking(talking) => {
                self.owners.remove(&talking.dialog.key());
                if let Some(owed) = talking.owed {
                    self.reply(&owed, 487, now);
                }
            }
        }
        if !session.is_told {
            self.outputs.push_back(Output::Ended { call, reason });
        }
    }

    fn forget_timers(&mut self, call: Call) {
        let all = [Due::Patience(call), Due::Probe(call), Due::Session(call), Due::Owed(call)];
        for due in all {
            self.timers.cancel(&due);
        }
    }

    pub(super) fn probe(&mut self, call: Call, now: Moment) {
        let Some(talking) = self.calls.get_mut(&call).and_then(Session::talking) else { return };
        let (options, way) = (talking.dialog.request(Method::Options), talking.dialog.way);
        if self.ask(options, way, Purpose::Probe(call), now).is_none() {
            self.timers.set(Due::Probe(call), now + PROBE);
        }
    }

    pub(super) fn probed(&mut self, call: Call, code: u16, now: Moment) {
        if !self.calls.contains_key(&call) {
            return;
        }
        // It answers, if only that it knows no OPTIONS; but it may know nothing of the call.
        match code {
            408 | 481 => self.end(call, Reason::Vanished, now),
            _ => self.timers.set(Due::Probe(call), now + PROBE),
        }
    }

    pub(super) fn silence_over(&mut self, call: Call, now: Moment) {
        self.hang_up(call, Reason::Vanished, now);
    }
}
