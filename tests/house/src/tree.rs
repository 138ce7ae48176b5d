//! Every text file of the project, by its path from the root.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Why the project could not be read.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// Git did not run.
    #[error("cannot run git")]
    Run(#[source] std::io::Error),
    /// Git ran and failed.
    #[error("git ls-files failed: {0}")]
    Git(String),
}

/// The text of every file that git tracks or would track.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads the project at `root`. Files that are not text are left out.
    ///
    /// # Errors
    /// Git is not there, or `root` is no work tree.
    pub fn read(root: &Path) -> Result<Self, TreeError> {
        let listing = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .map_err(TreeError::Run)?;
        if !listing.status.success() {
            return Err(TreeError::Git(String::from_utf8_lossy(&listing.stderr).into_owned()));
        }
        let names = String::from_utf8_lossy(&listing.stdout).into_owned();
        let files = names
            .split_terminator('\0')
            .filter_map(|name| {
                Some((name.to_owned(), std::fs::read_to_string(root.join(name)).ok()?))
            })
            .collect();
        Ok(Self { files })
    }

    /// The tree of these paths and texts.
    #[must_use]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let own = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        Self { files: files.iter().map(own).collect() }
    }

    /// Every file with its text, in the order of the paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Every file whose name ends with `.extension`.
    pub fn with_extension(&self, extension: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(move |(path, _)| {
            path.strip_suffix(extension).is_some_and(|rest| rest.ends_with('.'))
        })
    }

    /// The text of one file.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Is there such a file, or a folder with files?
    #[must_use]
    pub fn holds(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let folder = format!("{path}/");
        self.files.contains_key(path)
            || self
                .files
                .range(folder.clone()..)
                .next()
                .is_some_and(|(p, _)| p.starts_with(&folder))
    }

    /// The folders of the packages: those with a manifest that names a package.
    pub fn packages(&self) -> impl Iterator<Item = &str> {
        self.files().filter_map(|(path, text)| {
            let folder = path.strip_suffix("/Cargo.toml")?;
            text.lines().any(|line| line.trim() == "[package]").then_some(folder)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Tree;

    #[test]
    fn folders_and_packages_are_seen() {
        let tree = Tree::of(&[("a/b/Cargo.toml", "[package]\n"), ("Cargo.toml", "[workspace]\n")]);
        assert!(tree.holds("a/b") && tree.holds("a/") && tree.holds("Cargo.toml"));
        assert!(!tree.holds("a/c") && !tree.holds("a/b/Cargo"));
        assert_eq!(tree.packages().collect::<Vec<_>>(), ["a/b"]);
    }
}
