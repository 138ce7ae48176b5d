//! What an authority keeps over restarts, and what it renews.

use std::fs;
use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;

use link::Target;
use link::client::{Pin, connect};
use link::server::TlsListener;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::{AUTHORITY, Authority, SERVER};
use crate::identity::Identity;

const DAY: u64 = 86_400;
const NOW: u64 = 1_800_000_000;
const NAMES: [&str; 3] = ["office.local", "192.0.2.1", "::1"];

fn open(directory: &Path, names: &[&str], now: u64) -> Authority {
    Authority::open_at(directory, names, now).expect("the authority opens")
}

fn server_certificate(authority: &Authority) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(authority.server.stored.certificate.as_bytes()).expect("PEM")
}

#[test]
fn the_fingerprint_survives_a_restart() {
    let directory = tempfile::tempdir().expect("a temp dir");
    let path = directory.path().join("authority");
    let first = Authority::open_or_make(&path, &NAMES).expect("made");
    let second = Authority::open_or_make(&path, &NAMES).expect("opened");
    assert_eq!(first.fingerprint(), second.fingerprint());
    assert_eq!(first.certificate_pem(), second.certificate_pem());
    assert_eq!(server_certificate(&first), server_certificate(&second));
}

#[tokio::test]
async fn a_client_that_pinned_the_fingerprint_connects_after_every_renewal() {
    let directory = tempfile::tempdir().expect("a temp dir");
    let tls = tempfile::tempdir().expect("a temp dir");
    let pin = Pin::Known(open(directory.path(), &NAMES, NOW).fingerprint());
    for start in [NOW, NOW + 300 * DAY, NOW + 9000 * DAY] {
        open(directory.path(), &NAMES, start).publish(tls.path()).expect("published");
        let identity = Identity::try_open(tls.path()).expect("it is there");
        let config = identity.server_config(&[]);
        let anywhere = (Ipv4Addr::LOCALHOST, 0).into();
        let mut listener = TlsListener::bind(anywhere, config).await.expect("a free port");
        let port = listener.local_addr().expect("it listens").port();
        let target = Target::Tls { host: "localhost".to_owned(), port };
        let (connected, accepted) = tokio::join!(connect(&target, &pin), listener.accept());
        assert_eq!(connected.expect("the right server").exporter, accepted.peer.exporter);
    }
}

#[test]
fn nobody_else_reads_the_keys() {
    let directory = tempfile::tempdir().expect("a temp dir");
    open(directory.path(), &NAMES, NOW);
    for file in [AUTHORITY, SERVER] {
        let mode = fs::metadata(directory.path().join(file)).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[test]
fn other_names_and_a_short_rest_of_life_bring_a_new_server_certificate() {
    let directory = tempfile::tempdir().expect("a temp dir");
    let path = directory.path();
    let first = open(path, &NAMES, NOW);
    let reordered = open(path, &["::1", "OFFICE.local", "192.0.2.1", "::1"], NOW + DAY);
    assert_eq!(server_certificate(&first), server_certificate(&reordered));
    let renamed = open(path, &NAMES[..2], NOW + DAY);
    assert_ne!(server_certificate(&first), server_certificate(&renamed));
    let later = open(path, &NAMES[..2], NOW + 260 * DAY);
    assert_eq!(server_certificate(&later), server_certificate(&renamed));
    let old = open(path, &NAMES[..2], NOW + 270 * DAY);
    assert_ne!(server_certificate(&old), server_certificate(&renamed));
    let set_back = open(path, &NAMES[..2], NOW);
    assert_ne!(server_certificate(&set_back), server_certificate(&old));
    assert_eq!(set_back.fingerprint(), first.fingerprint());
}

#[test]
fn a_machine_without_a_battery_issues_no_certificate_of_1970() {
    let directory = tempfile::tempdir().expect("a temp dir");
    let first = open(directory.path(), &NAMES, 0);
    let again = open(directory.path(), &NAMES, 5);
    assert_eq!(server_certificate(&first), server_certificate(&again));
}

#[test]
fn a_damaged_authority_is_an_error_and_a_damaged_server_certificate_is_none() {
    let directory = tempfile::tempdir().expect("a temp dir");
    let path = directory.path();
    let first = open(path, &NAMES, NOW);
    fs::write(path.join(SERVER), "names \nfrom x").expect("writable");
    assert_eq!(open(path, &NAMES, NOW).fingerprint(), first.fingerprint());
    fs::write(path.join(AUTHORITY), "damaged").expect("writable");
    assert!(Authority::open_at(path, &NAMES, NOW).is_err());
    assert_eq!(fs::read(path.join(AUTHORITY)).expect("there"), b"damaged", "and is kept");
}

#[test]
fn a_server_certificate_of_another_authority_is_not_used() {
    let directory = tempfile::tempdir().expect("a temp dir");
    let path = directory.path();
    let first = open(path, &NAMES, NOW);
    fs::remove_file(path.join(AUTHORITY)).expect("there");
    let second = open(path, &NAMES, NOW);
    assert_ne!(first.fingerprint(), second.fingerprint());
    assert_ne!(server_certificate(&first), server_certificate(&second));
}

#[test]
fn processes_that_start_together_make_one_authority() {
    let directory = tempfile::tempdir().expect("a temp dir");
    let path = directory.path();
    let fingerprints: Vec<_> = thread::scope(|scope| {
        let starts: Vec<_> =
            (0..4).map(|_| scope.spawn(|| open(path, &NAMES, NOW).fingerprint())).collect();
        starts.into_iter().map(|start| start.join().expect("no panic")).collect()
    });
    assert!(fingerprints.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn what_is_no_name_is_refused() {
    let directory = tempfile::tempdir().expect("a temp dir");
    assert!(Authority::open_at(directory.path(), &["büro"], NOW).is_err());
}
