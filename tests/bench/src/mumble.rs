//! A small client for the Mumble protocol (TCP tunnel only), enough to put people in channels and
//! relay Opus packets through `murmurd`.
//!
//! Source: the Mumble protocol documentation, "Establishing a connection" and "Voice data".
//! A message is a type (u16), a length (u32) and a protobuf; voice is type 1 and no protobuf.

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

pub(crate) const UDP_TUNNEL: u16 = 1;
const VERSION: u16 = 0;
const AUTHENTICATE: u16 = 2;
const SERVER_SYNC: u16 = 5;
const CHANNEL_STATE: u16 = 7;
const USER_STATE: u16 = 9;
/// Voice header byte: Opus (4) to the speaker's own channel (target 0).
const OPUS: u8 = 4 << 5;
const LARGEST: usize = 8 << 20;

/// Writes one message of a type.
pub(crate) async fn write(
    to: &mut (impl AsyncWrite + Unpin),
    kind: u16,
    body: &[u8],
) -> Result<()> {
    let mut bytes = Vec::with_capacity(6 + body.len());
    bytes.extend_from_slice(&kind.to_be_bytes());
    bytes.extend_from_slice(&u32::try_from(body.len())?.to_be_bytes());
    bytes.extend_from_slice(body);
    to.write_all(&bytes).await.context("write to murmurd")?;
    to.flush().await.context("flush to murmurd")
}

/// Reads one message.
pub(crate) async fn read(from: &mut (impl AsyncRead + Unpin)) -> Result<(u16, Vec<u8>)> {
    let mut head = [0; 6];
    from.read_exact(&mut head).await.context("read from murmurd")?;
    let kind = u16::from_be_bytes([head[0], head[1]]);
    let length = u32::from_be_bytes([head[2], head[3], head[4], head[5]]) as usize;
    ensure!(length <= LARGEST, "murmurd announces {length} bytes");
    let mut body = vec![0; length];
    from.read_exact(&mut body).await.context("read from murmurd")?;
    Ok((kind, body))
}

/// Logs in and answers the session number.
pub(crate) async fn log_in<S>(stream: &mut S, name: &str, password: &str) -> Result<u64>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut version = Vec::new();
    put_number(&mut version, 1, 0x0001_0300);
    write(stream, VERSION, &version).await?;
    let mut authenticate = Vec::new();
    put_text(&mut authenticate, 1, name);
    put_text(&mut authenticate, 2, password);
    put_number(&mut authenticate, 5, 1);
    write(stream, AUTHENTICATE, &authenticate).await?;
    loop {
        let (kind, body) = read(stream).await?;
        ensure!(kind != 4, "murmurd rejects {name}: {}", String::from_utf8_lossy(&body));
        if kind == SERVER_SYNC {
            return number(&body, 1).context("no session number");
        }
    }
}

/// Makes a channel below the root and answers its number.
pub(crate) async fn make_channel<S>(stream: &mut S, name: &str) -> Result<u64>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut channel = Vec::new();
    put_number(&mut channel, 2, 0);
    put_text(&mut channel, 3, name);
    write(stream, CHANNEL_STATE, &channel).await?;
    loop {
        let (kind, body) = read(stream).await?;
        ensure!(kind != 12, "murmurd denies the channel {name}");
        if kind == CHANNEL_STATE && body.windows(name.len()).any(|text| text == name.as_bytes()) {
            return number(&body, 1).context("no channel number");
        }
    }
}

/// Moves to a channel.
pub(crate) async fn join(
    to: &mut (impl AsyncWrite + Unpin),
    session: u64,
    channel: u64,
) -> Result<()> {
    let mut state = Vec::new();
    put_number(&mut state, 1, session);
    put_number(&mut state, 5, channel);
    write(to, USER_STATE, &state).await
}

/// One Opus packet, as a client sends it.
pub(crate) fn voice(sequence: u64, opus: &[u8]) -> Vec<u8> {
    let mut packet = vec![OPUS];
    put_voice_varint(&mut packet, sequence);
    put_voice_varint(&mut packet, opus.len() as u64);
    packet.extend_from_slice(opus);
    packet
}

/// The Opus packet in what the server relays: behind header, session, sequence and length.
pub(crate) fn heard(packet: &[u8]) -> Option<&[u8]> {
    let mut rest = packet.get(1..)?;
    for _ in 0..3 {
        rest = skip_voice_varint(rest)?;
    }
    Some(rest)
}

fn put_voice_varint(to: &mut Vec<u8>, value: u64) {
    let bytes = value.to_be_bytes();
    match value {
        0..0x80 => to.push(bytes[7]),
        0x80..0x4000 => to.extend_from_slice(&[0x80 | bytes[6], bytes[7]]),
        0x4000..0x20_0000 => to.extend_from_slice(&[0xc0 | bytes[5], bytes[6], bytes[7]]),
        _ => {
            to.push(0xf0);
            to.extend_from_slice(&bytes[4..]);
        }
    }
}

fn skip_voice_varint(bytes: &[u8]) -> Option<&[u8]> {
    let length = match *bytes.first()? {
        0x00..0x80 => 1,
        0x80..0xc0 => 2,
        0xc0..0xe0 => 3,
        0xe0..0xf0 => 4,
        _ => 5,
    };
    bytes.get(length..)
}

fn put_number(to: &mut Vec<u8>, field: u8, value: u64) {
    to.push(field << 3);
    put_varint(to, value);
}

fn put_text(to: &mut Vec<u8>, field: u8, text: &str) {
    to.push(field << 3 | 2);
    put_varint(to, text.len() as u64);
    to.extend_from_slice(text.as_bytes());
}

fn put_varint(to: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        to.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    to.push((value & 0x7f) as u8);
}

/// The first value of a numeric protobuf field; 0 is left out on the wire by some writers.
fn number(mut body: &[u8], wanted: u64) -> Option<u64> {
    while !body.is_empty() {
        let key = take_varint(&mut body)?;
        match key & 7 {
            0 => {
                let value = take_varint(&mut body)?;
                if key >> 3 == wanted {
                    return Some(value);
                }
            }
            1 => body = body.get(8..)?,
            2 => {
                let length = usize::try_from(take_varint(&mut body)?).ok()?;
                body = body.get(length..)?;
            }
            5 => body = body.get(4..)?,
            _ => return None,
        }
    }
    None
}

fn take_varint(body: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = body.split_first()?;
        *body = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{heard, number, put_number, put_text, voice};

    #[test]
    fn a_packet_as_relayed_gives_the_opus_back() {
        for sequence in [0, 200, 20_000, 3_000_000] {
            let sent = voice(sequence, b"opus");
            let mut relayed = vec![sent[0], 0x81, 0x05];
            relayed.extend_from_slice(&sent[1..]);
            assert_eq!(heard(&relayed), Some(&b"opus"[..]));
        }
    }

    #[test]
    fn a_protobuf_field_is_found_behind_others() {
        let mut body = Vec::new();
        put_text(&mut body, 3, "room");
        put_number(&mut body, 1, 300);
        assert_eq!(number(&body, 1), Some(300));
        assert_eq!(number(&body, 9), None);
    }
}
