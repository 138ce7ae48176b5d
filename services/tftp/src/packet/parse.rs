//! Bytes to a packet: a total function, lenient where telephones are sloppy.

use super::{Choice, Code, LONGEST_NAME, MOST_CHOICES, Mode, Packet, Request};

/// Why it is no packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is not whole.
    #[error("{0} bytes are too short for a TFTP packet")]
    Short(usize),
    /// It is of no known kind.
    #[error("operation {0} is unknown")]
    Operation(u16),
    /// The name or the mode of a request has no end.
    #[error("a request without the end of its name or mode")]
    Endless,
    /// The name is too long.
    #[error("a name of {0} bytes is too long")]
    Name(usize),
}

impl<'a> Packet<'a> {
    /// Reads a datagram. Options that are not whole, and zero bytes at the end, are left out.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        let short = Fault::Short(bytes.len());
        let (operation, rest) = number(bytes).ok_or(short)?;
        match operation {
            1 => Ok(Self::Read(request(rest)?)),
            2 => Ok(Self::Write(request(rest)?)),
            3 => {
                let (block, bytes) = number(rest).ok_or(short)?;
                Ok(Self::Data { block, bytes })
            }
            4 => {
                let (block, _) = number(rest).ok_or(short)?;
                Ok(Self::Ack(block))
            }
            5 => {
                let (code, rest) = number(rest).ok_or(short)?;
                let words = text(rest).map_or(rest, |(words, _)| words);
                Ok(Self::Error { code: Code::from_number(code), words })
            }
            6 => Ok(Self::Agreed(choices(rest))),
            other => Err(Fault::Operation(other)),
        }
    }
}

fn number(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u16::from_be_bytes(*number), rest))
}

/// What stands before the next zero byte, and what behind it.
fn text(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    Some((bytes.get(..end)?, bytes.get(end + 1..)?))
}

fn request(bytes: &[u8]) -> Result<Request<'_>, Fault> {
    let (name, rest) = text(bytes).ok_or(Fault::Endless)?;
    let (mode, rest) = text(rest).ok_or(Fault::Endless)?;
    if name.len() > LONGEST_NAME {
        return Err(Fault::Name(name.len()));
    }
    Ok(Request { name, mode: Mode::named(mode), choices: choices(rest) })
}

fn choices(mut bytes: &[u8]) -> Vec<Choice<'_>> {
    let mut choices = Vec::new();
    while choices.len() < MOST_CHOICES
        && let Some((name, rest)) = text(bytes)
        && let Some((value, rest)) = text(rest)
        && !name.is_empty()
    {
        choices.push(Choice { name, value });
        bytes = rest;
    }
    choices
}
