//! The lines of desk telephones: the SIP machine on its ports, for datagrams, for streams in the
//! clear and within TLS, and for what new phones ask by multicast.
//!
//! ```text
//! stations -- lines, resync, addresses of files --> SIP -- datagrams, streams --> telephones
//!          <-- in service, refused, asked --------
//! ```

mod calls;
mod doors;
mod port;
mod streams;

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use anyhow::Context as _;
use chassis::chance;
use chassis::context::Context;
use chassis::drive::{Shell, drive};
use log::{debug, info, warn};
use message::station::{Hop, Step};
use sip::digest::Secret;
use sip::engine::{Engine, Input, Order, Output, Question, Setup, Why};
use sip::station::{Station, User};
use sip::way::Transport;
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::exchange::{Exchange, Ordered, Told};
use crate::stations::{self, Line};

use port::Port;
use streams::Streams;

/// The realm of the phones' log-in. A phone that changes offices gets another secret anyway.
const REALM: &str = "ivm";
/// What may wait on its way to the stations, and back: a whole office that starts at once.
const WAITING: usize = 4_096;
/// New interfaces and addresses are looked for so often.
const TICK: Duration = Duration::from_secs(5);
/// The stations' end.
pub(super) struct Lines {
    orders: mpsc::Sender<Input>,
    news: mpsc::Receiver<stations::Input>,
}

impl Lines {
    /// Opens the ports. To be called inside the runtime.
    pub(super) fn start(
        context: &Context,
        exchange: Exchange,
        called: mpsc::Receiver<Ordered>,
    ) -> anyhow::Result<Self> {
        let layout = context.layout();
        let ports = layout.phones.context("this appliance is not for telephones")?;
        let ours = match layout.bind {
            IpAddr::V4(address) => address,
            // Telephones have addresses of IPv4.
            IpAddr::V6(_) => Ipv4Addr::UNSPECIFIED,
        };
        let address = SocketAddrV4::new(ours, ports.sip);
        let port = Port::open(address).with_context(|| format!("listening at {address}"))?;
        let address = port.address().context("asking for the own port")?;
        let (orders, ordered) = mpsc::channel(WAITING);
        let (told, news) = mpsc::channel(WAITING);
        let sealed = SocketAddrV4::new(ours, ports.sips);
        let streams = Streams::start(context, address, sealed)?;
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let engine = Engine::new(&Setup { seed: chance::seed(), realm: REALM.to_owned() });
        let ready = VecDeque::new();
        let desk = Desk { port, streams, ordered, called, exchange, told, tick, ready };
        let draining = context.clone();
        context.announce("sip", SocketAddr::V4(address));
        context.spawn("telephones' lines", async move {
            drop(drive(engine, desk, &draining).await);
        });
        Ok(Self { orders, news })
    }

    /// What is new; never nothing while the lines are there. Cancel-safe.
    pub(super) async fn next(&mut self) -> Option<stations::Input> {
        self.news.recv().await
    }

    /// These are all lines.
    pub(super) fn set(&self, lines: &[Line]) {
        let station = |line: &Line| {
            let station = Station {
                secret: Secret::plain(line.secret.as_str()),
                mac: Some(line.mac),
                address: line.address.map(IpAddr::V4),
                vendor: line.vendor,
            };
            Some((User::parse(&line.number)?, station))
        };
        let stations: BTreeMap<User, Station> = lines.iter().filter_map(station).collect();
        self.order(Input::Stations(stations));
    }

    /// Makes a phone fetch its files again.
    pub(super) fn resync(&self, number: &str) {
        if let Some(user) = User::parse(number) {
            self.order(Input::Order(Order::Resync(user)));
        }
    }

    /// Tells a new phone where its files are.
    pub(super) fn announce(&self, question: u64, url: String) {
        let question = Question(question);
        self.order(Input::Order(Order::Announce { question, url }));
    }

    fn order(&self, input: Input) {
        if self.orders.try_send(input).is_err() {
            warn!("the telephones' lines are too busy");
        }
    }
}

/// The SIP machine's outer side.
struct Desk {
    port: Port,
    streams: Streams,
    ordered: mpsc::Receiver<Input>,
    called: mpsc::Receiver<Ordered>,
    exchange: Exchange,
    told: mpsc::Sender<stations::Input>,
    tick: Interval,
    ready: VecDeque<Input>,
}

impl Shell for Desk {
    type Machine = Engine;

    async fn next(&mut self) -> Option<Input> {
        loop {
            if let Some(input) = self.ready.pop_front() {
                return Some(input);
            }
            tokio::select! {
                input = self.ordered.recv() => return input,
                Some((number, order)) = self.called.recv() => {
                    if let Some(order) = calls::order(&number, order) {
                        return Some(Input::Order(order));
                    }
                }
                heard = self.port.next() => match heard {
                    Ok((bytes, source, local)) => {
                        return Some(Input::Datagram { bytes, source, local });
                    }
                    Err(error) => debug!(error:%; "nothing could be received"),
                },
                input = self.streams.next() => self.ready.extend(input),
                _ = self.tick.tick() => self.port.listen_to_all(),
            }
        }
    }

    async fn perform(&mut self, output: Output) {
        match output {
            Output::Send { way, bytes } => match (way.transport, way.flow) {
                (Transport::Udp, _) | (_, None) => {
                    if let Err(error) = self.port.send(&bytes, way.remote, way.local) {
                        debug!(error:%, to:% = way.remote; "a datagram could not be sent");
                    }
                }
                (Transport::Tcp | Transport::Tls, Some(flow)) => self.streams.send(flow, bytes),
            },
            Output::CloseFlow(flow) => self.streams.close(flow),
            Output::Registered { user, agent, way, .. } => {
                let over = way.transport.name();
                info!(line:% = user, agent:?, from:% = way.remote, over; "in service");
                let number = user.as_str().to_owned();
                self.in_service(number.clone(), true);
                self.tell(stations::Input::Registered { number, agent, address: v4(way.remote) });
            }
            Output::Unregistered { user, why, is_out: false, .. } => {
                info!(line:% = user, why:?; "in service elsewhere");
            }
            Output::Unregistered { user, why, .. } => {
                info!(line:% = user, why:?; "out of service");
                self.in_service(user.as_str().to_owned(), false);
                self.tell(stations::Input::Unregistered { number: user.as_str().to_owned() });
            }
            Output::Refused { source, user, why } => {
                warn!(line:? = user, from:% = source, why:?; "a telephone was refused");
                let (number, words, address) = (user, refusal(why).to_owned(), v4(source));
                self.tell(stations::Input::RegisterFailed { number, words, address });
            }
            output @ (Output::Incoming { .. }
            | Output::Answered { .. }
            | Output::Changed { .. }
            | Output::Digit { .. }
            | Output::Ended { .. }) => self.call(output),
            Output::Asked { question, source, phone } => {
                let says = [("vendor", &phone.vendor), ("model", &phone.model)];
                let says = says.map(|(name, value)| format!(";{name}=\"{value}\"")).concat();
                let hop = Hop {
                    mac: phone.mac.0,
                    step: Step::Announce,
                    at: 0,
                    address: v4(source).to_bits(),
                    class: format!("ua-profile{says}").into_bytes(),
                    wishes: Vec::new(),
                    words: String::new(),
                };
                let ours = self.port.towards(v4(source));
                self.tell(stations::Input::Announced { question: question.0, hop, ours });
            }
            Output::Resynced { user, is_taken } => {
                info!(line:% = user, is_taken; "told to fetch its files again");
            }
            Output::Ringing(_) | Output::Subscribed(_) | Output::Unsubscribed(_) => {}
        }
    }
}

impl Desk {
    /// A call goes to the exchange.
    fn call(&mut self, output: Output) {
        let call = match &output {
            Output::Incoming { call, .. } => Some(*call),
            _ => None,
        };
        let is_told = calls::news(output).is_none_or(|news| self.exchange.tell(Told::Call(news)));
        if let (false, Some(call)) = (is_told, call) {
            warn!("the telephones' exchange is too busy");
            self.ready.push_back(Input::Order(Order::Refuse { call, code: calls::TOO_BUSY }));
        }
    }

    fn in_service(&self, number: String, is_there: bool) {
        if !self.exchange.tell(Told::Service { number, is_there }) {
            warn!("the telephones' exchange is too busy");
        }
    }

    fn tell(&self, input: stations::Input) {
        if self.told.try_send(input).is_err() {
            warn!("the telephones' manager is too busy");
        }
    }
}

const fn refusal(why: Why) -> &'static str {
    match why {
        Why::Unknown => "There is no such line.",
        Why::Elsewhere => "It speaks from another address than it was given.",
        Why::WrongSecret => "It has another password than it was given.",
        Why::Throttled => "It had the wrong password too often; it may try again in a while.",
    }
}

fn v4(address: SocketAddr) -> Ipv4Addr {
    match address.ip().to_canonical() {
        IpAddr::V4(address) => address,
        IpAddr::V6(_) => Ipv4Addr::UNSPECIFIED,
    }
}
