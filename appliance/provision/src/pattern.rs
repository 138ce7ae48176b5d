//! Patterns of file names: written for a phone, and found in what a phone asks for.

use crate::Mac;

/// The longest model that a file name may hold.
const LONGEST_MODEL: usize = 24;

/// What vendors put before a model and leave out of file names.
const PREFIXES: [&str; 3] = ["SPA-", "SPA", "KX-"];

/// Yealink's numbers of the hardware, which name the file that all phones of a model share.
const NUMBERS: [(&str, &str); 20] = [
    ("T41P", "36"),
    ("T42G", "29"),
    ("T46G", "28"),
    ("T48G", "35"),
    ("T19P_E2", "53"),
    ("T21P_E2", "52"),
    ("T23G", "44"),
    ("T27G", "69"),
    ("T29G", "46"),
    ("T40P", "54"),
    ("T41S", "68"),
    ("T42S", "67"),
    ("T46S", "66"),
    ("T48S", "65"),
    ("T53", "95"),
    ("T53W", "95"),
    ("T54W", "96"),
    ("T57W", "97"),
    ("T46U", "108"),
    ("T48U", "109"),
];

/// A piece of a pattern.
enum Piece<'p> {
    Text(&'p str),
    Mac { upper: bool },
    Model { short: bool },
    Number,
}

/// The name for a phone; none if the pattern asks for a model that is not known.
pub(crate) fn write(pattern: &str, mac: Mac, model: &str) -> Option<String> {
    let mut name = String::new();
    let mut rest = pattern;
    while let Some((piece, behind)) = first(rest) {
        match piece {
            Piece::Text(text) => name.push_str(text),
            Piece::Mac { upper: true } => name.push_str(&mac.upper()),
            Piece::Mac { upper: false } => name.push_str(&mac.lower()),
            Piece::Model { short } => {
                let model = if short { shortened(model) } else { model };
                if !is_model(model.as_bytes()) {
                    return None;
                }
                name.push_str(model);
            }
            Piece::Number => {
                name.push_str(NUMBERS.iter().find(|(known, _)| *known == model)?.1);
            }
        }
        rest = behind;
    }
    Some(name)
}

/// Does a name fit the pattern, whatever the case of its letters? Says whose address is in it.
pub(crate) fn find(pattern: &str, name: &[u8]) -> Option<Option<Mac>> {
    let Some((piece, behind)) = first(pattern) else { return name.is_empty().then_some(None) };
    match piece {
        Piece::Text(text) => {
            let (start, rest) = name.split_at_checked(text.len())?;
            start.eq_ignore_ascii_case(text.as_bytes()).then(|| find(behind, rest))?
        }
        Piece::Mac { .. } => {
            let (digits, rest) = name.split_at_checked(12)?;
            let mac = std::str::from_utf8(digits).ok().and_then(Mac::parse)?;
            // All zeros stand for every phone.
            (mac != Mac([0; 6])).then_some(())?;
            find(behind, rest).map(|_| Some(mac))
        }
        Piece::Model { .. } | Piece::Number => {
            let longest = name.len().min(LONGEST_MODEL);
            (1..=longest).find_map(|length| {
                let (model, rest) = name.split_at(length);
                if is_model(model) { find(behind, rest) } else { None }
            })
        }
    }
}

/// The first piece of a pattern, and what follows.
fn first(pattern: &str) -> Option<(Piece<'_>, &str)> {
    if let Some((word, behind)) = pattern.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        let piece = match word {
            "mac" => Piece::Mac { upper: false },
            "MAC" => Piece::Mac { upper: true },
            "short" => Piece::Model { short: true },
            "nn" => Piece::Number,
            _ => Piece::Model { short: false },
        };
        return Some((piece, behind));
    }
    let length = pattern.find('{').unwrap_or(pattern.len());
    (length > 0).then(|| (Piece::Text(&pattern[..length]), &pattern[length..]))
}

/// Could this be a model in a file name, and is it no hardware address?
fn is_model(text: &[u8]) -> bool {
    let good = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_+".contains(byte);
    let is_mac = std::str::from_utf8(text).is_ok_and(|text| Mac::parse(text).is_some());
    (1..=LONGEST_MODEL).contains(&text.len()) && text.iter().all(good) && !is_mac
}

fn shortened(model: &str) -> &str {
    PREFIXES.iter().find_map(|prefix| model.strip_prefix(prefix)).unwrap_or(model)
}

#[cfg(test)]
mod tests {
    use super::{find, write};
    use crate::Mac;

    const MAC: Mac = Mac([0x00, 0x04, 0x13, 0xab, 0xcd, 0xef]);

    #[test]
    fn what_is_written_is_found() {
        for (pattern, model, name) in [
            ("snom{model}-{MAC}.htm", "D785", "snomD785-000413ABCDEF.htm"),
            ("spa{short}.cfg", "SPA504G", "spa504G.cfg"),
            ("config.{mac}.xml", "", "config.000413abcdef.xml"),
            ("y0000000000{nn}.cfg", "T46S", "y000000000066.cfg"),
        ] {
            assert_eq!(write(pattern, MAC, model).as_deref(), Some(name));
            let mac = pattern.to_lowercase().contains("{mac}").then_some(MAC);
            assert_eq!(find(pattern, name.to_uppercase().as_bytes()), Some(mac), "{name}");
        }
        assert_eq!(write("{model}.cfg", MAC, ""), None);
        assert_eq!(write("{model}.cfg", MAC, "../a"), None);
        assert_eq!(write("y0000000000{nn}.cfg", MAC, "T99"), None);
    }

    #[test]
    fn what_does_not_fit_is_not_found() {
        for name in
            ["", "000413abcdef", "000413abcdef.cfg ", "x000413abcdef.cfg", "000000000000.cfg"]
        {
            assert_eq!(find("{mac}.cfg", name.as_bytes()), None, "{name}");
        }
        assert_eq!(find("{model}.cfg", b"000413abcdef.cfg"), None);
        assert_eq!(find("{model}.cfg", b"a/b.cfg"), None);
    }
}
