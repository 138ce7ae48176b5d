//! Everything that is asked of the keeper but the settings: health, orders, jobs, log,
//! certificates. Each question is answered by itself; a few at a time.

use std::collections::BTreeMap;

use chassis::chance;
use chassis::context::Context;
use message::system::{
    Alarm, AskCertificates, AskHealth, AskJob, AskLog, BeginJob, Deed, Health, Order,
    SetCertificate,
};
use message::{Body, ErrorCode, Kind, Object, ObjectId, ObjectIds, Refusal};
use tokio::sync::{Semaphore, mpsc, watch};

use super::certificates::Keys;
use super::raised::Raised;
use super::{log_book, look};
use crate::deed::Request;
use crate::shell_deed::{DeedError, perform};
use crate::shell_job::Jobs;

/// Answers at a time: some start programs.
const TOGETHER: usize = 4;

/// What everything is answered from.
pub(super) struct Desk {
    pub(super) context: Context,
    pub(super) keys: Keys,
    pub(super) health: watch::Sender<Health>,
    pub(super) settings: watch::Sender<String>,
    pub(super) keepers_alarms: watch::Sender<Vec<Alarm>>,
    pub(super) raised: Raised,
    /// Counts the looks that are wanted before their time.
    pub(super) wanted: watch::Sender<u64>,
    /// Counts how often the clock was set by hand.
    pub(super) clock_sets: watch::Sender<u64>,
    jobs: Jobs,
    turns: Semaphore,
}

impl Desk {
    /// Opens the authority, and hands out what the services serve with.
    pub(super) fn open(context: &Context) -> anyhow::Result<Self> {
        Ok(Self {
            keys: Keys::open(context)?,
            health: watch::Sender::new(Health::default()),
            settings: watch::Sender::default(),
            keepers_alarms: watch::Sender::default(),
            raised: Raised::default(),
            wanted: watch::Sender::default(),
            clock_sets: watch::Sender::default(),
            jobs: Jobs::new(context),
            turns: Semaphore::new(TOGETHER),
            context: context.clone(),
        })
    }

    /// The keeper's own alarms have changed.
    pub(super) fn set_keepers_alarms(&self, alarms: Vec<Alarm>) {
        self.keepers_alarms.send_replace(alarms);
        self.look_soon();
    }

    /// Something has changed that the health shows.
    pub(super) fn look_soon(&self) {
        self.wanted.send_modify(|count| *count += 1);
    }

    /// Answers a question that its asker may put.
    pub(super) async fn answer(&self, object: &Object) -> Object {
        let Ok(_turn) = self.turns.acquire().await else {
            let refusal = Refusal::new(ErrorCode::GoingDown, "The settings keeper ends.");
            return Object::refused(&object.header, &refusal);
        };
        let answered = match object.header.kind {
            Kind::AskHealth => self.ask_health(object).await,
            Kind::Order => self.order(object).await,
            Kind::BeginJob => self.begin_job(object),
            Kind::AskJob => {
                read::<AskJob>(object).map(|AskJob {}| reply(object, &self.jobs.state()))
            }
            Kind::AskLog => self.ask_log(object).await,
            Kind::AskCertificates => read::<AskCertificates>(object)
                .map(|AskCertificates {}| reply(object, &self.keys.certificates())),
            Kind::SetCertificate => self.set_certificate(object),
            _ => Err(Refusal::new(
                ErrorCode::NotPermitted,
                "The settings keeper does not know that.",
            )),
        };
        answered.unwrap_or_else(|refusal| Object::refused(&object.header, &refusal))
    }

    async fn ask_health(&self, object: &Object) -> Result<Object, Refusal> {
        read::<AskHealth>(object)?;
        let health = look::now(self).await;
        Ok(reply(object, &health))
    }

    /// Posts every later health, until the line is gone.
    pub(super) async fn tell_health(&self, line: &mpsc::WeakSender<Object>) {
        let mut ids = fresh_ids(&self.context);
        let mut health = self.health.subscribe();
        loop {
            let changed = tokio::select! {
                changed = health.changed() => changed,
                () = self.context.draining() => return,
            };
            let Some(line) = line.upgrade().filter(|_| changed.is_ok()) else { return };
            let id = ids.fresh(self.context.clock().now());
            let post = Object::of(id, &*health.borrow_and_update());
            // Who reads slowly misses one; the next one says all again.
            let _ = line.try_send(post);
        }
    }

    async fn order(&self, object: &Object) -> Result<Object, Refusal> {
        let Order { deed } = read(object)?;
        let request = match deed {
            Deed::Restart => Request::Restart,
            Deed::Shutdown => Request::Shutdown,
            Deed::FactoryReset { keep_messages } => Request::FactoryReset { keep_messages },
            Deed::SetClock { unix_ms } => Request::SetClock { unix_ms },
            Deed::StartOtherSlot => Request::StartOtherSlot,
        };
        log::info!(deed = request.name(); "ordered");
        perform(self.context.layout(), request, |_| {}).await.map_err(|error| refusal(&error))?;
        if matches!(deed, Deed::SetClock { .. }) {
            look::clock_was_set(self);
        }
        Ok(Object::accepted(&object.header))
    }

    fn begin_job(&self, object: &Object) -> Result<Object, Refusal> {
        let BeginJob { job } = read(object)?;
        let health = format!("{:#?}\n", *self.health.borrow());
        let settings = self.settings.borrow().clone();
        let about = [("health.txt", health), ("settings.json", settings)];
        let about = BTreeMap::from(about.map(|(name, text)| (name.to_owned(), text)));
        Ok(reply(object, &self.jobs.begin(job, about)?))
    }

    async fn ask_log(&self, object: &Object) -> Result<Object, Refusal> {
        let question: AskLog = read(object)?;
        let lines = tokio::task::spawn_blocking(move || log_book::read(&question)).await;
        let lines = lines.map_err(|_| Refusal::new(ErrorCode::Internal, "The log was lost."))?;
        let lines = lines.map_err(|error| {
            Refusal::new(ErrorCode::Internal, format!("The log cannot be read: {error:#}."))
        })?;
        Ok(reply(object, &lines))
    }

    fn set_certificate(&self, object: &Object) -> Result<Object, Refusal> {
        let SetCertificate { pem } = read(object)?;
        let now = self.context.clock().unix_millis() / 1000;
        self.keys.set_uploaded(&pem, now)?;
        self.look_soon();
        Ok(reply(object, &self.keys.certificates()))
    }
}

/// Ids for what we say by ourselves.
pub(super) fn fresh_ids(context: &Context) -> ObjectIds {
    ObjectIds::new(ObjectId::new(context.clock().unix_millis(), &mut chance::rng()))
}

fn reply<'b, B: Body<'b>>(asked: &Object, body: &B) -> Object {
    Object::answer(&asked.header, body)
}

fn read<'b, B: Body<'b>>(object: &'b Object) -> Result<B, Refusal> {
    object.read().map_err(|error| Refusal::new(ErrorCode::Malformed, error.to_string()))
}

fn refusal(error: &DeedError) -> Refusal {
    let code = match error {
        DeedError::Unmanaged => ErrorCode::NotPermitted,
        DeedError::Invalid(_) => ErrorCode::Invalid,
        DeedError::Away(_) | DeedError::Late | DeedError::Failed(_) => ErrorCode::Internal,
    };
    Refusal::new(code, error.to_string())
}
