//! The loudspeaker's thread: writes to an ALSA device what it is given, and says how far it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use alsa::Direction;
use alsa::pcm::{IO, PCM};
use tokio::sync::mpsc;

use super::device::open;
use super::{Heard, Tagged};
use crate::tones;

/// Orders on their way to the thread: the card's own buffer is behind them.
const WAITING: usize = 4;
/// Samples are written in pieces of 50 ms, so that a stop is obeyed soon.
const PIECES_A_SECOND: u32 = 20;

/// What the player shall do.
pub(super) enum Order {
    Samples(Vec<f32>),
    End,
}

/// One message being played; dropped, it falls silent.
pub(super) struct Player {
    run: u64,
    stop: Arc<AtomicBool>,
    orders: mpsc::Sender<Order>,
}

impl Player {
    pub(super) fn start(run: u64, device: String, rate: u32, sender: mpsc::Sender<Tagged>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let (orders, mut ordered) = mpsc::channel(WAITING);
        let failed = sender.clone();
        let spawned = thread::Builder::new().name("loudspeaker".to_owned()).spawn(move || {
            let say = |heard| sender.blocking_send(Tagged { run, heard }).is_ok();
            let result = play(&device, rate, &mut ordered, &stopped, &say);
            say(Heard::Silent(result));
        });
        if let Err(error) = spawned {
            // The channel is empty enough at the start of a run; if not, nobody listens.
            drop(failed.try_send(Tagged { run, heard: Heard::Silent(Err(error.to_string())) }));
        }
        Self { run, stop, orders }
    }

    pub(super) fn run(&self) -> u64 {
        self.run
    }

    pub(super) fn orders(&self) -> &mpsc::Sender<Order> {
        &self.orders
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn play(
    device: &str,
    rate: u32,
    ordered: &mut mpsc::Receiver<Order>,
    stopped: &AtomicBool,
    say: &impl Fn(Heard) -> bool,
) -> Result<(), String> {
    let pcm = open(device, Direction::Playback, rate)?;
    let io = pcm.io_i16().map_err(|error| error.to_string())?;
    let mut written = 0;
    while let Some(Order::Samples(samples)) = ordered.blocking_recv() {
        for piece in samples.chunks((rate / PIECES_A_SECOND) as usize) {
            if stopped.load(Ordering::Relaxed) {
                return pcm.drop().map_err(|error| error.to_string());
            }
            write(&pcm, &io, piece)
                .map_err(|error| format!("the loudspeaker \"{device}\" failed: {error}"))?;
            written += piece.len() as u64;
            if !say(Heard::Position(position(&pcm, written, rate))) {
                return Ok(());
            }
        }
    }
    if stopped.load(Ordering::Relaxed) {
        return pcm.drop().map_err(|error| error.to_string());
    }
    pcm.drain().map_err(|error| format!("the loudspeaker \"{device}\" failed: {error}"))?;
    say(Heard::Position(written * 1000 / u64::from(rate)));
    Ok(())
}

fn position(pcm: &PCM, written: u64, rate: u32) -> u64 {
    let delay = pcm.delay().ok().and_then(|frames| u64::try_from(frames).ok()).unwrap_or(0);
    written.saturating_sub(delay) * 1000 / u64::from(rate)
}

fn write(pcm: &PCM, io: &IO<'_, i16>, samples: &[f32]) -> alsa::Result<()> {
    let samples: Vec<i16> = samples.iter().map(|sample| (sample * 32_767.0) as i16).collect();
    let mut done = 0;
    while done < samples.len() {
        match io.writei(&samples[done..]) {
            Ok(count) => done += count,
            // An underrun: go on where it broke off.
            Err(error) => pcm.try_recover(error, true)?,
        }
    }
    Ok(())
}

/// Plays a short tone beside everything else. Without a free loudspeaker there is none: it only
/// underlines what the screen says.
pub(super) fn tone(device: String, samples: Vec<f32>) {
    let sounding = move || {
        let Ok(pcm) = open(&device, Direction::Playback, tones::RATE) else { return };
        let Ok(io) = pcm.io_i16() else { return };
        let _sounded = write(&pcm, &io, &samples).and_then(|()| pcm.drain());
    };
    drop(thread::Builder::new().name("tone".to_owned()).spawn(sounding));
}
