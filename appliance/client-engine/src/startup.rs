//! The start: the small records are read page by page, then the link is made.

use bytes::Bytes;
use machine::Moment;
use message::MessageId;

use crate::engine::Engine;
use crate::login::Stage;
use crate::paths::{self, RecordKey};
use crate::records::{
    AccountRecord, DraftProgress, DraftRecord, MessageRecord, PartialRecord, PersonRecord,
};
use crate::storage::Reader;
use crate::{Change, Notice};

/// Bytes read from the storage at once.
const PAGE: usize = 256 << 10;

/// What can only be put in its place when everything is read.
#[derive(Default)]
pub(crate) struct Startup {
    draft: Option<DraftRecord>,
    said: Option<DraftProgress>,
    partials: Vec<(MessageId, PartialRecord)>,
    sends: Vec<(MessageId, Bytes)>,
}

impl Engine {
    /// Asks for the records behind `after`.
    pub(crate) fn read_records(&mut self, after: Option<Vec<u8>>) {
        self.desk.read(Reader::Start, paths::RECORDS.to_vec(), after, PAGE);
    }

    /// A page of records.
    pub(crate) fn on_records(&mut self, records: Vec<(Vec<u8>, Bytes)>, more: bool, now: Moment) {
        let last = records.last().map(|(key, _)| key.clone());
        for (key, value) in records {
            if let Some(key) = RecordKey::parse(&key) {
                self.restore(key, value);
            }
        }
        match last {
            Some(last) if more => self.read_records(Some(last)),
            Some(_) | None => self.started(now),
        }
    }

    /// A record that cannot be read is of a later version, or damaged: it is left where it is.
    fn restore(&mut self, key: RecordKey, value: Bytes) {
        match key {
            RecordKey::Account => {
                if let Ok(account) = minicbor::decode::<AccountRecord>(&value) {
                    self.parameters = account.parameters.clamped();
                    let private = voice::seal::keys::PrivateKey::from_bytes(&account.private_key);
                    self.private = Some(private);
                    self.account = Some(account);
                }
            }
            RecordKey::Draft => self.startup.draft = minicbor::decode(&value).ok(),
            RecordKey::DraftProgress => self.startup.said = minicbor::decode(&value).ok(),
            RecordKey::Message(id) => {
                if let Ok(record) = minicbor::decode::<MessageRecord>(&value)
                    && record.id == id
                {
                    self.messages.insert(id, record);
                }
            }
            RecordKey::Partial(id) => {
                if let Ok(partial) = minicbor::decode(&value) {
                    self.startup.partials.push((id, partial));
                }
            }
            RecordKey::Person(_) => {
                if let Ok(person) = minicbor::decode::<PersonRecord>(&value) {
                    self.roster.restore(person);
                }
            }
            RecordKey::Send(id) => self.startup.sends.push((id, value)),
        }
    }

    fn started(&mut self, now: Moment) {
        let Startup { draft, said, partials, sends } = std::mem::take(&mut self.startup);
        for (id, partial) in partials {
            self.restore_arriving(id, partial);
        }
        for (id, send) in sends {
            self.restore_outgoing(id, send);
        }
        if let Some(draft) = draft {
            self.restore_draft(draft, said.unwrap_or_default());
        }
        self.ready = true;
        self.session.stage = Stage::Quiet;
        let known = self.account.as_ref().is_some_and(|account| account.token.is_some());
        self.desk.notice(Notice::Ready { known });
        for change in [Change::Session, Change::People, Change::Messages] {
            self.desk.changed(change);
        }
        self.connect();
        for command in std::mem::take(&mut self.early) {
            self.on_command(command, now);
        }
    }
}
