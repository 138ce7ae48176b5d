//! The office's choices about messages.

use maud::{Markup, html};
use settings::{Office, Settings};

use crate::pages::field::{Faults, Fields, Input, Sheet};

pub(super) const NAMES: [&str; 4] =
    ["office.silence_s", "office.longest_min", "office.keep_days", "office.quota_mib"];

pub(super) fn fields(settings: &Settings) -> Fields {
    let Office { silence_s, longest_min, keep_days, quota_mib } = settings.office;
    Fields::default()
        .with("office.silence_s", silence_s.to_string())
        .with("office.longest_min", longest_min.to_string())
        .with("office.keep_days", keep_days.to_string())
        .with("office.quota_mib", quota_mib.to_string())
}

pub(super) fn edit(fields: &Fields, settings: &mut Settings) -> Faults {
    let mut faults = Faults::default();
    let office = &mut settings.office;
    if let Some(number) = fields.number("office.silence_s", &mut faults) {
        office.silence_s = number;
    }
    if let Some(number) = fields.number("office.longest_min", &mut faults) {
        office.longest_min = number;
    }
    if let Some(number) = fields.number("office.keep_days", &mut faults) {
        office.keep_days = number;
    }
    if let Some(number) = fields.number("office.quota_mib", &mut faults) {
        office.quota_mib = number;
    }
    faults
}

pub(super) fn form(sheet: Sheet<'_>) -> Markup {
    html! {
        section.card aria-labelledby="speaking" {
            h2 id="speaking" { "Speaking" }
            div.pair {
                (Input::number("office.silence_s", "Stop after silence of", 1, 30).unit("seconds")
                    .hint("Recording stops when nobody has spoken for so long.").on(sheet))
                (Input::number("office.longest_min", "Longest message", 1, 240).unit("minutes")
                    .hint("Then it goes on as a second message.").on(sheet))
            }
        }
        section.card aria-labelledby="keeping" {
            h2 id="keeping" { "Keeping" }
            p.quiet { "The appliance keeps a message until every recipient has it. It cannot hear what it keeps." }
            div.pair {
                (Input::number("office.keep_days", "Keep what waits for", 1, 3650).unit("days")
                    .hint("What nobody has picked up after so long is deleted, and the sender is told.").on(sheet))
                (Input::number("office.quota_mib", "Room for each person", 16, 1_048_576).unit("MiB")
                    .hint("For messages that wait. A person can have another quota on the person's page.").on(sheet))
            }
        }
    }
}
