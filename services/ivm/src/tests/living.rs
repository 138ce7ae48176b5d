//! Keep-alive, going down, and peers that do as they please.

use bytes::Bytes;
use machine::Span;
use message::login::{GoingDown, Goodbye};
use message::people::Parameters;
use message::speech::Mode;
use message::{Action, ErrorCode, Guid, Header, Kind, Object, ObjectId, Priority};
use proptest::prelude::{ProptestConfig, any, prop, proptest};

use super::{Office, code, is_yes};
use crate::engine::Input;
use crate::limits::Limits;

// row 91
#[test]
fn a_ping_is_answered_and_a_silent_client_is_asked_then_dropped() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let ping = Object::bare(Action::Ping, office.id());
    assert!(is_yes(&office.ask_object(anna.conn, ping)));
    office.pass(Span::from_secs(20));
    let asked = office.take(anna.conn).pop().expect("a ping");
    assert_eq!(asked.header.action, Action::Ping);
    let pong = Object::bare(Action::Ping, asked.header.id);
    office.input(Input::Object { conn: anna.conn, object: pong });
    assert_eq!(office.take(anna.conn), [], "an answer is not answered");
    office.pass(Span::from_secs(59));
    assert!(!office.closed.contains(&anna.conn));
    office.pass(Span::from_secs(1));
    assert!(office.closed.contains(&anna.conn));
    let last = office.take(anna.conn).pop().expect("a reason");
    assert_eq!((last.header.action, code(&last)), (Action::Drop, ErrorCode::Silent));
}

// row 94
#[test]
fn everyone_is_told_before_the_server_goes_down_and_all_is_on_disk() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    office.slow_disk = true;
    office.speak(&anna, 1, Mode::Record, &[bert], 2);
    office.input(Input::Drain);
    let told = office.take_kind(anna.conn, Kind::GoingDown).pop().expect("going down");
    assert!(told.read::<GoingDown>().expect("a body").retry_ms > 0);
    assert_eq!(code(&office.open(&anna, 2, Mode::Record, &[bert])), ErrorCode::GoingDown);
    let late = office.connect();
    assert!(office.closed.contains(&late));
    office.pass(office.limits.grace);
    assert!(office.closed.contains(&anna.conn));
    assert!(!office.drained, "the disk is not done");
    office.catch_up();
    assert!(office.drained);
    office.restart();
    let bert = office.log_in("bert");
    office.attend(&bert);
    assert_eq!(office.envelopes(bert.conn).len(), 1);
}

// row 87
#[test]
fn who_leaves_in_good_order_is_answered_and_closed() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    assert!(is_yes(&office.ask(anna.conn, &Goodbye { forget_device: false })));
    assert!(office.closed.contains(&anna.conn));
    let bare = Object::bare(Action::Disconnect, office.id());
    assert!(is_yes(&office.ask_object(bert.conn, bare)));
    assert!(office.closed.contains(&bert.conn));
    office.come_back(&anna);
}

// row 92
#[test]
fn bytes_that_are_no_object_end_the_connection_with_a_reason() {
    let mut office = Office::new();
    let conn = office.connect();
    let refusal = message::Refusal::new(ErrorCode::Malformed, "no message object");
    office.input(Input::Broken { conn, refusal });
    let last = office.take(conn).pop().expect("a reason");
    assert_eq!((last.header.action, code(&last)), (Action::Drop, ErrorCode::Malformed));
    assert!(office.closed.contains(&conn));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    // rows 85, 98
    #[test]
    fn no_object_whatever_makes_the_engine_fall(
        objects in prop::collection::vec((any::<u8>(), any::<u8>(), prop::collection::vec(any::<u8>(), 0..64)), 1..40),
    ) {
        let mut office = Office::with(Limits::default(), Parameters::default());
        let service = office.connect_service();
        let stranger = office.connect();
        let anna = office.present("anna").conn;
        for (kind, flags, body) in objects {
            let kinds = Kind::ALL;
            let kind = kinds[usize::from(kind) % kinds.len()];
            let header = Header {
                action: kind.action().unwrap_or(Action::Post),
                priority: Priority::Normal,
                flags: message::Flags::from_byte(flags),
                kind,
                id: ObjectId::from_bytes([flags; 16]),
                source: Guid::from_bytes([flags / 3; 16]),
                destination: Guid::from_bytes([flags / 2; 16]),
                length: body.len() as u32,
            };
            for conn in [service, stranger, anna] {
                let object = Object { header, body: Bytes::from(body.clone()) };
                office.input(Input::Object { conn, object });
            }
        }
        office.pass(Span::from_secs(120));
    }
}
