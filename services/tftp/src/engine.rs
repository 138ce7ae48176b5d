//! The server as a machine: who asks for what, and one `flow` for each client (RFC 1350, sections
//! 2 and 4). It has no files: it asks for each one, and the answer comes as an input.
//!
//! ```text
//!          request                found                last acknowledgement
//!  (none) ---------> asking ----------------> sending ----------------------> (none)
//!                      | absent, busy, late      | error, silence, too slow
//!                      +-------> (none) <--------+
//! ```
//!
//! Each transfer has a port of its own, and so has each refusal, for telephones know it so from other
//! servers. Only where ports may be lacking, the answer comes from the one where everybody asks.

mod content;
mod flow;
mod shelf;
#[cfg(test)]
mod tests;
mod throttle;
mod transfer;

use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddrV4};

use bytes::Bytes;
use machine::{Machine, Moment, Span, Timers};

use crate::packet::{Code, Fault, Mode, Packet, Request, Wire};
use crate::path::Wanted;
use flow::{Flow, Heard};
use shelf::Shelf;
use throttle::Throttle;
use transfer::{Stage, Transfer};

/// Transfers at once.
const TRANSFERS: usize = 2_000;
/// Transfers at once to one address.
const TO_ONE: usize = 64;
/// Bytes of a file.
const LARGEST_FILE: usize = 64 << 20;
/// So long after its request, a client hears that it should try again.
const ASK_PATIENCE: Span = Span::from_secs(5);
/// A transfer is over so long after its request, whatever has arrived by then.
const LONGEST: Span = Span::from_secs(60);
/// The same request from the same port within this time was doubled by the network.
const ECHO: Span = Span::from_secs(1);
/// Characters of what a client says when it breaks off.
const WORDS: usize = 100;
const BUSY: &str = "busy, try again";

/// A transfer's number; never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TransferId(u64);

/// A port of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// The one where everybody asks.
    Listening {
        /// Our address in question.
        ours: Ipv4Addr,
    },
    /// A transfer's own.
    Of(TransferId),
}

/// What there is of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// All of it.
    File(Bytes),
    /// There is none for this client.
    Absent,
    /// Nobody can say now.
    Busy,
}

/// What can happen.
#[derive(Clone, Debug)]
pub enum Input {
    /// A datagram has come.
    Datagram {
        /// To which port.
        to: Port,
        /// From whom.
        from: SocketAddrV4,
        /// What it holds.
        bytes: Bytes,
    },
    /// What was asked for by [`Output::Fetch`] is found, or not.
    Found(TransferId, Found),
    /// What was to be opened by [`Output::Open`] is not.
    Unopened(TransferId),
}

/// A file that a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// For which transfer.
    pub id: TransferId,
    /// Which file.
    pub wanted: Wanted,
    /// Who asks.
    pub asker: Ipv4Addr,
    /// Our address that it asked.
    pub ours: Ipv4Addr,
}

/// How it went with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The file's name.
    pub name: Vec<u8>,
    /// Who asked for it.
    pub asker: Ipv4Addr,
    /// Why it is not there; empty if it is.
    pub fault: String,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Find the file.
    Fetch(Question),
    /// Open a port for the transfer at this address of ours.
    Open(TransferId, Ipv4Addr),
    /// Send it.
    Send {
        /// From where.
        from: Port,
        /// To whom.
        to: SocketAddrV4,
        /// What.
        wire: Wire,
    },
    /// The transfer is over: forget its port and its question.
    Close(TransferId),
    /// Tell how it went.
    Report(Report),
}

/// The server.
#[derive(Debug, Default)]
pub struct Engine {
    fresh: u64,
    transfers: BTreeMap<TransferId, Transfer>,
    by_peer: BTreeMap<SocketAddrV4, TransferId>,
    due: Timers<TransferId>,
    throttle: Throttle,
    shelf: Shelf,
    outputs: VecDeque<Output>,
}

impl Engine {
    /// Transfers that are not over.
    #[must_use]
    pub fn transfers(&self) -> usize {
        self.transfers.len()
    }

    /// Somebody speaks to the port where everybody asks.
    fn asked(&mut self, ours: Ipv4Addr, from: SocketAddrV4, bytes: &[u8], now: Moment) {
        let is_odd = from.port() == 0
            || from.ip().is_unspecified()
            || from.ip().is_multicast()
            || from.ip().is_broadcast();
        if is_odd || !self.throttle.admits(*from.ip(), now) {
            return;
        }
        match Packet::parse(bytes) {
            Ok(Packet::Read(request)) => self.read(ours, from, bytes, &request, now),
            Ok(Packet::Write(_)) => self.refuse(ours, from, Code::Access, "nothing is taken here"),
            Ok(Packet::Error { code, words }) => self.broken_off(from, code, words),
            Err(Fault::Endless) => self.refuse(ours, from, Code::Illegal, "not a request"),
            Err(Fault::Name(_)) => self.refuse(ours, from, Code::NotFound, "no such file"),
            // Who says such things has not asked for anything, and an answer could go to somebody
            // who has not even said them.
            Ok(Packet::Data { .. } | Packet::Ack(_) | Packet::Agreed(_))
            | Err(Fault::Short(_) | Fault::Operation(_)) => {}
        }
    }

    fn read(
        &mut self,
        ours: Ipv4Addr,
        peer: SocketAddrV4,
        bytes: &[u8],
        request: &Request<'_>,
        now: Moment,
    ) {
        if let Some(id) = self.by_peer.get(&peer).copied() {
            if self.is_echo(id, bytes, now) {
                return;
            }
            self.end(id, None, "the phone asked anew");
        }
        if let Mode::Mail | Mode::Other(_) = request.mode {
            return self.refuse(ours, peer, Code::Illegal, "only octet and netascii");
        }
        let Some(wanted) = Wanted::parse(request.name) else {
            return self.refuse(ours, peer, Code::NotFound, "no such file");
        };
        let asker = *peer.ip();
        let own = SocketAddrV4::new(asker, 0)..=SocketAddrV4::new(asker, u16::MAX);
        let is_full = self.transfers.len() >= TRANSFERS
            || self.by_peer.range(own).take(TO_ONE).count() == TO_ONE;
        if is_full {
            return self.say(Port::Listening { ours }, peer, Code::Undefined, BUSY);
        }
        let id = self.fresh_id();
        let transfer = Transfer {
            peer,
            ours,
            name: wanted.name.clone(),
            request: bytes.to_vec(),
            began: now,
            stage: Stage::Asking,
        };
        self.transfers.insert(id, transfer);
        self.by_peer.insert(peer, id);
        self.due.set(id, now + ASK_PATIENCE);
        self.outputs.push_back(Output::Fetch(Question { id, wanted, asker, ours }));
    }

    /// Is it the request again that this transfer answers? Then it may need an answer again.
    fn is_echo(&mut self, id: TransferId, bytes: &[u8], now: Moment) -> bool {
        let Some(transfer) = self.transfers.get_mut(&id).filter(|one| one.request == bytes) else {
            return false;
        };
        match &mut transfer.stage {
            Stage::Asking => true,
            Stage::Sending(_, flow) if flow.is_heard() => now.since(transfer.began) < ECHO,
            Stage::Sending(_, flow) => {
                let (from, to) = (Port::Of(id), transfer.peer);
                flow.send(|wire| self.outputs.push_back(Output::Send { from, to, wire }));
                true
            }
        }
    }

    fn found(&mut self, id: TransferId, found: Found, now: Moment) {
        let Some(transfer) = self.transfers.get(&id) else { return };
        if !matches!(transfer.stage, Stage::Asking) {
            return;
        }
        self.outputs.push_back(Output::Open(id, transfer.ours));
        let file = match found {
            Found::File(file) if file.len() > LARGEST_FILE => {
                let report = transfer.report("it is too large");
                self.outputs.push_back(Output::Report(report));
                return self.end(id, Some((Code::Undefined, "too large")), "");
            }
            Found::File(file) => self.shelf.put(file),
            Found::Absent => return self.end(id, Some((Code::NotFound, "no such file")), ""),
            Found::Busy => None,
        };
        let Some((item, file)) = file else {
            return self.end(id, Some((Code::Undefined, BUSY)), "");
        };
        let Some(transfer) = self.transfers.get_mut(&id) else { return };
        // It is parsed again, so that nothing has to be kept of it but its bytes.
        let Ok(Packet::Read(request)) = Packet::parse(&transfer.request) else { return };
        let flow = Flow::new(&request, file);
        transfer.stage = Stage::Sending(item, flow);
        self.send(id, now);
    }

    /// A packet on a transfer's own port.
    fn heard(&mut self, id: TransferId, from: SocketAddrV4, bytes: &[u8], now: Moment) {
        let Some(transfer) = self.transfers.get_mut(&id) else { return };
        let packet = Packet::parse(bytes);
        if from != transfer.peer {
            // An error is never answered: two servers would talk for ever.
            let is_owed = packet.is_ok_and(|packet| !matches!(packet, Packet::Error { .. }));
            if is_owed && self.throttle.admits(*from.ip(), now) {
                self.say(Port::Of(id), from, Code::UnknownTransfer, "not your transfer");
            }
            return;
        }
        let Stage::Sending(_, flow) = &mut transfer.stage else { return };
        match packet {
            Ok(Packet::Ack(number)) => match flow.acknowledged(number) {
                Heard::Nothing => {}
                Heard::Next => self.send(id, now),
                Heard::Done => self.end(id, None, ""),
                Heard::Gap(wait) => self.due.set(id, (now + wait).min(transfer.began + LONGEST)),
            },
            Ok(Packet::Error { code, words }) => self.broken_off(from, code, words),
            Ok(Packet::Read(_) | Packet::Write(_) | Packet::Data { .. } | Packet::Agreed(_))
            | Err(_) => {}
        }
    }

    /// A client wants no more.
    fn broken_off(&mut self, peer: SocketAddrV4, code: Code, words: &[u8]) {
        let Some(id) = self.by_peer.get(&peer).copied() else { return };
        let words = String::from_utf8_lossy(words);
        let words: String = words.chars().filter(|c| !c.is_control()).take(WORDS).collect();
        let fault = format!("the phone broke off: {} {words}", code.number());
        self.end(id, None, fault.trim_end());
    }

    fn late(&mut self, id: TransferId, now: Moment) {
        let Some(transfer) = self.transfers.get_mut(&id) else { return };
        let is_over = now.since(transfer.began) >= LONGEST;
        match &mut transfer.stage {
            Stage::Asking => {
                self.outputs.push_back(Output::Open(id, transfer.ours));
                self.end(id, Some((Code::Undefined, BUSY)), "");
            }
            Stage::Sending(..) if is_over => {
                self.end(id, Some((Code::Undefined, "too slow")), "it took too long");
            }
            Stage::Sending(_, flow) => {
                if flow.try_again() {
                    self.send(id, now);
                } else {
                    self.end(id, None, "the phone does not answer any more");
                }
            }
        }
    }

    /// Sends what is next to be sent, and waits for the answer.
    fn send(&mut self, id: TransferId, now: Moment) {
        let Some(transfer) = self.transfers.get_mut(&id) else { return };
        let Stage::Sending(_, flow) = &mut transfer.stage else { return };
        let (from, to) = (Port::Of(id), transfer.peer);
        flow.send(|wire| self.outputs.push_back(Output::Send { from, to, wire }));
        self.due.set(id, (now + flow.wait()).min(transfer.began + LONGEST));
    }

    /// Refuses what is no transfer yet.
    fn refuse(&mut self, ours: Ipv4Addr, to: SocketAddrV4, code: Code, words: &str) {
        let id = self.fresh_id();
        self.outputs.push_back(Output::Open(id, ours));
        self.say(Port::Of(id), to, code, words);
        self.outputs.push_back(Output::Close(id));
    }

    fn say(&mut self, from: Port, to: SocketAddrV4, code: Code, words: &str) {
        let wire = Wire::whole(&Packet::Error { code, words: words.as_bytes() });
        self.outputs.push_back(Output::Send { from, to, wire });
    }

    /// A transfer is over: what the client is told, and how it went with a file that there was.
    fn end(&mut self, id: TransferId, parting: Option<(Code, &str)>, fault: &str) {
        let Some(transfer) = self.transfers.remove(&id) else { return };
        self.by_peer.remove(&transfer.peer);
        self.due.cancel(&id);
        if let Some((code, words)) = parting {
            self.say(Port::Of(id), transfer.peer, code, words);
        }
        self.outputs.push_back(Output::Close(id));
        if let Stage::Sending(item, _) = &transfer.stage {
            self.shelf.release(*item);
            self.outputs.push_back(Output::Report(transfer.report(fault)));
        }
    }

    fn fresh_id(&mut self) -> TransferId {
        self.fresh += 1;
        TransferId(self.fresh)
    }
}

impl Machine for Engine {
    type Input = Input;
    type Output = Output;

    fn handle(&mut self, input: Input, now: Moment) {
        match input {
            Input::Datagram { to: Port::Listening { ours }, from, bytes } => {
                self.asked(ours, from, &bytes, now);
            }
            Input::Datagram { to: Port::Of(id), from, bytes } => self.heard(id, from, &bytes, now),
            Input::Found(id, found) => self.found(id, found, now),
            Input::Unopened(id) => {
                let Some(transfer) = self.transfers.get(&id) else { return };
                let (ours, peer) = (transfer.ours, transfer.peer);
                self.end(id, None, "no port was free for it");
                self.say(Port::Listening { ours }, peer, Code::Undefined, BUSY);
            }
        }
    }

    fn expire(&mut self, now: Moment) {
        while let Some(id) = self.due.expired(now) {
            self.late(id, now);
        }
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn deadline(&self) -> Option<Moment> {
        self.due.next()
    }
}
