//! What is asked goes to who can answer it.

use machine::Moment;

use super::send::{ALLOW, US};
use super::{Engine, Output, Owner, Purpose, Reason};
use crate::event;
use crate::message::uri::Uri;
use crate::message::value::Via;
use crate::message::{Essentials, Message, Method, name};
use crate::pnp;
use crate::transaction::ServerKey;
use crate::way::Way;

/// Extensions that a phone may demand.
const SUPPORTED: &str = "timer";

/// A request that waits for its answer.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub(super) key: ServerKey,
    pub(super) way: Way,
    pub(super) request: Message,
    pub(super) seen: Essentials,
}

impl Arrival {
    pub(super) fn method(&self) -> &Method {
        &self.seen.cseq.method
    }

    pub(super) fn is_within(&self) -> bool {
        self.seen.to.tag().is_some()
    }

    /// The event of a subscription, without parameters.
    pub(super) fn package(&self) -> &str {
        let event = self.request.get(name::EVENT).unwrap_or_default();
        event.split(';').next().unwrap_or_default().trim()
    }
}

impl Engine {
    pub(super) fn message(&mut self, way: Way, mut message: Message, now: Moment) {
        let seen = match message.essentials() {
            Ok(seen) => seen,
            Err(lack) => {
                self.counts.garbage += 1;
                return self.malformed(way, &message, lack.0);
            }
        };
        if message.method().is_some() {
            stamp(&mut message, way);
        }
        self.transactions.receive(way, message, seen, now);
        self.pump(now);
    }

    /// A request that cannot be served is told so once, if there is a way back; without memory.
    fn malformed(&mut self, way: Way, message: &Message, header: &str) {
        let Some(via) = message.get(name::VIA).and_then(Via::parse) else { return };
        if message.method().is_none_or(|method| *method == Method::Ack) {
            return;
        }
        let warning = format!("399 {US} \"{header} is missing, repeated or malformed\"");
        let response = Message::response(message, 400).with(name::WARNING, warning);
        self.send(way.back(&via), response.write());
    }

    pub(super) fn asked(&mut self, arrival: Arrival, now: Moment) {
        if *arrival.method() == Method::Cancel {
            return self.cancelled(&arrival, now);
        }
        if arrival.request.target().and_then(Uri::parse).is_none() {
            return self.reply(&arrival, 416, now);
        }
        let demands: Vec<&str> = arrival.request.words(name::REQUIRE).collect();
        let unknown: Vec<&str> =
            demands.into_iter().filter(|word| !word.eq_ignore_ascii_case(SUPPORTED)).collect();
        if !unknown.is_empty() {
            let response = self.response(&arrival, 420).with(name::UNSUPPORTED, unknown.join(", "));
            return self.answer_with(&arrival, &response, now);
        }
        if arrival.is_within() {
            self.within(arrival, now)
        } else {
            self.outside_of_all(arrival, now)
        }
    }

    fn outside_of_all(&mut self, arrival: Arrival, now: Moment) {
        match arrival.method() {
            Method::Register => self.register(&arrival, now),
            Method::Invite => self.invited(arrival, now),
            Method::Options => self.capabilities(&arrival, now),
            Method::Subscribe if arrival.package() == pnp::PACKAGE => self.question(arrival, now),
            Method::Subscribe => self.subscribe(&arrival, now),
            // We subscribe to nothing, and these live in dialogs only.
            Method::Notify | Method::Bye | Method::Info | Method::Update | Method::Prack => {
                self.reply(&arrival, 481, now);
            }
            Method::Refer => self.reply(&arrival, 603, now),
            Method::Message | Method::Publish => self.not_allowed(&arrival, 405, now),
            Method::Other(_) => self.not_allowed(&arrival, 501, now),
            // They never come here: the one has no answer, the other was served.
            Method::Ack | Method::Cancel => {}
        }
    }

    fn within(&mut self, arrival: Arrival, now: Moment) {
        match self.owner(&arrival) {
            Some(Owner::Call(call)) => self.within_call(call, arrival, now),
            Some(Owner::Subscription(id)) => self.within_subscription(id, &arrival, now),
            None if *arrival.method() == Method::Register => self.register(&arrival, now),
            None => self.reply(&arrival, 481, now),
        }
    }

    pub(super) fn capabilities(&mut self, arrival: &Arrival, now: Moment) {
        let response = self
            .response(arrival, 200)
            .with(name::ALLOW, ALLOW)
            .with(name::ALLOW_EVENTS, event::PACKAGE)
            .with(name::ACCEPT, "application/sdp")
            .with(name::SUPPORTED, SUPPORTED)
            .with(name::CONTACT, format!("<{}>", arrival.way.here(US)));
        self.answer_with(arrival, &response, now);
    }

    pub(super) fn not_allowed(&mut self, arrival: &Arrival, code: u16, now: Moment) {
        let response = self.response(arrival, code).with(name::ALLOW, ALLOW);
        self.answer_with(arrival, &response, now);
    }

    /// An answer to what we asked.
    pub(super) fn answered(
        &mut self,
        purpose: Purpose,
        way: Way,
        request: &Message,
        response: &Message,
        now: Moment,
    ) {
        let code = response.code().unwrap_or_default();
        if code < 200 && !matches!(purpose, Purpose::Invite(_)) {
            return;
        }
        match purpose {
            Purpose::Invite(leg) => self.leg_answered(leg, way, request, response, now),
            Purpose::Probe(call) => self.probed(call, code, now),
            Purpose::Notify(id) if code >= 300 => self.subscription_refused(id),
            Purpose::Resync(user) => {
                self.outputs.push_back(Output::Resynced { user, is_taken: code < 300 });
            }
            Purpose::Notify(_) | Purpose::Courtesy => {}
        }
    }

    /// No answer to what we asked.
    pub(super) fn unanswered(&mut self, purpose: Purpose, now: Moment) {
        match purpose {
            Purpose::Invite(leg) => self.leg_failed(leg, Reason::Unreachable, now),
            Purpose::Probe(call) => self.end(call, Reason::Vanished, now),
            Purpose::Notify(id) => self.subscription_refused(id),
            Purpose::Resync(user) => {
                self.outputs.push_back(Output::Resynced { user, is_taken: false });
            }
            Purpose::Courtesy => {}
        }
    }
}

/// Writes into the request where it came from, so that the answer finds its way (RFC 3261, section
/// 18.2.1; RFC 3581).
fn stamp(message: &mut Message, way: Way) {
    let Some(header) = message.headers.iter_mut().find(|header| header.name == name::VIA) else {
        return;
    };
    let Some(mut via) = Via::parse(&header.value) else { return };
    if via.params.has("rport") {
        via.params.set("rport", way.remote.port().to_string());
    }
    via.params.set("received", way.remote.ip().to_string());
    header.value = via.to_string();
}
