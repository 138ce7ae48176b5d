//! What may stand in a phone's file: secrets, names, hosts and addresses of pages, each checked
//! when it is made, so that no writer can be talked into another key by them.

use std::fmt;

use zeroize::Zeroizing;

/// A password: 1 to 64 printable ASCII characters without a blank. Wiped when dropped, and never
/// shown by `Debug`. Some vendors have files in which a `"` cannot stand, see
/// [`Unwritable`](crate::Unwritable); who makes passwords leaves it out.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The secret that a text is.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_secret =
            (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_secret.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What stands left of the `@` in a SIP address, or is dialled: 1 to 32 of `A-Z a-z 0-9 . _ - + * #`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number(String);

impl Number {
    /// The number that a text is.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+*#".contains(&byte);
        let is_number = (1..=32).contains(&text.len()) && text.bytes().all(good);
        is_number.then(|| Self(text.to_owned()))
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A host by name or address: 1 to 253 of `A-Z a-z 0-9 . - :`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host(String);

impl Host {
    /// The host that a text is.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b".-:".contains(&byte);
        let is_host = (1..=253).contains(&text.len()) && text.bytes().all(good);
        is_host.then(|| Self(text.to_owned()))
    }

    /// The host.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The address of a page or a folder, `http` or `https`, at most 255 characters. Its path may hold
/// a phone's token, so `Debug` shows only the host.
#[derive(Clone, PartialEq, Eq)]
pub struct Url(Zeroizing<String>);

impl Url {
    /// The address that a text is. What stands for something else in a vendor's file or macro
    /// (`" ' < > \ ^ { | } $` and the back-tick) must be written as `%xx`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"))?;
        let good = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}$".contains(&byte);
        let is_url = text.len() <= 255
            && text.bytes().all(good)
            && rest.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        is_url.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Is it encrypted?
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Without a slash at its end.
    pub(crate) fn bare(&self) -> &str {
        self.0.trim_end_matches('/')
    }

    /// The host, the port if one is given, and the path without slashes at its ends.
    pub(crate) fn parts(&self) -> (&str, Option<&str>, &str) {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) =
            host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port)));
        (host, port, path.trim_matches('/'))
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({}/..)", self.parts().0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Host, Number, Secret, Url};

    #[test]
    fn words_that_could_break_a_file_are_refused() {
        for bad in ["", "a b", "a\nb", "a\0b", "ä", &"a".repeat(65)] {
            assert_eq!(Secret::parse(bad), None, "{bad}");
            assert_eq!(Number::parse(bad), None, "{bad}");
        }
        for bad in ["", "a b", "a\nNTP=x", "a;b", "\"", "ä"] {
            assert_eq!(Host::parse(bad), None, "{bad}");
            assert_eq!(Url::parse(&format!("http://a/{bad} ")), None, "{bad}");
        }
        for bad in ["ftp://a/", "http://", "https:///x", "http://a/$MA", "http://a/\"", "a"] {
            assert_eq!(Url::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn secrets_and_tokens_are_not_shown() {
        let secret = Secret::parse("correct-horse").expect("a secret");
        let url = Url::parse("https://10.0.0.1:8443/p/0123abcd/").expect("an address");
        assert_eq!(format!("{secret:?} {url:?}"), "Secret(..) Url(10.0.0.1/..)");
        assert_eq!(url.parts(), ("10.0.0.1", Some("8443"), "p/0123abcd"));
    }
}
