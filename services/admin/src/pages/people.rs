//! The people of the office: list, search, add; and the question before what cannot be taken back.

use maud::{Markup, html};
use message::admin::Account;

use super::frame::{Frame, Tab, away};
use super::icon::Icon;
use super::{trouble, words};

/// What the form that adds a person bore, and why it was not taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) display: String,
    pub(crate) why: Option<String>,
}

/// The page; without `people` the message server is away. `searched` are words that are searched
/// for.
pub(crate) fn page(
    frame: &Frame,
    people: Option<&[Account]>,
    searched: &str,
    draft: &Draft,
) -> Markup {
    let online = people.map_or(0, |people| people.iter().filter(|one| is_there(one)).count());
    let head = html! {
        h1 { "People" }
        @if let Some(people) = people {
            p.quiet data-part="count" {
                (words::count(people.len() as u64, "person", "people")) ", " (online) " on-line"
            }
            p.quiet.small.live data-refresh="5" hidden { "Live" }
        }
    };
    frame.headed(
        Tab::People,
        "People",
        &head,
        &html! {
            @match people {
                None => { (away("message server")) }
                Some(people) => {
                    (add(frame, draft, people.is_empty()))
                    @if !people.is_empty() { (list(frame, people, searched)) }
                }
            }
        },
    )
}

/// Is this one of those that are searched for?
fn is_found(account: &Account, searched: &str) -> bool {
    let searched = searched.trim().to_lowercase();
    account.name.contains(&searched) || account.display.to_lowercase().contains(&searched)
}

fn is_there(account: &Account) -> bool {
    account.status != message::people::Status::Offline
}

fn add(frame: &Frame, draft: &Draft, is_first: bool) -> Markup {
    html! {
        section.card.add aria-labelledby="add-title" {
            h2 id="add-title" { @if is_first { "Add your first person" } @else { "Add a person" } }
            @if is_first {
                p.quiet { "Everyone gets an invitation link, opens it in a browser or on a phone, and chooses a password. Nobody else ever knows it." }
            }
            (add_form(frame, draft, "/admin/people", is_first))
        }
    }
}

/// The form that adds a person: the same on the page and in the first run.
pub(super) fn add_form(frame: &Frame, draft: &Draft, action: &str, is_first: bool) -> Markup {
    html! {
        form.add-form method="post" action=(action) {
            (frame.token())
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

fn list(frame: &Frame, people: &[Account], searched: &str) -> Markup {
    let found = || people.iter().filter(|account| is_found(account, searched));
    html! {
        section.card.list aria-labelledby="list-title" {
            h2.visually-hidden id="list-title" { "Everyone" }
            form.search method="get" action="/admin/people" role="search" {
                label.visually-hidden for="words" { "Search for a name" }
                input id="words" name="words" type="search" value=(searched) placeholder="Search for a name" maxlength="64";
                button.button.small type="submit" { "Search" }
                @if !searched.is_empty() { a.button.small.bare href="/admin/people" { "Show everyone" } }
            }
            div data-part="list" {
                @if found().next().is_none() { p.quiet.nobody { "Nobody is called like that." } }
                @else {
                    table.people {
                        thead {
                            tr {
                                th scope="col" { "Name" }
                                th scope="col" { "There?" }
                                th.number scope="col" { "Devices" }
                                th.number scope="col" { "Waiting" }
                                th scope="col" { span.visually-hidden { "Deeds" } }
                            }
                        }
                        tbody { @for account in found() { (row(frame, account)) } }
                    }
                }
            }
        }
    }
}

fn row(frame: &Frame, account: &Account) -> Markup {
    html! {
        tr {
            th.person scope="row" {
                (avatar(account))
                a.person-words href=(deed(account, "")) {
                    span.person-name { (account.display) } span.quiet.small { (account.name) }
                }
            }
            td.there { (presence(account)) }
            td.number { span.cell-label { "Devices " } (words::number(u64::from(account.devices))) }
            td.number { span.cell-label { "Waiting " } (waiting(account)) }
            td {
                div.deeds {
                    @if !account.enrolled {
                        form method="post" action=(deed(account, "/invite")) {
                            (frame.token())
                            button.button.small type="submit" {
                                (Icon::Again) span { "Invite again" (whose(account)) }
                            }
                        }
                    }
                    a.button.small href=(deed(account, "")) { span { "Open" (whose(account)) } }
                }
            }
        }
    }
}

/// Whether a person is there, with its dot.
pub(super) fn presence(account: &Account) -> Markup {
    let (dot, there) = if account.disabled {
        ("dot dnd", "Shut out")
    } else if account.enrolled {
        (words::dot(account.status), words::status(account.status))
    } else {
        ("dot invited", "Invited, not joined yet")
    };
    html! { span class=(dot) aria-hidden="true" {} span { (there) } }
}

/// What waits for a person.
pub(super) fn waiting(account: &Account) -> String {
    match account.waiting {
        0 => "–".to_owned(),
        waiting => format!("{} · {}", words::number(waiting), words::size(account.bytes)),
    }
}

/// The picture of a person.
pub(super) fn avatar(account: &Account) -> Markup {
    html! { span.avatar.(hue(&account.name)) aria-hidden="true" { (initials(&account.display)) } }
}

fn whose(account: &Account) -> Markup {
    html! { span.visually-hidden { " " (account.display) } }
}

/// The address of a deed; names have no characters that an address must escape.
pub(super) fn deed(account: &Account, deed: &str) -> String {
    format!("/admin/people/{}{deed}", account.name)
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
    pub(crate) tab: Tab,
    pub(crate) title: &'a str,
    pub(crate) words: &'a [&'a str],
    /// The address that does it.
    pub(crate) action: &'a str,
    /// What its form bears beside the token.
    pub(crate) hidden: &'a [(&'a str, &'a str)],
    pub(crate) yes: &'a str,
    /// Where "Cancel" leads.
    pub(crate) back: &'a str,
    pub(crate) is_dangerous: bool,
}

impl Question<'_> {
    /// The page that asks.
    pub(crate) fn page(&self, frame: &Frame) -> Markup {
        let class = if self.is_dangerous { "button danger filled" } else { "button primary" };
        frame.page(
            self.tab,
            self.title,
            &html! {
                section.card.narrow aria-label="Question" {
                    @for words in self.words { p { (words) } }
                    form.deeds method="post" action=(self.action) {
                        (frame.token())
                        @for (name, value) in self.hidden { input type="hidden" name=(name) value=(value); }
                        button class=(class) type="submit" { (self.yes) }
                        a.button href=(self.back) { "Cancel" }
                    }
                }
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use message::Guid;
    use message::admin::Account;
    use message::people::Status;

    use super::{Draft, page};
    use crate::pages::frame::tests::frame;
    use crate::role::Role;

    fn account(name: &str, display: &str) -> Account {
        Account {
            guid: Guid::BLANK,
            name: name.to_owned(),
            display: display.to_owned(),
            status: Status::Online,
            enrolled: true,
            devices: 2,
            waiting: 3,
            bytes: 4_000,
            disabled: false,
            quota: None,
        }
    }

    #[test]
    fn people_are_found_by_either_name_and_escaped() {
        let people = [account("anna", "Anna <B>"), account("ben", "Ben Okafor")];
        let shown = |searched| {
            let draft = Draft::default();
            page(&frame(Role::Operator), Some(&people), searched, &draft).into_string()
        };
        let all = shown("");
        assert!(all.contains("Anna &lt;B&gt;") && all.contains("Ben Okafor"));
        assert!(all.contains("3 · 4.0 kB") && all.contains("2 people, 2 on-line"));
        assert!(!shown("okaf").contains("Anna &lt;"));
        assert!(shown("nobody").contains("Nobody is called like that."));
    }
}
