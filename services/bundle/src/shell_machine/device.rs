//! A client without mouth, ears and disk: the engine of every client over a storage in memory and
//! a link to the server.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;

use bytes::Bytes;
use chassis::chance;
use chassis::clock::Clock;
use client_engine::{Binding, Command, Engine, Input, Output, Setup, Write};
use link::client::{Connected, Pin, connect};
use link::{LinkError, Target};
use machine::Machine as _;

/// The device.
pub(super) struct Device {
    engine: Engine,
    clock: Clock,
    target: Target,
    connected: Option<Connected>,
    records: BTreeMap<Vec<u8>, Bytes>,
    waiting: VecDeque<Input>,
    written: Vec<u8>,
}

impl Device {
    /// A device that has never been used.
    pub(super) fn new(target: Target) -> Self {
        let clock = Clock::start();
        let engine = Engine::new(Setup {
            software: concat!("ivm self-test ", env!("CARGO_PKG_VERSION")).to_owned(),
            unix_millis: clock.unix_millis(),
            now: clock.now(),
            seed: chance::seed(),
            receive: true,
        });
        let (records, waiting) = (BTreeMap::new(), VecDeque::new());
        Self { engine, clock, target, connected: None, records, waiting, written: Vec::new() }
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What was written to the sink.
    pub(super) fn written(&self) -> &[u8] {
        &self.written
    }

    pub(super) fn command(&mut self, command: Command) {
        self.input(Input::Command(command));
    }

    pub(super) fn input(&mut self, input: Input) {
        self.waiting.push_back(input);
    }

    /// Runs until `seen` has found something, looking after each output.
    pub(super) async fn until<T>(
        &mut self,
        what: &str,
        mut seen: impl FnMut(&Engine, &Output) -> Option<Result<T, String>>,
    ) -> Result<T, String> {
        loop {
            while let Some(output) = self.engine.poll() {
                let found = seen(&self.engine, &output);
                self.perform(output).await.map_err(|error| format!("{what}: {error}"))?;
                if let Some(found) = found {
                    return found.map_err(|words| format!("{what}: {words}"));
                }
            }
            self.flush().await.map_err(|error| format!("{what}: {error}"))?;
            match self.waiting.pop_front() {
                Some(input) => self.engine.handle(input, self.clock.now()),
                None => self.happen().await.map_err(|error| format!("{what}: {error}"))?,
            }
        }
    }

    async fn flush(&mut self) -> Result<(), LinkError> {
        match &mut self.connected {
            Some(connected) => connected.outgoing.flush().await,
            None => Ok(()),
        }
    }

    /// Waits for the server or for a deadline. A link that breaks is the trouble that is looked for.
    async fn happen(&mut self) -> Result<(), LinkError> {
        let (clock, deadline) = (&self.clock, self.engine.deadline());
        let due = async {
            match deadline {
                Some(deadline) => clock.sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        let connected = &mut self.connected;
        let object = async {
            match connected {
                Some(connected) => connected.incoming.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            object = object => match object? {
                Some(object) => self.input(Input::Object(object)),
                None => {
                    self.connected = None;
                    self.input(Input::LinkDown("the server closed the connection".to_owned()));
                }
            },
            () = due => self.engine.expire(self.clock.now()),
        }
        Ok(())
    }

    async fn perform(&mut self, output: Output) -> Result<(), LinkError> {
        match output {
            Output::Connect => {
                let connected = connect(&self.target, &Pin::FirstUse).await?;
                let binding = connected.exporter.map_or(Binding::None, Binding::Exporter);
                self.connected = Some(connected);
                self.input(Input::LinkUp(binding));
            }
            Output::Disconnect => {
                if let Some(mut connected) = self.connected.take() {
                    connected.outgoing.close().await?;
                }
                self.input(Input::LinkDown("closed".to_owned()));
            }
            Output::Transmit(object) => {
                if let Some(connected) = &mut self.connected {
                    connected.outgoing.send(&object).await?;
                }
            }
            Output::Store { ticket, writes } => {
                self.store(writes);
                self.input(Input::Stored(ticket));
            }
            Output::Scan { ticket, prefix, after, .. } => {
                let records = self.scan(&prefix, after);
                self.input(Input::Scanned { ticket, records, more: false });
            }
            Output::ReadFile { file, offset, .. } => {
                let data = Err("there are no files here".to_owned());
                self.input(Input::FileRead { file, offset, data });
            }
            Output::WriteSink { data, .. } => self.written.extend_from_slice(&data),
            Output::Microphone { .. }
            | Output::MicrophoneOff
            | Output::Play { .. }
            | Output::PlayEnd
            | Output::PlayStop
            | Output::WarningTone
            | Output::CloseSink { .. }
            | Output::Changed(_)
            | Output::Notice(_) => {}
        }
        Ok(())
    }

    fn store(&mut self, writes: Vec<Write>) {
        for write in writes {
            match write {
                Write::Put(key, value) => drop(self.records.insert(key, value)),
                Write::DeletePrefix(prefix) => {
                    self.records.retain(|key, _| !key.starts_with(&prefix));
                }
            }
        }
    }

    /// A device that lives for seconds has few records: all of them at once.
    fn scan(&self, prefix: &[u8], after: Option<Vec<u8>>) -> Vec<(Vec<u8>, Bytes)> {
        let start = match after {
            Some(after) => Bound::Excluded(after),
            None => Bound::Included(prefix.to_vec()),
        };
        let range = self.records.range((start, Bound::Unbounded));
        let found = range.take_while(|(key, _)| key.starts_with(prefix));
        found.map(|(key, value)| (key.clone(), value.clone())).collect()
    }
}
