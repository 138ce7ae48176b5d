//! An invitation as it is shown once: link, QR code, code for a terminal.

use maud::{Markup, PreEscaped, html};
use message::admin::Invited;
use qrcode::{Color, EcLevel, QrCode};

use super::frame::{Frame, Tab};
use super::icon::Icon;

/// The invitation of one person; `origin` is how the administrator reaches the appliance.
pub(crate) fn page(
    frame: &Frame,
    invited: &Invited,
    display: &str,
    origin: &str,
    back: &str,
) -> Markup {
    let link = format!("{origin}/join#{}", invited.code);
    frame.headed(
        Tab::People,
        "Invitation",
        &html! { h1 { "Invitation for " (display) } },
        &html! {
            section.card.invitation aria-label="Invitation" {
                div.invitation-words {
                    p { "Give " (display) " this link. It is shown " strong { "only now" } ", works once, and ends on "
                        (frame.date(invited.expires)) "." }
                    (copied("link", "Link", &link))
                    (local_note(origin))
                    details.note {
                        summary { span { "For the terminal client" } }
                        (copied("code", "Code for ivm join", &invited.code))
                    }
                }
                figure.qr {
                    (qr(&link))
                    figcaption.quiet.small { "Or scan it with a phone" }
                }
                div.deeds { a.button.primary href=(back) { "Done" } }
            }
        },
    )
}

/// A value to copy.
pub(super) fn copied(id: &str, label: &str, value: &str) -> Markup {
    html! {
        div.field {
            label for=(id) { (label) }
            div.copy {
                input.mono id=(id) value=(value) readonly;
                button.button type="button" data-copy=(id) hidden {
                    (Icon::Copy) span { "Copy" }
                }
            }
        }
    }
}

/// A link by way of this machine's own address helps nobody else.
fn local_note(origin: &str) -> Markup {
    let local = ["https://127.", "https://localhost", "https://[::1]"];
    html! {
        @if local.iter().any(|start| origin.starts_with(start)) {
            p.hint.wait {
                (Icon::Warning)
                span { "This link works on this machine only. Open these pages by the appliance's \
                        address in the office to get links for others." }
            }
        }
    }
}

/// The QR code of a text as one path, a unit square for each module, four of margin. Empty for a
/// text that no QR code holds.
fn qr(text: &str) -> Markup {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else {
        return Markup::default();
    };
    let width = code.width();
    let mut path = String::new();
    for (index, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (index % width + 4, index / width + 4);
            path.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
    }
    let view = format!("0 0 {0} {0}", width + 8);
    html! {
        svg role="img" aria-label="QR code of the link" viewBox=(view) shape-rendering="crispEdges" {
            rect width="100%" height="100%" fill="#ffffff" {}
            path fill="#000000" d=(PreEscaped(path)) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use message::Guid;
    use message::admin::Invited;

    use super::{page, qr};
    use crate::pages::frame::tests::frame;
    use crate::role::Role;

    fn invited() -> Invited {
        Invited {
            guid: Guid::BLANK,
            name: "anna".to_owned(),
            code: "K7QX-MM2P-09TR".to_owned(),
            expires: 1_777_911_600_000,
        }
    }

    fn shown(origin: &str) -> String {
        let frame = frame(Role::Operator);
        page(&frame, &invited(), "Anna <S>", origin, "/admin/people").into_string()
    }

    #[test]
    fn link_code_and_end_are_there() {
        let page = shown("https://10.0.0.2:8443");
        assert!(page.contains("https://10.0.0.2:8443/join#K7QX-MM2P-09TR"));
        assert!(page.contains("Anna &lt;S&gt;") && page.contains("4 May 2026"));
        assert!(!page.contains("works on this machine only"));
    }

    #[test]
    fn a_link_that_nobody_else_can_open_is_pointed_out() {
        for origin in ["https://127.0.0.1:8443", "https://localhost:1", "https://[::1]:1"] {
            let page = shown(origin);
            assert!(page.contains("works on this machine only"), "{origin}");
        }
    }

    #[test]
    fn what_fits_no_qr_code_is_left_out() {
        assert!(qr("https://10.0.0.2/join#K7").into_string().contains("<path"));
        assert!(qr(&"x".repeat(9_000)).into_string().is_empty());
    }
}
