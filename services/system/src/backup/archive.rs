//! The tar inside (POSIX ustar): plain files with short, harmless names, and nothing else. A
//! hundred lines of our own instead of a crate that knows links, devices and sparse files, for
//! whatever it knows would have to be refused again.

use super::Unreadable;

/// Bytes of a header, and what every file is filled up to.
pub const BLOCK: usize = 512;
/// The largest file: what eleven octal digits can say.
const LARGEST: u64 = 0o77_777_777_777;
/// Most folders in a path.
const DEEPEST: usize = 8;

/// A file in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path, such as `ivm/ivm.sqlite`.
    pub path: String,
    /// Its bytes.
    pub size: u64,
}

impl Entry {
    /// A file; `None` if an archive of ours cannot hold it.
    #[must_use]
    pub fn new(path: &str, size: u64) -> Option<Self> {
        (is_harmless(path) && size <= LARGEST).then(|| Self { path: path.to_owned(), size })
    }

    /// Its header, made at `unix_seconds`.
    #[must_use]
    pub fn to_header(&self, unix_seconds: u64) -> [u8; BLOCK] {
        let mut header = [0; BLOCK];
        put(&mut header, 0, self.path.as_bytes());
        put(&mut header, 100, b"0000600\0");
        put(&mut header, 108, b"0000000\0");
        put(&mut header, 116, b"0000000\0");
        put(&mut header, 124, format!("{:011o}\0", self.size).as_bytes());
        put(&mut header, 136, format!("{:011o}\0", unix_seconds.min(LARGEST)).as_bytes());
        put(&mut header, 148, b"        ");
        put(&mut header, 156, b"0");
        put(&mut header, 257, b"ustar\x0000");
        let sum = sum(&header);
        put(&mut header, 148, format!("{sum:06o}\0 ").as_bytes());
        header
    }

    /// What a header says; `None` for the empty block at the end.
    ///
    /// # Errors
    /// It is no plain file of ours.
    pub fn parse(header: &[u8; BLOCK]) -> Result<Option<Self>, Unreadable> {
        if header.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        let mut blank = *header;
        put(&mut blank, 148, b"        ");
        let is_ours = octal(&header[148..155]) == Some(sum(&blank))
            && header[156] == b'0'
            && header[257..].starts_with(b"ustar\x0000")
            && header[345] == 0;
        let end = header[..100].iter().position(|byte| *byte == 0).unwrap_or(100);
        let path = std::str::from_utf8(&header[..end]).map_err(|_| Unreadable::Inside)?;
        let size = octal(&header[124..135]).filter(|_| is_ours).ok_or(Unreadable::Inside)?;
        Self::new(path, size).map(Some).ok_or(Unreadable::Inside)
    }

    /// Bytes behind it, up to the next header.
    #[must_use]
    pub fn padding(&self) -> usize {
        let over = (self.size % BLOCK as u64) as usize;
        (BLOCK - over) % BLOCK
    }
}

fn put(header: &mut [u8; BLOCK], at: usize, bytes: &[u8]) {
    header[at..at + bytes.len()].copy_from_slice(bytes);
}

fn sum(header: &[u8; BLOCK]) -> u64 {
    header.iter().map(|byte| u64::from(*byte)).sum()
}

fn octal(digits: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok()?;
    let text = text.trim_matches(['\0', ' ']);
    let are_digits = !text.is_empty() && text.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    u64::from_str_radix(text, 8).ok().filter(|_| are_digits)
}

/// A relative path of plain names: nothing that could lead out of the folder.
fn is_harmless(path: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte);
    let is_name =
        |name: &str| !name.is_empty() && name != "." && name != ".." && name.bytes().all(good);
    path.len() < 100 && path.split('/').count() <= DEEPEST && path.split('/').all(is_name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{BLOCK, Entry};
    use crate::backup::Unreadable;

    #[test]
    fn paths_that_lead_elsewhere_have_no_place() {
        let long = "a".repeat(100);
        let deep = ["a"; 9].join("/");
        for path in ["", "/etc/shadow", "../x", "a/../b", "a//b", "a/", "./a", "a\\b", "a b"] {
            assert_eq!(Entry::new(path, 1), None, "{path}");
        }
        assert_eq!(Entry::new(&long, 1).or(Entry::new(&deep, 1)), None);
    }

    #[test]
    fn links_and_changed_headers_are_refused() {
        let entry = Entry::new("ivm/ivm.sqlite", 1_234_567).expect("harmless");
        let header = entry.to_header(1_700_000_000);
        for at in [0, 124, 148, 156, 257] {
            let mut changed = header;
            changed[at] ^= 2;
            assert_eq!(Entry::parse(&changed), Err(Unreadable::Inside), "{at}");
        }
        assert_eq!(Entry::parse(&[0; BLOCK]), Ok(None));
    }

    proptest! {
        #[test]
        fn a_header_says_what_was_put_in(size in 0u64..1 << 33, name in "[a-z]{1,20}/[a-z.]{3,40}") {
            if let Some(entry) = Entry::new(&name, size) {
                prop_assert_eq!(Entry::parse(&entry.to_header(1)), Ok(Some(entry.clone())));
                prop_assert_eq!((entry.size as usize + entry.padding()) % BLOCK, 0);
            }
        }

        #[test]
        fn whatever_a_block_holds_it_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), BLOCK)) {
            let block: [u8; BLOCK] = bytes.try_into().expect("a block");
            prop_assert!(matches!(Entry::parse(&block), Ok(None) | Err(Unreadable::Inside)));
        }
    }
}
