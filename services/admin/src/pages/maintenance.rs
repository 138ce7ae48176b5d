//! Restart, shutdown, diagnostics, factory reset.

use maud::{Markup, html};
use message::system::JobState;

use super::field::{Faults, Fields, Input, Sheet};
use super::frame::{Frame, Tab, away, unmanaged};
use super::icon::Icon;
use super::job;
use crate::api::machine::RESET_WORDS;

/// What the page is shown with.
pub(crate) struct View<'a> {
    pub(crate) fields: &'a Fields,
    pub(crate) faults: &'a Faults,
    /// Does the appliance manage the machine? None: the settings keeper is away.
    pub(crate) is_managed: Option<bool>,
    pub(crate) job: Option<&'a JobState>,
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View<'_>) -> Markup {
    let sheet = Sheet { fields: view.fields, faults: view.faults };
    frame.page(
        Tab::Maintenance,
        "Maintenance",
        &html! {
            (view.faults.above(&["words"]))
            @match view.is_managed {
                None => { (away("settings keeper")) }
                Some(is_managed) => {
                    @if !is_managed { (unmanaged("Restart and switch it off there.")) }
                    @if is_managed { (power(frame)) }
                    (diagnostics(frame, view.job))
                    @if is_managed { (reset(frame, sheet)) }
                }
            }
        },
    )
}

fn power(frame: &Frame) -> Markup {
    html! {
        section.card aria-labelledby="power-title" {
            h2 id="power-title" { "Restart and shut down" }
            p.quiet { "No message is lost: what is not delivered is on the disk, and clients come back by themselves." }
            form.deeds method="post" action="/admin/orders" {
                (frame.token())
                button.button type="submit" name="order" value="restart" { (Icon::Again) span { "Restart" } }
                button.button.danger type="submit" name="order" value="shutdown" { (Icon::LogOut) span { "Shut down" } }
            }
        }
    }
}

fn diagnostics(frame: &Frame, job: Option<&JobState>) -> Markup {
    html! {
        section.card aria-labelledby="diagnostics-title" {
            h2 id="diagnostics-title" { "Diagnostics" }
            p.quiet { "What a technician needs to know, in one file: log, state, settings. No password, no key, no message is in it." }
            form.deeds method="post" action="/admin/diagnostics" {
                (frame.token())
                button.button type="submit" { (Icon::List) span { "Collect diagnostics" } }
            }
        }
        (job::card(job, &["diagnostics"]))
    }
}

fn reset(frame: &Frame, sheet: Sheet<'_>) -> Markup {
    let hint = format!("Type “{RESET_WORDS}”, so that nobody does it by mistake.");
    html! {
        section.card.danger-zone aria-labelledby="reset-title" {
            h2 id="reset-title" { "Factory reset" }
            p { "The appliance becomes as it came: settings, certificates and administrators are deleted, and the first run begins with a new one-time code. It cannot be taken back. Make a backup first." }
            form.stack method="post" action="/admin/orders" {
                (frame.token())
                (sheet.tick("keep_messages", "Keep people and messages", None))
                (Input::text("words", "Confirmation").hint(&hint).on(sheet))
                div.deeds { button.button.danger.filled type="submit" name="order" value="factory-reset" { "Reset this appliance" } }
            }
        }
    }
}

/// The machine does what was ordered, and the pages are away for a while.
pub(crate) fn under_way(title: &str, words: &str, comes_back: bool) -> Markup {
    super::outside(
        title,
        &html! {
            span.sheet-mark { (Icon::Again) }
            h1 { (title) }
            p role="status" { (words) }
            @if comes_back {
                p.quiet.small data-return="/admin" { "This page looks whether the appliance is back, and goes on then." }
                a.button.wide href="/admin" { "Look now" }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::{View, page};
    use crate::pages::field::{Faults, Fields};
    use crate::pages::frame::tests::frame;
    use crate::role::Role;

    #[test]
    fn only_a_managed_machine_can_be_restarted_or_reset() {
        let (fields, faults) = (Fields::default(), Faults::one("words", "Type <it>."));
        let shown = |is_managed| {
            let view = View { fields: &fields, faults: &faults, is_managed, job: None };
            page(&frame(Role::Administrator), &view).into_string()
        };
        let managed = shown(Some(true));
        assert!(managed.contains("Shut down") && managed.contains("reset this appliance"));
        assert!(managed.contains("Type &lt;it&gt;."));
        let not = shown(Some(false));
        assert!(not.contains("does not manage") && !not.contains("factory-reset"));
        assert!(not.contains("Collect diagnostics"));
        assert!(shown(None).contains("not answering"));
    }
}
