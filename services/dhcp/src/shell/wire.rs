//! The sockets: the servers' port, the clients' port, and the kernel's table of neighbours.
//!
//! No raw socket is needed. A client without an address is reached by telling the kernel its card
//! first; ARP is asked by the kernel; and what other servers say by broadcast arrives at the
//! clients' port.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::AsRawFd as _;

use chassis::room;
use log::debug;
use nix::errno::Errno;
use nix::ifaddrs::getifaddrs;
use nix::libc::{in_addr, in_pktinfo};
use nix::net::if_::{InterfaceFlags, if_nametoindex};
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, NetlinkAddr, SockFlag,
    SockProtocol, SockType, SockaddrIn, bind, recv, recvmsg, send, sendmsg, setsockopt, socket,
    sockopt,
};
use tokio::io::Interest;
use tokio::net::{UdpSocket, UnixDatagram};

use crate::engine::{Arrival, To};
use crate::neighbour::{self, Answered, Tell};

/// A message is at most so long; longer datagrams are cut, and then found to be malformed.
const LONGEST: usize = 4_096;
/// The group of news about neighbours (RTMGRP_NEIGH).
const NEIGHBOURS: u32 = 4;

/// All sockets.
pub(super) struct Wire {
    servers: UdpSocket,
    clients: UdpSocket,
    /// A netlink socket: the runtime knows none of its kind, and waits for it as for this one.
    kernel: UnixDatagram,
    port: u16,
    buffer: Vec<u8>,
}

/// What comes in.
pub(super) enum Heard {
    /// A datagram and the number of its interface.
    Datagram(u32, Vec<u8>),
    /// Who has answered the kernel's ARP.
    Neighbours(Vec<Answered>),
}

impl Wire {
    /// Opens the sockets; `port` is the servers', the next one the clients'.
    pub(super) fn open(port: u16) -> io::Result<Self> {
        let kernel = socket(
            AddressFamily::Netlink,
            SockType::Raw,
            SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK,
            SockProtocol::NetlinkRoute,
        )?;
        bind(kernel.as_raw_fd(), &NetlinkAddr::new(0, NEIGHBOURS))?;
        Ok(Self {
            servers: udp(port)?,
            clients: udp(port + 1)?,
            kernel: UnixDatagram::from_std(kernel.into())?,
            port,
            buffer: vec![0; LONGEST],
        })
    }

    /// The next thing that comes in. Cancel-safe.
    pub(super) async fn next(&mut self) -> io::Result<Heard> {
        let Self { servers, clients, kernel, buffer, .. } = self;
        loop {
            let heard = tokio::select! {
                ready = servers.readable() => {
                    ready?;
                    servers.try_io(Interest::READABLE, || datagram(servers, buffer))
                }
                ready = clients.readable() => {
                    ready?;
                    clients.try_io(Interest::READABLE, || datagram(clients, buffer))
                }
                ready = kernel.readable() => {
                    ready?;
                    kernel.try_io(Interest::READABLE, || news(kernel, buffer))
                }
            };
            match heard {
                Ok(heard) => return Ok(heard),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                // What an earlier datagram has met with on its way is no matter of this one.
                Err(error) => debug!(error:%; "nothing could be received"),
            }
        }
    }

    /// Sends an answer.
    pub(super) fn send(&self, from: Arrival, to: To, bytes: &[u8]) -> io::Result<()> {
        let (address, port) = match to {
            To::Relay(relay) => (relay, self.port),
            To::Client(address) => (address, self.port + 1),
            To::All => (Ipv4Addr::BROADCAST, self.port + 1),
            To::Card(card, address) => {
                let Some(mac) = card.mac() else {
                    return self.send(from, To::All, bytes);
                };
                self.tell(from.interface, address, Tell::Has(mac))?;
                (address, self.port + 1)
            }
        };
        // A relay, or a client behind one, may be reached through any interface.
        let interface = match to {
            To::Relay(_) | To::Client(_) => 0,
            To::All | To::Card(..) => from.interface,
        };
        transmit(&self.servers, interface, from.ours, address, port, bytes)
    }

    /// Asks as a client without an address would.
    pub(super) fn ask(&self, from: Arrival, bytes: &[u8]) -> io::Result<()> {
        let to = Ipv4Addr::BROADCAST;
        transmit(&self.clients, from.interface, from.ours, to, self.port, bytes)
    }

    /// Tells the kernel something of its neighbours.
    pub(super) fn tell(&self, interface: u32, address: Ipv4Addr, tell: Tell) -> io::Result<()> {
        let message = neighbour::write(interface, address, tell);
        send(self.kernel.as_raw_fd(), &message, MsgFlags::empty())?;
        Ok(())
    }
}

fn udp(port: u16) -> io::Result<UdpSocket> {
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let fd = socket(AddressFamily::Inet, SockType::Datagram, flags, None)?;
    // The network's own DHCP client may have the clients' port, too.
    setsockopt(&fd, sockopt::ReuseAddr, &true)?;
    setsockopt(&fd, sockopt::Broadcast, &true)?;
    setsockopt(&fd, sockopt::Ipv4PacketInfo, &true)?;
    room::for_an_office(&fd)?;
    bind(fd.as_raw_fd(), &SockaddrIn::from(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port)))?;
    UdpSocket::from_std(fd.into())
}

fn datagram(fd: &UdpSocket, buffer: &mut [u8]) -> io::Result<Heard> {
    let mut space = nix::cmsg_space!(in_pktinfo);
    let (length, interface) = {
        let mut parts = [IoSliceMut::new(buffer)];
        let received =
            recvmsg::<SockaddrIn>(fd.as_raw_fd(), &mut parts, Some(&mut space), MsgFlags::empty())?;
        let interface = received.cmsgs()?.find_map(|message| match message {
            ControlMessageOwned::Ipv4PacketInfo(info) => u32::try_from(info.ipi_ifindex).ok(),
            _ => None,
        });
        (received.bytes, interface)
    };
    Ok(Heard::Datagram(interface.unwrap_or(0), buffer[..length].to_vec()))
}

fn news(fd: &UnixDatagram, buffer: &mut [u8]) -> io::Result<Heard> {
    match recv(fd.as_raw_fd(), buffer, MsgFlags::empty()) {
        Ok(length) => Ok(Heard::Neighbours(neighbour::read(&buffer[..length]))),
        // Too much has happened at once: an answer that was missed is as if it came too late.
        Err(Errno::ENOBUFS) => Ok(Heard::Neighbours(Vec::new())),
        Err(error) => Err(error.into()),
    }
}

fn transmit(
    fd: &UdpSocket,
    interface: u32,
    ours: Ipv4Addr,
    to: Ipv4Addr,
    port: u16,
    bytes: &[u8],
) -> io::Result<()> {
    let info = in_pktinfo {
        ipi_ifindex: i32::try_from(interface).unwrap_or(0),
        ipi_spec_dst: in_addr { s_addr: u32::from_ne_bytes(ours.octets()) },
        ipi_addr: in_addr { s_addr: 0 },
    };
    let to = SockaddrIn::from(SocketAddrV4::new(to, port));
    let extra = [ControlMessage::Ipv4PacketInfo(&info)];
    sendmsg(fd.as_raw_fd(), &[IoSlice::new(bytes)], &extra, MsgFlags::empty(), Some(&to))?;
    Ok(())
}

/// Our interfaces that can have clients, and our first address on each.
pub(super) fn interfaces() -> io::Result<Vec<Arrival>> {
    let mut found: Vec<Arrival> = Vec::new();
    for about in getifaddrs()? {
        let is_usable =
            about.flags.contains(InterfaceFlags::IFF_UP | InterfaceFlags::IFF_BROADCAST)
                && !about.flags.contains(InterfaceFlags::IFF_LOOPBACK);
        let address = about.address.as_ref().and_then(|address| address.as_sockaddr_in());
        let Some(ours) = address.map(SockaddrIn::ip).filter(|_| is_usable) else { continue };
        let Ok(interface) = if_nametoindex(about.interface_name.as_str()) else { continue };
        if found.iter().all(|one| one.interface != interface) {
            found.push(Arrival { interface, ours });
        }
    }
    Ok(found)
}
