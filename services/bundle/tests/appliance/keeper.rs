//! The settings keeper beside the other services: what it keeps comes to them, and to the
//! administrator's command line.

use std::fs;
use std::time::Duration;

use chassis::hub::{Address, Hub};
use message::people::Parameters;
use message::system::{AskSettings, Propose, Snapshot};
use nix::sys::signal::Signal;
use settings::Settings;
use tokio::time::timeout;

use crate::house::House;
use crate::programs::Appliance;

/// Nothing here takes so long.
const LONG: Duration = Duration::from_secs(30);

// rows 73
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_offices_choices_come_to_the_message_server() {
    let house = House::open().await;
    let layout = house.context.layout().clone();
    let hub = |name, socket| Hub::start(&house.context, Address { name, socket, caller: "test" });
    let keeper = hub("settings keeper", layout.system_socket);
    let server = hub("message server", layout.ivm_socket);
    let snapshot = keeper.ask(&AskSettings { watch: false }).await.expect("it answers");
    let snapshot: Snapshot = snapshot.read().expect("a snapshot");
    let mut settings = Settings::from_json(&snapshot.settings).expect("its own");
    settings.office.keep_days = 30;
    let (base, settings) = (snapshot.revision, settings.to_json());
    keeper.ask(&Propose { base, settings, is_final: false }).await.expect("taken");
    let told = async {
        loop {
            let answer = server.ask(&Parameters::default()).await.expect("it answers");
            let parameters: Parameters = answer.read().expect("parameters");
            if parameters.retention_days == 30 {
                return;
            }
        }
    };
    timeout(LONG, told).await.expect("it hears of it");
    house.close().await;
}

// rows 73
#[test]
fn settings_health_and_log_are_at_hand_on_the_command_line() {
    let appliance = Appliance::start();
    let text = |words: &[&str]| String::from_utf8(appliance.ctl(words).stdout).expect("text");
    assert_eq!(text(&["settings", "show", "host"]), "ivm\n");
    let set = appliance.json(&["settings", "set", "office.keep_days", "30"]);
    assert_eq!((&set["revision"], set["seconds_to_confirm"].is_null()), (&2.into(), true));
    assert_eq!(text(&["settings", "show", "office.keep_days"]), "30\n");
    let wrong = appliance.ctl(&["settings", "set", "office.keep_days", "0"]);
    assert_eq!(wrong.status.code(), Some(5));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("office.keep_days"));
    assert_eq!(appliance.ctl(&["settings", "show", "nothing"]).status.code(), Some(2));
    assert_eq!(appliance.ctl(&["settings", "confirm"]).status.code(), Some(5));

    let ping = appliance.json(&["settings", "set", "firewall.answers_ping", "false"]);
    assert!(ping["seconds_to_confirm"].as_u64().is_some_and(|left| left > 30), "on trial");
    assert!(text(&["settings", "revert"]).contains("in force"));
    assert_eq!(text(&["settings", "show", "firewall.answers_ping"]), "true\n");
    appliance.json(&["settings", "set", "firewall.answers_ping", "false"]);
    assert!(text(&["settings", "confirm"]).contains("in force"));
    let ping = appliance.json(&["settings", "set", "firewall.answers_ping", "true", "--final"]);
    assert!(ping["seconds_to_confirm"].is_null());

    let folder = tempfile::tempdir().expect("a temp dir");
    let file = folder.path().join("settings.json");
    let all = text(&["settings", "show"]).replace("\"ivm\"", "\"office-2\"");
    fs::write(&file, all).expect("writable");
    let path = file.to_str().expect("a plain path");
    appliance.json(&["settings", "edit", path]);
    assert_eq!(text(&["settings", "show", "host"]), "office-2\n");

    let health = appliance.json(&["health"]);
    let runs = |name: &str| {
        let services = health["services"].as_array().expect("a list");
        services.iter().any(|one| one["name"] == name && one["running"] == true)
    };
    assert!(runs("system") && runs("ivm") && runs("admin"), "{health}");
    assert!(text(&["health"]).contains("service     ivm"));
    assert!(appliance.ctl(&["log", "--level", "error"]).status.success());
    let restart = appliance.ctl(&["restart"]);
    assert_eq!(restart.status.code(), Some(5));
    assert!(String::from_utf8_lossy(&restart.stderr).contains("does not manage the machine"));
    appliance.stop(Signal::SIGTERM);
}
