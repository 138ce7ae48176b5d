//! Messages that another process of this device has sent, and put into the storage beside this one:
//! they are read, and the server is asked what has become of them meanwhile.

use bytes::Bytes;
use machine::Moment;
use message::MessageId;
use message::speech::CheckIn;

use crate::engine::Engine;
use crate::login::Stage;
use crate::paths::{self, RecordKey};
use crate::records::MessageRecord;
use crate::session::{CHECK_IN, Request};
use crate::storage::Reader;
use crate::{Change, Direction, MessageState};

/// Bytes read from the storage at once.
const PAGE: usize = 256 << 10;

impl Engine {
    /// Looks for them behind a key.
    pub(crate) fn adopt(&mut self, after: Option<Vec<u8>>) {
        self.desk.read(Reader::Adopt, paths::MESSAGE.to_vec(), after, PAGE);
    }

    /// A page of messages.
    pub(crate) fn on_adopted(&mut self, records: Vec<(Vec<u8>, Bytes)>, more: bool, now: Moment) {
        let last = records.last().map(|(key, _)| key.clone());
        let mut news: Vec<MessageId> = Vec::new();
        for (key, value) in records {
            let Some(RecordKey::Message(id)) = RecordKey::parse(&key) else { continue };
            let Ok(record) = minicbor::decode::<MessageRecord>(&value) else { continue };
            let is_sent = record.direction == Direction::Sent && record.state == MessageState::Sent;
            // What is being written by this process is newer here than there.
            if record.id == id && is_sent && !self.messages.contains_key(&id) {
                self.messages.insert(id, record);
                news.push(id);
            }
        }
        if !news.is_empty() {
            self.desk.changed(Change::Messages);
        }
        if matches!(self.session.stage, Stage::Open) {
            for watching in news.chunks(CHECK_IN) {
                let watching = watching.to_vec();
                let check_in = CheckIn { sending: Vec::new(), receiving: Vec::new(), watching };
                self.ask(&check_in, Request::Plain("check-in"), now);
            }
        }
        if let Some(last) = last.filter(|_| more) {
            self.adopt(Some(last));
        }
    }
}
