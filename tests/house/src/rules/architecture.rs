//! ARCHITECTURE.md tells the truth: what it names is there, and every crate has its paragraph
//! with its invariant. The same holds for the paths in the other documents.

use crate::{Finding, Tree};

const PAGE: &str = "ARCHITECTURE.md";
const DOCUMENTS: [&str; 3] = [PAGE, "README.md", "docs/protocol.md"];
/// Where the project's own paths begin.
const TOP: [&str; 9] = [
    "appliance",
    "services",
    "gateway-drivers",
    "image",
    "yocto-layer",
    "qemu",
    "tests",
    "docs",
    ".ci",
];

/// Paths that are not there, and crates without a paragraph or an invariant.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for document in DOCUMENTS {
        let Some(text) = tree.text(document) else {
            findings.push(Finding::whole(document, "is not there"));
            continue;
        };
        for (at, line) in text.lines().enumerate() {
            for path in named_paths(line).filter(|path| !tree.holds(path)) {
                findings.push(Finding::at(document, at + 1, format!("`{path}` is not there")));
            }
        }
    }
    let page = tree.text(PAGE).unwrap_or_default();
    for package in tree.packages() {
        let opening = format!("**`{package}`**");
        let paragraph = page.split("\n\n").find(|paragraph| paragraph.starts_with(&opening));
        match paragraph {
            None => {
                findings.push(Finding::whole(PAGE, format!("no paragraph opens with {opening}")))
            }
            Some(text) if !text.contains("Invariant:") => {
                findings.push(Finding::whole(PAGE, format!("{opening} has no invariant")));
            }
            Some(_) => {}
        }
    }
    findings
}

/// What stands between back-ticks in a line and is a path of the project.
fn named_paths(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2).filter(|word| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
        let first = word.split('/').next().unwrap_or_default();
        word.chars().all(plain) && word.contains('/') && TOP.contains(&first)
    })
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::{Finding, Tree};

    fn findings(page: &str) -> Vec<Finding> {
        check(&Tree::of(&[
            ("ARCHITECTURE.md", page),
            ("README.md", ""),
            ("docs/protocol.md", ""),
            ("appliance/voice/Cargo.toml", "[package]\n"),
        ]))
    }

    #[test]
    fn a_path_that_is_not_there_is_found() {
        let page = "**`appliance/voice`** seals. Invariant: none.\n";
        assert_eq!(findings(page), []);
        assert_eq!(findings(&format!("{page} See `appliance/voice/src/b.rs`.\n")).len(), 1);
        assert_eq!(findings(&format!("{page} See `audio/opus` and `a / b`.\n")), []);
    }

    #[test]
    fn a_crate_without_paragraph_or_invariant_is_found() {
        assert_eq!(findings("# A page\n").len(), 1);
        assert_eq!(findings("# A page\n\n**`appliance/voice`** seals.\n").len(), 1);
    }

    #[test]
    fn a_document_that_is_not_there_is_found() {
        assert_eq!(check(&Tree::default()).len(), 3);
    }
}
