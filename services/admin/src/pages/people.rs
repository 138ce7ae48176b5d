//! The people of the office: list, add, invite again, reset, remove.

use maud::{Markup, html};
use message::admin::Account;
use serde::Serialize;

use super::icon::Icon;
use super::{Tab, away, form_token, inside, trouble, words};

/// What the form that adds a person bore, and why it was not taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) display: String,
    pub(crate) why: Option<String>,
}

/// The page; without `people` the message server is away.
pub(crate) fn page(form: &str, people: Option<&[Account]>, draft: &Draft) -> Markup {
    let online = people.map_or(0, |people| people.iter().filter(|one| is_there(one)).count());
    inside(
        Tab::People,
        form,
        "People",
        &html! {
            div.page-head {
                h1 { "People" }
                @if let Some(people) = people {
                    p.quiet {
                        (words::count(people.len() as u64, "person", "people")) ", "
                        span data-value="online" { (online) } " on-line"
                    }
                }
            }
            @match people {
                None => { (away()) }
                Some(people) => {
                    (add(form, draft, people.is_empty()))
                    @if !people.is_empty() { (list(form, people)) }
                }
            }
        },
    )
}

fn is_there(account: &Account) -> bool {
    account.status != message::people::Status::Offline
}

fn add(form: &str, draft: &Draft, is_first: bool) -> Markup {
    html! {
        section.card.add aria-labelledby="add-title" {
            h2 id="add-title" { @if is_first { "Add your first person" } @else { "Add a person" } }
            @if is_first {
                p.quiet { "Everyone gets an invitation link, opens it in a browser or on a phone, and chooses a password. Nobody else ever knows it." }
            }
            form.add-form method="post" action="/admin/people" {
                (form_token(form))
                div.field {
                    label for="display" { "Full name" }
                    input id="display" name="display" value=(draft.display) maxlength="64" autocomplete="off"
                        placeholder="Anna Schmidt" autofocus[is_first];
                }
                div.field {
                    label for="name" { "Log-in name" }
                    input id="name" name="name" value=(draft.name) maxlength="32" required autocomplete="off"
                        autocapitalize="none" spellcheck="false" placeholder="anna" pattern="[A-Za-z0-9][A-Za-z0-9._\\-]*"
                        title="Letters a to z, digits, dot, hyphen, underscore" data-from="display";
                }
                button.button.primary type="submit" { (Icon::Append) span { "Add and invite" } }
                (trouble(draft.why.as_deref()))
            }
        }
    }
}

fn list(form: &str, people: &[Account]) -> Markup {
    html! {
        section.card.list aria-labelledby="list-title" data-live="/admin/people.json" {
            h2.visually-hidden id="list-title" { "Everyone" }
            table {
                thead {
                    tr {
                        th scope="col" { "Name" }
                        th scope="col" { "There?" }
                        th.number scope="col" { "Devices" }
                        th.number scope="col" { "Waiting" }
                        th scope="col" { span.visually-hidden { "Deeds" } }
                    }
                }
                tbody { @for account in people { (row(form, account)) } }
            }
        }
    }
}

fn row(form: &str, account: &Account) -> Markup {
    let row = Row::of(account);
    html! {
        tr data-row=(row.name) {
            th.person scope="row" {
                span.avatar.(hue(&account.name)) aria-hidden="true" { (initials(&account.display)) }
                span.person-words { span.person-name { (account.display) } span.quiet.small { (account.name) } }
            }
            td.there { span class=(row.dot) data-dot aria-hidden="true" {} span data-there { (row.there) } }
            td.number { span.cell-label { "Devices " } span data-devices { (row.devices) } }
            td.number { span.cell-label { "Waiting " } span data-waiting { (row.waiting) } }
            td { (deeds(form, account)) }
        }
    }
}

fn deeds(form: &str, account: &Account) -> Markup {
    html! {
        div.deeds {
            @if account.enrolled {
                a.button.small href=(deed(account, "reset")) {
                    (Icon::Key) span { "Reset" (whose(account)) }
                }
            } @else {
                form method="post" action=(deed(account, "invite")) {
                    (form_token(form))
                    button.button.small type="submit" {
                        (Icon::Again) span { "Invite again" (whose(account)) }
                    }
                }
            }
            a.button.small.danger href=(deed(account, "remove")) {
                (Icon::Delete) span { "Remove" (whose(account)) }
            }
        }
    }
}

fn whose(account: &Account) -> Markup {
    html! { span.visually-hidden { " " (account.display) } }
}

/// The address of a deed; names have no characters that an address must escape.
fn deed(account: &Account, deed: &str) -> String {
    format!("/admin/people/{}/{deed}", account.name)
}

/// What changes in a row by itself, as it is shown; the same for the page and its live refresh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Row {
    name: String,
    dot: &'static str,
    there: &'static str,
    devices: String,
    waiting: String,
    online: bool,
}

impl Row {
    /// The row of an account.
    pub(crate) fn of(account: &Account) -> Self {
        let there = if account.enrolled {
            words::status(account.status)
        } else {
            "Invited, not joined yet"
        };
        let waiting = match account.waiting {
            0 => "–".to_owned(),
            waiting => format!("{} · {}", words::number(waiting), words::size(account.bytes)),
        };
        Self {
            name: account.name.clone(),
            dot: if account.enrolled { words::dot(account.status) } else { "dot invited" },
            there,
            devices: words::number(u64::from(account.devices)),
            waiting,
            online: is_there(account),
        }
    }
}

/// Up to two letters for the picture of a person.
fn initials(display: &str) -> String {
    let mut words = display.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

/// One of eight colours, always the same for a name.
fn hue(name: &str) -> String {
    let sum = name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    format!("hue-{}", sum % 8)
}

/// A question before a deed that cannot be taken back.
pub(crate) struct Question<'a> {
    pub(crate) title: &'a str,
    pub(crate) words: &'a [&'a str],
    /// The address that does it.
    pub(crate) action: &'a str,
    pub(crate) yes: &'a str,
    pub(crate) is_dangerous: bool,
}

impl Question<'_> {
    /// The page that asks.
    pub(crate) fn page(&self, form: &str) -> Markup {
        let class = if self.is_dangerous { "button danger filled" } else { "button primary" };
        inside(
            Tab::People,
            form,
            self.title,
            &html! {
                div.page-head { h1 { (self.title) } }
                section.card.narrow aria-label="Question" {
                    @for words in self.words { p { (words) } }
                    form.deeds method="post" action=(self.action) {
                        (form_token(form))
                        button class=(class) type="submit" { (self.yes) }
                        a.button href="/admin/people" { "Cancel" }
                    }
                }
            },
        )
    }
}
