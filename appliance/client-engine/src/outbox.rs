//! Messages on their way to the server: opened, sent portion by portion, acknowledged.
//!
//! ```text
//! waiting (for progress, after check-in) -> unopened -> going -> stored
//!                              \---------- known -----^
//! ```
//!
//! Portions come from the storage, at most [`WINDOW`] bytes ahead of what the server has on disk;
//! live ones go out as they are made, as long as nothing before them is missing.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use machine::{Moment, Span};
use message::speech::{
    Cancel, Fate, Portion, Progress, SPEECH, Send as SendBody, Sending as SendingBody,
};
use message::{ErrorCode, MessageId, Object, Priority, Refusal};
use voice::pipeline::SealedPortion;

use crate::engine::{Engine, Timer};
use crate::paths::{self, RecordKey};
use crate::records::DraftProgress;
use crate::session::Request;
use crate::storage::{Durable, Reader, StoredPortion, delete, put};
use crate::{Change, MessageState, Notice};

/// Bytes that may be on their way before the server says that they are on disk.
const WINDOW: usize = 1 << 20;
/// The same for a message of which the server has not yet said what becomes of it.
const EARLY_WINDOW: usize = 256 << 10;
/// Messages that are open at the server at the same time; it takes 64 of a person.
const MOST_OPEN: usize = 16;
/// Bytes read from the storage at once.
const PAGE: usize = 256 << 10;
/// After so long without progress the link is taken for dead.
const STALLED: Span = Span::from_secs(30);
/// After a refusal that will pass, a message is tried again.
const TRY_AGAIN: Span = Span::from_secs(30);

/// How far the server knows a message, on this link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// It was asked at check-in.
    Asked,
    /// Not at all.
    No,
    /// It was opened.
    Yes,
    /// It was refused for now.
    Later,
}

#[derive(Clone, Copy, Debug, Default)]
struct Lane {
    /// The next portion to send.
    next: u32,
    /// The next portion that the server lacks.
    reached: u32,
}

/// A message that the server does not have whole.
pub(crate) struct Outgoing {
    send: Bytes,
    known: Known,
    /// Has the server said what becomes of it?
    answered: bool,
    lanes: Vec<Lane>,
    flying: VecDeque<(usize, u32, usize)>,
    reading: bool,
    /// More was written while a page was being read.
    again: bool,
    /// Is all that opens it on disk? Only then may the server hear of it, because a second
    /// opening would not be the same.
    durable: bool,
    /// Live, and spoken at this moment.
    speaking: bool,
    /// Live, and cut by a crash: what was said.
    cut: Option<DraftProgress>,
    /// Portions of the speech that exist, while it is spoken.
    made: u32,
}

impl Outgoing {
    /// A message with so many streams, of which the server knows nothing.
    pub(crate) fn new(send: Bytes, streams: usize, live: bool) -> Self {
        Self {
            send,
            known: Known::No,
            answered: false,
            lanes: vec![Lane::default(); streams.max(1)],
            flying: VecDeque::new(),
            reading: false,
            again: false,
            durable: live,
            speaking: live,
            cut: None,
            made: 0,
        }
    }

    fn flying_bytes(&self) -> usize {
        self.flying.iter().map(|(_, _, bytes)| bytes).sum()
    }
}

/// All of them, oldest first.
#[derive(Default)]
pub(crate) struct Outbox {
    going: BTreeMap<MessageId, Outgoing>,
}

impl Outbox {
    /// One more.
    pub(crate) fn insert(&mut self, message: MessageId, outgoing: Outgoing) {
        self.going.insert(message, outgoing);
    }

    /// One less.
    pub(crate) fn remove(&mut self, message: MessageId) -> bool {
        self.going.remove(&message).is_some()
    }

    /// Which are on their way.
    pub(crate) fn check_in(&mut self) -> Vec<MessageId> {
        let durable = self.going.iter_mut().filter(|(_, outgoing)| outgoing.durable);
        let asked = durable.map(|(message, outgoing)| {
            outgoing.known = Known::Asked;
            *message
        });
        asked.collect()
    }

    /// Whatever the server has not spoken of, it does not know.
    pub(crate) fn checked_in(&mut self) {
        for outgoing in self.going.values_mut().filter(|going| going.known == Known::Asked) {
            outgoing.known = Known::No;
        }
    }

    /// What was on its way may be lost.
    pub(crate) fn link_lost(&mut self) {
        for outgoing in self.going.values_mut() {
            outgoing.known = Known::Asked;
            outgoing.flying.clear();
        }
    }

    /// The speech of a live message has ended with portion `last`.
    pub(crate) fn ended(&mut self, message: MessageId) {
        if let Some(outgoing) = self.going.get_mut(&message) {
            outgoing.speaking = false;
            outgoing.cut = None;
        }
    }

    /// What opens a message is on disk.
    fn on_disk(&mut self, message: MessageId) {
        if let Some(outgoing) = self.going.get_mut(&message) {
            outgoing.durable = true;
        }
    }

    /// A crash has cut a live message.
    pub(crate) fn cut_off(&mut self, message: MessageId, said: DraftProgress) {
        if let Some(outgoing) = self.going.get_mut(&message) {
            outgoing.cut = Some(said);
        }
    }

    fn open(&self) -> usize {
        self.going.values().filter(|outgoing| outgoing.known == Known::Yes).count()
    }

    fn flying_bytes(&self) -> usize {
        self.going.values().map(Outgoing::flying_bytes).sum()
    }
}

impl Engine {
    /// Portions of a live message that were just made: out at once, if nothing before them is
    /// missing; else from the storage, in their turn.
    pub(crate) fn send_live(
        &mut self,
        message: MessageId,
        portions: &[SealedPortion],
        now: Moment,
    ) {
        let ready = self.session.checked_in;
        let priority = self.priority_of(message).max(Priority::High);
        for portion in portions {
            let Some(outgoing) = self.outbox.going.get_mut(&message) else { return };
            outgoing.made = portion.seq + 1;
            let lane = &mut outgoing.lanes[0];
            if ready && outgoing.known == Known::Yes && lane.next == portion.seq {
                lane.next += 1;
                outgoing.flying.push_back((0, portion.seq, portion.bytes.len()));
                let SealedPortion { seq: sequence, last, ref bytes } = *portion;
                let body = Portion { message, stream: SPEECH, sequence, last, data: bytes };
                self.send_portion(&body, priority, now);
            }
        }
    }

    fn send_portion(&mut self, portion: &Portion<'_>, priority: Priority, now: Moment) {
        let object = Object::of(self.desk.object_id(now), portion).with_priority(priority);
        self.transmit(object);
        self.timers.set(Timer::Stalled, now + STALLED);
    }

    fn priority_of(&self, message: MessageId) -> Priority {
        let record = self.messages.get(&message);
        record.and_then(|record| Priority::from_number(record.priority).ok()).unwrap_or_default()
    }

    /// Sends what can be sent: urgent messages first, then the oldest.
    pub(crate) fn pump_outbox(&mut self, now: Moment) {
        if !self.session.checked_in {
            return;
        }
        let mut order: Vec<_> =
            self.outbox.going.keys().map(|id| (self.priority_of(*id), *id)).collect();
        order.sort_by_key(|(priority, id)| (std::cmp::Reverse(*priority), *id));
        for (_, message) in order {
            self.pump_message(message, now);
        }
    }

    fn pump_message(&mut self, message: MessageId, now: Moment) {
        let Some(outgoing) = self.outbox.going.get(&message) else { return };
        if !outgoing.durable {
            return;
        }
        match outgoing.known {
            Known::Asked | Known::Later => return,
            Known::No if self.outbox.open() >= MOST_OPEN && !outgoing.speaking => return,
            Known::No => self.open_message(message, now),
            Known::Yes => {}
        }
        self.close_cut(message, now);
        let free = self.outbox.flying_bytes() < WINDOW;
        let ends = self.messages.get(&message).map(|record| record.ends.clone());
        let Some(outgoing) = self.outbox.going.get_mut(&message) else { return };
        let early = !outgoing.answered && outgoing.flying_bytes() >= EARLY_WINDOW;
        if outgoing.reading || !free || early {
            return;
        }
        let ends = ends.unwrap_or_default();
        let behind = outgoing.lanes.iter().enumerate().find(|(index, lane)| {
            let made = if *index == 0 { Some(outgoing.made) } else { None };
            let end = ends.get(*index).copied().flatten().or(made).unwrap_or_default();
            lane.next < end
        });
        let Some((index, lane)) = behind else { return };
        let stream = u16::try_from(index).unwrap_or(u16::MAX);
        let after = paths::before_portion(message, stream, lane.next);
        outgoing.reading = true;
        let prefix = paths::stream_portions(message, stream);
        self.desk.read(Reader::Outbox(message), prefix, after, PAGE);
    }

    fn open_message(&mut self, message: MessageId, now: Moment) {
        let Some(outgoing) = self.outbox.going.get_mut(&message) else { return };
        let body: SendBody = match minicbor::decode(&outgoing.send) {
            Ok(body) => body,
            Err(_) => return self.fail_message(message, "its record is damaged".to_owned()),
        };
        outgoing.known = Known::Yes;
        outgoing.answered = false;
        for lane in &mut outgoing.lanes {
            *lane = Lane::default();
        }
        let priority = self.priority_of(message);
        let object = Object::of(self.desk.object_id(now), &body).with_priority(priority);
        self.ask_object(object, Request::Send(message));
    }

    /// A live message that a crash has cut is closed behind whatever the server has of it: a
    /// number that it has seen is never sealed again.
    fn close_cut(&mut self, message: MessageId, now: Moment) {
        let Some(outgoing) = self.outbox.going.get_mut(&message) else { return };
        if let Some(mut said) = outgoing.cut.take() {
            said.next = said.next.max(outgoing.lanes[0].reached);
            self.close_speech(message, &said, now);
        }
    }

    /// A page of portions to send.
    pub(crate) fn on_outbox_page(
        &mut self,
        message: MessageId,
        records: &[(Vec<u8>, Bytes)],
        now: Moment,
    ) {
        let priority = self.priority_of(message);
        let mut sent = false;
        for (key, value) in records {
            let Some(outgoing) = self.outbox.going.get_mut(&message) else { return };
            outgoing.reading = false;
            let stream = paths::stream_of(key);
            let Some(lane) = outgoing.lanes.get_mut(usize::from(stream)) else { continue };
            let Some(portion) = StoredPortion::parse(key, value) else { continue };
            if outgoing.known != Known::Yes || portion.sequence != lane.next {
                continue;
            }
            lane.next += 1;
            sent = true;
            let flying = (usize::from(stream), portion.sequence, portion.sealed.len());
            outgoing.flying.push_back(flying);
            let StoredPortion { sequence, last, ref sealed } = portion;
            let body = Portion { message, stream, sequence, last, data: sealed };
            self.send_portion(&body, priority, now);
        }
        let Some(outgoing) = self.outbox.going.get_mut(&message) else { return };
        outgoing.reading = false;
        if sent || std::mem::take(&mut outgoing.again) {
            self.pump_outbox(now);
        }
    }

    /// More of a message is on disk.
    pub(crate) fn on_outgoing_durable(&mut self, message: MessageId, opened: bool, now: Moment) {
        if opened {
            self.outbox.on_disk(message);
        }
        if let Some(outgoing) = self.outbox.going.get_mut(&message) {
            outgoing.again = outgoing.reading;
            self.pump_outbox(now);
        }
    }

    /// The server says what becomes of a message.
    pub(crate) fn on_sending(
        &mut self,
        message: MessageId,
        object: &Object,
        refusal: Option<Refusal>,
        now: Moment,
    ) {
        if let Some(refusal) = refusal {
            return self.on_send_refused(message, &refusal, now);
        }
        let Ok(body) = object.read::<SendingBody>() else { return };
        if let Some(outgoing) = self.outbox.going.get_mut(&message) {
            outgoing.answered = true;
        }
        let lost = |fate: &Fate| match fate {
            Fate::Unknown => Some("the server does not know"),
            Fate::Full => Some("there is no more room for"),
            Fate::Live | Fate::Stored => None,
        };
        let mut fates = body.fates.iter().map(|entry| (entry.person, lost(&entry.fate)));
        let all_lost = !body.fates.is_empty() && fates.clone().all(|(_, lost)| lost.is_some());
        let first = fates.find_map(|(person, lost)| Some((person, lost?)));
        self.pump_outbox(now);
        let Some((person, why)) = first else { return };
        let name = self.roster.get(person).map(|known| known.display.clone()).unwrap_or_default();
        let reason = format!("{why} {name}");
        if all_lost {
            self.fail_message(message, reason);
        } else {
            self.desk.notice(Notice::SendFailed { message, reason });
        }
    }

    fn on_send_refused(&mut self, message: MessageId, refusal: &Refusal, now: Moment) {
        let passing = matches!(
            refusal.code,
            ErrorCode::DiskFull
                | ErrorCode::RateLimited
                | ErrorCode::GoingDown
                | ErrorCode::Internal
                | ErrorCode::TooMany
        );
        if passing {
            if let Some(outgoing) = self.outbox.going.get_mut(&message) {
                outgoing.known = Known::Later;
                outgoing.flying.clear();
            }
            self.timers.set(Timer::SendAgain, now + TRY_AGAIN);
        } else {
            self.fail_message(message, refusal.text.clone());
        }
    }

    /// What was refused for now may be tried again.
    pub(crate) fn on_send_again(&mut self, now: Moment) {
        let later = |going: &&mut Outgoing| going.known == Known::Later;
        for outgoing in self.outbox.going.values_mut().filter(later) {
            outgoing.known = Known::No;
        }
        self.pump_outbox(now);
    }

    /// The server says what of a message it has on disk.
    pub(crate) fn on_progress(&mut self, object: &Object, now: Moment) {
        let Ok(progress) = object.read::<Progress>() else { return };
        let message = progress.message;
        let Some(outgoing) = self.outbox.going.get_mut(&message) else { return };
        if progress.stored {
            return self.on_message_stored(message, now);
        }
        if !progress.known {
            outgoing.known = Known::No;
            return self.pump_outbox(now);
        }
        let fresh = outgoing.known == Known::Asked;
        if fresh {
            outgoing.known = Known::Yes;
        }
        outgoing.answered = true;
        for reached in &progress.streams {
            let Some(lane) = outgoing.lanes.get_mut(usize::from(reached.stream)) else { continue };
            lane.reached = lane.reached.max(reached.next);
            lane.next = if fresh { reached.next } else { lane.next.max(reached.next) };
        }
        let lanes = &outgoing.lanes;
        outgoing.flying.retain(|(lane, sequence, _)| lanes[*lane].reached <= *sequence);
        self.timers.set(Timer::Stalled, now + STALLED);
        self.desk.changed(Change::Messages);
        self.pump_outbox(now);
    }

    fn on_message_stored(&mut self, message: MessageId, now: Moment) {
        if self.outbox.going.get(&message).is_some_and(|outgoing| outgoing.speaking) {
            return;
        }
        self.outbox.remove(message);
        if let Some(record) = self.messages.get_mut(&message) {
            record.state = MessageState::Sent;
            let writes =
                vec![put(RecordKey::Message(message), record), delete(RecordKey::Send(message))];
            self.desk.write_then(writes, Durable::Sent(message));
            self.desk.changed(Change::Messages);
        }
        self.pump_outbox(now);
    }

    /// Nothing moved for long: a fresh link and its check-in set things right.
    pub(crate) fn on_stalled(&mut self, now: Moment) {
        if self.outbox.going.values().any(|going| !going.speaking && !going.flying.is_empty()) {
            self.disconnect(now);
        }
    }

    /// Gives up on a message that is still being sent.
    pub(crate) fn give_up(&mut self, message: MessageId, now: Moment) {
        if !self.outbox.going.contains_key(&message) {
            return self.desk.refuse("the message is not being sent");
        }
        self.cancel_at_server(message, now);
        self.fail_message(message, "given up".to_owned());
    }

    /// Tells the server that it will never get the rest.
    pub(crate) fn cancel_at_server(&mut self, message: MessageId, now: Moment) {
        if self.session.checked_in {
            self.ask(&Cancel { message }, Request::Plain("cancel"), now);
        }
    }

    /// Bytes of a stream that the server has, as a share of its portions.
    pub(crate) fn share_sent(&self, message: MessageId, stream: usize, size: u64) -> Option<u64> {
        let lane = self.outbox.going.get(&message)?.lanes.get(stream)?;
        let end = self.messages.get(&message)?.ends.get(stream).copied().flatten()?;
        Some(size * u64::from(lane.reached.min(end)) / u64::from(end.max(1)))
    }

    /// A message of an earlier run that was not sent whole.
    pub(crate) fn restore_outgoing(&mut self, message: MessageId, send: Bytes) {
        if let Some(record) = self.messages.get(&message)
            && record.state == MessageState::Sending
        {
            let mut outgoing = Outgoing::new(send, record.ends.len(), false);
            outgoing.known = Known::Asked;
            outgoing.durable = true;
            let spoken = record.ends.first() == Some(&None);
            self.outbox.insert(message, outgoing);
            if spoken {
                self.rescue(message);
            }
        }
    }
}
