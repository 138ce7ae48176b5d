//! Log-in: by password once, by the device's token from then on; log-out.
//!
//! ```text
//! hello -> challenge -> proof -> welcome      SCRAM-SHA-256 (RFC 5802, RFC 7677), see voice::account
//! token hello -> welcome
//! ```

use bytes::Bytes;
use machine::Moment;
use message::login::{
    BindingKind, Challenge, Hello, Proof as ProofBody, TokenHello, Welcome, auth_message,
};
use message::people::Status;
use message::{ErrorCode, Object, Refusal};
use rand_chacha::rand_core::Rng;
use sha2::{Digest, Sha256};
use voice::account::derive::{Costs, LoginKey, WrapKey, derive};
use voice::account::lock;
use voice::account::proof::ServerSignature;
use voice::ids::AccountId;
use voice::seal::keys::PrivateKey;

use crate::engine::Engine;
use crate::enrol::Errand;
use crate::records::AccountRecord;
use crate::session::{Request, Wire};
use crate::storage::{Durable, put};
use crate::{Binding, Change, Notice, Password, Write, paths};

/// How far the log-in on a link is.
#[derive(Default)]
pub(crate) enum Stage {
    /// Nothing was said.
    #[default]
    Quiet,
    /// Hello is out: its body, and the password for the answer.
    Hello(Bytes, Password),
    /// The proof is out.
    Proof(Box<Proving>),
    /// The token is out.
    Token,
    /// It was asked whom an invitation is for.
    Invitation,
    /// An invitation is being taken up: by whom, and the recovery code to show.
    Enrol(String, String),
    /// Logged in.
    Open,
}

/// What is needed to believe the server's welcome.
pub(crate) struct Proving {
    login: LoginKey,
    wrap: WrapKey,
    auth: Vec<u8>,
}

impl Engine {
    /// The link is up: the errand for which it was made, else the device's token.
    pub(crate) fn begin_log_in(&mut self, now: Moment) {
        match self.errand.clone() {
            Some(Errand::LogIn { name, password, device_name }) => {
                self.say_hello(name, password, device_name, now);
            }
            Some(Errand::ChangePassword { old, new: _ }) => {
                let account = self.account.as_ref();
                let (name, device_name) = account
                    .map(|account| (account.name.clone(), account.device_name.clone()))
                    .unwrap_or_default();
                self.say_hello(name, old, device_name, now);
            }
            Some(Errand::Ask { code } | Errand::Enrol { code, .. }) => {
                self.ask_invitation(code, now);
            }
            None => self.show_token(now),
        }
    }

    fn show_token(&mut self, now: Moment) {
        let software = self.software.clone();
        let known = self.account.as_ref().and_then(|account| {
            account.token.map(|token| TokenHello { device: account.device, token, software })
        });
        match known {
            Some(hello) => {
                self.session.stage = Stage::Token;
                self.ask(&hello, Request::LogIn, now);
            }
            None => self.disconnect(now),
        }
    }

    fn say_hello(&mut self, name: String, password: Password, device_name: String, now: Moment) {
        let mut nonce = [0; 32];
        self.desk.rng.fill_bytes(&mut nonce);
        let same = self.account.as_ref().filter(|account| account.name == name);
        let hello = Hello {
            device: same.map(|account| account.device),
            account: name,
            nonce,
            device_name,
            software: self.software.clone(),
        };
        let object = Object::of(self.desk.object_id(now), &hello);
        self.session.stage = Stage::Hello(object.body.clone(), password);
        self.ask_object(object, Request::LogIn);
    }

    /// The server's answer to a step of the log-in.
    pub(crate) fn on_log_in_answer(
        &mut self,
        object: &Object,
        refusal: Option<Refusal>,
        now: Moment,
    ) {
        let stage = std::mem::take(&mut self.session.stage);
        if let Some(refusal) = refusal {
            return self.log_in_refused(&stage, &refusal, now);
        }
        let result = match stage {
            Stage::Hello(hello, password) => self.prove(&hello, &password, object, now),
            Stage::Proof(proving) => self.welcomed_by_password(&proving, object, now),
            Stage::Token => self.welcomed_by_token(object, now),
            Stage::Invitation => self.on_invitation(object, now),
            Stage::Enrol(name, recovery_code) => {
                self.on_enrolled(name, recovery_code, now);
                Ok(())
            }
            Stage::Quiet | Stage::Open => Ok(()),
        };
        if let Err(why) = result {
            self.errand_failed(&why);
            self.disconnect(now);
        }
    }

    fn prove(
        &mut self,
        hello: &[u8],
        password: &Password,
        answer: &Object,
        now: Moment,
    ) -> Result<(), String> {
        let challenge: Challenge = answer.read().map_err(|error| error.to_string())?;
        let cost = challenge.cost;
        let costs = Costs::new(cost.memory_kib, cost.passes, cost.lanes);
        let (login, wrap) = costs
            .and_then(|costs| derive(password.text(), &challenge.salt, &costs))
            .map_err(|error| error.to_string())?;
        let Wire::Up(binding) = &self.session.wire else {
            return Err("the link is down".to_owned());
        };
        let (binding, bound) = match binding {
            Binding::None => (BindingKind::None, Vec::new()),
            Binding::Exporter(bytes) => (BindingKind::Exporter, bytes.to_vec()),
            Binding::Origin(origin) => (BindingKind::Origin, Sha256::digest(origin).to_vec()),
        };
        let auth = auth_message(hello, &answer.body, binding, &bound);
        let proof = ProofBody { binding, proof: login.prove(&auth).0 };
        self.session.stage = Stage::Proof(Box::new(Proving { login, wrap, auth }));
        self.ask(&proof, Request::LogIn, now);
        Ok(())
    }

    fn welcomed_by_password(
        &mut self,
        proving: &Proving,
        object: &Object,
        now: Moment,
    ) -> Result<(), String> {
        let welcome: Welcome = object.read().map_err(|error| error.to_string())?;
        let signature = welcome.signature.ok_or("the server has not signed")?;
        proving
            .login
            .check_server(&proving.auth, &ServerSignature(signature))
            .map_err(|error| error.to_string())?;
        let sealed = welcome.sealed_key.as_deref().ok_or("the server has no key to hand over")?;
        let private = lock::unlock(sealed, &proving.wrap, &AccountId(*welcome.account.bytes()))
            .map_err(|error| error.to_string())?;
        if private.public().0 != welcome.public_key {
            return Err("the server names another public key than the account's own".to_owned());
        }
        let old = self.account.as_ref().filter(|account| account.guid == welcome.account);
        let token = welcome.token.or_else(|| old.and_then(|account| account.token));
        let status = old.map_or(Status::Online, |account| account.status);
        let mut device_name = old.map(|account| account.device_name.clone()).unwrap_or_default();
        if let Some(Errand::LogIn { device_name: given, .. }) = &self.errand {
            device_name.clone_from(given);
        }
        if old.is_none() {
            self.forget_everything(now);
        }
        let account = AccountRecord {
            guid: welcome.account,
            device: welcome.device,
            name: welcome.name.clone(),
            display: welcome.display.clone(),
            server: welcome.server,
            token,
            private_key: *private.to_bytes(),
            parameters: welcome.parameters.clamped(),
            status,
            device_name,
        };
        self.take_account(account, Some(Durable::LoggedIn));
        self.set_server_time(welcome.time, now);
        self.session_opened(now);
        self.logged_in_for_errand(now);
        Ok(())
    }

    fn welcomed_by_token(&mut self, object: &Object, now: Moment) -> Result<(), String> {
        let welcome: Welcome = object.read().map_err(|error| error.to_string())?;
        let account = self.account.clone().ok_or("the device is not known any more")?;
        let public = PrivateKey::from_bytes(&account.private_key).public();
        if welcome.account != account.guid || welcome.public_key != public.0 {
            return Err("the server answers for another account".to_owned());
        }
        let account = AccountRecord {
            name: welcome.name,
            display: welcome.display,
            parameters: welcome.parameters.clamped(),
            ..account
        };
        self.take_account(account, None);
        self.set_server_time(welcome.time, now);
        self.session_opened(now);
        Ok(())
    }

    /// Takes an account as this device's own.
    pub(crate) fn take_account(&mut self, account: AccountRecord, then: Option<Durable>) {
        self.parameters = account.parameters;
        self.private = Some(PrivateKey::from_bytes(&account.private_key));
        let write = put(paths::RecordKey::Account, &account);
        self.desk.storage.write(vec![write], then);
        self.account = Some(account);
        self.desk.changed(Change::Session);
    }

    fn log_in_refused(&mut self, stage: &Stage, refusal: &Refusal, now: Moment) {
        let revoked = matches!(
            refusal.code,
            ErrorCode::Credentials | ErrorCode::UnknownPerson | ErrorCode::Expired
        );
        if matches!(stage, Stage::Token) {
            if revoked && let Some(account) = self.account.clone() {
                self.take_account(AccountRecord { token: None, ..account }, None);
                self.desk.notice(Notice::LoggedOut);
            }
        } else {
            self.errand_failed(&refusal.text);
        }
        self.disconnect(now);
    }

    /// Leaves, and forgets the device, its keys and its messages.
    pub(crate) fn log_out(&mut self, now: Moment) {
        if self.account.is_none() {
            return self.desk.refuse("nobody is logged in");
        }
        if self.session.is_open() {
            self.say_goodbye(true, now);
        }
        self.disconnect(now);
        self.forget_everything(now);
        self.desk.storage.write(Vec::new(), Some(Durable::Wiped));
    }

    /// Forgets all that belongs to the account.
    fn forget_everything(&mut self, now: Moment) {
        self.close_microphone(now);
        self.dictation = None;
        self.stop_playing();
        self.account = None;
        self.private = None;
        self.draft = None;
        self.messages.clear();
        self.roster = Default::default();
        self.outbox = Default::default();
        self.inbox = Default::default();
        self.files = Default::default();
        let records = Write::DeletePrefix(paths::RECORDS.to_vec());
        let portions = Write::DeletePrefix(paths::PORTIONS.to_vec());
        self.desk.write(vec![records, portions]);
        for change in [Change::Session, Change::People, Change::Messages, Change::Draft] {
            self.desk.changed(change);
        }
    }
}
