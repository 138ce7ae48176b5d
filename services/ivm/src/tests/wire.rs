//! The whole service over real sockets: TLS, the Unix socket, the store's threads.

use std::path::Path;

use bytes::Bytes;
use chassis::authority::Authority;
use chassis::context::Context;
use chassis::layout::{Layout, Ports};
use link::client::{Connected, Pin, connect};
use link::{Incoming, Outgoing, Target};
use message::admin::{AddPerson, AskStatus, Invited, ServerStatus};
use message::login::{
    BindingKind, Challenge, Enrol, Proof, ServiceHello, TokenHello, Welcome, auth_message,
};
use message::people::{Subscription, Topic};
use message::speech::{CheckIn, Envelope, Happened, Mode, Portion, Progress, Receipt};
use message::{Action, Body, Guid, Kind, Object, ObjectId};

use super::{credentials, hello, is_yes, login_key, message_id, send};
use crate::Options;

struct Peer {
    incoming: Incoming,
    outgoing: Outgoing,
    exporter: Option<[u8; 32]>,
    count: u8,
    kept: Vec<Object>,
}

impl Peer {
    async fn connect(target: &Target) -> Self {
        let connected: Connected =
            connect(target, &Pin::FirstUse).await.expect("the server listens");
        let Connected { incoming, outgoing, exporter, .. } = connected;
        Self { incoming, outgoing, exporter, count: 0, kept: Vec::new() }
    }

    async fn tell<'b, B: Body<'b>>(&mut self, body: &B) -> Object {
        self.count += 1;
        let object = Object::of(ObjectId::from_bytes([self.count; 16]), body);
        self.outgoing.send(&object).await.expect("connected");
        self.outgoing.flush().await.expect("connected");
        object
    }

    /// The next object that is wanted; the others are kept for later.
    async fn next(&mut self, wanted: impl Fn(&Object) -> bool) -> Object {
        if let Some(at) = self.kept.iter().position(&wanted) {
            return self.kept.remove(at);
        }
        loop {
            let next = self.incoming.next().await.expect("connected");
            let object = next.expect("something comes");
            if wanted(&object) {
                return object;
            }
            self.kept.push(object);
        }
    }

    async fn next_of(&mut self, kind: Kind) -> Object {
        self.next(|object| object.header.kind == kind).await
    }

    async fn ask<'b, B: Body<'b>>(&mut self, body: &B) -> Object {
        let asked = self.tell(body).await;
        self.next(|object| object.header.id == asked.header.id && object.header.flags.answer).await
    }

    async fn log_in(&mut self, name: &str) -> Welcome {
        let hello = self.tell(&hello(name, None)).await;
        let challenge = self.next_of(Kind::Challenge).await;
        let exporter = self.exporter.expect("over TLS");
        let kind = BindingKind::Exporter;
        let message = auth_message(&hello.body, &challenge.body, kind, &exporter);
        let salt = challenge.read::<Challenge>().expect("a challenge").salt;
        let proof = login_key(name, salt).prove(&message);
        self.ask(&Proof { binding: kind, proof: proof.0 }).await.read().expect("welcome")
    }

    async fn attend(&mut self) {
        let topics = vec![Topic::Messages, Topic::Receipts];
        assert!(is_yes(&self.ask(&Subscription { topics }).await));
        assert!(is_yes(&self.ask(&CheckIn::default()).await));
    }
}

struct Server {
    context: Context,
    tls: Target,
    unix: Target,
}

impl Server {
    async fn start(folder: &Path) -> Self {
        let layout = Layout::under(folder, Ports::FREE);
        layout.make_directories().expect("writable");
        let authority = Authority::open_or_make(&layout.authority, &["localhost"]).expect("made");
        authority.publish(&layout.tls).expect("writable");
        let unix = Target::Unix(layout.ivm_socket.clone());
        let context = Context::new(layout);
        context.serve("ivm", crate::run(context.clone(), Options::default()));
        let address = context.announced("objects").await.expect("it listens");
        let tls = Target::Tls { host: address.ip().to_string(), port: address.port() };
        Self { context, tls, unix }
    }

    async fn enrol(&self, name: &str) -> Guid {
        let mut admin = Peer::connect(&self.unix).await;
        assert!(is_yes(&admin.ask(&ServiceHello { service: "admin".into() }).await));
        let call = AddPerson { name: name.into(), display: name.into() };
        let invited: Invited = admin.ask(&call).await.read().expect("invited");
        let mut client = Peer::connect(&self.tls).await;
        let enrol = Enrol { code: invited.code, credentials: credentials(name) };
        assert!(is_yes(&client.ask(&enrol).await));
        invited.guid
    }

    async fn stop(self) {
        self.context.drain().await;
        assert!(!self.context.failed());
    }
}

// rows 1, 8, 73, 74, 94
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_goes_from_one_client_to_another_and_outlives_the_server() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start(folder.path()).await;
    server.enrol("anna").await;
    let guid = server.enrol("bert").await;
    let mut anna = Peer::connect(&server.tls).await;
    anna.log_in("anna").await;
    anna.attend().await;
    let mut bert = Peer::connect(&server.tls).await;
    let welcome = bert.log_in("bert").await;
    bert.attend().await;

    anna.ask(&send(1, Mode::Live, &[guid])).await;
    let envelope = bert.next_of(Kind::Envelope).await;
    assert_eq!(envelope.read::<Envelope>().expect("an envelope").message, message_id(1));
    let message = message_id(1);
    let data = vec![7; 200_000];
    for sequence in 0..4 {
        let last = sequence == 3;
        anna.tell(&Portion { message, stream: 0, sequence, last, data: &data }).await;
    }
    for sequence in 0..4 {
        let object = bert.next_of(Kind::Portion).await;
        let portion: Portion<'_> = object.read().expect("a portion");
        assert_eq!((portion.sequence, portion.data.len()), (sequence, 200_000));
    }
    while !anna.next_of(Kind::Progress).await.read::<Progress>().expect("progress").stored {}
    anna.tell(&send(2, Mode::Record, &[guid])).await;
    let message = message_id(2);
    anna.tell(&Portion { message, stream: 0, sequence: 0, last: true, data: &[1] }).await;
    while !anna.next_of(Kind::Progress).await.read::<Progress>().expect("progress").stored {}
    server.context.begin_drain();
    assert_eq!(anna.next_of(Kind::GoingDown).await.header.action, Action::GoingDown);
    server.stop().await;

    let server = Server::start(folder.path()).await;
    let mut bert = Peer::connect(&server.tls).await;
    let token = welcome.token.expect("a token");
    let hello = TokenHello { device: welcome.device, token, software: "test".into() };
    bert.ask(&hello).await;
    bert.attend().await;
    for _ in 0..2 {
        let envelope: Envelope = bert.next_of(Kind::Envelope).await.read().expect("an envelope");
        bert.next_of(Kind::Portion).await;
        let message = envelope.message;
        let receipt =
            Receipt { message, happened: Happened::Delivered, person: Guid::BLANK, time: 0 };
        assert!(is_yes(&bert.ask(&receipt).await));
    }
    let mut admin = Peer::connect(&server.unix).await;
    let status: ServerStatus = admin.ask(&AskStatus {}).await.read().expect("status");
    assert_eq!((status.people, status.messages, status.delivered), (2, 2, 2));
    server.stop().await;
}

// row 92
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rubbish_is_answered_by_a_drop_with_its_reason() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start(folder.path()).await;
    let mut peer = Peer::connect(&server.tls).await;
    let mut large = Object::bare(Action::Ping, ObjectId::BLANK);
    large.body = Bytes::from(vec![0; 40 << 10]);
    large.header.length = 40 << 10;
    peer.outgoing.send(&large).await.expect("connected");
    peer.outgoing.flush().await.expect("connected");
    assert_eq!(peer.next(|_| true).await.header.action, Action::Drop);
    assert!(peer.incoming.next().await.is_ok_and(|end| end.is_none()));
    server.stop().await;
}
