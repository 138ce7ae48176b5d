//! The microphone's thread: reads an ALSA device, or something in its place, chunk by chunk.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use alsa::Direction;
use tokio::sync::mpsc;

use super::device::open;
use super::{Heard, Tagged};

/// Chunks of 100 ms: ten a second move the level meter.
const CHUNKS_A_SECOND: u32 = 10;

/// Something that speaks in the microphone's place.
pub trait Voice: Send {
    /// At most so many further samples; none at the end.
    ///
    /// # Errors
    /// Why there are none.
    fn samples(&mut self, most: usize) -> Result<Vec<f32>, String>;
}

impl<R: std::io::Read + Send> Voice for crate::wav::Wav<R> {
    fn samples(&mut self, most: usize) -> Result<Vec<f32>, String> {
        self.read(most).map_err(|error| error.to_string())
    }
}

/// One opening of the microphone; dropped, it is closed.
pub(super) struct Capture {
    run: u64,
    stop: Arc<AtomicBool>,
}

impl Capture {
    pub(super) fn start(
        run: u64,
        voice: Option<Box<dyn Voice>>,
        device: String,
        rate: u32,
        sender: mpsc::Sender<Tagged>,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let failed = sender.clone();
        let spawned = thread::Builder::new().name("microphone".to_owned()).spawn(move || {
            let say = |heard| sender.blocking_send(Tagged { run, heard }).is_ok();
            let chunk = (rate / CHUNKS_A_SECOND) as usize;
            let result = match voice {
                Some(voice) => from_voice(voice, chunk, &stopped, &say),
                None => from_device(&device, rate, chunk, &stopped, &say),
            };
            say(Heard::Ended(result));
        });
        if let Err(error) = spawned {
            // The channel is empty enough at the start of a run; if not, nobody listens.
            drop(failed.try_send(Tagged { run, heard: Heard::Ended(Err(error.to_string())) }));
        }
        Self { run, stop }
    }

    pub(super) fn run(&self) -> u64 {
        self.run
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn from_voice(
    mut voice: Box<dyn Voice>,
    chunk: usize,
    stopped: &AtomicBool,
    say: &impl Fn(Heard) -> bool,
) -> Result<(), String> {
    while !stopped.load(Ordering::Relaxed) {
        let samples = voice.samples(chunk)?;
        if samples.is_empty() || !say(Heard::Samples(samples)) {
            break;
        }
    }
    Ok(())
}

fn from_device(
    device: &str,
    rate: u32,
    chunk: usize,
    stopped: &AtomicBool,
    say: &impl Fn(Heard) -> bool,
) -> Result<(), String> {
    let pcm = open(device, Direction::Capture, rate)?;
    let io = pcm.io_i16().map_err(|error| error.to_string())?;
    let mut buffer = vec![0i16; chunk];
    while !stopped.load(Ordering::Relaxed) {
        match io.readi(&mut buffer) {
            Ok(count) => {
                let samples = buffer[..count].iter().map(|s| f32::from(*s) / 32_768.0).collect();
                if !say(Heard::Samples(samples)) {
                    break;
                }
            }
            // An overrun: a gap in the sound is better than its end.
            Err(error) => pcm
                .try_recover(error, true)
                .map_err(|error| format!("the microphone \"{device}\" failed: {error}"))?,
        }
    }
    Ok(())
}
