//! The exchange: a client for each telephone that has a line, and the way of each call to it.
//!
//! ```text
//! stations -- lines --> exchange -- account --> message server
//! SIP <--- calls ---> exchange <--- calls, people ---> one task for each telephone
//! ```

mod accounts;

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::Arc;

use chassis::context::Context;
use chassis::layout::PhonePorts;
use log::warn;
use message::Guid;
use message::station::{Number, PhoneFile};
use provision::{Mac, Url, Vendor};
use settings::Language;
use tokio::sync::{mpsc, oneshot, watch};

use super::calls::{News, Order, Why};
use super::mouth::{Event, Mouth, Parts, Someone, Wish};
use crate::directory::Directory;
use crate::pages::Page;
use crate::speaker::Words;
use crate::stations::Line;
use crate::store::clients::{Clients, Kept};
use accounts::Accounts;

/// Calls' news and telephones' wishes that wait: a whole office that does something at once.
const WAITING: usize = 4_096;
/// Numbers that are shown.
const MOST_SHOWN: usize = 2_000;
/// What waits for one telephone.
const FOR_ONE: usize = 256;

/// What the exchange is told.
#[derive(Debug)]
pub(super) enum Told {
    /// These are all lines.
    Lines(Vec<Line>),
    /// Something is new in a call.
    Call(News),
    /// A line is in service, or no longer.
    Service {
        /// Its number.
        number: String,
        /// Is it?
        is_there: bool,
    },
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
        (clients, kept): (Clients, Kept),
        words: watch::Receiver<Arc<Words>>,
        shown: watch::Sender<Vec<Number>>,
    ) -> (Self, mpsc::Receiver<Ordered>) {
        let (told, heard) = mpsc::channel(WAITING);
        let (orders, ordered) = mpsc::channel(WAITING);
        let (wishes, wished) = mpsc::channel(WAITING);
        let ports = context.layout().phones.unwrap_or(PhonePorts::USUAL).speech;
        let accounts = Accounts::start(context);
        for number in &kept.leaving {
            accounts.remove(*number);
        }
        let work = Work {
            accounts,
            context: context.clone(),
            clients,
            words,
            ports,
            wishes,
            orders,
            phones: BTreeMap::new(),
            calls: BTreeMap::new(),
            numbers: kept.numbers,
            known_before: kept.stations,
            directory: Arc::default(),
            shown,
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
    wishes: mpsc::Sender<(u32, Wish)>,
    orders: mpsc::Sender<Ordered>,
    /// By number: whatever stands on the desk, what came for the number stays.
    phones: BTreeMap<u32, Phone>,
    /// Whose each call is.
    calls: BTreeMap<u64, u32>,
    /// People's numbers, as they are on disk.
    numbers: BTreeMap<Guid, u32>,
    /// The telephones that have kept something, until the first lines are told: who is not among
    /// these was forgotten just before the end.
    known_before: BTreeSet<u32>,
    directory: Arc<Directory>,
    /// People's numbers, for who shows them.
    shown: watch::Sender<Vec<Number>>,
}

impl Work {
    async fn run(
        mut self,
        mut told: mpsc::Receiver<Told>,
        mut wished: mpsc::Receiver<(u32, Wish)>,
    ) {
        let context = self.context.clone();
        loop {
            tokio::select! {
                () = context.draining() => return,
                told = told.recv() => match told {
                    Some(told) => self.told(told).await,
                    None => return,
                },
                Some((number, wish)) = wished.recv() => self.wish(number, wish).await,
                Some(news) = self.accounts.next() => match news {
                    accounts::News::Code(number, code) => self.tell(number, Event::Invited(code)),
                    accounts::News::Removed(number) => self.clients.left(number).await,
                },
            }
        }
    }

    async fn told(&mut self, told: Told) {
        match told {
            Told::Lines(lines) => self.lines(lines).await,
            Told::Call(news) => self.news(news).await,
            Told::Service { number, is_there } => {
                if let Ok(number) = number.parse() {
                    self.tell(number, Event::Service(is_there));
                }
            }
            Told::Page { mac, sheet, answer } => {
                let whose = self.phones.iter().find(|(_, phone)| phone.line.mac == mac);
                if let Some((number, _)) = whose {
                    self.tell(*number, Event::Page { sheet, answer });
                }
            }
        }
    }

    /// These are all lines: new numbers get a client, and others lose theirs.
    async fn lines(&mut self, lines: Vec<Line>) {
        let lines: BTreeMap<u32, Line> =
            lines.into_iter().filter_map(|line| Some((line.number.parse().ok()?, line))).collect();
        let mut gone = mem::take(&mut self.known_before);
        gone.extend(self.phones.keys());
        for number in gone.into_iter().filter(|number| !lines.contains_key(number)) {
            self.phones.remove(&number);
            self.calls.retain(|_, of| *of != number);
            // What is to be done outlives a power cut.
            self.clients.forget(number).await;
            self.accounts.remove(number);
        }
        for (number, line) in lines {
            self.line(number, line);
        }
    }

    fn line(&mut self, number: u32, line: Line) {
        let (address, speaks_up) = (line.address, line.speaks_up);
        let before = self.phones.get(&number).map(|phone| phone.line.clone());
        let is_same = before
            .as_ref()
            .is_some_and(|before| (&before.name, &before.person) == (&line.name, &line.person));
        if !is_same {
            self.accounts.put(number, &line);
        }
        let events = match self.phones.remove(&number) {
            Some(phone) => phone.events,
            None => self.hire(number),
        };
        self.phones.insert(number, Phone { line, events });
        if before.is_none() {
            self.tell(number, Event::Directory(Arc::clone(&self.directory)));
        }
        self.tell(number, Event::Place { address, speaks_up });
    }

    /// A client for a telephone.
    fn hire(&self, number: u32) -> mpsc::Sender<Event> {
        let (events, told) = mpsc::channel(FOR_ONE);
        let parts = Parts {
            number,
            // Numbers of calls, 2^24 for each telephone, below those of the telephones' own.
            first_call: u64::from(number) << 24,
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

    fn tell(&self, number: u32, event: Event) {
        let Some(phone) = self.phones.get(&number) else { return };
        if phone.events.try_send(event).is_err() {
            warn!(number; "a telephone's client is too busy");
        }
    }

    /// Something is new in a call.
    async fn news(&mut self, news: News) {
        let (call, event, is_over) = match news {
            News::Incoming { call, number, to, sdp } => {
                let known = number.parse().ok().filter(|known| self.phones.contains_key(known));
                let Some(known) = known else {
                    let refusal = Order::Refuse(call, Why::NotYet);
                    return self.order(number, refusal).await;
                };
                self.calls.insert(call, known);
                (call, Event::Incoming { call, to, sdp }, false)
            }
            News::Answered { call, sdp } => (call, Event::Answered { call, sdp }, false),
            News::Changed { call, sdp } => (call, Event::Changed { call, sdp }, false),
            News::Key { call, key } => (call, Event::Key { call, key }, false),
            News::Unacceptable(call) => (call, Event::Unacceptable(call), true),
            News::Ended { call, end } => (call, Event::Ended { call, end }, true),
        };
        if let Some(number) = self.calls.get(&call).copied() {
            if is_over {
                self.calls.remove(&call);
            }
            self.tell(number, event);
        }
    }

    async fn order(&self, number: String, order: Order) {
        // The lines are gone only when the service ends.
        drop(self.orders.send((number, order)).await);
    }

    /// A telephone wants something.
    async fn wish(&mut self, number: u32, wish: Wish) {
        let Some(phone) = self.phones.get(&number) else { return };
        match wish {
            Wish::Call(order) => {
                if let Order::Ring { call, .. } = order {
                    self.calls.insert(call, number);
                }
                self.order(number.to_string(), order).await;
            }
            Wish::Invite => self.accounts.invite(number, &phone.line),
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
        let known = people.iter().filter(|one| !one.is_phone);
        let known = known.filter_map(|one| Some((*self.numbers.get(&one.guid)?, one)));
        let known: BTreeMap<u32, &Someone> = known.collect();
        let shown: Vec<Number> = known
            .into_iter()
            .take(MOST_SHOWN)
            .map(|(number, one)| Number { number, name: one.display.clone() })
            .collect();
        self.shown.send_if_modified(|before| {
            let is_news = *before != shown;
            *before = shown;
            is_news
        });
        let phones = people.iter().filter(|one| one.is_phone);
        let phones = phones.filter_map(|one| Some((one.guid, accounts::number(&one.name)?)));
        let listed: BTreeSet<Guid> = people.iter().map(|one| one.guid).collect();
        let persons = self.numbers.iter().map(|(guid, number)| (*guid, *number));
        let persons = persons.filter(|(guid, _)| listed.contains(guid));
        let directory = Directory::new(persons.chain(phones));
        if directory != *self.directory {
            self.directory = Arc::new(directory);
            for number in self.phones.keys() {
                self.tell(*number, Event::Directory(Arc::clone(&self.directory)));
            }
        }
    }
}
