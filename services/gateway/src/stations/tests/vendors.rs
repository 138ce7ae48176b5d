//! What phones of each vendor ask for in their order, and what each is told.

use message::ErrorCode;
use message::station::Via;
use provision::{Kind, Mac, Vendor, files};

use super::{Desk, Get, Scene};

/// A phone of each vendor: what it says of itself, and its model.
const PHONES: [(Vendor, [u8; 3], &str, &str); 13] = [
    (Vendor::CiscoSpa, [0x58, 0xbf, 0xea], "Cisco SPA504G", "SPA504G"),
    (Vendor::CiscoMpp, [0x58, 0xbf, 0xea], "Cisco Systems, Inc. IP Phone CP-8841-3PCC\0", "8841"),
    (
        Vendor::CiscoEnterprise,
        [0x00, 0x1e, 0x7a],
        "Cisco Systems, Inc. IP Phone CP-7941G\0",
        "7941G",
    ),
    (Vendor::CiscoClassic, [0x00, 0x1e, 0x7a], "Cisco Systems, Inc. IP Phone CP-7960G\0", "7960G"),
    (Vendor::Poly, [0x00, 0x04, 0xf2], "Polycom-VVX400", "VVX400"),
    (Vendor::Yealink, [0x00, 0x15, 0x65], "yealink T46S", "T46S"),
    (Vendor::Grandstream, [0x00, 0x0b, 0x82], "Grandstream GXP2170", "GXP2170"),
    (Vendor::Snom, [0x00, 0x04, 0x13], "snomD785", "D785"),
    (Vendor::Mitel, [0x00, 0x08, 0x5d], "AastraIPPhone6867i", "6867i"),
    (Vendor::Fanvil, [0x0c, 0x38, 0x3e], "Fanvil X4", "X4"),
    (Vendor::Panasonic, [0x00, 0x80, 0xf0], "Panasonic KX-UT123", "KX-UT123"),
    (Vendor::Avaya, [0xc8, 0x1f, 0xea], "", ""),
    (Vendor::Alcatel, [0x3c, 0x28, 0xa6], "aledevice", ""),
];

fn desk(vendor: Vendor) -> (Desk, &'static str) {
    let (_, [a, b, c], class, model) =
        PHONES.into_iter().find(|phone| phone.0 == vendor).expect("one of each");
    (Desk::new([a, b, c, 0xab, 0xcd, 0x01], class, 40), model)
}

/// What was answered, in a word.
fn told(scene: &Scene, desk: &Desk, file: &Result<String, ErrorCode>) -> &'static str {
    match file {
        Err(ErrorCode::NotFound) => "absent",
        Err(_) => "refused",
        Ok(_) if scene.has_secrets(desk, file) => "secrets",
        Ok(file) if file.contains("awaiting approval") => "waits",
        Ok(_) => "file",
    }
}

fn order(vendor: Vendor, expected: &[(&str, &str, &str)]) {
    let (desk, _) = desk(vendor);
    let mut scene = Scene::new();
    scene.boot(&desk);
    let ask = |scene: &mut Scene, name: &str, via: Via| {
        let file = scene.get(Get { via, ..desk.get(scene, name) });
        told(scene, &desk, &file)
    };
    for (name, before, _) in expected {
        assert_eq!(ask(&mut scene, name, Via::Http), *before, "{vendor} {name} before approval");
    }
    scene.approve(&desk);
    for (name, _, after) in expected {
        assert_eq!(ask(&mut scene, name, Via::Https), *after, "{vendor} {name} after approval");
    }
}

#[test]
fn yealink_is_refused_what_it_can_do_without_and_gets_its_own_file() {
    order(
        Vendor::Yealink,
        &[
            ("001565abcd01.boot", "absent", "absent"),
            ("y000000000000.boot", "absent", "absent"),
            ("y000000000066.cfg", "absent", "absent"),
            ("001565abcd01.cfg", "waits", "secrets"),
        ],
    );
}

#[test]
fn grandstream_is_refused_the_binary_file_and_gets_the_xml() {
    order(
        Vendor::Grandstream,
        &[
            ("cfg000b82abcd01", "absent", "absent"),
            ("cfg000b82abcd01.xml", "waits", "secrets"),
            ("cfgGXP2170.xml", "absent", "absent"),
            ("cfg.xml", "absent", "absent"),
        ],
    );
}

#[test]
fn snom_is_led_to_its_own_file() {
    order(
        Vendor::Snom,
        &[("snomD785-000413ABCD01.htm", "file", "file"), ("000413ABCD01.xml", "waits", "secrets")],
    );
}

#[test]
fn poly_is_led_by_either_of_its_first_files() {
    order(
        Vendor::Poly,
        &[
            ("0004f2abcd01.cfg", "file", "file"),
            ("000000000000.cfg", "file", "file"),
            ("ivm-0004f2abcd01.cfg", "waits", "secrets"),
            ("0004f2abcd01-license.cfg", "absent", "absent"),
            ("0004f2abcd01-directory.xml", "absent", "absent"),
        ],
    );
}

#[test]
fn a_cisco_spa_is_led_from_its_model_to_itself() {
    order(
        Vendor::CiscoSpa,
        &[("spa504G.cfg", "file", "file"), ("58bfeaabcd01.xml", "waits", "secrets")],
    );
}

#[test]
fn a_cisco_enterprise_phone_goes_through_its_list() {
    order(
        Vendor::CiscoEnterprise,
        &[
            ("CTLSEP001E7AABCD01.tlv", "absent", "absent"),
            ("ITLSEP001E7AABCD01.tlv", "absent", "absent"),
            ("ITLFile.tlv", "absent", "absent"),
            ("SEP001E7AABCD01.cnf.xml", "waits", "secrets"),
            ("XmlDefault.cnf.xml", "file", "file"),
            ("dialplan.xml", "file", "file"),
        ],
    );
}

#[test]
fn fanvil_is_refused_its_model_s_file_and_gets_its_own() {
    order(
        Vendor::Fanvil,
        &[("f0X4hw1.100.cfg", "absent", "absent"), ("0c383eabcd01.cfg", "waits", "secrets")],
    );
}

#[test]
fn every_vendor_s_phone_comes_from_its_first_file_to_its_secrets() {
    for (vendor, _, _, model) in PHONES {
        let (desk, _) = desk(vendor);
        let mut scene = Scene::new();
        scene.boot(&desk);
        let phone = scene.phone(desk.mac).expect("known");
        assert_eq!((phone.vendor.as_str(), phone.model.as_str()), (vendor.name(), model));
        for is_approved in [false, true] {
            if is_approved {
                scene.approve(&desk);
            }
            for asked in files(vendor, model, desk.mac) {
                let file = scene.get(desk.get(&scene, &asked.name));
                let has_secrets = scene.has_secrets(&desk, &file);
                let is_own = asked.kind == Some(Kind::Own);
                assert_eq!(file.is_ok(), asked.kind.is_some(), "{vendor} {}", asked.name);
                assert_eq!(has_secrets, is_own && is_approved, "{vendor} {}", asked.name);
            }
        }
        assert!(scene.disk[&desk.mac].is_delivered, "{vendor}");
    }
}

#[test]
fn a_lead_leads_over_http_until_the_phone_knows_our_certificate() {
    for (vendor, name) in
        [(Vendor::CiscoSpa, "spa504G.cfg"), (Vendor::Snom, "snomD785-000413ABCD01.htm")]
    {
        let (desk, _) = desk(vendor);
        let mut scene = Scene::new();
        scene.boot(&desk);
        let lead = |scene: &mut Scene| {
            let get = Get { via: Via::Http, ..desk.get(scene, name) };
            scene.get(get).expect("a lead")
        };
        let token = scene.token(desk.mac);
        let by_http = format!("http://192.168.77.1:8080/p/{token}/");
        let by_https = format!("https://192.168.77.1:8443/p/{token}/");
        assert!(lead(&mut scene).contains(&by_http), "{vendor}");
        let own = format!("{}.xml", desk.mac.lower());
        let get = Get { via: Via::Http, ..desk.get(&scene, &own) };
        assert!(scene.get(get).expect("its own file").contains(&by_https), "{vendor}");
        assert!(lead(&mut scene).contains(&by_https), "{vendor}");
    }
}

#[test]
fn a_phone_is_known_by_what_it_asks_for_and_by_its_program() {
    let mut scene = Scene::new();
    let card = |last| Desk::new([0x02, 0x04, 0x13, 0, 0, last], "", 50 + last);
    let (named, agent, nobody) = (card(1), card(2), card(3));
    let get = named.get(&scene, "SEP020413000001.cnf.xml");
    assert!(scene.get(get).is_ok());
    let get = Get {
        agent: "Yealink SIP-T46S 66.84.0.15 02:04:13:00:00:02".to_owned(),
        ..agent.get(&scene, "020413000002.cfg")
    };
    assert!(scene.get(get).is_ok());
    assert!(scene.get(nobody.get(&scene, "020413000003.cfg")).is_err(), "five have such a name");
    assert!(scene.get(nobody.get(&scene, "index.html")).is_err());
    let phone =
        |scene: &mut Scene, mac: Mac| scene.phone(mac).map(|phone| (phone.vendor, phone.model));
    let told = (phone(&mut scene, named.mac), phone(&mut scene, agent.mac));
    assert_eq!(told.0, Some(("Cisco enterprise".to_owned(), String::new())));
    assert_eq!(told.1, Some(("Yealink".to_owned(), "T46S".to_owned())));
    assert!(scene.phone(nobody.mac).is_none());
}
