//! Sealing and opening a backup while it flows: one segment in memory, whatever its length.

use std::io::{self, Read, Write};

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};

use super::{HEADER, Header, SEGMENT, TAG, Unreadable};

struct Lock {
    cipher: Aes256Gcm,
    header: [u8; HEADER],
    prefix: [u8; 7],
    next: u32,
}

impl Lock {
    fn new(header: &Header, passphrase: &[u8]) -> Result<Self, Unreadable> {
        let key = header.key(passphrase)?;
        let key: &[u8; 32] = &key;
        let cipher = Aes256Gcm::new(key.into());
        Ok(Self { cipher, header: header.to_bytes(), prefix: header.prefix, next: 0 })
    }

    fn nonce(&self, is_last: bool) -> Nonce<aes_gcm::aead::consts::U12> {
        let mut nonce = [0; 12];
        nonce[..7].copy_from_slice(&self.prefix);
        nonce[7..11].copy_from_slice(&self.next.to_be_bytes());
        nonce[11] = u8::from(is_last);
        Nonce::from(nonce)
    }

    fn step(&mut self) -> io::Result<()> {
        let next = self.next.checked_add(1);
        self.next = next.ok_or_else(|| io::Error::other("the backup is too large"))?;
        Ok(())
    }
}

/// Seals what is written to it.
pub struct Sealer<W> {
    lock: Lock,
    out: W,
    held: Vec<u8>,
}

impl<W: Write> Sealer<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(header: &Header, passphrase: &[u8], mut out: W) -> io::Result<Self> {
        let lock = Lock::new(header, passphrase).map_err(io::Error::other)?;
        out.write_all(&header.to_bytes())?;
        Ok(Self { lock, out, held: Vec::with_capacity(SEGMENT) })
    }

    fn seal(&mut self, is_last: bool) -> io::Result<()> {
        let payload = Payload { msg: &self.held, aad: &self.lock.header };
        let sealed = self.lock.cipher.encrypt(&self.lock.nonce(is_last), payload);
        let sealed = sealed.expect("a segment is far shorter than AES-GCM's 64 GiB");
        self.lock.step()?;
        self.held.clear();
        self.out.write_all(&sealed)
    }

    /// Seals the last segment; without it the backup counts as cut off.
    ///
    /// # Errors
    /// Those of the file.
    pub fn end(mut self) -> io::Result<W> {
        self.seal(true)?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full segment waits: it may be the last one.
        if self.held.len() == SEGMENT {
            self.seal(false)?;
        }
        let taken = bytes.len().min(SEGMENT - self.held.len());
        self.held.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Opens what it reads; every byte that it gives is authentic, and its end is the true one.
pub struct Opener<R> {
    lock: Lock,
    from: R,
    /// The next segment, sealed; empty behind the last one.
    ahead: Vec<u8>,
    open: Vec<u8>,
    at: usize,
}

impl<R: Read> Opener<R> {
    /// Reads the header and opens the first segment.
    ///
    /// # Errors
    /// Those of `from`, and [`Unreadable`] inside.
    pub fn begin(passphrase: &[u8], mut from: R) -> io::Result<Self> {
        let mut header = Vec::with_capacity(HEADER);
        from.by_ref().take(HEADER as u64).read_to_end(&mut header)?;
        let header: [u8; HEADER] =
            header.try_into().map_err(|_| io::Error::other(Unreadable::Other))?;
        let header = Header::parse(&header).map_err(io::Error::other)?;
        let lock = Lock::new(&header, passphrase).map_err(io::Error::other)?;
        let mut opener = Self { lock, from, ahead: Vec::new(), open: Vec::new(), at: 0 };
        opener.ahead = opener.sealed()?;
        if opener.ahead.is_empty() {
            return Err(io::Error::other(Unreadable::CutOff));
        }
        opener.advance()?;
        Ok(opener)
    }

    fn sealed(&mut self) -> io::Result<Vec<u8>> {
        let mut sealed = Vec::new();
        self.from.by_ref().take((SEGMENT + TAG) as u64).read_to_end(&mut sealed)?;
        Ok(sealed)
    }

    fn advance(&mut self) -> io::Result<()> {
        let following = self.sealed()?;
        let sealed = std::mem::replace(&mut self.ahead, following);
        let is_last = self.ahead.is_empty();
        self.open = match self.decrypt(&sealed, is_last) {
            Some(open) => open,
            None => return Err(io::Error::other(self.why(&sealed, is_last))),
        };
        self.at = 0;
        self.lock.step()
    }

    fn decrypt(&self, sealed: &[u8], is_last: bool) -> Option<Vec<u8>> {
        let payload = Payload { msg: sealed, aad: &self.lock.header };
        self.lock.cipher.decrypt(&self.lock.nonce(is_last), payload).ok()
    }

    fn why(&self, sealed: &[u8], is_last: bool) -> Unreadable {
        let is_whole = sealed.len() == SEGMENT + TAG;
        if is_last && is_whole && self.decrypt(sealed, false).is_some() {
            Unreadable::CutOff
        } else if self.lock.next == 0 {
            Unreadable::Passphrase
        } else if is_last {
            Unreadable::CutOff
        } else {
            Unreadable::Damaged
        }
    }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.open.len() && !self.ahead.is_empty() {
            self.advance()?;
        }
        let count = into.len().min(self.open.len() - self.at);
        into[..count].copy_from_slice(&self.open[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// What is wrong with a backup, if that is what the error says.
#[must_use]
pub fn unreadable(error: &io::Error) -> Option<Unreadable> {
    error.get_ref()?.downcast_ref().copied()
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::{Opener, Sealer, unreadable};
    use crate::backup::{HEADER, Header, SEGMENT, TAG, Unreadable};

    const PASSPHRASE: &[u8] = b"correct horse";

    /// Cheap: the cost of a passphrase is not what is tested.
    fn header() -> Header {
        let mut header = Header::generate(&mut ChaCha20Rng::from_seed([1; 32]));
        (header.memory_kib, header.passes) = (8 << 10, 1);
        header
    }

    fn sealed(plain: &[u8]) -> Vec<u8> {
        let mut sealer = Sealer::begin(&header(), PASSPHRASE, Vec::new()).expect("begins");
        sealer.write_all(plain).expect("seals");
        sealer.end().expect("ends")
    }

    fn opened(bytes: &[u8], passphrase: &[u8]) -> Result<Vec<u8>, Unreadable> {
        let why = |error: std::io::Error| unreadable(&error).expect("a reason");
        let mut opener = Opener::begin(passphrase, bytes).map_err(why)?;
        let mut plain = Vec::new();
        opener.read_to_end(&mut plain).map_err(why)?;
        Ok(plain)
    }

    #[test]
    fn every_length_opens_again() {
        for length in [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT, 3 * SEGMENT + 7] {
            let plain: Vec<u8> = (0..length).map(|at| at as u8).collect();
            assert_eq!(opened(&sealed(&plain), PASSPHRASE), Ok(plain), "{length}");
        }
    }

    #[test]
    fn whatever_happened_to_it_is_noticed_and_named() {
        let whole = sealed(&vec![7; 3 * SEGMENT]);
        assert_eq!(opened(&whole, b"wrong horse"), Err(Unreadable::Passphrase));
        assert_eq!(opened(&whole[..20], PASSPHRASE), Err(Unreadable::Other));
        assert_eq!(opened(&whole[..HEADER], PASSPHRASE), Err(Unreadable::CutOff));
        let segment = SEGMENT + TAG;
        for cut in [HEADER + segment, HEADER + 2 * segment, whole.len() - 1] {
            assert_eq!(opened(&whole[..cut], PASSPHRASE), Err(Unreadable::CutOff), "{cut}");
        }
        let mut changed = whole.clone();
        changed[HEADER + segment + 5] ^= 1;
        assert_eq!(opened(&changed, PASSPHRASE), Err(Unreadable::Damaged));
        let mut swapped = whole.clone();
        let (one, two) = swapped[HEADER..].split_at_mut(segment);
        one.swap_with_slice(&mut two[..segment]);
        assert!(opened(&swapped, PASSPHRASE).is_err());
        let mut longer = whole;
        longer.push(0);
        assert!(opened(&longer, PASSPHRASE).is_err());
    }
}
