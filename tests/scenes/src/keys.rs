//! Keys: pinned at first use, changed, trusted again.

use client_engine::{Command, MessageState, Notice, Password, Trust};
use sim::Office;

use crate::acts::{received, record, send, until_arrived};

/// Makes a person's account anew: an invitation that resets it, taken up without the old key.
fn reset(office: &mut Office, name: &str) -> sim::DeviceId {
    let code = office.reset(name);
    let device = office.device();
    let password = Password::new(sim::PASSWORD.to_owned());
    office.command(device, Command::Enrol { code, password, recovery: None });
    office.until("enrolled", |office| {
        office[device].count(|notice| matches!(notice, Notice::Enrolled { .. })) == 1
    });
    office.log_in(device, name);
    device
}

// row 61
#[test]
fn a_changed_key_is_shown_and_not_used_until_it_is_trusted() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    let id = send(&mut office, anna, &to, 500);
    until_arrived(&mut office, ben, id);
    office.crash(ben);
    let fresh = reset(&mut office, "ben");
    office.run(1_000);
    assert_eq!(office[anna].engine().people()[0].trust, Trust::Changed);
    assert_eq!(office[anna].count(|notice| *notice == Notice::KeyChanged(to[0])), 1);
    record(&mut office, anna, &to, 500);
    office.command(anna, Command::Send);
    office.run(1_000);
    assert!(office[anna].engine().draft().is_some(), "it waits");
    let readable = |office: &Office| {
        let all = received(office, fresh);
        all.into_iter().filter(|message| message.state != MessageState::Unreadable).count()
    };
    assert_eq!(readable(&office), 0, "only the old one is there, which needs the old key");

    let here = office[anna].engine().safety_number(to[0]).expect("both have keys");
    let from = office.guid(anna);
    assert_eq!(office[fresh].engine().safety_number(from), Some(here));
    office.command(anna, Command::TrustKey(to[0]));
    office.until_online(anna);
    assert_eq!(office[anna].engine().people()[0].trust, Trust::Verified);
    office.command(anna, Command::Send);
    office.until("it arrives", |office| readable(office) == 1);
}

// row 61
#[test]
fn a_message_under_a_changed_key_is_readable_once_the_key_is_trusted() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let (to, from) = ([office.guid(anna)], office.guid(ben));
    office.crash(ben);
    let fresh = reset(&mut office, "ben");
    let id = send(&mut office, fresh, &to, 500);
    office.run(2_000);
    assert_eq!(received(&office, anna)[0].state, MessageState::Unreadable);
    office.crash(anna);
    office.start(anna);
    office.until_online(anna);
    let unreadable = |notice: &Notice| matches!(notice, Notice::Unreadable { .. });
    assert_eq!(office[anna].count(unreadable), 1, "told once");
    office.command(anna, Command::TrustKey(from));
    until_arrived(&mut office, anna, id);
    assert_eq!(received(&office, anna).len(), 1);
    assert_eq!(received(&office, anna)[0].state, MessageState::Unplayed);
}
