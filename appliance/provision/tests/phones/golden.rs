//! Every file of every vendor, byte for byte, for an approved and for an unapproved phone.
//! `BLESS=1` writes them anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use provision::{Kind, Vendor, render};

use crate::office::{office, phone, station, wanted};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn check(path: &Path, bytes: &[u8]) {
    if env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        fs::write(path, bytes).expect("a golden file is written");
    }
    let golden = fs::read(path).unwrap_or_default();
    let (golden, made) = (String::from_utf8_lossy(&golden), String::from_utf8_lossy(bytes));
    assert_eq!(made, golden, "{}", path.display());
}

#[test]
fn every_file_is_as_it_was() {
    let mut known = BTreeSet::new();
    for vendor in Vendor::ALL {
        let folder = folder().join(vendor.name().replace([' ', '/'], "-").to_lowercase());
        let (phone, station, office) = (phone(vendor), station(), office());
        for (name, wanted) in wanted(vendor) {
            let approved = render(&wanted, &phone, Some(&station), &office).expect("is written");
            check(&folder.join(&name), approved.bytes());
            known.insert(folder.join(&name));
            if wanted.kind == Kind::Own {
                let waiting = render(&wanted, &phone, None, &office).expect("is written");
                let path = folder.join(format!("{name}.waiting"));
                check(&path, waiting.bytes());
                known.insert(path);
            }
        }
    }
    for folder in fs::read_dir(folder()).expect("the folder is there") {
        for file in fs::read_dir(folder.expect("a folder").path()).expect("a folder") {
            let path = file.expect("a file").path();
            assert!(known.contains(&path), "nothing makes {}", path.display());
        }
    }
}
