//! Session descriptions that a telephone may send: read, written and read again; answered, and
//! taken as an answer.

#![no_main]

use std::net::SocketAddr;

use libfuzzer_sys::fuzz_target;
use media::offer::{Ours, Secrecy, answer, conclude, offer};
use media::sdp::{MOST_BYTES, Profile, Session};

fuzz_target!(|bytes: &[u8]| {
    let Ok(session) = Session::parse(bytes) else { return };
    let written = session.write();
    // Line ends that were bare are whole now, which may be too much.
    if written.len() > MOST_BYTES {
        return;
    }
    let again = Session::parse(written.as_bytes()).expect("what we write is sound");
    assert_eq!(again.write(), written);
    for secrecy in [Secrecy::IfOffered, Secrecy::Required] {
        let address = SocketAddr::from(([192, 0, 2, 1], 4_000));
        let ours = Ours { secrecy, ..Ours::new(1, address, &[7; 30]) };
        if let Ok((answered, agreed)) = answer(&ours, &session) {
            assert_eq!(answered.media.len(), session.media.len());
            let taken = answered.media.iter().filter(|media| media.port != 0).count();
            assert_eq!(taken, 1, "one medium is taken");
            let is_secret = answered
                .media
                .iter()
                .any(|media| media.profile == Profile::Savp && media.port != 0);
            assert!(agreed.keys.is_some() || !is_secret && secrecy == Secrecy::IfOffered);
            let answer = answered.write();
            let is_short = answer.len() <= MOST_BYTES;
            assert!(!is_short || Session::parse(answer.as_bytes()).is_ok(), "no answer of ours");
        }
        let offered = offer(&ours);
        if let Ok(agreed) = conclude(&ours, &offered, &session) {
            assert!(agreed.keys.is_some() || secrecy == Secrecy::IfOffered);
        }
    }
});
