//! Bodies of connect and disconnect: log-in, enrolment, bridging, leaving.
//!
//! Log-in is SCRAM-SHA-256 (RFC 5802, RFC 7677) over a key that the client derives with Argon2id:
//! hello -> challenge -> proof -> welcome. The cryptography itself lives in `voice::account`.

use minicbor::{Decode, Encode};

use crate::Guid;
use crate::people::Parameters;

/// Client: who wants to log in, with which device.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hello {
    /// The account's name.
    #[n(1)]
    pub account: String,
    /// 32 random bytes.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub nonce: [u8; 32],
    /// The device, if the client has been here before.
    #[n(3)]
    pub device: Option<Guid>,
    /// What the person calls the device: "browser on desk 4".
    #[n(4)]
    pub device_name: String,
    /// Name and version of the client program.
    #[n(5)]
    pub software: String,
}

/// Server: how to derive the key, and what to prove it over.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Challenge {
    /// Salt of the Argon2id derivation, 16 bytes. Made up, but always the same, for a name that
    /// does not exist.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub salt: [u8; 16],
    /// Cost of the derivation.
    #[n(2)]
    pub cost: Cost,
    /// 32 random bytes of the server.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub nonce: [u8; 32],
    /// The server's own GUID.
    #[n(4)]
    pub server: Guid,
}

/// Cost parameters of Argon2id (RFC 9106 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Cost {
    /// Memory in KiB.
    #[n(1)]
    pub memory_kib: u32,
    /// Passes over the memory.
    #[n(2)]
    pub passes: u32,
    /// Lanes.
    #[n(3)]
    pub lanes: u32,
}

/// What a proof is bound to, so that it cannot be relayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum BindingKind {
    /// Nothing: only on a Unix socket of the same machine.
    #[n(0)]
    None,
    /// The TLS exporter of RFC 9266, 32 bytes.
    #[n(1)]
    Exporter,
    /// SHA-256 of the web page's origin, such as `https://192.168.1.2:8443`.
    #[n(2)]
    Origin,
}

/// What proof and signature are made over: both bodies exactly as they were sent, and what binds
/// the exchange to its connection.
///
/// ```text
/// "ivm-login-1" || len32 || hello || len32 || challenge || binding kind || len32 || binding
/// ```
///
/// A length is 4 bytes, big-endian.
#[must_use]
pub fn auth_message(hello: &[u8], challenge: &[u8], kind: BindingKind, bound: &[u8]) -> Vec<u8> {
    let mut message = b"ivm-login-1".to_vec();
    let mut put = |part: &[u8]| {
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        message.extend_from_slice(&length.to_be_bytes());
        message.extend_from_slice(part);
    };
    put(hello);
    put(challenge);
    message.push(match kind {
        BindingKind::None => 0,
        BindingKind::Exporter => 1,
        BindingKind::Origin => 2,
    });
    message.extend_from_slice(&u32::try_from(bound.len()).unwrap_or(u32::MAX).to_be_bytes());
    message.extend_from_slice(bound);
    message
}

/// Client: proof of the key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Proof {
    /// What the proof is bound to.
    #[n(1)]
    pub binding: BindingKind,
    /// `ClientKey XOR HMAC(StoredKey, AuthMessage)`, 32 bytes.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub proof: [u8; 32],
}

/// Server: you are in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Welcome {
    /// `HMAC(ServerKey, AuthMessage)`, 32 bytes: the server knows the account too. Absent after a
    /// [`TokenHello`].
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: Option<[u8; 32]>,
    /// The account's GUID.
    #[n(2)]
    pub account: Guid,
    /// The device's GUID, to be kept.
    #[n(3)]
    pub device: Guid,
    /// The account's name as it is written.
    #[n(4)]
    pub name: String,
    /// The account's name as people read it.
    #[n(5)]
    pub display: String,
    /// The account's X25519 public key.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub public_key: [u8; 32],
    /// The account's private key, sealed under `wrap`. Absent after a [`TokenHello`].
    #[cbor(n(7), with = "minicbor::bytes")]
    pub sealed_key: Option<Vec<u8>>,
    /// A token with which this device logs in from now on; only after a password.
    #[cbor(n(8), with = "minicbor::bytes")]
    pub token: Option<[u8; 32]>,
    /// The server's clock, unix milliseconds.
    #[n(9)]
    pub time: u64,
    /// The office's parameters.
    #[n(10)]
    pub parameters: Parameters,
    /// The server's own GUID.
    #[n(11)]
    pub server: Guid,
}

/// Client: a device that has been here comes back with its token.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TokenHello {
    /// The device.
    #[n(1)]
    pub device: Guid,
    /// Its token; the server keeps only the SHA-256.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub token: [u8; 32],
    /// Name and version of the client program.
    #[n(3)]
    pub software: String,
}

/// Client: what is this invitation for?
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Invitation {
    /// The code of the invitation link.
    #[n(1)]
    pub code: String,
}

/// Server: whom the invitation is for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct InvitationInfo {
    /// The account's GUID.
    #[n(1)]
    pub account: Guid,
    /// The account's name.
    #[n(2)]
    pub name: String,
    /// The account's name as people read it.
    #[n(3)]
    pub display: String,
    /// When it expires, unix milliseconds.
    #[n(4)]
    pub expires: u64,
    /// The account's present public key, if it has one: the invitation is a reset.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub public_key: Option<[u8; 32]>,
    /// The present private key sealed under the recovery code, so that a reset can keep it.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub recovery_key: Option<Vec<u8>>,
}

/// What a server keeps to check a password and to hand the private key back.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Credentials {
    /// Salt of the Argon2id derivation.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub salt: [u8; 16],
    /// Cost of the derivation.
    #[n(2)]
    pub cost: Cost,
    /// `SHA-256(ClientKey)`.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub stored_key: [u8; 32],
    /// `HMAC(login, "Server Key")`.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub server_key: [u8; 32],
    /// The account's X25519 public key.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub public_key: [u8; 32],
    /// The private key sealed under `wrap`.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub sealed_key: Vec<u8>,
    /// The private key sealed under the recovery code.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub recovery_key: Vec<u8>,
}

/// Client: takes up an invitation with credentials of its own making; answered by a bare yes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Enrol {
    /// The code of the invitation link.
    #[n(1)]
    pub code: String,
    /// What the server shall keep.
    #[n(2)]
    pub credentials: Credentials,
}

/// Local HTTP service: this connection carries a web page's objects from here on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Bridge {
    /// The page's origin as the browser sent it.
    #[n(1)]
    pub origin: String,
    /// The browser's address, for the rate limit and the journal.
    #[n(2)]
    pub remote: String,
}

/// Local service: who it is. The kernel's peer credentials say whether that gives it rights.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ServiceHello {
    /// The service's name, such as `admin`.
    #[n(1)]
    pub service: String,
}

/// Client: leaves in good order.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Goodbye {
    /// Is the device to be forgotten, with its token (log-out)?
    #[n(1)]
    pub forget_device: bool,
}

/// Server: going down (row 94).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct GoingDown {
    /// The connection closes after so many milliseconds.
    #[n(1)]
    pub grace_ms: u32,
    /// Come back after so many milliseconds, plus up to as many again by chance.
    #[n(2)]
    pub retry_ms: u32,
}
