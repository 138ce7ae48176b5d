//! Log-in of the administrator, and another password.

use maud::{Markup, html};

use super::frame::{Frame, Tab};
use super::icon::Icon;
use super::{PasswordField, outside, trouble};

/// The log-in page with the name that was typed; `why` says why the last attempt failed.
pub(crate) fn log_in(name: &str, why: Option<&str>) -> Markup {
    let password = PasswordField {
        label: "Password",
        name: "password",
        complete: "current-password",
        hint: None,
    };
    outside(
        "Log in",
        &html! {
            span.sheet-mark { (Icon::Wave) }
            h1 { "Administration" }
            p.quiet { "Log in to manage people and see how the appliance is." }
            form method="post" action="/admin/login" {
                div.field {
                    label for="name" { "Name" }
                    input id="name" name="name" value=(name) autocomplete="username" autocapitalize="none"
                        spellcheck="false" required maxlength="32";
                }
                (password.markup())
                (trouble(why))
                button.button.primary.wide type="submit" { "Log in" }
            }
            p.quiet.small { a href="/" { "To my own messages" } }
        },
    )
}

/// The page for another password; `why` says why it was not taken.
pub(crate) fn change(frame: &Frame, why: Option<&str>) -> Markup {
    let field = |label, name, complete, hint| PasswordField { label, name, complete, hint };
    let hint = "At least 10 characters. Your other log-ins end.";
    frame.page(
        Tab::Password,
        "Password",
        &html! {
            section.card.narrow aria-labelledby="change-title" {
                h2 id="change-title" { "Change your password" }
                form method="post" action="/admin/password" {
                    (frame.token())
                    input type="text" name="username" value=(frame.who.name) autocomplete="username" hidden;
                    (field("Password now", "old", "current-password", None).markup())
                    (field("New password", "password", "new-password", Some(hint)).markup())
                    (field("The new password again", "again", "new-password", None).markup())
                    (trouble(why))
                    button.button.primary type="submit" { "Change password" }
                }
            }
        },
    )
}
