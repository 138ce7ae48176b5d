//! A copy of everything for a bad day, and back from it.

use maud::{Markup, html};
use message::system::JobState;

use super::field::{Faults, Fields, Input, Sheet};
use super::frame::{Frame, Tab, away};
use super::icon::Icon;
use super::job;

/// Characters of a passphrase: what it protects leaves the house.
const PASSPHRASE: std::ops::RangeInclusive<usize> = 10..=256;

/// What was typed to make a backup.
pub(crate) struct Wanted {
    pub(crate) passphrase: String,
    pub(crate) with_messages: bool,
}

/// Reads the form that makes a backup.
pub(crate) fn wanted(fields: &Fields) -> Result<Wanted, Faults> {
    let passphrase = fields.whole("passphrase");
    if !PASSPHRASE.contains(&passphrase.chars().count()) {
        return Err(Faults::one("passphrase", "A passphrase has 10 to 256 characters."));
    }
    if passphrase != fields.whole("again") {
        return Err(Faults::one("again", "The two are not the same."));
    }
    let with_messages = fields.is_ticked("with_messages");
    Ok(Wanted { passphrase: passphrase.to_owned(), with_messages })
}

/// What the page is shown with.
pub(crate) struct View<'a> {
    pub(crate) fields: &'a Fields,
    /// Of the form that makes a backup.
    pub(crate) faults: &'a Faults,
    /// Of the upload.
    pub(crate) restore_faults: &'a Faults,
    /// Is the settings keeper there?
    pub(crate) is_there: bool,
    pub(crate) job: Option<&'a JobState>,
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View<'_>) -> Markup {
    let sheet = Sheet { fields: view.fields, faults: view.faults };
    frame.page(
        Tab::Backup,
        "Backup",
        &html! {
            @if view.is_there {
                (job::card(view.job, &["backup", "restore"]))
                (make(frame, sheet))
                (restore(frame, view.restore_faults))
            } @else { (away("settings keeper")) }
        },
    )
}

fn make(frame: &Frame, sheet: Sheet<'_>) -> Markup {
    html! {
        section.card aria-labelledby="make-title" {
            h2 id="make-title" { "Make a backup" }
            p.quiet { "One encrypted file with settings, certificates, people and, if you want, messages. Without the passphrase nobody can open it, not you either." }
            (sheet.faults.above(&["passphrase", "again"]))
            form.stack method="post" action="/admin/backup" {
                (frame.token())
                div.pair {
                    (Input::secret("passphrase", "Passphrase", "new-password").hint("At least 10 characters. Keep it where the file is not.").on(sheet))
                    (Input::secret("again", "The passphrase again", "new-password").on(sheet))
                }
                (sheet.tick("with_messages", "With the messages that wait", Some("The file becomes as large as all messages together.")))
                div.deeds { button.button.primary type="submit" { (Icon::Disk) span { "Make the backup" } } }
            }
        }
    }
}

fn restore(frame: &Frame, faults: &Faults) -> Markup {
    let fields = Fields::default();
    let sheet = Sheet { fields: &fields, faults };
    html! {
        section.card aria-labelledby="restore-title" {
            h2 id="restore-title" { "Restore a backup" }
            p.quiet { "The file is checked first. At the next restart, everything that is here is replaced by what is in it." }
            (faults.above(&["restore_passphrase", "sure"]))
            form.upload method="post" action="/admin/restore" enctype="multipart/form-data" data-upload {
                (frame.token())
                (Input::secret("restore_passphrase", "Passphrase of the backup", "off").on(sheet))
                (sheet.tick("sure", "Replace what is on this appliance", None))
                div.field {
                    label for="file" { "Backup file" }
                    input id="file" name="file" type="file" required;
                }
                progress max="100" value="0" hidden aria-label="Upload" {}
                button.button.danger type="submit" { (Icon::Up) span { "Upload and restore" } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{View, page, wanted};
    use crate::pages::field::{Faults, Fields};
    use crate::pages::frame::tests::frame;
    use crate::role::Role;

    #[test]
    fn a_passphrase_is_long_and_typed_twice() {
        let typed = |first: &str, again: &str| {
            wanted(&Fields::default().with("passphrase", first).with("again", again))
        };
        assert!(typed("four blue chairs", "four blue chairs").is_ok());
        assert_eq!(
            typed("short", "short").err(),
            Some(Faults::one("passphrase", "A passphrase has 10 to 256 characters."))
        );
        assert_eq!(
            typed("four blue chairs", "x").err(),
            Some(Faults::one("again", "The two are not the same."))
        );
    }

    #[test]
    fn the_page_shows_what_is_wrong_and_no_secret() {
        let fields = Fields::default().with("passphrase", "four blue chairs");
        let (faults, none) = (Faults::one("again", "The two are not the same."), Faults::default());
        let view = View {
            fields: &fields,
            faults: &faults,
            restore_faults: &none,
            is_there: true,
            job: None,
        };
        let shown = page(&frame(Role::Administrator), &view).into_string();
        assert!(shown.contains("again-fault") && !shown.contains("blue chairs"));
        let away = View { is_there: false, ..view };
        assert!(page(&frame(Role::Administrator), &away).into_string().contains("not answering"));
    }
}
