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

/// What came of something that was wanted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum News {
    /// A code for a telephone, or why there is none.
    Code(u32, Result<String, String>),
    /// It has no account any more.
    Removed(u32),
}

#[derive(Debug)]
enum Wanted {
    Put(PutStation),
    Remove(u32),
    Invite(u32, PutStation),
}

/// The accounts.
pub(super) struct Accounts {
    wanted: mpsc::Sender<Wanted>,
    news: mpsc::Receiver<News>,
}

impl Accounts {
    pub(super) fn start(context: &Context) -> Self {
        let (wanted, heard) = mpsc::channel(WAITING);
        let (told, news) = mpsc::channel(WAITING);
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
        Self { wanted, news }
    }

    /// This telephone has an account, called so and owned by that person.
    pub(super) fn put(&self, number: u32, line: &Line) {
        self.want(Wanted::Put(station(number, line, false)));
    }

    /// It has none any more.
    pub(super) fn remove(&self, number: u32) {
        self.want(Wanted::Remove(number));
    }

    /// Its client wants to enter it.
    pub(super) fn invite(&self, number: u32, line: &Line) {
        self.want(Wanted::Invite(number, station(number, line, true)));
    }

    /// What is new. Cancel-safe.
    pub(super) async fn next(&mut self) -> Option<News> {
        self.news.recv().await
    }

    fn want(&self, wanted: Wanted) {
        if self.wanted.try_send(wanted).is_err() {
            warn!("there are too many telephones at once");
        }
    }
}

fn name(number: u32) -> String {
    format!("{NAME}{number}")
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
    PutStation { name: name(number), display, owner: line.person.clone(), invite }
}

/// What is still to be done at the server. Who has gone is removed before anybody comes: a new
/// telephone of the same number gets an account of its own.
#[derive(Debug, Default)]
struct Owed {
    gone: BTreeSet<u32>,
    put: BTreeMap<String, PutStation>,
}

/// One thing after the other; of the same telephone only the latest counts while the server is away.
async fn work(hub: &Hub, mut heard: mpsc::Receiver<Wanted>, told: &mpsc::Sender<News>) {
    let mut owed = Owed::default();
    loop {
        let is_idle = owed.put.is_empty() && owed.gone.is_empty();
        let wanted = tokio::select! {
            wanted = heard.recv() => match wanted {
                Some(wanted) => Some(wanted),
                None => return,
            },
            () = sleep(AGAIN), if !is_idle => None,
        };
        match wanted {
            Some(Wanted::Put(station)) => {
                owed.put.insert(station.name.clone(), station);
            }
            Some(Wanted::Remove(number)) => {
                owed.put.remove(&name(number));
                owed.gone.insert(number);
            }
            Some(Wanted::Invite(number, station)) => {
                let code = match settle(hub, &mut owed, told).await {
                    Ok(()) => invite(hub, &station).await,
                    Err(away) => Err(away),
                };
                // Who has gone away needs no answer.
                let code = code.map_err(|error| error.to_string());
                drop(told.send(News::Code(number, code)).await);
            }
            None => {}
        }
        if let Err(away) = settle(hub, &mut owed, told).await {
            info!(away:%; "telephones' accounts are made and removed later");
        }
    }
}

async fn invite(hub: &Hub, station: &PutStation) -> Result<String, Away> {
    let answer = hub.ask(station).await?;
    Ok(answer.read::<Invited>().map_err(Away::Malformed)?.code)
}

/// Does what is owed, as far as the server is there.
async fn settle(hub: &Hub, owed: &mut Owed, told: &mpsc::Sender<News>) -> Result<(), Away> {
    while let Some(number) = owed.gone.first().copied() {
        let name = name(number);
        match hub.ask(&RemoveStation { name: name.clone() }).await {
            Ok(_) => info!(name = name.as_str(); "a telephone's account is removed"),
            Err(Away::Refused(refusal)) => warn!(refusal:%, name; "an account cannot be removed"),
            Err(away) => return Err(away),
        }
        owed.gone.pop_first();
        // Who has gone away needs no answer.
        drop(told.send(News::Removed(number)).await);
    }
    while let Some((_, station)) = owed.put.first_key_value() {
        match hub.ask(station).await {
            Ok(_) => {}
            Err(Away::Refused(refusal)) => {
                warn!(refusal:%, name = station.name; "a telephone has no account");
            }
            Err(away) => return Err(away),
        }
        owed.put.pop_first();
    }
    Ok(())
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
