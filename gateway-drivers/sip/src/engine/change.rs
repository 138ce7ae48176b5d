//! Changes of a session (RFC 3261, section 14; RFC 3311), such as hold, and how long a phone may
//! be silent (RFC 4028).

use machine::{Moment, Span};

use super::stage::{Session, Unacked};
use super::{Arrival, Call, Due, Engine, Output};
use crate::message::value::Params;
use crate::message::{Message, Method, name};

/// What RFC 4028 takes for the least (section 5).
const SILENCE_LEAST: u32 = 90;
/// For a change there is an order within this time, or there is none.
const OWED: Span = Span::from_secs(10);

/// How long a phone may be silent.
enum Silence {
    /// For ever: it does not know session timers, or wants us to speak.
    Free,
    /// So many seconds.
    Seconds(u32),
    /// Less than makes sense.
    TooShort,
}

impl Engine {
    pub(super) fn change(&mut self, call: Call, arrival: Arrival, now: Moment) {
        if !self.is_session(&arrival, now) {
            return;
        }
        let is_update = *arrival.method() == Method::Update;
        if is_update && arrival.request.body.is_empty() {
            // Only a sign of life.
            let response = self.response(&arrival, 200);
            return self.accept(call, &arrival, response, Vec::new(), now);
        }
        let Some(talking) = self.calls.get_mut(&call).and_then(Session::talking) else { return };
        if talking.owed.is_some() || talking.unacked.is_some() {
            return self.later(&arrival, now);
        }
        talking.owed = Some(arrival.clone());
        if !is_update {
            let trying = Message::response(&arrival.request, 100);
            self.answer_with(&arrival, &trying, now);
        }
        self.timers.set(Due::Owed(call), now + OWED);
        self.outputs.push_back(Output::Changed { call, sdp: arrival.request.body });
    }

    /// Can what is offered be a session? Otherwise it was answered.
    pub(super) fn is_session(&mut self, arrival: &Arrival, now: Moment) -> bool {
        let is_sdp = arrival.request.content_type() == "application/sdp";
        let response = if matches!(silence(&arrival.request), Silence::TooShort) {
            self.response(arrival, 422).with(name::MIN_SE, SILENCE_LEAST.to_string())
        } else if !is_sdp && !arrival.request.body.is_empty() {
            self.response(arrival, 415).with(name::ACCEPT, "application/sdp")
        } else {
            return true;
        };
        self.answer_with(arrival, &response, now);
        false
    }

    fn owed(&mut self, call: Call) -> Option<Arrival> {
        self.timers.cancel(&Due::Owed(call));
        self.calls.get_mut(&call).and_then(Session::talking)?.owed.take()
    }

    pub(super) fn change_answered(&mut self, call: Call, sdp: Vec<u8>, now: Moment) {
        let Some(arrival) = self.owed(call) else { return };
        let response = self.response(&arrival, 200);
        self.accept(call, &arrival, response, sdp, now);
        if *arrival.method() == Method::Invite
            && let Some(talking) = self.calls.get_mut(&call).and_then(Session::talking)
        {
            let (key, turn) = (arrival.key, arrival.seen.cseq.number);
            let is_our_offer = arrival.request.body.is_empty();
            talking.unacked = Some(Unacked { key, turn, is_our_offer });
        }
    }

    pub(super) fn change_refused(&mut self, call: Call, code: u16, now: Moment) {
        if let Some(arrival) = self.owed(call) {
            self.reply(&arrival, code, now);
        }
    }

    /// Says in an answer how long the phone may be silent, if it knows what that means.
    pub(super) fn with_session(
        &mut self,
        call: Call,
        arrival: &Arrival,
        response: Message,
        now: Moment,
    ) -> Message {
        self.timers.cancel(&Due::Session(call));
        let Silence::Seconds(seconds) = silence(&arrival.request) else { return response };
        self.timers.set(Due::Session(call), now + Span::from_secs(u64::from(seconds)));
        response
            .with(name::REQUIRE, "timer")
            .with(name::SESSION_EXPIRES, format!("{seconds};refresher=uac"))
    }

    /// A phone that answered our call may have said how often it will give a sign of life.
    pub(super) fn expect_signs(&mut self, call: Call, response: &Message, now: Moment) {
        let Some(value) = response.get(name::SESSION_EXPIRES) else { return };
        if let Some(seconds) = crate::message::value::number(value)
            && refresher(value).as_deref() == Some("uas")
        {
            let seconds = u64::from(seconds.max(SILENCE_LEAST));
            self.timers.set(Due::Session(call), now + Span::from_secs(seconds));
        }
    }
}

fn refresher(value: &str) -> Option<String> {
    let (_, params) = value.split_once(';')?;
    Params::parse(params)?.get("refresher").map(|who| who.to_ascii_lowercase())
}

/// Where the phone wants us to give signs, we need not say that we understood: then it gives them
/// itself (RFC 4028, section 7.2).
fn silence(request: &Message) -> Silence {
    let knows = request.words(name::SUPPORTED).any(|word| word.eq_ignore_ascii_case("timer"))
        || request.words(name::REQUIRE).any(|word| word.eq_ignore_ascii_case("timer"));
    let Some(value) = request.get(name::SESSION_EXPIRES).filter(|_| knows) else {
        return Silence::Free;
    };
    match crate::message::value::number(value) {
        None => Silence::Free,
        Some(seconds) if seconds < SILENCE_LEAST => Silence::TooShort,
        Some(_) if refresher(value).as_deref() == Some("uas") => Silence::Free,
        Some(seconds) => Silence::Seconds(seconds),
    }
}
