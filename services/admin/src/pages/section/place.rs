//! What the appliance is called, which language and zone it is in, and its clock.

use maud::{Markup, html};
use settings::{HostName, Language, Settings, ZoneName};

use super::View;
use crate::pages::field::{Faults, Fields, Input, Sheet};
use crate::pages::frame::{Frame, unmanaged};
use crate::pages::words;

pub(super) const NAMES: [&str; 7] = [
    "host",
    "language",
    "time.zone",
    "time.use_ntp",
    "time.servers",
    "panel.dim_after_s",
    "panel.may_change",
];

pub(super) fn fields(settings: &Settings) -> Fields {
    let language = match settings.language {
        Language::English => "english",
        Language::Deutsch => "deutsch",
    };
    Fields::default()
        .with("host", settings.host.as_str())
        .with("language", language)
        .with("time.zone", settings.time.zone.as_str())
        .ticked("time.use_ntp", settings.time.use_ntp)
        .with("time.servers", settings.time.servers.join(", "))
        .with("panel.dim_after_s", settings.panel.dim_after_s.to_string())
        .ticked("panel.may_change", settings.panel.may_change)
}

pub(super) fn edit(fields: &Fields, settings: &mut Settings) -> Faults {
    let mut faults = Faults::default();
    match HostName::parse(fields.text("host")) {
        Some(host) => settings.host = host,
        None => {
            faults.add("host", "Use 1 to 63 letters a to z, digits and hyphens, none at the ends.")
        }
    }
    settings.language = match fields.text("language") {
        "deutsch" => Language::Deutsch,
        _ => Language::English,
    };
    match ZoneName::parse(fields.text("time.zone")) {
        Some(zone) => settings.time.zone = zone,
        None => faults.add("time.zone", "A time zone is named like Europe/Berlin."),
    }
    settings.time.use_ntp = fields.is_ticked("time.use_ntp");
    settings.time.servers = fields.list("time.servers").into_iter().map(str::to_owned).collect();
    if let Some(seconds) = fields.number("panel.dim_after_s", &mut faults) {
        settings.panel.dim_after_s = seconds;
    }
    settings.panel.may_change = fields.is_ticked("panel.may_change");
    faults
}

pub(super) fn form(sheet: Sheet<'_>, view: &View<'_>) -> Markup {
    let languages = Language::ALL.map(|language| match language {
        Language::English => ("english", language.own_name()),
        Language::Deutsch => ("deutsch", language.own_name()),
    });
    html! {
        @if !view.is_managed {
            (unmanaged("Its host name and its clock are the machine's own; what is set here is kept, and the zone says how times are shown."))
        }
        section.card aria-labelledby="name-title" {
            h2 id="name-title" { "Name" }
            (Input::text("host", "Host name").needed()
                .hint("How the appliance is called in the office's network, and in its certificate.").on(sheet))
            (sheet.choice("language", "Language of the front panel", &languages))
        }
        section.card aria-labelledby="time-title" {
            h2 id="time-title" { "Time" }
            (zone(sheet, view.zones))
            (sheet.tick("time.use_ntp", "Take the time from time servers (NTP)", None))
            (Input::text("time.servers", "Time servers").such_as("those that the network offers")
                .hint("Names or addresses, up to four, with commas between them. An office without any can set the clock by hand.").on(sheet))
        }
        section.card aria-labelledby="panel-title" {
            h2 id="panel-title" { "Front panel" }
            (Input::number("panel.dim_after_s", "Light off after", 0, 3600).unit("seconds")
                .hint("Without a key pressed; 0 for never.").on(sheet))
            (sheet.tick("panel.may_change", "Network, restart and reset may be changed at the panel",
                Some("Whoever stands at the machine may then change them without a password.")))
        }
    }
}

/// The zones that this machine knows; a line of text where it does not say.
fn zone(sheet: Sheet<'_>, zones: &[String]) -> Markup {
    let now = sheet.fields.text("time.zone");
    let mut options: Vec<(String, String)> =
        zones.iter().map(|zone| (zone.clone(), zone.replace('_', " "))).collect();
    if options.is_empty() {
        return Input::text("time.zone", "Time zone").such_as("Europe/Berlin").needed().on(sheet);
    }
    if !zones.iter().any(|zone| zone == now) {
        options.insert(0, (now.to_owned(), now.to_owned()));
    }
    sheet.select("time.zone", "Time zone", None, &options)
}

/// The clock as it is now, and by hand.
pub(super) fn clock(frame: &Frame, view: &View<'_>) -> Markup {
    let Some(health) = view.health else { return Markup::default() };
    let typed = words::written(health.unix_ms, &frame.zone, "%Y-%m-%dT%H:%M");
    html! {
        section.card aria-labelledby="clock-title" {
            h2 id="clock-title" { "Clock" }
            p { "It is " strong { (frame.date(health.unix_ms)) } ", "
                @if health.is_time_synced { "set by a time server." } @else { "not set by a time server." } }
            @if view.is_managed {
                form.line-form method="post" action="/admin/clock" {
                    (frame.token())
                    div.field {
                        label for="clock" { "Set the clock by hand" }
                        input id="clock" name="clock" type="datetime-local" required value=(typed);
                    }
                    button.button type="submit" { "Set the clock" }
                }
            }
        }
    }
}
