//! A display driven over the bus, as the usual driver does it and as it should not.

use proptest::collection::vec;
use proptest::prelude::{any, proptest};

use super::{Bus, Fault, KEYS, LCD, Nack};
use crate::keys::Key;
use crate::picture::{Cursor, Glass};

const LIGHT: u8 = 8;

fn half(bus: &mut Bus, byte: u8, rs: u8) -> Result<(), Nack> {
    let pins = byte & 0xf0 | LIGHT | rs;
    bus.write(LCD, &[pins | 4, pins])
}

fn byte(bus: &mut Bus, byte: u8, rs: u8) -> Result<(), Nack> {
    half(bus, byte, rs)?;
    half(bus, byte << 4, rs)
}

fn start(bus: &mut Bus) -> Result<(), Nack> {
    for start in [0x30, 0x30, 0x30, 0x20] {
        half(bus, start, 0)?;
    }
    [0x28, 0x0c, 0x06, 0x01].into_iter().try_for_each(|instruction| byte(bus, instruction, 0))
}

fn say(bus: &mut Bus, address: u8, text: &str) -> Result<(), Nack> {
    byte(bus, 0x80 | address, 0)?;
    text.bytes().try_for_each(|letter| byte(bus, letter, 1))
}

#[test]
fn four_rows_are_two_lines_cut_in_two() {
    let mut bus = Bus::new(Glass::G20X4);
    start(&mut bus).expect("it answers");
    for (address, text) in [(0x00, "one"), (0x40, "two"), (0x14, "three"), (0x54, "four")] {
        say(&mut bus, address, text).expect("it answers");
    }
    let picture = bus.picture();
    let rows = picture.rows();
    let rows: Vec<&str> = rows.iter().map(|row| row.trim_end()).collect();
    assert_eq!(rows, ["one", "two", "three", "four"]);
    assert!(picture.backlight && !picture.alarm && picture.shows("three"));
    byte(&mut bus, 0x0e, 0).expect("it answers");
    let cursor = Cursor { row: 3, column: 4, line: true, blink: false };
    assert_eq!(bus.picture().cursor, Some(cursor));
}

#[test]
fn a_small_glass_shows_the_start_of_both_lines() {
    let mut bus = Bus::new(Glass::G16X2);
    start(&mut bus).expect("it answers");
    say(&mut bus, 0x40, "0123456789abcdefXYZ").expect("it answers");
    assert_eq!(bus.picture().rows(), ["                ", "0123456789abcdef"]);
}

#[test]
fn before_its_start_every_other_row_is_dark() {
    let rows = Bus::new(Glass::G20X4).picture().rows();
    assert_eq!((rows[0].as_str(), rows[1].trim()), ("████████████████████", ""));
}

#[test]
fn all_of_it_can_be_one_message_unless_a_clear_is_in_it() {
    let mut bus = Bus::new(Glass::G16X2);
    start(&mut bus).expect("it answers");
    let halves = |byte: u8, rs: u8| {
        [byte, byte << 4].map(|half| half & 0xf0 | LIGHT | rs).map(|pins| [pins | 4, pins])
    };
    let text: Vec<u8> = b"quick".iter().flat_map(|b| halves(*b, 1)).flatten().collect();
    bus.write(LCD, &text).expect("it answers");
    assert!(bus.picture().shows("quick"));
    let clear: Vec<u8> = halves(0x01, 0).into_iter().flatten().collect();
    bus.write(LCD, &[clear, text].concat()).expect("it answers");
    assert!(!bus.picture().shows("quick"), "a clear takes longer than four letters");
}

#[test]
fn without_a_pause_a_driver_that_waits_is_understood_and_one_that_does_not_is_not() {
    for (waits, shown) in [(2000, "ok"), (0, "k")] {
        let mut bus = Bus::new(Glass::G16X2);
        start(&mut bus).expect("it answers");
        bus.set_pause(0);
        bus.pass(2000);
        byte(&mut bus, 0x01, 0).expect("it answers");
        bus.pass(waits);
        "ok".bytes().for_each(|letter| byte(&mut bus, letter, 1).expect("it answers"));
        assert_eq!(bus.picture().shows("ok"), shown == "ok");
    }
}

#[test]
fn the_display_is_read_back_through_the_expander() {
    let mut bus = Bus::new(Glass::G16X2);
    start(&mut bus).expect("it answers");
    say(&mut bus, 0x00, "K").expect("it answers");
    byte(&mut bus, 0x80, 0).expect("it answers");
    let mut read = Vec::new();
    for _ in 0..2 {
        bus.write(LCD, &[0xf0 | LIGHT | 0b011, 0xf0 | LIGHT | 0b111]).expect("it answers");
        let mut pins = [0];
        bus.read(LCD, &mut pins).expect("it answers");
        read.push(pins[0] >> 4);
        bus.write(LCD, &[0xf0 | LIGHT | 0b011]).expect("it answers");
    }
    assert_eq!(read, [b'K' >> 4, b'K' & 0xf]);
}

#[test]
fn keys_are_zeros_and_the_lamp_is_on_when_drawn_down() {
    let mut bus = Bus::new(Glass::G20X4);
    bus.keys.press(Key::Left);
    let mut pins = [0];
    bus.read(KEYS, &mut pins).expect("it answers");
    assert_eq!(pins, [0xfb]);
    bus.write(KEYS, &[0xbf]).expect("it answers");
    assert!(bus.picture().alarm);
    bus.read(KEYS, &mut pins).expect("it answers");
    assert_eq!(pins, [0xbb]);
}

#[test]
fn nobody_answers_elsewhere_and_nobody_at_all_when_told_so() {
    let mut bus = Bus::new(Glass::G20X4);
    assert_eq!((bus.write(0x3f, &[]), bus.read(0x21, &mut [0])), (Err(Nack), Err(Nack)));
    assert_eq!((bus.write(LCD, &[]), bus.write(KEYS, &[])), (Ok(()), Ok(())));
    bus.set_fault(Fault::Nack);
    assert_eq!((bus.write(LCD, &[]), bus.read(KEYS, &mut [0])), (Err(Nack), Err(Nack)));
}

#[test]
fn a_garbled_bus_shows_garbage_until_the_driver_starts_again() {
    let mut bus = Bus::new(Glass::G20X4);
    bus.set_fault(Fault::Garble { one_in: 10, seed: 3 });
    start(&mut bus).expect("it answers");
    say(&mut bus, 0, "abcdefghijklmnop").expect("it answers");
    assert!(!bus.picture().shows("abcdefghijklmnop"));
    bus.set_fault(Fault::None);
    start(&mut bus).expect("it answers");
    say(&mut bus, 0, "abcdefghijklmnop").expect("it answers");
    assert!(bus.picture().shows("abcdefghijklmnop"));
}

proptest! {
    #[test]
    fn no_messages_make_it_panic(
        messages in vec((any::<bool>(), vec(any::<u8>(), 0..200)), 0..30), wide in any::<bool>(),
    ) {
        let mut bus = Bus::new(if wide { Glass::G20X4 } else { Glass::G16X2 });
        for (lcd, bytes) in messages {
            bus.write(if lcd { LCD } else { KEYS }, &bytes).expect("it answers");
            let picture = bus.picture();
            assert!(picture.rows().iter().all(|row| {
                row.chars().count() == usize::from(picture.glass.columns)
            }));
        }
    }
}
