//! What waits for the store, and what follows when it answers.
//!
//! Every batch and every query has a ticket; under it stands what is to be done then. A batch that
//! failed changes nothing in memory, because memory is changed only here, after the disk.

use message::people::Status;
use message::speech::{CheckIn, Receipt};
use message::{ErrorCode, Guid, Header, MessageId, Refusal};

use super::admin::NewPerson;
use super::conn::ConnId;
use super::login::Admission;
use super::stations::Putting;
use super::{Engine, Output};
use crate::record::{Answer, Fault, Invitation, Outcome, Query, Ticket, Write};

/// Who asked, to be answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asker {
    /// On which connection.
    pub(super) conn: ConnId,
    /// With which object.
    pub(super) header: Header,
}

/// What follows when the store has answered.
#[derive(Debug)]
pub(super) enum Then {
    /// Nothing.
    Nothing,
    /// A device's token is kept: it is let in.
    Admit(Box<Admission>),
    /// Credentials are kept.
    Enrolled {
        asker: Asker,
        account: Guid,
        credentials: Box<message::login::Credentials>,
        fresh: bool,
    },
    /// An account is made.
    Added { asker: Asker, person: Box<NewPerson> },
    /// An invitation is made.
    Invited { asker: Asker, account: Guid, invitation: Invitation, code: String },
    /// An account is removed.
    Removed { asker: Asker, account: Guid },
    /// What an administrator decided is kept.
    PersonSet { asker: Asker, account: Guid, disabled: bool, quota: Option<u64> },
    /// A telephone's account is kept.
    StationPut { asker: Asker, putting: Box<Putting> },
    /// A contact is put on or taken off.
    Contact { asker: Asker, account: Guid, contact: Guid, add: bool },
    /// A status is kept.
    Status { asker: Asker, account: Guid, status: Status },
    /// A device is forgotten.
    Forgotten { asker: Asker, device: Guid },
    /// A message is opened.
    Opened { message: MessageId, epoch: u32 },
    /// A portion is on disk, and perhaps with it the whole message.
    Stored { message: MessageId, epoch: u32, stream: u16, complete: bool },
    /// A message is cut.
    Cut { message: MessageId, asker: Option<Asker> },
    /// A receipt is kept.
    Receipt { asker: Asker, receipt: Receipt },
    /// A copy is discarded.
    Discarded { asker: Asker, person: Guid, message: MessageId },
    /// Copies are expired, in the order of these people.
    Expired { people: Vec<Guid> },
    /// It is known whether a message exists that is to be sent.
    Looked { message: MessageId },
    /// It is known whether a message exists of which a portion came.
    Asked { conn: ConnId, message: MessageId },
    /// It is known whether a message exists that is to be cancelled.
    CancelLooked { asker: Asker, message: MessageId },
    /// What a device may know after being away.
    CheckedIn { asker: Asker, check_in: Box<CheckIn> },
    /// What waits for a device.
    Waiting { conn: ConnId },
    /// A part of a message for a device.
    Page { conn: ConnId, message: MessageId },
    /// Messages whose time may be over.
    Aged,
    /// Counts.
    Totals { asker: Asker },
}

impl Engine {
    /// Has a batch carried out.
    pub(super) fn commit(&mut self, writes: Vec<Write>, then: Then) {
        let ticket = self.ticket(then);
        self.outputs.push_back(Output::Commit { ticket, writes });
    }

    /// Has a query answered.
    pub(super) fn load(&mut self, query: Query, then: Then) {
        let ticket = self.ticket(then);
        self.outputs.push_back(Output::Load { ticket, query });
    }

    fn ticket(&mut self, then: Then) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.pending.insert(ticket, then);
        ticket
    }

    /// A batch was carried out, or not.
    pub(super) fn committed(&mut self, ticket: Ticket, result: Result<Vec<Outcome>, Fault>) {
        let Some(then) = self.pending.remove(&ticket) else { return };
        match result {
            Ok(outcomes) => self.follow(then, outcomes),
            Err(fault) => self.failed(then, &fault),
        }
        self.finish_drain();
    }

    fn follow(&mut self, then: Then, outcomes: Vec<Outcome>) {
        match then {
            Then::Admit(admission) => self.admit(*admission),
            Then::Enrolled { asker, account, credentials, fresh } => {
                self.enrolled(asker, account, *credentials, fresh);
            }
            Then::Added { asker, person } => self.person_added(asker, *person),
            Then::Invited { asker, account, invitation, code } => {
                self.invited(asker, account, invitation, code);
            }
            Then::Removed { asker, account } => self.person_removed(asker, account),
            Then::PersonSet { asker, account, disabled, quota } => {
                self.person_set(asker, account, disabled, quota);
            }
            Then::StationPut { asker, putting } => self.station_put(asker, *putting),
            Then::Contact { asker, account, contact, add } => {
                self.contact_changed(asker, account, contact, add);
            }
            Then::Status { asker, account, status } => self.status_kept(asker, account, status),
            Then::Forgotten { asker, device } => self.device_forgotten(asker, device),
            Then::Opened { message, epoch } => self.opened(message, epoch),
            Then::Stored { message, epoch, stream, complete } => {
                self.stored(message, epoch, stream, complete);
            }
            Then::Cut { message, asker } => self.was_cut(message, asker),
            Then::Receipt { asker, receipt } => self.receipted(asker, receipt, outcomes),
            Then::Discarded { asker, person, message } => {
                self.discarded(asker, person, message, outcomes);
            }
            Then::Expired { people } => self.expired(&people, &outcomes),
            Then::Nothing
            | Then::Looked { .. }
            | Then::Asked { .. }
            | Then::CancelLooked { .. }
            | Then::CheckedIn { .. }
            | Then::Waiting { .. }
            | Then::Page { .. }
            | Then::Aged
            | Then::Totals { .. } => {}
        }
    }

    /// A query was answered, or not.
    pub(super) fn answered(&mut self, ticket: Ticket, answer: Result<Answer, Fault>) {
        let Some(then) = self.pending.remove(&ticket) else { return };
        match (then, answer) {
            (then, Err(fault)) => self.failed(then, &fault),
            (Then::Looked { message }, Ok(Answer::Message(found))) => self.looked(message, found),
            (Then::Asked { conn, message }, Ok(Answer::Message(found))) => {
                self.asked(conn, message, found);
            }
            (Then::CancelLooked { asker, message }, Ok(Answer::Message(found))) => {
                self.cancel_looked(asker, message, found);
            }
            (Then::CheckedIn { asker, check_in }, Ok(Answer::CheckIn(found))) => {
                self.checked_in(asker, &check_in, *found);
            }
            (Then::Waiting { conn }, Ok(Answer::Waiting(found))) => self.listed(conn, found),
            (Then::Page { conn, message }, Ok(Answer::Page(page))) => {
                self.paged(conn, message, page);
            }
            (Then::Aged, Ok(Answer::Aged(aged))) => self.aged(&aged),
            (Then::Totals { asker }, Ok(Answer::Totals(totals))) => self.totals(asker, totals),
            (then, Ok(_)) => {
                let fault = Fault::Failed("the store answered another question".to_owned());
                self.failed(then, &fault);
            }
        }
        self.finish_drain();
    }

    /// The store could not: whoever waits is told, and what was begun is taken back.
    fn failed(&mut self, then: Then, fault: &Fault) {
        if *fault == Fault::Full {
            self.disk_full = true;
        }
        log::warn!(fault:%; "the store refused");
        match then {
            Then::Admit(admission) => self.refuse_fault(admission.asker, fault),
            Then::Added { asker, person } => {
                self.people.reserved.remove(&person.record.name);
                self.refuse_fault(asker, fault);
            }
            Then::StationPut { asker, putting } => {
                self.people.reserved.remove(&putting.name);
                self.refuse_fault(asker, fault);
            }
            Then::Enrolled { asker, .. }
            | Then::Invited { asker, .. }
            | Then::Removed { asker, .. }
            | Then::PersonSet { asker, .. }
            | Then::Contact { asker, .. }
            | Then::Status { asker, .. }
            | Then::Forgotten { asker, .. }
            | Then::Receipt { asker, .. }
            | Then::Discarded { asker, .. }
            | Then::CancelLooked { asker, .. }
            | Then::CheckedIn { asker, .. }
            | Then::Totals { asker } => self.refuse_fault(asker, fault),
            Then::Opened { message, epoch } => self.not_opened(message, epoch),
            Then::Stored { message, epoch, .. } => self.not_stored(message, epoch),
            Then::Cut { message, asker } => {
                self.not_cut(message);
                if let Some(asker) = asker {
                    self.refuse_fault(asker, fault);
                }
            }
            Then::Looked { message } => self.not_looked(message, fault),
            Then::Asked { conn, message } => {
                if let Some(peer) = self.conns.get_mut(&conn) {
                    peer.asking.remove(&message);
                }
            }
            Then::Waiting { conn } => self.not_listed(conn),
            Then::Page { conn, message } => self.not_paged(conn, message),
            Then::Aged => self.sweep_later(),
            Then::Nothing | Then::Expired { .. } => {}
        }
    }

    /// Refuses what the store could not do.
    pub(super) fn refuse_fault(&mut self, asker: Asker, fault: &Fault) {
        let refusal = match fault {
            Fault::Full => Refusal::new(ErrorCode::DiskFull, "the server's disk is full"),
            Fault::Conflict => {
                Refusal::new(ErrorCode::Conflict, "it contradicts what the server has")
            }
            Fault::Gap | Fault::Damaged(_) | Fault::Failed(_) => {
                Refusal::new(ErrorCode::Internal, "the server could not keep it")
            }
        };
        self.refuse(asker, &refusal);
    }
}
