//! Bodies between the DHCP server and who shows what it does. Only local services may say them.

use minicbor::{Decode, Encode};

/// Ask how the DHCP server is, and for its leases; answered by [`Leases`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AskLeases {
    /// Also post it on this connection whenever it changes, at most once a second.
    #[n(1)]
    pub watch: bool,
}

/// How the DHCP server is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Leases {
    /// What it does now: it may give no addresses although the settings say so.
    #[n(1)]
    pub doing: Doing,
    /// Other servers in the network, the latest first; at most 16.
    #[n(2)]
    pub foreign: Vec<Foreign>,
    /// The leases, by address.
    #[n(3)]
    pub leases: Vec<Lease>,
    /// Addresses in all pools.
    #[n(4)]
    pub pool: u32,
    /// Of these, given or quarantined.
    #[n(5)]
    pub used: u32,
    /// What is the matter, in a sentence; empty if all is well.
    #[n(6)]
    pub trouble: String,
}

/// What the DHCP server does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Doing {
    /// It looks on, and helps phones that have an address from elsewhere.
    #[default]
    #[n(0)]
    Observing,
    /// It looks whether there is another server, before it gives addresses.
    #[n(1)]
    Probing,
    /// It gives addresses.
    #[n(2)]
    Giving,
    /// It has stopped giving, for there is another server; goes on when the administrator says so.
    #[n(3)]
    StoodDown,
}

/// Another DHCP server.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Foreign {
    /// What it calls itself.
    #[n(1)]
    pub address: u32,
    /// When it was heard last, unix milliseconds.
    #[n(2)]
    pub at: u64,
}

/// Who has an address.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Lease {
    /// The address.
    #[n(1)]
    pub address: u32,
    /// The client's card, at most 16 bytes.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub card: Vec<u8>,
    /// What the client calls itself; empty for nothing.
    #[n(3)]
    pub host: String,
    /// What it is, if that can be told: vendor and model.
    #[n(4)]
    pub device: String,
    /// Until when, unix seconds.
    #[n(5)]
    pub until: u64,
    /// How it stands.
    #[n(6)]
    pub state: LeaseState,
    /// Is it kept for this card?
    #[n(7)]
    pub is_reserved: bool,
}

/// How a lease stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum LeaseState {
    /// It is the client's.
    #[n(0)]
    Bound,
    /// The client gave it back.
    #[n(1)]
    Released,
    /// Somebody else was found at it: nobody gets it for a day.
    #[n(2)]
    Quarantined,
}

/// Look whether another server answers; answered by [`Leases`] after some four seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Probe {
    /// Give addresses again if none does.
    #[n(1)]
    pub resume: bool,
}

/// Free an address whose client is gone, or that is in quarantine; answered by [`Leases`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FreeLease {
    /// The address.
    #[n(1)]
    pub address: u32,
}

/// Ask what the office's router has to be told, where it gives the addresses; answered by
/// [`Snippets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AskSnippets {}

/// What the office's router has to be told so that telephones find us.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Snippets {
    /// The address of ours that they name; 0 for none, and then there are no snippets.
    #[n(1)]
    pub address: u32,
    /// One for each program that routers have, the same in the words of each.
    #[n(2)]
    pub snippets: Vec<Snippet>,
}

/// A part of a router's configuration.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Snippet {
    /// The program, as a word: `dnsmasq`.
    #[n(1)]
    pub name: String,
    /// The program, as people call it.
    #[n(2)]
    pub title: String,
    /// The lines, to be copied as they are.
    #[n(3)]
    pub text: String,
}
