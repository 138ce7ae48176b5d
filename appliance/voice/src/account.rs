//! From a password to proof of it, and to the account's private key.
//!
//! ```text
//! master (32)  = Argon2id v1.3 (RFC 9106) of the password's UTF-8 bytes, salt and costs from the server
//! login (32)   = HKDF-SHA256(master, no salt, "ivm login")
//! wrap (32)    = HKDF-SHA256(master, no salt, "ivm wrap")
//! ```
//!
//! * [`mod@derive`]: the above, and the bounds on what a server may ask for.
//! * [`proof`]: the keys of SCRAM-SHA-256 (RFC 5802, RFC 7677) over `login` in the place of
//!   SaltedPassword. The server keeps StoredKey and ServerKey, from which neither `wrap` nor
//!   the password follows.
//! * [`lock`]: the account's private key, sealed under `wrap` and under the recovery code.
//! * [`recovery`]: the recovery code.
//!
//! Whoever sets a password (the person's own client, from an invitation) makes the key pair,
//! derives all of this and sends the server the salt, the costs, StoredKey, ServerKey, the public
//! key and the two sealed private keys. The server can read none of the messages.

pub mod derive;
pub mod lock;
pub mod proof;
pub mod recovery;

use thiserror::Error;

/// Why a log-in or an unlocking failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AccountError {
    /// The server asks for Argon2 costs that would be too weak or would stall this machine.
    #[error(
        "the server asks for a password hash of {memory_kib} KiB, {passes} passes, {lanes} lanes; \
         allowed are 8192 to 262144 KiB, 1 to 10 passes, 1 to 4 lanes"
    )]
    Costs {
        /// Memory in KiB.
        memory_kib: u32,
        /// Passes over the memory.
        passes: u32,
        /// Lanes.
        lanes: u32,
    },
    /// The salt has an impossible length.
    #[error("the server's salt has {0} bytes; 16 to 64 are allowed")]
    Salt(usize),
    /// There is not enough memory for the password hash.
    #[error("there is not enough memory to hash the password")]
    Memory,
    /// The server's signature is wrong: it does not hold this account's verifier.
    #[error("the server could not prove that it knows this account")]
    Server,
    /// The account's private key does not open with this password.
    #[error("the account's key does not open with this password")]
    Password,
    /// The account's private key does not open with this recovery code.
    #[error("the account's key does not open with this recovery code")]
    Recovery,
    /// A recovery code is malformed.
    #[error("a recovery code has 32 letters and digits (without U); this has {0}")]
    CodeLength(usize),
    /// A recovery code has a character that none has.
    #[error("{0:?} does not occur in a recovery code")]
    CodeCharacter(char),
}
