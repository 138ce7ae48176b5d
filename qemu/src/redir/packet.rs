//! Packets of the protocol: a header of 12 bytes (16 once both sides know identifiers of 64 bits)
//! and a body. Lengths are bounded before anything is kept.

/// The largest body that is taken: a control request with 64 KiB behind it.
pub const LARGEST: u32 = 10 + 0xffff;

/// Kinds of packets that are sent or understood here (usbredirproto.h).
pub mod kind {
    /// Version and capabilities, always first.
    pub const HELLO: u32 = 0;
    /// There is a device.
    pub const DEVICE_CONNECT: u32 = 1;
    /// It is gone.
    pub const DEVICE_DISCONNECT: u32 = 2;
    /// The bus is reset.
    pub const RESET: u32 = 3;
    /// The interfaces.
    pub const INTERFACE_INFO: u32 = 4;
    /// The end points.
    pub const EP_INFO: u32 = 5;
    /// Choose a configuration.
    pub const SET_CONFIGURATION: u32 = 6;
    /// Which one is chosen?
    pub const GET_CONFIGURATION: u32 = 7;
    /// The answer to both.
    pub const CONFIGURATION_STATUS: u32 = 8;
    /// Choose another setting of an interface.
    pub const SET_ALT_SETTING: u32 = 9;
    /// Which one is chosen?
    pub const GET_ALT_SETTING: u32 = 10;
    /// The answer to both.
    pub const ALT_SETTING_STATUS: u32 = 11;
    /// Start a stream.
    pub const START_ISO_STREAM: u32 = 12;
    /// Stop it.
    pub const STOP_ISO_STREAM: u32 = 13;
    /// The answer to both.
    pub const ISO_STREAM_STATUS: u32 = 14;
    /// Start to receive interrupts.
    pub const START_INTERRUPT_RECEIVING: u32 = 15;
    /// Stop it.
    pub const STOP_INTERRUPT_RECEIVING: u32 = 16;
    /// The answer to both.
    pub const INTERRUPT_RECEIVING_STATUS: u32 = 17;
    /// Forget a request.
    pub const CANCEL_DATA_PACKET: u32 = 21;
    /// A filter does not want the device.
    pub const FILTER_REJECT: u32 = 22;
    /// The rules of a filter.
    pub const FILTER_FILTER: u32 = 23;
    /// The end of the device was noticed.
    pub const DEVICE_DISCONNECT_ACK: u32 = 24;
    /// A control request, or its answer.
    pub const CONTROL_PACKET: u32 = 100;
    /// Bulk data.
    pub const BULK_PACKET: u32 = 101;
    /// Isochronous data.
    pub const ISO_PACKET: u32 = 102;
    /// Interrupt data.
    pub const INTERRUPT_PACKET: u32 = 103;
}

/// What stands in front of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// One of [`kind`], or another.
    pub kind: u32,
    /// The identifier, which an answer bears too.
    pub id: u64,
}

/// What no peer may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A body that is too large.
    #[error("a packet of {0} bytes is too large")]
    TooLarge(u32),
    /// A body that is too short for its kind.
    #[error("a packet of kind {0} is too short")]
    TooShort(u32),
    /// Something before the hello.
    #[error("a packet of kind {0} before the hello")]
    NoHello(u32),
}

/// Bytes that came, cut into packets.
#[derive(Clone, Debug, Default)]
pub struct Packets {
    buffer: Vec<u8>,
    long: bool,
}

impl Packets {
    /// From now on headers have 16 bytes.
    pub fn use_long_ids(&mut self) {
        self.long = true;
    }

    /// Takes bytes in.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole packet.
    ///
    /// # Errors
    /// What came is too large; nothing more can be read.
    pub fn take(&mut self) -> Result<Option<(Header, Vec<u8>)>, Malformed> {
        let length_of_header = if self.long { 16 } else { 12 };
        let Some((kind, length)) = word(&self.buffer, 0).zip(word(&self.buffer, 4)) else {
            return Ok(None);
        };
        if length > LARGEST {
            return Err(Malformed::TooLarge(length));
        }
        let end = length_of_header + length as usize;
        if self.buffer.len() < end {
            return Ok(None);
        }
        let low = u64::from(word(&self.buffer, 8).unwrap_or_default());
        let high = word(&self.buffer, 12).filter(|_| self.long).unwrap_or_default();
        let body = self.buffer[length_of_header..end].to_vec();
        self.buffer.drain(..end);
        Ok(Some((Header { kind, id: u64::from(high) << 32 | low }, body)))
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes(four.try_into().expect("a slice of four bytes")))
}

/// A packet as bytes.
pub(super) fn write(header: Header, long: bool, body: &[u8], out: &mut Vec<u8>) {
    let length = u32::try_from(body.len()).expect("bodies are far below 4 GiB");
    out.extend(header.kind.to_le_bytes());
    out.extend(length.to_le_bytes());
    let id = header.id.to_le_bytes();
    out.extend(if long { &id[..] } else { &id[..4] });
    out.extend(body);
}
