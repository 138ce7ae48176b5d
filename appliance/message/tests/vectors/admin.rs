//! Bodies between the server and the services of the same machine.

use message::admin::{
    Account, AddPerson, AskStatus, Invite, Invited, ListPeople, People, PutStation, RemovePerson,
    RemoveStation, ServerStatus, SetPerson,
};
use message::people::Status;

use crate::file::File;
use crate::same::{guid, same};

pub(crate) fn check(file: &File) {
    same!(file, "add-person", AddPerson { name: "alice".into(), display: "Alice Ävall".into() });
    let invited = Invited {
        guid: guid(0x99),
        name: "alice".into(),
        code: "K7QX".into(),
        expires: 1_700_000_000_000,
    };
    same!(file, "invited", invited);
    same!(file, "list-people", ListPeople { after: String::new() });
    let account = Account {
        guid: guid(0x99),
        name: "alice".into(),
        display: "Alice Ävall".into(),
        status: Status::Away,
        enrolled: true,
        devices: 2,
        waiting: 3,
        bytes: 40_000,
        disabled: true,
        quota: Some(1 << 30),
    };
    same!(file, "account", account.clone());
    same!(file, "people", People { people: vec![account] });
    same!(file, "remove-person", RemovePerson { name: "alice".into() });
    same!(file, "invite", Invite { name: "alice".into(), reset: true });
    let set = SetPerson { name: "alice".into(), disabled: true, quota: Some(1 << 30) };
    same!(file, "set-person", set);
    let free = SetPerson { name: "alice".into(), disabled: false, quota: None };
    same!(file, "set-person-free", free);
    let station = PutStation {
        name: "phone-201".into(),
        display: "Hall".into(),
        owner: "alice".into(),
        invite: true,
    };
    same!(file, "put-station", station);
    same!(file, "remove-station", RemoveStation { name: "phone-201".into() });
    same!(file, "ask-status", AskStatus {});
    let status = ServerStatus {
        version: "0.1.0".into(),
        uptime_ms: 1,
        people: 2,
        online: 3,
        connections: 4,
        incoming: 5,
        waiting: 6,
        messages: 7,
        bytes: 8,
        accepted: 9,
        delivered: 10,
        fingerprint: vec![0xff; 32],
    };
    same!(file, "server-status", status);
}
