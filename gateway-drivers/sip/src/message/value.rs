//! What stands in headers: parameters, addresses with names, ways, turns. Every reader is total;
//! what cannot be understood is `None`.

use std::fmt;

use super::Method;

/// May the text stand as a word of the grammar (RFC 3261, section 25.1)?
#[must_use]
pub fn is_token(text: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte);
    !text.is_empty() && text.bytes().all(good)
}

/// A decimal number; one that does not fit is the largest (RFC 4475, section 3.1.2.4).
#[must_use]
pub fn number(text: &str) -> Option<u32> {
    // Some put a comment or parameters behind it.
    let digits = text.trim().split([';', ' ', '\t', '(']).next().unwrap_or_default();
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u32::MAX))
}

/// Splits where `at` stands outside of quotes and angle brackets. None if a quote or a bracket
/// does not end.
#[must_use]
pub fn split(text: &str, at: char) -> Option<Vec<&str>> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped, mut within) = (false, false, false);
    for (place, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if !within => quoted = !quoted,
            _ if quoted => {}
            '<' => within = true,
            '>' => within = false,
            _ if c == at && !within => {
                parts.push(&text[start..place]);
                start = place + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    (!quoted && !within).then_some(parts)
}

/// The text of a quoted string, or the word as it is.
#[must_use]
pub fn unquote(text: &str) -> String {
    let Some(inside) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return text.to_owned();
    };
    let mut plain = String::with_capacity(inside.len());
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        plain.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    plain
}

/// A text in quotes.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// Parameters behind semicolons, in their order, as they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(pub Vec<(String, Option<String>)>);

impl Params {
    /// Those of a text that is empty or begins behind the first semicolon.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut params = Vec::new();
        for part in split(text, ';')?.into_iter().map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = match part.split_once('=') {
                Some((name, value)) => (name.trim_end(), Some(value.trim_start().to_owned())),
                None => (part, None),
            };
            if name.is_empty() {
                return None;
            }
            params.push((name.to_owned(), value));
        }
        Some(Self(params))
    }

    /// Is there one of that name, with or without a value?
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    /// The value of one, without quotes.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        let (_, value) = self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        value.as_deref().map(unquote)
    }

    /// Sets one, in place of what it was.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.0.push((name.to_owned(), Some(value.into())));
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.0 {
            match value {
                Some(value) => write!(f, ";{name}={value}")?,
                None => write!(f, ";{name}")?,
            }
        }
        Ok(())
    }
}

/// An address with a name for people: `From`, `To`, `Contact`, `Route`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameAddr {
    /// The name, without quotes.
    pub display: Option<String>,
    /// The address as it was written, of any scheme.
    pub uri: String,
    /// Parameters of the header, not of the address.
    pub params: Params,
}

impl NameAddr {
    /// The address of a value.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        let Some(open) = angle(value) else { return Self::bare(value) };
        let name = value[..open].trim();
        let (uri, rest) = value[open + 1..].split_once('>')?;
        let rest = rest.trim_start();
        let params = rest.strip_prefix(';').or_else(|| rest.is_empty().then_some(""))?;
        let is_well = !uri.trim().is_empty() && (split(name, ' ').is_some());
        is_well.then_some(())?;
        Some(Self {
            display: (!name.is_empty()).then(|| unquote(name)),
            uri: uri.trim().to_owned(),
            params: Params::parse(params)?,
        })
    }

    /// Without brackets, all parameters are the header's, and there can be no `?` and no comma
    /// (RFC 3261, section 20).
    fn bare(value: &str) -> Option<Self> {
        let (uri, params) = value.split_once(';').unwrap_or((value, ""));
        let uri = uri.trim_end();
        let is_well = uri.contains(':') && !uri.contains(['?', ',', '"', ' ', '>']);
        is_well.then_some(())?;
        Some(Self { display: None, uri: uri.to_owned(), params: Params::parse(params)? })
    }

    /// The tag.
    #[must_use]
    pub fn tag(&self) -> Option<String> {
        self.params.get("tag")
    }
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(display) = &self.display {
            write!(f, "{} ", quote(display))?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

/// Where the first bracket opens outside of quotes.
fn angle(value: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (place, c) in value.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => return Some(place),
            _ => {}
        }
    }
    None
}

/// One way that a message went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// `UDP`, `TCP`, `TLS` or another, in capitals.
    pub transport: String,
    /// Who sent it: host, or host and port, in small letters.
    pub sent_by: String,
    /// The branch and more.
    pub params: Params,
}

impl Via {
    /// The way of a value: blanks may stand between all of its parts.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let (protocol, rest) = value.split_once('/')?;
        let (version, rest) = rest.split_once('/')?;
        let is_sip = protocol.trim().eq_ignore_ascii_case("SIP") && version.trim() == "2.0";
        is_sip.then_some(())?;
        let (transport, rest) = rest.trim_start().split_once([' ', '\t'])?;
        let (sent_by, params) = rest.split_once(';').unwrap_or((rest, ""));
        let sent_by: String = sent_by.chars().filter(|c| !c.is_whitespace()).collect();
        let is_well = is_token(transport) && !sent_by.is_empty();
        is_well.then_some(())?;
        Some(Self {
            transport: transport.to_ascii_uppercase(),
            sent_by: sent_by.to_ascii_lowercase(),
            params: Params::parse(params)?,
        })
    }

    /// The port where the sender hears, if it named one.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        let behind = self.sent_by.rsplit_once(']').map_or(self.sent_by.as_str(), |(_, end)| end);
        behind.rsplit_once(':')?.1.parse().ok()
    }

    /// The branch, which names the transaction.
    #[must_use]
    pub fn branch(&self) -> Option<String> {
        self.params.get("branch").filter(|branch| !branch.is_empty())
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/2.0/{} {}{}", self.transport, self.sent_by, self.params)
    }
}

/// The turn in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CSeq {
    /// Its number, below 2^31.
    pub number: u32,
    /// What was asked.
    pub method: Method,
}

impl CSeq {
    /// The turn of a value.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let mut words = value.split_ascii_whitespace();
        let (digits, method) = (words.next()?, words.next()?);
        let is_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse().ok().filter(|number| is_digits && *number < 1 << 31)?;
        let method = Method::parse(method)?;
        words.next().is_none().then_some(Self { number, method })
    }
}

impl fmt::Display for CSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.method)
    }
}
