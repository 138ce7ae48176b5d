//! How large a file, a function and a crate's front page may grow. Test code is set aside.

use crate::source::{Source, declared_test_files, is_test_file};
use crate::{Finding, Tree};

/// Lines of a file.
const FILE: usize = 500;
/// Lines between the braces of a function.
const FUNCTION: usize = 60;
/// Lines of a `lib.rs` or `main.rs`.
const FRONT: usize = 80;

/// What has outgrown its limit.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let declared = declared_test_files(tree);
    let mut findings = Vec::new();
    for (path, text) in tree.with_extension("rs") {
        if is_test_file(path, &declared) {
            too_long(path, text.lines().count(), FILE, &mut findings);
            continue;
        }
        let source = Source::read(text);
        let lines = text.lines().count() - source.test_lines.min(text.lines().count());
        let front = path.ends_with("/lib.rs") || path.ends_with("/main.rs");
        too_long(path, lines, if front { FRONT } else { FILE }, &mut findings);
        for function in source.functions().iter().filter(|function| !function.test) {
            if function.length > FUNCTION {
                let what = format!(
                    "function `{}` has {} lines; {FUNCTION} are allowed",
                    function.name, function.length
                );
                findings.push(Finding::at(path, function.line, what));
            }
        }
    }
    for extension in ["js", "mjs", "py", "css", "html", "sh"] {
        for (path, text) in tree.with_extension(extension) {
            too_long(path, text.lines().count(), FILE, &mut findings);
        }
    }
    findings
}

fn too_long(path: &str, lines: usize, limit: usize, findings: &mut Vec<Finding>) {
    if lines > limit {
        findings.push(Finding::whole(path, format!("{lines} lines; {limit} are allowed")));
    }
}

#[cfg(test)]
mod tests {
    use super::{FILE, FRONT, FUNCTION, check};
    use crate::Tree;

    fn findings(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn a_file_over_its_limit_is_found() {
        let (fits, over) = ("// a\n".repeat(FILE), "// a\n".repeat(FILE + 1));
        for path in ["a/src/b.rs", "a/web/b.js", "tests/office/peer.py"] {
            assert_eq!((findings(path, &fits), findings(path, &over)), (0, 1), "{path}");
        }
        assert_eq!(findings("a/src/lib.rs", &"// a\n".repeat(FRONT + 1)), 1);
    }

    #[test]
    fn tests_do_not_count_against_their_file() {
        let text = format!("// a\n#[cfg(test)]\nmod tests {{\n{}}}\n", "// b\n".repeat(FILE));
        assert_eq!(findings("a/src/b.rs", &text), 0);
    }

    #[test]
    fn a_function_over_its_limit_is_found_unless_it_is_a_test() {
        let body = "a();\n".repeat(FUNCTION + 1);
        assert_eq!(findings("a/src/b.rs", &format!("fn b() {{\n{body}}}")), 1);
        assert_eq!(findings("a/src/b.rs", &format!("#[test]\nfn b() {{\n{body}}}")), 0);
        let fits = "a();\n".repeat(FUNCTION);
        assert_eq!(findings("a/src/b.rs", &format!("fn b() {{\n{fits}}}")), 0);
    }
}
