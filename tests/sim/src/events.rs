//! What is going to happen, in the order of time; what was planned first for a moment happens
//! first.

use std::collections::BTreeMap;

use client_engine::{Input, Ticket, Write};
use ivm::ConnId;
use machine::Moment;
use message::Object;

use crate::device::DeviceId;

/// One thing that is going to happen.
#[derive(Debug)]
pub(crate) enum Event {
    /// An object reaches the server.
    ToServer(ConnId, Object),
    /// An object reaches a device.
    ToDevice(DeviceId, ConnId, Object),
    /// The server has written so many bytes.
    Written(ConnId, usize),
    /// The link of a device is made, or not.
    Connected(DeviceId, u64),
    /// The server hears that a connection is over.
    ServerClosed(ConnId),
    /// A device hears that its connection is over.
    DeviceClosed(DeviceId, ConnId),
    /// A device hears that the link that it wanted closed is closed.
    Closed(DeviceId, u64),
    /// The disk of a device carries writes out.
    Store(DeviceId, u64, Ticket, Vec<Write>),
    /// A device of this life is told something.
    Tell(DeviceId, u64, Box<Input>),
    /// The microphone of a device has a piece of sound.
    Hear(DeviceId, u64),
    /// The player of a device reports.
    Report(DeviceId, u64),
    /// Something happens to a telephone of this life.
    Telephone(DeviceId, u64, Box<gateway::handset::Input>),
    /// A telephone of this life has said something.
    Said(DeviceId, u64, u64),
    /// The store of the server answers; of this life.
    Server(u64, Box<ivm::Input>),
}

/// Events by time, and by the order in which they were planned.
#[derive(Debug, Default)]
pub(crate) struct Events {
    planned: BTreeMap<(Moment, u64), Event>,
    count: u64,
}

impl Events {
    /// Plans an event.
    pub(crate) fn plan(&mut self, at: Moment, event: Event) {
        self.count += 1;
        self.planned.insert((at, self.count), event);
    }

    /// How many were planned so far.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// When the next one is.
    pub(crate) fn next(&self) -> Option<Moment> {
        self.planned.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes the next one.
    pub(crate) fn take(&mut self) -> Option<Event> {
        self.planned.pop_first().map(|(_, event)| event)
    }
}
