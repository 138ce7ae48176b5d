//! Giving the content key of a message to a recipient, with proof of who the sender is.
//!
//! HPKE (RFC 9180) in auth mode, one shot:
//!
//! ```text
//! KEM   0x0020  DHKEM(X25519, HKDF-SHA256)
//! KDF   0x0001  HKDF-SHA256
//! AEAD  0x0002  AES-256-GCM
//! info  "ivm content key v1"
//! aad   message id (16) + sender GUID (16) + recipient GUID (16)
//! plaintext: the content key (32)
//! wrapped = enc (32) + ciphertext and tag (48), 80 bytes
//! ```
//!
//! Only the holder of the sender's private key, or of the recipient's, can have made a wrap that
//! opens: the recipient knows who spoke, and cannot prove it to a third party. (Whoever steals
//! the recipient's private key can therefore also forge messages to that recipient.) The sender
//! keeps a copy by wrapping to itself.

use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable, single_shot_open,
    single_shot_seal_with_rng,
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::keys::{PrivateKey, PublicKey};
use super::{ContentKey, SealError};
use crate::ids::{AccountId, MessageId};

const INFO: &[u8] = b"ivm content key v1";

/// Bytes of a [`Wrapped`] on the wire.
pub const WRAPPED_LEN: usize = 80;

/// Whose content key it is, and for whom: bound into the wrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrapContext {
    /// The message.
    pub message: MessageId,
    /// Who spoke.
    pub sender: AccountId,
    /// Who is to hear it.
    pub recipient: AccountId,
}

impl WrapContext {
    fn associated_data(&self) -> Vec<u8> {
        [self.message.0, self.sender.0, self.recipient.0].concat()
    }
}

/// A content key that only one recipient can open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrapped {
    /// The encapsulated key.
    pub enc: [u8; 32],
    /// The sealed content key and its tag.
    pub ciphertext: [u8; 48],
}

impl Wrapped {
    /// `enc` and then `ciphertext`.
    pub fn to_bytes(&self) -> [u8; WRAPPED_LEN] {
        let mut out = [0; WRAPPED_LEN];
        out[..32].copy_from_slice(&self.enc);
        out[32..].copy_from_slice(&self.ciphertext);
        out
    }

    /// Read what [`Wrapped::to_bytes`] wrote.
    pub fn parse(bytes: &[u8]) -> Result<Wrapped, SealError> {
        let short = SealError::Short(bytes.len());
        let (enc, rest) = bytes.split_first_chunk::<32>().ok_or(short)?;
        let ciphertext: &[u8; 48] = rest.try_into().map_err(|_| short)?;
        Ok(Wrapped { enc: *enc, ciphertext: *ciphertext })
    }
}

/// Wrap a content key for one recipient, as this sender.
pub fn wrap(
    content: &ContentKey,
    sender: &PrivateKey,
    recipient: &PublicKey,
    context: &WrapContext,
    rng: &mut impl CryptoRng,
) -> Result<Wrapped, SealError> {
    let mode = OpModeS::Auth((sender.hpke().clone(), sender.public().hpke()));
    let (enc, ciphertext) = single_shot_seal_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &mode,
        &recipient.hpke(),
        INFO,
        content.as_bytes(),
        &context.associated_data(),
        rng,
    )
    .map_err(|_| SealError::PublicKey)?;
    let ciphertext = ciphertext.try_into().map_err(|_| SealError::Broken)?;
    Ok(Wrapped { enc: enc.to_bytes().into(), ciphertext })
}

/// Open a wrap as its recipient, believing it only if this sender made it.
pub fn unwrap(
    wrapped: &Wrapped,
    recipient: &PrivateKey,
    sender: &PublicKey,
    context: &WrapContext,
) -> Result<ContentKey, SealError> {
    let enc = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&wrapped.enc)
        .map_err(|_| SealError::PublicKey)?;
    let plaintext = single_shot_open::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Auth(sender.hpke()),
        recipient.hpke(),
        &enc,
        INFO,
        &wrapped.ciphertext,
        &context.associated_data(),
    )
    .map(Zeroizing::new)
    .map_err(|_| SealError::Broken)?;
    let bytes = plaintext.as_slice().try_into().map_err(|_| SealError::Broken)?;
    Ok(ContentKey::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::{WRAPPED_LEN, WrapContext, Wrapped, unwrap, wrap};
    use crate::ids::{AccountId, MessageId};
    use crate::seal::keys::{PrivateKey, PublicKey};
    use crate::seal::{ContentKey, SealError};

    const CONTEXT: WrapContext = WrapContext {
        message: MessageId([1; 16]),
        sender: AccountId([2; 16]),
        recipient: AccountId([3; 16]),
    };

    // rows 61, 62
    #[test]
    fn a_wrapped_key_opens_only_for_its_recipient_from_its_sender() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let [alice, bob, eve] = [(); 3].map(|()| PrivateKey::generate(&mut rng));
        let key = ContentKey::generate(&mut rng);
        let wrapped = wrap(&key, &alice, &bob.public(), &CONTEXT, &mut rng).expect("sound keys");
        let opened = unwrap(&wrapped, &bob, &alice.public(), &CONTEXT).expect("Bob's");
        assert_eq!(opened.as_bytes(), key.as_bytes());

        let broken = |result: Result<ContentKey, SealError>| {
            assert_eq!(result.expect_err("not theirs"), SealError::Broken);
        };
        broken(unwrap(&wrapped, &eve, &alice.public(), &CONTEXT));
        broken(unwrap(&wrapped, &bob, &eve.public(), &CONTEXT));
        for context in [
            WrapContext { message: MessageId([9; 16]), ..CONTEXT },
            WrapContext { sender: AccountId([9; 16]), ..CONTEXT },
            WrapContext { recipient: AccountId([9; 16]), ..CONTEXT },
        ] {
            broken(unwrap(&wrapped, &bob, &alice.public(), &context));
        }
    }

    #[test]
    fn the_sender_can_wrap_to_itself() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let alice = PrivateKey::generate(&mut rng);
        let key = ContentKey::generate(&mut rng);
        let own = WrapContext { recipient: CONTEXT.sender, ..CONTEXT };
        let wrapped = wrap(&key, &alice, &alice.public(), &own, &mut rng).expect("sound keys");
        let opened = unwrap(&wrapped, &alice, &alice.public(), &own).expect("hers");
        assert_eq!(opened.as_bytes(), key.as_bytes());
    }

    #[test]
    fn a_key_of_low_order_is_refused() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let alice = PrivateKey::generate(&mut rng);
        let key = ContentKey::generate(&mut rng);
        let result = wrap(&key, &alice, &PublicKey([0; 32]), &CONTEXT, &mut rng);
        assert_eq!(result, Err(SealError::PublicKey));
    }

    #[test]
    fn a_wrap_is_eighty_bytes_and_nothing_else() {
        let wrapped = Wrapped { enc: [7; 32], ciphertext: [8; 48] };
        let bytes = wrapped.to_bytes();
        assert_eq!(Wrapped::parse(&bytes), Ok(wrapped));
        assert_eq!(Wrapped::parse(&bytes[..79]), Err(SealError::Short(79)));
        assert_eq!(Wrapped::parse(&[0; WRAPPED_LEN + 1]), Err(SealError::Short(81)));
        assert_eq!(Wrapped::parse(&[]), Err(SealError::Short(0)));
    }
}
