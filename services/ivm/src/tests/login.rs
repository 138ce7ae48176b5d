//! Log-in, enrolment, tokens, bridges, rates, rights.

use bytes::Bytes;
use machine::Span;
use message::login::{
    BindingKind, Bridge, Challenge, Enrol, Goodbye, Invitation, InvitationInfo, Proof,
    ServiceHello, TokenHello, Welcome, auth_message,
};
use message::people::{KeyQuery, Parameters};
use message::{Action, ErrorCode, Guid, Kind, Object, ObjectId, Rights};
use voice::account::proof::ServerSignature;

use super::{EXPORTER, Office, SALT, code, credentials, hello, is_yes, login_key};
use crate::engine::Input;
use crate::limits::Limits;

// rows 79, 80, 86, ruling f
#[test]
fn a_person_is_invited_enrols_and_logs_in() {
    let mut office = Office::new();
    let invited = office.invite("anna");
    let conn = office.connect();
    let info: InvitationInfo =
        office.ask(conn, &Invitation { code: invited.code.clone() }).read().expect("info");
    assert_eq!((info.name.as_str(), info.display.as_str()), ("anna", "ANNA"));
    assert_eq!(info.public_key, None);
    let enrol = Enrol { code: invited.code, credentials: credentials("anna") };
    assert!(is_yes(&office.ask(conn, &enrol)));
    let answer = office.prove(conn, "anna", None);
    let welcome: Welcome = answer.read().expect("welcome");
    assert_eq!(welcome.account, invited.guid);
    assert_eq!(welcome.sealed_key, Some(vec![1; 60]));
    assert_eq!(welcome.parameters, Parameters::default());
    let again = office.connect();
    assert_eq!(code(&office.ask(again, &enrol)), ErrorCode::Credentials, "it is used up");
}

#[test]
fn the_server_proves_that_it_knows_the_account_too() {
    let mut office = Office::new();
    office.person("anna");
    let conn = office.connect();
    let id = office.id();
    let hello = Object::of(id, &hello("anna", None));
    let challenge = office.ask_object(conn, hello.clone());
    let message = auth_message(&hello.body, &challenge.body, BindingKind::Exporter, &EXPORTER);
    let key = login_key("anna", SALT);
    let proof = Proof { binding: BindingKind::Exporter, proof: key.prove(&message).0 };
    let welcome: Welcome = office.ask(conn, &proof).read().expect("welcome");
    let signature = ServerSignature(welcome.signature.expect("after a password"));
    assert_eq!(key.check_server(&message, &signature), Ok(()));
}

#[test]
fn an_unknown_name_gets_the_same_made_up_salt_every_time() {
    let mut office = Office::new();
    let ask = |office: &mut Office, name: &str| -> Challenge {
        let conn = office.connect();
        office.ask(conn, &hello(name, None)).read().expect("a challenge")
    };
    let first = ask(&mut office, "nobody");
    office.pass(Span::from_millis(1));
    office.restart();
    let second = ask(&mut office, "Nobody ");
    assert_eq!((first.salt, first.cost), (second.salt, second.cost));
    assert_ne!(first.nonce, second.nonce);
    assert_ne!(first.salt, ask(&mut office, "somebody").salt);
    let conn = office.connect();
    office.ask(conn, &hello("nobody", None));
    let proof = Proof { binding: BindingKind::Exporter, proof: [0; 32] };
    assert_eq!(code(&office.ask(conn, &proof)), ErrorCode::Credentials);
}

#[test]
fn a_proof_for_another_connection_is_worth_nothing() {
    let mut office = Office::new();
    office.person("anna");
    for (kind, bound) in [
        (BindingKind::Exporter, [8; 32].as_slice()),
        (BindingKind::None, &[]),
        (BindingKind::Origin, &EXPORTER),
    ] {
        let conn = office.connect();
        let id = office.id();
        let hello = Object::of(id, &hello("anna", None));
        let challenge = office.ask_object(conn, hello.clone());
        let message = auth_message(&hello.body, &challenge.body, kind, bound);
        let proof = login_key("anna", SALT).prove(&message);
        let answer = office.ask(conn, &Proof { binding: kind, proof: proof.0 });
        assert_eq!(code(&answer), ErrorCode::Credentials);
    }
}

#[test]
fn guessing_is_slowed_down_by_name_and_by_address() {
    let mut office = Office::new();
    office.person("anna");
    let guess = |office: &mut Office, name: &str, address: &str| {
        let conn = office.connect_as(Rights::Client, address);
        let answer = office.ask(conn, &hello(name, None));
        if answer.header.flags.refused {
            return code(&answer);
        }
        let proof = Proof { binding: BindingKind::Exporter, proof: [0; 32] };
        let answer = office.ask(conn, &proof);
        office.input(Input::Closed { conn });
        code(&answer)
    };
    for number in 0..5 {
        let address = format!("192.0.2.{number}");
        assert_eq!(guess(&mut office, "anna", &address), ErrorCode::Credentials);
    }
    assert_eq!(guess(&mut office, "anna", "192.0.2.99"), ErrorCode::RateLimited);
    office.pass(Span::from_secs(60));
    assert_eq!(guess(&mut office, "anna", "192.0.2.99"), ErrorCode::Credentials);
    for number in 0..20 {
        let name = format!("name{number}");
        assert_eq!(guess(&mut office, &name, "198.51.100.1"), ErrorCode::Credentials);
    }
    assert_eq!(guess(&mut office, "another", "198.51.100.1"), ErrorCode::RateLimited);
}

#[test]
fn a_device_comes_back_with_its_token_until_it_is_forgotten() {
    let mut office = Office::new();
    office.person("anna");
    let anna = office.log_in("anna");
    office.restart();
    let back = office.come_back(&anna);
    assert!(is_yes(&office.ask(back.conn, &Goodbye { forget_device: true })));
    assert!(office.closed.contains(&back.conn));
    let conn = office.connect();
    let hello = TokenHello { device: anna.device, token: anna.token, software: "t".into() };
    assert_eq!(code(&office.ask(conn, &hello)), ErrorCode::Credentials);
    let wrong = TokenHello { token: [0; 32], ..hello };
    assert_eq!(code(&office.ask(conn, &wrong)), ErrorCode::Credentials);
}

#[test]
fn a_device_takes_messages_on_its_newest_connection_only() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let back = office.come_back(&anna);
    assert!(!office.closed.contains(&anna.conn), "one that only sends may stand beside it");
    office.attend(&back);
    assert!(office.closed.contains(&anna.conn));
    assert!(!office.closed.contains(&back.conn));
    let last = office.take(anna.conn).pop().expect("a reason");
    assert_eq!(last.header.action, Action::Drop);
}

#[test]
fn the_device_unused_for_longest_makes_room_for_a_new_one() {
    let limits = Limits { devices: 2, ..Limits::default() };
    let mut office = Office::with(limits, Parameters::default());
    office.person("anna");
    let first = office.log_in("anna");
    office.leave(&first);
    office.pass(Span::from_secs(1));
    let second = office.log_in("anna");
    office.leave(&second);
    office.pass(Span::from_secs(1));
    office.log_in("anna");
    office.come_back(&second);
    let conn = office.connect();
    let hello = TokenHello { device: first.device, token: first.token, software: "t".into() };
    assert_eq!(code(&office.ask(conn, &hello)), ErrorCode::Credentials);
}

#[test]
fn a_reset_ends_every_log_in() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let admin = office.connect_service();
    let call = message::admin::Invite { name: "anna".into(), reset: false };
    assert_eq!(code(&office.ask(admin, &call)), ErrorCode::Conflict);
    let call = message::admin::Invite { reset: true, ..call };
    let invited: message::admin::Invited = office.ask(admin, &call).read().expect("invited");
    let conn = office.connect();
    let info: InvitationInfo =
        office.ask(conn, &Invitation { code: invited.code.clone() }).read().expect("info");
    assert_eq!(info.recovery_key, Some(vec![2; 76]), "so that old messages stay readable");
    let enrol = Enrol { code: invited.code, credentials: credentials("new password") };
    assert!(is_yes(&office.ask(conn, &enrol)));
    assert!(office.closed.contains(&anna.conn));
    let hello = TokenHello { device: anna.device, token: anna.token, software: "t".into() };
    let conn = office.connect();
    assert_eq!(code(&office.ask(conn, &hello)), ErrorCode::Credentials);
    assert_eq!(code(&office.prove(conn, "anna", None)), ErrorCode::Credentials);
}

#[test]
fn an_invitation_expires() {
    let mut office = Office::new();
    let invited = office.invite("anna");
    office.pass(office.limits.invitation);
    let conn = office.connect();
    assert_eq!(code(&office.ask(conn, &Invitation { code: invited.code })), ErrorCode::Expired);
    let unknown = Invitation { code: "guess".into() };
    assert_eq!(code(&office.ask(conn, &unknown)), ErrorCode::Credentials);
}

#[test]
fn a_person_chooses_another_password_and_stays_logged_in() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let other_key = credentials("longer");
    assert_eq!(code(&office.ask(anna.conn, &other_key)), ErrorCode::Invalid);
    let conn = office.connect();
    assert!(office.prove(conn, "anna", None).read::<Welcome>().is_ok());
    assert!(is_yes(&office.ask(anna.conn, &credentials("bert"))), "as long a name, the same key");
    let conn = office.connect();
    assert_eq!(code(&office.prove(conn, "anna", None)), ErrorCode::Credentials);
    office.restart();
    office.come_back(&anna);
}

#[test]
fn the_log_in_has_thirty_seconds_and_small_objects() {
    let mut office = Office::new();
    let conn = office.connect();
    office.pass(Span::from_secs(29));
    assert!(!office.closed.contains(&conn));
    office.pass(Span::from_secs(1));
    assert!(office.closed.contains(&conn));
    let conn = office.connect();
    let mut large = Object::of(ObjectId::BLANK, &hello("anna", None));
    large.body = Bytes::from(vec![0; 40_000]);
    office.input(Input::Object { conn, object: large });
    assert!(office.closed.contains(&conn));
}

#[test]
fn who_has_not_logged_in_gets_nothing_else() {
    let mut office = Office::new();
    let conn = office.connect();
    let query = KeyQuery { guids: Vec::new(), names: vec!["anna".into()] };
    assert_eq!(code(&office.ask(conn, &query)), ErrorCode::NotLoggedIn);
    let proof = Proof { binding: BindingKind::None, proof: [0; 32] };
    assert_eq!(code(&office.ask(conn, &proof)), ErrorCode::NotPermitted);
}

// rows 102, 104
#[test]
fn a_bridged_connection_is_a_client_whatever_the_bridge_may_do() {
    let mut office = Office::new();
    office.person("anna");
    let conn = office.connect_service();
    let bridge = Bridge { origin: "https://office:8443".into(), remote: "192.0.2.7".into() };
    assert!(is_yes(&office.ask(conn, &bridge)));
    let call = message::admin::AskStatus {};
    assert_eq!(code(&office.ask(conn, &call)), ErrorCode::NotPermitted);
    let service = ServiceHello { service: "admin".into() };
    assert_eq!(code(&office.ask(conn, &service)), ErrorCode::NotPermitted);
    let id = office.id();
    let hello = Object::of(id, &hello("anna", None));
    let challenge = office.ask_object(conn, hello.clone());
    let origin = crate::tests::sha256(b"https://office:8443");
    let message = auth_message(&hello.body, &challenge.body, BindingKind::Origin, &origin);
    let proof = login_key("anna", SALT).prove(&message);
    let answer = office.ask(conn, &Proof { binding: BindingKind::Origin, proof: proof.0 });
    assert!(answer.read::<Welcome>().is_ok());
}

// rows 102, 104
#[test]
fn only_local_services_are_privileged() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let service = ServiceHello { service: "admin".into() };
    assert_eq!(code(&office.ask(anna.conn, &service)), ErrorCode::NotPermitted);
    let bridge = Bridge { origin: String::new(), remote: String::new() };
    assert_eq!(code(&office.ask(anna.conn, &bridge)), ErrorCode::NotPermitted);
    let add = message::admin::AddPerson { name: "mallory".into(), display: "M".into() };
    assert_eq!(code(&office.ask(anna.conn, &add)), ErrorCode::NotPermitted);
    let remove = message::admin::RemovePerson { name: "anna".into() };
    assert_eq!(code(&office.ask(anna.conn, &remove)), ErrorCode::NotPermitted);
}

// rows 96, 102
#[test]
fn a_forged_source_is_refused() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    let id = office.id();
    let query = KeyQuery { guids: vec![bert], names: Vec::new() };
    let forged = Object::of(id, &query).addressed(bert, Guid::BLANK);
    assert_eq!(code(&office.ask_object(anna.conn, forged)), ErrorCode::Forged);
    let id = office.id();
    let honest = Object::of(id, &query).addressed(anna.account, Guid::BLANK);
    assert_eq!(office.ask_object(anna.conn, honest).header.kind, Kind::Keys);
}

// rows 85, 98
#[test]
fn unknown_kinds_and_kinds_under_the_wrong_action_are_refused_and_the_connection_lives() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let mut object = Object::bare(Action::Post, office.id());
    object.header.kind = Kind::Other(7_777);
    assert_eq!(code(&office.ask_object(anna.conn, object)), ErrorCode::NotPermitted);
    let query = KeyQuery { guids: Vec::new(), names: Vec::new() };
    let mut object = Object::of(office.id(), &query);
    object.header.action = Action::Client;
    assert_eq!(code(&office.ask_object(anna.conn, object)), ErrorCode::NotPermitted);
    let mut object = Object::of(office.id(), &query);
    object.body = Bytes::from_static(&[0xff, 0xff]);
    object.header.length = 2;
    assert_eq!(code(&office.ask_object(anna.conn, object)), ErrorCode::Malformed);
    for action in Action::ALL {
        let id = office.id();
        if action != Action::Disconnect {
            office.input(Input::Object { conn: anna.conn, object: Object::bare(action, id) });
        }
    }
    assert!(!office.closed.contains(&anna.conn));
    assert_eq!(office.ask(anna.conn, &query).header.kind, Kind::Keys);
}

#[test]
fn there_is_an_end_to_connections() {
    let limits = Limits { per_address: 3, strangers: 5, ..Limits::default() };
    let mut office = Office::with(limits, Parameters::default());
    for _ in 0..3 {
        let conn = office.connect_as(Rights::Client, "192.0.2.1");
        assert!(!office.closed.contains(&conn));
    }
    let conn = office.connect_as(Rights::Client, "192.0.2.1");
    assert_eq!(code(&office.take(conn)[0]), ErrorCode::TooMany);
    for number in 2..4 {
        let conn = office.connect_as(Rights::Client, &format!("192.0.2.{number}"));
        assert!(!office.closed.contains(&conn));
    }
    let conn = office.connect_as(Rights::Client, "192.0.2.9");
    assert!(office.closed.contains(&conn));
    let service = office.connect_service();
    assert!(!office.closed.contains(&service), "local services always get in");
}
