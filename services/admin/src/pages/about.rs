//! What the appliance is, and what it is made of.

use maud::{Markup, html};

use super::frame::{Frame, Tab};
use crate::api::machine::CrateView;

/// The page.
pub(crate) fn page(frame: &Frame, version: &str, licence: &str, crates: &[CrateView]) -> Markup {
    frame.page(
        Tab::About,
        "About",
        &html! {
            section.card aria-labelledby="what-title" {
                h2 id="what-title" { "IVM appliance" }
                p { "Instant voice messages for an office, sealed from end to end." }
                dl.facts {
                    dt { "Version" } dd { (version) }
                    dt { "Licence" } dd { (licence) }
                }
            }
            section.card aria-labelledby="crates-title" {
                h2 id="crates-title" { "Made with" }
                p.quiet { (crates.len()) " libraries, each under its own licence." }
                div.wide-table tabindex="0" role="region" aria-labelledby="crates-title" {
                    table.plain {
                        thead { tr { th scope="col" { "Library" } th scope="col" { "Version" } th scope="col" { "Licence" } } }
                        tbody {
                            @for one in crates {
                                tr { th scope="row" { (one.name) } td { (one.version) } td { (one.licence) } }
                            }
                        }
                    }
                }
            }
        },
    )
}
