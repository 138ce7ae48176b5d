//! Restart, shutdown, the other slot, factory reset, clock, diagnostics.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::DateTime;
use message::system::{Deed, Job, Order};

use super::desk::{Posted, fields, refused};
use crate::api::machine::RESET_WORDS;
use crate::pages::field::{Faults, Fields};
use crate::pages::frame::{Notice, Tab};
use crate::pages::maintenance::{self, View};
use crate::pages::people::Question;
use crate::shell::App;
use crate::shell::answer::{Administrator, Trouble, Visitor, done, shown};

/// The clock can be set to these years.
const YEARS: std::ops::RangeInclusive<i16> = 2020..=2099;

/// The maintenance page.
pub(crate) async fn maintenance_page(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
) -> Response {
    drawn(&app, &visitor, StatusCode::OK, &Fields::default(), &Faults::default()).await
}

async fn drawn(
    app: &App,
    visitor: &Visitor,
    status: StatusCode,
    fields: &Fields,
    faults: &Faults,
) -> Response {
    let (in_force, job) = tokio::join!(app.in_force(), app.job());
    let is_managed = in_force.map(|found| found.is_managed);
    let view = View { fields, faults, is_managed, job: job.as_ref() };
    shown(status, maintenance::page(&app.frame(visitor).await, &view))
}

/// Something that the machine can be ordered, and how it is spoken of.
struct Asked {
    deed: Deed,
    word: &'static str,
    title: &'static str,
    question: &'static str,
    yes: &'static str,
    after: &'static str,
}

/// What a form orders; or what it lacks.
fn asked(typed: &Fields) -> Result<Asked, Faults> {
    let restart = "People lose the connection for a minute or two; no message is lost.";
    let asked =
        |deed, word, title, question, yes, after| Asked { deed, word, title, question, yes, after };
    match typed.text("order") {
        "restart" => Ok(asked(
            Deed::Restart,
            "restart",
            "Restart the appliance?",
            restart,
            "Restart",
            "The appliance starts again. It is back in a minute or two.",
        )),
        "shutdown" => Ok(asked(
            Deed::Shutdown,
            "shutdown",
            "Shut the appliance down?",
            "Nobody can talk until somebody switches it on again, at the machine itself.",
            "Shut down",
            "The appliance switches itself off. Switch it on at the machine.",
        )),
        "start-other-slot" => Ok(asked(
            Deed::StartOtherSlot,
            "start-other-slot",
            "Start the version in the other slot?",
            restart,
            "Start the other version",
            "The appliance starts the version in the other slot. It is back in a minute or two.",
        )),
        "factory-reset" if typed.text("words").eq_ignore_ascii_case(RESET_WORDS) => {
            let keep_messages = typed.is_ticked("keep_messages");
            Ok(asked(
                Deed::FactoryReset { keep_messages },
                "factory-reset",
                "",
                "",
                "",
                "The appliance becomes as it came. The front panel shows the new one-time code.",
            ))
        }
        "factory-reset" => {
            Err(Faults::one("words", format!("Type “{RESET_WORDS}” if you mean it.")))
        }
        _ => Err(Faults::general("There is no such order.")),
    }
}

/// Orders something: after a question, but for the reset, for which words were typed.
pub(crate) async fn order(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    form: Posted,
) -> Result<Response, Trouble> {
    let typed = fields(&visitor, form)?;
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let Asked { deed, word, title, question, yes, after } = match asked(&typed) {
        Ok(asked) => asked,
        Err(faults) => return Ok(drawn(&app, &visitor, unfit, &typed, &faults).await),
    };
    if !question.is_empty() && !typed.is_ticked("sure") {
        let question = Question {
            tab: Tab::Maintenance,
            title,
            words: &[question],
            action: "/admin/orders",
            hidden: &[("order", word), ("sure", "on")],
            yes,
            back: "/admin/maintenance",
            is_dangerous: deed == Deed::Shutdown,
        };
        return Ok(shown(StatusCode::OK, question.page(&app.frame(&visitor).await)));
    }
    match app.machine.system.ask(&Order { deed }).await {
        Ok(_) => {
            app.record(&visitor, word, "", "done").await;
            let comes_back = deed != Deed::Shutdown;
            Ok(shown(StatusCode::OK, maintenance::under_way("Under way", after, comes_back)))
        }
        Err(away) => {
            app.record(&visitor, word, "", "refused").await;
            let faults = refused(away)?;
            Ok(drawn(&app, &visitor, unfit, &typed, &faults).await)
        }
    }
}

/// Collects what a technician needs.
pub(crate) async fn collect_diagnostics(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    form: Posted,
) -> Result<Response, Trouble> {
    let typed = fields(&visitor, form)?;
    match app.begin(Job::Diagnostics).await {
        Ok(()) => {
            app.record(&visitor, "diagnostics", "", "done").await;
            Ok(done("/admin/maintenance", Notice::Begun))
        }
        Err(away) => {
            let faults = refused(away)?;
            Ok(drawn(&app, &visitor, StatusCode::CONFLICT, &typed, &faults).await)
        }
    }
}

/// Sets the clock by hand, in the appliance's zone.
pub(crate) async fn set_clock(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    form: Posted,
) -> Result<Response, Trouble> {
    let typed = fields(&visitor, form)?;
    let frame = app.frame(&visitor).await;
    let time = typed.text("clock").parse::<DateTime>().ok();
    let time = time.filter(|time| YEARS.contains(&time.year()));
    let time = time.and_then(|time| time.to_zoned(frame.zone).ok());
    let millis = time.and_then(|time| u64::try_from(time.timestamp().as_millisecond()).ok());
    let unix_ms = millis.ok_or(Trouble::BadForm(StatusCode::UNPROCESSABLE_ENTITY))?;
    app.machine.system.ask(&Order { deed: Deed::SetClock { unix_ms } }).await?;
    app.record(&visitor, "set-clock", typed.text("clock"), "done").await;
    Ok(done("/admin/settings/place", Notice::ClockSet))
}
