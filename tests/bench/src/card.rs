//! A network card on which many telephones can be: whole Ethernet frames, in and out.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::ifaddrs::getifaddrs;
use nix::sys::socket::{
    AddressFamily, SockFlag, SockProtocol, SockType, bind, setsockopt, socket, sockopt,
};

/// The address of a card.
pub(crate) type Mac = [u8; 6];

/// Everybody in the network.
pub(crate) const ALL: Mac = [0xff; 6];
/// What waits while we are busy: a storm.
const RECEIVE_BUFFER: usize = 8 << 20;
const IP: [u8; 2] = [0x08, 0x00];
const ARP: [u8; 2] = [0x08, 0x06];
const UDP: u8 = 17;
/// Ethernet, IPv4, UDP.
const HEADERS: usize = 14 + 20 + 8;

/// A card as it is: what others send through it is seen, whoever is meant.
pub(crate) struct Card {
    /// A packet socket: of its kind the library knows none, and receives from it as from this one.
    socket: UdpSocket,
}

impl Card {
    /// Opens the card of this name.
    pub(crate) fn open(name: &str) -> Result<Self> {
        let flags = SockFlag::SOCK_CLOEXEC;
        let fd = socket(AddressFamily::Packet, SockType::Raw, flags, SockProtocol::EthAll)
            .context("a packet socket")?;
        let mut all = getifaddrs().context("the cards of this host")?;
        let card = all.find_map(|one| {
            let link = *one.address.as_ref()?.as_link_addr()?;
            (one.interface_name == name).then_some(link)
        });
        bind(fd.as_raw_fd(), &card.with_context(|| format!("no card {name}"))?)?;
        setsockopt(&fd, sockopt::RcvBufForce, &RECEIVE_BUFFER)
            .or_else(|_| setsockopt(&fd, sockopt::RcvBuf, &RECEIVE_BUFFER))?;
        Ok(Self { socket: UdpSocket::from(fd) })
    }

    /// The next frame, if one comes in time.
    pub(crate) fn receive<'a>(
        &self,
        buffer: &'a mut [u8],
        patience: Duration,
    ) -> Result<Option<&'a [u8]>> {
        self.socket.set_read_timeout(Some(patience.max(Duration::from_millis(1))))?;
        match self.socket.recv(buffer) {
            Ok(length) => Ok(Some(&buffer[..length])),
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Sends a frame.
    pub(crate) fn send(&self, frame: &[u8]) -> Result<()> {
        self.socket.send(frame).context("a frame could not be sent")?;
        Ok(())
    }
}

/// What a frame is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame<'a> {
    /// A datagram.
    Datagram(Datagram<'a>),
    /// Who has the second address? Asked by the first one's owner.
    Question(Mac, Ipv4Addr, Ipv4Addr),
    /// Something else.
    Other,
}

/// A datagram in its frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Datagram<'a> {
    /// The card that sent it, and the card that is meant.
    pub(crate) cards: (Mac, Mac),
    /// From where.
    pub(crate) from: SocketAddrV4,
    /// To where.
    pub(crate) to: SocketAddrV4,
    /// What it holds.
    pub(crate) bytes: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads a frame; fragments are none of ours.
    pub(crate) fn read(frame: &'a [u8]) -> Self {
        let kind = frame.get(12..14);
        let read = if kind == Some(&IP) {
            datagram(frame).map(Self::Datagram)
        } else if kind == Some(&ARP) {
            question(frame)
        } else {
            None
        };
        read.unwrap_or(Self::Other)
    }
}

fn datagram(frame: &[u8]) -> Option<Datagram<'_>> {
    let ip = frame.get(14..)?;
    let header = usize::from(ip.first()? & 0x0f) * 4;
    let total = usize::from(u16::from_be_bytes(ip.get(2..4)?.try_into().ok()?));
    let udp = ip.get(header..total).filter(|_| ip.get(9) == Some(&UDP))?;
    let address = |at: usize| Some(Ipv4Addr::from(<[u8; 4]>::try_from(ip.get(at..at + 4)?).ok()?));
    let port = |at: usize| Some(u16::from_be_bytes(udp.get(at..at + 2)?.try_into().ok()?));
    Some(Datagram {
        cards: (frame.get(6..12)?.try_into().ok()?, frame.get(..6)?.try_into().ok()?),
        from: SocketAddrV4::new(address(12)?, port(0)?),
        to: SocketAddrV4::new(address(16)?, port(2)?),
        bytes: udp.get(8..)?,
    })
}

fn question<'a>(frame: &[u8]) -> Option<Frame<'a>> {
    let arp = frame.get(14..42).filter(|arp| arp[..8] == [0, 1, 8, 0, 6, 4, 0, 1])?;
    let address = |at: usize| Some(Ipv4Addr::from(<[u8; 4]>::try_from(arp.get(at..at + 4)?).ok()?));
    Some(Frame::Question(arp.get(8..14)?.try_into().ok()?, address(14)?, address(24)?))
}

/// "It is me": the answer to a question for an address.
pub(crate) fn answer((own, address): (Mac, Ipv4Addr), (asker, his): (Mac, Ipv4Addr)) -> Vec<u8> {
    let (address, his) = (address.octets(), his.octets());
    let head = [0, 1, 8, 0, 6, 4, 0, 2];
    [&asker[..], &own, &ARP, &head, &own, &address, &asker, &his].concat()
}

impl Datagram<'_> {
    /// The whole frame. A datagram of IPv4 may go without its own checksum (RFC 768).
    pub(crate) fn write(&self) -> Vec<u8> {
        let (own, peer) = self.cards;
        let length = |more: usize| u16::try_from(self.bytes.len() + more).unwrap_or(u16::MAX);
        let mut ip = [0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, UDP, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        ip[2..4].copy_from_slice(&length(28).to_be_bytes());
        ip[12..16].copy_from_slice(&self.from.ip().octets());
        ip[16..].copy_from_slice(&self.to.ip().octets());
        let sum = checksum(&ip);
        ip[10..12].copy_from_slice(&sum.to_be_bytes());
        let mut frame = Vec::with_capacity(HEADERS + self.bytes.len());
        frame.extend([&peer[..], &own, &IP, &ip].concat());
        for number in [self.from.port(), self.to.port(), length(8), 0] {
            frame.extend(number.to_be_bytes());
        }
        frame.extend(self.bytes);
        frame
    }
}

/// The checksum of an IPv4 header (RFC 791).
fn checksum(header: &[u8; 20]) -> u16 {
    let words = header.chunks(2).map(|two| u32::from(u16::from_be_bytes([two[0], two[1]])));
    let sum: u32 = words.sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    !u16::try_from(folded & 0xffff).unwrap_or(0).wrapping_add(u16::from(folded > 0xffff))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddrV4};

    use super::{Datagram, Frame, answer, checksum};

    #[test]
    fn a_datagram_is_read_as_it_was_written() {
        let (from, to) = (Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2));
        let datagram = Datagram {
            cards: ([1; 6], [2; 6]),
            from: SocketAddrV4::new(from, 68),
            to: SocketAddrV4::new(to, 67),
            bytes: b"hello",
        };
        let frame = datagram.write();
        assert_eq!(Frame::read(&frame), Frame::Datagram(datagram));
        let mut header: [u8; 20] = frame[14..34].try_into().expect("20 bytes");
        let sum = [header[10], header[11]];
        header[10..12].copy_from_slice(&[0, 0]);
        assert_eq!(checksum(&header).to_be_bytes(), sum);
        assert_eq!(Frame::read(&frame[..30]), Frame::Other);
    }

    #[test]
    fn the_checksum_is_that_of_a_known_header() {
        let header = [
            0x45, 0, 0, 0x73, 0, 0, 0x40, 0, 0x40, 0x11, 0, 0, 0xc0, 0xa8, 0, 1, 0xc0, 0xa8, 0,
            0xc7,
        ];
        assert_eq!(checksum(&header), 0xb861);
    }

    #[test]
    fn an_answer_is_no_question() {
        let (own, asker) = (([1; 6], Ipv4Addr::LOCALHOST), ([2; 6], Ipv4Addr::UNSPECIFIED));
        let mut frame = answer(own, asker);
        assert_eq!((frame.len(), Frame::read(&frame)), (42, Frame::Other));
        frame[21] = 1;
        assert_eq!(Frame::read(&frame), Frame::Question([1; 6], own.1, asker.1));
    }
}
