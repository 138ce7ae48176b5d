//! The station manager: steps, files and orders as anybody may make them up, a disk that fails,
//! and the kernel's table of neighbours in any bytes. Secrets are in nobody's file but a phone's.

#![no_main]

mod script;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use gateway::neighbour::card;
use gateway::office::{Office, Ports};
use gateway::question::{Question, Role};
use gateway::stations::{Answer, Input, Output, Record, Stations, Ticket, Write};
use libfuzzer_sys::fuzz_target;
use machine::{Machine, Moment, Span};
use message::Flags;
use message::station::{AskPhoneFile, Trust, Via};
use provision::Mac;

/// An input that makes so many outputs has found a loop.
const TOO_MANY: usize = 1_000;
const START_MS: u64 = 1_800_000_000_000;

struct World {
    stations: Stations,
    now: Moment,
    disk: BTreeMap<Mac, Record>,
    asked: Option<(AskPhoneFile, Option<Mac>)>,
    tickets: u64,
    disk_works: bool,
}

impl World {
    fn give(&mut self, input: Input) {
        let before = self.disk.clone();
        self.stations.handle(input, self.now);
        for _ in 0..TOO_MANY {
            match self.stations.poll() {
                None => return,
                Some(Output::Commit(writes)) => self.commit(writes),
                Some(Output::Answer(_, Answer::File(file))) => self.look(&before, &file.bytes),
                Some(
                    Output::Answer(..)
                    | Output::Tell(..)
                    | Output::Lines { .. }
                    | Output::Resync { .. }
                    | Output::Announce { .. }
                    | Output::Page { .. }
                    | Output::Alarm(_),
                ) => {}
            }
        }
        unreachable!("the stations do not come to rest");
    }

    fn commit(&mut self, writes: Vec<Write>) {
        for write in writes.into_iter().filter(|_| self.disk_works) {
            match write {
                Write::Put(record) => drop(self.disk.insert(record.mac, record)),
                Write::Remove(mac) => drop(self.disk.remove(&mac)),
            }
        }
        let result = if self.disk_works { Ok(()) } else { Err("full".to_owned()) };
        self.stations.handle(Input::Committed(result), self.now);
    }

    /// Whose secrets are in the file that was asked for?
    fn look(&self, disk: &BTreeMap<Mac, Record>, file: &[u8]) {
        let (ask, neighbour) = self.asked.as_ref().expect("a file is the answer to a question");
        for record in disk.values() {
            for secret in [&record.secret, &record.menu].into_iter().flatten() {
                let secret = secret.as_str().as_bytes();
                if file.windows(secret.len()).any(|part| part == secret) {
                    assert_eq!(record.trust, Trust::Approved);
                    assert_eq!(*neighbour, Some(record.mac));
                    assert_eq!(record.address, Some(Ipv4Addr::from(ask.asker)));
                }
            }
        }
    }

    /// A phone asks for its own file, nearly as it should.
    fn get(&mut self, number: u8, bytes: &[u8]) {
        let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
        let mut records = self.disk.values();
        let Some(record) = records.nth(usize::from(number) % self.disk.len().max(1)) else {
            return;
        };
        let names = [
            format!("{}.cfg", record.mac.lower()),
            format!("{}.xml", record.mac.lower()),
            format!("cfg{}.xml", record.mac.lower()),
            format!("SEP{}.cnf.xml", record.mac.upper()),
            String::from_utf8_lossy(bytes).into_owned(),
        ];
        let name = names[usize::from(byte(0)) % names.len()].clone().into_bytes();
        let address = record.address.map_or(0, u32::from);
        let ask = AskPhoneFile {
            name,
            asker: if byte(1) % 8 == 7 { u32::from(byte(2)) } else { address },
            ours: u32::from(byte(3)),
            token: if byte(4) % 4 == 3 { String::new() } else { record.token.text() },
            agent: String::from_utf8_lossy(bytes.get(8..).unwrap_or_default()).into_owned(),
            via: [Via::Https, Via::Http, Via::Tftp][usize::from(byte(5)) % 3],
            certified: None,
        };
        let neighbour = (byte(6) % 8 != 7).then_some(record.mac);
        self.ask(Question::File(ask), neighbour);
    }

    fn ask(&mut self, question: Question, neighbour: Option<Mac>) {
        if let Question::File(ask) = &question {
            self.asked = Some((ask.clone(), neighbour));
        }
        self.tickets += 1;
        let (ticket, conn) = (Ticket(self.tickets), self.tickets % 3);
        self.give(Input::Asked { ticket, conn, question, neighbour });
    }

    fn pass(&mut self, seconds: u64) {
        self.now = self.now + Span::from_secs(seconds);
        self.give(Input::Wall(START_MS + self.now.millis()));
        self.stations.expire(self.now);
    }
}

fuzz_target!(|bytes: &[u8]| {
    let _ = card(bytes, Ipv4Addr::new(192, 168, 77, 20));
    let office = Office::new(Ports { sip: 5060, http: 80, https: 443 });
    let mut world = World {
        stations: Stations::new(office, [7; 32]),
        now: Moment::START,
        disk: BTreeMap::new(),
        asked: None,
        tickets: 0,
        disk_works: true,
    };
    world.give(Input::Wall(START_MS));
    for step in script::steps(bytes).into_iter().take(200) {
        match step.what % 8 {
            0 => world.get(step.number, &step.bytes),
            1 => world.pass(u64::from(step.number) * 8),
            2 => world.disk_works = step.number % 4 != 3,
            3 => {
                let number = (201 + u32::from(step.number % 8)).to_string();
                let words = String::from_utf8_lossy(&step.bytes).into_owned();
                let address = Ipv4Addr::from(u32::from(step.number));
                world.give(match step.number % 3 {
                    0 => Input::Registered { number, agent: words, address },
                    1 => Input::RegisterFailed { number, words, address },
                    _ => Input::Unregistered { number },
                });
            }
            _ => {
                // Any object of any kind, as somebody may say it who may say everything.
                let object = script::object(step.number, Flags::NONE, 1, step.bytes.clone());
                if let Ok(question) = Question::read(Role::Admin, &object) {
                    let neighbour = step.bytes.first_chunk::<6>().map(|mac| Mac(*mac));
                    world.ask(question, neighbour);
                }
            }
        }
    }
});
