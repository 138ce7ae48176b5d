//! Speaking with one's own telephone instead of a microphone (rows 44-50): it is rung, its speech
//! comes as a live message from it, and becomes a message of the person's own here.
//!
//! ```text
//! talk -> ring ----> envelope -> portions ... last one -> stop, send
//!            \--> refused, not lifted: no draft
//! ```
//!
//! What comes from the telephone is shown nowhere and deleted as soon as it is whole.

use machine::Moment;
use message::people::{PhoneCommand, Ring, Status};
use message::speech::{Portion, SPEECH};
use message::{Guid, MessageId, Object};

use crate::composer::Phase;
use crate::engine::Engine;
use crate::player::Tune;
use crate::records::MessageRecord;
use crate::session::Request;

/// A telephone that is the microphone.
pub(crate) struct Dictation {
    station: Guid,
    draft: MessageId,
    /// What comes from it, once it was lifted.
    tune: Option<(MessageId, Tune)>,
}

impl Engine {
    /// Is it this person's own telephone, and there?
    pub(crate) fn check_station(&self, station: Guid) -> Result<(), String> {
        let own = self.own_guid();
        let known = self.roster.get(station);
        if known.is_none_or(|known| known.owner != Some(own) || known.sealed) {
            return Err("this is no telephone of yours".to_owned());
        }
        if !self.session.checked_in || self.roster.status(station) == Status::Offline {
            return Err("your telephone cannot be reached now".to_owned());
        }
        Ok(())
    }

    /// Rings it.
    pub(crate) fn ring_station(&mut self, station: Guid, draft: MessageId, now: Moment) {
        self.dictation = Some(Dictation { station, draft, tune: None });
        self.say_to_station(station, Ring::Start, draft, now);
    }

    fn say_to_station(&mut self, station: Guid, ring: Ring, draft: MessageId, now: Moment) {
        let request = match ring {
            Ring::Start => Request::Telephone(draft),
            // Where it is gone already nothing is to be stopped.
            Ring::Stop => Request::Courtesy,
        };
        self.command_phone(station, PhoneCommand { ring, draft: Some(draft) }, request, now);
    }

    /// Commands a telephone, or tells its owner.
    pub(crate) fn command_phone(
        &mut self,
        to: Guid,
        command: PhoneCommand,
        request: Request,
        now: Moment,
    ) {
        let id = self.desk.object_id(now);
        let object = Object::of(id, &command).addressed(Guid::BLANK, to);
        self.ask_object(object, request);
    }

    /// The person has enough of it: it stops ringing, or its call ends.
    pub(crate) fn dismiss_station(&mut self, now: Moment) {
        if let Some(Dictation { station, draft, .. }) = self.dictation.take() {
            self.say_to_station(station, Ring::Stop, draft, now);
        }
    }

    /// Is it lifted?
    pub(crate) fn is_station_ringing(&self) -> bool {
        self.dictation.as_ref().is_some_and(|dictation| dictation.tune.is_none())
    }

    /// The server or the telephone says that it cannot be spoken with.
    pub(crate) fn station_away(&mut self, draft: MessageId, why: &str, now: Moment) {
        if self.dictation.as_ref().is_none_or(|dictation| dictation.draft != draft) {
            return;
        }
        self.dictation = None;
        self.desk.refuse(why);
        self.leave_take(now);
    }

    /// What was said stays as a draft, or is sent where it was live; where nothing was said there is
    /// neither.
    fn leave_take(&mut self, now: Moment) {
        let Some(draft) = &self.draft else { return };
        let Phase::Speaking(take) = &draft.phase else { return };
        if take.duration_ms() == 0 && draft.record.files.is_empty() {
            self.discard(now);
        } else {
            self.stop_talking(now);
        }
    }

    /// A message that comes is the speech of a telephone of this person's, for a draft here or on
    /// another device: nothing to show.
    pub(crate) fn is_dictated(&self, record: &MessageRecord) -> bool {
        let Some(draft) = record.reply_to else { return false };
        let sender = self.roster.get(record.sender);
        let is_own =
            sender.is_some_and(|sender| !sender.sealed && sender.owner == Some(self.own_guid()));
        // A telephone that answers a message to it does so to a message that it has got.
        let answered = self.messages.get(&draft);
        is_own && answered.is_none_or(|answered| !answered.recipients.contains(&record.sender))
    }

    /// The telephone was lifted.
    pub(crate) fn begin_dictation(&mut self, record: &MessageRecord) {
        if let Some(dictation) = &mut self.dictation
            && record.reply_to == Some(dictation.draft)
            && record.sender == dictation.station
            && dictation.tune.is_none()
        {
            dictation.tune = Tune::of_record(record).map(|tune| (record.id, tune));
            self.desk.changed(crate::Change::Draft);
        }
    }

    /// More of what is said into it.
    pub(crate) fn dictate(&mut self, portion: &Portion<'_>, now: Moment) {
        let Some(Dictation { tune: Some((message, tune)), .. }) = &mut self.dictation else {
            return;
        };
        if *message != portion.message || portion.stream != SPEECH {
            return;
        }
        let samples = tune.decode(portion.sequence, portion.last, portion.data);
        self.on_samples(samples, now);
        if portion.last {
            self.station_hung_up(now);
        }
    }

    /// It was put back: that sends (row 49).
    fn station_hung_up(&mut self, now: Moment) {
        self.dictation = None;
        self.stop_talking(now);
        if self.draft.as_ref().is_some_and(|draft| !draft.send_wanted) {
            self.send(now);
        }
    }

    /// It is gone in the middle: what was said stays as a draft.
    pub(crate) fn dictation_cut(&mut self, message: MessageId, now: Moment) {
        let tune = self.dictation.as_ref().and_then(|dictation| dictation.tune.as_ref());
        if tune.is_some_and(|(of, _)| *of == message) {
            self.dictation = None;
            self.leave_take(now);
        }
    }
}
