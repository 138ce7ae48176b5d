//! What is read, and what it alarms about.

use message::system::{Alarm, Gravity, Health, Interface, ServiceState};

use super::{Ground, Since, alarms, gateway, load, memory, services, uptime_ms};

const MIB: u64 = 1 << 20;

fn well() -> Health {
    let interface = Interface {
        name: "enp1s0".to_owned(),
        mac: "02:00:00:00:00:01".to_owned(),
        has_carrier: true,
        addresses: vec!["192.0.2.7/24".to_owned()],
    };
    Health {
        disk_total: 4_000 * MIB,
        disk_free: 3_000 * MIB,
        memory_total: 1_000 * MIB,
        memory_free: 500 * MIB,
        unix_ms: 1_800_000_000_000,
        interfaces: vec![interface],
        ..Health::default()
    }
}

fn ground() -> Ground {
    Ground { is_managed: true, built_ms: 1_790_000_000_000, ..Ground::default() }
}

fn names(health: &Health, ground: &Ground) -> Vec<String> {
    alarms(health, ground).into_iter().map(|alarm| alarm.name).collect()
}

#[test]
fn the_kernels_files_are_read() {
    let meminfo = "MemTotal:        2033356 kB\nMemFree: 1 kB\nMemAvailable:    1601204 kB\n";
    assert_eq!(memory(meminfo), (2_033_356 * 1024, 1_601_204 * 1024));
    assert_eq!((memory(""), memory("MemTotal: x kB")), ((0, 0), (0, 0)));
    assert_eq!((load("1.25 0.9 0.8 1/99 1234"), load("")), (125, 0));
    assert_eq!((uptime_ms("3725.25 100.00"), uptime_ms("x")), (3_725_250, 0));
}

#[test]
fn the_gateway_is_that_of_the_best_default_route() {
    let head =
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
    let hex = |bytes: [u8; 4]| format!("{:08X}", u32::from_ne_bytes(bytes));
    let (one, two) = (hex([192, 168, 1, 1]), hex([10, 0, 0, 1]));
    let text = format!(
        "{head}eth1\t00000000\t{two}\t0003\t0\t0\t2000\t00000000\t0\t0\t0\n\
         eth0\t00000000\t{one}\t0003\t0\t0\t1024\t00000000\t0\t0\t0\n\
         eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
    );
    assert_eq!(gateway(&text), "192.168.1.1");
    assert_eq!((gateway(head), gateway("")), (String::new(), String::new()));
}

#[test]
fn systemd_tells_how_the_services_are() {
    let shown = "Id=ivm-ivm.service\nLoadState=loaded\nActiveState=active\nSubState=running\n\
                 Result=success\nMemoryCurrent=5242880\nNRestarts=2\nExecMainStatus=0\n\n\
                 Id=ivm-lcd.service\nLoadState=loaded\nActiveState=activating\n\
                 SubState=auto-restart\nResult=exit-code\nMemoryCurrent=[not set]\nNRestarts=7\n\
                 ExecMainStatus=1\n\nId=ivm-none.service\nLoadState=not-found\nActiveState=inactive\n";
    let states = services(shown);
    assert_eq!(states.len(), 2);
    assert!(states[0].is_running && states[0].memory == 5_242_880 && states[0].starts == 3);
    assert_eq!(states[1].words, "failed (exit-code, exit 1)");
    assert_eq!((states[1].name.as_str(), states[1].memory), ("lcd", 0));
    assert!(services("rubbish\n\nId=ivm-x\n").is_empty());
}

#[test]
fn a_machine_that_is_well_alarms_nobody() {
    assert!(names(&well(), &ground()).is_empty());
    assert!(names(&Health::default(), &Ground::default()).is_empty(), "what is not known is well");
}

#[test]
fn every_trouble_has_its_alarm() {
    let low = Health { disk_free: 200 * MIB, memory_free: 10 * MIB, ..well() };
    assert_eq!(names(&low, &ground()), ["disk-low", "memory-low"]);
    let full = Health { disk_free: 20 * MIB, ..well() };
    assert_eq!(names(&full, &ground()), ["disk-full"]);
    let early = Health { unix_ms: 0, ..well() };
    assert_eq!(names(&early, &ground()), ["clock-wrong"]);
    assert_eq!(names(&well(), &Ground { went_back: true, ..ground() }), ["clock-wrong"]);
    let alone = Health { interfaces: Vec::new(), ..well() };
    assert_eq!(names(&alone, &ground()), ["network-down"]);
    assert!(names(&alone, &Ground { is_managed: false, ..ground() }).is_empty());
    let failed = ServiceState {
        name: "ivm".to_owned(),
        is_running: false,
        words: "failed (exit-code, exit 1)".to_owned(),
        memory: 0,
        starts: 1,
    };
    let failed = Health { services: vec![failed], ..well() };
    assert_eq!(names(&failed, &ground()), ["service-failed"]);
    let unconfirmed = Ground { is_unconfirmed: true, ..ground() };
    assert_eq!(names(&well(), &unconfirmed), ["start-check-failed"]);
    let soon = 1_800_000_000 + 86_400;
    for (until, gravity) in [(soon, Gravity::Warning), (1_799_999_999, Gravity::Critical)] {
        let ground = Ground { uploaded_until: Some(until), ..ground() };
        let alarms = alarms(&well(), &ground);
        assert_eq!((alarms[0].name.as_str(), alarms[0].gravity), ("certificate-expiring", gravity));
    }
}

#[test]
fn an_alarm_keeps_its_date_while_it_is_on_and_the_gravest_is_first() {
    let low = Health { disk_free: 200 * MIB, ..well() };
    let full = Health { memory_free: 10 * MIB, disk_free: 20 * MIB, ..well() };
    let mut since = Since::default();
    let first = since.date(alarms(&low, &ground()), 1_000);
    let later = since.date(alarms(&low, &ground()), 9_000);
    assert_eq!((first[0].since, later[0].since), (1_000, 1_000));
    let worse: Vec<Alarm> = since.date(alarms(&full, &ground()), 10_000);
    assert_eq!((worse[0].name.as_str(), worse[0].since), ("disk-full", 10_000));
    assert_eq!(since.date(alarms(&low, &ground()), 11_000)[0].since, 11_000, "it was gone");
}
