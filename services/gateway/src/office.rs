//! What is the same for all telephones of the office.

use std::net::Ipv4Addr;

use provision::{Host, Registrar, Transport, Url, Zone};
use settings::Language;

/// Where our authority's certificate is, for phones that do not trust us yet.
const AUTHORITY: &str = "appliance-ca.crt";

/// Ports that telephones come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// SIP by datagrams.
    pub sip: u16,
    /// HTTP.
    pub http: u16,
    /// HTTPS.
    pub https: u16,
}

/// What the administrator has set, as far as it concerns telephones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// What the appliance is called: the realm of the phones' log-in.
    pub name: String,
    /// In which language phones say that they wait.
    pub language: Language,
    /// The time zone.
    pub zone: Zone,
    /// The time server; none for the appliance itself.
    pub ntp: Option<Host>,
    /// Where phones come to.
    pub ports: Ports,
}

/// What a phone without a line says on its screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Somebody has to decide about it.
    Awaiting,
    /// It was approved, and comes again for the rest.
    Soon,
    /// Its approval has passed unused.
    TooLate,
}

impl Office {
    /// The office before anything is known of it.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self {
            name: "ivm".to_owned(),
            language: Language::default(),
            zone: Zone { name: "UTC".to_owned(), minutes: 0, summer: None },
            ntp: None,
            ports,
        }
    }

    /// A phone's folder at our address.
    pub(crate) fn folder(&self, ours: Ipv4Addr, token: &str, is_secure: bool) -> Option<Url> {
        self.url(ours, &message::station::folder_path(token), is_secure)
    }

    /// What a phone's file tells of the office.
    pub(crate) fn told(
        &self,
        ours: Ipv4Addr,
        has_authority: bool,
        notice: Notice,
    ) -> Option<provision::Office> {
        let transport = Transport::Udp;
        let own = || Host::parse(&ours.to_string());
        Some(provision::Office {
            registrar: Registrar { address: ours, port: self.ports.sip, transport },
            ntp: self.ntp.clone().or_else(own)?,
            zone: self.zone.clone(),
            ca: self.url(ours, AUTHORITY, false).filter(|_| has_authority),
            notice: self.words(notice).to_owned(),
        })
    }

    fn url(&self, ours: Ipv4Addr, path: &str, is_secure: bool) -> Option<Url> {
        let (scheme, port, usual) = if is_secure {
            ("https", self.ports.https, 443)
        } else {
            ("http", self.ports.http, 80)
        };
        let port = if port == usual { String::new() } else { format!(":{port}") };
        Url::parse(&format!("{scheme}://{ours}{port}/{path}"))
    }

    fn words(&self, notice: Notice) -> &'static str {
        match (self.language, notice) {
            (Language::English, Notice::Awaiting) => provision::AWAITING,
            (Language::English, Notice::Soon) => "one moment",
            (Language::English, Notice::TooLate) => "approve again",
            (Language::Deutsch, Notice::Awaiting) => "wartet auf Freigabe",
            (Language::Deutsch, Notice::Soon) => "einen Moment",
            (Language::Deutsch, Notice::TooLate) => "neu freigeben",
        }
    }
}
