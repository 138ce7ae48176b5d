//! Something that takes a while, and how far it is.

use maud::{Markup, html};
use message::system::{JobState, Stage};

use super::icon::Icon;

/// Is a job of this name the one that runs or ran last?
pub(crate) fn is_of(job: Option<&JobState>, names: &[&str]) -> bool {
    job.is_some_and(|job| job.stage != Stage::None && names.contains(&job.name.as_str()))
}

/// How far a job is; it refreshes by itself while the job runs.
pub(crate) fn card(job: Option<&JobState>, names: &[&str]) -> Markup {
    let Some(job) = job.filter(|job| is_of(Some(job), names)) else {
        return html! { div data-part="job" {} };
    };
    html! {
        div data-part="job" {
            section.card.job aria-label="Progress" {
                @match job.stage {
                    Stage::None => {}
                    Stage::Running => {
                        p role="status" { strong { (words(job)) } }
                        progress max="100" value=(job.percent) aria-label="Progress" { (job.percent) " %" }
                        p.quiet.small.live data-refresh="1" hidden { (job.percent) " %" }
                    }
                    Stage::Done => { p.banner.good role="status" { (Icon::Tick) span { (words(job)) } } }
                    Stage::Failed => { p.form-error role="alert" { (Icon::Warning) span { (words(job)) } } }
                }
                @if let (Stage::Done, Some(file)) = (job.stage, download(job)) {
                    div.deeds { a.button.primary href=(file) download { (Icon::Down) span { "Download" } } }
                }
            }
        }
    }
}

fn words(job: &JobState) -> String {
    super::words::sentence(&job.words)
}

/// Where the file that a job made is.
fn download(job: &JobState) -> Option<&'static str> {
    job.file.as_ref()?;
    match job.name.as_str() {
        "backup" => Some("/api/v1/backup/file"),
        "diagnostics" => Some("/api/v1/diagnostics/file"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use message::system::{JobState, Stage};

    use super::card;

    #[test]
    fn a_job_shows_how_far_it_is_and_where_its_file_is() {
        let job = |stage, percent| JobState {
            number: 1,
            name: "backup".to_owned(),
            percent,
            words: "copying <people>".to_owned(),
            stage,
            file: (stage == Stage::Done).then(|| "b.ivmbackup".to_owned()),
        };
        let shown = |job: &JobState| card(Some(job), &["backup"]).into_string();
        let runs = shown(&job(Stage::Running, 40));
        assert!(runs.contains("value=\"40\"") && runs.contains("Copying &lt;people&gt;."));
        assert!(!runs.contains("/api/v1/backup/file"));
        assert!(shown(&job(Stage::Done, 100)).contains("/api/v1/backup/file"));
        assert!(shown(&job(Stage::Failed, 10)).contains("role=\"alert\""));
        assert!(!card(Some(&job(Stage::Done, 100)), &["update"]).into_string().contains("opying"));
    }
}
