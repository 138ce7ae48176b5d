//! Live relaying by the local IVM server: the same rooms, people and packets as Mumble gets.

use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use link::{Incoming, Outgoing};
use message::people::Topic;
use message::speech::{Mode, Portion};
use message::{Guid, Kind, Object};
use tokio::time::{Instant, interval_at, timeout};

use crate::relay::{self, EVERY, Outcome, PACKETS, ROOM, ROOMS, SPEAKERS, TAIL};
use crate::server::Server;
use crate::timing::Stopwatch;
use crate::{client, process};

/// Has the server relay.
pub(crate) async fn run(server: &Server) -> Result<Outcome> {
    let people = server.people(ROOM * ROOMS).await?;
    let stopwatch = Stopwatch::start();
    let mut readers = Vec::new();
    let mut writers = Vec::new();
    for person in &people {
        let mut asking = client::log_in(server, person).await?;
        client::subscribe(&mut asking, &[Topic::Messages]).await?;
        readers.push(tokio::spawn(listen(asking.incoming, stopwatch)));
        writers.push(asking.outgoing);
    }
    let before = process::cpu_ms(server.pid())?;
    let start = Instant::now() + Duration::from_secs(1);
    let mut speakers = Vec::new();
    for (person, writer) in writers.into_iter().enumerate() {
        let room = person / ROOM * ROOM;
        let others = (room..room + ROOM).filter(|other| *other != person);
        let others = others.map(|other| people[other].guid).collect();
        let packets = if person < SPEAKERS { PACKETS } else { 0 };
        speakers.push(tokio::spawn(speak(writer, person, others, packets, start, stopwatch)));
    }
    let mut open = Vec::new();
    for speaker in speakers {
        open.push(speaker.await??);
    }
    let mut latencies = Vec::new();
    for reader in readers {
        latencies.extend(reader.await?);
    }
    let cpu = process::cpu_ms(server.pid())? - before;
    drop(open);
    Ok(Outcome::of(latencies, cpu))
}

async fn listen(mut incoming: Incoming, stopwatch: Stopwatch) -> Vec<u64> {
    let mut latencies = Vec::new();
    let mut patience = Duration::from_secs(30);
    while let Ok(Ok(Some(object))) = timeout(patience, incoming.next()).await {
        if object.header.kind == Kind::Portion
            && let Ok(portion) = object.read::<Portion<'_>>()
        {
            latencies.extend(relay::age(portion.data, stopwatch));
            patience = TAIL;
        }
    }
    latencies
}

async fn speak(
    mut outgoing: Outgoing,
    person: usize,
    others: Vec<Guid>,
    packets: u32,
    start: Instant,
    stopwatch: Stopwatch,
) -> Result<Outgoing> {
    let message = client::fresh_message();
    let mut ticks = interval_at(start + relay::offset(person), EVERY);
    if packets > 0 {
        let send = client::opening(message, Mode::Live, &others);
        outgoing.send(&Object::of(client::fresh(), &send)).await?;
    }
    for sequence in 0..packets {
        ticks.tick().await;
        let data = Bytes::copy_from_slice(&relay::packet(stopwatch));
        let last = sequence + 1 == packets;
        let portion = Portion { message, stream: 0, sequence, last, data: &data };
        outgoing.send(&Object::of(client::fresh(), &portion)).await.context("send a portion")?;
        outgoing.flush().await?;
    }
    Ok(outgoing)
}
