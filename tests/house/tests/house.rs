//! The rules of the house, over the project itself.

use std::path::Path;

use house::{Finding, Tree, rules};

fn project() -> Tree {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Tree::read(&root).expect("the project is a work tree")
}

#[test]
fn the_house_is_in_order() {
    let tree = project();
    let mut findings: Vec<(&str, Finding)> = Vec::new();
    for (name, rule) in rules::ALL {
        findings.extend(rule(&tree).into_iter().map(|finding| (name, finding)));
    }
    findings.sort_by(|(_, a), (_, b)| a.cmp(b));
    for (name, finding) in &findings {
        println!("{finding} ({name})");
    }
    assert!(findings.is_empty(), "{} findings; they stand above", findings.len());
}

#[test]
fn the_rows_that_no_test_proves_are_told() {
    let report = rules::rows::report(&project());
    println!("rows proven: {} of {}", report.proven.len(), report.rows.len());
    for (row, text) in report.missing() {
        println!("  not proven: {row}. {text}");
    }
    assert_eq!(report.rows.len(), 138, "docs/requirements.md has lost or gained rows");
}
