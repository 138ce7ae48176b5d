//! What is served with, while the files come, change, break and go.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use tempfile::TempDir;

use super::{AUTHORITY, Identity, SERVER, WEB};
use crate::authority::Authority;

fn published(names: &[&str]) -> (TempDir, Authority) {
    let directory = tempfile::tempdir().expect("a temp dir");
    let keys = directory.path().join("keys");
    let authority = Authority::open_or_make(&keys, names).expect("made");
    authority.publish(directory.path()).expect("published");
    (directory, authority)
}

fn served(identity: &Identity) -> CertificateDer<'static> {
    identity.server.current().cert[0].clone()
}

fn on_pages(identity: &Identity) -> CertificateDer<'static> {
    identity.web.current().cert[0].clone()
}

fn reissue(directory: &Path, names: &[&str]) {
    let authority = Authority::open_or_make(&directory.join("keys"), names).expect("opened");
    authority.publish(directory).expect("published");
}

#[test]
fn who_serves_has_the_authoritys_certificate_but_not_its_key() {
    let (directory, authority) = published(&["localhost"]);
    let identity = Identity::try_open(directory.path()).expect("it is there");
    assert_eq!(identity.fingerprint(), authority.fingerprint());
    assert_eq!(identity.authority_pem(), authority.certificate_pem());
    let text = fs::read_to_string(directory.path().join(SERVER)).expect("there");
    assert_eq!(text.matches("PRIVATE KEY").count(), 2, "begin and end of the server's own");
    let public = fs::read_to_string(directory.path().join(AUTHORITY)).expect("there");
    assert!(!public.contains("PRIVATE KEY"));
}

#[test]
fn a_replaced_file_is_served_at_once_and_a_damaged_one_never() {
    let (directory, _) = published(&["localhost"]);
    let identity = Identity::try_open(directory.path()).expect("it is there");
    let first = served(&identity);
    reissue(directory.path(), &["localhost", "office.local"]);
    let second = served(&identity);
    assert_ne!(first, second);
    for damage in ["", "rubbish", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
    {
        fs::write(directory.path().join(SERVER), damage).expect("writable");
        assert_eq!(served(&identity), second, "{damage:?}");
    }
    fs::remove_file(directory.path().join(SERVER)).expect("it is there");
    assert_eq!(served(&identity), second);
    reissue(directory.path(), &["localhost", "other.local"]);
    assert_ne!(served(&identity), second);
}

#[test]
fn the_pages_take_an_uploaded_certificate_and_give_it_back() {
    let (directory, _) = published(&["localhost"]);
    let (other, _) = published(&["ivm.example"]);
    let identity = Identity::try_open(directory.path()).expect("it is there");
    let own = on_pages(&identity);
    assert_eq!(own, served(&identity));
    let uploaded = fs::read(other.path().join(SERVER)).expect("there");
    fs::write(directory.path().join(WEB), &uploaded).expect("writable");
    assert_ne!(on_pages(&identity), own);
    assert_eq!(served(&identity), own, "message objects stay with the pinned authority");
    fs::remove_file(directory.path().join(WEB)).expect("it is there");
    assert_eq!(on_pages(&identity), own);
}

#[tokio::test(start_paused = true)]
async fn a_service_waits_for_the_files_but_not_for_ever() {
    let directory = tempfile::tempdir().expect("a temp dir");
    let waiting = Identity::open(directory.path());
    let writing = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        reissue(directory.path(), &["localhost"]);
    };
    let (opened, ()) = tokio::join!(waiting, writing);
    opened.expect("they came");
    let empty = tempfile::tempdir().expect("a temp dir");
    let error = Identity::open(empty.path()).await.expect_err("nobody writes");
    assert!(format!("{error:#}").contains("settings keeper"), "{error:#}");
}
