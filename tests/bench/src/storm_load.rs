//! Many telephones on one card that are switched on at the same moment. A part of this program that
//! runs beside the servers.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use crate::card::{ALL, Card, Frame, Mac, answer};
use crate::storm_phone::Phone;
use crate::timing::{Stopwatch, percentile};

/// Telephones of an office.
pub(crate) const PHONES: u32 = 200;
/// The one that is switched on alone.
pub(crate) const ALONE: u32 = 60_000;
/// Nobody waits longer, microseconds.
const LONGEST: u64 = 200_000_000;
/// So long is waited for a frame at most.
const PATIENCE: Duration = Duration::from_millis(20);

/// The card of a telephone: a Grandstream.
pub(crate) fn card(phone: u32) -> Mac {
    let [_, _, high, low] = phone.to_be_bytes();
    [0x00, 0x0b, 0x82, 0x01, high, low]
}

/// Switches these telephones on, and waits until all are in service.
pub(crate) fn run(phones: impl Iterator<Item = u32>) -> Result<Value> {
    let wire = Card::open("eth0")?;
    let stopwatch = Stopwatch::start();
    let start = |phone| (card(phone), Phone::start(card(phone), stopwatch.micros()));
    let mut phones: BTreeMap<Mac, Phone> = phones.map(start).collect();
    let mut by_address: BTreeMap<Ipv4Addr, Mac> = BTreeMap::new();
    let mut buffer = [0; 2_048];
    while phones.values().any(|phone| !phone.is_done()) && stopwatch.micros() < LONGEST {
        for phone in phones.values_mut() {
            if phone.due().is_some_and(|due| due <= stopwatch.micros()) {
                phone.expire(stopwatch.micros());
            }
            while let Some(frame) = phone.poll() {
                wire.send(&frame)?;
            }
        }
        let due = phones.values().filter_map(Phone::due).min().unwrap_or(0);
        let patience = Duration::from_micros(due.saturating_sub(stopwatch.micros())).min(PATIENCE);
        let Some(frame) = wire.receive(&mut buffer, patience)? else { continue };
        match Frame::read(frame) {
            Frame::Datagram(datagram) if datagram.cards.1 != ALL => {
                if let Some(phone) = phones.get_mut(&datagram.cards.1) {
                    phone.hear(&datagram, stopwatch.micros());
                    by_address.insert(phone.address(), datagram.cards.1);
                }
            }
            Frame::Question(asker, his, wanted) => {
                if let Some(own) = by_address.get(&wanted) {
                    wire.send(&answer((*own, wanted), (asker, his)))?;
                }
            }
            Frame::Datagram(_) | Frame::Other => {}
        }
    }
    Ok(outcome(&phones))
}

/// What came of it, in microseconds.
fn outcome(phones: &BTreeMap<Mac, Phone>) -> Value {
    let done: Vec<_> = phones.values().filter(|phone| phone.is_done()).collect();
    let hop = |of: &dyn Fn(&Phone) -> u64| {
        let mut times: Vec<u64> = done.iter().map(|phone| of(phone)).collect();
        times.sort_unstable();
        json!({ "p50": percentile(&times, 50), "p99": percentile(&times, 99) })
    };
    let sum = |of: &dyn Fn(&Phone) -> usize| phones.values().map(of).sum::<usize>();
    json!({
        "done": done.len(),
        "all": done.iter().map(|phone| phone.times.service).max(),
        "address": hop(&|phone| phone.times.address),
        "file": hop(&|phone| phone.times.file - phone.times.address),
        "service": hop(&|phone| phone.times.service - phone.times.file),
        "again": sum(&|phone| phone.again),
        "rounds": sum(&|phone| phone.rounds),
    })
}
