//! `send`: a message is opened, or taken up again (rows 65, 81, 95).
//!
//! The store is asked first whether it knows the id: a repetition goes on where it was, another
//! content under the same id is a conflict. Portions that come meanwhile are held.

use std::collections::BTreeSet;

use message::speech::{
    Fate, MAX_ATTACHMENTS, MAX_RECIPIENTS, Mode, RecipientFate, SPEECH, Send, Sending,
};
use message::{ErrorCode, Guid, MessageId, Object, Priority, Refusal};

use super::Engine;
use super::conn::ConnId;
use super::incoming::Incoming;
use super::proof::sha256;
use super::route::{Served, read, refusal};
use super::tickets::{Asker, Then};
use crate::record::{Fault, MessageRecord, Number, PersonCopy, Query, Stage, Write};

/// The longest wrapped key; HPKE's is 80 bytes.
const LONGEST_WRAPPED: usize = 256;
/// The longest description of a format.
const LONGEST_FORMAT: usize = 1_024;
/// The longest sealed description of an attachment.
const LONGEST_ATTACHMENT: usize = 4_096;

/// A message of which it is not yet known whether the store has it.
#[derive(Debug)]
pub(super) struct Looking {
    asker: Asker,
    send: Box<Send>,
    digest: [u8; 32],
    sender: Guid,
    device: Guid,
    held: Vec<Object>,
    held_bytes: usize,
}

impl Engine {
    /// Opens a message, or takes it up again.
    pub(super) fn send_message(&mut self, conn: ConnId, object: &Object) -> Served {
        let send: Send = read(object)?;
        let (sender, device) = self.person(conn)?;
        check(&send)?;
        let asker = Asker { conn, header: object.header };
        let digest = sha256(&object.body);
        let id = send.message;
        if let Some(incoming) = self.incoming.get_mut(&id) {
            let record = &incoming.record;
            if record.sender != sender || record.digest != digest {
                return conflict();
            }
            incoming.sender = Some(conn);
            let sending = sending_of(&incoming.record);
            self.answer(asker, &sending);
            return Ok(());
        }
        self.check_room(sender, id)?;
        if self.looking.get(&id).is_some_and(|looking| looking.sender != sender) {
            return conflict();
        }
        let looking = Looking {
            asker,
            send: Box::new(send),
            digest,
            sender,
            device,
            held: Vec::new(),
            held_bytes: 0,
        };
        if self.looking.insert(id, looking).is_none() {
            self.load(Query::Message { id }, Then::Looked { message: id });
        }
        Ok(())
    }

    /// May this person open a further message?
    fn check_room(&self, sender: Guid, message: MessageId) -> Served {
        if self.draining {
            return refusal(ErrorCode::GoingDown, "the server is going down");
        }
        if self.disk_full {
            return refusal(ErrorCode::DiskFull, "the server's disk is full");
        }
        let looking = self.looking.values().filter(|looking| looking.sender == sender).count();
        let Some(person) = self.people.get(sender) else {
            return refusal(ErrorCode::NotLoggedIn, "the account is gone");
        };
        let crowded = looking + person.unfinished.len() >= self.limits.sending
            || person.unfinished_bytes >= self.parameters.quota_bytes;
        if crowded && !person.unfinished.contains_key(&message) {
            return refusal(ErrorCode::TooMany, "too many messages are being sent at once");
        }
        Ok(())
    }

    /// Holds a portion of a message that the store is being asked about. Tells whether it is one.
    pub(super) fn hold(&mut self, conn: ConnId, message: MessageId, object: &Object) -> bool {
        let Some(looking) = self.looking.get_mut(&message) else { return false };
        if looking.asker.conn == conn
            && looking.held_bytes + object.wire_len() <= self.limits.held_bytes
        {
            looking.held_bytes += object.wire_len();
            looking.held.push(object.clone());
        }
        true
    }

    /// The store knows whether it has the message.
    pub(super) fn looked(&mut self, message: MessageId, found: Option<Box<MessageRecord>>) {
        let Some(mut looking) = self.looking.remove(&message) else { return };
        let (asker, held) = (looking.asker, std::mem::take(&mut looking.held));
        if !self.conns.contains_key(&asker.conn) {
            return;
        }
        let served = match found {
            Some(record) => self.take_up(&looking, *record),
            None => self.open(looking),
        };
        if let Err(refusal) = served {
            self.refuse(asker, &refusal);
            return;
        }
        for object in held {
            self.object(asker.conn, &object);
        }
    }

    /// The store could not tell.
    pub(super) fn not_looked(&mut self, message: MessageId, fault: &Fault) {
        if let Some(looking) = self.looking.remove(&message) {
            self.refuse_fault(looking.asker, fault);
        }
    }

    fn take_up(&mut self, looking: &Looking, record: MessageRecord) -> Served {
        if record.sender != looking.sender || record.digest != looking.digest {
            return conflict();
        }
        if record.stage == Stage::Cut {
            return refusal(ErrorCode::Expired, "this message was given up");
        }
        let sending = sending_of(&record);
        self.answer(looking.asker, &sending);
        let (conn, message) = (looking.asker.conn, record.id);
        if record.stage == Stage::Complete {
            self.send_progress(conn, message, true, record.streams, true);
        } else {
            self.resume(record, Some(conn));
            self.send_progress_of(message);
        }
        Ok(())
    }

    /// An unfinished message comes back into memory.
    pub(super) fn resume(&mut self, record: MessageRecord, sender: Option<ConnId>) {
        let id = record.id;
        if let Some(known) = self.incoming.get_mut(&id) {
            known.sender = sender.or(known.sender);
            return;
        }
        self.enter(Incoming::new(record, sender));
        self.announce(id);
    }

    /// An unfinished message comes back into memory; nobody is told.
    pub(super) fn remember(&mut self, record: MessageRecord) {
        if !self.incoming.contains_key(&record.id) {
            self.enter(Incoming::new(record, None));
        }
    }

    fn open(&mut self, looking: Looking) -> Served {
        self.check_room(looking.sender, looking.send.message)?;
        let Looking { asker, send, digest, sender, device, .. } = looking;
        let Some(person) = self.people.get(sender) else {
            return refusal(ErrorCode::NotLoggedIn, "the account is gone");
        };
        let (display, key) =
            (person.display.clone(), person.credentials.as_ref().map(|known| known.public_key));
        let recipients = self.copies(&send, sender)?;
        let number = self.next;
        self.next = Number(number.0 + 1);
        let record = MessageRecord {
            number,
            id: send.message,
            sender,
            device,
            digest,
            mode: send.mode,
            priority: asker.header.priority,
            format: send.format,
            attachments: send.attachments,
            sender_display: display,
            sender_key: key.unwrap_or_default(),
            created: send.created,
            taken: self.instant(),
            reply_to: send.reply_to,
            recipients,
            stage: Stage::Incomplete,
            streams: Vec::new(),
            bytes: 0,
        };
        let sending = sending_of(&record);
        let message = record.id;
        let writes = vec![Write::Open(Box::new(record.clone()))];
        let mut incoming = Incoming::new(record, Some(asker.conn));
        incoming.writing = 1;
        self.enter(incoming);
        self.commit(writes, Then::Opened { message, epoch: 0 });
        self.answer(asker, &sending);
        self.announce(message);
        Ok(())
    }

    /// A copy for each recipient and, if the sender wrapped one, its own.
    fn copies(&self, send: &Send, sender: Guid) -> Result<Vec<PersonCopy>, Refusal> {
        let copies = send.recipients.iter().map(|recipient| {
            let fate = self.fate(recipient.person);
            let closed = matches!(fate, Fate::Unknown | Fate::Full);
            let wrapped = recipient.wrapped.clone();
            PersonCopy { person: recipient.person, wrapped, fate, own: false, closed }
        });
        let mut copies: Vec<PersonCopy> = copies.collect();
        if copies.iter().all(|copy| copy.closed) {
            return if copies.iter().any(|copy| copy.fate == Fate::Full) {
                refusal(ErrorCode::Quota, "the recipient's quota is used up")
            } else {
                refusal(ErrorCode::UnknownPerson, "there is no such recipient")
            };
        }
        let to_self = copies.iter().any(|copy| copy.person == sender);
        if !send.own.is_empty() && !to_self {
            let (wrapped, fate) = (send.own.clone(), Fate::Stored);
            copies.push(PersonCopy { person: sender, wrapped, fate, own: true, closed: false });
        }
        Ok(copies)
    }

    /// What becomes of a message for this person (ruling e; rows 81, 82).
    fn fate(&self, guid: Guid) -> Fate {
        let Some(person) = self.people.get(guid).filter(|person| person.credentials.is_some())
        else {
            return Fate::Unknown;
        };
        let coming = person.incoming.iter().filter_map(|message| self.incoming.get(message));
        let coming: u64 = coming.map(|incoming| incoming.record.bytes).sum();
        if person.waiting_bytes + coming >= person.quota.unwrap_or(self.parameters.quota_bytes) {
            Fate::Full
        } else if person.present.is_empty() {
            Fate::Stored
        } else {
            Fate::Live
        }
    }

    /// Puts a message among those that are being received.
    fn enter(&mut self, incoming: Incoming) {
        let record = &incoming.record;
        let id = record.id;
        if let Some(sender) = self.people.get_mut(record.sender) {
            sender.begun(id, record.bytes);
        }
        for copy in record.recipients.iter().filter(|copy| !copy.closed) {
            if let Some(person) = self.people.get_mut(copy.person) {
                person.incoming.insert(id);
            }
        }
        self.incoming.insert(id, incoming);
    }

    /// Takes a message out of memory for good: it is complete, cut, or was never opened.
    pub(super) fn conclude(&mut self, message: MessageId) -> Option<Incoming> {
        let incoming = self.withdraw(message);
        let sender = incoming.as_ref().map(|incoming| incoming.record.sender);
        self.people.finished(message, sender);
        incoming
    }

    /// Takes a message out of those that are being received; its sender may finish it yet.
    fn withdraw(&mut self, message: MessageId) -> Option<Incoming> {
        let incoming = self.incoming.remove(&message)?;
        self.timers.cancel(&super::Timer::Progress(message));
        let record = &incoming.record;
        if let Some(sender) = self.people.get_mut(record.sender) {
            sender.begun(message, record.bytes);
        }
        for copy in &record.recipients {
            if let Some(person) = self.people.get_mut(copy.person) {
                person.incoming.remove(&message);
            }
        }
        Some(incoming)
    }

    /// The connection that sends messages is over: they wait for it, in memory only while somebody
    /// follows them.
    pub(super) fn sender_gone(&mut self, conn: ConnId) {
        let mine = self.incoming.iter_mut().filter(|(_, incoming)| incoming.sender == Some(conn));
        let mine: BTreeSet<MessageId> = mine
            .map(|(message, incoming)| {
                incoming.sender = None;
                *message
            })
            .collect();
        for message in mine {
            self.evict_idle(message);
        }
    }

    /// Takes a message out of memory that nobody sends, follows or writes; the disk has it.
    pub(super) fn evict_idle(&mut self, message: MessageId) {
        let idle = self.incoming.get(&message).is_some_and(|incoming| {
            incoming.sender.is_none() && incoming.followers.is_empty() && incoming.writing == 0
        });
        if idle {
            self.withdraw(message);
        }
    }
}

/// What the sender is told of each recipient.
fn sending_of(record: &MessageRecord) -> Sending {
    let others = record.recipients.iter().filter(|copy| !copy.own);
    let fates = others.map(|copy| RecipientFate { person: copy.person, fate: copy.fate });
    Sending { message: record.id, fates: fates.collect() }
}

fn conflict<T>() -> Result<T, Refusal> {
    refusal(ErrorCode::Conflict, "another message has this id")
}

/// Is the message within its bounds?
fn check(send: &Send) -> Served {
    let people: BTreeSet<Guid> = send.recipients.iter().map(|to| to.person).collect();
    if send.message.is_blank() || people.is_empty() {
        return refusal(ErrorCode::Invalid, "a message has an id and at least one recipient");
    }
    if people.len() != send.recipients.len() {
        return refusal(ErrorCode::Invalid, "a recipient is named twice");
    }
    if people.len() > MAX_RECIPIENTS || send.attachments.len() > MAX_ATTACHMENTS {
        return refusal(ErrorCode::TooMany, "too many recipients or attachments");
    }
    let wrapped = send.recipients.iter().map(|to| &to.wrapped).chain([&send.own]);
    if wrapped.map(Vec::len).any(|length| length > LONGEST_WRAPPED)
        || send.format.len() > LONGEST_FORMAT
        || send.attachments.iter().any(|sealed| sealed.0.len() > LONGEST_ATTACHMENT)
    {
        return refusal(ErrorCode::TooLarge, "a field of the message is too long");
    }
    Ok(())
}

/// The priority at which a portion of this stream travels: attachments give way to speech.
pub(super) fn stream_priority(priority: Priority, stream: u16) -> Priority {
    if stream == SPEECH {
        return priority;
    }
    match priority {
        Priority::High => Priority::Normal,
        Priority::Normal | Priority::Unknown | Priority::Low => Priority::Low,
    }
}

/// Does a message of this mode go out while it grows?
pub(super) fn goes_live(mode: Mode) -> bool {
    match mode {
        Mode::Live => true,
        Mode::Record => false,
    }
}
