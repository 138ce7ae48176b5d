//! Roster, presence, contacts, keys, status.

use machine::Span;
use message::people::{
    ContactChange, KeyQuery, Keys, Parameters, Presence, PresenceChange, Roster, SetStatus, Status,
    Subscription, Topic, Unsubscription,
};
use message::{ErrorCode, Guid, Kind};

use super::{Device, Office, code, is_yes};
use crate::limits::Limits;

impl Office {
    fn rosters(&mut self, device: &Device) -> Vec<Roster> {
        let objects = self.take_kind(device.conn, Kind::Roster);
        objects.iter().map(|object| object.read().expect("a roster")).collect()
    }

    fn presence(&mut self, device: &Device) -> Vec<PresenceChange> {
        self.pass(Span::from_millis(200));
        let objects = self.take_kind(device.conn, Kind::Presence);
        let read = |object: &message::Object| object.read::<Presence>().expect("presence").changes;
        objects.iter().flat_map(read).collect()
    }
}

fn change(person: Guid, status: Status) -> PresenceChange {
    PresenceChange { person, status }
}

// rows 11, 83
#[test]
fn the_roster_shows_everyone_with_key_and_status() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    office.invite("carl");
    let topics = vec![Topic::People];
    office.ask(anna.conn, &Unsubscription { topics: topics.clone() });
    office.take(anna.conn);
    assert!(is_yes(&office.ask(anna.conn, &Subscription { topics })));
    let roster = office.rosters(&anna).pop().expect("a roster");
    assert!(roster.first && roster.last);
    assert_eq!(roster.people.len(), 3);
    let find = |guid| roster.people.iter().find(|person| person.guid == guid).expect("there");
    assert_eq!(find(anna.account).status, Status::Online);
    assert_eq!((find(bert).status, find(bert).public_key), (Status::Offline, Some([4; 32])));
    assert!(roster.people.iter().any(|person| person.public_key.is_none()), "carl has no key yet");
}

// row 83
#[test]
fn a_long_roster_comes_in_several_objects() {
    let limits = Limits { roster_chunk: 2, ..Limits::default() };
    let mut office = Office::with(limits, Parameters::default());
    for name in ["b", "c", "d", "e"] {
        office.invite(name);
    }
    office.person("anna");
    let anna = office.log_in("anna");
    office.attend(&anna);
    let rosters = office.rosters(&anna);
    assert_eq!(rosters.iter().map(|roster| roster.people.len()).collect::<Vec<_>>(), [2, 2, 1]);
    let marks: Vec<(bool, bool)> =
        rosters.iter().map(|roster| (roster.first, roster.last)).collect();
    assert_eq!(marks, [(true, false), (false, false), (false, true)]);
}

// rows 82, 83, 88, 89
#[test]
fn presence_follows_the_last_device_of_a_person() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let guid = office.person("bert");
    let first = office.log_in("bert");
    assert_eq!(office.presence(&anna), [change(anna.account, Status::Online)]);
    office.attend(&first);
    assert_eq!(office.presence(&anna), [change(guid, Status::Online)]);
    let second = office.log_in("bert");
    office.attend(&second);
    assert_eq!(office.presence(&anna), []);
    office.leave(&first);
    assert_eq!(office.presence(&anna), []);
    office.leave(&second);
    assert_eq!(office.presence(&anna), [change(guid, Status::Offline)]);
    let topics = vec![Topic::People];
    office.ask(anna.conn, &Unsubscription { topics });
    let third = office.log_in("bert");
    office.attend(&third);
    assert_eq!(office.presence(&anna), []);
}

// rows 93, 95
#[test]
fn a_chosen_status_is_kept_and_shown() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    office.presence(&anna);
    let status = Status::Offline;
    assert_eq!(code(&office.ask(bert.conn, &SetStatus { status })), ErrorCode::Invalid);
    let status = Status::Dnd;
    assert!(is_yes(&office.ask(bert.conn, &SetStatus { status })));
    assert_eq!(office.presence(&anna), [change(bert.account, Status::Dnd)]);
    office.restart();
    let (anna, bert) = (office.come_back(&anna), office.come_back(&bert));
    office.attend(&anna);
    office.attend(&bert);
    let shown = office.presence(&anna);
    assert!(shown.contains(&change(bert.account, Status::Dnd)), "{shown:?}");
}

// rows 79, 83
#[test]
fn contacts_are_flagged_on_all_devices_and_kept() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let second = office.log_in("anna");
    office.attend(&second);
    let bert = office.person("bert");
    office.take(second.conn);
    let add = ContactChange { name: "Bert".into(), add: true };
    assert!(is_yes(&office.ask(anna.conn, &add)));
    let flagged = office.rosters(&second).pop().expect("a change");
    assert!(!flagged.first && flagged.people[0].contact);
    let unknown = ContactChange { name: "nobody".into(), add: true };
    assert_eq!(code(&office.ask(anna.conn, &unknown)), ErrorCode::UnknownPerson);
    office.restart();
    let anna = office.come_back(&anna);
    office.attend(&anna);
    let roster = office.rosters(&anna).pop().expect("a roster");
    assert!(roster.people.iter().any(|person| person.guid == bert && person.contact));
}

#[test]
fn a_million_contacts_are_refused() {
    let limits = Limits { contacts: 2, ..Limits::default() };
    let mut office = Office::with(limits, Parameters::default());
    let anna = office.present("anna");
    for name in ["b", "c", "d"] {
        office.invite(name);
    }
    let add = |name: &str| ContactChange { name: name.into(), add: true };
    assert!(is_yes(&office.ask(anna.conn, &add("b"))));
    assert!(is_yes(&office.ask(anna.conn, &add("c"))));
    assert!(is_yes(&office.ask(anna.conn, &add("c"))), "a second time is no second contact");
    assert_eq!(code(&office.ask(anna.conn, &add("d"))), ErrorCode::TooMany);
}

// row 83
#[test]
fn in_a_very_large_office_everyone_sees_contacts_and_finds_others_by_name() {
    let limits = Limits { whole_office: 1, ..Limits::default() };
    let mut office = Office::with(limits, Parameters::default());
    let anna = office.present("anna");
    let bert = office.present("bert");
    office.presence(&anna);
    let query = KeyQuery { guids: Vec::new(), names: vec!["bert".into(), "nobody".into()] };
    let keys: Keys = office.ask(anna.conn, &query).read().expect("keys");
    assert_eq!(keys.people.len(), 1);
    assert!(is_yes(&office.ask(anna.conn, &ContactChange { name: "bert".into(), add: true })));
    assert_eq!(office.rosters(&anna).pop().expect("a change").people[0].guid, bert.account);
    office.leave(&bert);
    assert_eq!(office.presence(&anna), [change(bert.account, Status::Offline)]);
    assert!(is_yes(&office.ask(anna.conn, &ContactChange { name: "bert".into(), add: false })));
    assert_eq!(office.rosters(&anna).pop().expect("a change").removed, [bert.account]);
    let bert = office.come_back(&bert);
    office.attend(&bert);
    assert_eq!(office.presence(&anna), []);
}

#[test]
fn who_asks_for_too_many_keys_is_refused() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let query = KeyQuery { guids: vec![Guid::BLANK; 200], names: vec![String::new(); 100] };
    assert_eq!(code(&office.ask(anna.conn, &query)), ErrorCode::TooMany);
}

// rows 93, 95
#[test]
fn parameters_are_told_and_unknown_telephones_refused() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let mut ask = message::Object::bare(message::Action::Client, office.id());
    ask.header.kind = Kind::Parameters;
    let told: Parameters = office.ask_object(anna.conn, ask).read().expect("parameters");
    assert_eq!(told, Parameters::default());
    let ring = message::people::PhoneCommand { ring: message::people::Ring::Start, draft: None };
    assert_eq!(code(&office.ask(anna.conn, &ring)), ErrorCode::NoStation);
}
