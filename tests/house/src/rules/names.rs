//! Names that say nothing, and files that do not say what they hold.

use crate::{Finding, Tree};

const EMPTY: [&str; 8] =
    ["utils", "util", "common", "helpers", "helper", "misc", "stuff", "manager_of_managers"];

/// Files and folders with empty names, modules of that name, and files without a first word.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files() {
        for part in path.split('/') {
            let stem = part.split('.').next().unwrap_or(part);
            if EMPTY.contains(&stem) {
                findings.push(Finding::whole(path, format!("the name `{stem}` says nothing")));
            }
        }
        if !path.ends_with(".rs") {
            continue;
        }
        if !text.starts_with("//!") {
            findings.push(Finding::at(path, 1, "does not open with `//!`: what lives here"));
        }
        for (at, line) in text.lines().enumerate() {
            let module = line.trim_start().trim_start_matches("pub ").strip_prefix("mod ");
            let name = module.map(|rest| rest.trim_end_matches([';', '{', ' ']));
            if let Some(name) = name.filter(|name| EMPTY.contains(name)) {
                findings.push(Finding::at(path, at + 1, format!("the name `{name}` says nothing")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::Tree;

    fn findings(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn an_empty_name_is_found_in_a_path_and_in_a_module() {
        assert_eq!(findings("a/src/utils/b.rs", "//! b\n"), 1);
        assert_eq!(findings("a/web/helpers.js", ""), 1);
        assert_eq!(findings("a/src/b.rs", "//! b\npub mod common {\n}\n"), 1);
        assert_eq!(findings("a/src/utility_meter.rs", "//! b\nmod commonwealth;\n"), 0);
    }

    #[test]
    fn a_file_that_does_not_say_what_it_holds_is_found() {
        assert_eq!(findings("a/src/b.rs", "use std::fmt;\n"), 1);
        assert_eq!(findings("a/src/b.rs", "//! What b is.\n"), 0);
    }
}
