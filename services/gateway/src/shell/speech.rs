//! The speech of one call: its two ports, and the leg between them and the handset.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};

use chassis::chance;
use chassis::clock::Clock;
use machine::{Machine as _, Moment, Span};
use media::leg::{Channel, Input, Latch, Leg, Options, Output};
use media::offer::{Agreed, Ours};
use media::sdp::Session;
use rand_chacha::rand_core::Rng as _;
use tokio::net::UdpSocket;

use crate::speaker::RATE;

/// Pairs of ports that are tried; with a thousand calls at once a free one is found in a few.
const TRIES: u32 = 64;
/// A telephone that sends nothing for so long is gone: even silence is sent.
const SILENCE: Span = Span::from_secs(15);
/// The longest packet of speech.
const LONGEST: usize = 2_048;

/// Two ports, and what we say of them.
pub(super) struct Ports {
    sound: UdpSocket,
    control: UdpSocket,
    pub(super) ours: Ours,
    /// What we offered, if it was we who did.
    pub(super) offered: Option<Session>,
}

impl Ports {
    /// Opens two neighbouring ports of the range towards a telephone.
    pub(super) async fn open(phone: Ipv4Addr, (first, last): (u16, u16)) -> io::Result<Self> {
        let ours = towards(phone).await?;
        let mut rng = chance::rng();
        for _ in 0..TRIES {
            let pairs = u32::from(last.saturating_sub(first) / 2) + 1;
            let port = match (first, last) {
                (0, 0) => 0,
                _ => first + (rng.next_u32() % pairs) as u16 * 2,
            };
            let sound = UdpSocket::bind(SocketAddrV4::new(ours, port)).await;
            let Ok(sound) = sound else { continue };
            let port = sound.local_addr()?.port();
            let Some(above) = port.checked_add(1) else { continue };
            let Ok(control) = UdpSocket::bind(SocketAddrV4::new(ours, above)).await else {
                continue;
            };
            let mut key = [0; 30];
            rng.fill_bytes(&mut key);
            let address = SocketAddr::V4(SocketAddrV4::new(ours, port));
            // 62 bits, as descriptions have it.
            let id = rng.next_u64() >> 2;
            return Ok(Self { sound, control, ours: Ours::new(id, address, &key), offered: None });
        }
        Err(io::ErrorKind::AddrInUse.into())
    }

    /// What we offer.
    pub(super) fn offer(&mut self) -> Vec<u8> {
        let offer = media::offer::offer(&self.ours);
        let text = offer.write().into_bytes();
        self.offered = Some(offer);
        text
    }
}

/// Our address on the way to a telephone.
async fn towards(phone: Ipv4Addr) -> io::Result<Ipv4Addr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
    // Nothing is sent by that: the kernel looks up the way.
    socket.connect((phone, 9)).await?;
    match socket.local_addr()?.ip() {
        IpAddr::V4(ours) => Ok(ours),
        IpAddr::V6(_) => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// What happens in a call.
#[derive(Debug)]
pub(super) enum Event {
    /// 20 ms were heard.
    Heard(Vec<i16>),
    /// A key was pressed.
    Key(char),
    /// Nothing comes any more, neither speech nor silence.
    Lost,
}

/// The speech of a call.
pub(super) struct Speech {
    pub(super) ports: Ports,
    leg: Leg,
    clock: Clock,
    sound: Vec<u8>,
    control: Vec<u8>,
    /// When something came last that was the telephone's.
    came: Moment,
    count: u64,
    is_held: bool,
}

impl Speech {
    /// Speech as it was agreed on.
    pub(super) fn new(ports: Ports, agreed: Agreed, clock: &Clock) -> Self {
        let mut name = [0; 12];
        let mut rng = chance::rng();
        rng.fill_bytes(&mut name);
        let cname = name.iter().map(|byte| format!("{byte:02x}")).collect();
        let options = Options { rate: RATE, latch: Latch::SameHost, cname };
        let is_held = !agreed.direction.receives();
        let leg = Leg::new(agreed, options, chance::seed(), clock.now());
        let buffer = || vec![0; LONGEST];
        let (sound, control, came) = (buffer(), buffer(), clock.now());
        Self { ports, leg, clock: clock.clone(), sound, control, came, count: 0, is_held }
    }

    /// Says these 20 ms.
    pub(super) fn say(&mut self, samples: Vec<i16>) {
        self.leg.handle(Input::Say(samples), self.clock.now());
    }

    /// Something else was agreed on.
    pub(super) fn agree(&mut self, agreed: Agreed) {
        self.is_held = !agreed.direction.receives();
        self.leg.handle(Input::Agree(Box::new(agreed)), self.clock.now());
    }

    /// The call is over.
    pub(super) fn end(mut self) {
        self.leg.handle(Input::Goodbye, self.clock.now());
        while let Some(output) = self.leg.poll() {
            self.send(output);
        }
        log::debug!(statistics:? = self.leg.statistics(); "a telephone's call is over");
    }

    /// What happens next. Cancel-safe.
    pub(super) async fn next(&mut self) -> Event {
        loop {
            while let Some(output) = self.leg.poll() {
                match output {
                    Output::Heard(frame) => return Event::Heard(frame.samples),
                    Output::Pressed(digit) => {
                        if let Some(key) = digit.key() {
                            return Event::Key(key);
                        }
                    }
                    output @ Output::Send { .. } => self.send(output),
                    // The call ends by its own protocol.
                    Output::Gone => {}
                }
            }
            let (clock, deadline) = (&self.clock, self.leg.deadline());
            let due = async {
                match deadline {
                    Some(deadline) => clock.sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            let (sound, control) = (&mut self.sound, &mut self.control);
            let heard = tokio::select! {
                got = self.ports.sound.recv_from(sound) => {
                    got.map(|(length, from)| (Channel::Sound, from, sound[..length].to_vec()))
                }
                got = self.ports.control.recv_from(control) => {
                    got.map(|(length, from)| (Channel::Control, from, control[..length].to_vec()))
                }
                () = due => {
                    self.leg.expire(self.clock.now());
                    if self.is_lost() {
                        return Event::Lost;
                    }
                    continue;
                }
            };
            match heard {
                Ok((channel, from, bytes)) => {
                    let input = Input::Datagram { channel, from, bytes };
                    self.leg.handle(input, self.clock.now());
                }
                // A port that is shut on the other side: the call ends by its own protocol.
                Err(error) => log::debug!(error:%; "nothing is heard of a telephone"),
            }
        }
    }

    /// Has nothing come for so long that nobody can be there? On hold nothing has to come.
    fn is_lost(&mut self) -> bool {
        let (now, count) = (self.clock.now(), self.leg.statistics().packets.received);
        if count != self.count || self.is_held {
            (self.came, self.count) = (now, count);
        }
        now.since(self.came) >= SILENCE
    }

    fn send(&self, output: Output) {
        let Output::Send { channel, to, bytes } = output else { return };
        let socket = match channel {
            Channel::Sound => &self.ports.sound,
            Channel::Control => &self.ports.control,
        };
        // What the kernel has no room for is lost, as on the way.
        if let Err(error) = socket.try_send_to(&bytes, to) {
            log::debug!(error:%; "a packet of speech was not sent");
        }
    }
}
