//! One person: how it is, and what an administrator can do about it.

use maud::{Markup, html};
use message::admin::Account;

use super::field::{Faults, Fields, Input, Sheet};
use super::frame::{Frame, Tab};
use super::icon::Icon;
use super::people::{avatar, deed, presence, waiting};
use super::words;

const MIB: u64 = 1 << 20;

/// What the form about a person bears.
pub(crate) fn fields(account: &Account) -> Fields {
    let quota = account.quota.map(|quota| (quota / MIB).to_string()).unwrap_or_default();
    Fields::default().with("quota", quota)
}

/// The quota that was typed, bytes; none is as everyone's.
pub(crate) fn quota(fields: &Fields) -> Result<Option<u64>, Faults> {
    match fields.text("quota") {
        "" => Ok(None),
        text => match text.parse::<u64>() {
            Ok(mib) if (1..=1_048_576).contains(&mib) => Ok(Some(mib * MIB)),
            Ok(_) | Err(_) => {
                Err(Faults::one("quota", "A quota is a number from 1 to 1048576, or empty."))
            }
        },
    }
}

/// The page.
pub(crate) fn page(frame: &Frame, account: &Account, fields: &Fields, faults: &Faults) -> Markup {
    let head = html! {
        span.person { (avatar(account)) h1 { (account.display) } }
        p.quiet { (account.name) }
    };
    frame.headed(
        Tab::People,
        &account.display,
        &head,
        &html! {
            p { a href="/admin/people" { "All people" } }
            section.card aria-labelledby="facts-title" {
                h2 id="facts-title" { "State" }
                dl.facts {
                    dt { "There?" } dd.there { (presence(account)) }
                    dt { "Devices" } dd { (words::count(u64::from(account.devices), "device", "devices")) " can log in" }
                    dt { "Waiting" } dd { (waiting(account)) }
                    dt { "Account" } dd.mono { (account.guid) }
                }
            }
            (room(frame, account, Sheet { fields, faults }))
            (access(frame, account))
        },
    )
}

fn room(frame: &Frame, account: &Account, sheet: Sheet<'_>) -> Markup {
    html! {
        section.card aria-labelledby="room-title" {
            h2 id="room-title" { "Room" }
            form.line-form method="post" action=(deed(account, "/quota")) {
                (frame.token())
                (Input::text("quota", "Quota for waiting messages").unit("MiB").such_as("as everyone's")
                    .hint("Leave it empty for what the page Messages says.").on(sheet))
                button.button type="submit" { "Save" }
            }
        }
    }
}

fn access(frame: &Frame, account: &Account) -> Markup {
    let (deed_word, label) =
        if account.disabled { ("enable", "Let in again") } else { ("disable", "Shut out") };
    html! {
        section.card aria-labelledby="access-title" {
            h2 id="access-title" { "Access" }
            @if account.disabled {
                p { "This person is shut out: no device can log in. Messages are kept." }
            } @else {
                p.quiet { "Shutting somebody out ends the person's connections. Messages are kept, and it can be taken back." }
            }
            div.deeds {
                @if account.enrolled {
                    a.button href=(deed(account, "/reset")) { (Icon::Key) span { "Reset password and devices" } }
                } @else {
                    form method="post" action=(deed(account, "/invite")) {
                        (frame.token())
                        button.button type="submit" { (Icon::Again) span { "Invite again" } }
                    }
                }
                form method="post" action=(deed(account, "/access")) {
                    (frame.token())
                    button.button type="submit" name="deed" value=(deed_word) { (Icon::Locked) span { (label) } }
                }
                a.button.danger href=(deed(account, "/remove")) { (Icon::Delete) span { "Remove" } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::quota;
    use crate::pages::field::Fields;

    #[test]
    fn a_quota_is_a_number_of_mebibytes_or_nothing() {
        let typed = |text: &str| quota(&Fields::default().with("quota", text));
        assert_eq!(typed(" 2 "), Ok(Some(2 << 20)));
        assert_eq!(typed(""), Ok(None));
        for bad in ["0", "-1", "x", "9999999999999999999999"] {
            assert!(typed(bad).is_err(), "{bad}");
        }
    }
}
