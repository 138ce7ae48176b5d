//! The first run: the code, and the administrator's password.

use maud::{Markup, html};

use super::icon::Icon;
use super::{PasswordField, outside, trouble};
use crate::code::groups;

const HINT: &str =
    "At least 10 characters. Three or four words are easy to remember and hard to guess.";

/// The form of the first run. `code` is what is known of the code, `why` why it was not taken,
/// `fingerprint` that of the appliance's own authority.
pub(crate) fn page(code: &str, why: Option<&str>, fingerprint: &str) -> Markup {
    let password = PasswordField {
        label: "Administrator's password",
        name: "password",
        complete: "new-password",
        hint: Some(HINT),
    };
    let again = PasswordField {
        label: "The password again",
        name: "again",
        complete: "new-password",
        hint: None,
    };
    outside(
        "Set up",
        &html! {
            span.sheet-mark { (Icon::Wave) }
            h1 { "Set up your appliance" }
            p.quiet { "A few minutes: choose the administrator's password; then name, network and time; then your people." }
            form method="post" action="/admin/setup" {
                div.field {
                    label for="code" { "One-time code" }
                    input.code-input id="code" name="code" value=(code) required maxlength="16"
                        placeholder="XXXX-XXXX" autocomplete="one-time-code" autocapitalize="characters"
                        spellcheck="false" aria-describedby="code-hint";
                    p.hint id="code-hint" {
                        "On the front panel, or where the appliance was started."
                    }
                }
                div.field {
                    label for="username" { "Administrator's name" }
                    input id="username" type="text" name="username" value="admin" autocomplete="username" readonly
                        aria-describedby="username-hint";
                    p.hint id="username-hint" { "The first administrator is called admin and can add others later." }
                }
                (password.markup())
                (again.markup())
                (trouble(why))
                button.button.primary.wide type="submit" { "Set up" }
            }
            (fingerprint_note(fingerprint))
        },
    )
}

/// The fingerprint in groups, and where to compare it.
pub(super) fn fingerprint_note(fingerprint: &str) -> Markup {
    html! {
        details.note {
            summary { (Icon::Locked) span { "Your browser warns about this page?" } }
            p {
                "The appliance signs its own certificate. You are speaking with it if the SHA-256 \
                 fingerprint of the issuer " em { "IVM appliance authority" } " in your browser's certificate \
                 view is this, and the same as on the front panel or where the appliance was started:"
            }
            (fingerprint_groups(fingerprint))
            p {
                a href="/appliance-ca.crt" download="appliance-ca.crt" { "Download its certificate" }
                " to trust it on this computer for good."
            }
        }
    }
}

/// A fingerprint in groups of four digits, eight in a line.
pub(super) fn fingerprint_groups(fingerprint: &str) -> Markup {
    html! {
        p.fingerprint { @for group in groups(fingerprint) { span { (group) } " " } }
    }
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn what_was_typed_is_escaped() {
        let page = page("\"><script>", Some("<b>no</b>"), "ab12").into_string();
        assert!(!page.contains("<script>") && !page.contains("<b>"));
        assert!(page.contains("&quot;&gt;&lt;script&gt;") && page.contains("&lt;b&gt;"));
    }
}
