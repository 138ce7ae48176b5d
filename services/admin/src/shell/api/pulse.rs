//! How everything is now, for who listens; and samples of it, for plots.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chassis::hub::{News, watch};
use log::warn;
use message::system::{AskHealth, AskSettings, Health, Snapshot};
use message::{Kind, Object, ObjectId};
use nix::sys::statvfs::statvfs;
use tokio::time::{MissedTickBehavior, interval};

use super::people::server;
use super::{jobs, keeper};
use crate::api::jobs::{JobView, UploadView};
use crate::api::machine::{HealthView, SettingsView};
use crate::api::people::StatusView;
use crate::history::Sampler;
use crate::shell::App;

/// While somebody listens, counts and jobs are asked for so often.
const TICK: Duration = Duration::from_secs(2);
/// So often is looked whether a sample is due.
const LOOK: Duration = Duration::from_secs(5);

/// How everything is.
#[derive(Clone, Default)]
pub(super) struct Now {
    pub(super) status: Option<StatusView>,
    pub(super) health: Option<HealthView>,
    pub(super) job: Option<JobView>,
    pub(super) settings: Option<SettingsView>,
    pub(super) upload: Option<UploadView>,
}

/// Starts watching and sampling.
pub(super) fn start(app: &Arc<App>) {
    app.context.spawn("admin pulse", feel(Arc::clone(app)));
    app.context.spawn("admin samples", sample(Arc::clone(app)));
}

async fn feel(app: Arc<App>) {
    let questions = vec![
        Object::of(ObjectId::BLANK, &AskHealth { watch: true }),
        Object::of(ObjectId::BLANK, &AskSettings { watch: true }),
    ];
    let mut news = watch(&app.context, keeper(&app.context), questions);
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = app.context.draining() => return,
            heard = news.recv() => match heard {
                Some(heard) => take(&app, &heard),
                None => return,
            },
            _ = tick.tick() => if app.machine.now.receiver_count() > 0 {
                ask(&app).await;
            },
        }
    }
}

/// Takes what the settings keeper said; while it is away, nothing is known of it.
fn take(app: &App, news: &News) {
    match news {
        News::Gone => app.machine.now.send_modify(|now| {
            (now.health, now.settings, now.job) = (None, None, None);
        }),
        News::Object(object) => match object.header.kind {
            Kind::Health => {
                let health = object.read::<Health>().ok().map(HealthView::from);
                app.machine.now.send_modify(|now| now.health = health);
            }
            Kind::Snapshot => {
                let settings = object.read::<Snapshot>().ok();
                let settings = settings.and_then(|snapshot| SettingsView::of(&snapshot));
                app.machine.now.send_modify(|now| now.settings = settings);
            }
            _ => {}
        },
    }
}

async fn ask(app: &App) {
    let status = server(app).await.ok().map(StatusView::from);
    let job = jobs::state(app).await.ok().map(JobView::from);
    app.machine.now.send_modify(|now| (now.status, now.job) = (status, job));
}

async fn sample(app: Arc<App>) {
    let mut sampler = Sampler::default();
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = app.context.draining() => return,
            _ = look.tick() => {}
        }
        let Ok(status) = server(&app).await else { continue };
        let wall = app.clock().unix_millis();
        if !sampler.is_due(&status, wall) {
            continue;
        }
        let sample = sampler.look(&status, disk(&app.context.layout().admin_state), wall);
        match app.keeper.ask(move |desk| desk.add_sample(wall, &sample)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => warn!(error:%; "a sample could not be kept"),
            Err(busy) => warn!(error:% = busy; "a sample could not be kept"),
        }
    }
}

/// Bytes of the disk under a path, and of these free.
pub(super) fn disk(path: &Path) -> (u64, u64) {
    let Ok(space) = statvfs(path) else { return (0, 0) };
    let unit = space.fragment_size();
    (space.blocks().saturating_mul(unit), space.blocks_available().saturating_mul(unit))
}
