//! What a client calls a file: a name, perhaps in the folder of one telephone. There are no other
//! folders, so that no path leads anywhere else.

/// Digits of a telephone's token.
const TOKEN: usize = 32;

/// A file that there may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The token of the telephone whose folder was named, in lower case; empty for none.
    pub token: String,
    /// The file's own name.
    pub name: Vec<u8>,
}

impl Wanted {
    /// Reads `name`, `<token>/name` or `p/<token>/name`, each perhaps after a slash. Whatever else
    /// somebody calls a file, there is none.
    #[must_use]
    pub fn parse(path: &[u8]) -> Option<Self> {
        let is_odd = path.iter().any(|byte| matches!(byte, 0 | b'\\'))
            || path.windows(2).any(|pair| pair == b"..");
        if is_odd {
            return None;
        }
        let path = path.strip_prefix(b"/").unwrap_or(path);
        let parts: Vec<&[u8]> = path.splitn(4, |byte| *byte == b'/').collect();
        let (token, name) = match parts.as_slice() {
            [name] => (String::new(), *name),
            [folder, name] => (token(folder)?, *name),
            [b"p", folder, name] => (token(folder)?, *name),
            _ => return None,
        };
        let is_file = !name.is_empty() && name != b"." && name.len() <= 255;
        is_file.then(|| Self { token, name: name.to_vec() })
    }
}

fn token(folder: &[u8]) -> Option<String> {
    let is_token = folder.len() == TOKEN && folder.iter().all(u8::is_ascii_hexdigit);
    is_token.then(|| String::from_utf8_lossy(folder).to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::any;
    use proptest::{prop_assert, proptest};

    use super::Wanted;

    const TOKEN: &str = "00112233445566778899aabbccddeeff";

    fn wanted(path: &str) -> Option<(String, String)> {
        let wanted = Wanted::parse(path.as_bytes())?;
        Some((wanted.token, String::from_utf8(wanted.name).expect("a text in, a text out")))
    }

    #[test]
    fn a_name_stands_alone_or_in_a_telephone_s_folder() {
        let plain = Some((String::new(), "a.cfg".to_owned()));
        assert_eq!(wanted("a.cfg"), plain);
        assert_eq!(wanted("/a.cfg"), plain);
        let own = Some((TOKEN.to_owned(), "a b.cfg".to_owned()));
        for path in [
            format!("p/{TOKEN}/a b.cfg"),
            format!("/p/{TOKEN}/a b.cfg"),
            format!("{TOKEN}/a b.cfg"),
            format!("/{}/a b.cfg", TOKEN.to_uppercase()),
        ] {
            assert_eq!(wanted(&path), own, "{path}");
        }
    }

    #[test]
    fn no_path_leads_out_or_anywhere_else() {
        for path in [
            "",
            "/",
            ".",
            "..",
            "../a.cfg",
            "/../etc/passwd",
            "a/../b",
            "a..cfg",
            "..\\a.cfg",
            "c:\\a.cfg",
            "//a.cfg",
            "/etc/passwd",
            "p/a.cfg",
            "p//a.cfg",
            "p/00112233/a.cfg",
            "a\0.cfg",
        ] {
            assert_eq!(wanted(path), None, "{path:?}");
        }
        for tail in ["", "b/a.cfg", "../a.cfg", "/a.cfg", "."] {
            assert_eq!(wanted(&format!("p/{TOKEN}/{tail}")), None, "{tail:?}");
        }
        assert_eq!(wanted(&format!("q/{TOKEN}/a.cfg")), None);
        assert_eq!(wanted(&format!("p/{TOKEN}0/a.cfg")), None);
    }

    proptest! {
        #[test]
        fn any_path_is_a_plain_name_or_nothing(path in vec(any::<u8>(), 0..300)) {
            if let Some(wanted) = Wanted::parse(&path) {
                prop_assert!(!wanted.name.is_empty() && wanted.name.len() <= 255);
                prop_assert!(!wanted.name.iter().any(|byte| matches!(byte, 0 | b'/' | b'\\')));
                prop_assert!(path.ends_with(&wanted.name));
                prop_assert!(matches!(wanted.token.len(), 0 | 32));
            }
        }
    }
}
