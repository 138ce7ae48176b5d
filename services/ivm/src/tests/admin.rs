//! Calls of local services, and what they say to each other.

use message::admin::{
    Account, AddPerson, AskStatus, Invite, Invited, ListPeople, People, RemovePerson, ServerStatus,
    SetPerson,
};
use message::login::{ServiceHello, TokenHello};
use message::people::{Parameters, Roster, Status, Subscription, Topic};
use message::speech::{Happened, Mode};
use message::{Action, ErrorCode, Guid, Kind, Object};

use super::{Office, code, is_yes};
use crate::engine::{Duty, Input};
use crate::limits::Limits;

// rows 78, 79
#[test]
fn accounts_are_added_listed_and_removed() {
    let mut office = Office::new();
    let admin = office.connect_service();
    let anna = office.present("anna");
    let bert = office.person("bert");
    office.speak(&anna, 1, Mode::Record, &[bert], 2);
    let list = |office: &mut Office, after: &str| -> Vec<Account> {
        let call = ListPeople { after: after.into() };
        office.ask(admin, &call).read::<People>().expect("people").people
    };
    let people = list(&mut office, "");
    assert_eq!(people[0].name, "anna");
    assert_eq!((people[0].status, people[0].devices), (Status::Online, 1));
    assert!(people[1].enrolled && people[1].waiting == 1 && people[1].bytes > 0);
    assert_eq!(list(&mut office, "anna").len(), 1);
    let remove = RemovePerson { name: "anna".into() };
    assert!(is_yes(&office.ask(admin, &remove)));
    assert!(office.closed.contains(&anna.conn));
    assert_eq!(code(&office.ask(admin, &remove)), ErrorCode::UnknownPerson);
    office.restart();
    let admin = office.connect_service();
    let call = ListPeople { after: String::new() };
    let people: People = office.ask(admin, &call).read().expect("people");
    assert_eq!(people.people.len(), 1);
    assert_eq!(people.people[0].waiting, 1, "what she sent is still delivered");
}

#[test]
fn a_removed_person_waits_for_nothing() {
    let mut office = Office::new();
    let admin = office.connect_service();
    let anna = office.present("anna");
    let bert = office.person("bert");
    office.speak(&anna, 1, Mode::Record, &[bert], 2);
    assert!(is_yes(&office.ask(admin, &RemovePerson { name: "bert".into() })));
    let status: ServerStatus = office.ask(admin, &AskStatus {}).read().expect("status");
    assert_eq!((status.people, status.waiting), (1, 0));
}

#[test]
fn names_are_checked_and_taken_once() {
    let mut office = Office::new();
    let admin = office.connect_service();
    let add = |name: &str| AddPerson { name: name.into(), display: "Somebody".into() };
    for name in ["", "Anna", "-a", "a b", "ä", &"a".repeat(33)] {
        assert_eq!(code(&office.ask(admin, &add(name))), ErrorCode::Invalid, "{name}");
    }
    assert!(office.ask(admin, &add("a.b_c-9")).read::<Invited>().is_ok());
    assert_eq!(code(&office.ask(admin, &add("a.b_c-9"))), ErrorCode::Conflict);
    let nameless = AddPerson { name: "x".into(), display: " ".into() };
    assert_eq!(code(&office.ask(admin, &nameless)), ErrorCode::Invalid);
    office.slow_disk = true;
    let first = office.tell(admin, &add("carl"));
    assert_eq!(code(&office.ask(admin, &add("carl"))), ErrorCode::Conflict, "while it is written");
    office.catch_up();
    assert!(office.answer_to(admin, first).expect("answered").read::<Invited>().is_ok());
}

#[test]
fn there_is_an_end_to_accounts() {
    let limits = Limits { people: 2, ..Limits::default() };
    let mut office = Office::with(limits, Parameters::default());
    office.invite("a");
    office.invite("b");
    let admin = office.connect_service();
    let add = AddPerson { name: "c".into(), display: "C".into() };
    assert_eq!(code(&office.ask(admin, &add)), ErrorCode::TooMany);
}

#[test]
fn a_new_invitation_voids_the_old_one() {
    let mut office = Office::new();
    let old = office.invite("anna");
    let admin = office.connect_service();
    let call = Invite { name: "anna".into(), reset: false };
    let new: Invited = office.ask(admin, &call).read().expect("invited");
    let conn = office.connect();
    let ask = |code: &str| message::login::Invitation { code: code.into() };
    assert_eq!(code(&office.ask(conn, &ask(&old.code))), ErrorCode::Credentials);
    assert_eq!(office.ask(conn, &ask(&new.code)).header.kind, Kind::InvitationInfo);
}

// rows 78, 79
#[test]
fn who_is_shut_out_is_hung_up_on_and_messages_are_kept_for_later() {
    let mut office = Office::new();
    let admin = office.connect_service();
    let anna = office.present("anna");
    let bert = office.present("bert");
    let set = |disabled| SetPerson { name: "bert".into(), disabled, quota: None };
    let now: Account = office.ask(admin, &set(true)).read().expect("the account");
    assert!(now.disabled && office.closed.contains(&bert.conn));
    office.speak(&anna, 1, Mode::Record, &[bert.account], 2);
    let conn = office.connect();
    let hello = TokenHello { device: bert.device, token: bert.token, software: "test".into() };
    assert_eq!(code(&office.ask(conn, &hello)), ErrorCode::ShutOut);
    office.restart();
    let admin = office.connect_service();
    let conn = office.connect();
    assert_eq!(code(&office.ask(conn, &hello)), ErrorCode::ShutOut, "after a restart too");
    let now: Account = office.ask(admin, &set(false)).read().expect("the account");
    assert_eq!((now.disabled, now.waiting), (false, 1));
    let conn = office.connect();
    assert_eq!(office.ask(conn, &hello).header.kind, Kind::Welcome);
    let nobody = SetPerson { name: "zoe".into(), disabled: true, quota: None };
    assert_eq!(code(&office.ask(admin, &nobody)), ErrorCode::UnknownPerson);
}

// row 79
#[test]
fn a_person_has_a_quota_of_its_own() {
    let mut office = Office::new();
    let admin = office.connect_service();
    let anna = office.present("anna");
    let bert = office.person("bert");
    let set = |quota| SetPerson { name: "bert".into(), disabled: false, quota };
    assert_eq!(code(&office.ask(admin, &set(Some(1)))), ErrorCode::Invalid);
    let now: Account = office.ask(admin, &set(Some(1 << 20))).read().expect("the account");
    assert_eq!(now.quota, Some(1 << 20));
    for number in 1..=2 {
        office.open(&anna, number, Mode::Record, &[bert]);
        for sequence in 0..3 {
            office.portion_of(&anna, number, (0, sequence, sequence == 2), &vec![0; 250_000]);
        }
    }
    assert_eq!(code(&office.open(&anna, 3, Mode::Record, &[bert])), ErrorCode::Quota);
    office.restart();
    let (admin, anna) = (office.connect_service(), office.come_back(&anna));
    assert_eq!(code(&office.open(&anna, 4, Mode::Record, &[bert])), ErrorCode::Quota);
    office.ask(admin, &set(None));
    assert_eq!(office.open(&anna, 5, Mode::Record, &[bert]).header.kind, Kind::Sending);
}

// row 74
#[test]
fn the_status_counts_what_there_is() {
    let mut office = Office::new();
    let admin = office.connect_service();
    office.ask(admin, &ServiceHello { service: "admin".into() });
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    office.speak(&anna, 1, Mode::Live, &[bert.account], 2);
    office.open(&anna, 2, Mode::Live, &[bert.account]);
    office.acknowledge(&bert, 1, Happened::Delivered);
    let status: ServerStatus = office.ask(admin, &AskStatus {}).read().expect("status");
    assert_eq!((status.people, status.online, status.connections), (2, 2, 3));
    assert_eq!((status.accepted, status.delivered, status.incoming), (1, 1, 1));
    assert_eq!((status.messages, status.waiting), (2, 0));
    assert_eq!(status.fingerprint, vec![1; 32]);
}

// row 103
#[test]
fn services_hear_of_accounts_and_clients_may_not_ask() {
    let mut office = Office::new();
    let admin = office.connect_service();
    office.ask(admin, &ServiceHello { service: "admin".into() });
    let topics = vec![Topic::Accounts];
    assert!(is_yes(&office.ask(admin, &Subscription { topics: topics.clone() })));
    let invited = office.invite("anna");
    let news = office.take_kind(admin, Kind::Roster).pop().expect("news");
    assert_eq!(news.read::<Roster>().expect("a roster").people[0].guid, invited.guid);
    let bert = office.present("bert");
    assert_eq!(code(&office.ask(bert.conn, &Subscription { topics })), ErrorCode::NotPermitted);
}

// rows 102, 103
#[test]
fn services_speak_to_one_service_or_to_all_and_clients_cannot() {
    let mut office = Office::new();
    let hello = |office: &mut Office, name: &str| {
        let conn = office.connect_service();
        let yes = office.ask(conn, &ServiceHello { service: name.into() });
        (conn, yes.header.destination)
    };
    let (admin, admin_guid) = hello(&mut office, "admin");
    let (gateway, gateway_guid) = hello(&mut office, "gateway");
    let (uplink, _) = hello(&mut office, "uplink");
    let say = |office: &mut Office, conn, to| {
        let object = Object::bare(Action::Post, office.id()).addressed(Guid::BLANK, to);
        office.input(Input::Object { conn, object });
    };
    say(&mut office, admin, gateway_guid);
    let heard = office.take(gateway);
    assert_eq!((heard.len(), heard[0].header.source), (1, admin_guid));
    assert_eq!(office.take(uplink), []);
    say(&mut office, admin, Guid::from_bytes([0xff; 16]));
    assert_eq!((office.take(gateway).len(), office.take(uplink).len()), (1, 1));
    let anna = office.present("anna");
    say(&mut office, anna.conn, gateway_guid);
    assert_eq!(office.take(gateway), []);
}

// rows 103, 104
#[test]
fn a_service_that_only_looks_sees_the_status_and_changes_nothing() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let panel = office.connect_service();
    office.input(Input::Duty { conn: panel, duty: Duty::Look });
    assert!(is_yes(&office.ask(panel, &ServiceHello { service: "lcd".into() })));
    let status: ServerStatus = office.ask(panel, &AskStatus {}).read().expect("status");
    assert_eq!((status.people, status.online), (1, 1));
    let add = AddPerson { name: "bert".into(), display: "Bert".into() };
    assert_eq!(code(&office.ask(panel, &add)), ErrorCode::NotPermitted);
    let remove = RemovePerson { name: "anna".into() };
    assert_eq!(code(&office.ask(panel, &remove)), ErrorCode::NotPermitted);
    let list = ListPeople { after: String::new() };
    assert!(office.ask(panel, &list).read::<People>().is_ok(), "who there is, is no secret");
    let token = TokenHello { device: anna.device, token: [0; 32], software: "x".into() };
    assert_eq!(code(&office.ask(panel, &token)), ErrorCode::NotPermitted);
    assert!(!office.closed.contains(&anna.conn));
}

#[test]
fn the_offices_choices_are_in_force_for_the_next_message() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let chosen = Parameters { silence_ms: 5_000, quota_bytes: 1 << 20, ..Parameters::default() };
    office.input(Input::Parameters(chosen));
    let told: Parameters =
        office.ask(anna.conn, &Parameters::default()).read().expect("parameters");
    assert_eq!((told.silence_ms, told.quota_bytes), (5_000, 1 << 20));
}
