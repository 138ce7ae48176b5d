//! The service at work: the port where everybody asks, one for each transfer, and the gateway, which
//! has the files.

mod gateway;
mod socket;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use chassis::context::Context;
use chassis::drive::{Shell, drive};
use log::{debug, info, warn};
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

use crate::engine::{Engine, Found, Input, Output, Port, Question, Report, TransferId};
use gateway::Asked;
use socket::Socket;

/// What may wait to be handled; what comes beyond that waits in the kernel.
const WAITING: usize = 1_024;
/// Questions that may wait for the gateway: one for each transfer that there may be.
const QUESTIONS: usize = 2_000;
/// Reports that may wait for it; they are for people to read, and more are left out.
const REPORTS: usize = 1_024;
/// Requests are short, and acknowledgements are shorter.
const LONGEST: usize = 1_024;
/// After a fault of the kernel, nobody tries again at once.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves files to telephones until the context drains.
///
/// # Errors
/// The port is taken, or the layout wants an address that telephones do not have.
pub async fn run(context: Context) -> anyhow::Result<()> {
    let Some(ports) = context.layout().phones else {
        info!("no telephones are served here");
        return Ok(());
    };
    let address = SocketAddrV4::new(own_address(context.layout().bind)?, ports.tftp);
    let socket = Socket::listen(address).with_context(|| format!("listening at {address}"))?;
    let address = socket.local_address().context("asking for the own port")?;
    let (told, heard) = mpsc::channel(WAITING);
    let (questions, asked) = mpsc::channel(QUESTIONS);
    let (reports, reported) = mpsc::channel(REPORTS);
    gateway::start(&context, asked, reported, told.clone());
    let desk = Desk::new(&context, socket, told, heard, questions, reports);
    context.announce("tftp", SocketAddr::V4(address));
    drop(drive(Engine::default(), desk, &context).await);
    Ok(())
}

/// Telephones have addresses of IPv4.
fn own_address(bind: IpAddr) -> anyhow::Result<Ipv4Addr> {
    match bind {
        IpAddr::V4(address) => Ok(address),
        IpAddr::V6(address) if address.is_unspecified() => Ok(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => Ok(address),
            None => bail!("telephones cannot ask at {address}"),
        },
    }
}

/// A transfer's own port. Dropped, it is closed, and nobody listens there any more.
struct Line {
    socket: Arc<Socket>,
    _open: oneshot::Sender<()>,
    /// Until somebody does.
    unheard: Option<oneshot::Receiver<()>>,
}

/// What the engine's deeds are done with.
struct Desk {
    context: Context,
    listening: Arc<Socket>,
    told: mpsc::Sender<Input>,
    heard: mpsc::Receiver<Input>,
    lines: BTreeMap<TransferId, Line>,
    /// Opened since the last time that all was quiet.
    opened: Vec<TransferId>,
    /// Questions that are not answered; who drops one lets it be forgotten.
    asking: BTreeMap<TransferId, oneshot::Sender<()>>,
    questions: mpsc::Sender<Asked>,
    reports: mpsc::Sender<Report>,
    /// What has happened here, and comes before what happens elsewhere.
    ready: Vec<Input>,
}

impl Desk {
    /// Listens, too.
    fn new(
        context: &Context,
        socket: Socket,
        told: mpsc::Sender<Input>,
        heard: mpsc::Receiver<Input>,
        questions: mpsc::Sender<Asked>,
        reports: mpsc::Sender<Report>,
    ) -> Self {
        let listening = Arc::new(socket);
        let everybody = listen(context.clone(), Arc::clone(&listening), told.clone());
        context.spawn("phones' requests", everybody);
        Self {
            context: context.clone(),
            listening,
            told,
            heard,
            lines: BTreeMap::new(),
            opened: Vec::new(),
            asking: BTreeMap::new(),
            questions,
            reports,
            ready: Vec::new(),
        }
    }

    fn ask(&mut self, question: Question) {
        let id = question.id;
        debug!(asker:% = question.asker; "a phone asks for a file");
        let (open, closed) = oneshot::channel();
        if self.questions.try_send(Asked { question, closed }).is_ok() {
            self.asking.insert(id, open);
        } else {
            self.ready.push(Input::Found(id, Found::Busy));
        }
    }

    fn open(&mut self, id: TransferId, ours: Ipv4Addr) {
        self.asking.remove(&id);
        match Socket::open(ours) {
            Ok(socket) => {
                let (open, closed) = oneshot::channel();
                let socket = Arc::new(socket);
                self.lines.insert(id, Line { socket, _open: open, unheard: Some(closed) });
                self.opened.push(id);
            }
            Err(error) => {
                warn!(error:%; "no port for a transfer");
                self.ready.push(Input::Unopened(id));
            }
        }
    }

    fn send(&self, from: Port, to: SocketAddrV4, parts: [&[u8]; 2]) {
        let sent = match from {
            Port::Listening { ours } => self.listening.send(parts, to, Some(ours)),
            Port::Of(id) => match self.lines.get(&id) {
                Some(line) => line.socket.send(parts, to, None),
                None => return,
            },
        };
        // As if it were lost on the way: it is sent again.
        if let Err(error) = sent {
            debug!(to:%, error:%; "a packet could not be sent");
        }
    }

    fn report(&self, report: Report) {
        let Report { name, asker, fault } = &report;
        let name = String::from_utf8_lossy(name);
        if fault.is_empty() {
            info!(asker:%, name:?; "a file was sent");
        } else {
            info!(asker:%, name:?, fault:%; "a file did not arrive");
        }
        if self.reports.try_send(report).is_err() {
            debug!("too many reports");
        }
    }
}

impl Shell for Desk {
    type Machine = Engine;

    async fn next(&mut self) -> Option<Input> {
        match self.ready.pop() {
            Some(input) => Some(input),
            None => self.heard.recv().await,
        }
    }

    async fn perform(&mut self, output: Output) {
        match output {
            Output::Fetch(question) => self.ask(question),
            Output::Open(id, ours) => self.open(id, ours),
            Output::Send { from, to, wire } => self.send(from, to, wire.parts()),
            Output::Close(id) => {
                self.asking.remove(&id);
                self.lines.remove(&id);
            }
            Output::Report(report) => self.report(report),
        }
    }

    /// Listens at the new ports that were not for one answer only.
    async fn settle(&mut self) {
        for id in self.opened.drain(..) {
            let Some(line) = self.lines.get_mut(&id) else { continue };
            let Some(closed) = line.unheard.take() else { continue };
            let client = hear(id, Arc::clone(&line.socket), closed, self.told.clone());
            self.context.spawn("phone's transfer", client);
        }
    }
}

/// Passes requests on until the service drains; no fault ends it.
async fn listen(context: Context, socket: Arc<Socket>, told: mpsc::Sender<Input>) {
    let mut buffer = [0; LONGEST];
    loop {
        let arrival = tokio::select! {
            () = context.draining() => return,
            arrival = socket.next_request(&mut buffer) => arrival,
        };
        match arrival {
            Ok(arrival) => {
                // A request to everybody is for nobody (RFC 1123, section 4.2.3.4).
                let Some(ours) = arrival.ours else { continue };
                let bytes = buffer.get(..arrival.len).unwrap_or_default();
                let bytes = Bytes::copy_from_slice(bytes);
                let to = Port::Listening { ours };
                if told.send(Input::Datagram { to, from: arrival.from, bytes }).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                warn!(error:%; "cannot listen to phones");
                sleep(PAUSE).await;
            }
        }
    }
}

/// Passes on what a client says until its transfer is closed.
async fn hear(
    id: TransferId,
    socket: Arc<Socket>,
    mut closed: oneshot::Receiver<()>,
    told: mpsc::Sender<Input>,
) {
    let mut buffer = [0; LONGEST];
    loop {
        let arrival = tokio::select! {
            _ = &mut closed => return,
            arrival = socket.next(&mut buffer) => arrival,
        };
        match arrival {
            Ok((len, from)) => {
                let bytes = Bytes::copy_from_slice(buffer.get(..len).unwrap_or_default());
                if told.send(Input::Datagram { to: Port::Of(id), from, bytes }).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                debug!(error:%; "cannot listen to a phone");
                sleep(PAUSE).await;
            }
        }
    }
}
