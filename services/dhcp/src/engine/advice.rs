//! What telephones are told so that they find their files, and what is told of them.

use std::net::Ipv4Addr;

use message::station::{Folder, Hop, Step, folder_path};
use provision::{Clues, Identity, Mac, Phone, Url, identify};

use super::{Arrival, Engine, Output};
use crate::code;
use crate::packet::Packet;

/// A telephone that loses its address drops its call, and some restart: they get one for a week at
/// least, seconds.
pub(super) const PHONE_LEASE_S: u32 = 7 * 86_400;

/// What the device is, if it is a telephone.
pub(super) fn phone(packet: &Packet) -> Option<Identity> {
    let clues = Clues {
        class: packet.options.get(&code::VENDOR_CLASS).map(Vec::as_slice),
        wishes: packet.options.get(&code::PARAMETERS).map(Vec::as_slice),
        mac: packet.hardware.mac().map(Mac),
        ..Clues::default()
    };
    identify(&clues)
}

impl Engine {
    /// Adds what leads a telephone to its files; without a folder it is led to where telephones ask
    /// that were told no more than our address.
    pub(super) fn advise(
        &self,
        from: Arrival,
        packet: &Packet,
        folder: Option<&Folder>,
        answer: &mut Packet,
    ) {
        let (Some(identity), Some(mac)) = (phone(packet), packet.hardware.mac()) else { return };
        let (token, is_secure) = folder.map_or(("", false), |one| (&one.token, one.secure));
        // Before it was told our certificate, it can only come by HTTP.
        let (scheme, port, usual) = match is_secure {
            true => ("https", self.plan.files_ports[1], 443),
            false => ("http", self.plan.files_ports[0], 80),
        };
        let port = if port == usual { String::new() } else { format!(":{port}") };
        let path = folder_path(token);
        let url = format!("{scheme}://{}{port}/{path}", from.ours);
        let Some(url) = Url::parse(&url) else { return };
        let phone = Phone { mac: Mac(mac), model: identity.model.clone(), url };
        let offer = provision::options(&identity, &phone, from.ours);
        answer.options.extend(offer.options.into_iter().map(|one| (one.code, one.bytes)));
        if let Some(next) = offer.next_server {
            answer.siaddr = next;
        }
    }

    /// Tells of what a telephone did; of other devices nothing is told.
    pub(super) fn seen(&mut self, step: Step, packet: &Packet, address: Ipv4Addr, words: &str) {
        let Some(mac) = packet.hardware.mac().filter(|_| phone(packet).is_some()) else { return };
        let option = |code| packet.options.get(&code).cloned().unwrap_or_default();
        let mut class: Vec<u8> = option(code::VENDOR_CLASS);
        class.truncate(255);
        let mut wishes: Vec<u8> = option(code::PARAMETERS);
        wishes.truncate(255);
        let (at, address) = (self.unix_s.saturating_mul(1_000), address.to_bits());
        let words = words.to_owned();
        self.outputs.push_back(Output::Seen(Hop { mac, step, at, address, class, wishes, words }));
    }
}
