//! The gateway: it is asked for files, a few at a time, and told what became of them.

use std::time::Duration;

use bytes::Bytes;
use chassis::context::Context;
use chassis::hub::{Address, Away, Hub};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use log::{debug, warn};
use message::ErrorCode;
use message::station::{AskPhoneFile, FileSent, PhoneFile, Via};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::engine::{Found, Input, Question, Report, TransferId};

/// Questions at once: enough to keep the gateway busy, few enough for its queue and our memory.
const TOGETHER: usize = 16;
/// A phone is told to try again before it does so by itself.
const PATIENCE: Duration = Duration::from_secs(4);

/// A question on its way to the gateway.
pub(super) struct Asked {
    pub(super) question: Question,
    /// Closed when nobody wants to know any more.
    pub(super) closed: oneshot::Receiver<()>,
}

/// Starts to ask and to tell, until the service drains.
pub(super) fn start(
    context: &Context,
    asked: mpsc::Receiver<Asked>,
    reported: mpsc::Receiver<Report>,
    told: mpsc::Sender<Input>,
) {
    let socket = context.layout().gateway_socket.clone();
    let hub = Hub::start(context, Address { name: "gateway", socket, caller: "tftp" });
    context.spawn("phones' questions", ask(context.clone(), hub.clone(), asked, told));
    context.spawn("phones' reports", tell(context.clone(), hub, reported));
}

async fn ask(
    context: Context,
    hub: Hub,
    mut asked: mpsc::Receiver<Asked>,
    told: mpsc::Sender<Input>,
) {
    let mut open = FuturesUnordered::new();
    loop {
        tokio::select! {
            () = context.draining() => return,
            Some((id, found)) = open.next(), if !open.is_empty() => {
                if told.send(Input::Found(id, found)).await.is_err() {
                    return;
                }
            }
            next = asked.recv(), if open.len() < TOGETHER => {
                let Some(Asked { question, closed }) = next else { return };
                open.push(answer(&hub, question, closed));
            }
        }
    }
}

async fn answer(
    hub: &Hub,
    question: Question,
    closed: oneshot::Receiver<()>,
) -> (TransferId, Found) {
    let id = question.id;
    let found = tokio::select! {
        biased;
        // The engine has forgotten the question, and forgets the answer.
        _ = closed => Found::Busy,
        found = timeout(PATIENCE, find(hub, question)) => found.unwrap_or(Found::Busy),
    };
    (id, found)
}

async fn find(hub: &Hub, question: Question) -> Found {
    let Question { wanted, asker, ours, .. } = question;
    let body = AskPhoneFile {
        name: wanted.name,
        asker: asker.into(),
        ours: ours.into(),
        token: wanted.token,
        agent: String::new(),
        via: Via::Tftp,
        certified: None,
    };
    let answer = hub.ask(&body).await;
    match answer.and_then(|object| Ok(object.read::<PhoneFile>()?)) {
        Ok(file) => Found::File(Bytes::from(file.bytes)),
        Err(Away::Refused(refusal)) => {
            debug!(asker:%, refusal:%; "the gateway has no file for it");
            if is_final(refusal.code) { Found::Absent } else { Found::Busy }
        }
        Err(error @ Away::Silent(_)) => {
            debug!(asker:%, error:%; "nobody knows whether there is such a file");
            Found::Busy
        }
        Err(error @ Away::Malformed(_)) => {
            warn!(error:%; "the gateway's answer cannot be read");
            Found::Busy
        }
    }
}

/// Will the same question be refused again?
fn is_final(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::NotFound | ErrorCode::NotPermitted | ErrorCode::Invalid | ErrorCode::Malformed
    )
}

async fn tell(context: Context, hub: Hub, mut reported: mpsc::Receiver<Report>) {
    loop {
        let report = tokio::select! {
            () = context.draining() => return,
            report = reported.recv() => report,
        };
        let Some(Report { name, asker, fault }) = report else { return };
        let sent = FileSent { name, asker: asker.into(), fault };
        if let Err(error) = hub.ask(&sent).await {
            debug!(error:%; "the gateway does not hear how it went");
        }
    }
}
