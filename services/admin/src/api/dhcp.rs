//! What is said about the DHCP server: how it is, its leases, other servers.

use std::net::Ipv4Addr;

use message::lease::{Doing, Foreign, Lease, LeaseState, Leases, Snippet, Snippets};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the DHCP server is.
#[derive(Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct DhcpView {
    /// What it does now: it may give no addresses although the settings say so.
    pub(crate) doing: DoingView,
    /// Other servers in the network, the latest first.
    pub(crate) foreign: Vec<ForeignView>,
    /// The leases, by address.
    pub(crate) leases: Vec<LeaseView>,
    /// Addresses in all pools.
    pub(crate) pool: u32,
    /// Of these, in use.
    pub(crate) used: u32,
    /// What is the matter, in a sentence; empty if all is well.
    pub(crate) trouble: String,
}

/// What the DHCP server does.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DoingView {
    /// It looks on, and helps telephones that have an address from elsewhere.
    Observing,
    /// It looks whether there is another server, before it gives addresses.
    Probing,
    /// It gives addresses.
    Giving,
    /// It has stopped because of another server, until it is told to look again.
    StoodDown,
}

/// Another DHCP server.
#[derive(Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct ForeignView {
    /// What it calls itself.
    pub(crate) address: Ipv4Addr,
    /// When it was heard last, unix milliseconds.
    pub(crate) at: u64,
}

/// Who has an address.
#[derive(Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct LeaseView {
    /// The address.
    pub(crate) address: Ipv4Addr,
    /// The hardware address of the client, with colons.
    pub(crate) mac: String,
    /// What the client calls itself; may be empty.
    pub(crate) host: String,
    /// What it is, if that can be told.
    pub(crate) device: String,
    /// Until when, unix seconds.
    pub(crate) until: u64,
    /// How it stands.
    pub(crate) state: LeaseStateView,
    /// Is it kept for this device?
    pub(crate) is_reserved: bool,
}

/// How a lease stands.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LeaseStateView {
    /// It is the client's.
    Bound,
    /// The client gave it back.
    Released,
    /// Somebody else was found at it: nobody gets it for a day.
    Quarantined,
}

/// What the office's router has to be told, where it gives the addresses.
#[derive(Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct SnippetsView {
    /// The appliance's address that it leads to; none while it has no address.
    pub(crate) address: Option<Ipv4Addr>,
    /// The same for each program that routers have.
    pub(crate) snippets: Vec<SnippetView>,
}

/// A part of a router's configuration.
#[derive(Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct SnippetView {
    /// The program, as a word.
    pub(crate) name: String,
    /// The program, as people call it.
    pub(crate) title: String,
    /// The lines, to be copied as they are.
    pub(crate) text: String,
}

/// Look for other servers.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProbeAsk {
    /// Give addresses again if none answers.
    #[serde(default)]
    pub(crate) resume: bool,
}

impl From<Leases> for DhcpView {
    fn from(leases: Leases) -> Self {
        Self {
            doing: match leases.doing {
                Doing::Observing => DoingView::Observing,
                Doing::Probing => DoingView::Probing,
                Doing::Giving => DoingView::Giving,
                Doing::StoodDown => DoingView::StoodDown,
            },
            foreign: leases.foreign.into_iter().map(ForeignView::from).collect(),
            leases: leases.leases.into_iter().map(LeaseView::from).collect(),
            pool: leases.pool,
            used: leases.used,
            trouble: leases.trouble,
        }
    }
}

impl From<Snippets> for SnippetsView {
    fn from(Snippets { address, snippets }: Snippets) -> Self {
        let one = |Snippet { name, title, text }: Snippet| SnippetView { name, title, text };
        Self {
            address: (address != 0).then(|| Ipv4Addr::from_bits(address)),
            snippets: snippets.into_iter().map(one).collect(),
        }
    }
}

impl From<Foreign> for ForeignView {
    fn from(Foreign { address, at }: Foreign) -> Self {
        Self { address: Ipv4Addr::from_bits(address), at }
    }
}

impl From<Lease> for LeaseView {
    fn from(lease: Lease) -> Self {
        let mac: Vec<String> = lease.card.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            address: Ipv4Addr::from_bits(lease.address),
            mac: mac.join(":"),
            host: lease.host,
            device: lease.device,
            until: lease.until,
            state: match lease.state {
                LeaseState::Bound => LeaseStateView::Bound,
                LeaseState::Released => LeaseStateView::Released,
                LeaseState::Quarantined => LeaseStateView::Quarantined,
            },
            is_reserved: lease.is_reserved,
        }
    }
}
