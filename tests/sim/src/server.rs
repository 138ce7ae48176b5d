//! The server of a simulated office: its engine over a real store.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ivm::record::{Query, Write};
use ivm::store::{Birth, Store};
use ivm::{Caller, ConnId, Engine, Input, Limits, Output, Setup};
use machine::{Machine, Moment, Span};
use message::people::Parameters;
use message::{Guid, Object, Rights};
use tempfile::TempDir;

use crate::device::DeviceId;
use crate::events::{Event, Events};

/// How long the server's disk takes.
const DISK: Span = Span::from_millis(3);
/// How long an object is on its way.
pub(crate) const WIRE: Span = Span::from_millis(5);
/// The connection of the local administrator.
pub(crate) const ADMIN: ConnId = ConnId(0);

/// The server, while it runs.
pub(crate) struct Server {
    folder: TempDir,
    parameters: Parameters,
    pub(crate) engine: Option<Engine>,
    store: Option<Store>,
    /// Which life it is.
    pub(crate) life: u64,
    /// Whose connection is whose.
    pub(crate) conns: BTreeMap<ConnId, DeviceId>,
    /// Answers to the administrator.
    pub(crate) admin: Vec<Object>,
}

impl Server {
    /// A new server in a new folder.
    pub(crate) fn new(parameters: Parameters, now: Moment) -> anyhow::Result<Self> {
        let mut server = Self {
            folder: tempfile::tempdir()?,
            parameters,
            engine: None,
            store: None,
            life: 0,
            conns: BTreeMap::new(),
            admin: Vec::new(),
        };
        server.start(now)?;
        Ok(server)
    }

    /// Starts over what is on disk.
    pub(crate) fn start(&mut self, now: Moment) -> anyhow::Result<()> {
        let path = |name: &str| -> PathBuf { self.folder.path().join(name) };
        let birth = Birth { server: Guid::from_bytes([9; 16]), secret: [8; 32] };
        let (store, snapshot) = Store::open(&path("ivm.sqlite"), &path("blobs"), birth)?;
        self.life += 1;
        let mut seed = [3; 32];
        seed[0] = self.life as u8;
        let setup = Setup {
            limits: Limits::default(),
            parameters: self.parameters,
            version: "sim".to_owned(),
            fingerprint: vec![1; 32],
            unix_start: crate::office::UNIX_START,
            seed,
        };
        let mut engine = Engine::new(setup, snapshot);
        let caller = Caller { address: String::new(), exporter: None, rights: Rights::Service };
        engine.handle(Input::Accepted { conn: ADMIN, caller }, now);
        self.engine = Some(engine);
        self.store = Some(store);
        Ok(())
    }

    /// Stops at once: what was not on disk is lost.
    pub(crate) fn crash(&mut self) {
        self.engine = None;
        self.store = None;
        self.conns.clear();
    }

    /// Tells the engine something.
    pub(crate) fn tell(&mut self, input: Input, now: Moment) {
        if let Some(engine) = &mut self.engine {
            engine.handle(input, now);
        }
    }

    /// Carries out what the engine wants.
    pub(crate) fn settle(&mut self, events: &mut Events, now: Moment) {
        while let Some(output) = self.engine.as_mut().and_then(Engine::poll) {
            match output {
                Output::Send { conn, object } => self.send(conn, object, events, now),
                Output::Admitted { .. } | Output::Drained => {}
                Output::Close { conn } => {
                    if let Some(device) = self.conns.remove(&conn) {
                        events.plan(now + WIRE, Event::DeviceClosed(device, conn));
                    }
                    events.plan(now, Event::ServerClosed(conn));
                }
                Output::Commit { ticket, writes } => {
                    let result = self.commit(writes);
                    let input = Box::new(Input::Committed { ticket, result });
                    events.plan(now + DISK, Event::Server(self.life, input));
                }
                Output::Load { ticket, query } => {
                    let answer = self.answer(&query);
                    let input = Box::new(Input::Answered { ticket, answer });
                    events.plan(now + DISK, Event::Server(self.life, input));
                }
            }
        }
    }

    fn send(&mut self, conn: ConnId, object: Object, events: &mut Events, now: Moment) {
        events.plan(now + Span::from_millis(1), Event::Written(conn, object.wire_len()));
        if conn == ADMIN {
            self.admin.push(object);
        } else if let Some(device) = self.conns.get(&conn) {
            events.plan(now + WIRE, Event::ToDevice(*device, conn, object));
        }
    }

    fn commit(
        &mut self,
        writes: Vec<Write>,
    ) -> Result<Vec<ivm::record::Outcome>, ivm::record::Fault> {
        let store = self.store.as_mut().expect("an engine that runs has a store");
        let mut results = store.writer.commit(&[writes]);
        results.pop().expect("one batch has one result")
    }

    fn answer(&self, query: &Query) -> Result<ivm::record::Answer, ivm::record::Fault> {
        let store = self.store.as_ref().expect("an engine that runs has a store");
        store.asker.answer(query)
    }
}
