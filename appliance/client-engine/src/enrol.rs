//! What a link is made for besides the daily session: the first log-in, an invitation, another
//! password. The client makes keys and verifier itself; the server never sees the password.

use machine::Moment;
use message::Refusal;
use message::login::{Cost, Credentials, Enrol, Invitation, InvitationInfo};
use voice::account::derive::{derive, new_salt};
use voice::account::lock;
use voice::account::proof::Verifier;
use voice::account::recovery::RecoveryCode;
use voice::ids::AccountId;
use voice::seal::keys::PrivateKey;

use crate::engine::Engine;
use crate::login::Stage;
use crate::roster::clean;
use crate::session::Request;
use crate::{Notice, Password};

/// The fewest characters of a password.
const SHORTEST_PASSWORD: usize = 8;

/// Why a link is made, if not for the daily session.
#[derive(Clone, Debug)]
pub(crate) enum Errand {
    /// Log in by password.
    LogIn {
        /// The account's name.
        name: String,
        /// Its password.
        password: Password,
        /// What the person calls the device.
        device_name: String,
    },
    /// Ask whom an invitation is for.
    Ask {
        /// Its code.
        code: String,
    },
    /// Take it up.
    Enrol {
        /// Its code.
        code: String,
        /// The new password.
        password: Password,
        /// After a reset, to keep the old key.
        recovery: Option<String>,
    },
    /// Log in by the present password and choose another.
    ChangePassword {
        /// The present one.
        old: Password,
        /// The new one.
        new: Password,
    },
}

impl Engine {
    /// Begins an errand; what it needs is a fresh link.
    pub(crate) fn begin_errand(&mut self, errand: Errand, now: Moment) {
        if let Some(why) = self.why_not(&errand) {
            return self.desk.refuse(why);
        }
        self.errand = Some(errand);
        self.disconnect(now);
        self.connect();
    }

    fn why_not(&self, errand: &Errand) -> Option<&'static str> {
        let logged_in = self.account.as_ref().is_some_and(|account| account.token.is_some());
        let new_password = match errand {
            Errand::LogIn { .. } if logged_in => return Some("log out first"),
            Errand::ChangePassword { .. } if !logged_in => return Some("log in first"),
            Errand::LogIn { .. } | Errand::Ask { .. } => None,
            Errand::Enrol { password, .. } => Some(password),
            Errand::ChangePassword { new, .. } => Some(new),
        };
        let short = |password: &Password| password.text().chars().count() < SHORTEST_PASSWORD;
        if self.errand.is_some() {
            Some("the last log-in has not ended yet")
        } else if !self.ready {
            Some("the storage is still being read")
        } else if new_password.is_some_and(short) {
            Some("a password has at least 8 characters")
        } else {
            None
        }
    }

    /// The errand came to nothing.
    pub(crate) fn errand_failed(&mut self, why: &str) {
        match self.errand.take() {
            Some(Errand::LogIn { .. }) => self.desk.notice(Notice::LogInFailed(why.to_owned())),
            Some(Errand::Ask { .. } | Errand::Enrol { .. } | Errand::ChangePassword { .. }) => {
                self.desk.refuse(why);
            }
            None => {}
        }
    }

    /// The link broke, or was never made.
    pub(crate) fn log_in_broken(&mut self, why: &str) {
        let why = if why.is_empty() { "the server closed the connection" } else { why };
        self.errand_failed(why);
    }

    /// The log-in took too long.
    pub(crate) fn log_in_late(&mut self, now: Moment) {
        self.errand_failed("the server does not answer");
        self.disconnect(now);
    }

    /// Asks whom an invitation is for.
    pub(crate) fn ask_invitation(&mut self, code: String, now: Moment) {
        self.session.stage = Stage::Invitation;
        self.ask(&Invitation { code }, Request::LogIn, now);
    }

    /// The server says whom it is for.
    pub(crate) fn on_invitation(
        &mut self,
        object: &message::Object,
        now: Moment,
    ) -> Result<(), String> {
        let info: InvitationInfo = object.read().map_err(|error| error.to_string())?;
        match self.errand.clone() {
            Some(Errand::Enrol { code, password, recovery }) => {
                self.enrol(&info, code, &password, recovery, now)
            }
            Some(Errand::LogIn { .. } | Errand::Ask { .. } | Errand::ChangePassword { .. })
            | None => {
                self.errand = None;
                self.desk.notice(Notice::Invited {
                    name: clean(&info.name),
                    display: clean(&info.display),
                    reset: info.public_key.is_some(),
                });
                self.disconnect(now);
                Ok(())
            }
        }
    }

    fn enrol(
        &mut self,
        info: &InvitationInfo,
        code: String,
        password: &Password,
        recovery: Option<String>,
        now: Moment,
    ) -> Result<(), String> {
        let account = AccountId(*info.account.bytes());
        let private = match recovery {
            Some(typed) => recovered(info, &typed, &account)?,
            None => PrivateKey::generate(&mut self.desk.rng),
        };
        let (credentials, shown) = self.credentials(&private, &account, password)?;
        self.session.stage = Stage::Enrol(info.name.clone(), shown);
        self.ask(&Enrol { code, credentials }, Request::LogIn, now);
        Ok(())
    }

    /// The server has taken the credentials.
    pub(crate) fn on_enrolled(&mut self, name: String, recovery_code: String, now: Moment) {
        self.errand = None;
        self.desk.notice(Notice::Enrolled { name, recovery_code });
        self.disconnect(now);
    }

    /// Logged in by password: was it to choose another one?
    pub(crate) fn logged_in_for_errand(&mut self, now: Moment) {
        let Some(Errand::ChangePassword { old: _, new }) = self.errand.clone() else {
            self.errand = None;
            return;
        };
        let account = AccountId(*self.own_guid().bytes());
        let Some(private) = self.private.clone() else { return };
        match self.credentials(&private, &account, &new) {
            Ok((credentials, shown)) => self.ask(&credentials, Request::Credentials(shown), now),
            Err(why) => self.errand_failed(&why),
        }
    }

    /// The server has taken other credentials, or would not.
    pub(crate) fn on_credentials_taken(&mut self, recovery_code: String, refusal: Option<Refusal>) {
        match refusal {
            Some(refusal) => self.errand_failed(&refusal.text),
            None => {
                self.errand = None;
                self.desk.notice(Notice::PasswordChanged { recovery_code });
            }
        }
    }

    /// What the server shall keep for this password, and a fresh recovery code.
    fn credentials(
        &mut self,
        private: &PrivateKey,
        account: &AccountId,
        password: &Password,
    ) -> Result<(Credentials, String), String> {
        let rng = &mut self.desk.rng;
        let (salt, costs) = (new_salt(rng), password.costs());
        let (login, wrap) =
            derive(password.text(), &salt, &costs).map_err(|error| error.to_string())?;
        let verifier = Verifier::new(&login);
        let code = RecoveryCode::generate(rng);
        let cost =
            Cost { memory_kib: costs.memory_kib(), passes: costs.passes(), lanes: costs.lanes() };
        let credentials = Credentials {
            salt,
            cost,
            stored_key: verifier.stored_key,
            server_key: verifier.server_key,
            public_key: private.public().0,
            sealed_key: lock::lock(private, &wrap, account, rng),
            recovery_key: lock::lock_for_recovery(private, &code, account, rng),
        };
        Ok((credentials, code.to_string()))
    }
}

/// The account's old key, by the recovery code.
fn recovered(
    info: &InvitationInfo,
    typed: &str,
    account: &AccountId,
) -> Result<PrivateKey, String> {
    let code = RecoveryCode::parse(typed).map_err(|error| error.to_string())?;
    let locked = info.recovery_key.as_deref().ok_or("there is no old key to recover")?;
    let private = lock::recover(locked, &code, account).map_err(|error| error.to_string())?;
    if info.public_key.is_some_and(|public| public != private.public().0) {
        return Err("the recovered key is not the account's".to_owned());
    }
    Ok(private)
}
