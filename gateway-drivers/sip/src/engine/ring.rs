//! Calls of ours (RFC 3261, section 13.2): every phone of the user rings, and the first that
//! answers has it.

use machine::{Moment, Span};

use super::send::{ALLOW, US, dressed_as};
use super::stage::{Ringing, Session, Stage, Talking};
use super::{AckKey, Call, Caller, Due, Engine, Output, Purpose, Reason};
use crate::dialog::{Dialog, side};
use crate::manner::{Manner, headers};
use crate::message::uri::Uri;
use crate::message::{Message, Method, name};
use crate::registrar::Binding;
use crate::station::User;
use crate::transaction::{ClientKey, GIVE_UP};
use crate::way::Way;

/// Calls at most.
pub(super) const CALLS_MOST: usize = 1_024;
/// Acknowledged answers that are remembered at most.
const ACKS_MOST: usize = 4_096;

/// One phone that is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LegId(u64);

#[derive(Debug)]
pub(super) struct Leg {
    call: Call,
    key: ClientKey,
    /// Did it answer anything? Before that it cannot be cancelled (RFC 3261, section 9.1).
    is_heard: bool,
    is_wanted: bool,
}

impl Engine {
    pub(super) fn ring(
        &mut self,
        (call, user): (Call, User),
        from: &Caller,
        sdp: &[u8],
        manner: Manner,
        patience: Span,
        now: Moment,
    ) {
        if self.calls.contains_key(&call) {
            // Its number is another call's: nothing can be said about it.
            self.counts.overflows += 1;
            return;
        }
        let bindings = self.registrar.of(&user).to_vec();
        let failed = if bindings.is_empty() { Reason::NotRegistered } else { Reason::NoRoom };
        let is_room = self.calls.len() < CALLS_MOST && call.0 < Call::THEIRS;
        let mut legs = 0;
        for binding in bindings.iter().filter(|_| is_room) {
            let invite = self.invite(&user, binding, from, sdp, manner);
            let leg = LegId(self.next_serial());
            if let Some(key) = self.ask(invite, binding.way, Purpose::Invite(leg), now) {
                let (is_heard, is_wanted) = (false, true);
                self.legs.insert(leg, Leg { call, key, is_heard, is_wanted });
                legs += 1;
            }
        }
        if legs == 0 {
            return self.outputs.push_back(Output::Ended { call, reason: failed });
        }
        let stage = Stage::Ringing(Ringing::default());
        self.calls.insert(call, Session::new(user, stage));
        self.timers.set(Due::Patience(call), now + patience);
    }

    fn invite(
        &mut self,
        user: &User,
        binding: &Binding,
        from: &Caller,
        sdp: &[u8],
        manner: Manner,
    ) -> Message {
        let here = binding.way.here(US);
        let caller = Uri { user: Some(from.number.clone()), ..here.clone() };
        let caller = if from.number.is_empty() { &here } else { &caller };
        let display: String = from.name.chars().filter(|c| !c.is_control()).collect();
        let display = (!display.is_empty()).then_some(display);
        let from = side(display.as_deref(), caller.to_string(), &self.chance::<8>());
        let mut invite = self.opening(Method::Invite, user, binding, from).with(name::ALLOW, ALLOW);
        let vendor = self.stations.get(user).and_then(|station| station.vendor);
        for (name, value) in headers(manner, vendor, &here.to_string()) {
            invite.push(name, value);
        }
        invite.with_body("application/sdp", sdp)
    }

    pub(super) fn leg_answered(
        &mut self,
        id: LegId,
        way: Way,
        request: &Message,
        response: &Message,
        now: Moment,
    ) {
        match response.code().unwrap_or_default() {
            200..=299 => self.leg_accepted(id, way, request, response, now),
            code @ 300.. => self.leg_failed(id, Reason::of(code), now),
            code => self.leg_heard(id, code, now),
        }
    }

    fn leg_heard(&mut self, id: LegId, code: u16, now: Moment) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let was_heard = std::mem::replace(&mut leg.is_heard, true);
        if !leg.is_wanted {
            // It was cancelled before it could be.
            if !was_heard {
                self.cancel(id, now);
            }
            return;
        }
        let call = leg.call;
        if code > 100
            && let Some(ringing) = self.calls.get_mut(&call).and_then(Session::ringing)
            && !std::mem::replace(&mut ringing.is_heard, true)
        {
            self.outputs.push_back(Output::Ringing(call));
        }
    }

    /// Every 2xx has its `ACK`, the same one as often as it comes; of several phones the first has
    /// the call, the others are hung up.
    fn leg_accepted(
        &mut self,
        id: LegId,
        way: Way,
        request: &Message,
        response: &Message,
        now: Moment,
    ) {
        let Some(dialog) = Dialog::opened(request, response, way) else { return };
        let (call_id, tag) = dialog.key();
        let key: AckKey = (call_id, tag, dialog.remote_tag().to_owned());
        if let Some((way, bytes)) = self.acks.get(&key).cloned() {
            return self.send(way, bytes);
        }
        let turn = request.essentials().map_or(1, |seen| seen.cseq.number);
        let ack = self.dressed(dialog.acknowledgement(turn), dialog.way).write();
        self.send(dialog.way, ack.clone());
        if self.acks.len() < ACKS_MOST {
            self.timers.set(Due::Ack(key.clone()), now + GIVE_UP);
            self.acks.insert(key, (dialog.way, ack));
        }
        let leg = self.legs.remove(&id);
        self.timers.cancel(&Due::Leg(id));
        let call = leg.filter(|leg| leg.is_wanted).map(|leg| leg.call);
        match call.filter(|call| self.calls.get_mut(call).is_some_and(|s| s.ringing().is_some())) {
            None => self.say_goodbye(dialog, now),
            Some(call) if response.body.is_empty() => {
                self.say_goodbye(dialog, now);
                self.end(call, Reason::Unacceptable, now);
            }
            Some(call) => {
                self.drop_legs(call, now);
                self.talk(call, Talking { dialog, unacked: None, owed: None }, now);
                self.expect_signs(call, response, now);
                self.outputs.push_back(Output::Answered { call, sdp: response.body.clone() });
            }
        }
    }

    /// One phone will not answer; the call is over with the last of them, or when somebody said
    /// no for all.
    pub(super) fn leg_failed(&mut self, id: LegId, reason: Reason, now: Moment) {
        self.timers.cancel(&Due::Leg(id));
        let Some(leg) = self.legs.remove(&id).filter(|leg| leg.is_wanted) else { return };
        let is_last = !self.legs.values().any(|other| other.call == leg.call && other.is_wanted);
        let Some(ringing) = self.calls.get_mut(&leg.call).and_then(Session::ringing) else {
            return;
        };
        // A phone that is off says least of all.
        let best = match ringing.failed {
            Some(known) if known != Reason::Unreachable => known,
            Some(_) | None => reason,
        };
        ringing.failed = Some(best);
        if reason == Reason::Declined {
            self.end(leg.call, Reason::Declined, now);
        } else if is_last {
            self.end(leg.call, best, now);
        }
    }

    /// No phone of this call is wanted any more.
    pub(super) fn drop_legs(&mut self, call: Call, now: Moment) {
        let legs = self.legs.iter_mut().filter(|(_, leg)| leg.call == call && leg.is_wanted);
        let mut heard = Vec::new();
        for (id, leg) in legs {
            leg.is_wanted = false;
            if leg.is_heard {
                heard.push(*id);
            }
        }
        for id in heard {
            self.cancel(id, now);
        }
    }

    fn cancel(&mut self, id: LegId, now: Moment) {
        let Some(leg) = self.legs.get(&id) else { return };
        let Some((invite, way)) = self.transactions.asked(&leg.key) else { return };
        let (cancel, branch) = (cancellation(invite), leg.key.branch.clone());
        // A phone may never say that it was cancelled.
        self.timers.set(Due::Leg(id), now + GIVE_UP);
        let cancel = dressed_as(cancel, way, branch);
        if self.transactions.ask(cancel, way, Purpose::Courtesy, now).is_none() {
            self.counts.overflows += 1;
        }
    }

    pub(super) fn leg_given_up(&mut self, id: LegId) {
        if let Some(leg) = self.legs.remove(&id) {
            self.transactions.forget(&leg.key);
        }
    }

    pub(super) fn patience_over(&mut self, call: Call, now: Moment) {
        self.hang_up(call, Reason::NoAnswer, now);
    }
}

/// A `CANCEL` looks like its `INVITE` (RFC 3261, section 9.1).
fn cancellation(invite: &Message) -> Message {
    let mut cancel = Message::request(Method::Cancel, invite.target().unwrap_or_default());
    for header in &invite.headers {
        let value = match &*header.name {
            name::FROM | name::TO | name::CALL_ID | name::ROUTE => header.value.clone(),
            name::CSEQ => header.value.replace(Method::Invite.as_str(), Method::Cancel.as_str()),
            _ => continue,
        };
        cancel.headers.push(crate::message::Header { name: header.name.clone(), value });
    }
    cancel
}
