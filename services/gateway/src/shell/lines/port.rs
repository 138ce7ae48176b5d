//! The port of datagrams: for each the address of ours that was asked, and of a multicast that of
//! the interface.

use std::collections::BTreeSet;
use std::io::{self, IoSlice, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::os::fd::AsRawFd as _;

use chassis::room;
use log::{debug, info};
use nix::cmsg_space;
use nix::ifaddrs::getifaddrs;
use nix::libc::{in_addr, in_pktinfo};
use nix::net::if_::InterfaceFlags;
use nix::sys::socket::{
    ControlMessage, ControlMessageOwned, MsgFlags, SockaddrIn, recvmsg, sendmsg, setsockopt,
    sockopt,
};
use tokio::io::Interest;
use tokio::net::UdpSocket;

/// Where new phones ask for their files (sip.mcast.net).
const EVERYBODY: Ipv4Addr = Ipv4Addr::new(224, 0, 1, 75);
/// The longest datagram.
const LONGEST: usize = 65_536;

/// The port.
pub(super) struct Port {
    socket: UdpSocket,
    buffer: Vec<u8>,
    /// Our addresses on whose interfaces we listen to what is said to everybody.
    joined: BTreeSet<Ipv4Addr>,
}

impl Port {
    pub(super) fn open(address: SocketAddrV4) -> io::Result<Self> {
        let socket = std::net::UdpSocket::bind(address)?;
        setsockopt(&socket, sockopt::Ipv4PacketInfo, &true)?;
        room::for_an_office(&socket)?;
        socket.set_nonblocking(true)?;
        let socket = UdpSocket::from_std(socket)?;
        Ok(Self { socket, buffer: vec![0; LONGEST], joined: BTreeSet::new() })
    }

    pub(super) fn address(&self) -> io::Result<SocketAddrV4> {
        match self.socket.local_addr()? {
            SocketAddr::V4(address) => Ok(address),
            SocketAddr::V6(_) => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// Listens to what is said to everybody, on interfaces that have come, too.
    pub(super) fn listen_to_all(&mut self) {
        let ours = match addresses() {
            Ok(ours) => ours,
            Err(error) => return debug!(error:%; "the interfaces cannot be read"),
        };
        for address in ours.difference(&self.joined) {
            match self.socket.join_multicast_v4(EVERYBODY, *address) {
                Ok(()) => info!(address:%; "listening to new telephones"),
                Err(error) => debug!(error:%, address:%; "new telephones are not heard here"),
            }
        }
        for address in self.joined.difference(&ours) {
            // The interface may be gone, too.
            let _gone = self.socket.leave_multicast_v4(EVERYBODY, *address);
        }
        self.joined = ours;
    }

    /// The next datagram, from whom, and the address of ours on that network. Cancel-safe.
    pub(super) async fn next(&mut self) -> io::Result<(Vec<u8>, SocketAddr, SocketAddr)> {
        let port = self.address()?.port();
        let Self { socket, buffer, .. } = self;
        let (length, source, ours) =
            socket.async_io(Interest::READABLE, || receive(socket, buffer)).await?;
        let bytes = buffer.get(..length).unwrap_or_default().to_vec();
        let local = SocketAddr::V4(SocketAddrV4::new(ours, port));
        Ok((bytes, SocketAddr::V4(source), local))
    }

    /// Sends a datagram from an address of ours.
    pub(super) fn send(&self, bytes: &[u8], to: SocketAddr, from: SocketAddr) -> io::Result<()> {
        let (SocketAddr::V4(to), IpAddr::V4(ours)) = (to, from.ip()) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let info = in_pktinfo {
            ipi_ifindex: 0,
            ipi_spec_dst: in_addr { s_addr: u32::from(ours).to_be() },
            ipi_addr: in_addr { s_addr: 0 },
        };
        let extra = [ControlMessage::Ipv4PacketInfo(&info)];
        let to = SockaddrIn::from(to);
        let parts = [IoSlice::new(bytes)];
        sendmsg(self.socket.as_raw_fd(), &parts, &extra, MsgFlags::MSG_DONTWAIT, Some(&to))?;
        Ok(())
    }

    /// Our address for a peer: the one that is most like its own.
    pub(super) fn towards(&self, peer: Ipv4Addr) -> Ipv4Addr {
        let alike = |ours: &&Ipv4Addr| (ours.to_bits() ^ peer.to_bits()).leading_zeros();
        self.joined.iter().max_by_key(alike).copied().unwrap_or(Ipv4Addr::UNSPECIFIED)
    }
}

fn receive(socket: &UdpSocket, buffer: &mut [u8]) -> io::Result<(usize, SocketAddrV4, Ipv4Addr)> {
    let mut parts = [IoSliceMut::new(buffer)];
    let mut room = cmsg_space!(in_pktinfo);
    let flags = MsgFlags::MSG_DONTWAIT;
    let got = recvmsg::<SockaddrIn>(socket.as_raw_fd(), &mut parts, Some(&mut room), flags)?;
    let from = got.address.ok_or(io::ErrorKind::InvalidData)?;
    // The kernel names the address at which we would answer: of a multicast, the interface's.
    let ours = got.cmsgs()?.find_map(|message| match message {
        ControlMessageOwned::Ipv4PacketInfo(info) => {
            Some(Ipv4Addr::from(u32::from_be(info.ipi_spec_dst.s_addr)))
        }
        _ => None,
    });
    Ok((got.bytes, SocketAddrV4::from(from), ours.unwrap_or(Ipv4Addr::UNSPECIFIED)))
}

/// Our addresses on interfaces that can have telephones.
fn addresses() -> io::Result<BTreeSet<Ipv4Addr>> {
    let usable = InterfaceFlags::IFF_UP | InterfaceFlags::IFF_MULTICAST;
    let all = getifaddrs()?.filter(|about| about.flags.contains(usable));
    let addresses = all.filter_map(|about| Some(about.address?.as_sockaddr_in()?.ip()));
    Ok(addresses.filter(|address| !address.is_loopback()).collect())
}
