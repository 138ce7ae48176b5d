//! What clients are told, and which way it goes.

use std::net::Ipv4Addr;

use message::station::{Folder, Step};

use super::advice::{PHONE_LEASE_S, phone};
use super::{Arrival, Engine, Output, To};
use crate::code;
use crate::lease::Client;
use crate::packet::{Kind, Packet};
use crate::plan::{Class, Subnet};

/// When to renew and to rebind, of eight parts of the lease (RFC 2131, section 4.4.5).
const RENEWAL_PARTS: u32 = 4;
const REBINDING_PARTS: u32 = 7;

impl Engine {
    pub(super) fn offer(&mut self, from: Arrival, packet: &Packet, address: Ipv4Addr) {
        // Who may, commits at once and needs no second round (RFC 4039).
        if packet.options.contains_key(&code::RAPID_COMMIT)
            && let Some(client) = Client::of(packet)
        {
            return self.commit(from, packet.clone(), client, address);
        }
        let answer = self.lease(from, packet, Kind::Offer, address);
        self.seen(Step::Offer, packet, address, "");
        self.send(from, packet, answer);
    }

    pub(super) fn acknowledge(&mut self, from: Arrival, packet: &Packet, address: Ipv4Addr) {
        let mut answer = self.lease(from, packet, Kind::Ack, address);
        answer.ciaddr = packet.ciaddr;
        if packet.kind() == Some(Kind::Discover) {
            answer.options.insert(code::RAPID_COMMIT, Vec::new());
        }
        self.seen(Step::Ack, packet, address, "");
        self.send(from, packet, answer);
    }

    pub(super) fn refuse(&mut self, from: Arrival, packet: &Packet, words: &str) {
        self.seen(Step::Nak, packet, Ipv4Addr::UNSPECIFIED, words);
        let mut answer = packet.answer(Kind::Nak);
        answer.options.insert(code::SERVER_ID, from.ours.octets().to_vec());
        answer.options.insert(code::MESSAGE, words.as_bytes().to_vec());
        // A client whose address is wrong is reached by broadcast only; its relay does that.
        answer.is_broadcast = true;
        self.send(from, packet, answer);
    }

    /// Who has its address from elsewhere wants to know the rest (RFC 2131, section 4.3.5).
    pub(super) fn inform(&mut self, from: Arrival, packet: &Packet) {
        if packet.ciaddr.is_unspecified() {
            return;
        }
        let mut answer = packet.answer(Kind::Ack);
        answer.ciaddr = packet.ciaddr;
        answer.options.insert(code::SERVER_ID, from.ours.octets().to_vec());
        self.tell(from, packet, packet.ciaddr, &mut answer);
        self.seen(Step::Inform, packet, packet.ciaddr, "");
        self.send(from, packet, answer);
    }

    fn lease(&self, from: Arrival, packet: &Packet, kind: Kind, address: Ipv4Addr) -> Packet {
        let mut answer = packet.answer(kind);
        answer.yiaddr = address;
        self.tell(from, packet, address, &mut answer);
        let lease_s = self.lease_s(packet, address);
        let part = |parts: u32| (lease_s / 8 * parts).to_be_bytes().to_vec();
        answer.options.extend([
            (code::SERVER_ID, from.ours.octets().to_vec()),
            (code::LEASE_TIME, lease_s.to_be_bytes().to_vec()),
            (code::RENEWAL, part(RENEWAL_PARTS)),
            (code::REBINDING, part(REBINDING_PARTS)),
        ]);
        answer
    }

    /// The options of the subnet, over them what a telephone needs, and over all what the office
    /// has decided for the kind of device.
    fn tell(&self, from: Arrival, packet: &Packet, address: Ipv4Addr, answer: &mut Packet) {
        if let Some(subnet) = self.subnet_at(address) {
            let mask = subnet.network.mask().octets().to_vec();
            answer.options.insert(code::SUBNET_MASK, mask);
            let options = subnet.options.iter().map(|(code, value)| (*code, value.clone()));
            answer.options.extend(options);
        }
        let folder = packet.hardware.mac().and_then(|mac| self.folders.get(&mac));
        self.tell_kind(from, packet, folder, answer);
    }

    /// What a device of this kind is told, whatever its subnet.
    pub(super) fn tell_kind(
        &self,
        from: Arrival,
        packet: &Packet,
        folder: Option<&Folder>,
        answer: &mut Packet,
    ) {
        self.advise(from, packet, folder, answer);
        if let Some(class) = self.class(packet) {
            let options = class.options.iter().map(|(code, value)| (*code, value.clone()));
            answer.options.extend(options);
        }
    }

    pub(super) fn lease_s(&self, packet: &Packet, address: Ipv4Addr) -> u32 {
        let of_class = self.class(packet).and_then(|class| class.lease_s);
        let of_subnet = self.subnet_at(address).map(|subnet| match phone(packet) {
            Some(_) => subnet.lease_s.max(PHONE_LEASE_S),
            None => subnet.lease_s,
        });
        of_class.or(of_subnet).unwrap_or(0).max(60)
    }

    fn subnet_at(&self, address: Ipv4Addr) -> Option<&Subnet> {
        self.plan.subnets.get(self.plan.subnet_of(address)?)
    }

    fn class(&self, packet: &Packet) -> Option<&Class> {
        let class = packet.options.get(&code::VENDOR_CLASS).map_or(&[][..], Vec::as_slice);
        let card = packet.hardware.bytes();
        self.plan.classes.iter().find(|known| known.takes(class, card))
    }

    fn send(&mut self, from: Arrival, asked: &Packet, packet: Packet) {
        let to = way(asked, &packet);
        let wanted = asked.options.get(&code::PARAMETERS).cloned().unwrap_or_default();
        self.outputs.push_back(Output::Send { from, to, packet, wanted, most: asked.most() });
    }
}

fn way(asked: &Packet, answer: &Packet) -> To {
    let is_refusal = answer.kind() == Some(Kind::Nak);
    if !asked.giaddr.is_unspecified() {
        To::Relay(asked.giaddr)
    } else if is_refusal {
        To::All
    } else if !asked.ciaddr.is_unspecified() {
        To::Client(asked.ciaddr)
    } else if asked.is_broadcast || asked.hardware.mac().is_none() {
        To::All
    } else {
        To::Card(asked.hardware, answer.yiaddr)
    }
}
