//! Log-in: hello, challenge, proof, welcome; tokens; local services and bridges (row 86).
//!
//! ```text
//! greeting -hello-> challenged -proof-> admitting -on disk-> open
//!     \------------token hello-------------------------------/
//! ```
//!
//! A name that does not exist is answered as one that does: the same steps, a salt that is always
//! the same, the same refusal. After a wrong proof the client may begin again with a new hello.

use bytes::Bytes;
use message::login::{
    BindingKind, Bridge, Challenge, Hello, Proof, ServiceHello, TokenHello, Welcome, auth_message,
};
use message::{ErrorCode, Guid, Object, Refusal, State};
use rand_core::Rng;
use voice::account::proof::{Proof as ScramProof, Verifier};

use super::conn::{Binding, ConnId};
use super::proof::{bound_to, made_up_salt, sha256, usual_cost};
use super::route::{Served, read, refusal};
use super::tickets::{Asker, Then};
use super::{Engine, Output, Timer};
use crate::record::{DeviceRecord, Write};

/// The longest name of an account, device or service, in bytes.
const LONGEST_NAME: usize = 256;

/// How far a log-in is.
#[derive(Debug)]
pub(super) enum Stage {
    /// Nothing was asked.
    Greeting,
    /// The challenge is out.
    Challenged(Box<Challenged>),
    /// The proof was right; the store is keeping the device.
    Admitting,
    /// It is over.
    Over,
}

/// A challenge that waits for its proof.
#[derive(Debug)]
pub(super) struct Challenged {
    name: String,
    hello: Bytes,
    challenge: Bytes,
    device: Option<Guid>,
    device_name: String,
}

/// A device whose proof was right.
#[derive(Debug)]
pub(super) struct Admission {
    pub(super) asker: Asker,
    device: DeviceRecord,
    token: [u8; 32],
    signature: [u8; 32],
    /// The device that made room.
    evicted: Option<Guid>,
}

impl Engine {
    /// Who wants to log in: answered by a challenge, whether the name exists or not.
    pub(super) fn hello(&mut self, conn: ConnId, object: &Object) -> Served {
        let hello: Hello = read(object)?;
        self.check_stranger(conn)?;
        if [&hello.account, &hello.device_name, &hello.software]
            .iter()
            .any(|text| text.len() > LONGEST_NAME)
        {
            return refusal(ErrorCode::Invalid, "a name is too long");
        }
        let name = hello.account.trim().to_lowercase();
        self.check_attempts(conn, &name)?;
        let credentials = self.people.by_name(&name).and_then(|found| found.credentials.as_ref());
        let (salt, cost) = credentials.map_or_else(
            || (made_up_salt(&self.secret, &name), usual_cost()),
            |known| (known.salt, known.cost),
        );
        let mut nonce = [0; 32];
        self.rng.fill_bytes(&mut nonce);
        let answer =
            Object::answer(&object.header, &Challenge { salt, cost, nonce, server: self.server });
        let Some(peer) = self.conns.get_mut(&conn) else { return Ok(()) };
        peer.connection.challenged();
        peer.stage = Stage::Challenged(Box::new(Challenged {
            name,
            hello: object.body.clone(),
            challenge: answer.body.clone(),
            device: hello.device,
            device_name: hello.device_name,
        }));
        self.send(conn, answer);
        Ok(())
    }

    /// The proof of the password.
    pub(super) fn proof(&mut self, conn: ConnId, object: &Object) -> Served {
        let proof: Proof = read(object)?;
        self.check_stranger(conn)?;
        let Some(peer) = self.conns.get_mut(&conn) else { return Ok(()) };
        let stage = std::mem::replace(&mut peer.stage, Stage::Greeting);
        let Stage::Challenged(challenged) = stage else {
            return refusal(ErrorCode::NotPermitted, "a proof comes after a hello");
        };
        let binding = peer.binding.clone();
        self.check_attempts(conn, &challenged.name)?;
        let Some(signature) = self.verify(&challenged, &proof, &binding) else {
            self.count_wrong(conn, Some(&challenged.name));
            return refusal(ErrorCode::Credentials, "the name or the password is wrong");
        };
        // Only who knows the password learns of it.
        if let Some(account) = self.people.by_name(&challenged.name) {
            self.check_admitted(account.guid)?;
        }
        self.begin_admission(Asker { conn, header: object.header }, &challenged, signature)
    }

    /// The server's signature, if the proof is right.
    fn verify(
        &self,
        challenged: &Challenged,
        proof: &Proof,
        binding: &Binding,
    ) -> Option<[u8; 32]> {
        let account = self.people.by_name(&challenged.name);
        let credentials = account.and_then(|account| account.credentials.as_ref());
        // An unknown name takes as long as a known one.
        let verifier =
            credentials.map_or(Verifier { stored_key: [0; 32], server_key: [0; 32] }, |known| {
                Verifier { stored_key: known.stored_key, server_key: known.server_key }
            });
        let (kind, bound): (BindingKind, &[u8]) = bound_to(binding);
        let message = auth_message(&challenged.hello, &challenged.challenge, kind, bound);
        let right = verifier.accepts(&message, &ScramProof(proof.proof));
        let good = right && credentials.is_some() && proof.binding == kind;
        good.then(|| verifier.sign(&message).0)
    }

    fn begin_admission(
        &mut self,
        asker: Asker,
        challenged: &Challenged,
        signature: [u8; 32],
    ) -> Served {
        let seen = self.unix_now();
        let Some(account) = self.people.by_name(&challenged.name) else { return Ok(()) };
        let known = challenged.device.filter(|device| account.devices.contains_key(device));
        let crowded = known.is_none() && account.devices.len() >= self.limits.devices;
        let evicted = crowded.then(|| self.unused_device(account.guid)).flatten();
        let account = account.guid;
        let mut token = [0; 32];
        self.rng.fill_bytes(&mut token);
        let device = DeviceRecord {
            guid: known.unwrap_or_else(|| Guid::new(seen, &mut self.rng)),
            account,
            name: challenged.device_name.clone(),
            token: sha256(&token),
            seen,
        };
        let mut writes = vec![Write::PutDevice(device.clone())];
        writes.extend(evicted.map(|device| Write::RemoveDevice { device }));
        if let Some(peer) = self.conns.get_mut(&asker.conn) {
            peer.stage = Stage::Admitting;
        }
        let admission = Admission { asker, device, token, signature, evicted };
        self.commit(writes, Then::Admit(Box::new(admission)));
        Ok(())
    }

    /// The device of a person that was not used for longest and is not connected.
    fn unused_device(&self, account: Guid) -> Option<Guid> {
        let account = self.people.get(account)?;
        let connected = |device: &DeviceRecord| {
            account
                .conns
                .iter()
                .filter_map(|conn| self.conns.get(conn))
                .any(|peer| peer.connection.device() == device.guid)
        };
        let idle = account.devices.values().filter(|device| !connected(device));
        idle.min_by_key(|device| (device.seen, device.guid)).map(|device| device.guid)
    }

    /// The device is kept: its person is in.
    pub(super) fn admit(&mut self, admission: Admission) {
        let Admission { asker, device, token, signature, evicted } = admission;
        if self.people.get(device.account).is_none() {
            let gone = Refusal::new(ErrorCode::Credentials, "the account is gone");
            self.refuse(asker, &gone);
            return;
        }
        if let Some(evicted) = evicted {
            self.people.remove_device(evicted);
        }
        let (guid, account) = (device.guid, device.account);
        self.people.put_device(device);
        if let Err(refusal) = self.check_admitted(account) {
            self.refuse(asker, &refusal);
            return;
        }
        self.welcome(asker, account, guid, Some((signature, token)));
    }

    /// A device that has been here comes back with its token.
    pub(super) fn token_hello(&mut self, conn: ConnId, object: &Object) -> Served {
        let hello: TokenHello = read(object)?;
        self.check_stranger(conn)?;
        self.check_attempts(conn, "")?;
        let known = self.people.by_device(hello.device);
        let right = known.filter(|(_, device)| device.token == sha256(&hello.token));
        let Some((account, device)) = right else {
            self.count_wrong(conn, None);
            return refusal(ErrorCode::Credentials, "this device is not known here any more");
        };
        let account = account.guid;
        self.check_admitted(account)?;
        let device = DeviceRecord { seen: self.unix_now(), ..device.clone() };
        let guid = device.guid;
        self.people.put_device(device.clone());
        self.commit(vec![Write::PutDevice(device)], Then::Nothing);
        self.welcome(Asker { conn, header: object.header }, account, guid, None);
        Ok(())
    }

    fn welcome(
        &mut self,
        asker: Asker,
        account: Guid,
        device: Guid,
        proven: Option<([u8; 32], [u8; 32])>,
    ) {
        let conn = asker.conn;
        let (time, parameters, server) = (self.unix_now(), self.parameters, self.server);
        let Some(person) = self.people.get_mut(account) else { return };
        if person.conns.len() >= self.limits.per_person {
            self.drop_conn(conn, ErrorCode::TooMany, "too many connections of this person");
            return;
        }
        let Some(peer) = self.conns.get_mut(&conn) else { return };
        peer.connection.demoted();
        peer.connection.opened(account, device);
        peer.stage = Stage::Over;
        person.conns.insert(conn);
        let credentials = person.credentials.as_ref();
        let welcome = Welcome {
            signature: proven.map(|(signature, _)| signature),
            account,
            device,
            name: person.name.clone(),
            display: person.display.clone(),
            public_key: credentials.map_or([0; 32], |known| known.public_key),
            sealed_key: proven.and(credentials.map(|known| known.sealed_key.clone())),
            token: proven.map(|(_, token)| token),
            time,
            parameters,
            server,
        };
        log::info!(account:% = account, device:% = device; "logged in");
        self.let_in(conn);
        self.answer(asker, &welcome);
    }

    /// From here on the connection is open.
    fn let_in(&mut self, conn: ConnId) {
        self.timers.cancel(&Timer::Login(conn));
        self.outputs.push_back(Output::Admitted { conn });
        self.watch(conn);
    }

    /// Of a device's connections that take messages only the newest lives: an older one is dead, or
    /// soon will be.
    pub(super) fn close_older(&mut self, newest: ConnId) {
        let Some(peer) = self.conns.get(&newest) else { return };
        let (person, device) = (peer.connection.peer(), peer.connection.device());
        let Some(account) = self.people.get(person) else { return };
        let older = account.present.iter().filter(|conn| {
            **conn != newest
                && self.conns.get(conn).is_some_and(|peer| peer.connection.device() == device)
        });
        let older: Vec<ConnId> = older.copied().collect();
        for conn in older {
            self.drop_conn(conn, ErrorCode::Conflict, "this device has connected anew");
        }
    }

    /// A local service says who it is; the kernel has said that it is one.
    pub(super) fn service_hello(&mut self, conn: ConnId, object: &Object) -> Served {
        let hello: ServiceHello = read(object)?;
        let Some(peer) = self.conns.get_mut(&conn) else { return Ok(()) };
        if !peer.is_privileged() || peer.connection.state() >= State::Open {
            return refusal(ErrorCode::NotPermitted, "only a local service may say this, once");
        }
        if hello.service.is_empty() || hello.service.len() > LONGEST_NAME {
            return refusal(ErrorCode::Invalid, "this is no name of a service");
        }
        let guid = super::relay::service_guid(&hello.service);
        peer.service = Some(guid);
        peer.connection.opened(guid, Guid::BLANK);
        peer.stage = Stage::Over;
        log::info!(service = hello.service.as_str(); "a service has connected");
        self.outputs.push_back(Output::Admitted { conn });
        let yes = Object::accepted(&object.header).addressed(self.server, guid);
        self.send(conn, yes);
        Ok(())
    }

    /// The HTTP service carries a web page's objects on this connection from here on: an
    /// unprivileged client, bound to its origin.
    pub(super) fn bridge(&mut self, conn: ConnId, object: &Object) -> Served {
        let bridge: Bridge = read(object)?;
        let greeting = self
            .conns
            .get(&conn)
            .is_some_and(|peer| peer.is_privileged() && peer.connection.state() == State::Greeting);
        if !greeting {
            return refusal(ErrorCode::NotPermitted, "only a local service may bridge");
        }
        if bridge.origin.len() > LONGEST_NAME || bridge.remote.len() > LONGEST_NAME {
            return refusal(ErrorCode::Invalid, "origin or address is too long");
        }
        if self.is_crowded(&bridge.remote, true) {
            self.drop_conn(conn, ErrorCode::TooMany, "too many connections");
            return Ok(());
        }
        let Some(peer) = self.conns.get_mut(&conn) else { return Ok(()) };
        peer.connection.demoted();
        peer.binding = Binding::Origin(sha256(bridge.origin.as_bytes()));
        peer.address = bridge.remote;
        self.timers.set(Timer::Login(conn), self.now + self.limits.login);
        self.accepted(Asker { conn, header: object.header });
        Ok(())
    }

    /// The log-in took too long.
    pub(super) fn login_timed_out(&mut self, conn: ConnId) {
        self.drop_conn(conn, ErrorCode::Silent, "the log-in took too long");
    }

    /// Only who has not logged in may log in.
    pub(super) fn check_stranger(&self, conn: ConnId) -> Served {
        let stranger = self.conns.get(&conn).is_some_and(|peer| {
            peer.connection.state() <= State::Authenticating
                && !matches!(peer.stage, Stage::Admitting | Stage::Over)
        });
        if stranger {
            Ok(())
        } else {
            refusal(ErrorCode::NotPermitted, "this is logged in already")
        }
    }

    /// Was there too much guessing?
    pub(super) fn check_attempts(&self, conn: ConnId, name: &str) -> Served {
        let address = self.address_key(conn);
        let (by_name, by_address) = (self.limits.wrong_by_name, self.limits.wrong_by_address);
        let name = format!("name {name}");
        if self.attempts.exhausted(&name, by_name, self.now)
            || self.attempts.exhausted(&address, by_address, self.now)
        {
            return refusal(ErrorCode::RateLimited, "too many wrong attempts; wait a minute");
        }
        Ok(())
    }

    /// A proof, token or code was wrong.
    pub(super) fn count_wrong(&mut self, conn: ConnId, name: Option<&str>) {
        let address = self.address_key(conn);
        self.attempts.wrong(&address, self.now);
        if let Some(name) = name {
            self.attempts.wrong(&format!("name {name}"), self.now);
        }
        log::info!(address = address.as_str(); "a log-in was refused");
    }

    fn address_key(&self, conn: ConnId) -> String {
        let address = self.conns.get(&conn).map_or("", |peer| peer.address.as_str());
        format!("address {address}")
    }
}
