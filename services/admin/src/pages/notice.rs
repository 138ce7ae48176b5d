//! Pages that only say something: not found, not allowed, not built.

use maud::{Markup, html};

use super::icon::Icon;
use super::outside;

/// A page with one message and a way on.
pub(crate) fn page(title: &str, words: &str, link: (&str, &str)) -> Markup {
    let (address, label) = link;
    outside(
        title,
        &html! {
            span.sheet-mark { (Icon::Wave) }
            h1 { (title) }
            p { (words) }
            a.button.wide href=(address) { (label) }
        },
    )
}

/// The browser client was not built into this executable.
pub(crate) fn not_built() -> Markup {
    outside(
        "Not built",
        &html! {
            span.sheet-mark { (Icon::Wave) }
            h1 { "The browser client is not built" }
            p { "The appliance works; only the pages for talking are missing in this build." }
            p { "In the source tree, run " code { "make web" } ", then start the appliance again." }
            p.quiet.small { a href="/admin" { "Administration" } }
        },
    )
}
