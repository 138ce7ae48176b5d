//! Scenes of an office with telephones, on a virtual clock and a disk that may fail.

mod approval;
mod bounds;
mod hostile;
mod numbers;
mod secrets;
mod telling;
mod troubles;
mod vendors;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use machine::{Machine, Moment, Span};
use message::ErrorCode;
use message::station::{
    AskFolders, AskPhoneFile, AskPhonePassword, AskPhones, AskTimeline, FileSent, Hop, Hops,
    OrderPhone, Phone, PhoneFile, PhoneOrder, Phones, Step, Via,
};
use provision::Mac;

use super::{Alarm, Answer, Input, Line, News, Output, Record, Stations, Ticket, Write};
use crate::office::{Office, Ports};
use crate::question::Question;

const OURS: Ipv4Addr = Ipv4Addr::new(192, 168, 77, 1);
const PORTS: Ports = Ports { sip: 5060, http: 8080, https: 8443 };
const START_MS: u64 = 1_800_000_000_000;

/// A telephone on a desk.
#[derive(Clone, Debug)]
struct Desk {
    mac: Mac,
    class: &'static str,
    address: Ipv4Addr,
}

impl Desk {
    const fn new(mac: [u8; 6], class: &'static str, last: u8) -> Self {
        Self { mac: Mac(mac), class, address: Ipv4Addr::new(192, 168, 77, last) }
    }

    /// One that its hardware address tells.
    const fn yealink(last: u8) -> Self {
        Self::new([0x00, 0x15, 0x65, 0x12, 0x34, last], "yealink", last)
    }

    const fn grandstream(last: u8) -> Self {
        Self::new([0x00, 0x0b, 0x82, 0x12, 0x34, last], "", last)
    }

    const fn cisco(last: u8) -> Self {
        let class = "Cisco Systems, Inc. IP Phone CP-7941G\0";
        Self::new([0x00, 0x1e, 0x7a, 0x12, 0x34, last], class, last)
    }

    /// The name of its own file.
    fn own(&self) -> String {
        match self.mac.0[1] {
            0x15 => format!("{}.cfg", self.mac.lower()),
            0x0b => format!("cfg{}.xml", self.mac.lower()),
            _ => format!("SEP{}.cnf.xml", self.mac.upper()),
        }
    }

    /// A question for a file, as it should be.
    fn get(&self, scene: &Scene, name: &str) -> Get {
        Get {
            name: name.as_bytes().to_vec(),
            asker: self.address,
            token: scene.token(self.mac),
            via: Via::Https,
            neighbour: Some(self.mac),
            agent: String::new(),
            certified: None,
        }
    }

    fn get_own(&self, scene: &Scene) -> Get {
        self.get(scene, &self.own())
    }
}

/// A question for a file.
#[derive(Clone, Debug)]
struct Get {
    name: Vec<u8>,
    asker: Ipv4Addr,
    token: String,
    via: Via,
    neighbour: Option<Mac>,
    agent: String,
    certified: Option<String>,
}

/// The office.
struct Scene {
    stations: Stations,
    now: Moment,
    seed: u8,
    disk: BTreeMap<Mac, Record>,
    /// Does the disk take what it is given? None: it takes its time.
    disk_works: Option<bool>,
    under_way: Option<Vec<Write>>,
    commits: usize,
    tickets: u64,
    answers: BTreeMap<Ticket, Answer>,
    told: Vec<(u64, News)>,
    lines: Vec<Line>,
    resyncs: Vec<Mac>,
    announced: Vec<(u64, String)>,
    alarms: Vec<Alarm>,
}

impl Scene {
    fn new() -> Self {
        Self::with(BTreeMap::new(), Moment::START, 1)
    }

    fn with(disk: BTreeMap<Mac, Record>, now: Moment, seed: u8) -> Self {
        let mut scene = Self {
            stations: Stations::new(Office::new(PORTS), [seed; 32]),
            now,
            seed,
            disk_works: Some(true),
            under_way: None,
            commits: 0,
            tickets: 0,
            answers: BTreeMap::new(),
            told: Vec::new(),
            lines: Vec::new(),
            resyncs: Vec::new(),
            announced: Vec::new(),
            alarms: Vec::new(),
            disk,
        };
        let kept = scene.disk.values().cloned().collect();
        scene.give(Input::Wall(scene.wall()));
        scene.give(Input::Kept(kept));
        scene
    }

    /// The process ends, and another one begins with what is on disk.
    fn restart(self) -> Self {
        Self::with(self.disk, self.now, self.seed.wrapping_add(1))
    }

    fn wall(&self) -> u64 {
        START_MS + self.now.millis()
    }

    fn give(&mut self, input: Input) {
        self.stations.handle(input, self.now);
        self.settle();
    }

    fn settle(&mut self) {
        while let Some(output) = self.stations.poll() {
            match output {
                Output::Commit(writes) => {
                    assert!(self.under_way.replace(writes).is_none(), "one at a time");
                    self.commits += 1;
                    self.finish_commit();
                }
                Output::Answer(ticket, answer) => {
                    assert!(self.answers.insert(ticket, answer).is_none(), "answered once");
                }
                Output::Tell(conn, news) => self.told.push((conn, news)),
                Output::Lines { lines, .. } => self.lines = lines,
                Output::Resync { mac, .. } => self.resyncs.push(mac),
                Output::Announce { question, url } => self.announced.push((question, url)),
                Output::Page { ticket, page, folder, .. } => {
                    let bytes = format!("{} in {}", page.name(), folder.as_str()).into_bytes();
                    let page = PhoneFile { bytes, media: "text/xml".into() };
                    self.answers.insert(ticket, Answer::File(page));
                }
                Output::Alarm(alarm) => self.alarms.push(alarm),
            }
        }
    }

    fn finish_commit(&mut self) {
        let Some(works) = self.disk_works else { return };
        let Some(writes) = self.under_way.take() else { return };
        for write in writes.into_iter().filter(|_| works) {
            match write {
                Write::Put(record) => {
                    self.disk.insert(record.mac, record);
                }
                Write::Remove(mac) => {
                    self.disk.remove(&mac);
                }
            }
        }
        let result = if works { Ok(()) } else { Err("full".to_owned()) };
        self.stations.handle(Input::Committed(result), self.now);
    }

    /// The disk does what it was given, and all that comes.
    fn disk_does(&mut self, works: bool) {
        self.disk_works = Some(works);
        self.finish_commit();
        self.settle();
    }

    fn pass(&mut self, seconds: u64) {
        self.now = self.now + Span::from_secs(seconds);
        self.give(Input::Wall(self.wall()));
        self.stations.expire(self.now);
        self.settle();
    }

    /// Asks, and does not wait for the answer.
    fn put(&mut self, question: Question, neighbour: Option<Mac>, conn: u64) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.give(Input::Asked { ticket, conn, question, neighbour });
        ticket
    }

    fn ask(&mut self, question: Question, neighbour: Option<Mac>) -> Answer {
        let ticket = self.put(question, neighbour, 1);
        self.answers.remove(&ticket).expect("answered")
    }

    fn order(&mut self, mac: Mac, order: PhoneOrder) -> Result<Phones, ErrorCode> {
        match self.ask(Question::Order(OrderPhone { mac: mac.0, order }), None) {
            Answer::Phones(phones) => Ok((*phones).clone()),
            answer => Err(refused(answer)),
        }
    }

    fn approve(&mut self, desk: &Desk) {
        self.order(desk.mac, PhoneOrder::Approve).expect("approved");
    }

    fn hop(&mut self, desk: &Desk, step: Step, words: &str) {
        let address = if step == Step::Discover { 0 } else { u32::from(desk.address) };
        let hop = Hop {
            mac: desk.mac.0,
            step,
            at: self.wall(),
            address,
            class: desk.class.as_bytes().to_vec(),
            wishes: vec![1, 3, 66, 150],
            words: words.to_owned(),
        };
        assert_eq!(self.ask(Question::Hops(Hops { hops: vec![hop] }), None), Answer::Yes);
    }

    /// The phone starts and gets its address.
    fn boot(&mut self, desk: &Desk) {
        for step in [Step::Discover, Step::Offer, Step::Ack] {
            self.hop(desk, step, "");
        }
    }

    fn get(&mut self, get: Get) -> Result<String, ErrorCode> {
        let ticket = self.put_get(get);
        match self.answers.remove(&ticket).expect("answered") {
            Answer::File(file) => Ok(String::from_utf8(file.bytes).expect("text")),
            answer => Err(refused(answer)),
        }
    }

    /// Asks for a file, and does not wait for it.
    fn put_get(&mut self, get: Get) -> Ticket {
        let ask = AskPhoneFile {
            name: get.name,
            asker: u32::from(get.asker),
            ours: u32::from(OURS),
            token: get.token,
            agent: get.agent,
            via: get.via,
            certified: get.certified,
        };
        self.put(Question::File(ask), get.neighbour, 1)
    }

    fn sent(&mut self, desk: &Desk, name: &str, fault: &str) {
        let (name, asker) = (name.as_bytes().to_vec(), u32::from(desk.address));
        let sent = FileSent { name, asker, fault: fault.to_owned() };
        assert_eq!(self.ask(Question::Sent(sent), None), Answer::Yes);
    }

    fn phones(&mut self) -> Phones {
        match self.ask(Question::Phones(AskPhones { watch: false }), None) {
            Answer::Phones(phones) => (*phones).clone(),
            answer => {
                let open_until = u64::from(refused(answer).number());
                Phones { open_until, ..Phones::default() }
            }
        }
    }

    fn phone(&mut self, mac: Mac) -> Option<Phone> {
        self.phones().phones.into_iter().find(|phone| phone.mac == mac.0)
    }

    fn trouble(&mut self, desk: &Desk) -> String {
        self.phone(desk.mac).expect("known").trouble
    }

    fn steps(&mut self, desk: &Desk) -> Vec<(Step, String)> {
        let Answer::Timeline(timeline) =
            self.ask(Question::Timeline(AskTimeline { mac: desk.mac.0 }), None)
        else {
            return Vec::new();
        };
        timeline.hops.into_iter().map(|hop| (hop.step, hop.words)).collect()
    }

    /// The token as the DHCP server is told it; empty for none.
    fn token(&self, mac: Mac) -> String {
        self.disk.get(&mac).map(|record| record.token.text()).unwrap_or_default()
    }

    fn folders(&mut self) -> BTreeMap<Mac, (String, bool)> {
        let answer = self.ask(Question::Folders(AskFolders { watch: false }), None);
        let Answer::Folders(folders) = answer else { return BTreeMap::new() };
        let one = |folder: &message::station::Folder| {
            (Mac(folder.mac), (folder.token.clone(), folder.secure))
        };
        folders.folders.iter().map(one).collect()
    }

    fn menu(&mut self, mac: Mac) -> Result<String, ErrorCode> {
        match self.ask(Question::Password(AskPhonePassword { mac: mac.0 }), None) {
            Answer::Password(password) => Ok(password.password),
            answer => Err(refused(answer)),
        }
    }

    /// The password of a phone's line, as the registrar knows it.
    fn secret(&self, desk: &Desk) -> Option<String> {
        let line = self.lines.iter().find(|line| line.mac == desk.mac)?;
        Some(line.secret.as_str().to_owned())
    }

    /// Are a phone's secrets in a file that somebody got?
    fn has_secrets(&self, desk: &Desk, file: &Result<String, ErrorCode>) -> bool {
        let record = self.disk.get(&desk.mac);
        let secrets = record.into_iter().flat_map(|record| [&record.secret, &record.menu]);
        let mut secrets = secrets.flatten();
        let Ok(file) = file else { return false };
        secrets.any(|secret| file.contains(secret.as_str()))
    }

    /// Gets the phone's own file in the right way; says whether the secrets are in it.
    fn fetches(&mut self, desk: &Desk) -> bool {
        let file = self.get(desk.get_own(self));
        self.has_secrets(desk, &file)
    }
}

fn refused(answer: Answer) -> ErrorCode {
    match answer {
        Answer::No(refusal) => refusal.code,
        Answer::Yes
        | Answer::Folders(_)
        | Answer::File(_)
        | Answer::Phones(_)
        | Answer::Timeline(_)
        | Answer::Password(_) => ErrorCode::Other(0),
    }
}
