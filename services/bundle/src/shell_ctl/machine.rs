//! Updates, backups, reset and diagnostics, asked of the settings keeper itself: they work also
//! where the pages do not.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chassis::layout::Layout;
use message::system::{AskJob, BeginJob, Deed, Job, JobState, Order, Stage};
use serde_json::json;
use tokio::time::sleep;

use crate::ctl::machine::MachineVerb;
use crate::exit::{Exit, Trouble};
use crate::shell_hub::{Line, Unanswered};

/// Between two looks at a job.
const AGAIN: Duration = Duration::from_millis(300);

/// Does what was asked for; what is to be printed.
pub(super) async fn act(
    verb: &MachineVerb,
    is_json: bool,
    layout: &Layout,
) -> Result<String, Trouble> {
    let hub = "settings keeper";
    let mut line = Line::open(hub, &layout.system_socket, "appliancectl").await.map_err(trouble)?;
    match verb {
        MachineVerb::Update(update) => {
            let given = Given::hand_over(layout, &update.file, "update.raucb")?;
            let job = Job::Update { file: given.name() };
            let state = work(&mut line, job).await?;
            finish(&mut line, &state, update.restart, is_json).await
        }
        MachineVerb::Restore(restore) => {
            let passphrase = passphrase("Passphrase of the backup: ")?;
            let given = Given::hand_over(layout, &restore.file, "restore.ivmbackup")?;
            let state = work(&mut line, Job::Restore { file: given.name(), passphrase }).await?;
            finish(&mut line, &state, restore.restart, is_json).await
        }
        MachineVerb::Backup(backup) => {
            let place = Place::reserve(&backup.file)?;
            let passphrase = passphrase("Passphrase for the backup, 8 characters or more: ")?;
            let with_messages = !backup.without_messages;
            let state = work(&mut line, Job::Backup { passphrase, with_messages }).await?;
            fetch(layout, &state, place, is_json)
        }
        MachineVerb::Diagnostics(diagnostics) => {
            let place = Place::reserve(&diagnostics.file)?;
            let state = work(&mut line, Job::Diagnostics).await?;
            fetch(layout, &state, place, is_json)
        }
        MachineVerb::Reset(reset) => {
            confirm(reset.keep_messages, reset.yes)?;
            let deed = Deed::FactoryReset { keep_messages: reset.keep_messages };
            line.ask(&Order { deed }).await.map_err(trouble)?;
            let words = "The appliance is reset with its next start.";
            Ok(said(is_json, words, None))
        }
    }
}

/// Begins a job and waits for its end; shows on the way how far it is, to people only.
async fn work(line: &mut Line, job: Job) -> Result<JobState, Trouble> {
    let begun = line.ask(&BeginJob { job }).await.map_err(trouble)?;
    let mut state: JobState = begun.read().map_err(|error| trouble(error.into()))?;
    let (number, is_watched) = (state.number, io::stderr().is_terminal());
    while state.stage == Stage::Running && state.number == number {
        if is_watched {
            eprint!("\r{:>3} %  {}\x1b[K", state.percent, state.words);
        }
        sleep(AGAIN).await;
        let answer = line.ask(&AskJob {}).await.map_err(trouble)?;
        state = answer.read().map_err(|error| trouble(error.into()))?;
    }
    if is_watched {
        eprint!("\r\x1b[K");
    }
    if state.stage == Stage::Done && state.number == number {
        return Ok(state);
    }
    Err(Trouble::new(Exit::Failed, state.words))
}

async fn finish(
    line: &mut Line,
    state: &JobState,
    restart: bool,
    is_json: bool,
) -> Result<String, Trouble> {
    if restart {
        line.ask(&Order { deed: Deed::Restart }).await.map_err(trouble)?;
    }
    Ok(said(is_json, &state.words, None))
}

fn said(is_json: bool, words: &str, file: Option<&Path>) -> String {
    let file = file.map(|path| path.display().to_string());
    match (is_json, file) {
        (true, file) => format!("{}\n", json!({ "words": words, "file": file })),
        (false, Some(file)) => format!("{words} It is in {file}\n"),
        (false, None) => format!("{words}\n"),
    }
}

/// A file of the caller in the exchange directory, for as long as it is needed.
struct Given(PathBuf);

impl Given {
    fn hand_over(layout: &Layout, from: &Path, end: &str) -> Result<Self, Trouble> {
        let name = format!("appliancectl-{}-{end}", std::process::id());
        let mut source = File::open(from).map_err(|error| about(from, &error))?;
        let path = layout.exchange.join(name);
        let given = Self(path);
        let target = OpenOptions::new().write(true).create_new(true).mode(0o640).open(&given.0);
        let copied = target.and_then(|mut target| {
            io::copy(&mut source, &mut target)?;
            target.flush()
        });
        copied.map_err(|error| about(&given.0, &error))?;
        Ok(given)
    }

    fn name(&self) -> String {
        self.0.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0) {
            log::debug!(error:%; "a file stays in the exchange directory");
        }
    }
}

/// Where a result goes: made before the work, so that nobody waits for nothing.
struct Place {
    path: PathBuf,
    file: Option<File>,
}

impl Place {
    fn reserve(path: &Path) -> Result<Self, Trouble> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let file = file.map_err(|error| about(path, &error))?;
        Ok(Self { path: path.to_owned(), file: Some(file) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Still reserved: nothing came of it.
        if self.file.take().is_some() {
            drop(fs::remove_file(&self.path));
        }
    }
}

fn fetch(
    layout: &Layout,
    state: &JobState,
    mut place: Place,
    is_json: bool,
) -> Result<String, Trouble> {
    let name = state.file.as_deref().unwrap_or_default();
    let from = layout.exchange.join(name);
    let mut source = File::open(&from).map_err(|error| about(&from, &error))?;
    if let Some(file) = &mut place.file {
        let copied = io::copy(&mut source, file).and_then(|_| file.sync_all());
        copied.map_err(|error| about(&place.path, &error))?;
    }
    place.file = None;
    fs::remove_file(&from).map_err(|error| about(&from, &error))?;
    Ok(said(is_json, &state.words, Some(&place.path)))
}

fn passphrase(question: &str) -> Result<String, Trouble> {
    let failed = |error: io::Error| Trouble::new(Exit::Failed, format!("no passphrase: {error}"));
    if io::stdin().is_terminal() {
        return rpassword::prompt_password(question).map_err(failed);
    }
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(failed)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn confirm(keep_messages: bool, yes: bool) -> Result<(), Trouble> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Trouble::new(Exit::Usage, "say --yes to reset without being asked"));
    }
    let what = if keep_messages { "settings and administrators" } else { "everything" };
    eprint!("Remove {what} from this appliance? Type RESET: ");
    let mut typed = String::new();
    match io::stdin().lock().read_line(&mut typed) {
        Ok(_) if typed.trim() == "RESET" => Ok(()),
        Ok(_) => Err(Trouble::new(Exit::Failed, "nothing was reset")),
        Err(error) => Err(Trouble::new(Exit::Failed, error.to_string())),
    }
}

fn about(path: &Path, error: &io::Error) -> Trouble {
    Trouble::new(Exit::Failed, format!("{}: {error}", path.display()))
}

fn trouble(error: Unanswered) -> Trouble {
    match error {
        Unanswered::Away { .. } => Trouble::new(Exit::NoConnection, error.to_string()),
        Unanswered::Refused(refusal) => Trouble::new(Exit::Refused, refusal.text),
        Unanswered::Malformed(_) => Trouble::new(Exit::Failed, error.to_string()),
    }
}
