//! From a call to its speech: what both sides say of their ends (RFC 3264), and that speech goes
//! nowhere but to the telephone itself.

use std::net::{IpAddr, SocketAddr};

use log::{debug, info, warn};
use media::offer::{Agreed, Secrecy, answer, conclude};
use media::sdp::Session;

use super::super::calls::{Order, Why};
use super::super::speech::{Ports, Speech};
use super::{Line, Mouth};
use crate::handset::{Bell, Call, End, Input};
use crate::speaker::Speaker;

/// What a telephone rings for.
#[derive(Clone, Debug)]
pub(super) struct Rung {
    pub(super) bell: Bell,
    pub(super) name: String,
    pub(super) number: String,
}

impl Mouth {
    /// It calls: ports are opened, and the handset decides.
    pub(super) async fn incoming(&mut self, call: u64, to: String, sdp: Vec<u8>) {
        match self.open().await {
            Some(ports) if matches!(self.line, Line::Idle) => {
                let ports = Box::new(ports);
                self.line = Line::Coming { call, ports, offer: Some(sdp) };
                self.handle(Input::Called { call: Call(call), to });
            }
            Some(_) => self.order(Order::Refuse(call, Why::Busy)).await,
            None => self.order(Order::Refuse(call, Why::NoRoom)).await,
        }
    }

    async fn open(&self) -> Option<Ports> {
        let opened = Ports::open(self.address?, self.parts.ports).await;
        opened.inspect_err(|error| warn!(error:%; "there is no port for a call's speech")).ok()
    }

    /// Takes its call.
    pub(super) async fn answer(&mut self, call: u64) {
        let line = std::mem::replace(&mut self.line, Line::Idle);
        let Line::Coming { mut ports, offer: Some(offer), .. } = line else { return };
        if offer.is_empty() {
            ports.ours.secrecy = self.secrecy;
            let sdp = ports.offer();
            self.line = Line::Coming { call, ports, offer: None };
            return self.order(Order::Answer(call, sdp)).await;
        }
        match self.agree(&ports, &offer) {
            Ok((session, agreed)) => {
                let sdp = session.write().into_bytes();
                self.order(Order::Answer(call, sdp)).await;
                self.begin(call, *ports, agreed);
            }
            Err(words) => {
                info!(reason = words.as_str(), number = self.parts.number; "no speech with a telephone");
                self.order(Order::Refuse(call, Why::Unacceptable)).await;
                self.handle(Input::Ended { call: Call(call), end: End::Lost });
            }
        }
    }

    fn agree(&self, ports: &Ports, offer: &[u8]) -> Result<(Session, Agreed), String> {
        let session = Session::parse(offer).map_err(|fault| fault.to_string())?;
        let (session, agreed) =
            answer(&ports.ours, &session).map_err(|refusal| refusal.to_string())?;
        self.check(&agreed)?;
        Ok((session, agreed))
    }

    /// Speech goes to the telephone itself, and to nobody else's address.
    fn check(&self, agreed: &Agreed) -> Result<(), String> {
        let is_its_own = |at: SocketAddr| Some(at.ip()) == self.address.map(IpAddr::V4);
        let places = [agreed.remote, agreed.control];
        if places.into_iter().flatten().all(is_its_own) {
            Ok(())
        } else {
            Err("it wants its speech elsewhere than where it is".to_owned())
        }
    }

    /// Both sides can hear each other.
    fn begin(&mut self, call: u64, mut ports: Ports, agreed: Agreed) {
        self.rung = None;
        if agreed.keys.is_none() {
            debug!(number = self.parts.number; "speech in the clear");
            self.secrecy = Secrecy::IfOffered;
        } else {
            // What was encrypted stays so.
            self.secrecy = Secrecy::Required;
        }
        ports.ours.secrecy = self.secrecy;
        let words = self.parts.words.borrow().clone();
        self.speaker = Speaker::new(words);
        let speech = Box::new(Speech::new(ports, agreed, &self.parts.clock));
        self.line = Line::On { call, speech };
        self.handle(Input::Answered(Call(call)));
    }

    /// Our offer was answered.
    pub(super) async fn concluded(&mut self, call: u64, sdp: &[u8]) {
        if !self.is_on(call) {
            return;
        }
        let line = std::mem::replace(&mut self.line, Line::Idle);
        let Line::Coming { ports, .. } = line else {
            self.line = line;
            return;
        };
        let agreed = Session::parse(sdp).map_err(|fault| fault.to_string()).and_then(|answer| {
            let offer = ports.offered.as_ref().ok_or("nothing was offered")?;
            conclude(&ports.ours, offer, &answer).map_err(|refusal| refusal.to_string())
        });
        match agreed.and_then(|agreed| self.check(&agreed).map(|()| agreed)) {
            Ok(agreed) => self.begin(call, *ports, agreed),
            Err(words) => {
                info!(reason = words.as_str(), number = self.parts.number; "no speech with a telephone");
                self.order(Order::HangUp(call)).await;
                self.handle(Input::Ended { call: Call(call), end: End::Unanswered });
            }
        }
    }

    /// It wants something else: to hold, or another codec.
    pub(super) async fn changed(&mut self, call: u64, sdp: &[u8]) {
        let Line::On { call: own, speech } = &mut self.line else { return };
        if *own != call {
            return;
        }
        speech.ports.ours.version += 1;
        if sdp.is_empty() {
            let sdp = speech.ports.offer();
            return self.order(Order::Answer(call, sdp)).await;
        }
        let Line::On { speech, .. } = &self.line else { return };
        match self.agree(&speech.ports, sdp) {
            Ok((session, agreed)) => {
                if let Line::On { speech, .. } = &mut self.line {
                    speech.agree(agreed);
                }
                self.order(Order::Answer(call, session.write().into_bytes())).await;
            }
            Err(_) => self.order(Order::Refuse(call, Why::Unacceptable)).await,
        }
    }

    /// Rings it. What it is not made for, speech in the clear or encrypted, it refuses: then it is
    /// offered the other.
    pub(super) async fn ring(&mut self, call: u64, rung: Rung) {
        self.rung = Some(rung.clone());
        self.offer(call, rung).await;
    }

    /// It takes no such offer, and its call is over.
    pub(super) async fn refused(&mut self, call: u64) {
        let is_ours = self.is_on(call);
        if is_ours {
            self.hang_up();
        }
        let Some(rung) = self.rung.take().filter(|_| is_ours) else {
            return self.handle(Input::Ended { call: Call(call), end: End::Unanswered });
        };
        self.secrecy = match self.secrecy {
            Secrecy::IfOffered => Secrecy::Required,
            Secrecy::Required => Secrecy::IfOffered,
        };
        self.offer(call, rung).await;
    }

    async fn offer(&mut self, call: u64, rung: Rung) {
        let ports = if matches!(self.line, Line::Idle) { self.open().await } else { None };
        let Some(mut ports) = ports else {
            return self.handle(Input::Ended { call: Call(call), end: End::Unanswered });
        };
        ports.ours.secrecy = self.secrecy;
        let sdp = ports.offer();
        let ports = Box::new(ports);
        self.line = Line::Coming { call, ports, offer: None };
        let Rung { bell, name, number } = rung;
        self.order(Order::Ring { call, bell, name, number, sdp }).await;
    }
}
