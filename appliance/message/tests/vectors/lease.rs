//! Bodies between the DHCP server and who shows what it does.

use message::lease::{
    AskLeases, AskSnippets, Doing, Foreign, FreeLease, Lease, LeaseState, Leases, Probe, Snippet,
    Snippets,
};

use crate::file::File;
use crate::same::same;

const TIME: u64 = 1_700_000_000_000;
/// 192.0.2.7 and 192.0.2.1.
const ADDRESS: u32 = 0xc000_0207;
const OTHER: u32 = 0xc000_0201;

pub(crate) fn check(file: &File) {
    same!(file, "ask-leases", AskLeases { watch: true });
    let lease = Lease {
        address: ADDRESS,
        card: vec![0x00, 0x15, 0x65, 0xaa, 0xbb, 0xcc],
        host: "phone".into(),
        device: "Yealink T46S".into(),
        until: 1_700_000_000,
        state: LeaseState::Quarantined,
        is_reserved: true,
    };
    let leases = Leases {
        doing: Doing::StoodDown,
        foreign: vec![Foreign { address: OTHER, at: TIME }],
        leases: vec![lease],
        pool: 100,
        used: 1,
        trouble: "Another server answers.".into(),
    };
    same!(file, "leases", leases);
    same!(file, "leases-none", Leases::default());
    same!(file, "probe", Probe { resume: true });
    same!(file, "free-lease", FreeLease { address: ADDRESS });
    same!(file, "ask-snippets", AskSnippets {});
    let snippet = Snippet {
        name: "kea".into(),
        title: "Kea".into(),
        text: "\"client-classes\": []\n".into(),
    };
    same!(file, "snippets", Snippets { address: OTHER, snippets: vec![snippet] });
}
