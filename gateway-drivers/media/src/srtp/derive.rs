//! From a master to the keys of sound and of reports, and what is done with these
//! (RFC 3711, section 4).

use aes::Aes128;
use aes::cipher::{KeyIvInit, StreamCipher};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::Master;
use crate::rtp::Ssrc;

type Counter = ctr::Ctr128BE<Aes128>;

/// What a derived key is for (section 4.3.1): sound, and with 3 added reports.
const CIPHER: u8 = 0;
const TAG: u8 = 1;
const SALT: u8 = 2;
const FOR_CONTROL: u8 = 3;

/// The keys of one direction and of one kind of packet.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Keys {
    cipher: [u8; 16],
    salt: [u8; 14],
    tag: [u8; 20],
}

impl Keys {
    pub(super) fn of_sound(master: &Master) -> Self {
        Self::derive(master, 0)
    }

    pub(super) fn of_control(master: &Master) -> Self {
        Self::derive(master, FOR_CONTROL)
    }

    fn derive(master: &Master, kind: u8) -> Self {
        let mut keys = Self { cipher: [0; 16], salt: [0; 14], tag: [0; 20] };
        expand(master, CIPHER + kind, &mut keys.cipher);
        expand(master, TAG + kind, &mut keys.tag);
        expand(master, SALT + kind, &mut keys.salt);
        keys
    }

    /// Encrypts or decrypts in place. The 16 low bits of the counter are enough for every packet
    /// that fits into a datagram (section 4.1.1).
    pub(super) fn apply(&self, ssrc: Ssrc, index: u64, bytes: &mut [u8]) {
        let mut iv = [0; 16];
        iv[..14].copy_from_slice(&self.salt);
        mix(&mut iv[4..8], &ssrc.0.to_be_bytes());
        mix(&mut iv[8..14], &index.to_be_bytes()[2..]);
        keystream(&self.cipher, &iv, bytes);
    }

    /// The tag's computation over the packet and what is added to it.
    pub(super) fn tag(&self, packet: &[u8], added: &[u8]) -> Hmac<Sha1> {
        let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(&self.tag)
            .expect("HMAC takes a key of any length");
        mac.update(packet);
        mac.update(added);
        mac
    }
}

/// Fills `out` with the key of this label; a key derivation rate is never agreed on, so that the
/// packet's number has no part in it (section 4.3.3).
pub(super) fn expand(master: &Master, label: u8, out: &mut [u8]) {
    let mut iv = [0; 16];
    iv[..14].copy_from_slice(&master.salt);
    iv[7] ^= label;
    keystream(&master.key, &iv, out);
}

/// Adds the stream of AES in counter mode to the bytes (section 4.1.1).
pub(super) fn keystream(key: &[u8; 16], iv: &[u8; 16], bytes: &mut [u8]) {
    Counter::new(key.into(), iv.into()).apply_keystream(bytes);
}

fn mix(into: &mut [u8], other: &[u8]) {
    for (byte, other) in into.iter_mut().zip(other) {
        *byte ^= other;
    }
}
