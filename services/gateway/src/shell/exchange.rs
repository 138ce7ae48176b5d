//! The exchange: a client for each telephone that has a line, and the way of each call to it.
//!
//! ```text
//! stations -- lines --> exchange -- account --> message server
//! SIP <--- calls ---> exchange <--- calls, people ---> one task for each telephone
//! ```

mod accounts;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chassis::context::Context;
use chassis::layout::PhonePorts;
use log::warn;
use message::Guid;
use message::station::PhoneFile;
use provision::{Mac, Url, Vendor};
use settings::Language;
use tokio::sync::{mpsc, oneshot, watch};

use super::calls::{News, Order, Why};
use super::mouth::{Event, Mouth, Parts, Someone, Wish};
use crate::directory::Directory;
use crate::handset::End;
use crate::pages::Page;
use crate::speaker::Words;
use crate::stations::Line;
use crate::store::clients::Clients;
use accounts::Accounts;

/// Calls' news and telephones' wishes that wait: a whole office that does something at once.
const WAITING: usize = 4_096;
/// What waits for one telephone.
const FOR_ONE: usize = 256;

/// What the exchange is told.
#[derive(Debug)]
pub(super) enum Told {
    /// These are all lines.
    Lines(Vec<Line>),
    /// Something is new in a call.
    Call(News),
    /// A telephone wants a page for its screen.
    Page {
        /// Which telephone.
        mac: Mac,
        /// Which page, and how.
        sheet: Sheet,
        /// Where it is wanted.
        answer: oneshot::Sender<Option<PhoneFile>>,
    },
}

/// A page for a telephone's screen.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) page: Page,
    pub(super) vendor: Vendor,
    pub(super) folder: Url,
    pub(super) language: Language,
}

/// What of it goes to the lines: for which number, and what.
pub(super) type Ordered = (String, Order);

/// The way to the exchange.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    told: mpsc::Sender<Told>,
}

impl Exchange {
    /// Starts it; what it orders of the lines comes from the receiver.
    pub(super) fn start(
        context: &Context,
        (clients, numbers): (Clients, BTreeMap<Guid, u32>),
        words: watch::Receiver<Arc<Words>>,
    ) -> (Self, mpsc::Receiver<Ordered>) {
        let (told, heard) = mpsc::channel(WAITING);
        let (orders, ordered) = mpsc::channel(WAITING);
        let (wishes, wished) = mpsc::channel(WAITING);
        let ports = context.layout().phones.unwrap_or(PhonePorts::USUAL).speech;
        let work = Work {
            accounts: Accounts::start(context),
            context: context.clone(),
            clients,
            words,
            ports,
            wishes,
            orders,
            phones: BTreeMap::new(),
            calls: BTreeMap::new(),
            numbers,
            directory: Arc::default(),
        };
        context.spawn("telephones' exchange", work.run(heard, wished));
        (Self { told }, ordered)
    }

    /// Tells it something; false if it is too busy.
    pub(super) fn tell(&self, told: Told) -> bool {
        self.told.try_send(told).is_ok()
    }
}

/// One telephone.
struct Phone {
    line: Line,
    events: mpsc::Sender<Event>,
}

struct Work {
    context: Context,
    accounts: Accounts,
    clients: Clients,
    words: watch::Receiver<Arc<Words>>,
    ports: (u16, u16),
    wishes: mpsc::Sender<(Mac, Wish)>,
    orders: mpsc::Sender<Ordered>,
    phones: BTreeMap<Mac, Phone>,
    /// Whose each call is.
    calls: BTreeMap<u64, Mac>,
    /// People's numbers, as they are on disk.
    numbers: BTreeMap<Guid, u32>,
    directory: Arc<Directory>,
}

impl Work {
    async fn run(
        mut self,
        mut told: mpsc::Receiver<Told>,
        mut wished: mpsc::Receiver<(Mac, Wish)>,
    ) {
        let context = self.context.clone();
        loop {
            tokio::select! {
                () = context.draining() => return,
                told = told.recv() => match told {
                    Some(Told::Lines(lines)) => self.lines(lines).await,
                    Some(Told::Call(news)) => self.news(news).await,
                    Some(Told::Page { mac, sheet, answer }) => {
                        self.tell(mac, Event::Page { sheet, answer });
                    }
                    None => return,
                },
                Some((mac, wish)) = wished.recv() => self.wish(mac, wish).await,
                Some((mac, code)) = self.accounts.invited() => {
                    self.tell(mac, Event::Invited(code));
                }
            }
        }
    }

    /// These are all lines: new telephones get a client, and others lose theirs.
    async fn lines(&mut self, lines: Vec<Line>) {
        let there: BTreeSet<Mac> = lines.iter().map(|line| line.mac).collect();
        let gone = self.phones.keys().filter(|mac| !there.contains(mac)).copied();
        for mac in gone.collect::<Vec<_>>() {
            if let Some(phone) = self.phones.remove(&mac) {
                self.calls.retain(|_, of| *of != mac);
                self.accounts.remove(&phone.line.number);
                self.clients.forget(mac).await;
            }
        }
        for line in lines {
            self.line(line);
        }
    }

    fn line(&mut self, line: Line) {
        let (mac, address, speaks_up) = (line.mac, line.address, line.speaks_up);
        let known = self.phones.get(&mac).filter(|phone| phone.line.number == line.number);
        let known = known.map(|phone| phone.line.clone());
        if known.is_none() {
            let events = self.hire(&line);
            self.phones.insert(mac, Phone { line: line.clone(), events });
            self.tell(mac, Event::Directory(Arc::clone(&self.directory)));
        }
        let is_same = known.is_some_and(|known| {
            (known.name, known.person) == (line.name.clone(), line.person.clone())
        });
        if !is_same {
            self.accounts.put(&line);
        }
        self.tell(mac, Event::Place { address, speaks_up });
        if let Some(phone) = self.phones.get_mut(&mac) {
            phone.line = line;
        }
    }

    /// A client for a telephone.
    fn hire(&self, line: &Line) -> mpsc::Sender<Event> {
        let (events, told) = mpsc::channel(FOR_ONE);
        let number: u64 = line.number.parse().unwrap_or_default();
        let parts = Parts {
            mac: line.mac,
            number: line.number.clone(),
            // Numbers of calls, 2^24 for each telephone, below those of the telephones' own.
            first_call: number << 24,
            clock: self.context.clock().clone(),
            clients: self.clients.clone(),
            socket: self.context.layout().ivm_socket.clone(),
            words: self.words.clone(),
            ports: self.ports,
            wishes: self.wishes.clone(),
        };
        self.context.spawn("telephone", Mouth::new(parts).run(told));
        events
    }

    fn tell(&self, mac: Mac, event: Event) {
        let Some(phone) = self.phones.get(&mac) else { return };
        if phone.events.try_send(event).is_err() {
            warn!(number = phone.line.number; "a telephone's client is too busy");
        }
    }

    /// Something is new in a call.
    async fn news(&mut self, news: News) {
        let (call, event, is_over) = match news {
            News::Incoming { call, number, to, sdp } => {
                let whose = self.phones.iter().find(|(_, phone)| phone.line.number == number);
                let Some((mac, _)) = whose else {
                    let refusal = Order::Refuse(call, Why::NotYet);
                    return self.order(number, refusal).await;
                };
                self.calls.insert(call, *mac);
                (call, Event::Incoming { call, to, sdp }, false)
            }
            News::Answered { call, sdp } => (call, Event::Answered { call, sdp }, false),
            News::Changed { call, sdp } => (call, Event::Changed { call, sdp }, false),
            News::Key { call, key } => (call, Event::Key { call, key }, false),
            News::Ended { call, end } => (call, Event::Ended { call, end }, true),
        };
        if let Some(mac) = self.calls.get(&call).copied() {
            if is_over {
                self.calls.remove(&call);
            }
            self.tell(mac, event);
        }
    }

    async fn order(&self, number: String, order: Order) {
        // The lines are gone only when the service ends.
        drop(self.orders.send((number, order)).await);
    }

    /// A telephone wants something.
    async fn wish(&mut self, mac: Mac, wish: Wish) {
        let Some(phone) = self.phones.get(&mac) else { return };
        let number = phone.line.number.clone();
        match wish {
            Wish::Call(order) => {
                if let Order::Ring { call, .. } = order {
                    self.calls.insert(call, mac);
                }
                if let Order::Refuse(call, _) = order {
                    self.calls.remove(&call);
                }
                self.order(number, order).await;
            }
            Wish::Invite => self.accounts.invite(&phone.line),
            Wish::People(people) => self.people(people).await,
        }
    }

    /// Whoever has no number gets one; all telephones know who has which.
    async fn people(&mut self, people: Vec<Someone>) {
        let mut taken: BTreeSet<u32> = self.numbers.values().copied().collect();
        let mut fresh = Vec::new();
        let unknown = people.iter().filter(|one| !one.is_phone);
        for person in unknown.filter(|one| !self.numbers.contains_key(&one.guid)) {
            let number = Directory::free(&taken);
            taken.insert(number);
            fresh.push((person.guid, number));
        }
        // What is told to people has to be true after a power cut.
        if !fresh.is_empty() && self.clients.keep(fresh.clone()).await {
            self.numbers.extend(fresh);
        }
        let phones = people.iter().filter(|one| one.is_phone);
        let phones = phones.filter_map(|one| Some((one.guid, accounts::number(&one.name)?)));
        let listed: BTreeSet<Guid> = people.iter().map(|one| one.guid).collect();
        let persons = self.numbers.iter().map(|(guid, number)| (*guid, *number));
        let persons = persons.filter(|(guid, _)| listed.contains(guid));
        let directory = Directory::new(persons.chain(phones));
        if directory != *self.directory {
            self.directory = Arc::new(directory);
            for mac in self.phones.keys() {
                self.tell(*mac, Event::Directory(Arc::clone(&self.directory)));
            }
        }
    }
}

/// A call that nobody hears of any more.
impl Drop for Work {
    fn drop(&mut self) {
        for (call, mac) in std::mem::take(&mut self.calls) {
            self.tell(mac, Event::Ended { call, end: End::Released });
        }
    }
}
