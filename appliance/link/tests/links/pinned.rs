//! Which servers a client takes for the right one.

use link::client::Pin;
use link::{Fingerprint, LinkError};
use rcgen::ExtendedKeyUsagePurpose;
use rustls::version::{TLS12, TLS13};

use crate::appliance::{Authority, Leaf, attempt, config, listen};

#[tokio::test]
async fn the_first_use_tells_the_fingerprint_and_the_second_holds_to_it() {
    let authority = Authority::new();
    let (listener, target) = authority.listener(Leaf::default()).await;
    let first = attempt(listener, &target, Pin::FirstUse).await.expect("any server");
    let fingerprint = first.fingerprint.expect("over TLS there is one");
    assert_eq!(fingerprint, authority.fingerprint());
    let (renewed, target) = authority.listener(Leaf::default()).await;
    attempt(renewed, &target, Pin::Known(fingerprint)).await.expect("the same authority");
}

#[tokio::test]
async fn another_authority_is_refused_by_name() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let (listener, target) = theirs.listener(Leaf::default()).await;
    let error = attempt(listener, &target, Pin::Known(ours.fingerprint())).await;
    let Err(LinkError::WrongServer { expected, found }) = error else {
        unreachable!("the wrong server was taken: {error:?}");
    };
    assert_eq!((expected, found), (ours.fingerprint(), theirs.fingerprint()));
}

#[tokio::test]
async fn to_show_the_right_authority_without_its_signature_is_of_no_use() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let (certificate, key) = theirs.issue(Leaf::default());
    let chains = [
        vec![certificate.clone(), ours.der()],
        vec![certificate.clone(), theirs.der(), ours.der()],
    ];
    for chain in chains {
        let (listener, target) = listen(config(chain, key.clone_key(), &TLS13)).await;
        let error = attempt(listener, &target, Pin::Known(ours.fingerprint())).await;
        assert!(matches!(error, Err(LinkError::Tls(_))), "{error:?}");
    }
}

#[tokio::test]
async fn a_certificate_alone_is_no_chain() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue(Leaf::default());
    let pin = Pin::Known(Fingerprint::of(&certificate));
    let (listener, target) = listen(config(vec![certificate], key, &TLS13)).await;
    let error = attempt(listener, &target, pin).await;
    assert!(matches!(error, Err(LinkError::Tls(_))), "{error:?}");
}

#[tokio::test]
async fn a_wrong_clock_keeps_nobody_out() {
    let authority = Authority::new();
    for years in [(1970, 1971), (2099, 2100)] {
        let (listener, target) = authority.listener(Leaf { years, ..Leaf::default() }).await;
        let pin = Pin::Known(authority.fingerprint());
        attempt(listener, &target, pin).await.expect("the right server");
    }
}

#[tokio::test]
async fn a_clients_certificate_makes_no_server() {
    let authority = Authority::new();
    let usage = ExtendedKeyUsagePurpose::ClientAuth;
    for years in [(2020, 2100), (1970, 1971)] {
        let (listener, target) = authority.listener(Leaf { years, usage: usage.clone() }).await;
        let error = attempt(listener, &target, Pin::Known(authority.fingerprint())).await;
        assert!(matches!(error, Err(LinkError::Tls(_))), "{error:?}");
    }
}

#[tokio::test]
async fn nothing_older_than_tls_1_3_is_spoken() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue(Leaf::default());
    let (listener, target) = listen(config(vec![certificate, authority.der()], key, &TLS12)).await;
    let error = attempt(listener, &target, Pin::Known(authority.fingerprint())).await;
    assert!(matches!(error, Err(LinkError::Tls(_))), "{error:?}");
}
