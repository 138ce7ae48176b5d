//! A workbench: an engine with a storage, and the server's end of its link in the test's hands.

use std::collections::BTreeMap;
use std::ops::Bound;

use bytes::Bytes;
use machine::{Machine, Moment, Span};
use message::login::Welcome;
use message::people::{Parameters, Person, Roster, Status};
use message::speech::{Envelope, Mode, Portion, Sealed};
use message::{Body, Guid, Kind, MessageId, Object, ObjectId};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use voice::codec::Quality;
use voice::format::Format;
use voice::pipeline::{PortionMaker, SealedPortion};
use voice::seal::ContentKey;
use voice::seal::keys::PrivateKey;
use voice::seal::wrap::wrap;

use crate::dispatch::{account_id, voice_id, wrap_context};
use crate::paths::RecordKey;
use crate::records::AccountRecord;
use crate::storage::put;
use crate::{Binding, Engine, Input, Notice, Output, Setup, Write};

/// The person whose client it is.
pub(crate) const ANNA: Guid = Guid::from_bytes([1; 16]);
/// Somebody else.
pub(crate) const BEN: Guid = Guid::from_bytes([2; 16]);
/// The server.
pub(crate) const SERVER: Guid = Guid::from_bytes([9; 16]);
/// The wall clock at the start.
pub(crate) const WALL: u64 = 1_750_000_000_000;

/// The engine and what is around it.
pub(crate) struct Bench {
    pub(crate) engine: Engine,
    pub(crate) now: Moment,
    pub(crate) disk: BTreeMap<Vec<u8>, Bytes>,
    /// What it has sent, and the test has not taken yet.
    pub(crate) sent: Vec<Object>,
    pub(crate) notices: Vec<Notice>,
    /// Everything else that it wanted, as text.
    pub(crate) deeds: Vec<String>,
    pub(crate) played_ms: u64,
    /// Writes wait while this is false.
    pub(crate) disk_works: bool,
    stuck: Vec<(crate::Ticket, Vec<Write>)>,
    count: u8,
}

fn setup(now: Moment) -> Setup {
    Setup { software: "bench 1".to_owned(), unix_millis: WALL, now, seed: [5; 32], receive: true }
}

/// The private key of a person.
pub(crate) fn private(person: Guid) -> PrivateKey {
    PrivateKey::from_bytes(person.bytes().repeat(2)[..32].try_into().expect("32 bytes"))
}

impl Bench {
    /// An engine over this storage.
    pub(crate) fn over(disk: BTreeMap<Vec<u8>, Bytes>) -> Self {
        let now = Moment::from_millis(1_000);
        let mut bench = Self {
            engine: Engine::new(setup(now)),
            now,
            disk,
            sent: Vec::new(),
            notices: Vec::new(),
            deeds: Vec::new(),
            played_ms: 0,
            disk_works: true,
            stuck: Vec::new(),
            count: 0,
        };
        bench.settle();
        bench
    }

    /// Anna's engine, which has been here before and is connecting.
    pub(crate) fn known() -> Self {
        let account = AccountRecord {
            guid: ANNA,
            device: Guid::from_bytes([7; 16]),
            name: "anna".to_owned(),
            display: "Anna".to_owned(),
            server: SERVER,
            token: Some([4; 32]),
            private_key: *private(ANNA).to_bytes(),
            parameters: Parameters::default(),
            status: Status::Online,
            device_name: "desk".to_owned(),
        };
        let mut disk = BTreeMap::new();
        if let Write::Put(key, value) = put(RecordKey::Account, &account) {
            disk.insert(key, value);
        }
        Self::over(disk)
    }

    /// Anna's engine, on-line, with Ben on the roster.
    pub(crate) fn online() -> Self {
        let mut bench = Self::known();
        bench.come_online();
        bench
    }

    /// Logs in by token and checks in.
    pub(crate) fn come_online(&mut self) {
        self.tell(Input::LinkUp(Binding::None));
        let hello = self.take(Kind::TokenHello);
        let welcome = welcome(ANNA);
        self.tell(Input::Object(Object::answer(&hello.header, &welcome)));
        self.accept(Kind::Subscription);
        self.event(&roster(private(BEN).public().0));
        self.accept(Kind::CheckIn);
    }

    /// Lets so many milliseconds pass.
    pub(crate) fn run(&mut self, milliseconds: u64) {
        let end = self.now + Span::from_millis(milliseconds);
        while let Some(due) = self.engine.deadline().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.engine.expire(self.now);
            self.settle();
        }
        self.now = end;
    }

    /// Tells the engine something.
    pub(crate) fn tell(&mut self, input: Input) {
        self.engine.handle(input, self.now);
        self.settle();
    }

    /// The server says something by itself.
    pub(crate) fn event<'b, B: Body<'b>>(&mut self, body: &B) {
        self.count = self.count.wrapping_add(1);
        let id = ObjectId::from_bytes([self.count; 16]);
        self.tell(Input::Object(Object::of(id, body)));
    }

    /// Takes what was sent of a kind.
    pub(crate) fn take(&mut self, kind: Kind) -> Object {
        let at = self.sent.iter().position(|object| object.header.kind == kind);
        self.sent.remove(at.unwrap_or_else(|| unreachable!("no {kind:?} was sent")))
    }

    /// How many objects of a kind wait to be taken.
    pub(crate) fn count(&self, kind: Kind) -> usize {
        self.sent.iter().filter(|object| object.header.kind == kind).count()
    }

    /// Says yes to what was sent of a kind.
    pub(crate) fn accept(&mut self, kind: Kind) -> Object {
        let asked = self.take(kind);
        self.tell(Input::Object(Object::accepted(&asked.header)));
        asked
    }

    /// The disk works again: what waited is written.
    pub(crate) fn mend_disk(&mut self) {
        self.disk_works = true;
        for (ticket, writes) in std::mem::take(&mut self.stuck) {
            self.store(ticket, writes);
        }
        self.settle();
    }

    fn settle(&mut self) {
        while let Some(output) = self.engine.poll() {
            match output {
                Output::Transmit(object) => self.sent.push(object),
                Output::Store { ticket, writes } => self.store(ticket, writes),
                Output::Scan { ticket, prefix, after, limit } => {
                    self.scan(ticket, &prefix, after, limit);
                }
                Output::Notice(notice) => self.notices.push(notice),
                Output::Play { samples, rate } => {
                    self.played_ms += samples.len() as u64 * 1000 / u64::from(rate);
                }
                Output::Changed(_) => {}
                other => self.deeds.push(format!("{other:?}")),
            }
        }
    }

    fn store(&mut self, ticket: crate::Ticket, writes: Vec<Write>) {
        if !self.disk_works {
            self.stuck.push((ticket, writes));
            return;
        }
        for write in writes {
            match write {
                Write::Put(key, value) => {
                    self.disk.insert(key, value);
                }
                Write::DeletePrefix(prefix) => {
                    self.disk.retain(|key, _| !key.starts_with(&prefix));
                }
            }
        }
        self.engine.handle(Input::Stored(ticket), self.now);
    }

    fn scan(&mut self, ticket: crate::Ticket, prefix: &[u8], after: Option<Vec<u8>>, limit: usize) {
        let start = after.map_or(Bound::Included(prefix.to_vec()), Bound::Excluded);
        let range = self.disk.range((start, Bound::Unbounded));
        let all: Vec<_> = range.take_while(|(key, _)| key.starts_with(prefix)).collect();
        let mut bytes = 0;
        let fits = |(at, (_, value)): &(usize, &(&Vec<u8>, &Bytes))| {
            bytes += value.len();
            *at == 0 || bytes <= limit
        };
        let taken = all.iter().enumerate().take_while(fits).count();
        let records: Vec<(Vec<u8>, Bytes)> =
            all[..taken].iter().map(|(key, value)| ((*key).clone(), (*value).clone())).collect();
        let more = taken < all.len();
        self.engine.handle(Input::Scanned { ticket, records, more }, self.now);
    }
}

/// A welcome for an account.
pub(crate) fn welcome(account: Guid) -> Welcome {
    Welcome {
        signature: None,
        account,
        device: Guid::from_bytes([7; 16]),
        name: "anna".to_owned(),
        display: "Anna".to_owned(),
        public_key: private(account).public().0,
        sealed_key: None,
        token: None,
        time: WALL + 1_000,
        parameters: Parameters::default(),
        server: SERVER,
    }
}

/// The roster: Ben with this key.
pub(crate) fn roster(key: [u8; 32]) -> Roster {
    let ben = Person {
        guid: BEN,
        name: "ben".to_owned(),
        display: "Ben".to_owned(),
        status: Status::Online,
        public_key: Some(key),
        sealed: true,
        contact: false,
        owner: None,
    };
    Roster { people: vec![ben], removed: Vec::new(), first: true, last: true }
}

/// A message from Ben, as it would come over the wire.
pub(crate) struct Letter {
    pub(crate) envelope: Envelope,
    pub(crate) portions: Vec<SealedPortion>,
}

impl Letter {
    /// So many milliseconds of a tone, in portions of 60 ms.
    pub(crate) fn new(number: u8, mode: Mode, milliseconds: usize) -> Self {
        let mut rng = ChaCha20Rng::from_seed([number; 32]);
        let message = MessageId::from_bytes([number; 16]);
        let content = ContentKey::generate(&mut rng);
        let context = wrap_context(message, BEN, ANNA);
        let key = private(ANNA).public();
        let wrapped = wrap(&content, &private(BEN), &key, &context, &mut rng).expect("a good key");
        let (id, sender) = (voice_id(message), account_id(BEN));
        let mut maker =
            PortionMaker::new(Format::SPEECH, Quality::SPEECH, &content, id, sender, 60)
                .expect("a possible format");
        let tone: Vec<f32> =
            (0..16 * milliseconds).map(|at| 0.3 * (at as f32 * 0.2).sin()).collect();
        let mut portions = maker.push(&tone).expect("sound");
        portions.extend(maker.finish().expect("sound"));
        let envelope = Envelope {
            message,
            sender: BEN,
            sender_display: "Ben".to_owned(),
            sender_key: private(BEN).public().0,
            mode,
            format: Format::SPEECH.to_bytes().to_vec(),
            wrapped: wrapped.to_bytes().to_vec(),
            recipients: vec![ANNA],
            attachments: Vec::<Sealed>::new(),
            created: WALL,
            taken: WALL + 1_000,
            reply_to: None,
            own: false,
            priority: 2,
        };
        Self { envelope, portions }
    }

    /// Its id.
    pub(crate) fn id(&self) -> MessageId {
        self.envelope.message
    }

    /// A portion as its body.
    pub(crate) fn portion(&self, at: usize) -> Portion<'_> {
        let SealedPortion { seq, last, ref bytes } = self.portions[at];
        Portion { message: self.id(), stream: 0, sequence: seq, last, data: bytes }
    }

    /// Brings all of it.
    pub(crate) fn bring(&self, bench: &mut Bench) {
        bench.event(&self.envelope);
        for at in 0..self.portions.len() {
            bench.event(&self.portion(at));
        }
    }
}
