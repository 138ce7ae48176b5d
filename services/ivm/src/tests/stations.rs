//! Telephones: recipients of their own, whose manager is their client, and whose owners ring them.

use message::admin::{Invited, ListPeople, People, PutStation, RemovePerson, RemoveStation};
use message::login::{Enrol, ServiceHello};
use message::people::{KeyQuery, Keys, Person, PhoneCommand, Ring};
use message::{ErrorCode, Guid, Kind, MessageId, Object};

use super::{Device, Office, code, credentials, is_yes};
use crate::engine::{ConnId, Duty, Input};

const PHONE: &str = "phone-201";

fn manager(office: &mut Office) -> ConnId {
    let conn = office.connect_service();
    office.input(Input::Duty { conn, duty: Duty::Stations });
    assert!(is_yes(&office.ask(conn, &ServiceHello { service: "gateway".into() })));
    conn
}

fn put(display: &str, owner: &str, invite: bool) -> PutStation {
    PutStation { name: PHONE.into(), display: display.into(), owner: owner.into(), invite }
}

/// A telephone of somebody's, whose client is there.
fn phone(office: &mut Office, owner: &str) -> Device {
    let manager = manager(office);
    let invited: Invited = office.ask(manager, &put("Hall", owner, true)).read().expect("invited");
    let conn = office.connect_service();
    office.input(Input::Duty { conn, duty: Duty::Stations });
    let enrol = Enrol { code: invited.code, credentials: credentials(PHONE) };
    assert!(is_yes(&office.ask(conn, &enrol)), "over the machine's own socket");
    let device = office.log_in(PHONE);
    office.attend(&device);
    office.take(device.conn);
    device
}

fn seen_by(office: &mut Office, viewer: &Device) -> Person {
    let query = KeyQuery { guids: Vec::new(), names: vec![PHONE.into()] };
    let keys: Keys = office.ask(viewer.conn, &query).read().expect("keys");
    keys.people.into_iter().next().expect("the telephone")
}

fn command(office: &mut Office, from: &Device, ring: Ring, to: Guid) -> Object {
    let body = PhoneCommand { ring, draft: Some(MessageId::from_bytes([5; 16])) };
    let object = Object::of(office.id(), &body).addressed(Guid::BLANK, to);
    office.ask_object(from.conn, object)
}

// rows 76, 79
#[test]
fn a_telephone_is_on_everybodys_roster_not_sealed_and_is_no_person() {
    let mut office = Office::new();
    let mut anna = office.present("anna");
    let phone = phone(&mut office, "anna");
    for _ in 0..2 {
        let seen = seen_by(&mut office, &anna);
        assert_eq!((seen.guid, seen.display.as_str()), (phone.account, "Hall"));
        assert!(!seen.sealed && seen.owner == Some(anna.account) && seen.public_key.is_some());
        office.restart();
        anna = office.come_back(&anna);
    }
    let mut office = Office::new();
    office.present("anna");
    self::phone(&mut office, "");
    let admin = office.connect_service();
    let list: People =
        office.ask(admin, &ListPeople { after: String::new() }).read().expect("people");
    assert_eq!(list.people.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["anna"]);
}

// rows 76, 78
#[test]
fn its_manager_changes_it_and_takes_it_away_and_touches_nobody_else() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let ben = office.present("ben");
    phone(&mut office, "anna");
    let manager = manager(&mut office);
    let changed: Invited = office.ask(manager, &put("Desk", "ben", false)).read().expect("yes");
    assert_eq!((changed.code.as_str(), changed.expires), ("", 0));
    let seen = seen_by(&mut office, &anna);
    assert_eq!((seen.display.as_str(), seen.owner), ("Desk", Some(ben.account)));
    let person = PutStation { name: "anna".into(), ..put("Me", "", true) };
    assert_eq!(code(&office.ask(manager, &person)), ErrorCode::Conflict);
    let person = RemoveStation { name: "anna".into() };
    assert_eq!(code(&office.ask(manager, &person)), ErrorCode::Conflict);
    let person = RemovePerson { name: "anna".into() };
    assert_eq!(code(&office.ask(manager, &person)), ErrorCode::NotPermitted);
    assert_eq!(code(&office.ask(anna.conn, &put("Mine", "anna", true))), ErrorCode::NotPermitted);
    for _ in 0..2 {
        assert!(is_yes(&office.ask(manager, &RemoveStation { name: PHONE.into() })));
        let query = KeyQuery { guids: Vec::new(), names: vec![PHONE.into()] };
        let keys: Keys = office.ask(anna.conn, &query).read().expect("keys");
        assert_eq!(keys.people, []);
    }
}

// rows 45, 54, 95
#[test]
fn only_its_owner_rings_it_and_only_while_it_is_there() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let ben = office.present("ben");
    let phone = phone(&mut office, "anna");
    assert!(is_yes(&command(&mut office, &anna, Ring::Start, phone.account)));
    let heard = office.take_kind(phone.conn, Kind::PhoneCommand);
    let [object] = heard.as_slice() else { unreachable!("one command") };
    assert_eq!((object.header.source, object.header.destination), (anna.account, phone.account));
    let body: PhoneCommand = object.read().expect("a command");
    assert_eq!((body.ring, body.draft), (Ring::Start, Some(MessageId::from_bytes([5; 16]))));
    // The telephone tells its owner that it does not ring any more, and nobody else.
    assert!(is_yes(&command(&mut office, &phone, Ring::Stop, anna.account)));
    assert_eq!(office.take_kind(anna.conn, Kind::PhoneCommand).len(), 1);
    let refused = command(&mut office, &phone, Ring::Stop, ben.account);
    assert_eq!(code(&refused), ErrorCode::NoStation);
    let refused = command(&mut office, &ben, Ring::Start, phone.account);
    assert_eq!(code(&refused), ErrorCode::NoStation);
    let refused = command(&mut office, &anna, Ring::Start, ben.account);
    assert_eq!(code(&refused), ErrorCode::NoStation);
    assert_eq!(office.take_kind(phone.conn, Kind::PhoneCommand), []);
    office.input(Input::Closed { conn: phone.conn });
    let refused = command(&mut office, &anna, Ring::Start, phone.account);
    assert_eq!(code(&refused), ErrorCode::NoStation);
}
