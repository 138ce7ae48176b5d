//! Deeds: the service's side, which asks ([`perform`]), and root's, which does ([`serve()`]).
//!
//! In the image each request is a connection to root's socket, and a process of its own behind it.
//! Under `appliance run` there is no such socket: what is about the appliance's own files is done
//! in this process, everything else is refused.

mod clock;
mod copy;
mod diagnose;
mod grounds;
mod network;
mod pack;
mod power;
mod program;
mod serve;
mod unpack;
mod update;

use std::io;
use std::path::Path;
use std::time::Duration;

use chassis::layout::Layout;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::sync::mpsc;
use tokio::time::timeout;

pub(crate) use copy::{BEFORE_UPDATE, VERSION, clear, is_database, user_version};
pub use grounds::{Grounds, SERVICES};
pub(crate) use program::hear;
pub use serve::{act, serve};
pub use update::mark_good;

use crate::deed::{LONGEST_LINE, Outcome, Report, Request};

/// A deed is done for at most so long; root's helper has an hour.
const LONGEST: Duration = Duration::from_secs(3_600);
/// So long nothing is heard of one: the unpacking of a large file is silent for a while.
const SILENCE: Duration = Duration::from_secs(600);
/// Reports that may wait for who looks on.
const REPORTS: usize = 64;

/// Why a deed was not done.
#[derive(Debug, thiserror::Error)]
pub enum DeedError {
    /// The appliance does not manage the machine.
    #[error("This appliance does not manage the machine that it runs on.")]
    Unmanaged,
    /// The request cannot be meant.
    #[error("This cannot be done: {0}.")]
    Invalid(&'static str),
    /// Root's helper cannot be reached, or went away.
    #[error("The helper that may change the machine does not answer: {0}.")]
    Away(io::Error),
    /// It took too long.
    #[error("It takes too long, and was given up.")]
    Late,
    /// It was tried.
    #[error("{0}")]
    Failed(String),
}

/// Has a deed done, and tells how far it is.
///
/// # Errors
/// Why it was not done.
pub async fn perform(
    layout: &Layout,
    request: Request,
    progress: impl FnMut(Report) + Send,
) -> Result<Outcome, DeedError> {
    if let Some(fault) = request.fault() {
        return Err(DeedError::Invalid(fault));
    }
    match &layout.deed_socket {
        Some(socket) => match timeout(LONGEST, ask(socket, &request, progress)).await {
            Ok(result) => result,
            Err(_) => Err(DeedError::Late),
        },
        None if request.is_about_files() => here(layout, request, progress).await,
        None => Err(DeedError::Unmanaged),
    }
}

async fn ask(
    socket: &Path,
    request: &Request,
    mut progress: impl FnMut(Report),
) -> Result<Outcome, DeedError> {
    let stream = UnixStream::connect(socket).await.map_err(DeedError::Away)?;
    let (reader, mut writer) = stream.into_split();
    writer.write_all(request.to_line().as_bytes()).await.map_err(DeedError::Away)?;
    let mut reader = BufReader::new(reader);
    loop {
        let mut line = String::new();
        let limited = &mut (&mut reader).take(LONGEST_LINE as u64);
        let read = timeout(SILENCE, limited.read_line(&mut line)).await;
        read.map_err(|_| DeedError::Late)?.map_err(DeedError::Away)?;
        match Report::from_line(&line) {
            Some(Report::Done(outcome)) => return Ok(outcome),
            Some(Report::Failed { words }) => return Err(DeedError::Failed(words)),
            Some(report @ Report::Progress { .. }) => progress(report),
            None => return Err(DeedError::Away(io::ErrorKind::UnexpectedEof.into())),
        }
    }
}

async fn here(
    layout: &Layout,
    request: Request,
    mut progress: impl FnMut(Report),
) -> Result<Outcome, DeedError> {
    let grounds = Grounds::of(layout.clone());
    let (said, mut heard) = mpsc::channel(REPORTS);
    let work = tokio::task::spawn_blocking(move || {
        act(&grounds, request, &mut |report| {
            // Who does not listen any more does not stop the deed.
            let _ = said.blocking_send(report);
        })
    });
    while let Some(report) = heard.recv().await {
        progress(report);
    }
    match work.await {
        Ok(result) => result.map_err(|error| DeedError::Failed(format!("{error:#}"))),
        Err(error) => Err(DeedError::Failed(format!("it ended too early: {error}"))),
    }
}
