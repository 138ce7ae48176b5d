//! The real server under test: `appliance run` as a process of its own, and people on it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use chassis::chance;
use chassis::layout::{Layout, Ports};
use link::client::{Pin, connect};
use link::{Incoming, Outgoing, Target};
use message::admin::{AddPerson, Invited};
use message::login::{Cost, Credentials, Enrol, ServiceHello};
use message::{Body, Guid, Object, ObjectId};
use voice::account::derive::{self, Costs, LoginKey};
use voice::account::proof::Verifier;
use voice::seal::keys::PrivateKey;

/// A person of the benchmark; all have the same password.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// The account.
    pub(crate) guid: Guid,
    /// Its name.
    pub(crate) name: String,
}

/// A running appliance, killed when dropped.
pub(crate) struct Server {
    child: Child,
    socket: PathBuf,
    /// Where clients connect.
    pub(crate) target: Target,
    /// The key of everyone's password.
    pub(crate) login: LoginKey,
    salt: [u8; 16],
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts the `appliance` that stands beside this program.
    pub(crate) fn start(state: &Path) -> Result<Self> {
        let here = std::env::current_exe().context("where am I?")?;
        let program = here.with_file_name("appliance");
        let mut child = Command::new(&program)
            .args(["run", "--json", "--bind", "127.0.0.1", "--log", "error"])
            .args(["--objects-port", "0", "--https-port", "0", "--http-port", "0", "--state"])
            .arg(state)
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("start {}", program.display()))?;
        let stdout = child.stdout.take().context("no standard output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).context("read the ready line")?;
        let ready: serde_json::Value =
            serde_json::from_str(&line).with_context(|| format!("not ready: {line:?}"))?;
        let target = ready["objects"].as_str().context("no objects address")?.parse()?;
        let socket = Layout::under(state, Ports::FREE).ivm_socket;
        let salt = derive::new_salt(&mut chance::rng());
        let (login, _) = derive::derive("benchmark password", &salt, &cheap()?)?;
        Ok(Self { child, socket, target, login, salt })
    }

    /// The server's process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Makes accounts and takes up their invitations.
    pub(crate) async fn people(&self, count: usize) -> Result<Vec<Person>> {
        let mut service = self.service().await?;
        let mut people = Vec::new();
        for number in 0..count {
            let name = format!("p{number:04}");
            let add = AddPerson { name: name.clone(), display: name.clone() };
            let answer = service.ask(&add).await?;
            let invited: Invited = answer.read()?;
            self.enrol(&invited).await?;
            people.push(Person { guid: invited.guid, name });
        }
        Ok(people)
    }

    async fn service(&self) -> Result<Asking> {
        let link = connect(&Target::Unix(self.socket.clone()), &Pin::FirstUse).await?;
        let mut service = Asking { incoming: link.incoming, outgoing: link.outgoing };
        service.ask(&ServiceHello { service: "bench".into() }).await?;
        Ok(service)
    }

    async fn enrol(&self, invited: &Invited) -> Result<()> {
        let link = connect(&Target::Unix(self.socket.clone()), &Pin::FirstUse).await?;
        let mut client = Asking { incoming: link.incoming, outgoing: link.outgoing };
        let verifier = Verifier::new(&self.login);
        let costs = cheap()?;
        let credentials = Credentials {
            salt: self.salt,
            cost: Cost {
                memory_kib: costs.memory_kib(),
                passes: costs.passes(),
                lanes: costs.lanes(),
            },
            stored_key: verifier.stored_key,
            server_key: verifier.server_key,
            public_key: PrivateKey::generate(&mut chance::rng()).public().0,
            sealed_key: vec![0; 60],
            recovery_key: vec![0; 76],
        };
        client.ask(&Enrol { code: invited.code.clone(), credentials }).await?;
        Ok(())
    }
}

/// A connection on which one question at a time is asked.
pub(crate) struct Asking {
    /// What the server says.
    pub(crate) incoming: Incoming,
    /// What is said to it.
    pub(crate) outgoing: Outgoing,
}

impl Asking {
    /// Sends a body and waits for its answer; other objects that come before it are dropped.
    pub(crate) async fn ask<'b>(&mut self, body: &impl Body<'b>) -> Result<Object> {
        let id = ObjectId::new(0, &mut chance::rng());
        self.outgoing.send(&Object::of(id, body)).await?;
        self.outgoing.flush().await?;
        self.answer(id).await
    }

    async fn answer(&mut self, id: ObjectId) -> Result<Object> {
        while let Some(object) = self.incoming.next().await? {
            if object.header.flags.refused {
                let refusal: message::Refusal = object.read()?;
                bail!("the server refuses: {refusal}");
            }
            if object.header.id == id && object.header.flags.answer {
                return Ok(object);
            }
        }
        bail!("the server closed the connection")
    }
}

fn cheap() -> Result<Costs> {
    Ok(Costs::new(8 * 1024, 1, 1)?)
}
