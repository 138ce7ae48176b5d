//! A thousand telephones that register at the same moment. A part of this program that runs beside
//! the server, so that its own processor time is not the server's.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::crowd::at_once;
use crate::sip_register::{Line, Next, Registration};

/// Telephones.
pub(crate) const PHONES: u32 = 1_000;
/// The number of the first one: a line's name.
pub(crate) const FIRST: u32 = 201;
const PORT: u16 = 5_060;
const SERVER: Ipv4Addr = Ipv4Addr::new(10, 70, 0, 1);
/// The first pause before a request is sent again, and the longest (RFC 3261, section 17.1.2).
const T1: Duration = Duration::from_millis(500);
const T2: Duration = Duration::from_secs(4);
/// A transaction may take so long.
const LONGEST: Duration = Duration::from_secs(32);

/// Where a telephone is.
pub(crate) fn address(phone: u32) -> Ipv4Addr {
    Ipv4Addr::from_bits(Ipv4Addr::new(10, 71, 1, 0).to_bits() + phone)
}

/// The password of its line.
pub(crate) fn password(phone: u32) -> String {
    format!("password-of-{phone}")
}

/// One telephone more than a thousand: is the server there?
pub(crate) async fn one() -> Result<Value> {
    let again = register(PHONES).await?;
    Ok(json!({ "again": again }))
}

/// All at once.
pub(crate) async fn many() -> Result<Value> {
    at_once((0..PHONES).map(register)).await
}

/// Registers; how often something had to be said again.
async fn register(phone: u32) -> Result<usize> {
    let own = SocketAddrV4::new(address(phone), PORT);
    let socket = UdpSocket::bind(own).await?;
    let server = SocketAddrV4::new(SERVER, PORT);
    let (user, password) = ((FIRST + phone).to_string(), password(phone));
    let mut registration = Registration::new(Line { server: SERVER, own, user, password });
    let (mut again, mut pause, mut waited) = (0, T1, Duration::ZERO);
    let mut buffer = [0; 2_048];
    socket.send_to(registration.request().as_bytes(), server).await?;
    loop {
        let Ok(received) = timeout(pause, socket.recv_from(&mut buffer)).await else {
            waited += pause;
            ensure!(waited < LONGEST, "the registrar does not answer");
            (again, pause) = (again + 1, (pause * 2).min(T2));
            socket.send_to(registration.request().as_bytes(), server).await?;
            continue;
        };
        let (length, _) = received?;
        match registration.hear(&buffer[..length])? {
            Next::Wait => {}
            Next::Send(request) => {
                (pause, waited) = (T1, Duration::ZERO);
                socket.send_to(request.as_bytes(), server).await?;
            }
            Next::Done => return Ok(again),
        }
    }
}
