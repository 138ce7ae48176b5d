//! Bodies about people.

use message::Object;
use message::people::{
    ContactChange, KeyQuery, Keys, Parameters, Person, PhoneCommand, Presence, PresenceChange,
    Ring, Roster, SetStatus, Status, Subscription, Topic, Unsubscription,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::{BoxedStrategy, Strategy, any};
use proptest::sample::select;

use super::{guid, key, message_id, objects, text};

pub(super) fn all() -> Vec<BoxedStrategy<Object>> {
    let key_query =
        (vec(guid(), 0..5), vec(text(), 0..5)).prop_map(|(guids, names)| KeyQuery { guids, names });
    vec![
        objects(topics().prop_map(|topics| Subscription { topics })),
        objects(topics().prop_map(|topics| Unsubscription { topics })),
        objects((text(), any::<bool>()).prop_map(|(name, add)| ContactChange { name, add })),
        objects(roster()),
        objects(presence()),
        objects(key_query),
        objects(vec(person(), 0..4).prop_map(|people| Keys { people })),
        objects(status().prop_map(|status| SetStatus { status })),
        objects(phone_command()),
        objects(parameters()),
    ]
}

fn phone_command() -> impl Strategy<Value = PhoneCommand> {
    (select(vec![Ring::Start, Ring::Stop]), of(message_id()))
        .prop_map(|(ring, draft)| PhoneCommand { ring, draft })
}

fn topics() -> impl Strategy<Value = Vec<Topic>> {
    let every = vec![Topic::People, Topic::Messages, Topic::Receipts, Topic::Accounts];
    vec(select(every), 0..6)
}

pub(super) fn status() -> impl Strategy<Value = Status> {
    select(vec![Status::Offline, Status::Online, Status::Away, Status::Dnd])
}

fn person() -> impl Strategy<Value = Person> {
    let flags = any::<(bool, bool)>();
    (guid(), text(), text(), status(), of(key()), flags, of(guid())).prop_map(
        |(guid, name, display, status, public_key, (sealed, contact), owner)| Person {
            guid,
            name,
            display,
            status,
            public_key,
            sealed,
            contact,
            owner,
        },
    )
}

fn roster() -> impl Strategy<Value = Roster> {
    (vec(person(), 0..4), vec(guid(), 0..4), any::<bool>(), any::<bool>())
        .prop_map(|(people, removed, first, last)| Roster { people, removed, first, last })
}

fn presence() -> impl Strategy<Value = Presence> {
    let change = (guid(), status()).prop_map(|(person, status)| PresenceChange { person, status });
    vec(change, 0..5).prop_map(|changes| Presence { changes })
}

pub(super) fn parameters() -> impl Strategy<Value = Parameters> {
    any::<([u32; 5], u64, u32)>().prop_map(|(times, quota_bytes, retention_days)| {
        let [portion_ms, silence_ms, longest_ms, warning_ms, ping_ms] = times;
        Parameters {
            portion_ms,
            silence_ms,
            longest_ms,
            warning_ms,
            ping_ms,
            quota_bytes,
            retention_days,
        }
    })
}
