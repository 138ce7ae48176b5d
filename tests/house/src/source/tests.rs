//! What the reader of Rust files sees, and what it sets aside.

use super::{Source, declared_test_files, is_test_file};
use crate::Tree;

fn functions(text: &str) -> Vec<(String, usize, bool)> {
    let seen = Source::read(text).functions();
    seen.into_iter().map(|function| (function.name, function.length, function.test)).collect()
}

#[test]
fn the_length_of_a_function_is_the_lines_between_its_braces() {
    let text = "fn a() -> [u8; 2] {\n  b\n  \"}\"\n}\nfn short() {}\ntrait T { fn none(&self); }";
    assert_eq!(functions(text), [("a".to_owned(), 2, false), ("short".to_owned(), 0, false)]);
}

#[test]
fn a_test_is_known_by_its_attribute() {
    let text = "#[tokio::test]\n#[ignore]\npub async fn a() {}\n#[must_use]\nfn b() {}";
    assert_eq!(functions(text), [("a".to_owned(), 0, true), ("b".to_owned(), 0, false)]);
}

#[test]
fn items_under_cfg_test_are_set_aside() {
    let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}\n#[cfg(not(test))]\nfn c() {}";
    let names: Vec<String> = functions(text).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["a", "c"]);
    assert_eq!(Source::read(text).test_lines, 4);
}

#[test]
fn use_trees_are_unfolded() {
    let text = "use std::{fs::File, net::{TcpStream, self}, fmt};\nlet x = std::env::var(a);";
    let paths: Vec<String> =
        Source::read(text).paths().into_iter().map(|(names, _)| names.join("::")).collect();
    assert_eq!(
        paths,
        ["std::fs::File", "std::net::TcpStream", "std::net::self", "std::fmt", "std::env::var"]
    );
}

#[test]
fn a_module_that_is_declared_for_tests_is_a_test_file() {
    let tree = Tree::of(&[("a/src/lib.rs", "#[cfg(test)]\nmod speech;\nmod other;")]);
    let declared = declared_test_files(&tree);
    assert!(is_test_file("a/src/speech.rs", &declared));
    assert!(is_test_file("a/src/b/tests.rs", &declared));
    assert!(is_test_file("appliance/message/tests/vectors.rs", &declared));
    assert!(!is_test_file("a/src/other.rs", &declared));
    assert!(!is_test_file("tests/house/src/lib.rs", &declared));
}
