//! Bodies of connect, disconnect and going down.

use message::login::{
    BindingKind, Bridge, Challenge, Cost, Credentials, Enrol, GoingDown, Goodbye, Hello,
    Invitation, InvitationInfo, Proof, ServiceHello, TokenHello, Welcome,
};
use message::{ErrorCode, Object, Refusal};
use proptest::option::of;
use proptest::prelude::{BoxedStrategy, Strategy, any};
use proptest::sample::select;

use super::people::parameters;
use super::{bytes, guid, key, objects, text};

pub(super) fn all() -> Vec<BoxedStrategy<Object>> {
    let refusal = (any::<u16>(), text())
        .prop_map(|(code, text)| Refusal { code: ErrorCode::from_number(code), text });
    let going_down =
        any::<(u32, u32)>().prop_map(|(grace_ms, retry_ms)| GoingDown { grace_ms, retry_ms });
    vec![
        objects(refusal),
        objects(hello()),
        objects(challenge()),
        objects(proof()),
        objects(welcome()),
        objects(token_hello()),
        objects(text().prop_map(|code| Invitation { code })),
        objects(invitation_info()),
        objects(credentials()),
        objects(
            (text(), credentials()).prop_map(|(code, credentials)| Enrol { code, credentials }),
        ),
        objects((text(), text()).prop_map(|(origin, remote)| Bridge { origin, remote })),
        objects(text().prop_map(|service| ServiceHello { service })),
        objects(any::<bool>().prop_map(|forget_device| Goodbye { forget_device })),
        objects(going_down),
    ]
}

fn hello() -> impl Strategy<Value = Hello> {
    (text(), key(), of(guid()), text(), text()).prop_map(
        |(account, nonce, device, device_name, software)| Hello {
            account,
            nonce,
            device,
            device_name,
            software,
        },
    )
}

fn cost() -> impl Strategy<Value = Cost> {
    any::<(u32, u32, u32)>().prop_map(|(memory_kib, passes, lanes)| Cost {
        memory_kib,
        passes,
        lanes,
    })
}

fn challenge() -> impl Strategy<Value = Challenge> {
    (any::<[u8; 16]>(), cost(), key(), guid()).prop_map(|(salt, cost, nonce, server)| Challenge {
        salt,
        cost,
        nonce,
        server,
    })
}

fn proof() -> impl Strategy<Value = Proof> {
    let kinds = vec![BindingKind::None, BindingKind::Exporter, BindingKind::Origin];
    (select(kinds), key()).prop_map(|(binding, proof)| Proof { binding, proof })
}

fn welcome() -> impl Strategy<Value = Welcome> {
    let secrets = (of(key()), of(bytes()), of(key()), key());
    let names = (guid(), guid(), guid(), text(), text());
    (secrets, names, any::<u64>(), parameters()).prop_map(
        |(
            (signature, sealed_key, token, public_key),
            (account, device, server, name, display),
            time,
            parameters,
        )| Welcome {
            signature,
            account,
            device,
            name,
            display,
            public_key,
            sealed_key,
            token,
            time,
            parameters,
            server,
        },
    )
}

fn token_hello() -> impl Strategy<Value = TokenHello> {
    (guid(), key(), text()).prop_map(|(device, token, software)| TokenHello {
        device,
        token,
        software,
    })
}

fn invitation_info() -> impl Strategy<Value = InvitationInfo> {
    (guid(), text(), text(), any::<u64>(), of(key()), of(bytes())).prop_map(
        |(account, name, display, expires, public_key, recovery_key)| InvitationInfo {
            account,
            name,
            display,
            expires,
            public_key,
            recovery_key,
        },
    )
}

fn credentials() -> impl Strategy<Value = Credentials> {
    (any::<[u8; 16]>(), cost(), key(), key(), key(), bytes(), bytes()).prop_map(
        |(salt, cost, stored_key, server_key, public_key, sealed_key, recovery_key)| Credentials {
            salt,
            cost,
            stored_key,
            server_key,
            public_key,
            sealed_key,
            recovery_key,
        },
    )
}
