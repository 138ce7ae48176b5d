//! An office, phones and stations for the tests.

use std::net::Ipv4Addr;

use provision::{
    AWAITING, Asker, Change, Host, Kind, Mac, Number, Office, Phone, Registrar, Request, Secret,
    Station, Summer, Transport, Url, Vendor, Wanted, Zone, files, request,
};

/// Where we are.
pub(crate) const HERE: Ipv4Addr = Ipv4Addr::new(192, 168, 77, 1);

/// A model of each vendor, as `identify` says it.
pub(crate) const fn model(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::CiscoSpa => "SPA504G",
        Vendor::CiscoMpp => "8841",
        Vendor::CiscoEnterprise => "7941G",
        Vendor::CiscoClassic => "7960G",
        Vendor::Poly => "VVX_400",
        Vendor::Yealink => "T46S",
        Vendor::Grandstream => "gxp2170",
        Vendor::Snom => "D785",
        Vendor::Mitel => "6867i",
        Vendor::Fanvil => "X4",
        Vendor::Panasonic => "KX-UT123",
        Vendor::Avaya => "J179",
        Vendor::Alcatel => "M5",
    }
}

/// A phone.
pub(crate) fn phone(vendor: Vendor) -> Phone {
    Phone {
        mac: Mac([0x02, 0x04, 0x13, 0xab, 0xcd, 0xef]),
        model: model(vendor).to_owned(),
        url: url("http://192.168.77.1:8080/p/00112233445566778899aabbccddeeff/"),
    }
}

/// A station on that phone.
pub(crate) fn station() -> Station {
    Station {
        mac: Mac([0x02, 0x04, 0x13, 0xab, 0xcd, 0xef]),
        user: number("s-0204"),
        secret: secret("kZ7-sip-secret"),
        display: "Zoë & Söhne <2>".to_owned(),
        mailbox: Some(number("*97")),
        admin: secret("83-admin-secret"),
        auto_answer: true,
        softkey: Some(url("http://192.168.77.1:8080/x/messages?a=1&b=2")),
    }
}

/// The office around it.
pub(crate) fn office() -> Office {
    let start = Change { month: 3, week: 5, weekday: 0, hour: 2 };
    let end = Change { month: 10, week: 5, weekday: 0, hour: 3 };
    Office {
        registrar: Registrar { address: HERE, port: 5060, transport: Transport::Udp },
        ntp: Host::parse("192.168.77.1").expect("a host"),
        zone: Zone {
            name: "Europe/Berlin".to_owned(),
            minutes: 60,
            summer: Some(Summer { start, end }),
        },
        ca: Some(url("http://192.168.77.1:8080/ca.pem")),
        notice: AWAITING.to_owned(),
    }
}

/// Every file that we have for a phone, by its name.
pub(crate) fn wanted(vendor: Vendor) -> Vec<(String, Wanted)> {
    let phone = phone(vendor);
    let asker = Asker { vendor: Some(vendor), mac: Some(phone.mac) };
    let ours =
        files(vendor, &phone.model, phone.mac).into_iter().filter(|file| file.kind.is_some());
    ours.map(|file| {
        let wanted = ours_of(request(asker, file.name.as_bytes())).expect(&file.name);
        (file.name, wanted)
    })
    .collect()
}

/// The file that a request means, if it is one of ours.
pub(crate) fn ours_of(request: Request) -> Option<Wanted> {
    match request {
        Request::Wanted(wanted) => Some(wanted),
        Request::Absent => None,
    }
}

/// The phone's own file.
pub(crate) fn own(vendor: Vendor) -> Wanted {
    let mut found = wanted(vendor).into_iter().filter(|(_, wanted)| wanted.kind == Kind::Own);
    found.next().expect("every vendor has an own file").1
}

/// An address of a page.
pub(crate) fn url(text: &str) -> Url {
    Url::parse(text).expect("an address")
}

/// A password.
pub(crate) fn secret(text: &str) -> Secret {
    Secret::parse(text).expect("a secret")
}

/// A number.
pub(crate) fn number(text: &str) -> Number {
    Number::parse(text).expect("a number")
}
