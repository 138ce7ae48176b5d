//! From a draft to a message: the content key is wrapped for each recipient, the last portion
//! closes the speech, and the message goes to the outbox.
//!
//! The wrap is HPKE in auth mode (see `voice::seal::wrap`), to the keys that are pinned; a
//! recipient whose key is missing or has changed stops the message before anything is sealed.
//! The sender's own copy is wrapped in the same way.

use bytes::Bytes;
use machine::Moment;
use message::speech::{Mode, Recipient, SPEECH, Sealed, Send};
use message::{Guid, MessageId};
use voice::format::Format;
use voice::ids;
use voice::pipeline::SealedPortion;
use voice::seal::ContentKey;
use voice::seal::keys::PublicKey;
use voice::seal::meta::MetaSeal;
use voice::seal::stream::{PortionSealer, StreamContext};
use voice::seal::wrap::{WrapContext, wrap};

use crate::composer::{Draft, Phase};
use crate::engine::Engine;
use crate::outbox::Outgoing;
use crate::paths::RecordKey;
use crate::records::{
    DeliveryRecord, DraftProgress, DraftRecord, FileRecord, MessageRecord, Owed, PieceRecord,
};
use crate::storage::{Durable, delete, put, put_portion};
use crate::{Change, Direction, MessageState, Notice, Write};

impl Engine {
    /// Has everybody a key that may be used?
    pub(crate) fn sealable(&mut self, recipients: &[Guid]) -> Result<(), String> {
        let missing = recipients.iter().filter(|guid| self.roster.trusted_key(**guid).is_none());
        let Some(person) = missing.clone().next() else { return Ok(()) };
        let known = self.roster.get(*person);
        let name = known.map(|known| known.display.clone()).unwrap_or_default();
        Err(if known.is_some_and(|known| known.offered.is_some()) {
            format!("the key of {name} has changed: compare the safety number, then trust it")
        } else {
            format!("{name} has not taken up the invitation yet")
        })
    }

    /// The body of `send` for a piece: every wrap that is needed.
    fn seal_send(
        &mut self,
        piece: &PieceRecord,
        draft: &DraftRecord,
        mode: Mode,
        files: &[FileRecord],
    ) -> Result<Send, String> {
        self.sealable(&draft.recipients)?;
        let private = self.private.clone().ok_or("log in first")?;
        let sender = self.own_guid();
        let content = ContentKey::from_bytes(piece.key);
        let mut keys = vec![(sender, private.public())];
        let trusted = |guid: &Guid| Some((*guid, self.roster.trusted_key(*guid)?));
        keys.extend(draft.recipients.iter().filter_map(trusted));
        let mut wrapped = Vec::with_capacity(keys.len());
        for (person, key) in &keys {
            let context = wrap_context(piece.id, sender, *person);
            let key: &PublicKey = key;
            let sealed = wrap(&content, &private, key, &context, &mut self.desk.rng)
                .map_err(|error| error.to_string())?;
            wrapped.push(Recipient { person: *person, wrapped: sealed.to_bytes().to_vec() });
        }
        let own = wrapped.remove(0).wrapped;
        let seal = MetaSeal::new(&content, voice_id(piece.id), account_id(sender));
        let attachments = (1u16..).zip(files).map(|(slot, file)| {
            let about = minicbor::to_vec(file).expect("writing to a vector cannot fail");
            Sealed(seal.seal(slot, &about, &mut self.desk.rng))
        });
        Ok(Send {
            message: piece.id,
            mode,
            format: Format::SPEECH.to_bytes().to_vec(),
            attachments: attachments.collect(),
            recipients: wrapped,
            own,
            created: piece.created,
            reply_to: draft.reply_to,
        })
    }

    fn sent_record(&self, send: &Send, piece: &PieceRecord, draft: &DraftRecord) -> MessageRecord {
        let account = self.account.as_ref();
        let delivery =
            |person: &Guid| DeliveryRecord { person: *person, delivered: None, played: None };
        MessageRecord {
            id: piece.id,
            direction: Direction::Sent,
            state: MessageState::Sending,
            sender: self.own_guid(),
            sender_display: account.map(|account| account.display.clone()).unwrap_or_default(),
            recipients: draft.recipients.clone(),
            mode: send.mode,
            priority: draft.priority,
            created: piece.created,
            order: piece.created,
            duration_ms: 0,
            waveform: Vec::new(),
            files: Vec::new(),
            deliveries: draft.recipients.iter().map(delivery).collect(),
            reply_to: draft.reply_to,
            sealed: draft.recipients.iter().all(|person| self.roster.is_sealed(*person)),
            key: piece.key,
            format: send.format.clone(),
            owed: Owed::default(),
            hidden: false,
            awaits_key: false,
            ends: vec![None],
        }
    }

    /// Opens a live message for the draft: it is a message from here on.
    pub(crate) fn open_live(&mut self, now: Moment) -> Result<(), String> {
        let Some(draft) = &self.draft else { return Ok(()) };
        let (record, said) = (draft.record.clone(), draft.said.clone());
        let piece = &record.piece;
        let send = self.seal_send(piece, &record, Mode::Live, &[])?;
        let message = self.sent_record(&send, piece, &record);
        let body = Bytes::from(minicbor::to_vec(&send).expect("writing to a vector cannot fail"));
        self.desk.write(vec![
            put(RecordKey::Message(piece.id), &message),
            Write::Put(RecordKey::Send(piece.id).bytes(), body.clone()),
            put(RecordKey::Draft, &record),
            put(RecordKey::DraftProgress, &said),
        ]);
        self.messages.insert(piece.id, message);
        self.outbox.insert(piece.id, Outgoing::new(body, 1, true));
        self.desk.changed(Change::Messages);
        self.pump_outbox(now);
        Ok(())
    }

    /// The live message of the draft ends here.
    pub(crate) fn end_live(&mut self, now: Moment) {
        let Some(draft) = &self.draft else { return };
        let (piece, said) = (draft.record.piece.id, draft.said.clone());
        self.close_speech(piece, &said, now);
    }

    /// Closes the speech of a message with a last portion, which may be empty.
    pub(crate) fn close_speech(&mut self, message: MessageId, said: &DraftProgress, now: Moment) {
        let sender = self.own_guid();
        let Some(record) = self.messages.get_mut(&message) else { return };
        let Some(sealed) = last_portion(record.id, &record.key, sender, said.next) else { return };
        record.ends = vec![Some(said.next + 1)];
        record.duration_ms = said.duration_ms;
        record.waveform = said.peaks.finished();
        let writes = vec![
            put_portion(message, SPEECH, said.next, true, &sealed),
            put(RecordKey::Message(message), record),
        ];
        self.desk.write_then(writes, Durable::Dispatched(message));
        let portion = SealedPortion { seq: said.next, last: true, bytes: sealed };
        self.send_live(message, &[portion], now);
        self.outbox.ended(message);
        self.desk.changed(Change::Messages);
        self.pump_outbox(now);
    }

    /// Sends the draft, if that was asked for and all of it is there.
    pub(crate) fn send_if_ready(&mut self) {
        let wanted = |draft: &Draft| draft.send_wanted && matches!(draft.phase, Phase::Ready);
        if !self.draft.as_ref().is_some_and(wanted) || self.settle_files() {
            return;
        }
        let Some(draft) = &self.draft else { return };
        let (record, said) = (draft.record.clone(), draft.said.clone());
        let mut messages = Vec::new();
        for earlier in &record.earlier {
            messages.push(self.dispatched(&earlier.piece, &earlier.said, &record, &[]));
        }
        let files: Vec<_> = record
            .files
            .iter()
            .map(|file| (file.about.clone(), file.portions.unwrap_or_default()))
            .collect();
        messages.push(self.dispatched(&record.piece, &said, &record, &files));
        match messages.into_iter().collect::<Result<Vec<_>, String>>() {
            Ok(messages) => self.dispatch(messages),
            Err(why) => {
                if let Some(draft) = &mut self.draft {
                    draft.send_wanted = false;
                }
                self.desk.refuse(why);
            }
        }
        self.desk.changed(Change::Draft);
    }

    /// A piece as a message, with its last portion.
    fn dispatched(
        &mut self,
        piece: &PieceRecord,
        said: &DraftProgress,
        draft: &DraftRecord,
        files: &[(FileRecord, u32)],
    ) -> Result<(MessageRecord, Bytes, Write), String> {
        let about: Vec<FileRecord> = files.iter().map(|(about, _)| about.clone()).collect();
        let send = self.seal_send(piece, draft, Mode::Record, &about)?;
        let mut record = self.sent_record(&send, piece, draft);
        record.files = about;
        record.duration_ms = said.duration_ms;
        record.waveform = said.peaks.finished();
        let ends = files.iter().map(|(_, portions)| Some(*portions));
        record.ends = [Some(said.next + 1)].into_iter().chain(ends).collect();
        let sealed = last_portion(piece.id, &piece.key, self.own_guid(), said.next)
            .ok_or("the message is too long")?;
        let last = put_portion(piece.id, SPEECH, said.next, true, &sealed);
        let body = Bytes::from(minicbor::to_vec(&send).expect("writing to a vector cannot fail"));
        Ok((record, body, last))
    }

    /// The draft turns into messages, all at once.
    fn dispatch(&mut self, messages: Vec<(MessageRecord, Bytes, Write)>) {
        let mut writes = vec![delete(RecordKey::Draft)];
        let mut ids = Vec::new();
        for (record, body, last) in messages {
            let id = record.id;
            writes.push(last);
            writes.push(put(RecordKey::Message(id), &record));
            writes.push(Write::Put(RecordKey::Send(id).bytes(), body.clone()));
            self.outbox.insert(id, Outgoing::new(body, record.ends.len(), false));
            self.messages.insert(id, record);
            ids.push(id);
        }
        self.desk.write(writes);
        for id in ids {
            self.desk.write_then(Vec::new(), Durable::Dispatched(id));
        }
        self.draft = None;
        self.files = Default::default();
        self.stop_playing();
        self.desk.changed(Change::Messages);
    }

    /// The server will never get a message whole: it is told, and so is the person.
    pub(crate) fn fail_message(&mut self, message: MessageId, reason: String) {
        self.outbox.remove(message);
        if let Some(record) = self.messages.get_mut(&message) {
            record.state = MessageState::Failed;
            let writes =
                vec![put(RecordKey::Message(message), record), delete(RecordKey::Send(message))];
            self.desk.write(writes);
            self.desk.notice(Notice::SendFailed { message, reason });
            self.desk.changed(Change::Messages);
        }
    }
}

/// The portion that closes a stream of speech; it holds no sound.
fn last_portion(id: MessageId, key: &[u8; 32], sender: Guid, sequence: u32) -> Option<Vec<u8>> {
    let context = StreamContext::audio(voice_id(id), account_id(sender), &Format::SPEECH);
    let empty = voice::frames::write(&Format::SPEECH, &[]).ok()?;
    let mut sealer = PortionSealer::new(&ContentKey::from_bytes(*key), &context);
    sealer.seal(sequence, true, &empty).ok()
}

/// What a wrap is bound to.
pub(crate) fn wrap_context(message: MessageId, sender: Guid, recipient: Guid) -> WrapContext {
    WrapContext {
        message: voice_id(message),
        sender: account_id(sender),
        recipient: account_id(recipient),
    }
}

/// A message's id as the seal knows it.
pub(crate) fn voice_id(message: MessageId) -> ids::MessageId {
    ids::MessageId(*message.bytes())
}

/// An account as the seal knows it.
pub(crate) fn account_id(guid: Guid) -> ids::AccountId {
    ids::AccountId(*guid.bytes())
}
