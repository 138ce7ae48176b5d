//! The USB adapter i2c-tiny-usb (0403:c631, bcdDevice 2.05) as a function of control requests.
//! The driver `i2c-tiny-usb` of every Linux kernel speaks to it.

use crate::bus::Bus;

/// Vendor and product.
pub const VENDOR: u16 = 0x0403;
/// See [`VENDOR`].
pub const PRODUCT: u16 = 0xc631;
/// The version that the device descriptor tells.
pub const VERSION: u16 = 0x0205;

const DEVICE: [u8; 18] =
    [18, 1, 0x10, 0x01, 0xff, 0, 0, 64, 0x03, 0x04, 0x31, 0xc6, 0x05, 0x02, 1, 2, 3, 1];
/// One configuration with one interface without end points.
const CONFIGURATION: [u8; 18] = [9, 2, 18, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, 0, 0xff, 0, 0, 0];
/// I2C, and everything of SMBus that the kernel makes of it.
const FUNCTIONS: u32 = 0x0eff_0009;

/// The largest message on the bus; that of the kernel's own device.
const LONGEST: u16 = 8192;

/// A control request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// bRequest.
    pub request: u8,
    /// bmRequestType; bit 7 is from the device to the host.
    pub kind: u8,
    /// wValue.
    pub value: u16,
    /// wIndex.
    pub index: u16,
    /// wLength.
    pub length: u16,
    /// What the host sends along.
    pub data: Vec<u8>,
}

/// The device refuses the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the adapter does not know this request")]
pub struct Stall;

/// The adapter: it remembers only whether the last message was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TinyUsb {
    status: Status,
}

/// As the driver asks for it after each message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Status {
    #[default]
    Idle = 0,
    Answered = 1,
    NotAnswered = 2,
}

impl TinyUsb {
    /// Does what is asked; gives what goes back to the host, at most `length` bytes.
    ///
    /// # Errors
    /// The request is none that this device knows.
    pub fn control(&mut self, request: &Request, bus: &mut Bus) -> Result<Vec<u8>, Stall> {
        let mut answer = match (request.kind & 0x60, request.request) {
            (0x00, 0) => vec![0, 0],
            (0x00, 6) => descriptor(request.value)?,
            // Features that there are not can be set without harm.
            (0x00, 1 | 3) => Vec::new(),
            (0x40, 0) => request.value.to_le_bytes().to_vec(),
            (0x40, 1) => FUNCTIONS.to_le_bytes().to_vec(),
            // The clock's half period: this bus has one speed.
            (0x40, 2) => Vec::new(),
            (0x40, 3) => vec![self.status as u8],
            (0x40, 4..=7) => self.message(request, bus)?,
            _ => return Err(Stall),
        };
        answer.truncate(usize::from(request.length));
        Ok(answer)
    }

    fn message(&mut self, request: &Request, bus: &mut Bus) -> Result<Vec<u8>, Stall> {
        if request.length > LONGEST || request.data.len() > usize::from(LONGEST) {
            return Err(Stall);
        }
        // An address of ten bits has nobody behind it.
        let address = u8::try_from(request.index).unwrap_or(u8::MAX);
        let mut answer = Vec::new();
        let result = if request.kind & 0x80 != 0 {
            answer.resize(usize::from(request.length), 0);
            bus.read(address, &mut answer)
        } else {
            bus.write(address, &request.data)
        };
        self.status = if result.is_ok() { Status::Answered } else { Status::NotAnswered };
        Ok(answer)
    }
}

fn descriptor(value: u16) -> Result<Vec<u8>, Stall> {
    let [index, kind] = value.to_le_bytes();
    match (kind, index) {
        (1, _) => Ok(DEVICE.to_vec()),
        (2, 0) => Ok(CONFIGURATION.to_vec()),
        (3, 0) => Ok(vec![4, 3, 0x09, 0x04]),
        (3, 1) => Ok(string("IVM appliance")),
        (3, 2) => Ok(string("i2c-tiny-usb")),
        (3, 3) => Ok(string("virtual front panel")),
        _ => Err(Stall),
    }
}

fn string(text: &str) -> Vec<u8> {
    let mut bytes = vec![0, 3];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    bytes[0] = u8::try_from(bytes.len()).unwrap_or(u8::MAX);
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Request, Stall, TinyUsb};
    use crate::bus::{Bus, KEYS};
    use crate::picture::Glass;

    fn ask(kind: u8, request: u8, value: u16, index: u16, length: u16) -> Request {
        Request { request, kind, value, index, length, data: Vec::new() }
    }

    #[test]
    fn the_driver_finds_what_it_looks_for() {
        let (mut usb, mut bus) = (TinyUsb::default(), Bus::new(Glass::G20X4));
        let device = usb.control(&ask(0x80, 6, 0x100, 0, 64), &mut bus).expect("known");
        assert_eq!(device[8..14], [0x03, 0x04, 0x31, 0xc6, 0x05, 0x02]);
        let functions = usb.control(&ask(0xc1, 1, 0, 0, 4), &mut bus).expect("known");
        assert_eq!(functions, [0x09, 0x00, 0xff, 0x0e]);
        assert_eq!(usb.control(&ask(0xc1, 0, 0x1234, 0, 2), &mut bus), Ok(vec![0x34, 0x12]));
        assert_eq!(usb.control(&ask(0x80, 6, 0x0600, 0, 10), &mut bus), Err(Stall));
    }

    #[test]
    fn the_status_tells_whether_anybody_answered() {
        let (mut usb, mut bus) = (TinyUsb::default(), Bus::new(Glass::G20X4));
        let keys = usb.control(&ask(0xc1, 7, 1, u16::from(KEYS), 1), &mut bus);
        assert_eq!(keys, Ok(vec![0xff]));
        assert_eq!(usb.control(&ask(0xc1, 3, 0, 0, 1), &mut bus), Ok(vec![1]));
        usb.control(&ask(0x41, 7, 0, 0x3f, 0), &mut bus).expect("known");
        assert_eq!(usb.control(&ask(0xc1, 3, 0, 0, 1), &mut bus), Ok(vec![2]));
        usb.control(&ask(0x41, 7, 0, 0x127, 0), &mut bus).expect("known");
        assert_eq!(usb.control(&ask(0xc1, 3, 0, 0, 1), &mut bus), Ok(vec![2]));
    }

    proptest! {
        #[test]
        fn no_request_gives_more_than_was_asked_for(
            kind in any::<u8>(), request in any::<u8>(), value in any::<u16>(),
            index in any::<u16>(), length in any::<u16>(), data in any::<Vec<u8>>(),
        ) {
            let (mut usb, mut bus) = (TinyUsb::default(), Bus::new(Glass::G16X2));
            let request = Request { request, kind, value, index, length, data };
            if let Ok(answer) = usb.control(&request, &mut bus) {
                assert!(answer.len() <= usize::from(length));
            }
            let _picture = bus.picture();
        }
    }
}
