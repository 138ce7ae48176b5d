//! What is said about jobs and the files that go into them.

use message::system::{JobState, Stage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that takes a while, and how far it is.
#[derive(Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct JobView {
    /// Counts the jobs since the start; 0: there was none.
    pub(crate) number: u64,
    /// `update`, `backup`, `restore` or `diagnostics`; empty for none.
    pub(crate) name: String,
    /// Of 100.
    pub(crate) percent: u8,
    /// What is being done, or what came of it.
    pub(crate) words: String,
    /// How it stands.
    pub(crate) stage: StageView,
    /// Did it make a file that can be downloaded?
    pub(crate) has_file: bool,
}

/// How a job stands.
#[derive(Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StageView {
    /// There is none.
    None,
    /// It runs.
    Running,
    /// It is done.
    Done,
    /// It has failed; nothing was changed.
    Failed,
}

impl From<JobState> for JobView {
    fn from(job: JobState) -> Self {
        let stage = match job.stage {
            Stage::None => StageView::None,
            Stage::Running => StageView::Running,
            Stage::Done => StageView::Done,
            Stage::Failed => StageView::Failed,
        };
        Self {
            number: job.number,
            name: job.name,
            percent: job.percent,
            words: job.words,
            stage,
            has_file: job.file.is_some(),
        }
    }
}

/// A file that was uploaded.
#[derive(Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Uploaded {
    /// Its name, to be said when the job is begun.
    pub(crate) file: String,
    /// Its bytes.
    pub(crate) bytes: u64,
    /// SHA-256 of it, in hexadecimal digits.
    pub(crate) sha256: String,
}

/// An upload that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct UploadView {
    /// `update` or `restore`.
    pub(crate) name: String,
    /// Bytes that have come.
    pub(crate) received: u64,
    /// Bytes that will come; absent if the sender does not say.
    pub(crate) total: Option<u64>,
}

/// Begin an update with a bundle that was uploaded.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeginUpdate {
    /// The name that the upload was answered with.
    pub(crate) file: String,
}

/// Make an encrypted backup.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeginBackup {
    /// What opens it again: 10 to 256 characters.
    #[schemars(length(min = 10, max = 256))]
    pub(crate) passphrase: String,
    /// With all messages?
    #[serde(default)]
    pub(crate) with_messages: bool,
}

/// Take up a backup that was uploaded, at the next start.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeginRestore {
    /// The name that the upload was answered with.
    pub(crate) file: String,
    /// What opens it.
    pub(crate) passphrase: String,
}
