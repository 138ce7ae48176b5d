//! Desk telephones: those that wait for somebody to decide, those that are ours, and what each did on
//! its way to a line.

use std::net::Ipv4Addr;

use maud::{Markup, html};
use message::station::{Hop, Number, Phone, Phones, Step, Trust};

use super::frame::{Frame, Tab, away_with_phones};
use super::icon::Icon;
use super::words;
use crate::api::phones::mac;

/// The page; without `phones` the gateway is away.
pub(crate) fn page(frame: &Frame, phones: Option<&Phones>, now: u64) -> Markup {
    let head = html! {
        h1 { "Telephones" }
        @if let Some(phones) = phones {
            p.quiet data-part="count" {
                (words::count(phones.phones.len() as u64, "telephone", "telephones")) ", "
                (phones.phones.iter().filter(|phone| phone.is_registered).count()) " in service"
            }
            p.quiet.small.live data-refresh="3" hidden { "Live" }
        }
    };
    frame.headed(
        Tab::Phones,
        "Telephones",
        &head,
        &html! {
            @match phones {
                None => { (away_with_phones("telephones' manager")) }
                Some(phones) => {
                    @if frame.is_administrator() { (approve_all(frame, phones, now)) }
                    div.cards data-part="phones" {
                        @if phones.phones.is_empty() { (nobody()) }
                        @else { (list(frame, &phones.phones)) }
                        @if !phones.numbers.is_empty() { (numbers(&phones.numbers)) }
                    }
                }
            }
        },
    )
}

fn nobody() -> Markup {
    html! {
        section.card aria-label="No telephone yet" {
            p { "No telephone was seen yet. Plug one into the office's network: it appears here within a minute." }
            p.quiet { "If another DHCP server gives addresses in the office, telephones find the appliance by multicast, or by the options that the page Addresses shows." }
        }
    }
}

/// Several telephones at once: each that appears meanwhile is ours.
fn approve_all(frame: &Frame, phones: &Phones, now: u64) -> Markup {
    let left = phones.open_until.saturating_sub(now);
    html! {
        section.card aria-labelledby="all" {
            h2 id="all" { "Plug in several" }
            @if left > 0 {
                p.banner.wait role="status" { (Icon::Clock) span { "Every new telephone is approved for another " (words::span(left)) "." } }
            }
            form.deeds method="post" action="/admin/phones/approve-all" {
                (frame.token())
                @if left > 0 { button.button type="submit" name="seconds" value="0" { "Stop approving" } }
                button.button type="submit" name="seconds" value="300" { "Approve all for 5 minutes" }
            }
            p.hint { "Whoever is in the office's network meanwhile can have a line." }
        }
    }
}

fn list(frame: &Frame, phones: &[Phone]) -> Markup {
    html! {
        section.card.list aria-labelledby="list-title" {
            h2.visually-hidden id="list-title" { "All telephones" }
            table.people {
                thead {
                    tr {
                        th scope="col" { "Telephone" }
                        th scope="col" { "State" }
                        th scope="col" { "Person" }
                        th scope="col" { span.visually-hidden { "Deeds" } }
                    }
                }
                tbody { @for phone in phones { (row(frame, phone)) } }
            }
        }
    }
}

/// What telephones dial.
fn numbers(numbers: &[Number]) -> Markup {
    html! {
        section.card aria-labelledby="numbers" {
            h2 id="numbers" { "What telephones dial" }
            dl.facts.numbers {
                dt { "100" } dd { "One's own messages" }
                @for number in numbers { dt { (number.number) } dd { (number.name) } }
            }
            p.hint { "A star before the number speaks at once; stars between numbers speak to several: 101*102." }
        }
    }
}

/// What people know it by.
fn called(phone: &Phone) -> String {
    let device = format!("{} {}", phone.vendor, phone.model);
    match (phone.name.as_str(), device.trim()) {
        ("", "") => "Unknown telephone".to_owned(),
        ("", device) => device.to_owned(),
        (name, _) => name.to_owned(),
    }
}

fn path(phone: &Phone, end: &str) -> String {
    format!("/admin/phones/{}{end}", mac(phone.mac))
}

fn row(frame: &Frame, phone: &Phone) -> Markup {
    html! {
        tr {
            th.person scope="row" {
                a.person-words href=(path(phone, "")) {
                    span.person-name { (called(phone)) }
                    span.quiet.small.mono { (mac(phone.mac)) }
                    @if phone.address != 0 { span.quiet.small.mono { (Ipv4Addr::from_bits(phone.address)) } }
                }
            }
            td.there { (state(phone)) @if !phone.trouble.is_empty() { p.quiet.small { (phone.trouble) } } }
            td { (phone.person) @if !phone.number.is_empty() { " " span.quiet.small { "no. " (phone.number) } } }
            td {
                div.deeds {
                    @if frame.is_administrator() && phone.trust == Trust::Awaiting {
                        form method="post" action=(path(phone, "/orders")) {
                            (frame.token())
                            button.button.small.primary type="submit" name="order" value="approve" {
                                span { "Approve" span.visually-hidden { " " (mac(phone.mac)) } }
                            }
                        }
                    }
                    a.button.small href=(path(phone, "")) { span { "Open" span.visually-hidden { " " (mac(phone.mac)) } } }
                }
            }
        }
    }
}

fn state(phone: &Phone) -> Markup {
    let (dot, said) = match (phone.trust, phone.is_registered) {
        (Trust::Awaiting, _) => ("dot invited", "Awaits approval"),
        (Trust::Refused, _) => ("dot dnd", "Refused"),
        (Trust::Approved, true) => ("dot online", "In service"),
        (Trust::Approved, false) => ("dot offline", "Not in service"),
    };
    html! { span class=(dot) aria-hidden="true" {} span { (said) } }
}

/// One telephone, and what it did lately.
pub(crate) fn one(frame: &Frame, phone: &Phone, hops: &[Hop], password: Option<&str>) -> Markup {
    let head = html! {
        h1 { (called(phone)) }
        p.quiet { span.mono { (mac(phone.mac)) } " · " (format!("{} {}", phone.vendor, phone.model).trim()) }
        p.quiet.small.live data-refresh="3" hidden { "Live" }
    };
    frame.headed(
        Tab::Phones,
        &called(phone),
        &head,
        &html! {
            div data-part="state" {
                p class=(if phone.trouble.is_empty() { "banner good" } else { "banner wait" }) role="status" {
                    @if phone.trouble.is_empty() { (Icon::Tick) } @else { (Icon::Warning) }
                    span { (state(phone)) @if !phone.trouble.is_empty() { " – " (phone.trouble) } }
                }
            }
            @if frame.is_administrator() {
                @if phone.trust == Trust::Approved { (about(frame, phone)) }
                (orders(frame, phone, password))
            }
            (timeline(frame, hops))
        },
    )
}

fn about(frame: &Frame, phone: &Phone) -> Markup {
    html! {
        section.card aria-labelledby="about" {
            h2 id="about" { "Whose is it?" }
            form.sheet-form method="post" action=(path(phone, "")) {
                (frame.token())
                div.field { label for="name" { "Name" } div.line { input id="name" name="name" value=(phone.name) maxlength="64" placeholder="Reception" autocomplete="off"; } }
                div.field {
                    label for="person" { "Person" }
                    div.line { input id="person" name="person" value=(phone.person) maxlength="32" autocomplete="off" autocapitalize="none" spellcheck="false"; }
                    p.hint { "A log-in name; empty for a telephone of everybody's." }
                }
                div.field.tick {
                    label for="speaks-up" {
                        input id="speaks-up" type="checkbox" name="speaks_up" checked[phone.speaks_up];
                        span { "Live messages come out of its speaker by themselves" }
                    }
                }
                p.quiet { "What is said at a telephone is not sealed on the way to the appliance. Everybody's client shows that." }
                div.deeds { button.button.primary type="submit" { "Save" } }
            }
        }
    }
}

fn orders(frame: &Frame, phone: &Phone, password: Option<&str>) -> Markup {
    let button = |order: &str, class: &str, said: &str| {
        html! { button class=(format!("button {class}")) type="submit" name="order" value=(order) { (said) } }
    };
    html! {
        section.card aria-labelledby="orders" {
            h2 id="orders" { "What shall become of it?" }
            form.deeds method="post" action=(path(phone, "/orders")) {
                (frame.token())
                @match phone.trust {
                    Trust::Awaiting => { (button("approve", "primary", "Approve")) (button("refuse", "", "Refuse")) }
                    Trust::Refused => { (button("approve", "", "Approve after all")) }
                    Trust::Approved => {
                        (button("resync", "", "Fetch its files again"))
                        (button("password", "", "Show its own password"))
                        (button("refuse", "", "Refuse"))
                    }
                }
                (button("forget", "danger", "Forget it"))
            }
            @if let Some(password) = password {
                p { "The password of its own menus and pages: " strong.mono { (password) } }
            }
            @if phone.trust == Trust::Approved {
                form.deeds method="post" action=(path(phone, "/orders")) {
                    (frame.token())
                    label for="old" { "It replaces" }
                    input.mono id="old" name="old" placeholder="00:15:65:12:34:56" maxlength="17" autocomplete="off";
                    (button("replace", "", "Replace"))
                }
                p.hint { "It gets the name, the number and the person of the old one, which is forgotten." }
            }
        }
    }
}

fn timeline(frame: &Frame, hops: &[Hop]) -> Markup {
    html! {
        section.card.list aria-labelledby="timeline" {
            h2 id="timeline" { "On its way to a line" }
            div data-part="timeline" {
                @if hops.is_empty() { p.quiet { "Nothing was seen of it lately." } }
                @else {
                    ol.timeline {
                        @for hop in hops.iter().rev() {
                            li {
                                span.quiet.small { (frame.date(hop.at)) } " "
                                strong { (did(hop.step)) }
                                @if hop.address != 0 { " " span.mono { (Ipv4Addr::from_bits(hop.address)) } }
                                @if !hop.words.is_empty() { " " span { (hop.words) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

const fn did(step: Step) -> &'static str {
    match step {
        Step::Discover => "looked for an address",
        Step::Offer => "was offered",
        Step::Ack => "has the address",
        Step::Nak => "was refused an address",
        Step::Inform => "has an address from elsewhere",
        Step::Release => "gave back",
        Step::Announce => "asked by multicast where its files are",
        Step::File => "got the file",
        Step::NoFile => "asked for a file that there is not",
        Step::FileFailed => "did not get the file",
        Step::Register => "is in service",
        Step::RegisterFailed => "was refused a line",
        Step::Unregister => "is out of service",
    }
}

#[cfg(test)]
mod tests {
    use message::station::{Hop, Phone, Phones, Step, Trust};

    use super::{one, page};
    use crate::pages::frame::tests::frame;
    use crate::role::Role;

    fn phone(trust: Trust) -> Phone {
        Phone {
            mac: [0, 0x15, 0x65, 0, 0, 1],
            vendor: "Yealink".to_owned(),
            model: "<T46S>".to_owned(),
            name: String::new(),
            trust,
            address: 0x0a00_0009,
            is_registered: false,
            number: String::new(),
            person: String::new(),
            speaks_up: false,
            last: None,
            trouble: "It awaits approval.".to_owned(),
            since: 0,
        }
    }

    #[test]
    fn who_may_not_decide_sees_no_button_for_it() {
        let phones = Phones { phones: vec![phone(Trust::Awaiting)], ..Phones::default() };
        let shown = |role| page(&frame(role), Some(&phones), 5).into_string();
        let (all, some) = (shown(Role::Administrator), shown(Role::Operator));
        assert!(all.contains("value=\"approve\"") && !some.contains("value=\"approve\""));
        assert!(some.contains("Yealink &lt;T46S&gt;") && some.contains("10.0.0.9"));
        assert!(some.contains("It awaits approval."));
    }

    #[test]
    fn a_telephone_s_way_is_told_the_latest_step_first() {
        let hop = |step, words: &str| Hop {
            mac: [0; 6],
            step,
            at: 0,
            address: 0,
            class: Vec::new(),
            wishes: Vec::new(),
            words: words.to_owned(),
        };
        let hops = [hop(Step::Discover, ""), hop(Step::File, "a.cfg")];
        let shown = one(&frame(Role::Administrator), &phone(Trust::Approved), &hops, Some("pw-1"));
        let shown = shown.into_string();
        let at = |words: &str| shown.find(words).expect("is there");
        assert!(at("got the file") < at("looked for an address"));
        assert!(shown.contains("pw-1") && shown.contains("not sealed"));
    }
}
