//! The files of a desk telephone, as it fetches them, and what stands in them.

use crate::lan::Host;

/// Fetches a file by HTTP or HTTPS as a telephone that calls itself so; its status and what it
/// holds.
///
/// # Panics
/// curl says no status.
#[must_use]
pub fn fetch(host: &Host, agent: &str, url: &str) -> (u16, String) {
    let words = ["curl", "-s", "-k", "--max-time", "10", "-A", agent, "-w", "\n%{http_code}", url];
    let output = host.run(&words);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (body, status) = text.rsplit_once('\n').expect("curl says the status");
    (status.parse().expect("a number"), body.to_owned())
}

/// The value of a key in a file of lines; none if it is blank.
#[must_use]
pub fn value<'f>(file: &'f str, key: &str) -> Option<&'f str> {
    let line = file.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))?;
    (line != "%NULL%").then_some(line)
}
