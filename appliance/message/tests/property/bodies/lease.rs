//! Bodies between the DHCP server and who shows what it does.

use message::Object;
use message::lease::{
    AskLeases, AskSnippets, Doing, Foreign, FreeLease, Lease, LeaseState, Leases, Probe, Snippet,
    Snippets,
};
use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any};
use proptest::sample::select;

use super::{bytes, objects, text};

pub(super) fn all() -> Vec<BoxedStrategy<Object>> {
    vec![
        objects(any::<bool>().prop_map(|watch| AskLeases { watch })),
        objects(leases()),
        objects(any::<bool>().prop_map(|resume| Probe { resume })),
        objects(any::<u32>().prop_map(|address| FreeLease { address })),
        objects(Just(AskSnippets {})),
        objects(snippets()),
    ]
}

fn leases() -> impl Strategy<Value = Leases> {
    let doing = select(vec![Doing::Observing, Doing::Probing, Doing::Giving, Doing::StoodDown]);
    let foreign = any::<(u32, u64)>().prop_map(|(address, at)| Foreign { address, at });
    (doing, vec(foreign, 0..3), vec(lease(), 0..4), any::<(u32, u32)>(), text()).prop_map(
        |(doing, foreign, leases, (pool, used), trouble)| Leases {
            doing,
            foreign,
            leases,
            pool,
            used,
            trouble,
        },
    )
}

fn snippets() -> impl Strategy<Value = Snippets> {
    let snippet =
        (text(), text(), text()).prop_map(|(name, title, text)| Snippet { name, title, text });
    (any::<u32>(), vec(snippet, 0..4))
        .prop_map(|(address, snippets)| Snippets { address, snippets })
}

fn lease() -> impl Strategy<Value = Lease> {
    let state = select(vec![LeaseState::Bound, LeaseState::Released, LeaseState::Quarantined]);
    (any::<u32>(), bytes(), text(), text(), state, any::<(u64, bool)>()).prop_map(
        |(address, card, host, device, state, (until, is_reserved))| Lease {
            address,
            card,
            host,
            device,
            until,
            state,
            is_reserved,
        },
    )
}
