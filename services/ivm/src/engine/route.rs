//! Takes each object to what serves it: the permitted list of rows 85 to 95 as one `match`.

use message::login::{GoingDown, Goodbye};
use message::{Action, Body, ErrorCode, Guid, Kind, Malformed, Object, Refusal, Rights, State};

use super::Engine;
use super::conn::{ConnId, Duty};
use super::tickets::{Asker, Then};
use crate::record::Write;

/// Numbers of the kinds that the settings keeper takes and says.
const KEEPERS: std::ops::RangeInclusive<u16> = 144..=159;

/// Served, or why not.
pub(super) type Served = Result<(), Refusal>;

/// Reads a body, or says to the sender why it cannot be read.
pub(super) fn read<'b, B: Body<'b>>(object: &'b Object) -> Result<B, Refusal> {
    object.read().map_err(|error: Malformed| Refusal::new(ErrorCode::Malformed, error.to_string()))
}

/// A refusal with its reason.
pub(super) fn refusal<T>(code: ErrorCode, text: &str) -> Result<T, Refusal> {
    Err(Refusal::new(code, text))
}

impl Duty {
    /// May a local service of this duty say it?
    const fn permits(self, kind: Kind) -> bool {
        let is_plain = matches!(kind, Kind::None | Kind::ServiceHello | Kind::Goodbye);
        match self {
            Self::All => true,
            Self::Look => is_plain || matches!(kind, Kind::AskStatus | Kind::ListPeople),
            Self::Stations => {
                let is_its_own = matches!(kind, Kind::PutStation | Kind::RemoveStation);
                // Its telephones are clients, who log in as everybody does.
                let is_log_in = matches!(
                    kind,
                    Kind::Hello | Kind::Proof | Kind::TokenHello | Kind::Invitation | Kind::Enrol
                );
                is_plain || is_its_own || is_log_in
            }
        }
    }
}

impl Engine {
    /// Serves an object, or refuses it.
    pub(super) fn object(&mut self, conn: ConnId, object: &Object) {
        let Some(peer) = self.conns.get_mut(&conn) else { return };
        peer.connection.heard(self.now);
        let header = &object.header;
        if peer.connection.state() < State::Open
            && peer.connection.rights() == Rights::Client
            && object.body.len() > self.limits.stranger_body
        {
            self.drop_conn(conn, ErrorCode::TooLarge, "too large before log-in");
            return;
        }
        let (is_privileged, duty) = (peer.is_privileged(), peer.duty);
        if is_privileged && duty == Duty::All && self.relay(conn, object) {
            return;
        }
        if self.is_pong(conn, object) || header.flags.answer {
            return;
        }
        if is_privileged && !duty.permits(header.kind) {
            let refusal = Refusal::new(ErrorCode::NotPermitted, "this service may not do that");
            self.refuse(Asker { conn, header: *header }, &refusal);
            return;
        }
        if let Err(refusal) = self.serve(conn, object) {
            self.refuse(Asker { conn, header: *header }, &refusal);
        }
    }

    /// Refuses what was asked.
    pub(super) fn refuse(&mut self, asker: Asker, refusal: &Refusal) {
        self.send(asker.conn, Object::refused(&asker.header, refusal));
    }

    /// Says yes to what was asked.
    pub(super) fn accepted(&mut self, asker: Asker) {
        self.send(asker.conn, Object::accepted(&asker.header));
    }

    /// Answers what was asked.
    pub(super) fn answer<'b, B: Body<'b>>(&mut self, asker: Asker, body: &B) {
        self.send(asker.conn, Object::answer(&asker.header, body));
    }

    /// The person and the device of a logged-in client.
    pub(super) fn person(&self, conn: ConnId) -> Result<(Guid, Guid), Refusal> {
        match self.conns.get(&conn) {
            Some(peer) if peer.connection.state() == State::Open && peer.service.is_none() => {
                Ok((peer.connection.peer(), peer.connection.device()))
            }
            Some(_) | None => refusal(ErrorCode::NotLoggedIn, "log in first"),
        }
    }

    /// Who asks, if it is a local service.
    fn service(&self, conn: ConnId, object: &Object) -> Result<Asker, Refusal> {
        if self.conns.get(&conn).is_some_and(|peer| peer.is_privileged()) {
            Ok(Asker { conn, header: object.header })
        } else {
            refusal(ErrorCode::NotPermitted, "only a local service may do this")
        }
    }

    fn is_pong(&mut self, conn: ConnId, object: &Object) -> bool {
        let Some(peer) = self.conns.get_mut(&conn) else { return false };
        let is_pong = object.header.action == Action::Ping && peer.ping == Some(object.header.id);
        if is_pong {
            peer.ping = None;
        }
        is_pong
    }

    /// The source is blank, or who the connection says it is; only servers may say otherwise.
    fn check_source(&self, conn: ConnId, source: Guid) -> Served {
        let Some(peer) = self.conns.get(&conn) else { return Ok(()) };
        let open = peer.connection.state() == State::Open;
        if open && !peer.is_privileged() && !source.is_blank() && source != peer.connection.peer() {
            return refusal(ErrorCode::Forged, "the source is not the one who is logged in");
        }
        Ok(())
    }

    fn serve(&mut self, conn: ConnId, object: &Object) -> Served {
        let header = &object.header;
        self.check_source(conn, header.source)?;
        if header.kind.action().is_some_and(|action| action != header.action) {
            return refusal(ErrorCode::NotPermitted, "this kind does not go with this action");
        }
        match header.kind {
            Kind::None => self.bare(conn, object),
            Kind::Hello => self.hello(conn, object),
            Kind::Proof => self.proof(conn, object),
            Kind::TokenHello => self.token_hello(conn, object),
            Kind::Invitation => self.invitation(conn, object),
            Kind::Enrol => self.enrol(conn, object),
            Kind::Bridge => self.bridge(conn, object),
            Kind::ServiceHello => self.service_hello(conn, object),
            Kind::Goodbye => self.goodbye(conn, object),
            Kind::Subscription => self.subscribe(conn, object),
            Kind::Unsubscription => self.unsubscribe(conn, object),
            Kind::Receipt => self.receipt(conn, object),
            Kind::Cancel => self.cancel(conn, object),
            Kind::Discard => self.discard(conn, object),
            Kind::ContactChange => self.change_contact(conn, object),
            Kind::KeyQuery => self.key_query(conn, object),
            Kind::Credentials => self.change_password(conn, object),
            Kind::AddPerson => self.add_person(self.service(conn, object)?, read(object)?),
            Kind::ListPeople => self.list_people(self.service(conn, object)?, &read(object)?),
            Kind::RemovePerson => self.remove_person(self.service(conn, object)?, &read(object)?),
            Kind::Invite => self.invite(self.service(conn, object)?, &read(object)?),
            Kind::AskStatus => self.ask_status(self.service(conn, object)?, read(object)?),
            Kind::SetPerson => self.set_person(self.service(conn, object)?, &read(object)?),
            Kind::PutStation => self.put_station(self.service(conn, object)?, read(object)?),
            Kind::RemoveStation => self.remove_station(self.service(conn, object)?, &read(object)?),
            Kind::Portion => self.portion(conn, object),
            Kind::CheckIn => self.check_in(conn, object),
            Kind::Send => self.send_message(conn, object),
            Kind::SetStatus => self.set_status(conn, object),
            Kind::PhoneCommand => self.phone_command(conn, object),
            Kind::Parameters => self.ask_parameters(conn, object),
            kind => refusal(ErrorCode::NotPermitted, why_not(kind)),
        }
    }

    /// Objects without a body.
    fn bare(&mut self, conn: ConnId, object: &Object) -> Served {
        match object.header.action {
            Action::Ping => {
                self.send(conn, Object::accepted(&object.header));
                Ok(())
            }
            Action::Disconnect => {
                self.accepted(Asker { conn, header: object.header });
                self.leave(conn);
                Ok(())
            }
            Action::Connect
            | Action::Subscribe
            | Action::Unsubscribe
            | Action::Post
            | Action::Drop
            | Action::Client
            | Action::GoingDown => {
                refusal(ErrorCode::NotPermitted, "this action needs a body that says what for")
            }
        }
    }

    fn goodbye(&mut self, conn: ConnId, object: &Object) -> Served {
        let goodbye: Goodbye = read(object)?;
        let asker = Asker { conn, header: object.header };
        match self.person(conn) {
            Ok((_, device)) if goodbye.forget_device => {
                self.commit(
                    vec![Write::RemoveDevice { device }],
                    Then::Forgotten { asker, device },
                );
            }
            Ok(_) | Err(_) => {
                self.accepted(asker);
                self.leave(conn);
            }
        }
        Ok(())
    }

    /// A device is forgotten: its token is worth nothing any more.
    pub(super) fn device_forgotten(&mut self, asker: Asker, device: Guid) {
        self.people.remove_device(device);
        self.accepted(asker);
        self.leave(asker.conn);
    }

    /// Closes a connection after all that waits for it.
    fn leave(&mut self, conn: ConnId) {
        while let Some(object) = self.conns.get_mut(&conn).and_then(|peer| peer.connection.take()) {
            self.outputs.push_back(super::Output::Send { conn, object });
        }
        self.close_conn(conn);
    }

    fn ask_parameters(&mut self, conn: ConnId, object: &Object) -> Served {
        if !self.conns.get(&conn).is_some_and(|peer| peer.is_privileged()) {
            self.person(conn)?;
        }
        let parameters = self.parameters;
        self.answer(Asker { conn, header: object.header }, &parameters);
        Ok(())
    }

    /// What is said before the server closes.
    pub(super) fn farewell(&self) -> GoingDown {
        let millis = |span: machine::Span| u32::try_from(span.millis()).unwrap_or(u32::MAX);
        GoingDown { grace_ms: millis(self.limits.grace), retry_ms: millis(self.limits.retry) }
    }
}

/// Why a kind is not served here.
fn why_not(kind: Kind) -> &'static str {
    match kind {
        Kind::Other(_) => "this kind is not known here",
        kind if KEEPERS.contains(&kind.number()) => {
            "the settings keeper takes this kind, not this server"
        }
        _ => "only a server may send this kind",
    }
}
