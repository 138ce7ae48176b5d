//! The panel's adapter as a redirected device.

use super::packet::{Header, Malformed, Packets, kind, write};
use crate::bus::Bus;
use crate::tiny_usb::{PRODUCT, Request, TinyUsb, VENDOR, VERSION};

/// Capabilities: bits of the hello.
const CONNECT_DEVICE_VERSION: u32 = 1 << 1;
const DISCONNECT_ACK: u32 = 1 << 3;
const EP_INFO_MAX_PACKET_SIZE: u32 = 1 << 4;
const LONG_IDS: u32 = 1 << 5;
const LONG_BULK_LENGTH: u32 = 1 << 6;
/// QEMU's xHCI refuses a device that lacks one of these.
const OURS: u32 =
    CONNECT_DEVICE_VERSION | DISCONNECT_ACK | EP_INFO_MAX_PACKET_SIZE | LONG_IDS | LONG_BULK_LENGTH;

/// Status of an answer.
const SUCCESS: u8 = 0;
const INVALID: u8 = 2;
const STALL: u8 = 4;

/// Full speed, 12 Mbit/s.
const FULL_SPEED: u8 = 1;

/// The device and its conversation with one machine.
#[derive(Clone, Debug)]
pub struct Device {
    packets: Packets,
    greeted: bool,
    long: bool,
    configuration: u8,
    usb: TinyUsb,
    out: Vec<u8>,
}

impl Default for Device {
    fn default() -> Self {
        Self::new()
    }
}

impl Device {
    /// A device that says hello.
    #[must_use]
    pub fn new() -> Self {
        let mut device = Self {
            packets: Packets::default(),
            greeted: false,
            long: false,
            configuration: 1,
            usb: TinyUsb::default(),
            out: Vec::new(),
        };
        let mut hello = [0; 68];
        let name = b"ivm virtual front panel";
        hello[..name.len()].copy_from_slice(name);
        hello[64..].copy_from_slice(&OURS.to_le_bytes());
        device.send(kind::HELLO, 0, &hello);
        device
    }

    /// What is to be sent.
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Says that the device is gone; the connection may end then.
    pub fn disconnect(&mut self) {
        if self.greeted {
            self.send(kind::DEVICE_DISCONNECT, 0, &[]);
        }
    }

    /// Takes bytes from the machine.
    ///
    /// # Errors
    /// What came is no such protocol; the connection has to end.
    pub fn handle(&mut self, bytes: &[u8], bus: &mut Bus) -> Result<(), Malformed> {
        self.packets.push(bytes);
        while let Some((header, body)) = self.packets.take()? {
            if !self.greeted && header.kind != kind::HELLO {
                return Err(Malformed::NoHello(header.kind));
            }
            self.packet(header, &body, bus)?;
        }
        Ok(())
    }

    fn packet(&mut self, header: Header, body: &[u8], bus: &mut Bus) -> Result<(), Malformed> {
        let byte = |at: usize| body.get(at).copied().ok_or(Malformed::TooShort(header.kind));
        let id = header.id;
        match header.kind {
            kind::HELLO => self.greet(body),
            kind::SET_CONFIGURATION => {
                let chosen = byte(0)?;
                // 0 is the state before any is chosen.
                let status = if chosen <= 1 { SUCCESS } else { INVALID };
                if status == SUCCESS {
                    self.configuration = chosen;
                }
                self.send(kind::CONFIGURATION_STATUS, id, &[status, self.configuration]);
            }
            kind::GET_CONFIGURATION => {
                self.send(kind::CONFIGURATION_STATUS, id, &[SUCCESS, self.configuration]);
            }
            kind::SET_ALT_SETTING => {
                let (interface, setting) = (byte(0)?, byte(1)?);
                let known = interface == 0 && setting == 0;
                let status = if known { SUCCESS } else { INVALID };
                self.send(kind::ALT_SETTING_STATUS, id, &[status, interface, 0]);
            }
            kind::GET_ALT_SETTING => {
                let interface = byte(0)?;
                let status = if interface == 0 { SUCCESS } else { INVALID };
                self.send(kind::ALT_SETTING_STATUS, id, &[status, interface, 0]);
            }
            // There is no end point but the one for control.
            kind::START_ISO_STREAM | kind::STOP_ISO_STREAM => {
                self.send(kind::ISO_STREAM_STATUS, id, &[INVALID, byte(0)?]);
            }
            kind::START_INTERRUPT_RECEIVING | kind::STOP_INTERRUPT_RECEIVING => {
                self.send(kind::INTERRUPT_RECEIVING_STATUS, id, &[INVALID, byte(0)?]);
            }
            kind::CONTROL_PACKET => self.control(id, body, bus)?,
            kind::BULK_PACKET => self.refuse(header, body, 10)?,
            kind::ISO_PACKET | kind::INTERRUPT_PACKET => self.refuse(header, body, 4)?,
            kind::RESET => self.usb = TinyUsb::default(),
            // Every request is answered before the next is read: nothing is left to cancel. What
            // else there is asks for no answer.
            _ => {}
        }
        Ok(())
    }

    /// A second hello changes nothing.
    fn greet(&mut self, body: &[u8]) {
        if self.greeted {
            return;
        }
        let capabilities = body
            .get(64..68)
            .map_or(0, |four| u32::from_le_bytes(four.try_into().expect("a slice of four bytes")));
        self.greeted = true;
        if capabilities & LONG_IDS != 0 {
            self.long = true;
            self.packets.use_long_ids();
        }
        self.send(kind::EP_INFO, 0, &end_points(capabilities));
        self.send(kind::INTERFACE_INFO, 0, &interfaces());
        let mut connect = vec![FULL_SPEED, 0xff, 0, 0];
        connect.extend(VENDOR.to_le_bytes());
        connect.extend(PRODUCT.to_le_bytes());
        if capabilities & CONNECT_DEVICE_VERSION != 0 {
            connect.extend(VERSION.to_le_bytes());
        }
        self.send(kind::DEVICE_CONNECT, 0, &connect);
    }

    fn control(&mut self, id: u64, body: &[u8], bus: &mut Bus) -> Result<(), Malformed> {
        let (head, data) =
            body.split_first_chunk::<10>().ok_or(Malformed::TooShort(kind::CONTROL_PACKET))?;
        let two = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
        let request = Request {
            request: head[1],
            kind: head[2],
            value: two(4),
            index: two(6),
            length: two(8),
            data: data.to_vec(),
        };
        let result = self.usb.control(&request, bus);
        let inwards = request.kind & 0x80 != 0;
        let mut answer = head.to_vec();
        answer[3] = if result.is_ok() { SUCCESS } else { STALL };
        let back = result.unwrap_or_default();
        let moved = match (answer[3], inwards) {
            (STALL, _) => 0,
            (_, true) => back.len(),
            (_, false) => data.len(),
        };
        answer[8..10].copy_from_slice(&u16::try_from(moved).unwrap_or(u16::MAX).to_le_bytes());
        if inwards {
            answer.extend(back);
        }
        self.send(kind::CONTROL_PACKET, id, &answer);
        Ok(())
    }

    /// Data for an end point that is not there: back with nothing moved.
    fn refuse(&mut self, header: Header, body: &[u8], head: usize) -> Result<(), Malformed> {
        let mut answer = body.get(..head).ok_or(Malformed::TooShort(header.kind))?.to_vec();
        answer[1] = INVALID;
        answer[2..4].fill(0);
        if head == 10 {
            answer[8..].fill(0);
        }
        self.send(header.kind, header.id, &answer);
        Ok(())
    }

    fn send(&mut self, kind: u32, id: u64, body: &[u8]) {
        // The hello itself has a short header: capabilities are not known yet.
        write(Header { kind, id }, self.long && kind != kind::HELLO, body, &mut self.out);
    }
}

/// Thirty-two end points, of which two are: control out and in, of 64 bytes.
fn end_points(capabilities: u32) -> Vec<u8> {
    let mut info = [0xff; 32].to_vec();
    (info[0], info[16]) = (0, 0);
    info.extend([0; 64]);
    if capabilities & EP_INFO_MAX_PACKET_SIZE != 0 {
        let mut sizes = [0; 64];
        (sizes[0], sizes[32]) = (64, 64);
        info.extend(sizes);
    }
    info
}

/// One interface of the vendor's own class.
fn interfaces() -> Vec<u8> {
    let mut info = 1u32.to_le_bytes().to_vec();
    info.extend([0; 32]);
    info.push(0xff);
    info.extend([0; 31 + 64]);
    info
}
