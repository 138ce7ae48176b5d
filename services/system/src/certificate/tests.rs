//! Certificates that can be used, and every way in which one cannot.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, PKCS_ED25519, date_time_ymd,
};

use super::{Unusable, check};

/// 2027.
const NOW: u64 = 1_800_000_000;

struct Made {
    key: String,
    own: String,
    authority: String,
}

fn made(algorithm: &'static rcgen::SignatureAlgorithm, until: i32, names: &[&str]) -> Made {
    let authority_key = KeyPair::generate().expect("a key");
    let mut authority = CertificateParams::new(Vec::new()).expect("no names");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "An office's authority");
    let authority_pem = authority.self_signed(&authority_key).expect("signed").pem();
    let issuer = Issuer::new(authority, authority_key);
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut own = CertificateParams::new(names).expect("names");
    own.not_before = date_time_ymd(2026, 1, 1);
    own.not_after = date_time_ymd(until, 1, 1);
    let key = KeyPair::generate_for(algorithm).expect("a key");
    let own = own.signed_by(&key, &issuer).expect("signed").pem();
    Made { key: key.serialize_pem(), own, authority: authority_pem }
}

fn good() -> Made {
    made(&PKCS_ECDSA_P256_SHA256, 2040, &["ivm.example", "192.0.2.7", "fd00::7"])
}

fn fault(pem: &str) -> Unusable {
    check(pem, Some(NOW)).expect_err("it cannot be used")
}

#[test]
fn a_key_with_its_chain_can_be_used_in_any_order_of_the_two() {
    let Made { key, own, authority } = good();
    for pem in [format!("{key}{own}{authority}"), format!("{own}{authority}{key}")] {
        let uploaded = check(&pem, Some(NOW)).expect("it can be used");
        assert_eq!(uploaded.names, ["ivm.example", "192.0.2.7", "fd00::7"]);
        assert_eq!(uploaded.until, 2_208_988_800);
    }
    for algorithm in [&PKCS_ED25519, &PKCS_ECDSA_P384_SHA384] {
        let Made { key, own, .. } = made(algorithm, 2040, &["ivm.example"]);
        check(&format!("{key}{own}"), Some(NOW)).expect("it can be used");
    }
}

#[test]
fn every_fault_has_its_own_words() {
    let Made { key, own, authority } = good();
    let other = good();
    assert_eq!(fault("rubbish"), Unusable::NoKey);
    assert_eq!(fault(&own), Unusable::NoKey);
    assert_eq!(fault(&key), Unusable::NoCertificate);
    assert_eq!(fault(&format!("{key}{authority}{own}")), Unusable::Authority);
    assert_eq!(fault(&format!("{key}{own}{own}")), Unusable::Order);
    assert_eq!(fault(&format!("{}{own}", other.key)), Unusable::OtherKey);
    let locked = key.replace("BEGIN PRIVATE", "BEGIN ENCRYPTED PRIVATE");
    assert_eq!(fault(&format!("{locked}{own}")), Unusable::Locked);
    let damaged = own.replace("MII", "AAA").replace("MIH", "AAA");
    assert_eq!(fault(&format!("{key}{damaged}")), Unusable::Damaged);
    let nameless = made(&PKCS_ECDSA_P256_SHA256, 2040, &[]);
    assert_eq!(fault(&format!("{}{}", nameless.key, nameless.own)), Unusable::NoName);
    assert_eq!(fault(&format!("{key}{own}{}", authority.repeat(9))), Unusable::TooLong);
}

#[test]
fn a_certificate_has_its_time_and_an_old_one_is_still_read_at_a_start() {
    let Made { key, own, .. } = made(&PKCS_ECDSA_P256_SHA256, 2027, &["ivm.example"]);
    let pem = format!("{key}{own}");
    assert_eq!(fault(&pem), Unusable::Ended);
    assert_eq!(check(&pem, Some(1_600_000_000)).expect_err("2020"), Unusable::TooEarly);
    assert!(check(&pem, None).is_ok());
}
