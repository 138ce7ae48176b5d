//! X25519 key pairs (RFC 7748): every account has one.
//!
//! A private key is 32 bytes; its public key is X25519 of it and the base point. Private bytes
//! are clamped where they enter (RFC 7748, section 5), so that the bytes stored are the scalar
//! used.

use std::fmt;

use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, Serializable};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

pub(super) type HpkePrivate = <X25519HkdfSha256 as Kem>::PrivateKey;
pub(super) type HpkePublic = <X25519HkdfSha256 as Kem>::PublicKey;

/// The public half of an account's key pair.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    pub(super) fn hpke(&self) -> HpkePublic {
        HpkePublic::from_bytes(&self.0).expect("any 32 bytes are an X25519 public key")
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey(")?;
        for byte in &self.0[..4] {
            write!(f, "{byte:02x}")?;
        }
        write!(f, "..)")
    }
}

/// The private half of an account's key pair. Wiped from memory when dropped.
#[derive(Clone)]
pub struct PrivateKey {
    scalar: HpkePrivate,
    public: PublicKey,
}

impl PrivateKey {
    /// A fresh key pair.
    pub fn generate(rng: &mut impl CryptoRng) -> PrivateKey {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut_slice());
        PrivateKey::from_bytes(&bytes)
    }

    /// The key pair of these private bytes, clamped.
    pub fn from_bytes(bytes: &[u8; 32]) -> PrivateKey {
        let scalar = HpkePrivate::from_bytes(bytes)
            .expect("any 32 bytes, clamped, are an X25519 private key");
        let public = PublicKey(X25519HkdfSha256::sk_to_pk(&scalar).to_bytes().into());
        PrivateKey { scalar, public }
    }

    /// The private bytes, clamped: to be sealed at once, see [`crate::account`].
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        let mut bytes = Zeroizing::new([0; 32]);
        self.scalar.write_exact(bytes.as_mut_slice());
        bytes
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    pub(super) fn hpke(&self) -> &HpkePrivate {
        &self.scalar
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(..)")
    }
}
