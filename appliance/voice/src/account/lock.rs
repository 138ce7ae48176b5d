//! The account's private key at rest on the server: sealed so that the server cannot read it.
//!
//! ```text
//! under the password  = random nonce (12) + AES-256-GCM(key `wrap`, aad GUID (16)) of the
//!                       private key: 32 + 16 = 48;                      60 bytes
//! under the recovery  = random salt (16) + random nonce (12) + AES-256-GCM(key, aad GUID) of
//! code                  the private key: 48;                            76 bytes
//!                       key = HKDF-SHA256(code (20), salt, "ivm recovery"), 32 bytes
//! ```

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::AccountError;
use super::derive::{SALT_LEN, WrapKey, new_salt};
use super::recovery::RecoveryCode;
use crate::ids::AccountId;
use crate::seal::keys::PrivateKey;
use crate::seal::{SealError, expand, open_with_nonce, seal_with_nonce};

/// Bytes of a private key sealed under a password.
pub const LOCKED_LEN: usize = 60;

/// Bytes of a private key sealed under a recovery code.
pub const RECOVERABLE_LEN: usize = 76;

/// The private key, sealed under the password's wrap key.
pub fn lock(
    private: &PrivateKey,
    wrap: &WrapKey,
    account: &AccountId,
    rng: &mut impl CryptoRng,
) -> Vec<u8> {
    seal_with_nonce(&wrap.0, &account.0, private.to_bytes().as_slice(), rng)
}

/// The private key that [`lock`] sealed.
pub fn unlock(
    locked: &[u8],
    wrap: &WrapKey,
    account: &AccountId,
) -> Result<PrivateKey, AccountError> {
    open_private(&wrap.0, locked, account).map_err(|_| AccountError::Password)
}

/// The private key, sealed under a recovery code.
pub fn lock_for_recovery(
    private: &PrivateKey,
    code: &RecoveryCode,
    account: &AccountId,
    rng: &mut impl CryptoRng,
) -> Vec<u8> {
    let salt = new_salt(rng);
    let key = recovery_key(code, &salt);
    let mut out = salt.to_vec();
    out.extend(seal_with_nonce(&key, &account.0, private.to_bytes().as_slice(), rng));
    out
}

/// The private key that [`lock_for_recovery`] sealed.
pub fn recover(
    locked: &[u8],
    code: &RecoveryCode,
    account: &AccountId,
) -> Result<PrivateKey, AccountError> {
    let (salt, sealed) = locked.split_first_chunk::<SALT_LEN>().ok_or(AccountError::Recovery)?;
    let key = recovery_key(code, salt);
    open_private(&key, sealed, account).map_err(|_| AccountError::Recovery)
}

fn recovery_key(code: &RecoveryCode, salt: &[u8; SALT_LEN]) -> Zeroizing<[u8; 32]> {
    expand(code.as_bytes(), Some(salt), &[b"ivm recovery"])
}

fn open_private(
    key: &[u8; 32],
    sealed: &[u8],
    account: &AccountId,
) -> Result<PrivateKey, SealError> {
    let plain = Zeroizing::new(open_with_nonce(key, &account.0, sealed)?);
    let bytes: &[u8; 32] = plain.as_slice().try_into().map_err(|_| SealError::Broken)?;
    Ok(PrivateKey::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::{LOCKED_LEN, RECOVERABLE_LEN, lock, lock_for_recovery, recover, unlock};
    use crate::account::AccountError;
    use crate::account::derive::WrapKey;
    use crate::account::recovery::RecoveryCode;
    use crate::ids::AccountId;
    use crate::seal::keys::PrivateKey;

    const ACCOUNT: AccountId = AccountId([5; 16]);

    #[test]
    fn a_locked_key_opens_with_the_password_it_was_locked_with() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let private = PrivateKey::generate(&mut rng);
        let locked = lock(&private, &WrapKey([1; 32]), &ACCOUNT, &mut rng);
        assert_eq!(locked.len(), LOCKED_LEN);
        let opened = unlock(&locked, &WrapKey([1; 32]), &ACCOUNT).expect("the same password");
        assert_eq!(opened.public(), private.public());
        assert_eq!(*opened.to_bytes(), *private.to_bytes());

        let fails = |locked: &[u8], wrap, account: &AccountId| {
            let error = unlock(locked, &WrapKey(wrap), account).expect_err("not this one");
            assert_eq!(error, AccountError::Password);
        };
        fails(&locked, [2; 32], &ACCOUNT);
        fails(&locked, [1; 32], &AccountId([6; 16]));
        fails(&locked[..59], [1; 32], &ACCOUNT);
        fails(&[], [1; 32], &ACCOUNT);
    }

    #[test]
    fn a_recovery_code_opens_what_it_locked() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let private = PrivateKey::generate(&mut rng);
        let code = RecoveryCode::generate(&mut rng);
        let locked = lock_for_recovery(&private, &code, &ACCOUNT, &mut rng);
        assert_eq!(locked.len(), RECOVERABLE_LEN);
        let typed = RecoveryCode::parse(&code.to_string().to_lowercase()).expect("as shown");
        let opened = recover(&locked, &typed, &ACCOUNT).expect("the same code");
        assert_eq!(opened.public(), private.public());

        let other = RecoveryCode::generate(&mut rng);
        let error = recover(&locked, &other, &ACCOUNT).expect_err("another code");
        assert_eq!(error, AccountError::Recovery);
        let error = recover(&locked[..15], &code, &ACCOUNT).expect_err("cut short");
        assert_eq!(error, AccountError::Recovery);
    }
}
