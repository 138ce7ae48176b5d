//! Words that stand nowhere: what silences a lint, what was left for later, and what belongs to
//! one machine.

use crate::lexer::{Token, tokens};
use crate::{Finding, Tree};

// Written in two halves, so that this file does not hold what it looks for.
const LATER: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// Paths of one machine, hosts of package registries, and who is not a part of the product.
const FOREIGN: [&str; 14] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("static.crates", ".io"),
    concat!("index.crates", ".io"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("registry.npmjs", ".org"),
    concat!("deb.debian", ".org"),
    concat!("anth", "ropic"),
    concat!("clau", "de"),
    concat!("co-authored", "-by"),
    concat!("sub", "agent"),
    concat!("language ", "model"),
    concat!("work", "place"),
];

/// Every forbidden word.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files() {
        for (at, line) in text.lines().enumerate() {
            let lower = line.to_lowercase();
            for word in FOREIGN.iter().filter(|word| lower.contains(**word)) {
                findings.push(Finding::at(path, at + 1, format!("`{word}` belongs to no product")));
            }
            if let Some(word) = LATER.iter().find(|word| stands_alone(line, word)) {
                findings.push(Finding::at(
                    path,
                    at + 1,
                    format!("`{word}`: do it, or leave it out"),
                ));
            }
        }
        if path.ends_with(".rs") {
            code(path, &tokens(text), &mut findings);
        }
    }
    findings
}

/// Does the word stand there, and not as a part of a longer one?
fn stands_alone(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(part) && !line[at + word.len()..].starts_with(part))
}

/// Attributes, macros and imports that Rust code does without.
fn code(path: &str, tokens: &[Token], findings: &mut Vec<Finding>) {
    for (at, token) in tokens.iter().enumerate() {
        let before = |back: usize| at.checked_sub(back).map(|index| &tokens[index]);
        let after = tokens.get(at + 1);
        let attribute = before(1).is_some_and(|token| token.is('['))
            && before(2).is_some_and(|token| token.is('#') || token.is('!'));
        let is_macro = after.is_some_and(|token| token.is('!'));
        let glob = token.is('*')
            && before(1).is_some_and(|token| token.is(':'))
            && after.is_some_and(|token| token.is(';') || token.is(',') || token.is('}'));
        let what = if token.is_word("allow") && attribute {
            "`allow` silences a lint; say `expect` and why"
        } else if is_macro && (token.is_word("dbg") || token.is_word("todo")) {
            "a macro for the desk, not for the product"
        } else if glob {
            "a glob import hides where names come from"
        } else {
            continue;
        };
        findings.push(Finding::at(path, token.line, what));
    }
}

#[cfg(test)]
mod tests {
    use super::{FOREIGN, LATER, check};
    use crate::Tree;

    fn findings(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn what_was_left_for_later_is_found() {
        for word in LATER {
            assert_eq!(findings("a.js", &format!("// {word}: more")), 1);
            assert_eq!(findings("a.js", &format!("// {word}_LIST 'A{word}'")), 0);
        }
        assert_eq!(findings("a.rs", concat!("fn a() { to", "do!() }")), 1);
        assert_eq!(findings("a.rs", concat!("fn a() { db", "g!(b) }")), 1);
    }

    #[test]
    fn what_belongs_to_one_machine_is_found_anywhere() {
        for word in FOREIGN {
            assert_eq!(findings("docs/a.md", &format!("see {}", word.to_uppercase())), 1, "{word}");
        }
    }

    #[test]
    fn a_silenced_lint_is_found_and_an_expected_one_is_not() {
        assert_eq!(findings("a.rs", "#[allow(dead_code)]\nfn a() {}"), 1);
        assert_eq!(findings("a.rs", "#![allow(missing_docs)]"), 1);
        assert_eq!(findings("a.rs", "#[expect(dead_code, reason = \"b\")]\nfn allow() {}"), 0);
        assert_eq!(findings("a.rs", "// #[allow(dead_code)]"), 0);
    }

    #[test]
    fn a_glob_import_is_found() {
        assert_eq!(findings("a.rs", "use super::*;"), 1);
        assert_eq!(findings("a.rs", "use a::{b::*, c};"), 1);
        assert_eq!(findings("a.rs", "let a = b::C * d; let e = *f;"), 0);
    }
}
