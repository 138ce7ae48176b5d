//! What the panel tells a person who sets the appliance up: its address and the one-time code,
//! picked out of the rows of the glass.

use std::net::Ipv4Addr;

use crate::picture::Picture;

/// What was read so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The guest's address.
    pub address: Option<Ipv4Addr>,
    /// The one-time code.
    pub code: Option<String>,
}

impl Told {
    /// Reads a picture; what it does not tell stays.
    pub fn read(&mut self, picture: &Picture) {
        let rows = picture.rows();
        for (at, row) in rows.iter().enumerate() {
            if let Some(address) =
                row.split(|c: char| !c.is_ascii_digit() && c != '.').find_map(address)
            {
                self.address = Some(address);
            }
            let Some((_, rest)) = row.split_once("Code").or_else(|| row.split_once("code")) else {
                continue;
            };
            let here = code(rest);
            let below = || rows.get(at + 1).and_then(|row| code(row));
            if let Some(code) = here.or_else(below) {
                self.code = Some(code);
            }
        }
    }
}

fn address(word: &str) -> Option<Ipv4Addr> {
    word.parse().ok().filter(|address: &Ipv4Addr| !address.is_unspecified())
}

/// Letters, digits and dashes: at least four signs, and a digit or a dash, which a word has not.
fn code(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches(':').trim();
    let sign = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == ' ';
    let word = text.split(|c: char| !sign(c)).next()?.trim();
    let signs = word.chars().filter(char::is_ascii_alphanumeric).count();
    (signs >= 4 && word.contains(|c: char| c.is_ascii_digit() || c == '-')).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Told;
    use crate::hd44780::dots;
    use crate::picture::{Cell, Glass, Picture};

    fn read(rows: [&str; 4]) -> Told {
        let text: String = rows.map(|row| format!("{row:<20}")).concat();
        let cell = |character: char| {
            let code = u8::try_from(character).unwrap_or(b'?');
            Cell { code, character, dots: dots(code) }
        };
        let mut picture = Picture::dark(Glass::G20X4);
        picture.cells = text.chars().map(cell).collect();
        let mut told = Told::default();
        told.read(&picture);
        told
    }

    #[test]
    fn address_and_code_are_read_off_the_glass() {
        let told = read(["Open in a browser:", "https://10.0.2.15", "Code: 4711-0815", "-> OK"]);
        assert_eq!(told.address, Some([10, 0, 2, 15].into()));
        assert_eq!(told.code.as_deref(), Some("4711-0815"));
        let told = read(["Code       KXYM-XQZW", "", "", ""]);
        assert_eq!(told.code.as_deref(), Some("KXYM-XQZW"));
        let told = read(["One-time code", "  4711 0815", "", ""]);
        assert_eq!(told.code.as_deref(), Some("4711 0815"));
    }

    #[test]
    fn what_is_no_address_and_no_code_is_not_taken() {
        let told = read(["v1.2.3", "0.0.0.0", "Code of honour", "300.1.1.1"]);
        assert_eq!(told, Told::default());
    }
}
