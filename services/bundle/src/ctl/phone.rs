//! What can be typed after `appliancectl phone`, and what it prints for people.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use clap::{Args, Subcommand};
use serde::Deserialize;

use super::words::date;

/// A command about desk telephones.
#[derive(Debug, Subcommand)]
pub enum PhoneVerb {
    /// List the telephones that were seen
    List,
    /// Show what a telephone did lately, step by step
    Timeline(One),
    /// Make a telephone one of ours; its secrets may be fetched for ten minutes
    Approve(One),
    /// Give a telephone nothing
    Refuse(One),
    /// Approve every new telephone for a while
    ApproveAll(ApproveAll),
    /// Call a telephone so
    Name(Name),
    /// Give a telephone to a person
    Assign(Assign),
    /// Let live messages come out of its speaker by themselves, or not
    SpeakUp(SpeakUp),
    /// Make a telephone fetch its files again, with new secrets
    Resync(One),
    /// Let a telephone take the place of one that is gone
    Replace(Replace),
    /// Forget all about a telephone
    Forget(One),
    /// Show the password of a telephone's own menus and pages
    Password(One),
}

/// A telephone.
#[derive(Debug, Args)]
pub struct One {
    /// Its hardware address, such as 00:15:65:12:34:56
    pub mac: String,
}

/// `appliancectl phone approve-all`.
#[derive(Debug, Args)]
pub struct ApproveAll {
    /// For so many minutes; 0 ends it
    #[arg(long, value_name = "N", default_value = "5")]
    #[arg(value_parser = clap::value_parser!(u32).range(0..=60))]
    pub minutes: u32,
}

/// `appliancectl phone name`.
#[derive(Debug, Args)]
pub struct Name {
    /// Its hardware address
    pub mac: String,
    /// What it is called
    pub name: String,
}

/// `appliancectl phone assign`.
#[derive(Debug, Args)]
pub struct Assign {
    /// Its hardware address
    pub mac: String,
    /// The person's log-in name [default: nobody's]
    #[arg(default_value = "")]
    pub person: String,
}

/// `appliancectl phone speak-up`.
#[derive(Debug, Args)]
pub struct SpeakUp {
    /// Its hardware address
    pub mac: String,
    /// May they?
    #[arg(action = clap::ArgAction::Set)]
    pub yes: bool,
}

/// `appliancectl phone replace`.
#[derive(Debug, Args)]
pub struct Replace {
    /// The new telephone's hardware address
    pub mac: String,
    /// The old one's
    pub old: String,
}

/// All telephones.
#[derive(Debug, Deserialize)]
pub(crate) struct Phones {
    phones: Vec<Phone>,
    open_until: u64,
    #[serde(default)]
    numbers: Vec<Number>,
}

#[derive(Debug, Deserialize)]
struct Phone {
    mac: String,
    vendor: String,
    model: String,
    name: String,
    trust: String,
    address: Option<Ipv4Addr>,
    is_registered: bool,
    number: String,
    person: String,
    trouble: String,
}

/// What a telephone did.
#[derive(Debug, Deserialize)]
pub(crate) struct Timeline {
    hops: Vec<Hop>,
}

#[derive(Debug, Deserialize)]
struct Number {
    number: u32,
    name: String,
}

#[derive(Debug, Deserialize)]
struct Hop {
    at: u64,
    step: String,
    address: Option<Ipv4Addr>,
    words: String,
}

/// One in a line, its trouble below it.
pub(crate) fn phones(all: &Phones) -> String {
    let mut text = String::new();
    if all.open_until > 0 {
        let until = date(all.open_until);
        writeln!(text, "Every new telephone is approved until {until}.").expect("a string");
    }
    if all.phones.is_empty() {
        return text + "No telephone was seen yet. Plug one in.\n";
    }
    text += &format!(
        "{:<17}  {:<15}  {:<10}  {:<6}  {:<12}  {:<20}  NAME\n",
        "CARD", "ADDRESS", "STATE", "NUMBER", "PERSON", "DEVICE"
    );
    for phone in &all.phones {
        let state = match phone.trust.as_str() {
            "approved" if phone.is_registered => "in service",
            "approved" => "approved",
            other => other,
        };
        let address = phone.address.map(|address| address.to_string()).unwrap_or_default();
        let device = format!("{} {}", phone.vendor, phone.model);
        let Phone { mac, number, person, name, trouble, .. } = phone;
        let line = format!(
            "{mac:<17}  {address:<15}  {state:<10}  {number:<6}  {person:<12}  {:<20}  {name}",
            device.trim()
        );
        writeln!(text, "{}", line.trim_end()).expect("a string takes all");
        if !trouble.is_empty() {
            writeln!(text, "    {trouble}").expect("a string takes all");
        }
    }
    if !all.numbers.is_empty() {
        text += "\nTelephones dial 100 for their own messages, and\n";
    }
    for Number { number, name } in &all.numbers {
        writeln!(text, "{number:>6}  {name}").expect("a string takes all");
    }
    text
}

/// What a telephone did, a step in a line.
pub(crate) fn timeline(timeline: &Timeline) -> String {
    let mut text = String::new();
    for Hop { at, step, address, words } in &timeline.hops {
        let address = address.map(|address| address.to_string()).unwrap_or_default();
        let line = format!("{}  {step:<15}  {address:<15}  {words}", date(*at));
        writeln!(text, "{}", line.trim_end()).expect("a string takes all");
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Phones, Timeline, phones, timeline};

    #[test]
    fn people_read_what_is_the_matter_with_a_telephone() {
        let all: Phones = serde_json::from_value(json!({
            "phones": [{
                "mac": "00:15:65:00:00:01", "vendor": "Yealink", "model": "T46S", "name": "Desk 4",
                "trust": "approved", "address": "10.0.0.9", "is_registered": true, "number": "201",
                "person": "anna", "speaks_up": false, "last": null, "since": 0,
                "trouble": "It has an address but asked for no file.",
            }],
            "open_until": 0,
        }))
        .expect("as the API has it");
        let words = phones(&all);
        assert!(words.contains("in service") && words.contains("    It has an address but"));
        assert!(words.contains("Yealink T46S") && words.contains("anna"), "{words}");
        let steps: Timeline = serde_json::from_value(json!({
            "hops": [{ "at": 0, "step": "ack", "address": "10.0.0.9", "words": "" }],
        }))
        .expect("as the API has it");
        assert!(timeline(&steps).trim_end().ends_with("ack              10.0.0.9"));
    }
}
