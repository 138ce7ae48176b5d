//! Which characters the ROM of code A00 (Japanese standard) holds, as Unicode.

/// Half-width katakana are in the order of Unicode.
const KATAKANA: u32 = 0xff61;
/// The last two columns of the table: Greek, some letters with dots, signs.
const LAST: [char; 32] = [
    'α', 'ä', 'β', 'ε', 'μ', 'σ', 'ρ', 'g', '√', '⁻', 'j', 'ˣ', '¢', '£', 'ñ', 'ö', 'p', 'q', 'θ',
    '∞', 'Ω', 'ü', 'Σ', 'π', 'x', 'y', '千', '万', '円', '÷', ' ', '█',
];
/// Glyphs of one's own stand in the private use area, U+E000 to U+E007.
const OWN: u32 = 0xe000;

/// The character of a code; U+E000 to U+E007 for the glyphs that the driver has drawn.
#[must_use]
pub fn unicode(code: u8) -> char {
    match code {
        0x00..=0x0f => char::from_u32(OWN + u32::from(code & 7)).unwrap_or(' '),
        b'\\' => '¥',
        0x7e => '→',
        0x7f => '←',
        0x20..=0x7d => char::from(code),
        0xa1..=0xdf => char::from_u32(KATAKANA + u32::from(code - 0xa1)).unwrap_or(' '),
        0xe0..=0xff => LAST[usize::from(code - 0xe0)],
        0x10..=0x1f | 0x80..=0xa0 => ' ',
    }
}
