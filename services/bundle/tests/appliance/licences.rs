//! The list of licences that the appliance shows is that of the libraries in it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

#[test]
fn the_licences_that_are_shown_are_those_of_the_lock_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../admin");
    let listed = Command::new(folder.join("licences")).output().expect("the script starts");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let listed = String::from_utf8(listed.stdout).expect("text");
    let shown = std::fs::read_to_string(folder.join("licences.txt")).expect("the list");
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<String>>();
    let (listed, shown) = (lines(&listed), lines(&shown));
    let (missing, extra) = (listed.difference(&shown), shown.difference(&listed));
    let differing: Vec<&String> = missing.chain(extra).collect();
    assert!(
        differing.is_empty(),
        "run services/admin/licences > services/admin/licences.txt: {differing:?}"
    );
    let is_whole = |line: &String| line.splitn(3, ' ').filter(|word| !word.is_empty()).count() == 3;
    assert!(shown.len() > 100 && shown.iter().all(is_whole), "each has a licence");
}
