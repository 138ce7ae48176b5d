//! A conversation with a phone (RFC 3261, section 12): who, where, which turn.

use crate::message::value::NameAddr;
use crate::message::{Essentials, Message, Method, name};
use crate::way::{Way, canonical};

/// By what we know a dialog again: the conversation and our own tag.
pub type Key = (String, String);

/// How a request stands to a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is next.
    Next,
    /// Something later was there already.
    Late,
    /// It is of another peer.
    Foreign,
}

/// One conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialog {
    call_id: String,
    local: String,
    local_tag: String,
    remote: String,
    remote_tag: String,
    target: String,
    route: Vec<String>,
    local_turn: u32,
    remote_turn: Option<u32>,
    /// How the peer is reached.
    pub way: Way,
}

impl Dialog {
    /// The dialog that a request opens, if we accept it under this tag. None without a contact.
    #[must_use]
    pub fn accepted(request: &Message, seen: &Essentials, way: Way, tag: &str) -> Option<Self> {
        let contact = request.contact()?;
        Some(Self {
            call_id: seen.call_id.clone(),
            local: format!("{};tag={tag}", request.get(name::TO)?),
            local_tag: tag.to_owned(),
            remote: request.get(name::FROM)?.to_owned(),
            remote_tag: seen.from.tag().unwrap_or_default(),
            target: contact.to_string(),
            route: request.all(name::RECORD_ROUTE).map(str::to_owned).collect(),
            local_turn: 0,
            remote_turn: Some(seen.cseq.number),
            way: way.towards(&contact),
        })
    }

    /// The dialog that an answer to our request opens. A phone without a contact is reached where
    /// it was asked.
    #[must_use]
    pub fn opened(request: &Message, response: &Message, way: Way) -> Option<Self> {
        let (asked, answered) = (request.essentials().ok()?, response.essentials().ok()?);
        let contact = response.contact();
        let target = match &contact {
            Some(contact) => contact.to_string(),
            None => request.target()?.to_owned(),
        };
        Some(Self {
            call_id: asked.call_id,
            local: request.get(name::FROM)?.to_owned(),
            local_tag: asked.from.tag()?,
            remote: response.get(name::TO)?.to_owned(),
            remote_tag: answered.to.tag().unwrap_or_default(),
            target,
            route: response.all(name::RECORD_ROUTE).rev().map(str::to_owned).collect(),
            local_turn: asked.cseq.number,
            remote_turn: None,
            way: contact.map_or(way, |contact| way.towards(&contact)),
        })
    }

    /// By what it is known.
    #[must_use]
    pub fn key(&self) -> Key {
        (self.call_id.clone(), self.local_tag.clone())
    }

    /// The peer's tag.
    #[must_use]
    pub fn remote_tag(&self) -> &str {
        &self.remote_tag
    }

    /// Our tag.
    #[must_use]
    pub fn local_tag(&self) -> &str {
        &self.local_tag
    }

    /// The next request of ours.
    #[must_use]
    pub fn request(&mut self, method: Method) -> Message {
        self.local_turn = self.local_turn.saturating_add(1);
        self.message(method, self.local_turn)
    }

    /// The `ACK` to a 2xx: it has the number of its `INVITE`.
    #[must_use]
    pub fn acknowledgement(&self, turn: u32) -> Message {
        self.message(Method::Ack, turn)
    }

    fn message(&self, method: Method, turn: u32) -> Message {
        let cseq = format!("{turn} {method}");
        let mut message = Message::request(method, self.target.clone());
        for route in &self.route {
            message.push(name::ROUTE, route.clone());
        }
        message
            .with(name::FROM, self.local.clone())
            .with(name::TO, self.remote.clone())
            .with(name::CALL_ID, self.call_id.clone())
            .with(name::CSEQ, cseq)
    }

    /// Takes a request of the peer: is it its turn?
    pub fn take(&mut self, request: &Message, seen: &Essentials, way: Way) -> Turn {
        let is_there = canonical(way.remote.ip()) == canonical(self.way.remote.ip());
        if !is_there || seen.from.tag().unwrap_or_default() != self.remote_tag {
            return Turn::Foreign;
        }
        if self.remote_turn.is_some_and(|last| seen.cseq.number <= last) {
            return Turn::Late;
        }
        self.remote_turn = Some(seen.cseq.number);
        let refreshes = [Method::Invite, Method::Update, Method::Subscribe];
        if refreshes.contains(&seen.cseq.method)
            && let Some(contact) = request.contact()
        {
            self.target = contact.to_string();
            self.way = way.towards(&contact);
        }
        Turn::Next
    }
}

/// An address of ours as the side of a dialog.
#[must_use]
pub fn side(display: Option<&str>, uri: String, tag: &str) -> String {
    let mut side =
        NameAddr { display: display.map(str::to_owned), uri, params: Default::default() };
    side.params.set("tag", tag);
    side.to_string()
}
