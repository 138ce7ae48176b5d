//! A client of our own making, which asks for what is not its own.

use link::client::{Pin, connect};
use link::{Incoming, Outgoing, Target};
use message::login::TokenHello;
use message::people::{Subscription, Topic};
use message::speech::{CheckIn, Discard, Happened, Partial, Reached, Receipt};
use message::{Body, Flags, Guid, Kind, MessageId, Object, ObjectId};
use minicbor::Decode;
use office::appliance::Appliance;
use office::person::Person;
use softphone::store::Database;
use tokio::runtime::Runtime;

/// What is needed of the device's own record.
#[derive(Decode)]
#[cbor(map)]
struct Account {
    #[n(2)]
    device: Guid,
    #[cbor(n(6), with = "minicbor::bytes")]
    token: Option<[u8; 32]>,
}

/// A logged-in client that follows no rules.
pub(crate) struct Stranger {
    runtime: Runtime,
    incoming: Incoming,
    outgoing: Outgoing,
    count: u8,
    heard: Vec<Object>,
}

impl Stranger {
    /// Logs in with the token of a person's device.
    pub(crate) fn log_in(office: &Appliance, person: &Person) -> Self {
        let database = Database::open(&person.home().join("ivm.db")).expect("opened");
        let page = database.scan(b"record/account", None, 1).expect("readable");
        let account: Account = minicbor::decode(&page.records[0].1).expect("an account");
        let runtime = Runtime::new().expect("a runtime");
        let target: Target = office.server().parse().expect("a server");
        let connected =
            runtime.block_on(async { connect(&target, &Pin::FirstUse).await }).expect("connected");
        let (incoming, outgoing) = (connected.incoming, connected.outgoing);
        let mut stranger = Self { runtime, incoming, outgoing, count: 0, heard: Vec::new() };
        let token = account.token.expect("a token");
        let hello = TokenHello { device: account.device, token, software: "stranger".into() };
        assert_eq!(stranger.ask(&hello).header.kind, Kind::Welcome);
        stranger
    }

    /// Checks in as if it had begun to receive, and to send, the message, and watched it; gives
    /// whatever of it is told.
    pub(crate) fn asks_for(&mut self, message: MessageId) -> Vec<Object> {
        let topics = vec![Topic::People, Topic::Messages, Topic::Receipts];
        assert_ne!(self.ask(&Subscription { topics }).header.flags, Flags::REFUSED);
        let streams = vec![Reached { stream: 0, next: 0, complete: false }];
        let partial = Partial { message, streams };
        let check_in =
            CheckIn { sending: vec![message], receiving: vec![partial], watching: vec![message] };
        self.ask(&check_in);
        let told = |object: &Object| match object.header.kind {
            Kind::Envelope | Kind::Portion | Kind::Receipt => true,
            Kind::Progress => {
                object.read::<message::speech::Progress>().is_ok_and(|progress| progress.known)
            }
            _ => false,
        };
        self.heard.iter().filter(|object| told(object)).cloned().collect()
    }

    /// Tries to make the server believe that the message was delivered, heard, deleted.
    pub(crate) fn is_refused_receipts_and_deletion(&mut self, message: MessageId) -> bool {
        let receipt = |happened| Receipt { message, happened, person: Guid::BLANK, time: 0 };
        let answers = [
            self.ask(&receipt(Happened::Delivered)),
            self.ask(&receipt(Happened::Played)),
            self.ask(&Discard { message }),
        ];
        // A server that says yes to what has no effect is fine, too: the recipient's own look
        // tells. Only that each is answered matters here.
        answers.iter().all(|answer| answer.header.flags.answer)
    }

    /// Asks, and hears everything up to the answer.
    fn ask<'b, B: Body<'b>>(&mut self, body: &B) -> Object {
        self.count += 1;
        let id = ObjectId::from_bytes([self.count; 16]);
        let object = Object::of(id, body);
        let (incoming, outgoing, heard) = (&mut self.incoming, &mut self.outgoing, &mut self.heard);
        self.runtime.block_on(async {
            outgoing.send(&object).await.expect("sent");
            outgoing.flush().await.expect("sent");
            loop {
                let object = incoming.next().await.expect("a link").expect("an answer");
                if object.header.id == id && object.header.flags.answer {
                    return object;
                }
                heard.push(object);
            }
        })
    }
}
