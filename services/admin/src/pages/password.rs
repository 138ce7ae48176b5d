//! Log-in of the administrator, and another password.

use maud::{Markup, html};

use super::icon::Icon;
use super::{PasswordField, Tab, form_token, inside, outside, trouble};

/// The log-in page; `why` says why the last attempt failed.
pub(crate) fn log_in(why: Option<&str>) -> Markup {
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
            h1 { "Administrator" }
            p.quiet { "Log in to manage people and see how the appliance is." }
            form method="post" action="/admin/login" {
                input type="text" name="username" value="admin" autocomplete="username" hidden;
                (password.markup())
                (trouble(why))
                button.button.primary.wide type="submit" { "Log in" }
            }
            p.quiet.small { a href="/" { "To my own messages" } }
        },
    )
}

/// The page for another password; `why` says why it was not taken.
pub(crate) fn change(form: &str, why: Option<&str>) -> Markup {
    let field = |label, name, complete, hint| PasswordField { label, name, complete, hint };
    let hint = "At least 10 characters. Every other log-in of the administrator ends.";
    inside(
        Tab::Password,
        form,
        "Password",
        &html! {
            div.page-head { h1 { "Password" } }
            section.card.narrow aria-labelledby="change-title" {
                h2 id="change-title" { "Change the administrator's password" }
                form method="post" action="/admin/password" {
                    (form_token(form))
                    input type="text" name="username" value="admin" autocomplete="username" hidden;
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
