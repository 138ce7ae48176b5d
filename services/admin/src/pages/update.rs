//! Another version: which one runs, the other slot, and an upload.

use maud::{Markup, html};
use message::system::{Health, JobState, Stage};

use super::field::Faults;
use super::frame::{Frame, Tab, away, unmanaged};
use super::icon::Icon;
use super::job;

/// The jobs that this page is about.
const JOBS: [&str; 1] = ["update"];

/// The page; without `health` the settings keeper is away.
pub(crate) fn page(
    frame: &Frame,
    health: Option<&Health>,
    job: Option<&JobState>,
    is_managed: bool,
    faults: &Faults,
) -> Markup {
    frame.page(
        Tab::Update,
        "Update",
        &html! {
            (faults.above(&[]))
            @match health {
                None => { (away("settings keeper")) }
                Some(health) => {
                    @if !is_managed { (unmanaged("It is updated by starting another version of the program.")) }
                    (versions(frame, health, is_managed))
                    (job::card(job, &JOBS))
                    @if is_managed {
                        @if job.is_some_and(|job| job.stage == Stage::Done && JOBS.contains(&job.name.as_str())) {
                            (start(frame))
                        }
                        (upload(frame))
                    }
                }
            }
        },
    )
}

fn versions(frame: &Frame, health: &Health, is_managed: bool) -> Markup {
    let other = if health.other_version.is_empty() { "none" } else { &health.other_version };
    html! {
        section.card aria-labelledby="versions-title" {
            h2 id="versions-title" { "Versions" }
            dl.facts {
                dt { "Running" } dd { (health.version) @if !health.slot.is_empty() { ", slot " (health.slot) } }
                @if is_managed { dt { "In the other slot" } dd { (other) } }
            }
            @if is_managed && !health.other_version.is_empty() {
                p.quiet { "The version before stays in the other slot. Settings are kept; what only the new version knows is not understood by the old one." }
                form.deeds method="post" action="/admin/orders" {
                    (frame.token())
                    button.button type="submit" name="order" value="start-other-slot" { (Icon::Again) span { "Start version " (other) " instead" } }
                }
            }
        }
    }
}

fn start(frame: &Frame) -> Markup {
    html! {
        section.card aria-labelledby="start-title" {
            h2 id="start-title" { "The new version is ready" }
            p { "It starts with the next restart. If it does not come up well, the appliance goes back to this version by itself." }
            form.deeds method="post" action="/admin/orders" {
                (frame.token())
                button.button.primary type="submit" name="order" value="restart" { (Icon::Again) span { "Restart into the new version" } }
            }
        }
    }
}

fn upload(frame: &Frame) -> Markup {
    html! {
        section.card aria-labelledby="upload-title" {
            h2 id="upload-title" { "Upload an update" }
            p { "The file is checked, and goes into the slot that does not run. Nothing changes until you restart." }
            form.upload method="post" action="/admin/update" enctype="multipart/form-data" data-upload {
                (frame.token())
                div.field {
                    label for="file" { "Update file" }
                    input id="file" name="file" type="file" required;
                }
                progress max="100" value="0" hidden aria-label="Upload" {}
                button.button.primary type="submit" { (Icon::Up) span { "Upload and check" } }
            }
            details.note {
                summary { span { "With a USB stick" } }
                p { "Put the update file on a stick with the file system FAT or ext4, plug it into the appliance, and choose "
                    em { "Update" } " on the front panel." }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use message::system::Health;

    use super::page;
    use crate::pages::field::Faults;
    use crate::pages::frame::tests::frame;
    use crate::role::Role;

    #[test]
    fn a_machine_that_is_not_managed_takes_no_update() {
        let health = Health {
            version: "2.1".to_owned(),
            other_version: "2.0".to_owned(),
            slot: "B".to_owned(),
            ..Health::default()
        };
        let frame = frame(Role::Administrator);
        let shown = |is_managed| {
            page(&frame, Some(&health), None, is_managed, &Faults::default()).into_string()
        };
        let managed = shown(true);
        assert!(managed.contains("2.1, slot B") && managed.contains("Start version 2.0 instead"));
        assert!(managed.contains("type=\"file\""));
        let not = shown(false);
        assert!(not.contains("does not manage") && !not.contains("type=\"file\""));
        let away = page(&frame, None, None, true, &Faults::general("It broke off.")).into_string();
        assert!(away.contains("not answering") && away.contains("It broke off."));
    }
}
