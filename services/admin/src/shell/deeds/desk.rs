//! What most deeds need: the frame of a page, what the settings keeper says, a line in the record.

use axum::Form;
use axum::extract::rejection::FormRejection;
use chassis::hub::Away;
use jiff::tz::TimeZone;
use log::{info, warn};
use message::system::{AskHealth, AskJob, AskSettings, BeginJob, Health, Job, JobState, Snapshot};
use settings::Settings;

use crate::audit::Entry;
use crate::pages::field::{Faults, Fields};
use crate::pages::frame::{Frame, Trial};
use crate::pages::words::sentence;
use crate::shell::App;
use crate::shell::answer::{Trouble, Visitor};

/// A form that was sent.
pub(super) type Posted = Result<Form<Vec<(String, String)>>, FormRejection>;

/// The fields of a form from one of our own pages.
pub(super) fn fields(visitor: &Visitor, form: Posted) -> Result<Fields, Trouble> {
    let Form(pairs) = form?;
    let fields = Fields::of(pairs);
    visitor.check(fields.whole("form"))?;
    Ok(fields)
}

/// The settings in force and how they stand.
pub(super) struct InForce {
    pub(super) revision: u64,
    pub(super) settings: Settings,
    pub(super) trial: Option<Trial>,
    pub(super) is_managed: bool,
}

impl InForce {
    /// What a snapshot says; none for settings of another version.
    pub(super) fn of(snapshot: &Snapshot) -> Option<Self> {
        Some(Self {
            revision: snapshot.revision,
            settings: Settings::from_json(&snapshot.settings).ok()?,
            trial: snapshot
                .pending
                .map(|pending| Trial { revision: pending.revision, left_ms: pending.left_ms }),
            is_managed: snapshot.managed,
        })
    }
}

/// What a settings keeper refuses, for above a form; that it is away is trouble.
pub(super) fn refused(away: Away) -> Result<Faults, Trouble> {
    match away {
        Away::Refused(refusal) => Ok(Faults::general(sentence(&refusal.text))),
        Away::Silent(_) | Away::Malformed(_) => Err(away.into()),
    }
}

impl App {
    /// The settings in force, if the settings keeper is there.
    pub(super) async fn in_force(&self) -> Option<InForce> {
        let answer = self.machine.system.ask(&AskSettings { watch: false }).await.ok()?;
        InForce::of(&answer.read::<Snapshot>().ok()?)
    }

    /// How the appliance is, if the settings keeper is there.
    pub(super) async fn health(&self) -> Option<Health> {
        let answer = self.machine.system.ask(&AskHealth { watch: false }).await.ok()?;
        answer.read().ok()
    }

    /// The job that runs or ran last, if the settings keeper is there.
    pub(super) async fn job(&self) -> Option<JobState> {
        self.machine.system.ask(&AskJob {}).await.ok()?.read().ok()
    }

    /// Begins a job.
    pub(super) async fn begin(&self, job: Job) -> Result<(), Away> {
        self.machine.system.ask(&BeginJob { job }).await.map(drop)
    }

    /// The frame of a page.
    pub(super) async fn frame(&self, visitor: &Visitor) -> Frame {
        framed(visitor, self.in_force().await.as_ref())
    }

    /// Writes down what was done to whom or what: an outcome of `done`, or why not.
    pub(super) async fn record(&self, by: &Visitor, deed: &str, target: &str, outcome: &str) {
        let entry = Entry {
            at: self.clock().unix_millis(),
            who: by.who.name.clone(),
            role: by.who.role.word().to_owned(),
            origin: by.address.to_string(),
            deed: deed.to_owned(),
            target: target.to_owned(),
            outcome: outcome.to_owned(),
        };
        self.note(entry).await;
    }

    /// Writes a line into the record.
    pub(super) async fn note(&self, entry: Entry) {
        let (deed, outcome) = (entry.deed.as_str(), entry.outcome.as_str());
        let (by, origin) = (entry.who.as_str(), entry.origin.as_str());
        info!(deed, outcome, by, origin; "administration");
        match self.keeper.ask(move |desk| desk.note(entry)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => warn!(error:%; "the audit record could not be written"),
            Err(busy) => warn!(error:% = busy; "the audit record could not be written"),
        }
    }
}

/// The frame of a page, with the settings at hand.
pub(super) fn framed(visitor: &Visitor, in_force: Option<&InForce>) -> Frame {
    let zone = in_force.map(|found| found.settings.time.zone.as_str());
    Frame {
        form: visitor.form.clone(),
        who: visitor.who.clone(),
        zone: zone.and_then(|zone| TimeZone::get(zone).ok()).unwrap_or(TimeZone::UTC),
        trial: in_force.and_then(|found| found.trial),
        notice: visitor.notice,
    }
}
