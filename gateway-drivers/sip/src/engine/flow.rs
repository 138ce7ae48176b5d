//! Streams that phones open to us. All that goes to such a phone goes on its stream.

use std::net::SocketAddr;

use machine::{Moment, Span};

use super::stage::Stage;
use super::{Due, Engine, Gone, Output, Reason};
use crate::message::{Frame, Framer};
use crate::way::{Flow, Transport, Way};

/// Streams at most, and of one host.
const FLOWS_MOST: usize = 1_024;
const FLOWS_OF_ONE: usize = 8;
/// Who has not registered by then has no use for a stream.
const IDLE: Span = Span::from_secs(60);

/// One stream.
#[derive(Debug)]
pub(super) struct Connection {
    way: Way,
    framer: Framer,
}

impl Connection {
    pub(super) fn held(&self) -> usize {
        self.framer.held()
    }
}

impl Engine {
    pub(super) fn opened(
        &mut self,
        flow: Flow,
        transport: Transport,
        remote: SocketAddr,
        local: SocketAddr,
        now: Moment,
    ) {
        let ip = remote.ip();
        let of_one = self.flows.values().filter(|known| known.way.remote.ip() == ip).count();
        if self.flows.len() >= FLOWS_MOST || of_one >= FLOWS_OF_ONE {
            self.counts.overflows += 1;
            return self.outputs.push_back(Output::CloseFlow(flow));
        }
        let way = Way { transport, flow: Some(flow), local, remote };
        self.flows.insert(flow, Connection { way, framer: Framer::default() });
        self.timers.set(Due::Flow(flow), now + IDLE);
    }

    pub(super) fn stream(&mut self, flow: Flow, bytes: &[u8], now: Moment) {
        for piece in bytes.chunks(Framer::PIECE) {
            let Some(connection) = self.flows.get_mut(&flow) else { return };
            if connection.framer.push(piece).is_err() {
                return self.broken(flow, now);
            }
            while let Some(connection) = self.flows.get_mut(&flow) {
                let way = connection.way;
                match connection.framer.pop() {
                    Ok(None) => break,
                    Ok(Some(_)) if !self.admits(way.remote.ip(), now) => {}
                    Ok(Some(Frame::Ping)) => self.send(way, b"\r\n".to_vec()),
                    Ok(Some(Frame::Message(message))) => self.message(way, message, now),
                    Err(_) => return self.broken(flow, now),
                }
            }
        }
    }

    /// What cannot be understood any more is closed.
    fn broken(&mut self, flow: Flow, now: Moment) {
        self.counts.garbage += 1;
        self.outputs.push_back(Output::CloseFlow(flow));
        self.closed(flow, now);
    }

    pub(super) fn closed(&mut self, flow: Flow, now: Moment) {
        if self.flows.remove(&flow).is_none() {
            return;
        }
        self.timers.cancel(&Due::Flow(flow));
        let on_it = |way: &Way| way.flow == Some(flow);
        let users = self.registrar.all().filter(|(_, binding)| on_it(&binding.way));
        let mut users: Vec<_> = users.map(|(user, _)| user.clone()).collect();
        users.dedup();
        for user in users {
            for binding in self.registrar.remove(&user, |binding| on_it(&binding.way)) {
                self.gone(user.clone(), binding, Gone::StreamClosed);
            }
        }
        let subscriptions = self.subscriptions.iter().filter(|(_, s)| on_it(&s.dialog.way));
        let subscriptions: Vec<_> = subscriptions.map(|(id, _)| *id).collect();
        for id in subscriptions {
            self.subscription_refused(id);
        }
        let calls = self.calls.iter().filter(|(_, session)| is_on(&session.stage, flow));
        let calls: Vec<_> = calls.map(|(call, _)| *call).collect();
        for call in calls {
            self.end(call, Reason::Vanished, now);
        }
        self.transactions.lost(flow);
    }

    /// A stream without a phone behind it is closed.
    pub(super) fn flow_due(&mut self, flow: Flow, now: Moment) {
        if !self.flows.contains_key(&flow) {
            return;
        }
        let is_talking = self.calls.values().any(|session| is_on(&session.stage, flow));
        if is_talking || self.registrar.uses(flow) {
            return self.timers.set(Due::Flow(flow), now + IDLE);
        }
        self.outputs.push_back(Output::CloseFlow(flow));
        self.closed(flow, now);
    }
}

/// Does a call go over this stream?
fn is_on(stage: &Stage, flow: Flow) -> bool {
    match stage {
        Stage::Ringing(_) => false,
        Stage::Asked(asked) => asked.dialog.way.flow == Some(flow),
        Stage::Talking(talking) => talking.dialog.way.flow == Some(flow),
    }
}
