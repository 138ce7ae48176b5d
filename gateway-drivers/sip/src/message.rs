//! A SIP message as a value (RFC 3261, section 7): start line, headers in their order, body. What
//! stands in the headers is in [`uri`] and [`value`]; bytes are in `parse`, `frame` and `write`.

mod frame;
mod method;
pub mod name;
mod parse;
mod reason;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod torture;
pub mod uri;
pub mod value;
mod write;

use std::borrow::Cow;

pub use frame::{Frame, Framer};
pub use method::Method;
pub use parse::{Fault, parse};
pub use reason::reason;

use uri::Uri;
use value::{CSeq, NameAddr, Via};

/// Bytes of the start line and all headers at most.
pub const HEAD_MOST: usize = 16 * 1024;
/// Bytes of a datagram, or of a body on a stream, at most.
pub const BODY_MOST: usize = 64 * 1024 - 1;
/// Headers at most, each element of a list of routes counted.
pub const HEADERS_MOST: usize = 128;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// Something is asked for.
    Request {
        /// What.
        method: Method,
        /// Of whom: a URI of any scheme, without blanks.
        target: String,
    },
    /// An answer.
    Status {
        /// 100 to 699.
        code: u16,
        /// The same for people; may be empty.
        reason: String,
    },
}

/// One header. Of a list of routes or contacts each element is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its long name, see [`name`]; of an unknown one the name as it came.
    pub name: Cow<'static, str>,
    /// Its value on one line.
    pub value: String,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The first line.
    pub start: Start,
    /// The headers but for `Content-Length`, which is a matter of bytes.
    pub headers: Vec<Header>,
    /// The body, which is somebody else's language.
    pub body: Vec<u8>,
}

/// What every message needs to belong to something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Essentials {
    /// The last way it went.
    pub via: Via,
    /// Who began.
    pub from: NameAddr,
    /// Who was meant.
    pub to: NameAddr,
    /// The conversation.
    pub call_id: String,
    /// The turn in it.
    pub cseq: CSeq,
}

/// What is missing or cannot be understood: the name of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is missing, repeated or malformed")]
pub struct Lack(pub &'static str);

impl Message {
    /// A request with no header yet.
    #[must_use]
    pub fn request(method: Method, target: impl Into<String>) -> Self {
        let start = Start::Request { method, target: target.into() };
        Self { start, headers: Vec::new(), body: Vec::new() }
    }

    /// An answer to a request: the same way, conversation and turn (RFC 3261, section 8.2.6).
    #[must_use]
    pub fn response(request: &Self, code: u16) -> Self {
        let start = Start::Status { code, reason: reason(code).to_owned() };
        let copied = [name::VIA, name::FROM, name::TO, name::CALL_ID, name::CSEQ];
        let headers = request.headers.iter().filter(|header| copied.contains(&&*header.name));
        Self { start, headers: headers.cloned().collect(), body: Vec::new() }
    }

    /// With one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.push(name, value);
        self
    }

    /// With a body.
    #[must_use]
    pub fn with_body(self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }.with(name::CONTENT_TYPE, kind)
    }

    /// With a tag at `To`, if there is none.
    #[must_use]
    pub fn tagged(mut self, tag: &str) -> Self {
        if let Some(to) = self.headers.iter_mut().find(|header| header.name == name::TO)
            && NameAddr::parse(&to.value).is_some_and(|to| to.tag().is_none())
        {
            to.value = format!("{};tag={tag}", to.value);
        }
        self
    }

    /// One more header at the end.
    pub fn push(&mut self, name: &'static str, value: impl Into<String>) {
        self.headers.push(Header { name: Cow::Borrowed(name), value: value.into() });
    }

    /// The method of a request.
    #[must_use]
    pub fn method(&self) -> Option<&Method> {
        match &self.start {
            Start::Request { method, .. } => Some(method),
            Start::Status { .. } => None,
        }
    }

    /// Of whom a request asks.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        match &self.start {
            Start::Request { target, .. } => Some(target),
            Start::Status { .. } => None,
        }
    }

    /// The code of an answer.
    #[must_use]
    pub fn code(&self) -> Option<u16> {
        match &self.start {
            Start::Request { .. } => None,
            Start::Status { code, .. } => Some(*code),
        }
    }

    /// The first header of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All headers of a name, in their order.
    pub fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        let named = self.headers.iter().filter(move |header| header.name == name);
        named.map(|header| header.value.as_str())
    }

    /// The words of a list such as `Supported`, over all headers of that name.
    pub fn words(&self, name: &str) -> impl Iterator<Item = &str> {
        self.all(name).flat_map(|value| value.split(',')).map(str::trim).filter(|w| !w.is_empty())
    }

    /// A header that is a number, such as `Expires`; one that is too large is the largest.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u32> {
        value::number(self.get(name)?)
    }

    /// The kind of the body in lower case, without parameters.
    #[must_use]
    pub fn content_type(&self) -> String {
        let kind = self.get(name::CONTENT_TYPE).unwrap_or_default();
        kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The address in the first `Contact`.
    #[must_use]
    pub fn contact(&self) -> Option<Uri> {
        Uri::parse(&NameAddr::parse(self.get(name::CONTACT)?)?.uri)
    }

    /// What the message belongs to.
    ///
    /// # Errors
    /// The header that is missing, there twice, or not understood.
    pub fn essentials(&self) -> Result<Essentials, Lack> {
        let via = self.get(name::VIA).and_then(Via::parse).ok_or(Lack(name::VIA))?;
        let address = |name| self.single(name).and_then(NameAddr::parse).ok_or(Lack(name));
        let (from, to) = (address(name::FROM)?, address(name::TO)?);
        let call_id = self.single(name::CALL_ID).filter(|id| !id.is_empty());
        let call_id = call_id.ok_or(Lack(name::CALL_ID))?.to_owned();
        let cseq = self.single(name::CSEQ).and_then(CSeq::parse).ok_or(Lack(name::CSEQ))?;
        if self.method().is_some_and(|method| *method != cseq.method) {
            return Err(Lack(name::CSEQ));
        }
        Ok(Essentials { via, from, to, call_id, cseq })
    }

    fn single(&self, name: &str) -> Option<&str> {
        let mut all = self.all(name);
        all.next().filter(|_| all.next().is_none())
    }
}
