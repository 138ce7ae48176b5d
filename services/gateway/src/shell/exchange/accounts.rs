//! The telephones' accounts at the message server: made, changed and removed there, again and again
//! until it is done.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chassis::context::Context;
use chassis::hub::{Address, Away, Hub};
use log::{info, warn};
use message::admin::{Invited, PutStation, RemoveStation};
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::stations::Line;

/// What the name of a telephone's account begins with; its number follows.
const NAME: &str = "phone-";
/// What failed is tried again after so long.
const AGAIN: Duration = Duration::from_secs(2);
/// What may wait: a whole office's telephones.
const WAITING: usize = 4_096;

/// A code for a telephone, or why there is none.
type Code = (u32, Result<String, String>);

#[derive(Debug)]
enum Wanted {
    Put(PutStation),
    Remove(String),
    Invite(u32, PutStation),
}

/// The accounts.
pub(super) struct Accounts {
    wanted: mpsc::Sender<Wanted>,
    codes: mpsc::Receiver<Code>,
}

impl Accounts {
    pub(super) fn start(context: &Context) -> Self {
        let (wanted, heard) = mpsc::channel(WAITING);
        let (told, codes) = mpsc::channel(WAITING);
        let socket = context.layout().ivm_socket.clone();
        let address = Address { name: "message server", socket, caller: "gateway" };
        let hub = Hub::start(context, address);
        let draining = context.clone();
        context.spawn("telephones' accounts", async move {
            tokio::select! {
                () = draining.draining() => {}
                () = work(&hub, heard, &told) => {}
            }
        });
        Self { wanted, codes }
    }

    /// This telephone has an account, called so and owned by that person.
    pub(super) fn put(&self, number: u32, line: &Line) {
        self.want(Wanted::Put(station(number, line, false)));
    }

    /// It has none any more.
    pub(super) fn remove(&self, number: u32) {
        self.want(Wanted::Remove(format!("{NAME}{number}")));
    }

    /// Its client wants to enter it.
    pub(super) fn invite(&self, number: u32, line: &Line) {
        self.want(Wanted::Invite(number, station(number, line, true)));
    }

    /// The next code. Cancel-safe.
    pub(super) async fn invited(&mut self) -> Option<Code> {
        self.codes.recv().await
    }

    fn want(&self, wanted: Wanted) {
        if self.wanted.try_send(wanted).is_err() {
            warn!("there are too many telephones at once");
        }
    }
}

/// The number of a telephone's account.
pub(super) fn number(name: &str) -> Option<u32> {
    name.strip_prefix(NAME)?.parse().ok()
}

fn station(number: u32, line: &Line, invite: bool) -> PutStation {
    let display = match (line.name.trim(), line.person.as_str()) {
        ("", "") => format!("Telephone {number}"),
        ("", person) => format!("Telephone {number} ({person})"),
        (name, _) => name.to_owned(),
    };
    let name = format!("{NAME}{number}");
    PutStation { name, display, owner: line.person.clone(), invite }
}

/// One thing after the other; of the same telephone only the latest counts while the server is away.
async fn work(hub: &Hub, mut heard: mpsc::Receiver<Wanted>, told: &mpsc::Sender<Code>) {
    let mut owed: BTreeMap<String, PutStation> = BTreeMap::new();
    let mut gone: BTreeSet<String> = BTreeSet::new();
    loop {
        let is_idle = owed.is_empty() && gone.is_empty();
        let wanted = tokio::select! {
            wanted = heard.recv() => match wanted {
                Some(wanted) => Some(wanted),
                None => return,
            },
            () = sleep(AGAIN), if !is_idle => None,
        };
        match wanted {
            Some(Wanted::Put(station)) => {
                gone.remove(&station.name);
                owed.insert(station.name.clone(), station);
            }
            Some(Wanted::Remove(name)) => {
                owed.remove(&name);
                gone.insert(name);
            }
            Some(Wanted::Invite(number, station)) => {
                gone.remove(&station.name);
                let code = hub
                    .ask(&station)
                    .await
                    .and_then(|answer| Ok(answer.read::<Invited>().map_err(Away::Malformed)?.code));
                // Who has gone away needs no answer.
                drop(told.send((number, code.map_err(|error| error.to_string()))).await);
            }
            None => {}
        }
        settle(hub, &mut owed, &mut gone).await;
    }
}

/// Does what is owed, as far as the server is there.
async fn settle(hub: &Hub, owed: &mut BTreeMap<String, PutStation>, gone: &mut BTreeSet<String>) {
    while let Some(name) = gone.first().cloned() {
        match hub.ask(&RemoveStation { name: name.clone() }).await {
            Ok(_) => info!(name = name.as_str(); "a telephone's account is removed"),
            Err(Away::Refused(refusal)) => warn!(refusal:%, name; "an account cannot be removed"),
            Err(away) => return info!(away:%; "an account is removed later"),
        }
        gone.pop_first();
    }
    while let Some((_, station)) = owed.first_key_value() {
        match hub.ask(station).await {
            Ok(_) => {}
            Err(Away::Refused(refusal)) => {
                warn!(refusal:%, name = station.name; "a telephone has no account");
            }
            Err(away) => return info!(away:%; "a telephone gets its account later"),
        }
        owed.pop_first();
    }
}

#[cfg(test)]
mod tests {
    use provision::Mac;

    use super::{number, station};
    use crate::stations::{Line, Secret};

    #[test]
    fn a_telephone_is_called_as_the_administrator_calls_it() {
        let line = |name: &str, person: &str| Line {
            number: "201".into(),
            secret: Secret::parse("secret").expect("a secret"),
            mac: Mac([1; 6]),
            address: None,
            vendor: None,
            speaks_up: false,
            name: name.into(),
            person: person.into(),
        };
        assert_eq!(station(201, &line("Hall", "anna"), true).display, "Hall");
        assert_eq!(station(201, &line("", "anna"), true).display, "Telephone 201 (anna)");
        let nobody_s = station(201, &line(" ", ""), false);
        assert_eq!(
            (nobody_s.display.as_str(), nobody_s.name.as_str()),
            ("Telephone 201", "phone-201")
        );
        assert_eq!(
            (number("phone-201"), number("anna"), number("phone-x")),
            (Some(201), None, None)
        );
    }
}
