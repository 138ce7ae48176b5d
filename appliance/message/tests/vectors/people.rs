//! Bodies about people.

use message::people::{
    ContactChange, KeyQuery, Keys, Parameters, Person, PhoneCommand, Presence, PresenceChange,
    Ring, Roster, SetStatus, Status, Subscription, Topic, Unsubscription,
};

use crate::file::File;
use crate::same::{guid, message, same};

pub(crate) fn check(file: &File) {
    let topics = vec![Topic::People, Topic::Messages, Topic::Receipts, Topic::Accounts];
    same!(file, "subscription", Subscription { topics });
    same!(file, "unsubscription", Unsubscription { topics: vec![Topic::Receipts] });
    same!(file, "contact-change", ContactChange { name: "bob".into(), add: true });
    rosters(file);
    let changes = vec![
        PresenceChange { person: guid(1), status: Status::Offline },
        PresenceChange { person: guid(2), status: Status::Away },
    ];
    same!(file, "presence", Presence { changes });
    same!(file, "key-query", KeyQuery { guids: vec![guid(1)], names: vec!["bob".into()] });
    same!(file, "set-status-online", SetStatus { status: Status::Online });
    same!(file, "set-status-away", SetStatus { status: Status::Away });
    same!(file, "set-status-dnd", SetStatus { status: Status::Dnd });
    same!(file, "phone-command-start", PhoneCommand { ring: Ring::Start, draft: Some(message(7)) });
    same!(file, "phone-command-stop", PhoneCommand { ring: Ring::Stop, draft: None });
    same!(file, "parameters", Parameters::default());
}

fn rosters(file: &File) {
    let bob = Person {
        guid: guid(1),
        name: "bob".into(),
        display: "Bob".into(),
        status: Status::Online,
        public_key: Some([0xaa; 32]),
        sealed: true,
        contact: true,
        owner: None,
    };
    let invited = Person {
        guid: guid(2),
        name: "carol".into(),
        display: "Carol".into(),
        status: Status::Dnd,
        public_key: None,
        sealed: true,
        contact: false,
        owner: None,
    };
    let people = vec![bob.clone(), invited];
    same!(file, "roster", Roster { people, removed: Vec::new(), first: true, last: true });
    let removed = vec![guid(3)];
    same!(file, "roster-change", Roster { people: Vec::new(), removed, first: false, last: true });
    let hall = Person {
        guid: guid(4),
        name: "phone-201".into(),
        display: "Hall".into(),
        status: Status::Online,
        public_key: Some([0xbb; 32]),
        sealed: false,
        contact: false,
        owner: Some(guid(1)),
    };
    same!(file, "keys-station", Keys { people: vec![hall] });
    same!(file, "keys", Keys { people: vec![bob] });
}
