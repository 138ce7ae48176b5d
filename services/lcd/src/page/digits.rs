//! An IPv4 address under the cursor, digit by digit: `192.168.001.023`. A number above 255 cannot be
//! entered: a larger digit cuts those behind it down to what fits.

use std::net::Ipv4Addr;

use crate::keypad::Key;

/// Digits of an address.
const DIGITS: usize = 12;
const MOST: [u8; 3] = [2, 5, 5];

/// The address and the digit under the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digits {
    digits: [u8; DIGITS],
    at: usize,
}

impl Digits {
    /// An address, with the cursor on its first digit.
    pub(crate) fn of(address: Ipv4Addr) -> Self {
        let mut digits = [0; DIGITS];
        for (three, octet) in digits.chunks_mut(3).zip(address.octets()) {
            three.copy_from_slice(&[octet / 100, octet / 10 % 10, octet % 10]);
        }
        Self { digits, at: 0 }
    }

    /// The address that it is.
    pub(crate) fn address(&self) -> Ipv4Addr {
        let mut octets = [0; 4];
        for (octet, three) in octets.iter_mut().zip(self.digits.chunks(3)) {
            *octet = three.iter().fold(0, |sum: u8, digit| sum.saturating_mul(10) + digit);
        }
        Ipv4Addr::from(octets)
    }

    /// Changes a digit, or moves; at the ends the cursor stays.
    pub(crate) fn press(&mut self, key: Key) {
        match key {
            Key::Up => self.turn(1),
            Key::Down => self.turn(-1),
            Key::Left => self.at = self.at.saturating_sub(1),
            Key::Right => self.at = (self.at + 1).min(DIGITS - 1),
            Key::Ok | Key::Back => {}
        }
    }

    /// Turns the digit as a wheel of all digits that are possible there.
    fn turn(&mut self, by: i8) {
        let place = self.at % 3;
        let start = self.at - place;
        let three = &mut self.digits[start..start + 3];
        // As long as the digits before are the largest, this one has a limit too.
        let is_limited = three[..place] == MOST[..place];
        let most = if is_limited { MOST[place] } else { 9 };
        let wheel = i16::from(most) + 1;
        let turned = (i16::from(three[place]) + i16::from(by)).rem_euclid(wheel);
        three[place] = u8::try_from(turned).expect("a digit of the wheel is small");
        for behind in place + 1..3 {
            if three[..behind] == MOST[..behind] {
                three[behind] = three[behind].min(MOST[behind]);
            }
        }
    }

    /// As it is shown.
    pub(crate) fn text(&self) -> String {
        let digit = |digit: &u8| char::from(b'0' + digit);
        let parts = self.digits.chunks(3).map(|three| three.iter().map(digit).collect::<String>());
        parts.collect::<Vec<_>>().join(".")
    }

    /// The column of the cursor.
    pub(crate) fn column(&self) -> usize {
        self.at + self.at / 3
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::{any, proptest};

    use super::Digits;
    use crate::keypad::Key;

    #[test]
    fn digits_turn_like_wheels_and_the_cursor_skips_dots() {
        let mut digits = Digits::of(Ipv4Addr::new(192, 168, 1, 23));
        assert_eq!((digits.text().as_str(), digits.column()), ("192.168.001.023", 0));
        digits.press(Key::Up);
        assert_eq!(digits.text(), "252.168.001.023", "292 is cut down");
        digits.press(Key::Up);
        assert_eq!(digits.text(), "052.168.001.023");
        for _ in 0..3 {
            digits.press(Key::Right);
        }
        assert_eq!(digits.column(), 4);
        digits.press(Key::Down);
        assert_eq!(digits.address(), Ipv4Addr::new(52, 68, 1, 23));
    }

    proptest! {
        #[test]
        fn no_sequence_of_keys_makes_an_impossible_address(
            bits in any::<u32>(),
            keys in proptest::collection::vec(0_usize..4, 0..200),
        ) {
            let mut digits = Digits::of(Ipv4Addr::from_bits(bits));
            for key in keys {
                digits.press(Key::ALL[key]);
                let text = digits.text();
                for octet in text.split('.') {
                    assert!(octet.parse::<u8>().is_ok(), "{text}");
                }
                assert_eq!(Digits::of(digits.address()).text(), text);
                assert_ne!(text.as_bytes().get(digits.column()), Some(&b'.'));
            }
        }
    }
}
