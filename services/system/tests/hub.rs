//! The settings keeper over its real socket: settings, their watchers, restarts, health, the log,
//! certificates, orders.

use std::fs;
use std::path::Path;
use std::time::Duration;

use chassis::context::Context;
use chassis::hub::{Address, Away, Hub, News, watch};
use chassis::identity::Identity;
use chassis::layout::{Layout, Ports};
use message::system::{
    Alarm, AskCertificates, AskHealth, AskJob, AskLog, AskSettings, BeginJob, Certificates,
    Confirm, Deed, Gravity, Health, Job, JobState, LogLines, Order, Propose, RaiseAlarm, Revert,
    SetCertificate, Snapshot, Stage,
};
use message::{Body, ErrorCode, Kind, Object, ObjectId, Refusal};
use rcgen::{CertificateParams, KeyPair};
use settings::{Admission, Language, Settings};
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

/// Nothing here takes so long.
const LONG: Duration = Duration::from_secs(30);

struct House {
    context: Context,
    hub: Hub,
}

impl House {
    async fn open(state: &Path) -> Self {
        let layout = Layout::under(state, Ports::FREE);
        layout.make_directories().expect("writable");
        let context = Context::new(layout);
        context.serve("system", system::run(context.clone(), system::Options::default()));
        assert!(context.until_ready("system").await, "it keeps");
        let hub = Hub::start(&context, address(&context));
        Self { context, hub }
    }

    /// Asks; again, while what was asked before is still being applied.
    async fn ask<'b, B: Body<'b>>(&self, body: &B) -> Object {
        for _ in 0..1_000 {
            match self.hub.ask(body).await {
                Err(Away::Refused(refusal)) if refusal.text == "Another change is under way." => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                answer => return answer.expect("it answers"),
            }
        }
        unreachable!("a change never ends")
    }

    async fn refused<'b, B: Body<'b>>(&self, body: &B) -> Refusal {
        match self.hub.ask(body).await {
            Err(Away::Refused(refusal)) => refusal,
            other => unreachable!("it refuses: {other:?}"),
        }
    }

    async fn snapshot(&self) -> Snapshot {
        self.ask(&AskSettings { watch: false }).await.read().expect("settings")
    }

    async fn settings(&self) -> Settings {
        Settings::from_json(&self.snapshot().await.settings).expect("its own")
    }

    async fn propose(&self, settings: &Settings) -> Snapshot {
        let base = self.snapshot().await.revision;
        let settings = settings.to_json();
        self.ask(&Propose { base, settings, is_final: false }).await.read().expect("settings")
    }

    fn watch(&self, question: Object) -> Receiver<News> {
        watch(&self.context, address(&self.context), vec![question])
    }

    async fn close(self) {
        self.context.drain().await;
        assert!(!self.context.failed());
    }
}

fn address(context: &Context) -> Address {
    let socket = context.layout().system_socket.clone();
    Address { name: "settings keeper", socket, caller: "test" }
}

async fn next(news: &mut Receiver<News>, kind: Kind) -> Object {
    loop {
        let heard = timeout(LONG, news.recv()).await.expect("in time").expect("it goes on");
        if let News::Object(object) = heard
            && object.header.kind == kind
        {
            return object;
        }
    }
}

fn german() -> Settings {
    Settings { language: Language::Deutsch, ..Settings::default() }
}

fn closed() -> Settings {
    let mut settings = german();
    settings.firewall.objects = Admission::Nowhere;
    settings
}

// rows 73
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_comes_to_every_watcher_and_outlives_the_service() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let house = House::open(folder.path()).await;
    let question = Object::of(ObjectId::BLANK, &AskSettings { watch: true });
    let mut news = house.watch(question);
    let first: Snapshot = next(&mut news, Kind::Snapshot).await.read().expect("settings");
    assert!((first.revision, first.managed) == (1, false), "{first:?}");
    let answer = house.propose(&german()).await;
    // What is in force may be told twice: once as the answer, once as it came into force.
    let post = loop {
        let post: Snapshot = next(&mut news, Kind::Snapshot).await.read().expect("settings");
        if post != first {
            break post;
        }
    };
    assert_eq!((&answer, answer.revision), (&post, 2));
    let stale = Propose { base: 1, settings: german().to_json(), is_final: false };
    assert_eq!(house.refused(&stale).await.code, ErrorCode::Conflict);
    house.close().await;
    let house = House::open(folder.path()).await;
    assert_eq!((house.settings().await, house.snapshot().await.revision), (german(), 2));
    house.close().await;
}

// rows 73, 74
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unconfirmed_change_does_not_outlive_the_service_and_a_damaged_file_is_no_end() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let house = House::open(folder.path()).await;
    house.propose(&german()).await;
    let trial = house.propose(&closed()).await;
    let pending = trial.pending.expect("on trial");
    assert!(pending.revision == 3 && pending.left_ms > 50_000);
    house.close().await;
    let house = House::open(folder.path()).await;
    assert_eq!(house.settings().await, german());
    let trial = house.propose(&closed()).await;
    let revision = trial.revision;
    house.ask(&Revert { revision }).await;
    assert_eq!(house.settings().await, german());
    let trial = house.propose(&closed()).await;
    house.ask(&Confirm { revision: trial.revision }).await;
    house.propose(&Settings { language: Language::English, ..closed() }).await;
    let file = house.context.layout().system_state.join("settings.json");
    house.close().await;

    let text = fs::read_to_string(&file).expect("it is there");
    fs::write(&file, text.replace("english", "deutsch")).expect("writable");
    let house = House::open(folder.path()).await;
    assert_eq!(house.settings().await, closed(), "those before the damaged ones");
    assert!(file.with_extension("damaged").exists());
    let health: Health = house.ask(&AskHealth { watch: false }).await.read().expect("health");
    assert!(health.alarms.iter().any(|alarm| alarm.name == "settings-restored"), "{health:?}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_is_told_when_it_is_asked_for_and_again_when_it_changes() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let house = House::open(folder.path()).await;
    let health: Health = house.ask(&AskHealth { watch: false }).await.read().expect("health");
    assert!(health.disk_total > 0 && health.memory_total > 0 && health.unix_ms > 0);
    let service = health.services.iter().find(|one| one.name == "system").expect("it runs");
    assert!(service.is_running);
    let mut news = house.watch(Object::of(ObjectId::BLANK, &AskHealth { watch: true }));
    next(&mut news, Kind::Health).await;
    house.propose(&closed()).await;
    house.ask(&Revert { revision: 2 }).await;
    next(&mut news, Kind::Health).await;
    let lines: LogLines =
        house.ask(&AskLog { gravest: 7, most: 5, ..AskLog::default() }).await.read().expect("log");
    assert!(lines.lines.len() <= 5);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_that_a_service_raises_is_on_until_its_connection_ends() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let house = House::open(folder.path()).await;
    let raised = async |wanted: bool| {
        let name = "database-damaged";
        loop {
            let health = house.ask(&AskHealth { watch: false }).await;
            let health: Health = health.read().expect("health");
            if health.alarms.iter().any(|alarm| alarm.name == name) == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let (name, words) = ("database-damaged".to_owned(), "Saved: all.".to_owned());
    let (gravity, advice) = (Gravity::Critical, "Look.".to_owned());
    let alarm = Alarm { name, gravity, words, advice, since: 5 };
    let raise = RaiseAlarm { alarm, until: u64::MAX };
    let other = Hub::start(&house.context, address(&house.context));
    other.ask(&raise).await.expect("it is on");
    timeout(LONG, raised(true)).await.expect("in time");
    drop(other);
    timeout(LONG, raised(false)).await.expect("in time");
    house.close().await;
}

fn uploaded() -> (String, String) {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["ivm.example".to_owned()]).expect("a name");
    let certificate = params.self_signed(&key).expect("signed").pem();
    (key.serialize_pem(), certificate)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_serve_an_uploaded_certificate_over_restarts_until_it_is_given_back() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let house = House::open(folder.path()).await;
    let layout = house.context.layout().clone();
    let own: Certificates = house.ask(&AskCertificates {}).await.read().expect("certificates");
    let identity = Identity::try_open(&layout.tls).expect("handed out");
    assert_eq!(own.fingerprint, identity.fingerprint().bytes());
    assert!(!own.is_uploaded && own.names.contains(&"localhost".to_owned()));
    let (key, certificate) = uploaded();
    let wrong = SetCertificate { pem: format!("{}{certificate}", uploaded().0) };
    assert!(house.refused(&wrong).await.text.contains("does not belong"));
    let right = SetCertificate { pem: format!("{key}{certificate}") };
    let set: Certificates = house.ask(&right).await.read().expect("certificates");
    assert!(set.is_uploaded && set.names == ["ivm.example"] && !set.authority.contains("PRIVATE"));
    house.close().await;

    fs::remove_dir_all(&layout.tls).expect("as after a restart of the machine");
    let house = House::open(folder.path()).await;
    assert!(layout.tls.join("web.pem").exists());
    house.ask(&SetCertificate { pem: String::new() }).await;
    assert!(!layout.tls.join("web.pem").exists());
    let again: Certificates = house.ask(&AskCertificates {}).await.read().expect("certificates");
    assert_eq!((again.is_uploaded, again.fingerprint), (false, own.fingerprint));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_machine_is_not_ours_to_do_is_refused_in_words_and_jobs_are_done() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let house = House::open(folder.path()).await;
    let refusal = house.refused(&Order { deed: Deed::Restart }).await;
    assert_eq!(refusal.code, ErrorCode::NotPermitted);
    assert!(refusal.text.contains("does not manage the machine"));
    let mut job: JobState =
        house.ask(&BeginJob { job: Job::Diagnostics }).await.read().expect("a job");
    timeout(LONG, async {
        while job.stage == Stage::Running {
            job = house.ask(&AskJob {}).await.read().expect("a job");
        }
    })
    .await
    .expect("it ends");
    assert_eq!(job.stage, Stage::Done, "{}", job.words);
    assert!(house.context.layout().exchange.join(job.file.expect("a file")).exists());
    let unknown = house.refused(&message::admin::AskStatus {}).await;
    assert_eq!(unknown.code, ErrorCode::NotPermitted);
    house.close().await;
}
