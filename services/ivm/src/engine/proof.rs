//! The bytes of a log-in: what a proof is bound to, hashes of tokens and codes, made-up salts.

use hmac::{Hmac, KeyInit, Mac};
use message::login::{BindingKind, Cost};
use sha2::{Digest, Sha256};
use voice::account::derive::Costs;

use super::conn::Binding;

/// What a proof on a connection with this binding is bound to.
pub(super) fn bound_to(binding: &Binding) -> (BindingKind, &[u8]) {
    match binding {
        Binding::None => (BindingKind::None, &[]),
        Binding::Exporter(bytes) => (BindingKind::Exporter, bytes),
        Binding::Origin(bytes) => (BindingKind::Origin, bytes),
    }
}

/// SHA-256: of a token, a code, an origin, a body.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The salt for a name that nobody has: made up, but always the same, so that asking tells nothing.
pub(super) fn made_up_salt(secret: &[u8; 32], name: &str) -> [u8; 16] {
    let mut mac =
        <Hmac<Sha256> as KeyInit>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(b"ivm salt");
    mac.update(name.as_bytes());
    let tag: [u8; 32] = mac.finalize().into_bytes().into();
    std::array::from_fn(|at| tag[at])
}

/// The cost for a name that nobody has: what a new account gets.
pub(super) fn usual_cost() -> Cost {
    let usual = Costs::USUAL;
    Cost { memory_kib: usual.memory_kib(), passes: usual.passes(), lanes: usual.lanes() }
}
