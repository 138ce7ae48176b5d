//! The driver against a glass of our own making: a chip model that follows the HD44780's data sheet,
//! on a bus that can be unplugged and that can lose bytes.

use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};
use machine::Moment;

use super::Front;
use crate::keypad::{Key, Keys};
use crate::screen::{Screen, Size};

/// Two PCF8574 and an HD44780 behind the first.
struct Chips {
    glass_at: u8,
    is_plugged: bool,
    has_keys: bool,
    /// The next so many bytes to the glass are lost.
    loses: usize,
    last: u8,
    high: Option<u8>,
    is_four_bits: bool,
    letters: [u8; 128],
    pictures: [u8; 64],
    place: u8,
    in_pictures: bool,
    is_on: bool,
    cursor: bool,
    keys: u8,
    lamp: bool,
    written: usize,
}

impl Chips {
    fn new(glass_at: u8) -> Self {
        Self {
            glass_at,
            is_plugged: true,
            has_keys: true,
            loses: 0,
            last: 0,
            high: None,
            is_four_bits: false,
            letters: [0xaa; 128],
            pictures: [0; 64],
            place: 0,
            in_pictures: false,
            is_on: false,
            cursor: false,
            keys: 0xff,
            lamp: false,
            written: 0,
        }
    }

    fn pins(&mut self, pins: u8) {
        self.written += 1;
        if self.loses > 0 {
            self.loses -= 1;
            return;
        }
        let falls = self.last & 4 != 0 && pins & 4 == 0;
        self.last = pins;
        if !falls {
            return;
        }
        let bits = pins & 0xf0;
        if !self.is_four_bits {
            self.take(bits, pins & 1 != 0);
        } else if let Some(high) = self.high.take() {
            self.take(high | bits >> 4, pins & 1 != 0);
        } else {
            self.high = Some(bits);
        }
    }

    fn take(&mut self, byte: u8, is_data: bool) {
        if is_data {
            if self.in_pictures {
                self.pictures[usize::from(self.place & 63)] = byte;
            } else {
                self.letters[usize::from(self.place & 127)] = byte;
            }
            self.place = self.place.wrapping_add(1);
            return;
        }
        match byte {
            0x80.. => (self.place, self.in_pictures) = (byte & 0x7f, false),
            0x40.. => (self.place, self.in_pictures) = (byte & 0x3f, true),
            0x20.. => {
                self.is_four_bits = byte & 0x10 == 0;
                self.high = None;
            }
            0x08..=0x0f => (self.is_on, self.cursor) = (byte & 4 != 0, byte & 2 != 0),
            0x02 | 0x03 => self.place = 0,
            1 => self.letters = [b' '; 128],
            _ => {}
        }
    }

    fn row(&self, row: usize) -> &[u8] {
        let start = [0, 0x40, 0x14, 0x54][row];
        &self.letters[start..start + 20]
    }
}

impl ErrorType for Chips {
    type Error = ErrorKind;
}

impl I2c for Chips {
    fn transaction(&mut self, address: u8, work: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        let is_glass = address == self.glass_at;
        let answers = is_glass || (address == 0x20 && self.has_keys);
        if !self.is_plugged || !answers {
            return Err(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address));
        }
        for operation in work {
            match operation {
                Operation::Write(bytes) if is_glass => bytes.iter().for_each(|b| self.pins(*b)),
                Operation::Write(bytes) => self.lamp = bytes.iter().any(|byte| byte & 0x40 == 0),
                Operation::Read(bytes) => bytes.fill(if is_glass { self.last } else { self.keys }),
            }
        }
        Ok(())
    }
}

struct NoDelay;

impl DelayNs for NoDelay {
    fn delay_ns(&mut self, _: u32) {}
}

fn at(millis: u64) -> impl Fn() -> Moment {
    move || Moment::from_millis(millis)
}

fn screen(text: &str) -> Screen {
    let mut screen = Screen::blank(Size::LARGE);
    screen.write(2, 3, text);
    screen
}

fn plugged_in(chips: &mut Chips) -> Front {
    Front::find(chips, &mut NoDelay, Size::LARGE, Moment::START).expect("it is plugged in")
}

#[test]
fn a_picture_comes_onto_the_glass_at_either_address() {
    for address in [0x27, 0x3f] {
        let mut chips = Chips::new(address);
        let mut front = plugged_in(&mut chips);
        let keys = front.tend(&mut chips, &mut NoDelay, &screen("Zoë müß ↑█"), at(0));
        assert_eq!(keys, Ok(None));
        assert_eq!(chips.row(2), b"   Zo? m\xf5\xe2 \x00\xff       ");
        assert_eq!((chips.row(0), chips.row(3)), (&[b' '; 20][..], &[b' '; 20][..]));
        assert!(chips.is_on && !chips.cursor && chips.last & 8 != 0);
        assert_eq!(&chips.pictures[..3], &[0b00100, 0b01110, 0b10101]);
    }
}

#[test]
fn only_what_changed_is_written() {
    let mut chips = Chips::new(0x27);
    let mut front = plugged_in(&mut chips);
    assert_eq!(front.tend(&mut chips, &mut NoDelay, &screen("14:05"), at(0)), Ok(None));
    chips.written = 0;
    assert_eq!(front.tend(&mut chips, &mut NoDelay, &screen("14:05"), at(20)), Ok(None));
    assert_eq!(chips.written, 0);
    assert_eq!(front.tend(&mut chips, &mut NoDelay, &screen("14:06"), at(40)), Ok(None));
    assert_eq!(chips.row(2), b"   14:06            ");
    assert!(chips.written <= 12, "a place, a letter and the cursor, four bytes each");
}

#[test]
fn cursor_light_and_lamp_follow_the_picture() {
    let mut chips = Chips::new(0x27);
    let mut front = plugged_in(&mut chips);
    let mut picture = screen("192.168.001.023");
    (picture.cursor, picture.lamp) = (Some((2, 5)), true);
    assert_eq!(front.tend(&mut chips, &mut NoDelay, &picture, at(0)), Ok(None));
    assert!(chips.cursor && chips.lamp);
    assert_eq!(chips.place, 0x14 + 5);
    (picture.cursor, picture.lamp, picture.light) = (None, false, false);
    assert_eq!(front.tend(&mut chips, &mut NoDelay, &picture, at(20)), Ok(None));
    assert!(!chips.cursor && !chips.lamp && chips.last & 8 == 0);
}

#[test]
fn keys_are_told_when_they_change() {
    let mut chips = Chips::new(0x27);
    let mut front = plugged_in(&mut chips);
    let picture = screen("");
    chips.keys = !0x10;
    let told = front.tend(&mut chips, &mut NoDelay, &picture, at(0));
    assert_eq!(told, Ok(Some(Keys::one(Key::Ok))));
    assert_eq!(front.tend(&mut chips, &mut NoDelay, &picture, at(20)), Ok(None));
    chips.keys = 0xff;
    assert_eq!(front.tend(&mut chips, &mut NoDelay, &picture, at(40)), Ok(Some(Keys::NONE)));
}

#[test]
fn a_garbled_glass_heals_by_itself() {
    let mut chips = Chips::new(0x27);
    let mut front = plugged_in(&mut chips);
    for (round, loses) in (0_u64..).zip([1, 2, 3, 5, 7, 11]) {
        let now = round * 20_000;
        chips.loses = loses;
        let text = format!("garbled {round}");
        assert!(front.tend(&mut chips, &mut NoDelay, &screen(&text), at(now + 20)).is_ok());
        assert!(front.tend(&mut chips, &mut NoDelay, &screen(&text), at(now + 10_020)).is_ok());
        let shown = String::from_utf8_lossy(chips.row(2)).trim().to_owned();
        assert_eq!(shown, text, "{loses} bytes lost");
    }
}

#[test]
fn a_panel_without_keys_still_shows_and_one_without_glass_is_gone() {
    let mut chips = Chips::new(0x27);
    let mut front = plugged_in(&mut chips);
    (chips.has_keys, chips.keys) = (false, !1);
    assert_eq!(front.tend(&mut chips, &mut NoDelay, &screen("a"), at(0)), Ok(None));
    assert_eq!(front.tend(&mut chips, &mut NoDelay, &screen("b"), at(100)), Ok(None));
    assert_eq!(chips.row(2)[3], b'b');
    chips.has_keys = true;
    let told = front.tend(&mut chips, &mut NoDelay, &screen("b"), at(2_100));
    assert_eq!(told, Ok(Some(Keys::one(Key::Up))), "its keys are back");

    chips.is_plugged = false;
    assert!(front.tend(&mut chips, &mut NoDelay, &screen("b"), at(2_120)).is_err());
    assert!(Front::find(&mut chips, &mut NoDelay, Size::LARGE, Moment::START).is_err());
    // Plugged in again it comes up as anything.
    let mut chips = Chips::new(0x27);
    let mut front = plugged_in(&mut chips);
    assert!(front.tend(&mut chips, &mut NoDelay, &screen("b"), at(5_000)).is_ok());
    assert_eq!(chips.row(2), b"   b                ");
}
