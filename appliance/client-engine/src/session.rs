//! The link to the server: made, kept alive, lost, made again.
//!
//! ```text
//! down -> connecting -> up -> (log-in) -> open -> checked in
//!   ^         |          |                 |          |
//!   +---------+---- closing <--------------+----------+     1 s .. 60 s with jitter
//! ```

use std::collections::BTreeMap;

use machine::{Moment, Span};
use message::login::{GoingDown, Goodbye};
use message::people::{PhoneCommand, Ring, SetStatus, Status, Subscription, Topic};
use message::speech::CheckIn;
use message::{Action, Body, Flags, Guid, Kind, MessageId, Object, ObjectId, Refusal};

use crate::engine::{Engine, Timer};
use crate::login::Stage;
use crate::{Binding, Change, Link, Notice, Output};

/// The first pause before the link is made again.
const FIRST_RETRY: Span = Span::from_secs(1);
/// The longest.
const LAST_RETRY: Span = Span::from_secs(60);
/// A link that has to close is taken for closed after so long.
const CLOSING: Span = Span::from_secs(2);
/// How long the whole log-in may take. The keys are derived from the password in that time, which
/// a slow machine needs several seconds for.
const LOG_IN: Span = Span::from_secs(30);
/// Pings that may go unanswered.
const MISSED: u32 = 2;
/// Messages of one kind in a check-in.
pub(crate) const CHECK_IN: usize = 256;

/// Is there a link?
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wire {
    /// No.
    #[default]
    Down,
    /// The shell is making it.
    Connecting,
    /// Yes.
    Up(Binding),
    /// The shell is closing it.
    Closing,
}

/// What an answer of the server will be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// A step of the log-in or of an enrolment.
    LogIn,
    /// Nothing hangs on it, but that it was refused.
    Plain(&'static str),
    /// The check-in.
    CheckIn,
    /// A message that is opened for sending.
    Send(MessageId),
    /// Delivered.
    Delivered(MessageId),
    /// Played.
    Played(MessageId),
    /// Deleted everywhere.
    Discard(MessageId),
    /// New credentials.
    Credentials(String),
    /// A telephone that is to be spoken with for a draft.
    Telephone(MessageId),
    /// The answer changes nothing.
    Courtesy,
}

/// The link and what was asked over it.
#[derive(Default)]
pub(crate) struct Session {
    /// Is there a link?
    pub(crate) wire: Wire,
    /// How far the log-in is.
    pub(crate) stage: Stage,
    /// Has the server said yes to the check-in?
    pub(crate) checked_in: bool,
    retry: Span,
    come_back: Option<Span>,
    /// The server's clock less this one's, milliseconds.
    pub(crate) clock_ahead: i64,
    heard: Moment,
    pinged: u32,
    asked: BTreeMap<ObjectId, Request>,
}

impl Session {
    /// Is it logged in?
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Open)
    }

    /// Is this being asked already?
    pub(crate) fn is_asking(&self, request: &Request) -> bool {
        self.asked.values().any(|asked| asked == request)
    }

    /// How many questions are open?
    pub(crate) fn asking(&self) -> usize {
        self.asked.len()
    }
}

impl Engine {
    /// How the client stands with its server.
    pub(crate) fn link_now(&self) -> Link {
        let known = self.account.as_ref().is_some_and(|account| account.token.is_some());
        match &self.session.wire {
            Wire::Up(_) if self.session.checked_in => Link::Online,
            Wire::Up(_) | Wire::Connecting => Link::Connecting,
            Wire::Down | Wire::Closing if known => Link::Offline,
            Wire::Down | Wire::Closing => Link::LoggedOut,
        }
    }

    /// Makes the link, if there is a reason and none is there.
    pub(crate) fn connect(&mut self) {
        let wanted = self.errand.is_some()
            || self.account.as_ref().is_some_and(|account| account.token.is_some());
        if wanted && self.session.wire == Wire::Down {
            self.timers.cancel(&Timer::Reconnect);
            self.session.wire = Wire::Connecting;
            self.desk.output(Output::Connect);
            self.desk.changed(Change::Session);
        }
    }

    /// Closes the link.
    pub(crate) fn disconnect(&mut self, now: Moment) {
        match self.session.wire {
            Wire::Connecting | Wire::Up(_) => {
                self.desk.output(Output::Disconnect);
                self.link_lost();
                self.session.wire = Wire::Closing;
                self.timers.set(Timer::Closing, now + CLOSING);
            }
            Wire::Down | Wire::Closing => {}
        }
    }

    /// The shell has made the link.
    pub(crate) fn on_link_up(&mut self, binding: Binding, now: Moment) {
        if self.session.wire != Wire::Connecting {
            return;
        }
        self.session.wire = Wire::Up(binding);
        self.session.heard = now;
        self.session.pinged = 0;
        self.timers.set(Timer::LogIn, now + LOG_IN);
        self.begin_log_in(now);
    }

    /// The shell has lost the link, or could not make it.
    pub(crate) fn on_link_down(&mut self, why: &str, now: Moment) {
        match self.session.wire {
            Wire::Down => return,
            Wire::Connecting | Wire::Up(_) => {
                self.link_lost();
                self.log_in_broken(why);
            }
            Wire::Closing => {}
        }
        self.session.wire = Wire::Down;
        self.timers.cancel(&Timer::Closing);
        self.desk.changed(Change::Session);
        if self.errand.is_some() {
            self.connect();
        } else {
            self.plan_reconnect(now);
        }
    }

    /// What hung on the link hangs on it no more.
    fn link_lost(&mut self) {
        self.session.stage = Stage::Quiet;
        self.session.checked_in = false;
        self.session.asked.clear();
        self.timers.cancel(&Timer::Keepalive);
        self.timers.cancel(&Timer::LogIn);
        self.outbox.link_lost();
        self.roster.link_lost();
        self.desk.changed(Change::Session);
        self.desk.changed(Change::People);
    }

    fn plan_reconnect(&mut self, now: Moment) {
        let at = match self.session.come_back.take() {
            Some(wait) => now + wait + self.desk.jitter(wait),
            None => {
                self.session.retry = self.session.retry.doubled(LAST_RETRY).max(FIRST_RETRY);
                let jitter = Span::from_millis(self.session.retry.millis() / 4);
                now + self.session.retry + self.desk.jitter(jitter)
            }
        };
        self.timers.set(Timer::Reconnect, at.min(now + LAST_RETRY));
    }

    /// The next attempt to connect, if one is planned, is made now.
    pub(crate) fn try_again(&mut self, now: Moment) {
        if self.timers.get(&Timer::Reconnect).is_some() {
            self.timers.set(Timer::Reconnect, now);
        }
    }

    /// The log-in is through: subscribe and tell what is here.
    pub(crate) fn session_opened(&mut self, now: Moment) {
        self.session.stage = Stage::Open;
        self.timers.cancel(&Timer::LogIn);
        self.plan_keepalive();
        let mut topics = vec![Topic::People, Topic::Receipts];
        if self.receive {
            topics.push(Topic::Messages);
        }
        self.ask(&Subscription { topics }, Request::Plain("subscription"), now);
        self.check_in(now);
        self.desk.changed(Change::Session);
    }

    /// Tells the server what is being sent, received and watched.
    pub(crate) fn check_in(&mut self, now: Moment) {
        let mut sending = self.outbox.check_in();
        sending.truncate(CHECK_IN);
        let mut receiving = self.inbox.check_in();
        receiving.truncate(CHECK_IN);
        let watching = self.watched(CHECK_IN);
        self.ask(&CheckIn { sending, receiving, watching }, Request::CheckIn, now);
    }

    /// The server has said all that it has to say about the check-in.
    pub(crate) fn on_checked_in(&mut self, now: Moment) {
        self.session.checked_in = true;
        self.session.retry = Span::ZERO;
        self.desk.changed(Change::Session);
        if let Some(account) = &self.account
            && !matches!(account.status, Status::Online | Status::Offline)
        {
            let status = SetStatus { status: account.status };
            self.ask(&status, Request::Plain("status"), now);
        }
        self.outbox.checked_in();
        self.pump_outbox(now);
        self.pump_owed(now);
    }

    /// Sends an object that will be answered.
    pub(crate) fn ask<'b, B: Body<'b>>(&mut self, body: &B, request: Request, now: Moment) {
        let id = self.desk.object_id(now);
        self.ask_object(Object::of(id, body), request);
    }

    /// The same for an object that is made already.
    pub(crate) fn ask_object(&mut self, object: Object, request: Request) {
        self.session.asked.insert(object.header.id, request);
        self.transmit(object);
    }

    /// Sends an object that is not answered.
    pub(crate) fn transmit(&mut self, object: Object) {
        match self.session.wire {
            Wire::Up(_) => self.desk.output(Output::Transmit(object)),
            Wire::Down | Wire::Connecting | Wire::Closing => {}
        }
    }

    /// Says good-bye; the device may be forgotten.
    pub(crate) fn say_goodbye(&mut self, forget_device: bool, now: Moment) {
        let object = Object::of(self.desk.object_id(now), &Goodbye { forget_device });
        self.transmit(object);
    }

    /// An object came.
    pub(crate) fn on_object(&mut self, object: &Object, now: Moment) {
        if !matches!(self.session.wire, Wire::Up(_)) {
            return;
        }
        self.session.heard = now;
        self.session.pinged = 0;
        if object.header.flags.answer {
            if let Some(request) = self.session.asked.remove(&object.header.id) {
                self.on_answer(request, object, now);
            }
            return;
        }
        match object.header.action {
            Action::Ping => {
                let answer = Object::accepted(&object.header);
                self.transmit(answer);
            }
            Action::Drop => self.on_dropped(object, now),
            Action::GoingDown => self.on_going_down(object),
            Action::Post | Action::Client if self.session.is_open() => {
                self.on_event(object, now);
            }
            Action::Post
            | Action::Client
            | Action::Connect
            | Action::Disconnect
            | Action::Subscribe
            | Action::Unsubscribe => {}
        }
    }

    fn on_answer(&mut self, request: Request, object: &Object, now: Moment) {
        let refusal = refusal_of(object);
        match request {
            Request::LogIn => self.on_log_in_answer(object, refusal, now),
            Request::Plain(what) => {
                if let Some(refusal) = refusal {
                    self.desk.refuse(format!("{what}: {refusal}"));
                }
            }
            Request::CheckIn => match refusal {
                None => self.on_checked_in(now),
                Some(_) => self.disconnect(now),
            },
            Request::Send(message) => self.on_sending(message, object, refusal, now),
            Request::Delivered(message) => self.on_delivered_taken(message, now),
            Request::Played(message) => self.on_played_taken(message, now),
            Request::Discard(message) => self.on_discard_taken(message, now),
            Request::Telephone(draft) => {
                if let Some(refusal) = refusal {
                    self.station_away(draft, &refusal.text, now);
                }
            }
            Request::Courtesy => {}
            Request::Credentials(code) => self.on_credentials_taken(code, refusal),
        }
    }

    /// What the server sends by itself; what cannot be read is ignored, and so is what no server
    /// sends to a client.
    fn on_event(&mut self, object: &Object, now: Moment) {
        match object.header.kind {
            Kind::Portion => self.on_portion(object, now),
            Kind::Envelope => self.on_envelope(object, now),
            Kind::Progress => self.on_progress(object, now),
            Kind::Receipt => self.on_receipt(object),
            Kind::Cancel => self.on_cancel(object, now),
            Kind::Discard => self.on_discard(object),
            Kind::Roster => self.on_roster(object),
            Kind::Presence => self.on_presence(object),
            Kind::Parameters => self.on_parameters(object),
            Kind::PhoneCommand => self.on_phone_command(object, now),
            // A client's words to a server, and what passes between local services.
            _not_for_clients => {}
        }
    }

    fn on_phone_command(&mut self, object: &Object, now: Moment) {
        if let Ok(PhoneCommand { ring, draft }) = object.read() {
            if let (Ring::Stop, Some(draft)) = (ring, draft) {
                self.station_away(draft, "the telephone was not answered", now);
            }
            let person = object.header.source;
            self.desk.notice(Notice::Commanded { person, ring, draft });
        }
    }

    fn on_dropped(&mut self, object: &Object, now: Moment) {
        let why = object.read::<Refusal>().map(|refusal| refusal.text).unwrap_or_default();
        self.log_in_broken(&why);
        self.disconnect(now);
    }

    fn on_going_down(&mut self, object: &Object) {
        if let Ok(body) = object.read::<GoingDown>() {
            self.session.come_back = Some(Span::from_millis(u64::from(body.retry_ms)));
            self.desk.notice(Notice::ServerGoingDown);
        }
    }

    fn plan_keepalive(&mut self) {
        let patience = u64::from(self.parameters.ping_ms) * (u64::from(self.session.pinged) + 1);
        self.timers.set(Timer::Keepalive, self.session.heard + Span::from_millis(patience));
    }

    /// The server was silent: ask whether it is awake, or take the link for dead.
    pub(crate) fn on_keepalive(&mut self, now: Moment) {
        let patience = Span::from_millis(u64::from(self.parameters.ping_ms));
        if now.since(self.session.heard) < patience {
            return self.plan_keepalive();
        }
        if self.session.pinged >= MISSED {
            return self.disconnect(now);
        }
        self.session.pinged += 1;
        let ping = Object::bare(Action::Ping, self.desk.object_id(now));
        self.transmit(ping);
        self.plan_keepalive();
    }

    /// The server's clock, unix milliseconds, as far as it is known.
    pub(crate) fn server_time(&self, now: Moment) -> u64 {
        self.desk.wall(now).saturating_add_signed(self.session.clock_ahead)
    }

    /// Notes the server's clock.
    pub(crate) fn set_server_time(&mut self, time: u64, now: Moment) {
        let difference = i128::from(time) - i128::from(self.desk.wall(now));
        self.session.clock_ahead = i64::try_from(difference).unwrap_or_default();
    }

    /// The account that the session is of; blank before the first log-in.
    pub(crate) fn own_guid(&self) -> Guid {
        self.account.as_ref().map(|account| account.guid).unwrap_or_default()
    }
}

/// Why the server said no, if it did.
fn refusal_of(object: &Object) -> Option<Refusal> {
    if object.header.flags != Flags::REFUSED {
        return None;
    }
    let unread = || Refusal::new(message::ErrorCode::Other(0), "refused without a reason");
    Some(object.read().unwrap_or_else(|_| unread()))
}
