//! Real update bundles, made and signed here, and what is said about those that do not fit.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use chassis::layout::{Layout, Ports};
use system::deed::Request;
use system::shell_deed::{Grounds, act};
use tempfile::TempDir;

const COMPATIBLE: &str = "ivm-appliance-test";

fn run(folder: &Path, program: &str, words: &[&str]) {
    let done = Command::new(program).args(words).current_dir(folder).output();
    let done = done.expect("a program that the tests need is installed");
    assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
}

struct Workshop {
    folder: TempDir,
    grounds: Grounds,
}

impl Workshop {
    /// An appliance of version 1.0.0 that trusts `signer.crt`.
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temp dir");
        for name in ["signer", "stranger"] {
            let (key, certificate) = (format!("{name}.key"), format!("{name}.crt"));
            let subject = format!("/CN={name}");
            let curve = "ec_paramgen_curve:prime256v1";
            let words = [
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                curve,
                "-nodes",
                "-days",
                "60",
                "-keyout",
                &key,
                "-out",
                &certificate,
                "-subj",
                &subject,
            ];
            run(folder.path(), "openssl", &words);
        }
        let layout = Layout::under(&folder.path().join("state"), Ports::FREE);
        layout.make_directories().expect("made");
        let mut grounds = Grounds::of(layout);
        grounds.version = "1.0.0".to_owned();
        grounds.rauc_config = folder.path().join("system.conf");
        let config = format!(
            "[system]\ncompatible={COMPATIBLE}\nbootloader=noop\nbundle-formats=verity\n\
             statusfile={0}/status\n[keyring]\npath={0}/signer.crt\nuse-bundle-signing-time=true\n",
            folder.path().display()
        );
        fs::write(&grounds.rauc_config, config).expect("written");
        Self { folder, grounds }
    }

    fn bundle(&self, signer: &str, compatible: &str, version: &str) -> PathBuf {
        let (at, tree) = (self.folder.path(), self.folder.path().join("tree"));
        let _ = fs::remove_dir_all(&tree);
        fs::create_dir(&tree).expect("made");
        // Nothing that could be compressed: a bundle has to have some length.
        let image: Vec<u8> = (1..50_000u32)
            .flat_map(|n| {
                n.wrapping_mul(n).wrapping_mul(n).wrapping_mul(2_654_435_761).to_le_bytes()
            })
            .collect();
        fs::write(tree.join("root.img"), image).expect("written");
        let manifest = format!(
            "[update]\ncompatible={compatible}\nversion={version}\n[bundle]\nformat=verity\n\
             [image.rootfs]\nfilename=root.img\n"
        );
        fs::write(tree.join("manifest.raucm"), manifest).expect("written");
        let bundle = self.grounds.layout.exchange.join("update.raucb");
        let _ = fs::remove_file(&bundle);
        let (key, certificate) = (format!("{signer}.key"), format!("{signer}.crt"));
        let words = [
            "--key",
            &key,
            "--cert",
            &certificate,
            "--keyring",
            &certificate,
            "bundle",
            "tree",
            bundle.to_str().expect("text"),
        ];
        run(at, "rauc", &words);
        bundle
    }

    /// What is said about the update; here nothing can be installed.
    fn words(&self) -> String {
        let update = Request::Update { file: "update.raucb".to_owned() };
        let error = act(&self.grounds, update, &mut |_| {}).expect_err("there are no slots here");
        assert!(!self.grounds.layout.state.join("update.json").exists());
        format!("{error:#}")
    }
}

#[test]
fn each_bundle_that_does_not_fit_is_refused_in_its_own_words() {
    let workshop = Workshop::new();
    workshop.bundle("stranger", COMPATIBLE, "2.0.0");
    assert!(workshop.words().contains("not signed by whoever makes"), "{}", workshop.words());
    workshop.bundle("signer", "ivm-appliance-arm", "2.0.0");
    assert!(workshop.words().contains("for other hardware (ivm-appliance-arm)"));
    workshop.bundle("signer", COMPATIBLE, "0.9.12");
    assert!(workshop.words().contains("older (0.9.12) than the version that runs (1.0.0)"));
    let whole = fs::read(workshop.bundle("signer", COMPATIBLE, "2.0.0")).expect("readable");
    let path = workshop.grounds.layout.exchange.join("update.raucb");
    for length in [whole.len() - 1, whole.len() / 2, 100, 3, 0] {
        fs::write(&path, &whole[..length]).expect("written");
        let words = workshop.words();
        assert!(words.contains("not a whole update file"), "{length}: {words}");
    }
    assert!(!workshop.grounds.layout.state.join("before-update").exists());
}

#[test]
fn a_bundle_that_fits_comes_to_the_installer_behind_a_copy_of_the_data() {
    let workshop = Workshop::new();
    let settings = workshop.grounds.layout.system_state.join("settings.json");
    fs::write(settings, system::book::Record::first().to_json()).expect("written");
    workshop.bundle("signer", COMPATIBLE, "1.0.0");
    assert!(workshop.words().contains("could not be written"), "{}", workshop.words());
    let kept = workshop.grounds.layout.state.join("before-update");
    assert!(kept.join("system/settings.json").exists());
    assert_eq!(fs::read_to_string(kept.join("version")).expect("there"), "1.0.0");
}

#[test]
fn a_link_in_the_exchange_directory_is_not_followed() {
    let workshop = Workshop::new();
    let bundle = workshop.bundle("signer", COMPATIBLE, "2.0.0");
    let elsewhere = workshop.folder.path().join("elsewhere.raucb");
    fs::rename(&bundle, &elsewhere).expect("moved");
    std::os::unix::fs::symlink(&elsewhere, &bundle).expect("linked");
    assert!(workshop.words().contains("there is no file update.raucb"), "{}", workshop.words());
}
