//! Programs start in few places: the bundle, the terminal client, QEMU and the benchmarks.

use crate::source::{Function, Source, declared_test_files, is_test_file};
use crate::{Finding, Tree};

/// Packages that hold executables.
const PROGRAMS: [&str; 4] = ["services/bundle", "services/softphone", "qemu", "tests/bench"];

/// Each `fn main` that stands elsewhere, or twice in one file.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let declared = declared_test_files(tree);
    let mut findings = Vec::new();
    for (path, text) in tree.with_extension("rs") {
        if path.ends_with("/build.rs") || is_test_file(path, &declared) {
            continue;
        }
        let program = PROGRAMS.iter().any(|package| path.starts_with(&format!("{package}/src/")));
        let place = path.ends_with("/src/main.rs") || path.contains("/src/bin/");
        let functions = Source::read(text).functions();
        let is_main = |function: &&Function| function.name == "main" && !function.parameters;
        let mains = functions.iter().filter(is_main);
        for (count, main) in mains.enumerate() {
            if !program || !place || count > 0 {
                let what =
                    "`fn main` stands only in an executable of bundle, softphone, qemu and bench";
                findings.push(Finding::at(path, main.line, what));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::Tree;

    #[test]
    fn a_program_in_the_wrong_place_is_found() {
        let findings = |path| check(&Tree::of(&[(path, "fn main() {}")])).len();
        assert_eq!(findings("services/bundle/src/bin/appliance.rs"), 0);
        assert_eq!(findings("tests/bench/src/main.rs"), 0);
        assert_eq!(findings("services/bundle/src/run.rs"), 1);
        assert_eq!(findings("services/ivm/src/main.rs"), 1);
        assert_eq!(findings("appliance/voice/src/bin/play.rs"), 1);
        let method = "impl A { fn main(&self) {} }";
        assert_eq!(check(&Tree::of(&[("services/ivm/src/a.rs", method)])).len(), 0);
    }
}
