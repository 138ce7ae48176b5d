//! Who knocks from outside: which ports answer, how closely the services are shut in, and how long
//! guessing takes.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use boot::api::PASSWORD;
use boot::scan::{Place, scan, station};
use boot::unit::{PORTS, START, Unit};
use qemu::switch::shell::Running;
use serde_json::json;

/// What `systemd-analyze security` may give each service.
const EXPOSURE: f32 = 2.0;
/// Telephones' lines, by a stream in the clear and within TLS.
const LINES: [u16; 2] = [5060, 5061];
/// Wrong passwords.
const GUESSES: usize = 1000;

const HERE: Place = Place { mac: [2, 0, 0, 0, 0, 9], ip: [192, 0, 2, 9] };
const APPLIANCE: Place = Place { mac: [0x52, 0x54, 0x00, 0x69, 0x01, 0x01], ip: [192, 0, 2, 1] };

#[test]
#[ignore = "boots the image: .ci/stage boots"]
fn five_ports_answer_and_no_other() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let socket = folder.path().join("switch");
    let switch = Running::start(&socket)?;
    let mut unit = Unit::delivered(|options| options.switches.push(socket.clone()))?;
    unit.wait_for_start()?;
    unit.guest(
        "for card in /sys/class/net/*; do grep -q 52:54:00:69:01:01 $card/address || continue; \
         ip link set ${card##*/} up && ip address add 192.0.2.1/24 dev ${card##*/}; done",
    )?;
    ensure!(switch.cables() == 1, "the appliance is not at the switch");
    let mut station = station(&socket)?;
    let began = office::wait::now();
    let found = scan(&mut station, HERE, APPLIANCE, 443)?;
    println!("65,535 ports asked in {:.0} s: {found:?}", began.elapsed().as_secs_f32());
    let wanted: BTreeSet<u16> = PORTS.into_iter().chain(LINES).collect();
    ensure!(found == wanted, "these answer: {found:?}");
    let listening = unit
        .guest("ss -Hltn | sed 's/^[^ ]* *[^ ]* *[^ ]* *[^ ]*:\\([0-9]*\\) .*/\\1/' | sort -un")?;
    let listening: BTreeSet<u16> = listening
        .lines()
        .map(|line| line.trim().parse().context("a port"))
        .collect::<Result<_, _>>()?;
    ensure!(listening == wanted, "somebody listens at {listening:?}");
    exposures(&mut unit)
}

fn exposures(unit: &mut Unit) -> anyhow::Result<()> {
    let table = unit.guest("systemd-analyze security --no-pager | grep '^ivm-[a-z]*.service'")?;
    let services: Vec<(&str, f32)> = table
        .lines()
        .filter_map(|row| {
            let mut words = row.split_whitespace();
            Some((words.next()?, words.next()?.parse().ok()?))
        })
        .collect();
    for name in ["system", "ivm", "admin", "lcd", "dhcp", "tftp", "gateway"] {
        let unit = format!("ivm-{name}.service");
        let (_, exposure) =
            services.iter().find(|(service, _)| *service == unit).with_context(|| table.clone())?;
        println!("{unit}: {exposure}");
        ensure!(*exposure <= EXPOSURE, "{unit} has {exposure}");
    }
    Ok(())
}

#[test]
#[ignore = "boots the image: .ci/stage boots"]
fn a_thousand_wrong_log_ins_are_slowed_down_and_shut_nobody_out() -> anyhow::Result<()> {
    let mut unit = Unit::set_up()?;
    let api = unit.meet()?;
    let guess = json!({ "name": "admin", "password": "not this one either" });
    let told = api.stranger("/session", &guess, GUESSES)?;
    let refused = told.iter().filter(|status| matches!(status, 401 | 403)).count();
    let told_to_wait = told.iter().filter(|status| **status == 429).count();
    println!("{refused} guesses were looked at, {told_to_wait} were told to wait");
    ensure!(refused <= 20 && refused + told_to_wait == GUESSES, "{told:?}");
    // A token goes on, the appliance is well, and from the machine itself the password counts.
    let health = api.get("/health")?;
    ensure!(health["services"].as_array().is_some_and(|all| all.len() == 7), "{health}");
    let log = unit.guest("journalctl -q -b -u ivm-admin --no-pager -o cat | wc -l")?;
    ensure!(log.trim().parse::<usize>()? < GUESSES, "each guess is a line of the log: {log}");
    ensure!(!unit.guest("journalctl -q -b --no-pager -o cat")?.contains(PASSWORD));
    unit.machine.wait_for_panel("On-line", START)
}
