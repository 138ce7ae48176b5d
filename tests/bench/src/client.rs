//! A bare client: logs in, subscribes, and then speaks message objects as fast as it is told.

use anyhow::{Context, Result};
use chassis::chance;
use link::client::{Pin, connect};
use message::login::{BindingKind, Challenge, Hello, Proof, Welcome, auth_message};
use message::people::{Subscription, Topic};
use message::speech::{CheckIn, Mode, Recipient, Send};
use message::{Guid, MessageId, Object, ObjectId};
use rand_core::Rng;
use voice::format::Format;

use crate::server::{Asking, Person, Server};

/// Logs a person in from a new device.
pub(crate) async fn log_in(server: &Server, person: &Person) -> Result<Asking> {
    let link = connect(&server.target, &Pin::FirstUse).await?;
    let exporter = link.exporter.context("no TLS exporter")?;
    let mut client = Asking { incoming: link.incoming, outgoing: link.outgoing };
    let mut nonce = [0; 32];
    chance::rng().fill_bytes(&mut nonce);
    let hello = Hello {
        account: person.name.clone(),
        nonce,
        device: None,
        device_name: "bench".into(),
        software: "bench".into(),
    };
    let hello = Object::of(ObjectId::new(0, &mut chance::rng()), &hello);
    client.outgoing.send(&hello).await?;
    client.outgoing.flush().await?;
    let challenge = client.incoming.next().await?.context("closed")?;
    challenge.read::<Challenge>()?;
    let signed =
        auth_message(&hello.body, &challenge.body, BindingKind::Exporter, exporter.as_slice());
    let proof = server.login.prove(&signed).0;
    client.ask(&Proof { binding: BindingKind::Exporter, proof }).await?.read::<Welcome>()?;
    Ok(client)
}

/// Subscribes to these topics and checks in with nothing under way.
pub(crate) async fn subscribe(client: &mut Asking, topics: &[Topic]) -> Result<()> {
    client.ask(&Subscription { topics: topics.to_vec() }).await?;
    client.outgoing.send(&Object::of(fresh(), &CheckIn::default())).await?;
    client.outgoing.flush().await?;
    Ok(())
}

/// The body that opens a message.
pub(crate) fn opening(message: MessageId, mode: Mode, recipients: &[Guid]) -> Send {
    let wrapped = vec![7; 80];
    let recipients =
        recipients.iter().map(|person| Recipient { person: *person, wrapped: wrapped.clone() });
    Send {
        message,
        mode,
        format: Format::SPEECH.to_bytes().to_vec(),
        recipients: recipients.collect(),
        own: wrapped.clone(),
        attachments: Vec::new(),
        created: 0,
        reply_to: None,
    }
}

/// A new object id.
pub(crate) fn fresh() -> ObjectId {
    ObjectId::new(0, &mut chance::rng())
}

/// A new message id.
pub(crate) fn fresh_message() -> MessageId {
    MessageId::new(0, &mut chance::rng())
}
