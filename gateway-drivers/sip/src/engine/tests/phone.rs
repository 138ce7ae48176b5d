//! A telephone, as far as SIP goes. It shares with the server the messages and the transactions,
//! whose own tests hold them to the letter; what it does with them is its own.

use std::net::SocketAddr;

use machine::Moment;

use crate::dialog::Dialog;
use crate::digest::{Algorithm, Answer};
use crate::engine::send::dressed_as;
use crate::message::{Essentials, Header, Message, Method, name, parse};
use crate::transaction::{Event, ServerKey, Transactions};
use crate::way::{Flow, Transport, Way};

pub(super) const SDP: &str = "v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\n";

/// How often a request was tried.
type Tries = u8;

pub(super) struct Phone {
    pub(super) user: String,
    pub(super) secret: String,
    pub(super) algorithm: Algorithm,
    pub(super) way: Way,
    pub(super) transactions: Transactions<Tries>,
    /// Every new request, and every answer.
    pub(super) heard: Vec<Message>,
    pub(super) timed_out: usize,
    /// What waits for our answer.
    pub(super) open: Vec<(ServerKey, Message, Essentials)>,
    pub(super) dialog: Option<Dialog>,
    pub(super) out: Vec<Vec<u8>>,
    /// Switched off.
    pub(super) is_off: bool,
    /// Gives up when it sees an algorithm other than MD5.
    pub(super) is_old: bool,
    /// Says 180 by itself.
    pub(super) rings: bool,
    /// What it answers by itself to requests other than INVITE.
    pub(super) code: u16,
    serial: u32,
}

impl Phone {
    pub(super) fn new(user: &str, at: &str, server: &str) -> Self {
        let socket = |text: &str| -> SocketAddr { text.parse().expect("an address") };
        Self {
            user: user.to_owned(),
            secret: format!("word of {user}"),
            algorithm: Algorithm::Sha256,
            way: Way::udp(socket(at), socket(server)),
            transactions: Transactions::default(),
            heard: Vec::new(),
            timed_out: 0,
            open: Vec::new(),
            dialog: None,
            out: Vec::new(),
            is_off: false,
            is_old: false,
            rings: true,
            code: 200,
            serial: 0,
        }
    }

    pub(super) fn on_stream(mut self, flow: u64) -> Self {
        self.way = Way { transport: Transport::Tcp, flow: Some(Flow(flow)), ..self.way };
        self
    }

    fn next(&mut self) -> u32 {
        self.serial += 1;
        self.serial
    }

    /// A request out of any dialog.
    pub(super) fn request(&mut self, method: Method, to: &str) -> Message {
        let (n, cseq) = (self.next(), format!("1 {method}"));
        let (user, here, server) = (self.user.clone(), self.way.local, self.way.remote.ip());
        let target = if method == Method::Register { String::new() } else { format!("{to}@") };
        Message::request(method, format!("sip:{target}{server}"))
            .with(name::FROM, format!("<sip:{user}@{server}>;tag=f{n}"))
            .with(name::TO, format!("<sip:{to}@{server}>"))
            .with(name::CALL_ID, format!("{n}@{here}"))
            .with(name::CSEQ, cseq)
            .with(name::CONTACT, format!("<sip:{user}@{here}>"))
    }

    pub(super) fn register(&mut self, expires: u32, now: Moment) {
        let user = self.user.clone();
        let request =
            self.request(Method::Register, &user).with(name::EXPIRES, expires.to_string());
        self.ask(request, now);
    }

    pub(super) fn call(&mut self, to: &str, sdp: &str, now: Moment) {
        let request = self.request(Method::Invite, to);
        let request = request.with_body("application/sdp", sdp);
        self.ask(request, now);
    }

    pub(super) fn ask(&mut self, request: Message, now: Moment) {
        self.try_to_ask(request, 0, now);
    }

    fn try_to_ask(&mut self, request: Message, tries: Tries, now: Moment) {
        let n = self.next();
        let branch = format!("z9hG4bK{}x{n}", self.user);
        let request = dressed_as(request, self.way, branch);
        self.transactions.ask(request, self.way, tries, now).expect("room");
        self.settle(now);
    }

    /// A request in the dialog that there is.
    pub(super) fn within(&mut self, method: Method, kind: &str, body: &str, now: Moment) {
        let contact = format!("<sip:{}@{}>", self.user, self.way.local);
        let dialog = self.dialog.as_mut().expect("a dialog");
        let request = dialog.request(method).with(name::CONTACT, contact);
        let request = if body.is_empty() { request } else { request.with_body(kind, body) };
        self.ask(request, now);
    }

    pub(super) fn hear(&mut self, bytes: &[u8], from: SocketAddr, now: Moment) {
        if self.is_off {
            return;
        }
        let message = parse(bytes).expect("the server's messages are sound");
        let seen = message.essentials().expect("and whole");
        let way = Way { remote: from, ..self.way };
        self.transactions.receive(way, message, seen, now);
        self.settle(now);
    }

    pub(super) fn expire(&mut self, now: Moment) {
        self.transactions.expire(now);
        self.settle(now);
    }

    fn settle(&mut self, now: Moment) {
        while let Some(event) = self.transactions.poll() {
            match event {
                Event::Send(_, bytes) => self.out.push(bytes),
                Event::Request(key, _, message, seen) => {
                    self.heard.push(message.clone());
                    self.requested(key, message, seen, now);
                }
                Event::Ack(message, _) => {
                    if let Some((key, ..)) = self.open.first() {
                        self.transactions.acknowledged(&key.clone());
                    }
                    self.heard.push(message);
                }
                Event::Response { purpose, request, response, .. } => {
                    self.heard.push(response.clone());
                    self.answered(purpose, &request, &response, now);
                }
                Event::TimedOut(_) => self.timed_out += 1,
                Event::Unacknowledged(_) => self.heard.push(Message::request(Method::Ack, "never")),
            }
        }
    }

    fn requested(&mut self, key: ServerKey, message: Message, seen: Essentials, now: Moment) {
        if seen.cseq.method == Method::Invite {
            self.open.insert(0, (key, message, seen));
            if self.rings {
                self.reply(180, now);
            }
        } else {
            let is_cancel = seen.cseq.method == Method::Cancel;
            let code = if is_cancel { 200 } else { self.code };
            let response = Message::response(&message, code).tagged("x");
            self.transactions.answer(&key, &response, now);
            if is_cancel && self.transactions.is_open(&key.cancelled()) {
                self.reply(487, now);
            }
        }
        self.settle(now);
    }

    /// Answers the newest call.
    pub(super) fn reply(&mut self, code: u16, now: Moment) {
        let tag = format!("t{}", self.user);
        self.reply_as(code, &tag, now);
    }

    pub(super) fn reply_as(&mut self, code: u16, tag: &str, now: Moment) {
        let (key, message, seen) = self.open.first().expect("a call").clone();
        let contact = format!("<sip:{}@{}>", self.user, self.way.local);
        let mut response =
            Message::response(&message, code).tagged(tag).with(name::CONTACT, contact);
        if code == 200 {
            response = response.with_body("application/sdp", SDP);
            self.dialog = Dialog::accepted(&message, &seen, self.way, tag);
        }
        self.transactions.answer(&key, &response, now);
        self.settle(now);
    }

    fn answered(&mut self, tries: Tries, request: &Message, response: &Message, now: Moment) {
        let code = response.code().expect("an answer");
        let method = request.method().expect("a request").clone();
        let is_lost = self.is_old && response.write().windows(7).any(|word| word == b"SHA-256");
        if matches!(code, 401 | 407) && tries < 2 && !is_lost {
            let again = self.with_proof(request, response, code);
            return self.try_to_ask(again, tries + 1, now);
        }
        let is_dialog = matches!(method, Method::Invite | Method::Subscribe) && code == 200;
        if is_dialog && request.get(name::TO).is_some_and(|to| !to.contains("tag=")) {
            self.dialog = Dialog::opened(request, response, self.way);
        }
        if method == Method::Invite && code == 200 {
            let seen = request.essentials().expect("whole");
            let dialog = self.dialog.as_ref().expect("just opened");
            let ack = dialog.acknowledgement(seen.cseq.number);
            let branch = format!("z9hG4bKack{}", self.next());
            self.out.push(dressed_as(ack, self.way, branch).write());
        }
    }

    fn with_proof(&mut self, request: &Message, response: &Message, code: u16) -> Message {
        let (question, proof) = match code {
            401 => (name::WWW_AUTHENTICATE, name::AUTHORIZATION),
            _ => (name::PROXY_AUTHENTICATE, name::PROXY_AUTHORIZATION),
        };
        let mut questions = response.all(question);
        let mine = match self.algorithm {
            Algorithm::Sha256 => questions.find(|question| question.contains("SHA-256")),
            Algorithm::Md5 => questions.find(|question| question.contains("MD5")),
        };
        let method = request.method().expect("a request").as_str();
        let asked = (method, request.target().expect("a request"));
        let who = (self.user.as_str(), self.secret.as_str());
        let answer = Answer::to(mine.expect("a question"), who, asked, 1).expect("sound");
        let mut again = bare(request);
        for header in &mut again.headers {
            if header.name == name::CSEQ {
                let turn = request.essentials().expect("whole").cseq.number + 1;
                header.value = format!("{turn} {method}");
            }
        }
        again.headers.retain(|header| header.name != proof);
        again.with(proof, answer.to_string())
    }

    /// The codes of all answers to a method.
    pub(super) fn codes(&self, method: &Method) -> Vec<u16> {
        let of = |message: &&Message| message.essentials().is_ok_and(|s| s.cseq.method == *method);
        self.heard.iter().filter(of).filter_map(Message::code).collect()
    }

    /// Requests of a method.
    pub(super) fn asked(&self, method: &Method) -> Vec<&Message> {
        self.heard.iter().filter(|message| message.method() == Some(method)).collect()
    }
}

/// A request without what belongs to one try.
fn bare(request: &Message) -> Message {
    let own = [name::VIA, name::MAX_FORWARDS, name::USER_AGENT];
    let is_kept = |header: &&Header| !own.contains(&&*header.name);
    let headers = request.headers.iter().filter(is_kept).cloned().collect();
    Message { headers, ..request.clone() }
}
