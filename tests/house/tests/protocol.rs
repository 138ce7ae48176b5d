//! The page about the protocol tells the truth: its example comes out, and it names every kind of
//! body and every error that the code knows.

use std::collections::{BTreeMap, BTreeSet};

use message::login::{BindingKind, auth_message};
use message::{ErrorCode, Kind};
use voice::account::derive::{Costs, derive};
use voice::account::proof::Verifier;

const PAGE: &str = include_str!("../../../docs/protocol.md");
const VECTORS: &str = include_str!("../../../appliance/message/tests/vectors/login.txt");

/// The bytes of a vector of the log-in.
fn vector(name: &str) -> Vec<u8> {
    let block = VECTORS.split("\n\n").find(|block| block.starts_with(&format!("name: {name}\n")));
    let (_, digits) =
        block.and_then(|block| block.split_once("hex:")).expect("the vector is there");
    let digits: Vec<u32> = digits.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The lines `name = digits` of the example.
fn example() -> BTreeMap<&'static str, &'static str> {
    let lines = PAGE.lines().filter_map(|line| line.split_once("= "));
    let digits = |text: &str| text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit());
    lines.filter(|(_, value)| digits(value)).map(|(name, value)| (name.trim(), value)).collect()
}

// row 80
#[test]
fn the_example_of_a_log_in_comes_out() {
    let costs = Costs::new(65_536, 3, 1).expect("within bounds");
    let (login, _) = derive("correct horse battery", &[0x33; 16], &costs).expect("memory");
    let (hello, challenge) = (vector("hello"), vector("challenge"));
    let message = auth_message(&hello, &challenge, BindingKind::Exporter, &[0x5a; 32]);
    let (verifier, proof) = (Verifier::new(&login), login.prove(&message));
    let example = example();
    for (name, value) in [
        ("StoredKey", verifier.stored_key),
        ("ServerKey", verifier.server_key),
        ("proof", proof.0),
        ("signature", verifier.sign(&message).0),
    ] {
        assert_eq!(example.get(name), Some(&hex(&value).as_str()), "{name}");
    }
    assert!(verifier.accepts(&message, &proof));
}

#[test]
fn every_kind_of_body_is_on_the_page() {
    let page: BTreeSet<u16> = PAGE
        .split("; ")
        .filter_map(|piece| piece.split([':', ' ', '\n']).next()?.parse().ok())
        .collect();
    for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::None) {
        assert!(page.contains(&kind.number()), "{kind:?} ({}) is not there", kind.number());
    }
}

#[test]
fn every_error_is_on_the_page() {
    let is_known = |code: &u16| !matches!(ErrorCode::from_number(*code), ErrorCode::Other(_));
    for code in (1..=u16::MAX).filter(is_known) {
        assert!(PAGE.contains(&format!("\n| {code} | ")), "error {code} is not there");
    }
}
