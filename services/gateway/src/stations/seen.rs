//! What phones did, as the DHCP server saw it: which they are, and which address each has.

use std::net::Ipv4Addr;

use machine::{Moment, Span};
use message::station::{Hop, Hops, Step, Trust};
use message::{ErrorCode, Refusal};
use provision::{Clues, Identity, Mac, Maker, Phone, announce, identify};

use super::carriage::Carriage;
use super::record::Station;
use super::timeline::{bounded, is_card};
use super::{Answer, Output, Stations, Ticket};

/// Steps that are told at once.
const MOST_HOPS: usize = 256;
/// A phone that was told to come by HTTPS and asked for nothing for so long after it started
/// cannot: it was reset, or somebody else's certificate is in the way.
const MUTE: Span = Span::from_secs(30);

impl Stations {
    pub(super) fn hops(&mut self, ticket: Ticket, hops: Hops, now: Moment) {
        let is_sound =
            hops.hops.len() <= MOST_HOPS && hops.hops.iter().all(|hop| is_seen(hop.step));
        if !is_sound {
            let words = "At most 256 steps, and none of files and lines.";
            return self.answer(ticket, Answer::No(Refusal::new(ErrorCode::Invalid, words)));
        }
        for hop in hops.hops {
            self.hop(hop, now);
        }
        self.answer(ticket, Answer::Yes);
    }

    /// A phone asked by multicast where its files are: told, if its maker's phones ask so.
    pub(super) fn announced(&mut self, question: u64, hop: Hop, ours: Ipv4Addr, now: Moment) {
        let mac = Mac(hop.mac);
        self.hop(hop, now);
        let Some(station) = self.stations.get(&mac) else { return };
        let Maker::Known(vendor) = station.record.identity.vendor else { return };
        let (token, is_led) = (station.record.token.text(), station.record.is_led);
        let Some(url) = self.office.folder(ours, &token, is_led) else { return };
        let model = station.record.identity.model.clone();
        if let Some(url) = announce(vendor, &Phone { mac, model, url }) {
            self.outputs.push_back(Output::Announce { question, url });
        }
    }

    fn hop(&mut self, hop: Hop, now: Moment) {
        let mac = Mac(hop.mac);
        if !is_card(mac) {
            return;
        }
        let address = Ipv4Addr::from(hop.address);
        if let Some(station) = self.stations.get_mut(&mac) {
            if said(&hop).is_some_and(|said| station.says(said)) {
                self.dirty.insert(mac);
            }
        } else if let Some(identity) = seen(&hop) {
            self.admit(mac, identity, now);
        }
        match hop.step {
            Step::Ack | Step::Inform if !address.is_unspecified() => self.lease(mac, address),
            Step::Release => self.release(mac, address),
            Step::Discover
            | Step::Offer
            | Step::Ack
            | Step::Nak
            | Step::Inform
            | Step::Announce
            | Step::File
            | Step::NoFile
            | Step::FileFailed
            | Step::Register
            | Step::RegisterFailed
            | Step::Unregister => {}
        }
        let time = self.time;
        let Some(station) = self.stations.get_mut(&mac) else { return };
        if hop.step == Step::Discover && station.cannot_come_by_https(now) {
            station.record.is_led = false;
            self.dirty.insert(mac);
        }
        let hop = bounded(hop, time.unix_ms);
        station.progress.step(hop.step, &hop.words, now);
        station.seen = Some(now);
        station.timeline.add(hop);
        self.told.is_due = true;
    }

    /// An address has one card. Cards that are no phones count, too: what a computer has now is no
    /// phone's any more.
    fn lease(&mut self, mac: Mac, address: Ipv4Addr) {
        if let Some(other) = self.by_address.get(&address).copied().filter(|other| *other != mac) {
            self.release(other, address);
        }
        let Some(station) = self.stations.get_mut(&mac) else { return };
        if station.record.address == Some(address) {
            return;
        }
        if let Some(before) = station.record.address.replace(address) {
            self.by_address.remove(&before);
        }
        self.by_address.insert(address, mac);
        self.dirty.insert(mac);
    }

    /// `address` may be unspecified: whatever it has.
    fn release(&mut self, mac: Mac, address: Ipv4Addr) {
        let Some(station) = self.stations.get_mut(&mac) else { return };
        let Some(has) = station.record.address else { return };
        if has == address || address.is_unspecified() {
            station.record.address = None;
            self.by_address.remove(&has);
            self.dirty.insert(mac);
        }
    }
}

impl Station {
    /// It says what it is; true if that changes what it is for us. What an approved phone says may
    /// raise what it has to show before it gets secrets, and never lower it.
    pub(super) fn says(&mut self, identity: Identity) -> bool {
        let own = &self.record.identity;
        let is_same_vendor = identity.vendor == own.vendor;
        let Identity { vendor, model } = identity;
        // Who only says the vendor has not changed its model.
        let model = if is_same_vendor && model.is_empty() { own.model.clone() } else { model };
        let said = Identity { vendor, model };
        let is_raised = Carriage::of(&said.vendor) > Carriage::of(&own.vendor)
            && Carriage::of(&said.vendor) != Carriage::Never;
        let is_believed = self.record.trust != Trust::Approved || is_same_vendor || is_raised;
        let is_new = is_believed && said != *own;
        if is_new {
            self.record.identity = said.clone();
        }
        self.said = said;
        is_new
    }

    /// Was it told to come by HTTPS, and has not come at all since it started last?
    fn cannot_come_by_https(&self, now: Moment) -> bool {
        let is_mute = self.progress.is_mute();
        self.record.is_led && is_mute.is_some_and(|since| now.since(since) > MUTE)
    }
}

/// What a phone that is known says in words. Its address and its wishes tell no more than when it
/// was seen first, and less than its words did.
fn said(hop: &Hop) -> Option<Identity> {
    (!hop.class.is_empty()).then(|| identify(&Clues { wishes: None, ..clues(hop) })).flatten()
}

/// What is seen for the first time, from everything that can be told; nothing for what is no phone.
fn seen(hop: &Hop) -> Option<Identity> {
    identify(&clues(hop))
}

fn clues(hop: &Hop) -> Clues<'_> {
    let mac = Some(Mac(hop.mac));
    if hop.step == Step::Announce {
        let text = std::str::from_utf8(&hop.class).ok();
        // The header names the vendor and the model; a program's name holds both in its own way.
        let is_header = text.is_some_and(|text| text.starts_with("ua-profile"));
        let (agent, event) = if is_header { (None, text) } else { (text, None) };
        return Clues { agent, event, mac, ..Clues::default() };
    }
    let class = Some(hop.class.as_slice()).filter(|class| !class.is_empty());
    let wishes = Some(hop.wishes.as_slice()).filter(|wishes| !wishes.is_empty());
    Clues { class, wishes, mac, ..Clues::default() }
}

/// Is it a step that others see? Files and lines are our own.
const fn is_seen(step: Step) -> bool {
    match step {
        Step::Discover
        | Step::Offer
        | Step::Ack
        | Step::Nak
        | Step::Inform
        | Step::Release
        | Step::Announce => true,
        Step::File
        | Step::NoFile
        | Step::FileFailed
        | Step::Register
        | Step::RegisterFailed
        | Step::Unregister => false,
    }
}
