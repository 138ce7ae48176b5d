//! The built browser client, and what telephones say, inside the executable. A debug build reads
//! them from the disk, so that a change needs no new executable.

use admin::{Assets, File};
use gateway::Recordings;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../browser/dist/"]
#[allow_missing = true]
struct Built;

/// The files as the administration service takes them.
pub(crate) const BROWSER: Assets = Assets { list, get };

#[derive(RustEmbed)]
#[folder = "../gateway/words/dist/"]
#[allow_missing = true]
struct Words;

/// What telephones say, as the gateway takes it.
pub(crate) const WORDS: Recordings = Recordings { get: |path| Some(Words::get(path)?.data) };

fn list() -> Vec<String> {
    Built::iter().map(String::from).collect()
}

fn get(path: &str) -> Option<File> {
    let file = Built::get(path)?;
    Some(File { sha256: file.metadata.sha256_hash(), data: file.data })
}
