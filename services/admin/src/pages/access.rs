//! Other administrators, and the tokens of programs.

use maud::{Markup, html};

use super::field::{Faults, Fields, Input, Sheet};
use super::frame::{Frame, Tab};
use super::icon::Icon;
use super::words;
use crate::role::Role;
use crate::store::{Administrator, TokenRecord};

const ROLES: [(&str, &str); 2] = [
    ("operator", "Operator: people, state and log"),
    ("administrator", "Administrator: everything"),
];

/// What the page is shown with.
pub(crate) struct View<'a> {
    pub(crate) administrators: &'a [Administrator],
    pub(crate) tokens: &'a [TokenRecord],
    pub(crate) now: u64,
    pub(crate) fields: &'a Fields,
    /// Of the form that adds an administrator.
    pub(crate) faults: &'a Faults,
    /// Of the form that makes a token.
    pub(crate) token_faults: &'a Faults,
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View<'_>) -> Markup {
    frame.page(
        Tab::Administrators,
        "Administrators",
        &html! {
            section.card aria-labelledby="list-title" {
                h2 id="list-title" { "Administrators" }
                ul.rows { @for one in view.administrators { (administrator(frame, one)) } }
            }
            (add(frame, Sheet { fields: view.fields, faults: view.faults }))
            (tokens(frame, view))
        },
    )
}

fn administrator(frame: &Frame, one: &Administrator) -> Markup {
    let name = &one.who.name;
    let is_self = *name == frame.who.name;
    html! {
        li {
            div {
                strong { (name) } @if is_self { " (you)" }
                p.quiet.small { (one.who.role.word()) @if one.made > 0 { ", since " (words::day(one.made, &frame.zone)) } }
            }
            @if !is_self {
                form.deeds method="post" action=(format!("/admin/administrators/{name}")) {
                    (frame.token())
                    @let (role, label) = match one.who.role {
                        Role::Operator => ("administrator", "Make administrator"),
                        Role::Administrator => ("operator", "Make operator"),
                    };
                    button.button.small type="submit" name="role" value=(role) { (label) span.visually-hidden { ": " (name) } }
                    a.button.small.danger href=(format!("/admin/administrators/{name}/remove")) {
                        (Icon::Delete) span { "Remove" span.visually-hidden { " " (name) } }
                    }
                }
            }
        }
    }
}

fn add(frame: &Frame, sheet: Sheet<'_>) -> Markup {
    html! {
        section.card aria-labelledby="add-title" {
            h2 id="add-title" { "Add an administrator" }
            (sheet.faults.above(&["name", "password", "again"]))
            form.stack method="post" action="/admin/administrators" {
                (frame.token())
                div.pair {
                    (Input::text("name", "Name").needed().such_as("eva").on(sheet))
                    (sheet.select("role", "Role", None, &options()))
                    (Input::secret("password", "First password", "new-password").hint("At least 10 characters.").on(sheet))
                    (Input::secret("again", "The password again", "new-password").on(sheet))
                }
                div.deeds { button.button.primary type="submit" { (Icon::Append) span { "Add" } } }
            }
        }
    }
}

fn options() -> Vec<(String, String)> {
    ROLES.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect()
}

fn tokens(frame: &Frame, view: &View<'_>) -> Markup {
    let sheet = Sheet { fields: view.fields, faults: view.token_faults };
    html! {
        section.card aria-labelledby="tokens-title" {
            h2 id="tokens-title" { "Tokens of programs" }
            p.quiet { "A script uses the appliance's API with a token instead of a password. " a href="/api/v1/openapi.json" { "What it can do" } }
            @if !view.tokens.is_empty() { ul.rows { @for one in view.tokens { (token(frame, one, view.now)) } } }
            (sheet.faults.above(&["token_name", "days"]))
            form.stack method="post" action="/admin/tokens" {
                (frame.token())
                div.pair {
                    (Input::text("token_name", "Name of the program").needed().such_as("backup-script").on(sheet))
                    (sheet.select("token_role", "Role of the program", None, &options()))
                    (Input::number("days", "Valid for", 1, 3650).unit("days").on(sheet))
                }
                div.deeds { button.button type="submit" { (Icon::Key) span { "Make a token" } } }
            }
        }
    }
}

fn token(frame: &Frame, one: &TokenRecord, now: u64) -> Markup {
    let name = &one.who.name;
    html! {
        li {
            div {
                strong { (name) }
                p.quiet.small {
                    (one.who.role.word()) ", "
                    @if one.expires <= now { "expired on " } @else { "until " } (words::day(one.expires, &frame.zone)) ", "
                    @if one.used == 0 { "never used" } @else { "last used " (frame.date(one.used)) }
                }
            }
            form method="post" action=(format!("/admin/tokens/{name}/revoke")) {
                (frame.token())
                button.button.small.danger type="submit" { (Icon::Delete) span { "Revoke" span.visually-hidden { " " (name) } } }
            }
        }
    }
}

/// A token that was made: its secret is shown this once.
pub(crate) fn made(frame: &Frame, name: &str, secret: &str) -> Markup {
    frame.page(
        Tab::Administrators,
        "Token",
        &html! {
            section.card aria-label="Token" {
                p { "The secret of " strong { (name) } ". It is shown " strong { "only now" } "; give it to the program and to nobody else." }
                (super::invitation::copied("secret", "Secret", secret))
                p.quiet.small { "Programs send it in a header: " code { "Authorization: Bearer ivm_…" } }
                div.deeds { a.button.primary href="/admin/administrators" { "Done" } }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::{View, made, page};
    use crate::pages::field::{Faults, Fields};
    use crate::pages::frame::tests::frame;
    use crate::role::{Role, Who};
    use crate::store::{Administrator, TokenRecord};

    #[test]
    fn nobody_can_remove_oneself_by_a_button() {
        let one = |name: &str, role| Administrator {
            who: Who { name: name.to_owned(), role },
            made: 1_777_911_600_000,
        };
        let administrators = [one("admin", Role::Administrator), one("eva", Role::Operator)];
        let who = Who { name: "script".to_owned(), role: Role::Operator };
        let tokens = [TokenRecord { who, made: 1, expires: 2, used: 0 }];
        let (fields, faults) = (Fields::default(), Faults::default());
        let view = View {
            administrators: &administrators,
            tokens: &tokens,
            now: 5,
            fields: &fields,
            faults: &faults,
            token_faults: &faults,
        };
        let shown = page(&frame(Role::Administrator), &view).into_string();
        assert!(shown.contains("/admin/administrators/eva/remove"));
        assert!(!shown.contains("/admin/administrators/admin/remove"));
        assert!(shown.contains("expired on") && shown.contains("never used"));
    }

    #[test]
    fn a_secret_is_shown_once_it_was_made() {
        let shown = made(&frame(Role::Administrator), "<s>", "ivm_12").into_string();
        assert!(shown.contains("ivm_12") && shown.contains("&lt;s&gt;"));
    }
}
