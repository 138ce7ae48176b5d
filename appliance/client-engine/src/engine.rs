//! The engine itself: takes each input to the part that it concerns.

use std::collections::BTreeMap;

use machine::{Machine, Moment, Span, Timers};
use message::MessageId;
use message::people::{Parameters, PhoneCommand};
use voice::seal::keys::PrivateKey;

use crate::composer::Draft;
use crate::desk::Desk;
use crate::dictation::Dictation;
use crate::enrol::Errand;
use crate::files::Files;
use crate::inbox::Inbox;
use crate::outbox::Outbox;
use crate::player::Player;
use crate::records::{AccountRecord, MessageRecord};
use crate::rescue::Rescue;
use crate::roster::Roster;
use crate::session::{Request, Session};
use crate::sinks::Sinks;
use crate::startup::Startup;
use crate::storage::{Durable, Reader};
use crate::{Command, Input, Notice, Output};

/// A storage that failed is tried again after so long.
const STORE_AGAIN: Span = Span::from_secs(2);
/// Commands that may wait until the storage is read.
const MOST_EARLY: usize = 64;

/// What an engine has to know before it starts.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Name and version of the client program, as the server shall see it.
    pub software: String,
    /// The wall clock at `now`, unix milliseconds.
    pub unix_millis: u64,
    /// The monotonic time.
    pub now: Moment,
    /// Randomness for keys and ids, drawn freshly at every start.
    pub seed: [u8; 32],
    /// Take messages for this device? Not for a program that only sends, beside another one that
    /// receives with the same device: it does not count as on-line.
    pub receive: bool,
}

/// What the engine waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// To make the link again.
    Reconnect,
    /// To hear from the server.
    Keepalive,
    /// To be logged in.
    LogIn,
    /// The link to be closed.
    Closing,
    /// To try the storage again.
    Storage,
    /// To look after playing.
    Player,
    /// Progress of what is being sent.
    Stalled,
    /// To send what was refused for now.
    SendAgain,
    /// To ask for what is missing.
    Gap,
}

/// The client's platform: one person's messages, people, draft and link.
pub struct Engine {
    pub(crate) software: String,
    pub(crate) desk: Desk,
    pub(crate) timers: Timers<Timer>,
    pub(crate) parameters: Parameters,
    pub(crate) account: Option<AccountRecord>,
    pub(crate) private: Option<PrivateKey>,
    pub(crate) session: Session,
    pub(crate) errand: Option<Errand>,
    pub(crate) roster: Roster,
    pub(crate) messages: BTreeMap<MessageId, MessageRecord>,
    pub(crate) draft: Option<Draft>,
    pub(crate) dictation: Option<Dictation>,
    pub(crate) files: Files,
    pub(crate) outbox: Outbox,
    pub(crate) inbox: Inbox,
    pub(crate) player: Player,
    pub(crate) sinks: Sinks,
    pub(crate) startup: Startup,
    pub(crate) rescue: Rescue,
    pub(crate) early: Vec<Command>,
    pub(crate) ready: bool,
    pub(crate) autoplay: bool,
    pub(crate) receive: bool,
}

impl Engine {
    /// An engine that begins by reading its storage.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let mut engine = Self {
            desk: Desk::new(&setup),
            software: setup.software,
            timers: Timers::new(),
            parameters: Parameters::default(),
            account: None,
            private: None,
            session: Session::default(),
            errand: None,
            roster: Roster::default(),
            messages: BTreeMap::new(),
            draft: None,
            dictation: None,
            files: Files::default(),
            outbox: Outbox::default(),
            inbox: Inbox::default(),
            player: Player::default(),
            sinks: Sinks::default(),
            startup: Startup::default(),
            rescue: Rescue::default(),
            early: Vec::new(),
            ready: false,
            autoplay: true,
            receive: setup.receive,
        };
        engine.read_records(None);
        engine
    }

    /// What the person wants.
    pub(crate) fn on_command(&mut self, command: Command, now: Moment) {
        if !self.ready {
            if self.early.len() < MOST_EARLY {
                self.early.push(command);
            }
            return;
        }
        match command {
            Command::LogIn { name, password, device_name } => {
                self.begin_errand(Errand::LogIn { name, password, device_name }, now);
            }
            Command::AskInvitation { code } => self.begin_errand(Errand::Ask { code }, now),
            Command::Enrol { code, password, recovery } => {
                self.begin_errand(Errand::Enrol { code, password, recovery }, now);
            }
            Command::ChangePassword { old, new } => {
                self.begin_errand(Errand::ChangePassword { old, new }, now);
            }
            Command::LogOut => self.log_out(now),
            Command::TryAgain => self.try_again(now),
            Command::SetStatus(status) => self.set_status(status, now),
            Command::AddContact(name) => self.change_contact(name, true, now),
            Command::RemoveContact(name) => self.change_contact(name, false, now),
            Command::TrustKey(person) => self.trust_key(person),
            Command::Autoplay(autoplay) => self.autoplay = autoplay,
            Command::Play { message, from_ms } => self.play(message, from_ms, now),
            Command::StopPlaying => self.stop_playing(),
            Command::Adopt => self.adopt(None),
            Command::MarkPlayed(message) => self.mark_played(message),
            Command::Export { message, sink, ogg } => self.export(message, sink, ogg),
            Command::Save { message, attachment, sink } => self.save(message, attachment, sink),
            Command::Delete { message, everywhere } => {
                self.delete_message(message, everywhere, now);
            }
            Command::Phone { to, ring, draft } => {
                self.command_phone(to, PhoneCommand { ring, draft }, Request::Courtesy, now);
            }
            Command::Cancel(message) => self.give_up(message, now),
            Command::Talk(_)
            | Command::StopTalking
            | Command::SwitchToRecord
            | Command::Append
            | Command::ReRecord
            | Command::Discard
            | Command::Attach { .. }
            | Command::Detach(_)
            | Command::Readdress { .. }
            | Command::Send
            | Command::Review => self.on_draft_command(command, now),
        }
    }

    fn on_draft_command(&mut self, command: Command, now: Moment) {
        match command {
            Command::Talk(talk) => self.talk(&talk, now),
            Command::StopTalking => self.stop_talking(now),
            Command::SwitchToRecord => self.switch_to_record(now),
            Command::Append => self.append(now),
            Command::ReRecord => self.re_record(now),
            Command::Discard => self.discard(now),
            Command::Attach { file, name, media_type, size } => {
                self.attach(file, &name, &media_type, size, now);
            }
            Command::Detach(index) => self.detach(index),
            Command::Readdress { recipients, priority } => self.readdress(&recipients, priority),
            Command::Send => self.send(now),
            Command::Review => self.review(now),
            other => self.on_command(other, now),
        }
    }

    fn on_durable(&mut self, durable: Durable, now: Moment) {
        match durable {
            Durable::LoggedIn => self.desk.notice(Notice::LoggedIn),
            Durable::Wiped => self.desk.notice(Notice::LoggedOut),
            Durable::Said(message) => self.on_outgoing_durable(message, false, now),
            Durable::Dispatched(message) => self.on_outgoing_durable(message, true, now),
            Durable::Sent(message) => self.desk.notice(Notice::Sent(message)),
            Durable::DraftReady(piece) => self.on_draft_ready(piece),
            Durable::FileRead => self.on_file_durable(),
            Durable::FileMoved => self.on_move_durable(),
            Durable::Received(message) => self.on_received_durable(message, now),
            Durable::Arrived(message) => {
                self.on_arrived(message, now);
                self.pump_player(now);
            }
            Durable::Owed(message) => self.on_owed_durable(message, now),
            Durable::Trusted(person) => self.on_trusted(person, now),
        }
    }

    fn on_scanned(
        &mut self,
        reader: Reader,
        records: Vec<(Vec<u8>, bytes::Bytes)>,
        more: bool,
        now: Moment,
    ) {
        match reader {
            Reader::Start => self.on_records(records, more, now),
            Reader::Adopt => self.on_adopted(records, more, now),
            Reader::Player(number) => self.on_player_page(number, &records, more, now),
            Reader::Outbox(message) => self.on_outbox_page(message, &records, now),
            Reader::Sink(sink) => self.on_sink_page(sink, &records, more),
            Reader::Rescue(message) => self.on_rescue_page(message, &records, more, now),
            Reader::Move => self.on_move_page(&records),
        }
    }

    fn on_timer(&mut self, timer: Timer, now: Moment) {
        match timer {
            Timer::Reconnect => self.connect(),
            Timer::Keepalive => self.on_keepalive(now),
            Timer::LogIn => self.log_in_late(now),
            Timer::Closing => self.on_link_down("", now),
            Timer::Storage => self.desk.storage.try_again(),
            Timer::Player => self.on_player_timer(now),
            Timer::Stalled => self.on_stalled(now),
            Timer::SendAgain => self.on_send_again(now),
            Timer::Gap => self.on_gap(now),
        }
    }
}

impl Machine for Engine {
    type Input = Input;
    type Output = Output;

    fn handle(&mut self, input: Input, now: Moment) {
        match input {
            Input::Command(command) => self.on_command(command, now),
            Input::LinkUp(binding) => self.on_link_up(binding, now),
            Input::Object(object) => self.on_object(&object, now),
            Input::LinkDown(why) => self.on_link_down(&why, now),
            Input::Samples(samples) => self.on_samples(samples, now),
            Input::SamplesEnd => self.stop_talking(now),
            Input::Stored(ticket) => {
                for durable in self.desk.storage.stored(ticket) {
                    self.on_durable(durable, now);
                }
            }
            Input::StoreFailed(ticket, why) => {
                if self.desk.storage.store_failed(ticket) {
                    self.timers.set(Timer::Storage, now + STORE_AGAIN);
                    self.desk.notice(Notice::StorageFailed(why));
                }
            }
            Input::Scanned { ticket, records, more } => {
                if let Some(reader) = self.desk.storage.scanned(ticket) {
                    self.on_scanned(reader, records, more, now);
                }
            }
            Input::FileRead { file, offset, data } => self.on_file_read(file, offset, data),
            Input::Played { position_ms } => self.on_played(position_ms, now),
        }
    }

    fn expire(&mut self, now: Moment) {
        while let Some(timer) = self.timers.expired(now) {
            self.on_timer(timer, now);
        }
    }

    fn poll(&mut self) -> Option<Output> {
        self.desk.poll()
    }

    fn deadline(&self) -> Option<Moment> {
        self.timers.next()
    }
}
