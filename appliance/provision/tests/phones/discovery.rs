//! What a phone is, how it finds us, and how it is called back.

use proptest::prelude::{any, proptest};
use provision::{
    Clues, DhcpOption, Identity, Mac, Maker, Vendor, announce, identify, options, resync,
};

use crate::office::{HERE, model, phone, url};

const URL: &str = "http://192.168.77.1:8080/p/00112233445566778899aabbccddeeff";

fn known(vendor: Vendor) -> Identity {
    Identity { vendor: Maker::Known(vendor), model: model(vendor).to_owned() }
}

fn texts(identity: &Identity) -> Vec<(u8, String)> {
    let Maker::Known(vendor) = identity.vendor else { return Vec::new() };
    let offer = options(identity, &phone(vendor), HERE);
    let text = |option: DhcpOption| (option.code, String::from_utf8_lossy(&option.bytes).into());
    offer.options.into_iter().map(text).collect()
}

#[test]
fn a_phone_is_known_by_what_it_says_and_by_its_address() {
    let event =
        "ua-profile;profile-type=\"device\";vendor=\"snom\";model=\"snomD785\";version=\"10\"";
    let poly = Mac::parse("0004f2000001");
    for (clues, vendor, model) in [
        (Clues { event: Some(event), ..Clues::default() }, Vendor::Snom, "D785"),
        (
            Clues { event: Some("ua-profile;vendor=Yealink;model=T46S"), ..Clues::default() },
            Vendor::Yealink,
            "T46S",
        ),
        (Clues { mac: poly, ..Clues::default() }, Vendor::Poly, ""),
        (Clues { mac: poly, class: Some(b"udhcp"), ..Clues::default() }, Vendor::Poly, ""),
        (Clues { mac: poly, class: Some(b"Some Phone"), ..Clues::default() }, Vendor::Poly, ""),
        (Clues { wishes: Some(&[1, 3, 242]), ..Clues::default() }, Vendor::Avaya, ""),
        (Clues { wishes: Some(&[1, 150]), ..Clues::default() }, Vendor::CiscoEnterprise, ""),
        (
            Clues {
                class: Some(b"Panasonic"),
                agent: Some("Panasonic_KX-UT123/01.302 (0080f0aabbcc)"),
                ..Clues::default()
            },
            Vendor::Panasonic,
            "KX-UT123",
        ),
    ] {
        let identity = identify(&clues).expect("a phone");
        assert_eq!((identity.vendor, identity.model.as_str()), (Maker::Known(vendor), model));
    }
}

#[test]
fn unknown_makers_are_kept_and_computers_are_no_phones() {
    let event = "ua-profile;vendor=\"Gigaset\";model=\"N510\"";
    let identity = identify(&Clues { event: Some(event), ..Clues::default() }).expect("a phone");
    assert_eq!(
        (identity.vendor, identity.model.as_str()),
        (Maker::Other("Gigaset".into()), "N510")
    );
    let computer = Clues {
        class: Some(b"MSFT 5.0"),
        wishes: Some(&[1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 121, 249, 252]),
        mac: Mac::parse("020000aabbcc"),
        agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
        event: Some("presence"),
    };
    assert_eq!(identify(&computer), None);
}

#[test]
fn dhcp_tells_each_vendor_in_its_own_words() {
    let folder = format!("{URL}/");
    for (vendor, told) in [
        (Vendor::CiscoSpa, vec![(66, format!("{URL}/spa$PSN.cfg"))]),
        (Vendor::CiscoMpp, vec![(66, URL.into()), (160, URL.into()), (159, URL.into())]),
        (Vendor::Poly, vec![(160, folder.clone()), (66, folder.clone())]),
        (Vendor::Yealink, vec![(66, folder.clone())]),
        (Vendor::Grandstream, vec![(66, folder.clone())]),
        (Vendor::Snom, vec![(66, URL.into())]),
        (Vendor::Fanvil, vec![(66, format!("{URL}/$mac.cfg")), (43, format!("{URL}/$mac.cfg"))]),
        (
            Vendor::Panasonic,
            vec![(160, folder.clone()), (159, folder.clone()), (66, folder.clone())],
        ),
        (Vendor::Mitel, vec![(43, format!("\u{2}\u{3b}{URL}\u{3}\u{1}\0")), (66, URL.into())]),
        (Vendor::Alcatel, vec![(43, format!("\u{42}\u{3b}{URL}"))]),
        (
            Vendor::Avaya,
            vec![(
                242,
                "HTTPSRVR=192.168.77.1,HTTPPORT=8080,\
                 HTTPDIR=/p/00112233445566778899aabbccddeeff"
                    .into(),
            )],
        ),
    ] {
        assert_eq!(texts(&known(vendor)), told, "{vendor}");
    }
    for vendor in [Vendor::CiscoEnterprise, Vendor::CiscoClassic] {
        let offer = options(&known(vendor), &phone(vendor), HERE);
        let told: Vec<(u8, &[u8])> =
            offer.options.iter().map(|option| (option.code, &option.bytes[..])).collect();
        assert_eq!(told, [(150, &[192, 168, 77, 1][..]), (66, b"192.168.77.1")], "{vendor}");
    }
    let old = Identity { vendor: Maker::Known(Vendor::Alcatel), model: "sip".into() };
    assert_eq!(texts(&old), [(43, format!("\u{43}\u{3b}{URL}"))]);
    let avaya = options(&known(Vendor::Avaya), &phone(Vendor::Avaya), HERE);
    assert_eq!(avaya.next_server, Some(HERE));
}

#[test]
fn a_maker_without_a_profile_is_told_nothing_and_tokens_are_not_shown() {
    let other = Identity { vendor: Maker::Other("NEC".into()), model: String::new() };
    assert_eq!(options(&other, &phone(Vendor::Poly), HERE).options, []);
    let offer = options(&known(Vendor::Poly), &phone(Vendor::Poly), HERE);
    assert!(!format!("{offer:?} {:?}", phone(Vendor::Poly)).contains("00112233"));
}

#[test]
fn a_multicast_is_answered_with_the_folder_or_the_file() {
    let told = |vendor: Vendor| announce(vendor, &phone(vendor));
    assert_eq!(told(Vendor::Grandstream), Some(format!("{URL}/")));
    assert_eq!(told(Vendor::Snom), Some(format!("{URL}/snomD785-020413ABCDEF.htm")));
    assert_eq!(told(Vendor::Fanvil), Some(format!("{URL}/020413abcdef.cfg")));
    assert_eq!(told(Vendor::Poly), None);
    let mut long = phone(Vendor::CiscoSpa);
    long.url = url(&format!("http://192.168.77.1/{}", "a".repeat(230)));
    assert_eq!(options(&known(Vendor::CiscoSpa), &long, HERE).options, []);
}

#[test]
fn a_notify_makes_a_phone_fetch_again() {
    assert_eq!(resync(Vendor::Yealink).event, "check-sync");
    assert_eq!(resync(Vendor::Snom).event, "check-sync;reboot=false");
    assert_eq!(resync(Vendor::CiscoSpa).event, "resync");
    let cisco = resync(Vendor::CiscoEnterprise);
    assert_eq!((cisco.event, cisco.body), ("service-control", "action=restart\r\n"));
    assert_eq!(cisco.content_type, Some("text/plain"));
}

proptest! {
    #[test]
    fn whatever_a_phone_says_is_looked_at_without_harm(
        class in any::<Option<Vec<u8>>>(),
        wishes in any::<Option<Vec<u8>>>(),
        mac in any::<Option<[u8; 6]>>(),
        agent in any::<Option<String>>(),
        event in any::<Option<String>>(),
    ) {
        let clues = Clues {
            class: class.as_deref(),
            wishes: wishes.as_deref(),
            mac: mac.map(Mac),
            agent: agent.as_deref(),
            event: event.as_deref(),
        };
        if let Some(identity) = identify(&clues) {
            assert!(identity.model.chars().count() <= 48);
        }
    }

    #[test]
    fn whatever_begins_like_a_phone_is_looked_at_without_harm(
        start in 0_usize..14,
        rest in any::<String>(),
    ) {
        let starts = [
            "Yealink ", "Grandstream ", "Fanvil ", "Panasonic_", "Mitel", "ALE ", "Cisco/SPA",
            "FileTransport Poly", "Linksys/", "snom", "AVAYA/", "Cisco Systems, Inc. IP Phone ",
            "CP-", "ua-profile;vendor=",
        ];
        let text = format!("{}{rest}", starts[start]);
        let clues = Clues {
            class: Some(text.as_bytes()),
            agent: Some(&text),
            event: Some(&text),
            ..Clues::default()
        };
        let _ = identify(&clues);
    }
}
