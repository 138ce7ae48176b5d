//! A port of UDP: datagrams with the address of ours to which they came, and datagrams from two
//! places in memory.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd as _;

use chassis::room;
use nix::cmsg_space;
use nix::libc::{in_addr, in_pktinfo};
use nix::sys::socket::{
    ControlMessage, ControlMessageOwned, MsgFlags, SockaddrIn, recvmsg, sendmsg, setsockopt,
    sockopt,
};
use tokio::io::Interest;

/// The port.
pub(super) struct Socket(tokio::net::UdpSocket);

/// A datagram that has come to the port where everybody asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    /// How many bytes it has.
    pub(super) len: usize,
    /// From whom it comes.
    pub(super) from: SocketAddrV4,
    /// The address of ours that was asked; none if it was one of everybody's.
    pub(super) ours: Option<Ipv4Addr>,
}

impl Socket {
    /// The port where everybody asks.
    pub(super) fn listen(address: SocketAddrV4) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        setsockopt(&socket, sockopt::Ipv4PacketInfo, &true)?;
        room::for_an_office(&socket)?;
        Self::of(socket)
    }

    /// A new port at an address of ours.
    pub(super) fn open(ours: Ipv4Addr) -> io::Result<Self> {
        Self::of(UdpSocket::bind(SocketAddrV4::new(ours, 0))?)
    }

    fn of(socket: UdpSocket) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self(tokio::net::UdpSocket::from_std(socket)?))
    }

    pub(super) fn local_address(&self) -> io::Result<SocketAddrV4> {
        v4(self.0.local_addr()?)
    }

    /// The next datagram, and to which address it came. Cancel-safe.
    pub(super) async fn next_request(&self, buffer: &mut [u8]) -> io::Result<Arrival> {
        self.0.async_io(Interest::READABLE, || receive(&self.0, buffer)).await
    }

    /// The next datagram, and from whom it comes. Cancel-safe.
    pub(super) async fn next(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddrV4)> {
        let (len, from) = self.0.recv_from(buffer).await?;
        Ok((len, v4(from)?))
    }

    /// Sends the parts as one datagram, at once or not at all; from this address of ours, where the
    /// port is at several.
    pub(super) fn send(
        &self,
        parts: [&[u8]; 2],
        to: SocketAddrV4,
        ours: Option<Ipv4Addr>,
    ) -> io::Result<()> {
        let parts = parts.map(IoSlice::new);
        let info = ours.map(|ours| in_pktinfo {
            ipi_ifindex: 0,
            ipi_spec_dst: in_addr { s_addr: u32::from(ours).to_be() },
            ipi_addr: in_addr { s_addr: 0 },
        });
        let info = info.as_ref().map(ControlMessage::Ipv4PacketInfo);
        let (descriptor, flags) = (self.0.as_raw_fd(), MsgFlags::MSG_DONTWAIT);
        let to = SockaddrIn::from(to);
        sendmsg(descriptor, &parts, info.as_slice(), flags, Some(&to))?;
        Ok(())
    }
}

fn receive(socket: &tokio::net::UdpSocket, buffer: &mut [u8]) -> io::Result<Arrival> {
    let mut parts = [IoSliceMut::new(buffer)];
    let mut room = cmsg_space!(in_pktinfo);
    let flags = MsgFlags::MSG_DONTWAIT;
    let got = recvmsg::<SockaddrIn>(socket.as_raw_fd(), &mut parts, Some(&mut room), flags)?;
    let from = got.address.ok_or(io::ErrorKind::InvalidData)?;
    let mut ours = None;
    for message in got.cmsgs()? {
        if let ControlMessageOwned::Ipv4PacketInfo(info) = message {
            // The kernel names the address at which we would answer; it is another one than that in
            // the packet if everybody was asked.
            let (own, asked) = (info.ipi_spec_dst.s_addr, info.ipi_addr.s_addr);
            ours = (own == asked).then(|| Ipv4Addr::from(u32::from_be(own)));
        }
    }
    Ok(Arrival { len: got.bytes, from: SocketAddrV4::from(from), ours })
}

fn v4(address: SocketAddr) -> io::Result<SocketAddrV4> {
    match address {
        SocketAddr::V4(address) => Ok(address),
        SocketAddr::V6(_) => Err(io::ErrorKind::InvalidData.into()),
    }
}
