//! Update bundles: what `rauc` says about them, in our words, and which of them may be put in.

use std::cmp::Ordering;

use serde::Deserialize;

/// Why a bundle is not put in. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is cut off, or something else.
    #[error("This is not a whole update file: it was cut off on its way, or is something else.")]
    Incomplete,
    /// The signature is somebody else's.
    #[error("This update is not signed by whoever makes this appliance's updates.")]
    Signature,
    /// For other hardware.
    #[error("This update is for other hardware ({found}); this appliance is {here}.")]
    Hardware {
        /// For which.
        found: String,
        /// What this is.
        here: String,
    },
    /// Older than what runs.
    #[error(
        "This update is older ({found}) than the version that runs ({here}). To go back to the \
         version before, start the other slot."
    )]
    Older {
        /// Its version.
        found: String,
        /// What runs.
        here: String,
    },
    /// Anything else.
    #[error("The update cannot be read: {0}.")]
    Unreadable(String),
}

/// What a bundle says of itself, after its signature was checked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Bundle {
    /// The hardware.
    pub compatible: String,
    /// The version.
    pub version: String,
}

impl Bundle {
    /// What `rauc info --output-format=json` printed.
    ///
    /// # Errors
    /// Why it is none.
    pub fn from_info(succeeded: bool, out: &str, errors: &str) -> Result<Self, Unfit> {
        if succeeded {
            let unreadable = |_| Unfit::Unreadable("its description is damaged".to_owned());
            return serde_json::from_str(out).map_err(unreadable);
        }
        let has = |words: &str| errors.contains(words);
        if has("signature verification failed") || has("Verify error") {
            Err(Unfit::Signature)
        } else if has("Invalid bundle") || has("Signature size") || has("signature size") {
            Err(Unfit::Incomplete)
        } else {
            let last = errors.lines().rev().find(|line| !line.trim().is_empty());
            Err(Unfit::Unreadable(last.unwrap_or("no reason is given").trim().to_owned()))
        }
    }

    /// May it be put in beside the version that runs `here`?
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, compatible: &str, here: &str) -> Result<(), Unfit> {
        if self.compatible != compatible {
            let (found, here) = (self.compatible.clone(), compatible.to_owned());
            return Err(Unfit::Hardware { found, here });
        }
        if compare(&self.version, here) == Ordering::Less {
            return Err(Unfit::Older { found: self.version.clone(), here: here.to_owned() });
        }
        Ok(())
    }
}

/// Which of two versions is newer: runs of digits as numbers, `~` before the end, the rest as text.
#[must_use]
pub fn compare(one: &str, two: &str) -> Ordering {
    let (mut one, mut two) = (one, two);
    loop {
        if one.is_empty() && two.is_empty() {
            return Ordering::Equal;
        }
        let (digits_one, digits_two) = (digits(one), digits(two));
        if digits_one > 0 && digits_two > 0 {
            let (a, b) = (&one[..digits_one], &two[..digits_two]);
            let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
            let order = a.len().cmp(&b.len()).then_with(|| a.cmp(b));
            if order != Ordering::Equal {
                return order;
            }
            (one, two) = (&one[digits_one..], &two[digits_two..]);
            continue;
        }
        let order = rank(one).cmp(&rank(two));
        if order != Ordering::Equal {
            return order;
        }
        (one, two) = (behind_first(one), behind_first(two));
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// `~` goes before the end, the end before everything else.
fn rank(text: &str) -> (u8, Option<char>) {
    match text.chars().next() {
        Some('~') => (0, None),
        None => (1, None),
        Some(letter) => (2, Some(letter)),
    }
}

fn behind_first(text: &str) -> &str {
    let mut letters = text.chars();
    letters.next();
    letters.as_str()
}

/// The percentage and the words of a line that `rauc install` prints.
#[must_use]
pub fn progress(line: &str) -> Option<(u8, &str)> {
    let (number, words) = line.trim_start().split_once('%')?;
    let percent: u8 = number.parse().ok().filter(|percent| *percent <= 100)?;
    Some((percent, words.trim()))
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::{Bundle, Unfit, compare, progress};

    #[test]
    fn versions_are_compared_by_number() {
        let in_order = ["0.1.0~rc1", "0.1.0", "0.1.0+3", "0.1.9", "0.1.10", "0.2", "1.0", "10.0"];
        for (at, one) in in_order.iter().enumerate() {
            for (other_at, other) in in_order.iter().enumerate() {
                assert_eq!(compare(one, other), at.cmp(&other_at), "{one} {other}");
            }
        }
        assert_eq!(compare("1.01", "1.1"), Ordering::Equal);
        assert_eq!(compare("é1", "é2"), Ordering::Less);
    }

    #[test]
    fn only_a_newer_bundle_for_this_hardware_is_fit() {
        let bundle = Bundle { compatible: "a".into(), version: "0.2.0".into() };
        assert_eq!(bundle.check("a", "0.1.0"), Ok(()));
        assert_eq!(bundle.check("a", "0.2.0"), Ok(()));
        assert!(matches!(bundle.check("a", "0.3.0"), Err(Unfit::Older { .. })));
        assert!(matches!(bundle.check("b", "0.1.0"), Err(Unfit::Hardware { .. })));
    }

    #[test]
    fn progress_is_read_from_the_lines_of_the_installer() {
        assert_eq!(progress(" 20% Checking bundle done."), Some((20, "Checking bundle done.")));
        assert_eq!(progress("installing"), None);
        assert_eq!(progress("300% x"), None);
    }
}
