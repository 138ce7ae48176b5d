//! Answers and requests of ours, dressed for the way.

use machine::Moment;
use rand_chacha::rand_core::Rng;

use super::{Arrival, Engine, Output, Purpose};
use crate::dialog::side;
use crate::digest::hex;
use crate::message::value::{Params, Via};
use crate::message::{Header, Message, Method, name};
use crate::registrar::Binding;
use crate::station::User;
use crate::transaction::ClientKey;
use crate::way::Way;

/// Who we are.
pub(super) const US: &str = "ivm";
/// What we understand.
pub(super) const ALLOW: &str =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REGISTER, SUBSCRIBE";
/// What calls itself so.
const AGENT: &str = "IVM";

impl Engine {
    /// Something that nobody can guess, in `bytes` times two digits.
    pub(super) fn chance<const BYTES: usize>(&mut self) -> String {
        let mut bytes = [0; BYTES];
        self.rng.fill_bytes(&mut bytes);
        hex(&bytes)
    }

    pub(super) fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// An answer with a tag of its own.
    pub(super) fn response(&mut self, arrival: &Arrival, code: u16) -> Message {
        let tag = self.chance::<8>();
        Message::response(&arrival.request, code).tagged(&tag).with(name::SERVER, AGENT)
    }

    pub(super) fn answer_with(&mut self, arrival: &Arrival, response: &Message, now: Moment) {
        self.transactions.answer(&arrival.key, response, now);
    }

    /// An answer that needs no more than its code.
    pub(super) fn reply(&mut self, arrival: &Arrival, code: u16, now: Moment) {
        let response = self.response(arrival, code);
        self.answer_with(arrival, &response, now);
    }

    /// Asks something. None if there is no room.
    pub(super) fn ask(
        &mut self,
        request: Message,
        way: Way,
        purpose: Purpose,
        now: Moment,
    ) -> Option<ClientKey> {
        let request = self.dressed(request, way);
        self.transactions.ask(request, way, purpose, now)
    }

    /// A request with a way back, and all that every request has.
    pub(super) fn dressed(&mut self, request: Message, way: Way) -> Message {
        let branch = format!("{}{}", crate::transaction::COOKIE, self.chance::<12>());
        dressed_as(request, way, branch)
    }

    /// Sends what has no answer.
    pub(super) fn send(&mut self, way: Way, bytes: Vec<u8>) {
        self.outputs.push_back(Output::Send { way, bytes });
    }

    /// A request to one of a user's phones, outside of any dialog.
    pub(super) fn outside(&mut self, method: Method, user: &User, binding: &Binding) -> Message {
        let from = side(None, binding.way.here(US).to_string(), &self.chance::<8>());
        self.opening(method, user, binding, from)
    }

    pub(super) fn opening(
        &mut self,
        method: Method,
        user: &User,
        binding: &Binding,
        from: String,
    ) -> Message {
        let (way, call_id) = (binding.way, self.chance::<16>());
        let cseq = format!("1 {method}");
        Message::request(method, binding.contact.clone())
            .with(name::FROM, from)
            .with(name::TO, format!("<{}>", way.here(user.as_str())))
            .with(name::CALL_ID, format!("{call_id}@{}", way.local.ip()))
            .with(name::CSEQ, cseq)
            .with(name::CONTACT, format!("<{}>", way.here(US)))
    }
}

pub(super) fn dressed_as(mut request: Message, way: Way, branch: String) -> Message {
    let params = vec![("branch".to_owned(), Some(branch)), ("rport".to_owned(), None)];
    let via = Via {
        transport: way.transport.name().to_owned(),
        sent_by: way.local.to_string(),
        params: Params(params),
    };
    request.headers.insert(0, Header { name: name::VIA.into(), value: via.to_string() });
    request.with(name::MAX_FORWARDS, "70").with(name::USER_AGENT, AGENT)
}
