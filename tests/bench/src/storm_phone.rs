//! A telephone from its plug to its line: an address, its file, its registration. Datagrams in,
//! datagrams out.
//!
//! ```text
//! DISCOVER -> REQUEST -> file -> REGISTER -> in service
//!    ^                    |  ^
//!    '-- no folder yet ---'  '- no password in it yet: again after a pause
//! ```

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddrV4};

use dhcp::code;
use dhcp::packet::{Hardware, Kind, MOST_USUAL, Options, Packet};

use crate::card::{ALL, Datagram, Mac};
use crate::sip_register::{Line, Next as Said, Registration};
use crate::tftp_fetch::{Fetch, Next};

/// What such telephones say they are.
const CLASS: &[u8] = b"Grandstream GXP2170";
/// Option 66: where the files are.
const FILES: u8 = 66;
const BLOCK: usize = 1_428;
/// Microseconds until something is said again.
const DHCP_AGAIN: u64 = 2_000_000;
const FILE_AGAIN: u64 = 1_000_000;
const SIP_AGAIN: u64 = 500_000;
/// Microseconds until a file is fetched again that held no password.
const PAUSE: u64 = 1_000_000;
const SIP: u16 = 5_060;

/// When it was how far, microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Times {
    /// It has an address.
    pub(crate) address: u64,
    /// It has its password.
    pub(crate) file: u64,
    /// It is in service.
    pub(crate) service: u64,
}

enum Stage {
    Discover,
    Request(Packet),
    Pause,
    File(Box<Fetch>, Option<u16>),
    Register(Box<Registration>),
    Done,
}

/// A telephone.
pub(crate) struct Phone {
    mac: Mac,
    xid: u32,
    own: Ipv4Addr,
    server: (Mac, Ipv4Addr),
    /// The folder of its files.
    folder: String,
    /// The port for the next file.
    port: u16,
    stage: Stage,
    due: u64,
    /// How often something was said again, or begun anew.
    pub(crate) again: usize,
    /// How often its file held no password, or it was told no folder.
    pub(crate) rounds: usize,
    /// How far it has come.
    pub(crate) times: Times,
    out: VecDeque<Vec<u8>>,
}

impl Phone {
    /// Switches it on.
    pub(crate) fn start(mac: Mac, now: u64) -> Self {
        let [_, _, _, a, b, c] = mac;
        let mut phone = Self {
            mac,
            xid: u32::from_be_bytes([0x70, a, b, c]),
            own: Ipv4Addr::UNSPECIFIED,
            server: (ALL, Ipv4Addr::BROADCAST),
            folder: String::new(),
            port: 20_000,
            stage: Stage::Discover,
            due: 0,
            again: 0,
            rounds: 0,
            times: Times::default(),
            out: VecDeque::new(),
        };
        phone.discover(now);
        phone
    }

    /// The next frame to send.
    pub(crate) fn poll(&mut self) -> Option<Vec<u8>> {
        self.out.pop_front()
    }

    /// Is it in service?
    pub(crate) fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done)
    }

    /// When it wants to say something again.
    pub(crate) fn due(&self) -> Option<u64> {
        (!self.is_done()).then_some(self.due)
    }

    /// The address that it has.
    pub(crate) fn address(&self) -> Ipv4Addr {
        self.own
    }

    /// The time has come.
    pub(crate) fn expire(&mut self, now: u64) {
        self.again += usize::from(!matches!(self.stage, Stage::Pause));
        match &mut self.stage {
            Stage::Discover => self.discover(now),
            Stage::Request(offer) => {
                let offer = offer.clone();
                self.request(offer, now);
            }
            Stage::Pause if self.folder.is_empty() => self.discover(now),
            Stage::Pause => self.fetch(now),
            Stage::File(fetch, peer) => {
                let (bytes, to) = (fetch.again(), peer.unwrap_or(69));
                self.due = now + FILE_AGAIN;
                self.say(self.port, to, &bytes);
            }
            Stage::Register(registration) => {
                let request = registration.request().to_owned();
                self.due = now + SIP_AGAIN;
                self.say(SIP, SIP, request.as_bytes());
            }
            Stage::Done => {}
        }
    }

    /// Something has come for its card.
    pub(crate) fn hear(&mut self, datagram: &Datagram<'_>, now: u64) {
        let Datagram { cards, from, to, bytes } = datagram;
        match (&mut self.stage, to.port()) {
            (Stage::Discover | Stage::Request(_), 68) => {
                if let Ok(packet) = Packet::parse(bytes) {
                    self.told(cards.0, packet, now);
                }
            }
            (Stage::File(fetch, peer), port) if port == self.port => {
                let is_its = peer.is_none_or(|peer| peer == from.port());
                if !is_its {
                    return;
                }
                let next = fetch.hear(bytes);
                *peer = Some(from.port());
                self.due = now + FILE_AGAIN;
                match next {
                    Ok(Next::Wait) => {}
                    Ok(Next::Send(answer)) => self.say(self.port, from.port(), &answer),
                    Ok(Next::Done(answer)) => {
                        self.say(self.port, from.port(), &answer);
                        self.fetched(now);
                    }
                    Err(_) => self.pause(now),
                }
            }
            (Stage::Register(registration), SIP) => match registration.hear(bytes) {
                Ok(Said::Wait) => {}
                Ok(Said::Send(request)) => {
                    self.due = now + SIP_AGAIN;
                    self.say(SIP, SIP, request.as_bytes());
                }
                Ok(Said::Done) => {
                    self.times.service = now;
                    self.stage = Stage::Done;
                }
                Err(_) => self.pause(now),
            },
            _ => {}
        }
    }

    /// What a DHCP server says.
    fn told(&mut self, card: Mac, packet: Packet, now: u64) {
        if packet.xid != self.xid {
            return;
        }
        match (&self.stage, packet.kind()) {
            (Stage::Discover, Some(Kind::Offer)) => self.request(packet, now),
            (Stage::Request(_), Some(Kind::Ack)) => {
                self.own = packet.yiaddr;
                let server = packet.address(code::SERVER_ID).unwrap_or(packet.siaddr);
                self.server = (card, server);
                self.times.address = now;
                let url = packet.text(FILES).unwrap_or_default();
                let path = url.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
                self.folder = path.map_or(String::new(), |(_, path)| path.to_owned());
                // Without the token it gets no password.
                if self.folder.len() < 32 {
                    self.folder.clear();
                    return self.pause(now);
                }
                self.fetch(now);
            }
            (Stage::Request(_), Some(Kind::Nak)) => self.discover(now),
            _ => {}
        }
    }

    fn discover(&mut self, now: u64) {
        self.stage = Stage::Discover;
        self.due = now + DHCP_AGAIN;
        self.ask(Kind::Discover, Options::new());
    }

    fn request(&mut self, offer: Packet, now: u64) {
        let mut options =
            Options::from([(code::REQUESTED_ADDRESS, offer.yiaddr.octets().to_vec())]);
        if let Some(server) = offer.options.get(&code::SERVER_ID) {
            options.insert(code::SERVER_ID, server.clone());
        }
        self.stage = Stage::Request(offer);
        self.due = now + DHCP_AGAIN;
        self.ask(Kind::Request, options);
    }

    fn ask(&mut self, kind: Kind, mut options: Options) {
        options.insert(code::MESSAGE_TYPE, vec![kind.number()]);
        options.insert(code::VENDOR_CLASS, CLASS.to_vec());
        options.insert(code::PARAMETERS, vec![1, 3, 6, 42, FILES]);
        let asks = Packet::request(Hardware::ethernet(self.mac), options);
        let packet = Packet { xid: self.xid, ..asks };
        let bytes = packet.write(&[], MOST_USUAL).bytes;
        let frame = Datagram {
            cards: (self.mac, ALL),
            from: SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 68),
            to: SocketAddrV4::new(Ipv4Addr::BROADCAST, 67),
            bytes: &bytes,
        };
        self.out.push_back(frame.write());
    }

    fn fetch(&mut self, now: u64) {
        let name = format!("{}{}", self.folder, file_name(self.mac));
        let mut fetch = Fetch::new(&name, BLOCK, 1);
        let request = fetch.again();
        self.port += 1;
        self.stage = Stage::File(Box::new(fetch), None);
        self.due = now + FILE_AGAIN;
        self.say(self.port, 69, &request);
    }

    fn fetched(&mut self, now: u64) {
        let Stage::File(fetch, _) = std::mem::replace(&mut self.stage, Stage::Pause) else {
            return;
        };
        let file = String::from_utf8_lossy(&fetch.into_file()).into_owned();
        let field = |name: &str| {
            let rest = file.split_once(&format!("<{name}>"))?.1;
            rest.split('<').next().filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let (Some(user), Some(password)) = (field("P35"), field("P34")) else {
            return self.pause(now);
        };
        self.times.file = now;
        let own = SocketAddrV4::new(self.own, SIP);
        let registration = Registration::new(Line { server: self.server.1, own, user, password });
        let request = registration.request().to_owned();
        self.stage = Stage::Register(Box::new(registration));
        self.due = now + SIP_AGAIN;
        self.say(SIP, SIP, request.as_bytes());
    }

    fn pause(&mut self, now: u64) {
        self.rounds += 1;
        self.stage = Stage::Pause;
        self.due = now + PAUSE;
    }

    /// Says something to the server.
    fn say(&mut self, from: u16, to: u16, bytes: &[u8]) {
        let (card, server) = self.server;
        let frame = Datagram {
            cards: (self.mac, card),
            from: SocketAddrV4::new(self.own, from),
            to: SocketAddrV4::new(server, to),
            bytes,
        };
        self.out.push_back(frame.write());
    }
}

/// The file that such a telephone asks for.
pub(crate) fn file_name(mac: Mac) -> String {
    let digits: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("cfg{digits}.xml")
}
