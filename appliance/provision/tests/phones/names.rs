//! Which names are ours, and which are refused at once.

use provision::{Asker, Kind, Mac, Request, Unwritable, Vendor, files, render, request};

use crate::office::{office, ours_of, own, phone, station, wanted};

/// The phone's own address, and another phone's.
const OTHER: &str = "020413abcdee";

fn asker(vendor: Vendor) -> Asker {
    Asker { vendor: Some(vendor), mac: Some(phone(vendor).mac) }
}

fn is_absent(asker: Asker, name: &str) -> bool {
    request(asker, name.as_bytes()) == Request::Absent
}

#[test]
fn files_are_asked_for_in_the_vendors_order() {
    let names = |vendor: Vendor| {
        let phone = phone(vendor);
        let asked = files(vendor, &phone.model, phone.mac);
        asked.into_iter().map(|file| (file.name, file.kind)).collect::<Vec<_>>()
    };
    let none = |name: &str| (name.to_owned(), None);
    let shared = |name: &str| (name.to_owned(), Some(Kind::Shared));
    let own = |name: &str| (name.to_owned(), Some(Kind::Own));
    assert_eq!(names(Vendor::CiscoSpa), [shared("spa504G.cfg"), own("020413abcdef.xml")]);
    assert_eq!(names(Vendor::CiscoMpp), [shared("8841-3PCC.xml"), own("020413abcdef.xml")]);
    assert_eq!(
        names(Vendor::CiscoEnterprise),
        [
            none("CTLSEP020413ABCDEF.tlv"),
            none("ITLSEP020413ABCDEF.tlv"),
            none("ITLFile.tlv"),
            own("SEP020413ABCDEF.cnf.xml"),
            shared("XmlDefault.cnf.xml"),
            shared("dialplan.xml"),
        ]
    );
    assert_eq!(
        names(Vendor::Yealink),
        [
            none("020413abcdef.boot"),
            none("y000000000000.boot"),
            none("y000000000066.cfg"),
            own("020413abcdef.cfg"),
        ]
    );
    assert_eq!(
        names(Vendor::Grandstream),
        [
            none("cfg020413abcdef"),
            own("cfg020413abcdef.xml"),
            none("cfggxp2170.xml"),
            none("cfg.xml")
        ]
    );
    assert_eq!(names(Vendor::Snom), [shared("snomD785-020413ABCDEF.htm"), own("020413ABCDEF.xml")]);
    assert_eq!(
        names(Vendor::Avaya),
        [shared("J100Supgrade.txt"), shared("46xxsettings.txt"), own("020413abcdef.cfg")]
    );
}

#[test]
fn a_name_is_ours_in_any_case_of_its_letters_and_behind_a_slash() {
    for vendor in Vendor::ALL {
        for (name, wanted) in wanted(vendor) {
            for name in [name.to_uppercase(), name.to_lowercase(), format!("/{name}")] {
                let request = request(asker(vendor), name.as_bytes());
                assert_eq!(request, Request::Wanted(wanted.clone()), "{vendor} {name}");
            }
        }
    }
}

#[test]
fn names_that_are_not_ours_are_absent() {
    for vendor in Vendor::ALL {
        let asker = asker(vendor);
        for name in [
            "",
            "/",
            "//",
            ".",
            "..",
            "../../etc/passwd",
            "..\\..\\boot.ini",
            "%2e%2e%2fetc%2fpasswd",
            "/etc/passwd",
            "Communicator\\SEP020413ABCDEF.cnf.xml",
            "020413abcdef",
            "config",
            ".cfg",
            "\0.cfg",
            "020413abcdef.cfg\0.xml",
            "pxelinux.0",
            "index.html",
            "OS79XX.TXT",
            "ITLFile.tlv",
            "y000000000000.boot",
            "cfg.xml",
        ] {
            assert!(is_absent(asker, name), "{vendor} {name:?}");
        }
        for (name, _) in wanted(vendor) {
            for name in [
                format!("../{name}"),
                format!("a/{name}"),
                format!("{name}/"),
                format!("{name}\0"),
                format!(" {name}"),
                format!("{name}.bak"),
            ] {
                assert!(is_absent(asker, &name), "{vendor} {name:?}");
            }
        }
        assert!(is_absent(asker, &"a".repeat(65)));
        assert!(is_absent(asker, &format!("{}.cfg", "a".repeat(60))));
        assert_eq!(request(asker, b"\xff\xfe.cfg"), Request::Absent);
    }
}

#[test]
fn another_phones_file_is_absent_and_is_never_written() {
    for vendor in Vendor::ALL {
        let phone = phone(vendor);
        for (name, wanted) in wanted(vendor) {
            let foreign = name.to_lowercase().replace(&phone.mac.lower(), OTHER);
            if wanted.mac.is_some() {
                assert!(is_absent(asker(vendor), &foreign), "{vendor} {foreign}");
            }
        }
        let mut other = phone.clone();
        other.mac = Mac::parse(OTHER).expect("an address");
        let file = render(&own(vendor), &other, None, &office());
        assert_eq!(file.map(|_| ()), Err(Unwritable::OtherPhone), "{vendor}");
        let mut station = station();
        station.mac = other.mac;
        let file = render(&own(vendor), &phone, Some(&station), &office());
        assert_eq!(file.map(|_| ()), Err(Unwritable::OtherPhone), "{vendor}");
    }
}

#[test]
fn an_unknown_phone_is_known_by_a_name_that_only_one_vendor_has() {
    let nobody = Asker::default();
    for (name, vendor) in [
        ("SEP0004f2aabbcc.cnf.xml", Vendor::CiscoEnterprise),
        ("SIP0004F2AABBCC.cnf", Vendor::CiscoClassic),
        ("spa504G.cfg", Vendor::CiscoSpa),
        ("8841-3PCC.xml", Vendor::CiscoMpp),
        ("000000000000.cfg", Vendor::Poly),
        ("cfg0004f2aabbcc.xml", Vendor::Grandstream),
        ("snom320-0004F2AABBCC.htm", Vendor::Snom),
        ("startup.cfg", Vendor::Mitel),
        ("KX-UT123.cfg", Vendor::Panasonic),
        ("J100Supgrade.txt", Vendor::Avaya),
        ("config.0004f2aabbcc.xml", Vendor::Alcatel),
    ] {
        let wanted = ours_of(request(nobody, name.as_bytes())).expect(name);
        assert_eq!(wanted.vendor, vendor, "{name}");
        let has_mac = name.to_lowercase().contains("0004f2aabbcc");
        assert_eq!(wanted.mac, has_mac.then_some(Mac([0x00, 0x04, 0xf2, 0xaa, 0xbb, 0xcc])));
    }
    assert!(is_absent(nobody, "0004f2aabbcc.cfg"), "five vendors have such a name");
}
