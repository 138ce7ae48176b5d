//! Log-in, log-out, links that come and go.

use client_engine::{Command, Link, Notice, Password};
use sim::{Office, PASSWORD};

use crate::acts::{arrived, play, send, until_arrived};

fn log_in(name: &str, password: &str) -> Command {
    Command::LogIn {
        name: name.to_owned(),
        password: Password::new(password.to_owned()),
        device_name: "desk".to_owned(),
    }
}

// rows 80, ruling f
#[test]
fn a_wrong_password_lets_nobody_in() {
    let mut office = Office::new();
    office.person("anna");
    let device = office.device();
    for name in ["anna", "nobody"] {
        office.command(device, log_in(name, "not the password"));
        office.run(2_000);
        assert_eq!(office[device].engine().link(), Link::LoggedOut);
    }
    let failed = |notice: &Notice| matches!(notice, Notice::LogInFailed(_));
    assert_eq!(office[device].count(failed), 2);
}

#[test]
fn an_invitation_says_whom_it_is_for() {
    let mut office = Office::new();
    let code = office.invite("anna");
    let device = office.device();
    office.command(device, Command::AskInvitation { code });
    office.run(500);
    let invited =
        Notice::Invited { name: "anna".to_owned(), display: "Anna".to_owned(), reset: false };
    assert!(office[device].notices.contains(&invited));
}

#[test]
fn a_device_comes_back_by_itself_after_a_restart() {
    let mut office = Office::new();
    let anna = office.person("anna");
    office.crash(anna);
    office.start(anna);
    office.until_online(anna);
    assert!(office[anna].notices.contains(&Notice::Ready { known: true }));
}

#[test]
fn logging_out_leaves_nothing_behind() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    let id = send(&mut office, anna, &to, 500);
    until_arrived(&mut office, ben, id);
    office.command(ben, Command::LogOut);
    office.run(1_000);
    assert_eq!(office[ben].engine().link(), Link::LoggedOut);
    assert!(office[ben].notices.contains(&Notice::LoggedOut));
    assert_eq!(office[ben].disk.count(b""), 0);
    office.log_in(ben, "ben");
    assert!(office[ben].engine().me().is_some());
}

#[test]
fn the_password_changes_only_with_the_present_one() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let change = |old: &str| Command::ChangePassword {
        old: Password::new(old.to_owned()),
        new: Password::new("another password".to_owned()),
    };
    office.command(anna, change("a wrong one"));
    office.run(2_000);
    assert_eq!(office[anna].count(|notice| matches!(notice, Notice::Refused(_))), 1);
    office.until_online(anna);
    office.command(anna, change(PASSWORD));
    office.until("it is changed", |office| {
        office[anna].count(|notice| matches!(notice, Notice::PasswordChanged { .. })) == 1
    });
    office.until_online(anna);
    let device = office.device();
    office.command(device, log_in("anna", PASSWORD));
    office.run(2_000);
    assert_eq!(office[device].engine().link(), Link::LoggedOut);
    office.command(device, log_in("anna", "another password"));
    office.until_online(device);
    let to = [office.guid(anna)];
    let id = send(&mut office, ben, &to, 500);
    until_arrived(&mut office, device, id);
    play(&mut office, device, id);
}

// row 94
#[test]
fn a_server_that_goes_down_is_waited_for() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    office.drain_server();
    office.run(2_000);
    assert!(office[anna].notices.contains(&Notice::ServerGoingDown));
    assert_ne!(office[anna].engine().link(), Link::Online);
    let id = send(&mut office, anna, &to, 500);
    office.restart_server();
    until_arrived(&mut office, ben, id);
    assert_eq!(arrived(&office, ben, id), 1);
}

#[test]
fn the_link_is_made_again_with_growing_patience() {
    let mut office = Office::new();
    let anna = office.person("anna");
    office.unplug(anna, true);
    office.run(600_000);
    office.unplug(anna, false);
    office.run(61_000);
    assert_eq!(office[anna].engine().link(), Link::Online);
}

#[test]
fn a_full_disk_is_told_and_nothing_is_lost() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    office.device_mut(ben).disk_full = true;
    let id = send(&mut office, anna, &to, 1_000);
    office.run(5_000);
    assert_eq!(arrived(&office, ben, id), 0);
    assert!(office[ben].count(|notice| matches!(notice, Notice::StorageFailed(_))) > 0);
    let delivered = |notice: &Notice| matches!(notice, Notice::Delivered { .. });
    assert_eq!(office[anna].count(delivered), 0, "nothing is acknowledged that is not on disk");
    office.device_mut(ben).disk_full = false;
    until_arrived(&mut office, ben, id);
    office.run(500);
    assert_eq!(office[anna].count(delivered), 1);
}
