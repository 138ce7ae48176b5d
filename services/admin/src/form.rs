//! What the forms of the pages send, and the names of people.

use serde::Deserialize;

use crate::desk::{FIRST, NewPassword};

/// The form of the first run.
#[derive(Deserialize)]
pub(crate) struct SetUpForm {
    #[serde(default)]
    pub(crate) code: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

impl SetUpForm {
    /// The password, typed twice.
    pub(crate) fn new_password(&self) -> NewPassword {
        NewPassword { first: self.password.clone(), again: self.again.clone() }
    }
}

/// The form of the log-in.
#[derive(Deserialize)]
pub(crate) struct LogInForm {
    /// Who; the administrator of the first run, if nobody is named.
    #[serde(default = "first")]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) password: String,
}

fn first() -> String {
    FIRST.to_owned()
}

/// The form for another password.
#[derive(Deserialize)]
pub(crate) struct PasswordForm {
    /// The form token of the session.
    #[serde(default)]
    pub(crate) form: String,
    #[serde(default)]
    pub(crate) old: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

impl PasswordForm {
    /// The new password, typed twice.
    pub(crate) fn new_password(&self) -> NewPassword {
        NewPassword { first: self.password.clone(), again: self.again.clone() }
    }
}

/// A form that is only a button.
#[derive(Deserialize)]
pub(crate) struct DeedForm {
    /// The form token of the session.
    #[serde(default)]
    pub(crate) form: String,
}

/// Why a person cannot be called so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadName {
    /// The log-in name has other characters, or is too long.
    #[error(
        "A log-in name has 1 to 32 of a-z, 0-9, dot, hyphen and underscore, and begins with a \
         letter or digit."
    )]
    Name,
    /// The full name is too long or has control characters.
    #[error("A full name has at most 64 characters, all of them visible.")]
    Display,
}

/// The names of a new person, as they will be: the log-in name in lower case, the full name
/// without blanks around it, or else the log-in name.
pub(crate) fn full_names(name: &str, display: &str) -> Result<(String, String), BadName> {
    let name = name.trim().to_ascii_lowercase();
    if !is_name(&name) {
        return Err(BadName::Name);
    }
    let display = display.trim();
    if display.chars().count() > 64 || display.chars().any(char::is_control) {
        return Err(BadName::Display);
    }
    let display = if display.is_empty() { name.clone() } else { display.to_owned() };
    Ok((name, display))
}

/// A text that stands before this name and behind every name that stands before it: a list that
/// begins behind it begins with the name.
pub(crate) fn before(name: &str) -> String {
    let mut text = name.to_owned();
    match text.pop().and_then(|last| u8::try_from(last).ok()?.checked_sub(1)) {
        Some(letter) => {
            text.push(char::from(letter));
            text.push('~');
        }
        None => text.clear(),
    }
    text
}

/// Is this a log-in name?
pub(crate) fn is_name(name: &str) -> bool {
    let begins_well =
        name.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let goes_on = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b);
    begins_well && name.len() <= 32 && name.bytes().all(goes_on)
}

#[cfg(test)]
mod tests {
    use super::{BadName, before, full_names};

    fn pair(name: &str, display: &str) -> Result<(String, String), BadName> {
        Ok((name.to_owned(), display.to_owned()))
    }

    #[test]
    fn names_are_made_regular() {
        assert_eq!(full_names(" Anna.S ", " Anna Schmidt "), pair("anna.s", "Anna Schmidt"));
        assert_eq!(full_names("4711", ""), pair("4711", "4711"));
    }

    #[test]
    fn a_list_behind_what_is_before_a_name_begins_with_it() {
        let names = ["a", "an", "ann-", "ann.z", "anna", "annb", "annb-", "annc", "b", "b0", "b1"];
        let mut sorted = names;
        sorted.sort_unstable();
        for name in sorted {
            let first = sorted.iter().find(|one| **one > before(name).as_str());
            assert_eq!(first, Some(&name));
        }
    }

    #[test]
    fn impossible_names_are_refused() {
        for name in ["", "-anna", ".a", "anna schmidt", "änna", "a/b", &"a".repeat(33)] {
            assert_eq!(full_names(name, ""), Err(BadName::Name), "{name}");
        }
        assert_eq!(full_names("a", &"x".repeat(65)), Err(BadName::Display));
        assert_eq!(full_names("a", "x\u{7}y"), Err(BadName::Display));
    }
}
