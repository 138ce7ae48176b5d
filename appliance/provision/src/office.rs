//! What a file is made of: the phone, the station that it is to be, and the office around it.

use std::net::Ipv4Addr;

use crate::{Host, Mac, Number, Secret, Url, Zone};

/// What an unapproved phone says on its screen, in English.
pub const AWAITING: &str = "awaiting approval";

/// The phone that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// Its hardware address.
    pub mac: Mac,
    /// Its model, as [`identify()`](crate::identify()) tells; empty if unknown.
    pub model: String,
    /// Its own folder at our server, with its token and a slash at the end.
    pub url: Url,
}

/// What an approved phone is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Station {
    /// The phone whose station this is: its files go to nobody else.
    pub mac: Mac,
    /// Its name at the registrar, and the name of its log-in.
    pub user: Number,
    /// The password of its log-in.
    pub secret: Secret,
    /// What its screen and its callees show: any text. Control characters become blanks, and what
    /// is longer than 64 characters is cut.
    pub display: String,
    /// Where its messages are heard; none for no lamp and no key.
    pub mailbox: Option<Number>,
    /// The password of the phone's own menus and pages.
    pub admin: Secret,
    /// May it answer a call by itself when the caller asks for that?
    pub auto_answer: bool,
    /// A page for its soft key, where the vendor has such pages.
    pub softkey: Option<Url>,
}

/// How a phone speaks SIP to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A stream.
    Tcp,
    /// A stream within TLS.
    Tls,
}

/// Where phones register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registrar {
    /// Our address in the phones' network.
    pub address: Ipv4Addr,
    /// The port.
    pub port: u16,
    /// And how.
    pub transport: Transport,
}

/// What is the same for every phone of the office. The codecs are no choice: G.722, then G.711
/// mu-law, then G.711 A-law, which is what the media legs speak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// Where phones register.
    pub registrar: Registrar,
    /// The time server that phones ask.
    pub ntp: Host,
    /// Their time zone.
    pub zone: Zone,
    /// Our authority's certificate, for the phones that can fetch one.
    pub ca: Option<Url>,
    /// What an unapproved phone's screen says, such as [`AWAITING`]; cleaned as a display name is.
    pub notice: String,
}
