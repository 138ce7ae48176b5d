//! Places that come and go.

use machine::{Moment, Span};

use super::{Binding, CONTACTS_MOST, Change, Refusal, Registrar};
use crate::message::{Message, Method, name};
use crate::station::User;
use crate::way::Way;

fn user() -> User {
    User::parse("100").expect("a user")
}

fn way() -> Way {
    let socket = |text: &str| text.parse().expect("an address");
    Way::udp(socket("10.0.0.1:5060"), socket("10.0.0.9:40000"))
}

fn register(call_id: &str, turn: u32, contacts: &[&str], expires: Option<&str>) -> Message {
    let message = Message::request(Method::Register, "sip:10.0.0.1")
        .with(name::VIA, "SIP/2.0/UDP 10.0.0.9:5062;branch=z9hG4bK1")
        .with(name::FROM, "<sip:100@10.0.0.1>;tag=a")
        .with(name::TO, "<sip:100@10.0.0.1>")
        .with(name::CALL_ID, call_id)
        .with(name::CSEQ, format!("{turn} REGISTER"))
        .with(name::USER_AGENT, "Phone 1.0");
    let message = contacts.iter().fold(message, |m, contact| m.with(name::CONTACT, *contact));
    expires.into_iter().fold(message, |m, expires| m.with(name::EXPIRES, expires))
}

struct Desk {
    registrar: Registrar,
    turn: u32,
    now: Moment,
}

impl Desk {
    fn new() -> Self {
        Self { registrar: Registrar::default(), turn: 0, now: Moment::START }
    }

    fn hear(&mut self, contacts: &[&str], expires: Option<&str>) -> Result<Change, Refusal> {
        self.turn += 1;
        let message = register("c", self.turn, contacts, expires);
        self.registrar.register(&user(), &message, way(), self.now)
    }

    fn lasts(&self) -> Vec<u64> {
        let left = |one: &Binding| one.until.since(self.now).millis() / 1_000;
        self.registrar.of(&user()).iter().map(left).collect()
    }
}

const CONTACT: &str = "<sip:100@10.0.0.9:5062>";

#[test]
fn a_place_is_new_once_and_lasts_as_long_as_it_is_refreshed() {
    let mut desk = Desk::new();
    let change = desk.hear(&[CONTACT], Some("600")).expect("taken");
    assert_eq!((change.added.len(), change.removed.len()), (1, 0));
    assert_eq!(change.added[0].agent, "Phone 1.0");
    assert_eq!(change.added[0].way.remote.to_string(), "10.0.0.9:5062", "where it listens");
    desk.now = desk.now + Span::from_secs(500);
    assert_eq!(desk.hear(&[CONTACT], Some("600")), Ok(Change::default()));
    assert_eq!(desk.registrar.expired(desk.now + Span::from_secs(599)), None);
    let (who, gone) = desk.registrar.expired(desk.now + Span::from_secs(600)).expect("over");
    assert_eq!((who, &*gone.contact), (user(), "sip:100@10.0.0.9:5062"));
    assert_eq!((desk.registrar.of(&user()).len(), desk.registrar.deadline()), (0, None));
}

#[test]
fn the_time_is_what_we_take() {
    for (contact, expires, lasts) in [
        (CONTACT, Some("5"), 60),
        (CONTACT, Some("99999999999999"), 3_600),
        (CONTACT, None, 3_600),
        ("<sip:100@10.0.0.9:5062>;expires=120", Some("600"), 120),
        ("sip:100@10.0.0.9:5062;expires=120", Some("600"), 120),
        (CONTACT, Some("soon"), 3_600),
    ] {
        let mut desk = Desk::new();
        desk.hear(&[contact], expires).expect("taken");
        assert_eq!(desk.lasts(), [lasts], "{contact} {expires:?}");
    }
}

#[test]
fn one_place_or_all_are_given_back() {
    let mut desk = Desk::new();
    let other = "<sip:100@10.0.0.9:5070;transport=tcp>";
    desk.hear(&[CONTACT, other], None).expect("taken");
    assert_eq!(desk.lasts().len(), 2);
    let change = desk.hear(&["<SIP:100@10.0.0.9:5062>;expires=0"], None).expect("taken");
    assert_eq!((change.removed.len(), desk.lasts().len()), (1, 1));
    assert_eq!(desk.hear(&["*"], Some("60")), Err(Refusal::Malformed));
    assert_eq!(desk.hear(&["*", CONTACT], Some("0")), Err(Refusal::Malformed));
    assert_eq!(desk.hear(&["*"], None), Err(Refusal::Malformed));
    assert_eq!(desk.hear(&[], Some("0")), Ok(Change::default()), "only a question");
    let change = desk.hear(&["*"], Some("0")).expect("taken");
    assert_eq!((change.removed.len(), desk.lasts().len()), (1, 0));
}

#[test]
fn an_older_word_of_the_same_phone_changes_nothing() {
    let mut registrar = Registrar::default();
    let mut hear = |call_id: &str, turn, expires| {
        let message = register(call_id, turn, &[CONTACT], Some(expires));
        registrar.register(&user(), &message, way(), Moment::START).map(|_| ())
    };
    assert_eq!(hear("c", 5, "600"), Ok(()));
    assert_eq!(hear("c", 5, "0"), Err(Refusal::Old));
    assert_eq!(hear("c", 4, "0"), Err(Refusal::Old));
    assert_eq!(hear("after a reboot", 1, "0"), Ok(()));
}

#[test]
fn the_oldest_place_makes_room() {
    let mut desk = Desk::new();
    for port in 0..10 {
        let contact = format!("<sip:100@10.0.0.9:{}>", 5_060 + port);
        let change = desk.hear(&[&contact], None).expect("taken");
        assert_eq!(change.replaced.len(), usize::from(port >= CONTACTS_MOST));
        assert_eq!(desk.lasts().len(), (port + 1).min(CONTACTS_MOST));
    }
    let many: Vec<String> = (0..60).map(|n| format!("<sip:100@10.0.0.9:{}>", 6_000 + n)).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    desk.hear(&many, None).expect("taken");
    assert_eq!(desk.lasts().len(), CONTACTS_MOST);
}

#[test]
fn a_place_elsewhere_is_reached_where_the_phone_is() {
    let mut desk = Desk::new();
    let change = desk.hear(&["<sip:100@192.0.2.66:5099>"], None).expect("taken");
    assert_eq!(change.added[0].way.remote.to_string(), "10.0.0.9:40000");
    for bad in ["<tel:100>", "nonsense", "<sip:100@10.0.0.9", "mailto:a@b"] {
        assert_eq!(desk.hear(&[bad], None), Err(Refusal::Malformed), "{bad}");
    }
}
