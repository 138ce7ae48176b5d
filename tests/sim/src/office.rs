//! A whole office in one virtual time.

mod telephones;

use client_engine::{Command, Input, Link, Notice, Password};
use ivm::{Caller, ConnId};
use machine::{Machine, Moment, Span};
use message::admin::{AddPerson, Invite, Invited};
use message::login::ServiceHello;
use message::people::Parameters;
use message::{Guid, Object, ObjectId, Rights};

use crate::device::{Device, DeviceId, PIECE_MS};
use crate::events::{Event, Events};
use crate::server::{ADMIN, Server, WIRE};

/// The wall clock at the start of time, unix milliseconds.
pub(crate) const UNIX_START: u64 = 1_750_000_000_000;
/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";
/// More steps than any scene takes.
const MOST_STEPS: u64 = 20_000_000;

/// The server, the devices, the wire between them, and time.
pub struct Office {
    now: Moment,
    events: Events,
    server: Server,
    devices: Vec<Device>,
    next_conn: u64,
    asked: u8,
}

impl Office {
    /// An office with a running server and nobody in it.
    ///
    /// # Panics
    /// The temporary folder cannot be used.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Parameters::default())
    }

    /// The same with its own parameters.
    ///
    /// # Panics
    /// The temporary folder cannot be used.
    #[must_use]
    pub fn with(parameters: Parameters) -> Self {
        let now = Moment::from_millis(1_000);
        let server = Server::new(parameters, now).expect("a temporary folder can be used");
        let mut office = Self {
            now,
            events: Events::default(),
            server,
            devices: Vec::new(),
            next_conn: 1,
            asked: 0,
        };
        office.greet_server();
        office
    }

    fn greet_server(&mut self) {
        let hello = ServiceHello { service: "admin".to_owned() };
        self.ask_server(&Object::of(ObjectId::from_bytes([200; 16]), &hello));
    }

    fn ask_server(&mut self, object: &Object) {
        let mut object = object.clone();
        self.asked += 1;
        object.header.id = ObjectId::from_bytes([self.asked; 16]);
        self.server.tell(ivm::Input::Object { conn: ADMIN, object }, self.now);
        self.settle();
        self.run(50);
    }

    /// Makes an account; its invitation code.
    pub fn invite(&mut self, name: &str) -> String {
        let body = AddPerson { name: name.to_owned(), display: capital(name) };
        self.ask_server(&Object::of(ObjectId::BLANK, &body));
        let answer = self.server.admin.last().expect("the server answers its administrator");
        answer.read::<Invited>().expect("the account could be made").code
    }

    /// Makes a new invitation for an account that is in use; its code.
    pub fn reset(&mut self, name: &str) -> String {
        self.ask_server(&Object::of(
            ObjectId::BLANK,
            &Invite { name: name.to_owned(), reset: true },
        ));
        let answer = self.server.admin.last().expect("the server answers its administrator");
        answer.read::<Invited>().expect("the account is there").code
    }

    /// A person with a device that is logged in and on-line.
    pub fn person(&mut self, name: &str) -> DeviceId {
        let code = self.invite(name);
        let device = self.device();
        let password = Password::new(PASSWORD.to_owned());
        self.command(device, Command::Enrol { code, password, recovery: None });
        self.until("enrolled", |office| {
            office[device].count(|notice| matches!(notice, Notice::Enrolled { .. })) == 1
        });
        self.log_in(device, name);
        device
    }

    /// A further device for a person who has one.
    pub fn further_device(&mut self, name: &str) -> DeviceId {
        let device = self.device();
        self.log_in(device, name);
        device
    }

    /// A device that nobody has used.
    pub fn device(&mut self) -> DeviceId {
        let id = DeviceId(self.devices.len());
        self.devices.push(Device::new(id));
        self.start(id);
        id
    }

    /// Logs a device in and waits until it is on-line.
    pub fn log_in(&mut self, device: DeviceId, name: &str) {
        let password = Password::new(PASSWORD.to_owned());
        let device_name = "a simulated device".to_owned();
        self.command(device, Command::LogIn { name: name.to_owned(), password, device_name });
        self.until_online(device);
    }

    /// Waits until a device is on-line and knows who else is.
    pub fn until_online(&mut self, device: DeviceId) {
        self.until("on-line", |office| office[device].engine().link() == Link::Online);
        self.run(500);
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.now
    }

    /// Whose device it is.
    #[must_use]
    pub fn guid(&self, device: DeviceId) -> Guid {
        self[device].engine().me().expect("somebody is logged in").guid
    }

    /// A command of the person at a device.
    pub fn command(&mut self, device: DeviceId, command: Command) {
        let now = self.now;
        self.devices[device.0].command(command, now);
        self.settle();
    }

    /// Gives a device's microphone something to hear.
    pub fn speak(&mut self, device: DeviceId, samples: &[f32]) {
        self.devices[device.0].voice.extend(samples);
    }

    /// A device, to set it up.
    pub fn device_mut(&mut self, device: DeviceId) -> &mut Device {
        &mut self.devices[device.0]
    }

    /// Stops a device at once; its disk stays as it is.
    pub fn crash(&mut self, device: DeviceId) {
        let conn = self.devices[device.0].conn;
        self.devices[device.0].stop();
        if let Some(conn) = conn {
            self.server.conns.remove(&conn);
            self.events.plan(self.now + WIRE, Event::ServerClosed(conn));
        }
    }

    /// Starts a device over its disk.
    pub fn start(&mut self, device: DeviceId) {
        let now = self.now;
        self.devices[device.0].start(now);
        self.settle();
    }

    /// Is it running?
    #[must_use]
    pub fn is_running(&self, device: DeviceId) -> bool {
        self[device].brain.is_some()
    }

    /// Breaks the link of a device: what is on its way is lost.
    pub fn sever(&mut self, device: DeviceId) {
        if let Some(conn) = self.devices[device.0].conn.take() {
            self.server.conns.remove(&conn);
            self.events.plan(self.now, Event::ServerClosed(conn));
            let (now, why) = (self.now, "the wire was cut".to_owned());
            self.devices[device.0].tell(Input::LinkDown(why), now);
            self.settle();
        }
    }

    /// Takes a device off the network, or puts it back.
    pub fn unplug(&mut self, device: DeviceId, unplugged: bool) {
        self.devices[device.0].unplugged = unplugged;
        if unplugged {
            self.sever(device);
        }
    }

    /// Stops the server at once and starts it over its disk.
    ///
    /// # Panics
    /// The store cannot be opened again.
    pub fn restart_server(&mut self) {
        self.server.crash();
        for index in 0..self.devices.len() {
            if self.devices[index].conn.take().is_some() {
                let now = self.now;
                self.devices[index].tell(Input::LinkDown("the server is gone".to_owned()), now);
            }
        }
        let now = self.now;
        self.server.start(now).expect("the store can be opened again");
        self.settle();
        self.greet_server();
    }

    /// Lets the server go down in good order.
    pub fn drain_server(&mut self) {
        self.server.tell(ivm::Input::Drain, self.now);
        self.settle();
    }

    /// Lets so many milliseconds pass.
    pub fn run(&mut self, milliseconds: u64) {
        let end = self.now + Span::from_millis(milliseconds);
        while self.step(end) {}
    }

    /// Lets time pass until something is so.
    ///
    /// # Panics
    /// It is not so within ten minutes.
    pub fn until(&mut self, what: &str, so: impl Fn(&Self) -> bool) {
        let end = self.now + Span::from_secs(600);
        while !so(self) {
            assert!(self.step(end), "waited for ten minutes: {what}");
        }
    }

    /// The next thing that happens before `end`. Tells whether there was one.
    fn step(&mut self, end: Moment) -> bool {
        assert!(self.events_so_far() < MOST_STEPS, "the scene does not come to an end");
        let deadlines = self.devices.iter().filter_map(Device::deadline);
        let server = self.server.engine.as_ref().and_then(Machine::deadline);
        let next = deadlines.chain(server).chain(self.events.next()).min();
        let Some(next) = next.filter(|next| *next <= end) else {
            self.now = end;
            return false;
        };
        self.now = self.now.max(next);
        if self.events.next().is_some_and(|at| at <= self.now) {
            if let Some(event) = self.events.take() {
                self.happen(event);
            }
        } else {
            self.expire();
        }
        self.settle();
        true
    }

    fn events_so_far(&self) -> u64 {
        self.events.count()
    }

    fn expire(&mut self) {
        let now = self.now;
        let due = |deadline: Option<Moment>| deadline.is_some_and(|at| at <= now);
        for device in &mut self.devices {
            if due(device.deadline()) {
                device.expire(now);
            }
        }
        if let Some(engine) = self.server.engine.as_mut().filter(|engine| due(engine.deadline())) {
            engine.expire(now);
        }
    }

    fn settle(&mut self) {
        let now = self.now;
        for index in 0..self.devices.len() {
            if self.devices[index].settle(&mut self.events, now) {
                self.crash(DeviceId(index));
            }
        }
        self.server.settle(&mut self.events, now);
    }

    fn happen(&mut self, event: Event) {
        let now = self.now;
        match event {
            Event::ToServer(conn, object) => {
                if self.server.conns.contains_key(&conn) {
                    self.server.tell(ivm::Input::Object { conn, object }, now);
                }
            }
            Event::ToDevice(device, conn, object) => {
                let device = &mut self.devices[device.0];
                if device.conn == Some(conn) {
                    device.tell(Input::Object(object), now);
                }
            }
            Event::Written(conn, bytes) => {
                self.server.tell(ivm::Input::Written { conn, bytes }, now);
            }
            Event::Connected(device, life) => self.connected(device, life),
            Event::ServerClosed(conn) => {
                self.server.conns.remove(&conn);
                self.server.tell(ivm::Input::Closed { conn }, now);
            }
            Event::DeviceClosed(device, conn) => {
                let device = &mut self.devices[device.0];
                if device.conn == Some(conn) {
                    device.conn = None;
                    device.tell(Input::LinkDown("the server has closed".to_owned()), now);
                }
            }
            Event::Closed(device, life) => {
                let input = Box::new(Input::LinkDown("closed".to_owned()));
                self.happen(Event::Tell(device, life, input));
            }
            Event::Store(device, life, ticket, writes) => {
                let device = &mut self.devices[device.0];
                if device.life == life {
                    device.disk.apply(writes);
                    device.tell(Input::Stored(ticket), now);
                }
            }
            Event::Tell(device, life, input) => {
                let device = &mut self.devices[device.0];
                if device.life == life {
                    device.tell(*input, now);
                }
            }
            Event::Hear(device, listening) => self.hear(device, listening),
            Event::Report(device, life) => {
                let device = &mut self.devices[device.0];
                if device.life == life {
                    device.report(&mut self.events, now);
                }
            }
            Event::Telephone(device, life, input) => self.telephone_event(device, life, *input),
            Event::Said(device, life, saying) => self.telephone_said(device, life, saying),
            Event::Server(life, input) => {
                if self.server.life == life {
                    self.server.tell(*input, now);
                }
            }
        }
    }

    fn connected(&mut self, id: DeviceId, life: u64) {
        let now = self.now;
        let device = &mut self.devices[id.0];
        if device.life != life {
            return;
        }
        if device.unplugged || self.server.engine.is_none() {
            return device.tell(Input::LinkDown("no way to the server".to_owned()), now);
        }
        let conn = ConnId(self.next_conn);
        self.next_conn += 1;
        device.conn = Some(conn);
        let binding = device.binding();
        let exporter = Some([id.0 as u8; 32]);
        let address = format!("10.0.0.{}", id.0);
        self.server.conns.insert(conn, id);
        let caller = Caller { address, exporter, rights: Rights::Client };
        self.server.tell(ivm::Input::Accepted { conn, caller }, now);
        self.devices[id.0].tell(Input::LinkUp(binding), now);
    }

    fn hear(&mut self, id: DeviceId, listening: u64) {
        let now = self.now;
        let device = &mut self.devices[id.0];
        if device.listening != listening {
            return;
        }
        match device.hear() {
            Some((_, true)) => device.tell(Input::SamplesEnd, now),
            Some((samples, false)) => {
                let next = now + Span::from_millis(PIECE_MS);
                self.events.plan(next, Event::Hear(id, listening));
                self.devices[id.0].tell(Input::Samples(samples), now);
            }
            None => {}
        }
    }
}

impl Default for Office {
    fn default() -> Self {
        Self::new()
    }
}

impl std::ops::Index<DeviceId> for Office {
    type Output = Device;

    fn index(&self, device: DeviceId) -> &Device {
        &self.devices[device.0]
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
