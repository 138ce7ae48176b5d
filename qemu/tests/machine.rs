//! Real QEMU with a tiny guest: its console, ports, panel, power, snapshots and network.

mod guest;

use std::time::Duration;

use qemu::accelerator::{Accelerator, measure};
use qemu::keys::Key;
use qemu::machine::Machine;
use qemu::switch::shell::{Running, Station};
use qemu::wait::Deadline;
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(60);

fn is_on_the_bus(machine: &mut Machine) -> bool {
    machine.qmp().human("info usb").is_ok_and(|told| told.contains("Speed 12 Mb/s"))
}

#[test]
fn an_accelerator_is_believed_only_when_it_has_run_something_in_time() {
    if !guest::qemu_is_installed() {
        return;
    }
    assert!(measure("tcg", PATIENCE).expect("QEMU starts").is_some());
    assert_eq!(measure("no-such-thing", PATIENCE).expect("QEMU starts, and ends at once"), None);
    let hurried = measure("tcg", Duration::from_millis(1)).expect("QEMU starts");
    assert_eq!(hurried, None, "who is slower than the patience is not believed");
    println!("here: {:?}", Accelerator::find());
}

#[test]
fn the_console_is_read_ports_are_told_and_a_power_cut_ends_it() {
    if !guest::qemu_is_installed() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let options = guest::image(folder.path()).forward(443).forward(80);
    let mut machine = Machine::start(options).expect("started");
    machine.wait_for_line("guest is up", PATIENCE).expect("it is up");
    let ports = [machine.port(443), machine.port(80)].map(|port| port.expect("forwarded"));
    assert!(ports[0] > 0 && ports[1] > 0 && ports[0] != ports[1]);
    assert_eq!(machine.port(22), None);
    let wrong = machine.wait_for_line("guest is down", Duration::from_millis(200));
    let said = wrong.expect_err("it never says that").to_string();
    assert!(said.contains("guest is up") && said.contains("serial console"), "{said}");
    machine.cut_power().expect("killed");
    let gone = machine.wait_for_line("guest is down", PATIENCE).expect_err("it is off");
    assert!(gone.to_string().contains("QEMU ended"), "{gone}");
}

#[test]
fn the_panel_is_on_the_bus_while_it_is_plugged_in() {
    if !guest::qemu_is_installed() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut machine = Machine::start(guest::image(folder.path())).expect("started");
    let on = |machine: &mut Machine| is_on_the_bus(machine).then_some(());
    let off = |machine: &mut Machine| (!is_on_the_bus(machine)).then_some(());
    machine.wait("the panel is there", PATIENCE, on).expect("plugged in");
    machine.unplug_panel();
    machine.wait("the panel is gone", PATIENCE, off).expect("unplugged");
    machine.plug_panel().expect("taken");
    machine.wait("the panel is back", PATIENCE, on).expect("plugged in again");
    machine.panel().tap(Key::Ok);
    assert!(!machine.panel().is_idle(), "no driver looks at the keys of this guest");
    machine.quit().expect("ended");
    let gone = machine.panel().wait(PATIENCE, |_| Some(())).and_then(|()| {
        Deadline::after(PATIENCE).look(|| (!machine.panel().is_plugged()).then_some(()))
    });
    assert_eq!(gone, Some(()), "a panel notices that its machine is gone");
}

#[test]
fn many_machines_go_on_from_one_snapshot() {
    if !guest::qemu_is_installed() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut machine = Machine::start(guest::image(folder.path())).expect("started");
    machine.wait_for_line("guest is up\nab", PATIENCE).expect("it counts");
    let state = folder.path().join("state");
    let snapshot = machine.save(&state, PATIENCE).expect("saved");
    for number in 0..2 {
        let overlay = folder.path().join(format!("disk-{number}"));
        let mut machine = snapshot.go_on(&overlay).expect("goes on");
        let counting = |machine: &mut Machine| {
            let told = machine.serial();
            (told.len() > 2 && !told.contains("guest is up")).then_some(())
        };
        machine.wait("it counts on without a start", PATIENCE, counting).expect("it does");
        machine.plug_panel().expect("taken");
        let on = |machine: &mut Machine| is_on_the_bus(machine).then_some(());
        machine.wait("the panel is there", PATIENCE, on).expect("plugged in");
    }
}

#[test]
fn a_machine_speaks_to_a_test_through_the_switch() {
    if !guest::qemu_is_installed() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("switch.sock");
    let switch = Running::start(&path).expect("a switch");
    let mut station = Station::connect(&path).expect("connected");
    let mut options = guest::image(folder.path());
    options.switches.push(path);
    options.number = 7;
    let mut machine = Machine::start(options).expect("started");
    let both = |_: &mut Machine| (switch.cables() == 2).then_some(());
    machine.wait("both cables are in", PATIENCE, both).expect("connected");
    let announce = json!({ "initial": 50, "max": 50, "rounds": 5, "step": 50 });
    machine.qmp().execute("announce-self", announce).expect("announced");
    let frame = station.receive(PATIENCE).expect("a switch").expect("a frame");
    assert_eq!(frame[6..12], [0x52, 0x54, 0x00, 0x69, 0x01, 7]);
    machine.set_link(1, false).expect("the cable is pulled");
    assert!(machine.set_link(2, false).is_err(), "there is no such card");
}

#[test]
fn who_asks_for_a_shell_where_there_is_none_is_told_so() {
    if !guest::qemu_is_installed() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut machine = Machine::start(guest::image(folder.path())).expect("started");
    let refused = machine.shell("true", Duration::from_secs(1)).expect_err("there is none");
    assert!(refused.to_string().contains("development image"), "{refused}");
}

#[test]
fn a_folder_without_an_image_is_refused_with_the_way_to_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = qemu::machine::Image::at(folder.path()).expect_err("it is empty");
    assert!(refused.to_string().contains("make image"), "{refused}");
}
