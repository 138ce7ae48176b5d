//! Bodies between the server and the services of the same machine.

use message::Object;
use message::admin::{
    Account, AddPerson, AskStatus, Invite, Invited, ListPeople, People, PutStation, RemovePerson,
    RemoveStation, ServerStatus, SetPerson,
};
use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any};

use super::people::status;
use super::{bytes, guid, objects, text};

pub(super) fn all() -> Vec<BoxedStrategy<Object>> {
    vec![
        objects((text(), text()).prop_map(|(name, display)| AddPerson { name, display })),
        objects(invited()),
        objects(text().prop_map(|after| ListPeople { after })),
        objects(vec(account(), 0..4).prop_map(|people| People { people })),
        objects(text().prop_map(|name| RemovePerson { name })),
        objects((text(), any::<bool>()).prop_map(|(name, reset)| Invite { name, reset })),
        objects(Just(AskStatus {})),
        objects(server_status()),
        objects(
            (text(), any::<bool>(), any::<Option<u64>>())
                .prop_map(|(name, disabled, quota)| SetPerson { name, disabled, quota }),
        ),
        objects(account()),
        objects((text(), text(), text(), any::<bool>()).prop_map(
            |(name, display, owner, invite)| PutStation { name, display, owner, invite },
        )),
        objects(text().prop_map(|name| RemoveStation { name })),
    ]
}

fn invited() -> impl Strategy<Value = Invited> {
    (guid(), text(), text(), any::<u64>()).prop_map(|(guid, name, code, expires)| Invited {
        guid,
        name,
        code,
        expires,
    })
}

fn account() -> impl Strategy<Value = Account> {
    let counts = any::<(bool, u32, u64, u64, bool, Option<u64>)>();
    (guid(), text(), text(), status(), counts).prop_map(
        |(guid, name, display, status, (enrolled, devices, waiting, bytes, disabled, quota))| {
            Account {
                guid,
                name,
                display,
                status,
                enrolled,
                devices,
                waiting,
                bytes,
                disabled,
                quota,
            }
        },
    )
}

fn server_status() -> impl Strategy<Value = ServerStatus> {
    (text(), any::<[u64; 10]>(), bytes()).prop_map(|(version, counts, fingerprint)| {
        let [uptime_ms, people, online, connections, incoming, waiting, messages, size, ..] =
            counts;
        ServerStatus {
            version,
            uptime_ms,
            people,
            online,
            connections,
            incoming,
            waiting,
            messages,
            bytes: size,
            accepted: counts[8],
            delivered: counts[9],
            fingerprint,
        }
    })
}
