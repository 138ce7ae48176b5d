//! Bytes to a message: a total function, strict where a second reading would be another message,
//! and lenient where phones are known to be sloppy.

use super::{BODY_MOST, HEAD_MOST, HEADERS_MOST, Header, Message, Method, Start, name, value};

/// Why it is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No empty line ends the headers.
    #[error("the headers do not end")]
    Unfinished,
    /// The headers, or the whole, are larger than anybody needs.
    #[error("larger than is taken")]
    Long,
    /// There are too many headers.
    #[error("more than {HEADERS_MOST} headers")]
    Headers,
    /// The first line is neither a request's nor an answer's.
    #[error("the first line is not SIP")]
    Start,
    /// It speaks another version.
    #[error("another version than SIP/2.0")]
    Version,
    /// A line is no header, or holds what cannot be shown.
    #[error("a line is no header")]
    Line,
    /// The length of the body is no number, there twice, or more than there is.
    #[error("the length of the body is wrong")]
    Length,
}

/// Reads a datagram. What is behind the told length of the body is not the message's.
///
/// # Errors
/// What is wrong with it.
pub fn parse(bytes: &[u8]) -> Result<Message, Fault> {
    if bytes.len() > BODY_MOST {
        return Err(Fault::Long);
    }
    // Empty lines before the first one are overlooked (RFC 3261, section 7.5).
    let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(0);
    let bytes = &bytes[start..];
    let end = head_end(bytes, 0).ok_or(Fault::Unfinished)?;
    let (head, rest) = bytes.split_at(end);
    let (mut message, length) = parse_head(head)?;
    let length = length.unwrap_or(rest.len());
    message.body = rest.get(..length).ok_or(Fault::Length)?.to_vec();
    Ok(message)
}

/// Where the body begins: behind the first empty line. It is looked for from `from` on.
pub(super) fn head_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(found) = bytes.get(at..)?.iter().position(|byte| *byte == b'\n') {
        let behind = at + found + 1;
        match bytes.get(behind..)? {
            [b'\n', ..] => return Some(behind + 1),
            [b'\r', b'\n', ..] => return Some(behind + 2),
            _ => at = behind,
        }
    }
    None
}

/// Start line and headers, and how long the body is told to be.
pub(super) fn parse_head(head: &[u8]) -> Result<(Message, Option<usize>), Fault> {
    if head.len() > HEAD_MOST {
        return Err(Fault::Long);
    }
    // Old phones send names in their own code pages: such a letter is not worth the call.
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let start = start(lines.next().unwrap_or_default())?;
    let mut message = Message { start, headers: Vec::new(), body: Vec::new() };
    let (mut length, mut line) = (None, String::new());
    for next in lines {
        if next.starts_with([' ', '\t']) && !line.is_empty() {
            line.push(' ');
            line.push_str(next.trim_matches([' ', '\t']));
            continue;
        }
        header(&line, &mut message.headers, &mut length)?;
        next.clone_into(&mut line);
    }
    header(&line, &mut message.headers, &mut length)?;
    Ok((message, length))
}

fn start(line: &str) -> Result<Start, Fault> {
    if line.contains(|c: char| c.is_control()) {
        return Err(Fault::Start);
    }
    let (first, rest) = line.split_once(' ').ok_or(Fault::Start)?;
    if first.eq_ignore_ascii_case("SIP/2.0") {
        let (code, reason) = rest.split_once(' ').unwrap_or((rest, ""));
        let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
        let code = code.parse().ok().filter(|code| is_code && (100..700).contains(code));
        let code = code.ok_or(Fault::Start)?;
        return Ok(Start::Status { code, reason: reason.trim().to_owned() });
    }
    let (target, version) = rest.split_once(' ').ok_or(Fault::Start)?;
    let method = Method::parse(first).ok_or(Fault::Start)?;
    if target.is_empty() || target.starts_with('<') || version.contains(' ') {
        return Err(Fault::Start);
    }
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        return Err(Fault::Version);
    }
    Ok(Start::Request { method, target: target.to_owned() })
}

fn header(line: &str, headers: &mut Vec<Header>, length: &mut Option<usize>) -> Result<(), Fault> {
    if line.is_empty() {
        return Ok(());
    }
    let (name, value) = line.split_once(':').ok_or(Fault::Line)?;
    let (name, value) = (name.trim_end_matches([' ', '\t']), value.trim());
    if !value::is_token(name) || value.contains(|c: char| c.is_control() && c != '\t') {
        return Err(Fault::Line);
    }
    let name = name::canonical(name);
    if name == name::CONTENT_LENGTH {
        let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        let told: usize = value.parse().ok().filter(|_| is_number).ok_or(Fault::Length)?;
        // Two lengths are two messages, one for each reader.
        return length.replace(told).is_none().then_some(()).ok_or(Fault::Length);
    }
    let parts = match name::is_list(&name) {
        true => value::split(value, ',').unwrap_or_else(|| vec![value]),
        false => vec![value],
    };
    let is_one = parts.len() == 1;
    for part in parts.into_iter().map(str::trim).filter(|part| is_one || !part.is_empty()) {
        if headers.len() == HEADERS_MOST {
            return Err(Fault::Headers);
        }
        headers.push(Header { name: name.clone(), value: part.to_owned() });
    }
    Ok(())
}
