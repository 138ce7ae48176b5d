//! Pictures as files: what is on the glass, one screen after the other, each under the name of what
//! led to it.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use super::person::Person;

/// The pictures of one scene.
pub(super) struct Album {
    name: &'static str,
    text: String,
}

impl Album {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, text: String::new() }
    }

    /// Takes a picture.
    pub(super) fn add(&mut self, what: &str, person: &Person) {
        let written = writeln!(self.text, "{what}\n{}\n", person.screen);
        written.expect("a string takes everything");
    }

    /// Compares with the file.
    pub(super) fn close(self) {
        let file = format!("src/tests/screens/{}.txt", self.name);
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file);
        if env::var_os("WRITE_SCREENS").is_some() {
            fs::write(&path, &self.text).expect("the file can be written");
        }
        let kept = fs::read_to_string(&path).expect("the file is there");
        assert_eq!(self.text, kept, "{}: look at it, and if it is right, write it", self.name);
    }
}
