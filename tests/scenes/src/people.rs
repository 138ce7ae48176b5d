//! The roster: presence, contacts, status.

use client_engine::{Command, Link, Trust};
use message::people::Status;
use sim::{DeviceId, Office};

fn status(office: &Office, at: DeviceId, of: DeviceId) -> Status {
    let guid = office[of].engine().me().expect("somebody is logged in").guid;
    let people = office[at].engine().people();
    people.iter().find(|person| person.guid == guid).expect("on the roster").status
}

// rows 11, 82, 83
#[test]
fn everybody_sees_who_comes_and_goes() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    office.run(500);
    assert_eq!(status(&office, anna, ben), Status::Online);
    office.command(ben, Command::SetStatus(Status::Away));
    office.run(500);
    assert_eq!(status(&office, anna, ben), Status::Away);
    office.unplug(ben, true);
    office.run(1_000);
    assert_eq!(status(&office, anna, ben), Status::Offline);
    office.unplug(ben, false);
    office.until_online(ben);
    office.run(500);
    assert_eq!(status(&office, anna, ben), Status::Away, "the status is the person's own choice");
}

// rows 11, 79, 83
#[test]
fn contacts_come_first() {
    let mut office = Office::new();
    let anna = office.person("anna");
    office.person("ben");
    office.person("cleo");
    office.run(500);
    let names = |office: &Office| -> Vec<String> {
        office[anna].engine().people().iter().map(|person| person.name.clone()).collect()
    };
    assert_eq!(names(&office), ["ben", "cleo"]);
    office.command(anna, Command::AddContact("cleo".to_owned()));
    office.run(500);
    assert_eq!(names(&office), ["cleo", "ben"]);
    office.command(anna, Command::RemoveContact("cleo".to_owned()));
    office.run(500);
    assert_eq!(names(&office), ["ben", "cleo"]);
}

#[test]
fn the_roster_is_there_without_a_link() {
    let mut office = Office::new();
    let (anna, _) = (office.person("anna"), office.person("ben"));
    office.run(500);
    office.crash(anna);
    office.device_mut(anna).unplugged = true;
    office.start(anna);
    office.run(1_000);
    let engine = office[anna].engine();
    assert_ne!(engine.link(), Link::Online);
    let people = engine.people();
    assert_eq!(people.len(), 1);
    assert_eq!((people[0].status, people[0].trust), (Status::Offline, Trust::Pinned));
}
