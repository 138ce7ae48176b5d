//! Live relaying by Debian's `mumble-server`, all voice through the TLS connections.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::io::{ReadHalf, WriteHalf, split};
use tokio::net::TcpStream;
use tokio::time::{Instant, interval_at, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::relay::{self, EVERY, Outcome, PACKETS, ROOM, ROOMS, SPEAKERS, TAIL};
use crate::timing::Stopwatch;
use crate::{mumble, process};

type Tls = TlsStream<TcpStream>;

/// Runs `murmurd` in a folder of its own and has it relay.
pub(crate) async fn run(folder: &Path) -> Result<Outcome> {
    let port = free_port().await?;
    let server = start(folder, port)?;
    let connector = connector()?;
    let rooms = make_rooms(&connector, port).await?;
    let stopwatch = Stopwatch::start();
    let mut readers = Vec::new();
    let mut writers = Vec::new();
    for person in 0..ROOM * ROOMS {
        let mut stream = dial(&connector, port).await?;
        let session = mumble::log_in(&mut stream, &format!("p{person}"), "").await?;
        mumble::join(&mut stream, session, rooms[person / ROOM]).await?;
        let (reader, writer) = split(stream);
        readers.push(tokio::spawn(listen(reader, stopwatch)));
        writers.push(writer);
    }
    let before = process::cpu_ms(server.0.id())?;
    let mut speakers = Vec::new();
    let start = Instant::now() + Duration::from_secs(1);
    for (person, writer) in writers.into_iter().enumerate() {
        let packets = if person < SPEAKERS { PACKETS } else { 0 };
        speakers.push(tokio::spawn(speak(writer, person, packets, start, stopwatch)));
    }
    let mut open = Vec::new();
    for speaker in speakers {
        open.push(speaker.await??);
    }
    let mut latencies = Vec::new();
    for reader in readers {
        latencies.extend(reader.await?);
    }
    let cpu = process::cpu_ms(server.0.id())? - before;
    drop(open);
    Ok(Outcome::of(latencies, cpu))
}

/// The server, killed when dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(folder: &Path, port: u16) -> Result<Server> {
    let settings = folder.join("mumble.ini");
    let text = format!(
        "database={0}/mumble.sqlite\nlogfile={0}/mumble.log\nhost=127.0.0.1\nport={port}\n\
         users=1500\nbandwidth=1000000\nautobanAttempts=0\nmessageburst=100000\n\
         messagelimit=100000\nbonjour=false\nuname=root\n",
        folder.display()
    );
    std::fs::write(&settings, text).context("write mumble.ini")?;
    let run = |arguments: &[&str]| {
        let mut command = Command::new("murmurd");
        command.arg("-ini").arg(&settings).args(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let made = run(&["-supw", "bench"]).status().context("run murmurd (mumble-server)")?;
    ensure!(made.code().is_some(), "murmurd was killed while it made its database");
    Ok(Server(run(&["-fg"]).spawn().context("run murmurd")?))
}

async fn make_rooms(connector: &TlsConnector, port: u16) -> Result<Vec<u64>> {
    let mut stream = dial(connector, port).await?;
    mumble::log_in(&mut stream, "SuperUser", "bench").await?;
    let mut rooms = Vec::new();
    for room in 0..ROOMS {
        rooms.push(mumble::make_channel(&mut stream, &format!("room-{room:02}")).await?);
    }
    Ok(rooms)
}

async fn listen(mut reader: ReadHalf<Tls>, stopwatch: Stopwatch) -> Vec<u64> {
    let mut latencies = Vec::new();
    let mut patience = Duration::from_secs(30);
    while let Ok(Ok((kind, body))) = timeout(patience, mumble::read(&mut reader)).await {
        if kind == mumble::UDP_TUNNEL {
            latencies.extend(mumble::heard(&body).and_then(|opus| relay::age(opus, stopwatch)));
            patience = TAIL;
        }
    }
    latencies
}

async fn speak(
    mut writer: WriteHalf<Tls>,
    person: usize,
    packets: u32,
    start: Instant,
    stopwatch: Stopwatch,
) -> Result<WriteHalf<Tls>> {
    let mut ticks = interval_at(start + relay::offset(person), EVERY);
    for sequence in 0..packets {
        ticks.tick().await;
        let voice = mumble::voice(u64::from(sequence) * 6, &relay::packet(stopwatch));
        mumble::write(&mut writer, mumble::UDP_TUNNEL, &voice).await?;
    }
    Ok(writer)
}

async fn dial(connector: &TlsConnector, port: u16) -> Result<Tls> {
    let mut tries = 0;
    let stream = loop {
        match TcpStream::connect(("127.0.0.1", port)).await {
            Ok(stream) => break stream,
            Err(error) if tries == 100 => return Err(error).context("murmurd does not listen"),
            Err(_) => tries += 1,
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    stream.set_nodelay(true)?;
    let name = ServerName::try_from("localhost")?;
    connector.connect(name, stream).await.context("TLS with murmurd")
}

async fn free_port() -> Result<u16> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    Ok(listener.local_addr()?.port())
}

fn connector() -> Result<TlsConnector> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Accepts murmurd's self-made certificate: only its speed is of interest here.
#[derive(Debug)]
struct AnyCertificate(Arc<rustls::crypto::CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
