//! Bodies between the settings keeper and the other local services.

use message::Object;
use message::system::{
    Alarm, AskCertificates, AskHealth, AskJob, AskLog, AskSettings, BeginJob, Certificates,
    Confirm, Deed, Gravity, Health, Interface, Job, JobState, LogLine, LogLines, Order, Pending,
    Propose, RaiseAlarm, Revert, ServiceState, SetCertificate, Snapshot, Stage,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any};
use proptest::sample::select;
use proptest::strategy::Union;

use super::{bytes, objects, text};

pub(super) fn all() -> Vec<BoxedStrategy<Object>> {
    vec![
        objects(any::<bool>().prop_map(|watch| AskSettings { watch })),
        objects(snapshot()),
        objects(
            (any::<u64>(), text(), any::<bool>()).prop_map(|(base, settings, is_final)| Propose {
                base,
                settings,
                is_final,
            }),
        ),
        objects(any::<u64>().prop_map(|revision| Confirm { revision })),
        objects(any::<u64>().prop_map(|revision| Revert { revision })),
        objects(any::<bool>().prop_map(|watch| AskHealth { watch })),
        objects(health()),
        objects(deed().prop_map(|deed| Order { deed })),
        objects(job().prop_map(|job| BeginJob { job })),
        objects(Just(AskJob {})),
        objects(job_state()),
        objects((text(), text(), any::<u8>(), text(), any::<u32>()).prop_map(
            |(after, service, gravest, words, most)| AskLog {
                after,
                service,
                gravest,
                words,
                most,
            },
        )),
        objects((vec(line(), 0..4), text()).prop_map(|(lines, cursor)| LogLines { lines, cursor })),
        objects(Just(AskCertificates {})),
        objects((text(), bytes(), any::<bool>(), vec(text(), 0..4), any::<u64>()).prop_map(
            |(authority, fingerprint, is_uploaded, names, expires)| Certificates {
                authority,
                fingerprint,
                is_uploaded,
                names,
                expires,
            },
        )),
        objects(text().prop_map(|pem| SetCertificate { pem })),
        objects((alarm(), any::<u64>()).prop_map(|(alarm, until)| RaiseAlarm { alarm, until })),
    ]
}

fn snapshot() -> impl Strategy<Value = Snapshot> {
    let pending =
        (any::<u64>(), any::<u64>()).prop_map(|(revision, left_ms)| Pending { revision, left_ms });
    (any::<u64>(), text(), option::of(pending), any::<bool>()).prop_map(
        |(revision, settings, pending, managed)| Snapshot { revision, settings, pending, managed },
    )
}

fn health() -> impl Strategy<Value = Health> {
    let texts = (text(), text(), text(), text());
    let lists = (vec(alarm(), 0..3), vec(service(), 0..3), vec(interface(), 0..3));
    let numbers = any::<([u64; 6], u32, bool)>();
    (texts, lists, numbers).prop_map(|(texts, lists, (numbers, load, is_time_synced))| {
        let (version, slot, gateway, other_version) = texts;
        let (alarms, services, interfaces) = lists;
        let [uptime_ms, disk_total, disk_free, memory_total, memory_free, unix_ms] = numbers;
        Health {
            version,
            slot,
            uptime_ms,
            alarms,
            services,
            interfaces,
            gateway,
            disk_total,
            disk_free,
            memory_total,
            memory_free,
            load,
            unix_ms,
            is_time_synced,
            other_version,
        }
    })
}

fn alarm() -> impl Strategy<Value = Alarm> {
    let gravity = select(vec![Gravity::Notice, Gravity::Warning, Gravity::Critical]);
    (text(), gravity, text(), text(), any::<u64>()).prop_map(
        |(name, gravity, words, advice, since)| Alarm { name, gravity, words, advice, since },
    )
}

fn service() -> impl Strategy<Value = ServiceState> {
    (text(), any::<bool>(), text(), any::<u64>(), any::<u32>()).prop_map(
        |(name, is_running, words, memory, starts)| ServiceState {
            name,
            is_running,
            words,
            memory,
            starts,
        },
    )
}

fn interface() -> impl Strategy<Value = Interface> {
    (text(), text(), any::<bool>(), vec(text(), 0..3)).prop_map(
        |(name, mac, has_carrier, addresses)| Interface { name, mac, has_carrier, addresses },
    )
}

fn deed() -> impl Strategy<Value = Deed> {
    Union::new([
        select(vec![Deed::Restart, Deed::Shutdown, Deed::StartOtherSlot]).boxed(),
        any::<bool>().prop_map(|keep_messages| Deed::FactoryReset { keep_messages }).boxed(),
        any::<u64>().prop_map(|unix_ms| Deed::SetClock { unix_ms }).boxed(),
    ])
}

fn job() -> impl Strategy<Value = Job> {
    Union::new([
        Just(Job::Diagnostics).boxed(),
        text().prop_map(|file| Job::Update { file }).boxed(),
        (text(), any::<bool>())
            .prop_map(|(passphrase, with_messages)| Job::Backup { passphrase, with_messages })
            .boxed(),
        (text(), text()).prop_map(|(file, passphrase)| Job::Restore { file, passphrase }).boxed(),
    ])
}

fn job_state() -> impl Strategy<Value = JobState> {
    let stage = select(vec![Stage::None, Stage::Running, Stage::Done, Stage::Failed]);
    (any::<u64>(), text(), any::<u8>(), text(), stage, option::of(text())).prop_map(
        |(number, name, percent, words, stage, file)| JobState {
            number,
            name,
            percent,
            words,
            stage,
            file,
        },
    )
}

fn line() -> impl Strategy<Value = LogLine> {
    (any::<u64>(), text(), any::<u8>(), text())
        .prop_map(|(unix_ms, service, level, words)| LogLine { unix_ms, service, level, words })
}
