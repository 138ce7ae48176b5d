//! A message object: the header and, behind it, the body as it came.
//!
//! A body is one CBOR map with small integer keys; unknown keys are ignored. Speech and files are
//! byte strings in it and are borrowed, so that routing copies nothing.

use bytes::Bytes;
use machine::Moment;
use minicbor::{Decode, Encode};

use crate::{
    Action, Flags, Guid, HEADER_LEN, Header, Kind, MAX_BODY, Malformed, ObjectId, Priority, Refusal,
};

/// A body with its kind: what an object can bear.
pub trait Body<'b>: Encode<()> + Decode<'b, ()> {
    /// The kind in the header.
    const KIND: Kind;
}

macro_rules! bodies {
    ($($body:ty => $kind:ident),+ $(,)?) => {
        $(impl<'b> Body<'b> for $body {
            const KIND: Kind = Kind::$kind;
        })+
    };
}

bodies! {
    Refusal => Refusal,
    crate::login::Hello => Hello,
    crate::login::Challenge => Challenge,
    crate::login::Proof => Proof,
    crate::login::Welcome => Welcome,
    crate::login::TokenHello => TokenHello,
    crate::login::Invitation => Invitation,
    crate::login::InvitationInfo => InvitationInfo,
    crate::login::Enrol => Enrol,
    crate::login::Bridge => Bridge,
    crate::login::ServiceHello => ServiceHello,
    crate::login::Goodbye => Goodbye,
    crate::login::GoingDown => GoingDown,
    crate::login::Credentials => Credentials,
    crate::people::Subscription => Subscription,
    crate::people::Unsubscription => Unsubscription,
    crate::people::ContactChange => ContactChange,
    crate::people::Roster => Roster,
    crate::people::Presence => Presence,
    crate::people::KeyQuery => KeyQuery,
    crate::people::Keys => Keys,
    crate::people::SetStatus => SetStatus,
    crate::people::PhoneCommand => PhoneCommand,
    crate::people::Parameters => Parameters,
    crate::speech::Receipt => Receipt,
    crate::speech::Envelope => Envelope,
    crate::speech::Progress => Progress,
    crate::speech::Cancel => Cancel,
    crate::speech::Discard => Discard,
    crate::speech::Portion<'b> => Portion,
    crate::speech::CheckIn => CheckIn,
    crate::speech::Send => Send,
    crate::speech::Sending => Sending,
    crate::admin::AddPerson => AddPerson,
    crate::admin::Invited => Invited,
    crate::admin::ListPeople => ListPeople,
    crate::admin::People => People,
    crate::admin::RemovePerson => RemovePerson,
    crate::admin::Invite => Invite,
    crate::admin::AskStatus => AskStatus,
    crate::admin::ServerStatus => ServerStatus,
    crate::admin::SetPerson => SetPerson,
    crate::admin::Account => Account,
    crate::admin::PutStation => PutStation,
    crate::admin::RemoveStation => RemoveStation,
    crate::system::AskSettings => AskSettings,
    crate::system::Snapshot => Snapshot,
    crate::system::Propose => Propose,
    crate::system::Confirm => Confirm,
    crate::system::Revert => Revert,
    crate::system::AskHealth => AskHealth,
    crate::system::Health => Health,
    crate::system::Order => Order,
    crate::system::BeginJob => BeginJob,
    crate::system::AskJob => AskJob,
    crate::system::JobState => JobState,
    crate::system::AskLog => AskLog,
    crate::system::LogLines => LogLines,
    crate::system::AskCertificates => AskCertificates,
    crate::system::Certificates => Certificates,
    crate::system::SetCertificate => SetCertificate,
    crate::system::RaiseAlarm => RaiseAlarm,
    crate::station::Hops => Hops,
    crate::station::AskFolders => AskFolders,
    crate::station::Folders => Folders,
    crate::station::AskPhoneFile => AskPhoneFile,
    crate::station::PhoneFile => PhoneFile,
    crate::station::FileSent => FileSent,
    crate::station::AskPhones => AskPhones,
    crate::station::Phones => Phones,
    crate::station::AskTimeline => AskTimeline,
    crate::station::Timeline => Timeline,
    crate::station::OrderPhone => OrderPhone,
    crate::station::AskPhonePassword => AskPhonePassword,
    crate::station::PhonePassword => PhonePassword,
    crate::lease::AskLeases => AskLeases,
    crate::lease::Leases => Leases,
    crate::lease::Probe => Probe,
    crate::lease::FreeLease => FreeLease,
    crate::lease::AskSnippets => AskSnippets,
    crate::lease::Snippets => Snippets,
}

/// One message object (row 84). Cheap to clone: the body is shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Action, id, source, destination and what the body is.
    pub header: Header,
    /// The body as it stands on the wire: CBOR, at most [`MAX_BODY`] bytes.
    pub body: Bytes,
}

impl Object {
    /// An object that bears `body`, under the action that the body's kind belongs to.
    #[must_use]
    pub fn of<'b, B: Body<'b>>(id: ObjectId, body: &B) -> Self {
        let action = B::KIND.action().unwrap_or(Action::Post);
        Self::assemble(action, Flags::NONE, B::KIND, id, encode(body))
    }

    /// An object without a body: ping, disconnect.
    #[must_use]
    pub fn bare(action: Action, id: ObjectId) -> Self {
        Self::assemble(action, Flags::NONE, Kind::None, id, Bytes::new())
    }

    /// The answer to `asked` that bears `body`.
    #[must_use]
    pub fn answer<'b, B: Body<'b>>(asked: &Header, body: &B) -> Self {
        Self::assemble(asked.action, Flags::ANSWER, B::KIND, asked.id, encode(body))
            .with_priority(asked.priority)
    }

    /// The answer to `asked` that only says yes.
    #[must_use]
    pub fn accepted(asked: &Header) -> Self {
        Self::assemble(asked.action, Flags::ANSWER, Kind::None, asked.id, Bytes::new())
            .with_priority(asked.priority)
    }

    /// The refusal of `asked`.
    #[must_use]
    pub fn refused(asked: &Header, refusal: &Refusal) -> Self {
        let body = encode(refusal);
        Self::assemble(asked.action, Flags::REFUSED, Kind::Refusal, asked.id, body)
            .with_priority(asked.priority)
    }

    /// The drop of a client, with the reason (row 92).
    #[must_use]
    pub fn dropped(id: ObjectId, refusal: &Refusal) -> Self {
        Self::assemble(Action::Drop, Flags::NONE, Kind::Refusal, id, encode(refusal))
    }

    /// The same object at another priority.
    #[must_use]
    pub fn with_priority(mut self, priority: Priority) -> Self {
        self.header.priority = priority;
        self
    }

    /// The same object from `source` to `destination`; the body is shared, not copied.
    #[must_use]
    pub fn addressed(mut self, source: Guid, destination: Guid) -> Self {
        self.header.source = source;
        self.header.destination = destination;
        self
    }

    /// Reads the body as a `B`.
    ///
    /// # Errors
    /// [`Malformed::Kind`] if the header says that it is another, [`Malformed::Body`] if it cannot
    /// be read.
    pub fn read<'b, B: Body<'b>>(&'b self) -> Result<B, Malformed> {
        if self.header.kind != B::KIND {
            let (found, expected) = (self.header.kind.number(), B::KIND.number());
            return Err(Malformed::Kind { found, expected });
        }
        decode(&self.body)
    }

    /// Header and body as they stand on the wire.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_LEN + self.body.len());
        bytes.extend_from_slice(&self.header.to_bytes());
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// Reads one whole object, such as a WebSocket frame.
    ///
    /// # Errors
    /// What is wrong with the header, or that the body is not as long as announced.
    pub fn parse(bytes: &Bytes) -> Result<Self, Malformed> {
        let header = Header::parse(bytes)?;
        let (found, expected) = (bytes.len(), HEADER_LEN + header.length as usize);
        if found != expected {
            return Err(Malformed::Truncated { found, expected });
        }
        Ok(Self { header, body: bytes.slice(HEADER_LEN..) })
    }

    /// Bytes on the wire.
    #[must_use]
    pub fn wire_len(&self) -> usize {
        HEADER_LEN + self.body.len()
    }

    fn assemble(action: Action, flags: Flags, kind: Kind, id: ObjectId, body: Bytes) -> Self {
        debug_assert!(body.len() <= MAX_BODY, "whoever makes a body keeps it below the limit");
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
        let (source, destination) = (Guid::BLANK, Guid::BLANK);
        let priority = Priority::Normal;
        let header = Header { action, priority, flags, kind, id, source, destination, length };
        Self { header, body }
    }
}

/// Makes the ids of the objects that one end sends: a base drawn once, and a count.
///
/// Unique for each object (row 96) without asking for randomness at every one.
#[derive(Clone, Debug)]
pub struct ObjectIds {
    base: [u8; 16],
    count: u64,
}

impl ObjectIds {
    /// Ids upon this base, which must be fresh for each connection.
    #[must_use]
    pub const fn new(base: ObjectId) -> Self {
        Self { base: *base.bytes(), count: 0 }
    }

    /// The next id: a UUIDv7 whose time part moves with `now` and whose last bytes count.
    pub fn fresh(&mut self, now: Moment) -> ObjectId {
        let mut bytes = self.base;
        let start = ObjectId::from_bytes(self.base).unix_millis();
        let stamp = start.wrapping_add(now.millis()).to_be_bytes();
        bytes[..6].copy_from_slice(&stamp[2..]);
        for (byte, count) in bytes[10..].iter_mut().zip(&self.count.to_be_bytes()[2..]) {
            *byte ^= count;
        }
        self.count += 1;
        ObjectId::from_bytes(bytes)
    }
}

fn encode<B: Encode<()>>(body: &B) -> Bytes {
    Bytes::from(minicbor::to_vec(body).expect("writing to a vector cannot fail"))
}

fn decode<'b, B: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<B, Malformed> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let body = decoder.decode().map_err(|error| Malformed::Body {
        at: error.position().unwrap_or_else(|| decoder.position()),
    })?;
    if decoder.position() == bytes.len() {
        Ok(body)
    } else {
        Err(Malformed::Body { at: decoder.position() })
    }
}
