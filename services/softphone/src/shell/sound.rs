//! Microphone and loudspeaker: ALSA devices and WAV files behind threads and bounded channels.

mod capture;
mod device;
mod player;

use std::collections::VecDeque;

use tokio::sync::mpsc;

use crate::tones;
use capture::Capture;
pub use capture::Voice;
use player::{Order, Player};

/// What waits between the threads and the engine: ten chunks of 100 ms.
const WAITING: usize = 10;

/// What the sound threads have to say.
#[derive(Debug)]
pub enum Heard {
    /// From the microphone, or the file in its place.
    Samples(Vec<f32>),
    /// The microphone, or the file, came to its end, or failed.
    Ended(Result<(), String>),
    /// The loudspeaker is so far, in milliseconds of what it was given.
    Position(u64),
    /// The loudspeaker has played all, or failed.
    Silent(Result<(), String>),
}

/// One thing heard, with the number of the run that it belongs to: what a run that is over still
/// says is nobody's business.
struct Tagged {
    run: u64,
    heard: Heard,
}

/// Microphone and loudspeaker of one session.
pub struct Sound {
    device: String,
    sender: mpsc::Sender<Tagged>,
    receiver: mpsc::Receiver<Tagged>,
    run: u64,
    next_voice: Option<Box<dyn Voice>>,
    capture: Option<Capture>,
    player: Option<Player>,
    /// Was the player told that no more will come?
    ending: bool,
    waiting: VecDeque<Order>,
}

impl Sound {
    /// Nothing sounds yet; `device` is opened when it is needed.
    #[must_use]
    pub fn new(device: String) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        Self {
            device,
            sender,
            receiver,
            run: 0,
            next_voice: None,
            capture: None,
            player: None,
            ending: false,
            waiting: VecDeque::new(),
        }
    }

    /// What is heard in the microphone's place the next time that it is opened.
    pub fn speak_from(&mut self, voice: Box<dyn Voice>) {
        self.next_voice = Some(voice);
    }

    /// Opens the microphone at this rate.
    pub fn microphone(&mut self, rate: u32) {
        self.run += 1;
        let voice = self.next_voice.take();
        let (device, sender) = (self.device.clone(), self.sender.clone());
        self.capture = Some(Capture::start(self.run, voice, device, rate, sender));
    }

    /// Closes it.
    pub fn microphone_off(&mut self) {
        self.capture = None;
    }

    /// Plays samples behind those already given.
    pub fn play(&mut self, samples: Vec<f32>, rate: u32) {
        // The one that runs dry takes nothing any more.
        if self.player.is_none() || self.ending {
            self.run += 1;
            self.ending = false;
            let (device, sender) = (self.device.clone(), self.sender.clone());
            self.player = Some(Player::start(self.run, device, rate, sender));
            self.waiting.clear();
        }
        self.waiting.push_back(Order::Samples(samples));
    }

    /// No more samples will come: run dry.
    pub fn play_end(&mut self) {
        if self.player.is_some() {
            self.ending = true;
            self.waiting.push_back(Order::End);
        }
    }

    /// Falls silent at once.
    pub fn play_stop(&mut self) {
        self.player = None;
        self.waiting.clear();
    }

    /// A message came: a chime, if there is a loudspeaker that is free.
    pub fn chime(&self) {
        player::tone(self.device.clone(), tones::chime());
    }

    /// The message is nearly as long as it may be.
    pub fn warn(&self) {
        player::tone(self.device.clone(), tones::warning());
    }

    /// Does the loudspeaker sound?
    #[must_use]
    pub fn playing(&self) -> bool {
        self.player.is_some()
    }

    /// The next thing heard. Cancel-safe; waits for ever while all is silent.
    pub async fn next(&mut self) -> Heard {
        loop {
            let player = self.player.as_ref().filter(|_| !self.waiting.is_empty());
            let orders = player.map(|player| player.orders().clone());
            let permit = async {
                match orders {
                    Some(orders) => orders.reserve_owned().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                tagged = self.receiver.recv() => {
                    let Some(Tagged { run, heard }) = tagged else { continue };
                    if let Some(heard) = self.current(run, heard) {
                        return heard;
                    }
                }
                permit = permit => match (permit, self.waiting.pop_front()) {
                    (Ok(permit), Some(order)) => drop(permit.send(order)),
                    // The player has given up; it says so by itself.
                    (Err(_), _) | (Ok(_), None) => self.waiting.clear(),
                },
            }
        }
    }

    fn current(&mut self, run: u64, heard: Heard) -> Option<Heard> {
        let captures = self.capture.as_ref().is_some_and(|capture| capture.run() == run);
        let plays = self.player.as_ref().is_some_and(|player| player.run() == run);
        match heard {
            Heard::Samples(_) => captures.then_some(heard),
            Heard::Ended(_) if captures => {
                self.capture = None;
                Some(heard)
            }
            Heard::Position(_) => plays.then_some(heard),
            Heard::Silent(_) if plays => {
                self.play_stop();
                Some(heard)
            }
            Heard::Ended(_) | Heard::Silent(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
