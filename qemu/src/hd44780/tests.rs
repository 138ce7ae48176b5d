//! The controller, driven pin by pin.

use super::{Hd44780, Pins, dots, unicode};

/// A driver that waits long enough.
fn put(lcd: &mut Hd44780, rs: bool, data: u8) {
    lcd.pass(2000);
    lcd.drive(Pins { rs, rw: false, e: true, data });
    lcd.drive(Pins { rs, rw: false, e: false, data });
}

fn put_halves(lcd: &mut Hd44780, rs: bool, byte: u8) {
    put(lcd, rs, byte | 0xf);
    put(lcd, rs, byte << 4 | 0xf);
}

fn read(lcd: &mut Hd44780, rs: bool) -> u8 {
    lcd.drive(Pins { rs, rw: true, e: true, data: 0xff });
    let byte = lcd.output().expect("it drives the bus");
    lcd.drive(Pins { rs, rw: true, e: false, data: 0xff });
    byte
}

fn started() -> Hd44780 {
    let mut lcd = Hd44780::new();
    for instruction in [0x38, 0x0f, 0x01, 0x06] {
        put(&mut lcd, false, instruction);
    }
    lcd.pass(2000);
    lcd
}

fn text(lcd: &Hd44780, line: u8, length: u8) -> String {
    (0..length).map(|column| unicode(lcd.code_at(line, column))).collect()
}

fn say(lcd: &mut Hd44780, words: &str) {
    words.bytes().for_each(|byte| put(lcd, true, byte));
}

#[test]
fn eight_bits_and_four_bits_show_the_same() {
    let mut wide = started();
    say(&mut wide, "Hallo");
    let mut narrow = Hd44780::new();
    for start in [0x3f, 0x3f, 0x3f, 0x2f] {
        put(&mut narrow, false, start);
    }
    for instruction in [0x28, 0x0c, 0x01, 0x06] {
        put_halves(&mut narrow, false, instruction);
    }
    "Hallo".bytes().for_each(|byte| put_halves(&mut narrow, true, byte));
    assert_eq!(text(&wide, 0, 6), "Hallo ");
    assert_eq!(text(&narrow, 0, 6), "Hallo ");
}

#[test]
fn before_its_start_halves_are_whole_instructions_and_text_is_garbage() {
    let mut lcd = Hd44780::new();
    "Hi".bytes().for_each(|byte| put_halves(&mut lcd, true, byte));
    assert!(!lcd.is_on());
    assert_ne!(text(&lcd, 0, 2), "Hi");
    assert_eq!(lcd.code_at(0, 0), 0x4f);
}

#[test]
fn a_lost_half_turns_everything_behind_it_into_garbage() {
    let mut lcd = started();
    put(&mut lcd, false, 0x28);
    put(&mut lcd, true, 0x4f);
    "ok".bytes().for_each(|byte| put_halves(&mut lcd, true, byte));
    assert_eq!((lcd.code_at(0, 0), lcd.code_at(0, 1)), (0x46, 0xf6));
}

#[test]
fn the_text_runs_from_line_to_line_and_round() {
    let mut lcd = started();
    put(&mut lcd, false, 0x80 | 0x27);
    say(&mut lcd, "ab");
    assert_eq!((lcd.code_at(0, 39), lcd.code_at(1, 0)), (b'a', b'b'));
    put(&mut lcd, false, 0x80 | 0x67);
    say(&mut lcd, "cd");
    assert_eq!((lcd.code_at(1, 39), lcd.code_at(0, 0)), (b'c', b'd'));
}

#[test]
fn entry_to_the_left_and_the_moving_glass() {
    let mut lcd = started();
    put(&mut lcd, false, 0x80 | 5);
    put(&mut lcd, false, 0x04);
    say(&mut lcd, "cba");
    assert_eq!(text(&lcd, 0, 6), "   abc");
    put(&mut lcd, false, 0x18);
    assert_eq!(text(&lcd, 0, 6), "  abc ");
    put(&mut lcd, false, 0x1c);
    put(&mut lcd, false, 0x1c);
    assert_eq!(text(&lcd, 0, 7), "    abc");
    put(&mut lcd, false, 0x02);
    put(&mut lcd, false, 0x07);
    say(&mut lcd, "xy");
    assert_eq!(text(&lcd, 0, 4), " abc");
    assert_eq!((lcd.code_at(0, 38), lcd.code_at(0, 39)), (b'x', b'y'));
}

#[test]
fn the_cursor_is_where_the_next_character_goes() {
    let mut lcd = started();
    say(&mut lcd, "ab");
    assert_eq!(lcd.cursor(), Some((0, 2, true, true)));
    put(&mut lcd, false, 0x10);
    put(&mut lcd, false, 0x0d);
    assert_eq!(lcd.cursor(), Some((0, 1, false, true)));
    put(&mut lcd, false, 0x0c);
    assert_eq!(lcd.cursor(), None);
}

#[test]
fn own_glyphs_are_kept_and_read_back() {
    let mut lcd = started();
    put(&mut lcd, false, 0x40 | 8);
    for row in [0x04u8, 0x0e, 0x1f, 0xe4, 0, 0, 0, 0x1f] {
        put(&mut lcd, true, row);
    }
    assert_eq!(lcd.own_glyph(1), [0x04, 0x0e, 0x1f, 0x04, 0, 0, 0, 0x1f]);
    assert_eq!(lcd.own_glyph(9), lcd.own_glyph(1));
    put(&mut lcd, false, 0x40 | 9);
    lcd.pass(100);
    assert_eq!(read(&mut lcd, true), 0x0e);
    lcd.pass(100);
    assert_eq!(read(&mut lcd, true), 0x1f);
}

#[test]
fn the_busy_flag_is_up_after_a_clear_and_what_comes_then_is_lost() {
    let mut lcd = started();
    put(&mut lcd, false, 0x01);
    assert_eq!(read(&mut lcd, false) & 0x80, 0x80);
    lcd.drive(Pins { rs: true, rw: false, e: true, data: b'x' });
    lcd.drive(Pins { rs: true, rw: false, e: false, data: b'x' });
    assert_eq!(text(&lcd, 0, 1), " ");
    lcd.pass(1520);
    assert_eq!(read(&mut lcd, false), 0);
    put(&mut lcd, false, 0x80 | 0x45);
    lcd.pass(100);
    assert_eq!(read(&mut lcd, false), 0x45);
}

#[test]
fn four_bits_are_read_in_two_halves() {
    let mut lcd = started();
    put(&mut lcd, true, b'Q');
    put(&mut lcd, false, 0x80);
    put(&mut lcd, false, 0x28);
    lcd.pass(100);
    assert_eq!(read(&mut lcd, true) & 0xf0, 0x50);
    assert_eq!(read(&mut lcd, true) & 0xf0, 0x10);
    lcd.pass(100);
    assert_eq!(read(&mut lcd, false) & 0xf0, 0x00);
    assert_eq!(read(&mut lcd, false) & 0xf0, 0x10);
}

#[test]
fn one_line_is_eighty_long_and_the_second_is_empty() {
    let mut lcd = started();
    put(&mut lcd, false, 0x30);
    put(&mut lcd, false, 0x80 | 0x4f);
    say(&mut lcd, "zA");
    assert_eq!((lcd.code_at(0, 79), lcd.code_at(0, 0), lcd.code_at(1, 0)), (b'z', b'A', b' '));
}

#[test]
fn the_characters_of_the_rom_are_told_in_unicode() {
    let codes = [b'A', b'\\', 0x7e, 0x7f, 0xb1, 0xdf, 0xe1, 0xf7, 0xff, 0x90, 0x03];
    let characters: String = codes.map(unicode).iter().collect();
    assert_eq!(characters, "A¥→←ｱﾟäπ█ \u{e003}");
    assert!((0x20..0x80).all(|code| dots(code).is_some()));
    assert_eq!(dots(0xb1), None);
}
