//! The letters of the glass: character ROM A00 of the HD44780 and eight pictures of our own.
//!
//! ROM A00 is ASCII but for `\` and `~`, with arrows in the place of two of them, and has the small
//! German letters. The HD44780 data sheet, table 4, has all of it.

/// Our own pictures, at codes 0 to 7: five columns, eight rows, the lowest row for the cursor.
pub(crate) const PICTURES: [(char, [u8; 8]); 8] = [
    ('↑', [0b00100, 0b01110, 0b10101, 0b00100, 0b00100, 0b00100, 0b00100, 0]),
    ('↓', [0b00100, 0b00100, 0b00100, 0b00100, 0b10101, 0b01110, 0b00100, 0]),
    ('↕', [0b00100, 0b01110, 0b10101, 0b00100, 0b10101, 0b01110, 0b00100, 0]),
    ('♫', [0b00100, 0b01110, 0b01110, 0b01110, 0b11111, 0b00000, 0b00100, 0]),
    ('✓', [0b00000, 0b00001, 0b00011, 0b10110, 0b11100, 0b01000, 0b00000, 0]),
    ('▌', [0b11100, 0b11100, 0b11100, 0b11100, 0b11100, 0b11100, 0b11100, 0b11100]),
    ('…', [0, 0, 0, 0, 0, 0, 0b10101, 0]),
    ('▁', [0, 0, 0, 0, 0, 0, 0b11111, 0]),
];

/// The bell, which stands for an alarm.
pub(crate) const BELL: char = '♫';
/// Something is in force, or went well.
pub(crate) const CHECK: char = '✓';
/// There is more than fits.
pub(crate) const MORE: char = '…';
/// A bar's full cell, its half, and its empty one.
pub(crate) const BAR: [char; 3] = ['█', '▌', '▁'];

/// The code of a letter, if the glass has it.
#[must_use]
pub(crate) fn code(letter: char) -> Option<u8> {
    let own = PICTURES.iter().zip(0_u8..).find(|((picture, _), _)| *picture == letter);
    if let Some((_, code)) = own {
        return Some(code);
    }
    match letter {
        '\\' | '~' => None,
        ' '..='}' => u8::try_from(u32::from(letter)).ok(),
        '→' => Some(0x7e),
        '←' => Some(0x7f),
        '°' => Some(0xdf),
        'ä' => Some(0xe1),
        'ß' => Some(0xe2),
        'ñ' => Some(0xee),
        'ö' => Some(0xef),
        'ü' => Some(0xf5),
        '█' => Some(0xff),
        _ => None,
    }
}

/// Has the glass this letter?
#[must_use]
pub(crate) fn has(letter: char) -> bool {
    code(letter).is_some()
}

/// A text from elsewhere in letters of the glass: names of people, words of other services.
#[must_use]
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            letter if has(letter) => folded.push(letter),
            letter if letter.is_control() => folded.push(' '),
            letter => folded.push_str(spelled(letter)),
        }
    }
    folded
}

/// How a letter that the glass has not is spelled with those that it has.
fn spelled(letter: char) -> &'static str {
    match letter {
        'Ä' => "Ae",
        'Ö' => "Oe",
        'Ü' => "Ue",
        'à'..='ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'À'..='Ã' | 'Å' | 'Ā' | 'Ă' | 'Ą' => "A",
        'æ' => "ae",
        'Æ' => "AE",
        'ç' | 'ć' | 'č' => "c",
        'Ç' | 'Ć' | 'Č' => "C",
        'ď' | 'đ' => "d",
        'è'..='ë' | 'ē' | 'ę' | 'ě' => "e",
        'È'..='Ë' | 'Ē' | 'Ę' | 'Ě' => "E",
        'ğ' => "g",
        'ì'..='ï' | 'ī' | 'ı' => "i",
        'Ì'..='Ï' | 'Ī' | 'İ' => "I",
        'ł' | 'ľ' => "l",
        'Ł' => "L",
        'ń' | 'ň' => "n",
        'Ñ' => "N",
        'ò'..='õ' | 'ø' | 'ō' | 'ő' => "o",
        'Ò'..='Õ' | 'Ø' | 'Ō' | 'Ő' => "O",
        'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'Ś' | 'Š' | 'Ş' | 'Ș' => "S",
        'ť' | 'ţ' | 'ț' => "t",
        'ù'..='û' | 'ū' | 'ů' | 'ű' => "u",
        'Ù'..='Û' | 'Ū' | 'Ů' => "U",
        'ý' | 'ÿ' => "y",
        'Ý' => "Y",
        'ź' | 'ż' | 'ž' => "z",
        'Ź' | 'Ż' | 'Ž' => "Z",
        '‘' | '’' | '‚' => "'",
        '“' | '”' | '„' | '«' | '»' => "\"",
        '–' | '—' | '‐' | '~' => "-",
        '\\' => "/",
        '\u{a0}' => " ",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::{PICTURES, code, fold, has};

    #[test]
    fn german_letters_are_those_of_the_rom() {
        let codes: Vec<_> = "äöüß".chars().map(code).collect();
        assert_eq!(codes, [Some(0xe1), Some(0xef), Some(0xf5), Some(0xe2)]);
        assert_eq!((code('A'), code('→'), code('~')), (Some(0x41), Some(0x7e), None));
        assert_eq!((code('↑'), code('♫')), (Some(0), Some(3)));
    }

    #[test]
    fn any_text_becomes_letters_of_the_glass() {
        assert_eq!(fold("Ärger mit Łódź"), "Aerger mit Lodz");
        assert_eq!(fold("a\nb\\c 漢"), "a b/c ?");
        assert!(fold("„Größe“ – naïve").chars().all(has));
    }

    #[test]
    fn pictures_have_five_columns() {
        assert!(PICTURES.iter().flat_map(|(_, rows)| rows).all(|row| *row < 32));
    }
}
