//! What is said about log-in, first run, administrators, tokens and the audit record.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::audit::Numbered;
use crate::desk::FIRST;
use crate::role::Role;
use crate::store::{Administrator, TokenRecord};

fn first() -> String {
    FIRST.to_owned()
}

/// Log in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogIn {
    /// The administrator's name.
    #[serde(default = "first")]
    pub(crate) name: String,
    /// The password.
    pub(crate) password: String,
}

/// How somebody is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum By {
    /// By the cookie of a log-in.
    Session,
    /// By a token.
    Token,
    /// By the kernel: a program of root or of the service's own user.
    Machine,
}

/// Who is logged in.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SessionView {
    /// The name.
    pub(crate) name: String,
    /// What it may do.
    pub(crate) role: Role,
    /// How it is known.
    pub(crate) by: By,
    /// What the header `x-ivm-form` has to say in requests that change something, for a session.
    pub(crate) form: Option<String>,
}

/// Does the appliance wait for its first run?
#[derive(Serialize, JsonSchema)]
pub(crate) struct SetupView {
    /// It does.
    pub(crate) is_fresh: bool,
    /// The fingerprint of the appliance's certificate authority.
    pub(crate) fingerprint: String,
}

/// The first run.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetUp {
    /// The one-time code that the appliance shows.
    pub(crate) code: String,
    /// The password of the first administrator, who is called `admin`.
    pub(crate) password: String,
}

/// Another password of one's own.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// The one until now.
    pub(crate) old: String,
    /// The new one.
    pub(crate) new: String,
}

/// An administrator.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AdministratorView {
    /// The name.
    pub(crate) name: String,
    /// What it may do.
    pub(crate) role: Role,
    /// When it was added, unix milliseconds; 0 for unknown.
    pub(crate) made: u64,
}

impl From<Administrator> for AdministratorView {
    fn from(one: Administrator) -> Self {
        Self { name: one.who.name, role: one.who.role, made: one.made }
    }
}

/// Every administrator.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Administrators {
    /// By name.
    pub(crate) administrators: Vec<AdministratorView>,
}

/// Add an administrator.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAdministrator {
    /// 1 to 32 of a-z, 0-9, dot, hyphen and underscore.
    pub(crate) name: String,
    /// What it may do.
    pub(crate) role: Role,
    /// Its first password.
    pub(crate) password: String,
}

/// Change an administrator; what is absent stays. Its sessions end.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdministratorChange {
    /// What it may do.
    #[serde(default)]
    pub(crate) role: Option<Role>,
    /// Another password.
    #[serde(default)]
    pub(crate) password: Option<String>,
}

/// A program's token, without its secret.
#[derive(Serialize, JsonSchema)]
pub(crate) struct TokenView {
    /// The name.
    pub(crate) name: String,
    /// What it may do.
    pub(crate) role: Role,
    /// When it was made, unix milliseconds.
    pub(crate) made: u64,
    /// When it ends, unix milliseconds.
    pub(crate) expires: u64,
    /// When it was last used, to a minute, unix milliseconds; 0 for never.
    pub(crate) used: u64,
}

impl From<TokenRecord> for TokenView {
    fn from(token: TokenRecord) -> Self {
        let TokenRecord { who, made, expires, used } = token;
        Self { name: who.name, role: who.role, made, expires, used }
    }
}

/// Every token.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Tokens {
    /// By name.
    pub(crate) tokens: Vec<TokenView>,
}

const fn year() -> u32 {
    365
}

/// Make a token for a program.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// 1 to 32 of a-z, 0-9, dot, hyphen and underscore.
    pub(crate) name: String,
    /// What it may do.
    pub(crate) role: Role,
    /// Days until it ends.
    #[serde(default = "year")]
    #[schemars(range(min = 1, max = 3650))]
    pub(crate) days: u32,
}

/// A token that was made.
#[derive(Serialize, JsonSchema)]
pub(crate) struct MadeToken {
    /// The secret, shown this once.
    pub(crate) secret: String,
    /// The token.
    #[serde(flatten)]
    pub(crate) token: TokenView,
}

/// Which deeds.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditQuery {
    /// Only those with a number below this.
    #[serde(default)]
    pub(crate) before: Option<u64>,
    /// At most so many, 1 to 1000.
    #[serde(default = "hundred")]
    #[schemars(range(min = 1, max = 1000))]
    pub(crate) limit: u32,
}

const fn hundred() -> u32 {
    100
}

/// Deeds, the newest first.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AuditView {
    /// The deeds.
    pub(crate) deeds: Vec<Numbered>,
}
