//! Settings, health, the log and the power, asked of the settings keeper itself: they work also
//! where the pages do not.

use std::fs;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use chassis::layout::Layout;
use message::Body;
use message::system::{
    AskHealth, AskLog, AskSettings, Confirm, Deed, Health, LogLine, LogLines, Order, Propose,
    Revert, Snapshot,
};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::either;
use crate::ctl::keeper::{KeeperVerb, Log, SettingsVerb};
use crate::ctl::keeper_words as words;
use crate::exit::{Exit, Trouble};
use crate::shell_hub::{Line, Unanswered};

/// Between two looks at the log.
const AGAIN: Duration = Duration::from_secs(1);
/// New lines that are fetched at once.
const PAGE: u32 = 1_000;
/// The longest file of settings, bytes.
const LONGEST: u64 = 128 << 10;

/// Does what was asked for; what is to be printed.
pub(super) async fn act(
    verb: &KeeperVerb,
    is_json: bool,
    layout: &Layout,
) -> Result<String, Trouble> {
    let hub = "settings keeper";
    let line = Line::open(hub, &layout.system_socket, "appliancectl").await.map_err(trouble)?;
    let mut keeper = Keeper { line, is_json };
    match verb {
        KeeperVerb::Settings(verb) => keeper.settings(verb).await,
        KeeperVerb::Health => {
            let health: Health = keeper.ask(&AskHealth { watch: false }).await?;
            Ok(either(is_json, || words::health_json(&health), || words::health(&health)))
        }
        KeeperVerb::Log(log) => keeper.log(log).await,
        KeeperVerb::Restart => keeper.order(Deed::Restart, "The appliance starts again.").await,
        KeeperVerb::Shutdown => {
            keeper.order(Deed::Shutdown, "The appliance is switched off.").await
        }
    }
}

struct Keeper {
    line: Line,
    is_json: bool,
}

impl Keeper {
    async fn ask<'b, B, A>(&mut self, body: &B) -> Result<A, Trouble>
    where
        B: Body<'b>,
        A: for<'a> Body<'a>,
    {
        let answer = self.line.ask(body).await.map_err(trouble)?;
        answer.read().map_err(|error| trouble(error.into()))
    }

    async fn order(&mut self, deed: Deed, said: &str) -> Result<String, Trouble> {
        self.line.ask(&Order { deed }).await.map_err(trouble)?;
        Ok(either(self.is_json, || json!({ "words": said }), || format!("{said}\n")))
    }

    async fn settings(&mut self, verb: &SettingsVerb) -> Result<String, Trouble> {
        let snapshot: Snapshot = self.ask(&AskSettings { watch: false }).await?;
        match verb {
            SettingsVerb::Show(show) => {
                let settings = parsed(&snapshot.settings)?;
                let part = match &show.key {
                    Some(key) => words::part(&settings, key).map_err(usage)?,
                    None => &settings,
                };
                if self.is_json {
                    return Ok(format!("{part}\n"));
                }
                Ok(match part {
                    Value::String(text) => format!("{text}\n"),
                    _ => format!("{part:#}\n"),
                })
            }
            SettingsVerb::Set(set) => {
                let mut settings = parsed(&snapshot.settings)?;
                words::set(&mut settings, &set.key, &set.value).map_err(usage)?;
                self.propose(&snapshot, settings.to_string(), set.is_final).await
            }
            SettingsVerb::Edit(edit) => {
                let settings = read(&edit.file)?;
                self.propose(&snapshot, settings, edit.is_final).await
            }
            SettingsVerb::Confirm => {
                let revision = on_trial(&snapshot)?;
                let kept: Snapshot = self.ask(&Confirm { revision }).await?;
                Ok(self.changed(&kept))
            }
            SettingsVerb::Revert => {
                let revision = on_trial(&snapshot)?;
                let back: Snapshot = self.ask(&Revert { revision }).await?;
                Ok(self.changed(&back))
            }
        }
    }

    async fn propose(
        &mut self,
        snapshot: &Snapshot,
        settings: String,
        is_final: bool,
    ) -> Result<String, Trouble> {
        let base = snapshot.revision;
        let changed: Snapshot = self.ask(&Propose { base, settings, is_final }).await?;
        Ok(self.changed(&changed))
    }

    fn changed(&self, snapshot: &Snapshot) -> String {
        let left = snapshot.pending.map(|pending| pending.left_ms.div_ceil(1_000));
        let revision = snapshot.revision;
        let value = || json!({ "revision": revision, "seconds_to_confirm": left });
        let words = || match left {
            Some(left) => format!(
                "The change is on trial and is taken back in {left} s unless you say\n\
                 \n    appliancectl settings confirm\n"
            ),
            None => format!("The settings are in force (revision {revision}).\n"),
        };
        either(self.is_json, value, words)
    }

    async fn log(&mut self, log: &Log) -> Result<String, Trouble> {
        let mut ask = AskLog {
            after: String::new(),
            service: log.service.clone(),
            gravest: log.level.number(),
            words: log.words.clone(),
            most: log.lines,
        };
        loop {
            let told: LogLines = self.ask(&ask).await?;
            if !log.follow {
                return Ok(self.shown(&told.lines));
            }
            let mut out = io::stdout().lock();
            let shown = self.shown(&told.lines);
            match out.write_all(shown.as_bytes()).and_then(|()| out.flush()) {
                Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(String::new()),
                written => written.map_err(|error| failed(&error))?,
            }
            drop(out);
            // A journal without a line yet has no cursor: its latest lines are all that there are.
            (ask.after, ask.most) = (told.cursor, PAGE);
            if told.lines.len() < PAGE as usize {
                sleep(AGAIN).await;
            }
        }
    }

    fn shown(&self, lines: &[LogLine]) -> String {
        let line = if self.is_json { words::log_json } else { words::log };
        lines.iter().map(|one| line(one) + "\n").collect()
    }
}

fn on_trial(snapshot: &Snapshot) -> Result<u64, Trouble> {
    let pending = snapshot.pending.map(|pending| pending.revision);
    pending.ok_or_else(|| Trouble::new(Exit::Refused, "no change is on trial"))
}

fn parsed(settings: &str) -> Result<Value, Trouble> {
    serde_json::from_str(settings)
        .map_err(|error| Trouble::new(Exit::Failed, format!("another version answers: {error}")))
}

fn read(file: &Path) -> Result<String, Trouble> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        io::stdin().lock().take(LONGEST).read_to_string(&mut text)
    } else {
        fs::File::open(file).and_then(|file| file.take(LONGEST).read_to_string(&mut text))
    };
    read.map_err(|error| Trouble::new(Exit::Failed, format!("{}: {error}", file.display())))?;
    Ok(text)
}

fn usage(text: String) -> Trouble {
    Trouble::new(Exit::Usage, text)
}

fn failed(error: &io::Error) -> Trouble {
    Trouble::new(Exit::Failed, format!("cannot print: {error}"))
}

fn trouble(error: Unanswered) -> Trouble {
    match error {
        Unanswered::Away { .. } => Trouble::new(Exit::NoConnection, error.to_string()),
        Unanswered::Refused(refusal) => Trouble::new(Exit::Refused, refusal.text),
        Unanswered::Malformed(_) => Trouble::new(Exit::Failed, error.to_string()),
    }
}
