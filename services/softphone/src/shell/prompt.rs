//! Questions to the person: passwords, yes or no. Nothing secret comes from an argument.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;

use anyhow::Context;
use client_engine::Password;

use crate::exit::{Exit, Trouble};

/// A password from the first line of a file, or from the person.
///
/// # Errors
/// The file cannot be read; there is nobody to ask.
pub fn password(file: Option<&Path>, question: &str) -> anyhow::Result<Password> {
    match file {
        Some(path) => first_line(path).map(Password::new),
        None => typed(question).map(Password::new),
    }
}

/// A new password: from the first line of a file, or typed twice.
///
/// # Errors
/// As [`password`]; the two are not the same.
pub fn new_password(file: Option<&Path>, question: &str) -> anyhow::Result<Password> {
    let Some(path) = file else {
        let (one, two) = (typed(question)?, typed("Again: ")?);
        if one != two {
            return Err(Trouble::new(Exit::Usage, "the two passwords are not the same").into());
        }
        return Ok(Password::new(one));
    };
    first_line(path).map(Password::new)
}

/// The first line of a file with a secret.
///
/// # Errors
/// It cannot be read.
pub fn first_line(path: &Path) -> anyhow::Result<String> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn typed(question: &str) -> anyhow::Result<String> {
    rpassword::prompt_password(question).map_err(|_| {
        let text = "there is no terminal to ask for the password: use --password-file";
        Trouble::new(Exit::Usage, text).into()
    })
}

/// Does the person agree? Without a terminal nobody does.
///
/// # Errors
/// The terminal cannot be read.
pub fn agrees(question: &str) -> anyhow::Result<bool> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Ok(false);
    }
    eprint!("{question} [y/N] ");
    std::io::stderr().flush().context("cannot ask")?;
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer).context("cannot read the answer")?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
