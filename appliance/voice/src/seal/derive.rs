//! The two primitives under everything sealed: HKDF-SHA256 and AES-256-GCM.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{SealError, TAG_LEN};

const NONCE_LEN: usize = 12;

/// `N` bytes of HKDF-SHA256; the info is the concatenation of its parts.
pub(crate) fn expand<const N: usize>(
    secret: &[u8],
    salt: Option<&[u8]>,
    info: &[&[u8]],
) -> Zeroizing<[u8; N]> {
    let mut out = Zeroizing::new([0; N]);
    Hkdf::<Sha256>::new(salt, secret)
        .expand_multi_info(info, out.as_mut_slice())
        .expect("no output here exceeds the 8160 bytes that HKDF-SHA256 gives");
    out
}

/// The ciphertext and tag of a plaintext.
pub(crate) fn encrypt(key: &[u8; 32], nonce: [u8; NONCE_LEN], aad: &[u8], msg: &[u8]) -> Vec<u8> {
    Aes256Gcm::new(key.into())
        .encrypt(&Nonce::from(nonce), Payload { msg, aad })
        .expect("AES-GCM seals up to 64 GiB, far more than memory holds")
}

/// The plaintext of ciphertext and tag.
pub(crate) fn decrypt(
    key: &[u8; 32],
    nonce: [u8; NONCE_LEN],
    aad: &[u8],
    msg: &[u8],
) -> Result<Vec<u8>, SealError> {
    if msg.len() < TAG_LEN {
        return Err(SealError::Short(msg.len()));
    }
    Aes256Gcm::new(key.into())
        .decrypt(&Nonce::from(nonce), Payload { msg, aad })
        .map_err(|_| SealError::Broken)
}

/// A random nonce, then ciphertext and tag.
pub(crate) fn seal_with_nonce(
    key: &[u8; 32],
    aad: &[u8],
    plaintext: &[u8],
    rng: &mut impl CryptoRng,
) -> Vec<u8> {
    let mut nonce = [0; NONCE_LEN];
    rng.fill_bytes(&mut nonce);
    let mut out = nonce.to_vec();
    out.extend(encrypt(key, nonce, aad, plaintext));
    out
}

/// The plaintext of what [`seal_with_nonce`] made.
pub(crate) fn open_with_nonce(
    key: &[u8; 32],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>, SealError> {
    let (nonce, rest) =
        sealed.split_first_chunk::<NONCE_LEN>().ok_or(SealError::Short(sealed.len()))?;
    decrypt(key, *nonce, aad, rest)
}
