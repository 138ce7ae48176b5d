//! Bodies between the settings keeper and the other local services.

use message::system::{
    Alarm, AskCertificates, AskHealth, AskJob, AskLog, AskSettings, BeginJob, Certificates,
    Confirm, Deed, Gravity, Health, Interface, Job, JobState, LogLine, LogLines, Order, Pending,
    Propose, RaiseAlarm, Revert, ServiceState, SetCertificate, Snapshot, Stage,
};

use crate::file::File;
use crate::same::same;

const TIME: u64 = 1_700_000_000_000;

pub(crate) fn check(file: &File) {
    settings(file);
    same!(file, "ask-health", AskHealth { watch: false });
    same!(file, "health", health());
    orders(file);
    jobs(file);
    log(file);
    certificates(file);
    same!(file, "raise-alarm", RaiseAlarm { alarm: alarm(), until: TIME });
}

fn settings(file: &File) {
    let json = || "{\"format\":1}".to_owned();
    same!(file, "ask-settings", AskSettings { watch: true });
    let snapshot = Snapshot { revision: 7, settings: json(), pending: None, managed: true };
    same!(file, "snapshot", snapshot);
    let pending = Some(Pending { revision: 7, left_ms: 60_000 });
    let trial = Snapshot { revision: 7, settings: "{}".into(), pending, managed: false };
    same!(file, "snapshot-pending", trial);
    same!(file, "propose", Propose { base: 7, settings: json(), is_final: true });
    same!(file, "confirm", Confirm { revision: 8 });
    same!(file, "revert", Revert { revision: 8 });
}

fn alarm() -> Alarm {
    Alarm {
        name: "disk-low".into(),
        gravity: Gravity::Warning,
        words: "Little is free.".into(),
        advice: "Make room.".into(),
        since: TIME,
    }
}

fn health() -> Health {
    let service = ServiceState {
        name: "ivm".into(),
        is_running: true,
        words: "active".into(),
        memory: 5_242_880,
        starts: 1,
    };
    let interface = Interface {
        name: "enp1s0".into(),
        mac: "02:00:00:aa:bb:cc".into(),
        has_carrier: true,
        addresses: vec!["192.0.2.7/24".into()],
    };
    Health {
        version: "0.1.0".into(),
        slot: "A".into(),
        uptime_ms: 60_000,
        alarms: vec![alarm()],
        services: vec![service],
        interfaces: vec![interface],
        gateway: "192.0.2.1".into(),
        disk_total: 1 << 32,
        disk_free: 1 << 31,
        memory_total: 1 << 30,
        memory_free: 1 << 29,
        load: 125,
        unix_ms: TIME,
        is_time_synced: true,
        other_version: "0.0.9".into(),
    }
}

fn orders(file: &File) {
    same!(file, "order-restart", Order { deed: Deed::Restart });
    same!(file, "order-shutdown", Order { deed: Deed::Shutdown });
    same!(file, "order-reset", Order { deed: Deed::FactoryReset { keep_messages: true } });
    same!(file, "order-clock", Order { deed: Deed::SetClock { unix_ms: TIME } });
    same!(file, "order-slot", Order { deed: Deed::StartOtherSlot });
}

fn jobs(file: &File) {
    let passphrase = || "correct horse".to_owned();
    same!(file, "begin-update", BeginJob { job: Job::Update { file: "a.raucb".into() } });
    let backup = Job::Backup { passphrase: passphrase(), with_messages: true };
    same!(file, "begin-backup", BeginJob { job: backup });
    let restore = Job::Restore { file: "a.ivmbackup".into(), passphrase: passphrase() };
    same!(file, "begin-restore", BeginJob { job: restore });
    same!(file, "begin-diagnostics", BeginJob { job: Job::Diagnostics });
    same!(file, "ask-job", AskJob {});
    let running = JobState {
        number: 3,
        name: "backup".into(),
        percent: 50,
        words: "Packing.".into(),
        stage: Stage::Running,
        file: None,
    };
    same!(file, "job-state", running.clone());
    let done = JobState {
        percent: 100,
        words: "It is made.".into(),
        stage: Stage::Done,
        file: Some("ivm.ivmbackup".into()),
        ..running
    };
    same!(file, "job-state-done", done);
}

fn log(file: &File) {
    let ask = AskLog {
        after: "s=1".into(),
        service: "ivm".into(),
        gravest: 4,
        words: "disk".into(),
        most: 100,
    };
    same!(file, "ask-log", ask);
    let words = "low disk=9".into();
    let line = LogLine { unix_ms: TIME, service: "ivm".into(), level: 4, words };
    same!(file, "log-lines", LogLines { lines: vec![line], cursor: "s=2".into() });
}

fn certificates(file: &File) {
    same!(file, "ask-certificates", AskCertificates {});
    let own = Certificates {
        authority: "PEM".into(),
        fingerprint: vec![0xff; 32],
        is_uploaded: false,
        names: vec!["ivm.local".into(), "192.0.2.7".into()],
        expires: TIME,
    };
    same!(file, "certificates", own);
    same!(file, "set-certificate", SetCertificate { pem: String::new() });
}
