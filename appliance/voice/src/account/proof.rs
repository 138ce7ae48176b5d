//! The keys and proofs of SCRAM-SHA-256 (RFC 5802 section 3, RFC 7677), over `login`.
//!
//! ```text
//! ClientKey       = HMAC-SHA256(login, "Client Key")
//! StoredKey       = SHA-256(ClientKey)
//! ServerKey       = HMAC-SHA256(login, "Server Key")
//! ClientSignature = HMAC-SHA256(StoredKey, auth message)
//! proof           = ClientKey XOR ClientSignature
//! ServerSignature = HMAC-SHA256(ServerKey, auth message)
//! ```
//!
//! The auth message is whatever both sides saw of the exchange; the protocol says which bytes.
//! It must hold a fresh challenge of each side and what binds the exchange to its connection.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::AccountError;
use super::derive::LoginKey;

/// What the client sends to prove `login`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof(pub [u8; 32]);

/// What the server sends back to prove that it holds the verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerSignature(pub [u8; 32]);

/// What the server keeps of a password.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Verifier {
    /// SHA-256 of the client key.
    pub stored_key: [u8; 32],
    /// The key of the server's own signature.
    pub server_key: [u8; 32],
}

impl Verifier {
    /// The verifier of a password's login key.
    pub fn new(login: &LoginKey) -> Verifier {
        Verifier {
            stored_key: Sha256::digest(client_key(login).as_slice()).into(),
            server_key: hmac(&login.0, b"Server Key"),
        }
    }

    /// Whether a client's proof shows that it knows the password. Takes the same time either way.
    pub fn accepts(&self, auth_message: &[u8], proof: &Proof) -> bool {
        let signature = hmac(&self.stored_key, auth_message);
        let client_key = Zeroizing::new(xor(&proof.0, &signature));
        let stored: [u8; 32] = Sha256::digest(client_key.as_slice()).into();
        stored.ct_eq(&self.stored_key).into()
    }

    /// The server's own proof, sent once the client's was accepted.
    pub fn sign(&self, auth_message: &[u8]) -> ServerSignature {
        ServerSignature(hmac(&self.server_key, auth_message))
    }
}

impl LoginKey {
    /// The client's proof over what both sides saw.
    pub fn prove(&self, auth_message: &[u8]) -> Proof {
        let key = client_key(self);
        let stored: [u8; 32] = Sha256::digest(key.as_slice()).into();
        Proof(xor(&key, &hmac(&stored, auth_message)))
    }

    /// Check the server's proof; a server that fails it is not the one the account lives on.
    pub fn check_server(
        &self,
        auth_message: &[u8],
        signature: &ServerSignature,
    ) -> Result<(), AccountError> {
        let expected = Verifier::new(self).sign(auth_message);
        if bool::from(expected.0.ct_eq(&signature.0)) { Ok(()) } else { Err(AccountError::Server) }
    }
}

fn client_key(login: &LoginKey) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(hmac(&login.0, b"Client Key"))
}

fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let mut mac =
        <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn xor(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
    std::array::from_fn(|at| a[at] ^ b[at])
}

#[cfg(test)]
mod tests {
    use super::{Proof, ServerSignature, Verifier, hmac, xor};
    use crate::account::AccountError;
    use crate::account::derive::LoginKey;

    /// PBKDF2-HMAC-SHA256, one block: SaltedPassword of RFC 7677, which `login` stands in for.
    fn salted_password(password: &[u8], salt: &[u8], rounds: u32) -> [u8; 32] {
        let mut key = [0; 32];
        key[..password.len()].copy_from_slice(password);
        let mut block = hmac(&key, &[salt, &[0, 0, 0, 1]].concat());
        let mut sum = block;
        for _ in 1..rounds {
            block = hmac(&key, &block);
            sum = xor(&sum, &block);
        }
        sum
    }

    #[test]
    fn the_example_of_rfc_7677_comes_out() {
        let salt = [
            0x5b, 0x6d, 0x99, 0x68, 0x9d, 0x12, 0x35, 0x8e, 0xec, 0xa0, 0x4b, 0x14, 0x12, 0x36,
            0xfa, 0x81,
        ];
        let login = LoginKey(salted_password(b"pencil", &salt, 4096));
        let auth = b"n=user,r=rOprNGfwEbeRWgbNEkqO,\
            r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
            s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,\
            c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let made = login.prove(auth);
        assert_eq!(base64(&made.0), "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        let verifier = Verifier::new(&login);
        assert!(verifier.accepts(auth, &made));
        let signature = verifier.sign(auth);
        assert_eq!(base64(&signature.0), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        assert_eq!(login.check_server(auth, &signature), Ok(()));
    }

    fn base64(bytes: &[u8]) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = String::new();
        for chunk in bytes.chunks(3) {
            let word = chunk.iter().fold(0u32, |sum, &b| sum << 8 | u32::from(b))
                << (8 * (3 - chunk.len()));
            for at in 0..4 {
                let letter = LETTERS[(word >> (18 - 6 * at) & 63) as usize];
                out.push(if at <= chunk.len() { letter as char } else { '=' });
            }
        }
        out
    }

    #[test]
    fn a_wrong_password_message_or_server_is_refused() {
        let (right, wrong) = (LoginKey([1; 32]), LoginKey([2; 32]));
        let verifier = Verifier::new(&right);
        assert!(verifier.accepts(b"auth", &right.prove(b"auth")));
        assert!(!verifier.accepts(b"auth", &wrong.prove(b"auth")));
        assert!(!verifier.accepts(b"other", &right.prove(b"auth")));
        assert!(!verifier.accepts(b"auth", &Proof([0; 32])));
        let forged = ServerSignature([0; 32]);
        assert_eq!(right.check_server(b"auth", &forged), Err(AccountError::Server));
    }
}
