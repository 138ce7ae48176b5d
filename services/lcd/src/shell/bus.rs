//! The thread that owns the bus: a bus blocks, and may hang in the kernel. It is given pictures and
//! tells keys. While there is no panel it looks for one, seldom.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use chassis::clock::Clock;
use linux_embedded_hal::{Delay, I2cdev};
use log::{info, warn};
use machine::Span;
use tokio::sync::{mpsc, oneshot, watch};

use super::{Options, find};
use crate::front::Front;
use crate::keypad::Keys;
use crate::panel::Input;
use crate::screen::Screen;

/// A panel that is plugged in is seen after so long.
const AGAIN: Span = Span::from_millis(2_000);

/// The way to the thread; when it is dropped, the thread shows the last picture and ends.
pub(super) struct Bus {
    screens: watch::Sender<Screen>,
    /// Wakes the thread; one knock is enough for any number of pictures.
    knock: SyncSender<()>,
}

impl Bus {
    /// Starts the thread, and says how to learn of its end.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn start(
        clock: Clock,
        options: Options,
        told: mpsc::Sender<Input>,
    ) -> io::Result<(Self, oneshot::Receiver<()>)> {
        let (screens, shown) = watch::channel(Screen::blank(options.size));
        let (knock, knocked) = sync_channel(1);
        let (ending, ended) = oneshot::channel();
        let owner = Owner { clock, options, told, shown, knocked, was_there: true };
        thread::Builder::new().name("panel".to_owned()).spawn(move || {
            owner.run();
            // Nobody waits if the service was not asked to end.
            let _ = ending.send(());
        })?;
        Ok((Self { screens, knock }, ended))
    }

    /// Shows a picture as soon as the bus is free.
    pub(super) fn show(&self, screen: Screen) {
        self.screens.send_replace(screen);
        // Full: the thread is about to look anyway.
        let _ = self.knock.try_send(());
    }
}

/// Why the thread stopped tending a panel.
enum Left {
    Gone(linux_embedded_hal::I2CError),
    Ended,
}

struct Owner {
    clock: Clock,
    options: Options,
    told: mpsc::Sender<Input>,
    shown: watch::Receiver<Screen>,
    knocked: Receiver<()>,
    /// To log once that there is none.
    was_there: bool,
}

impl Owner {
    fn run(mut self) {
        loop {
            let begun = self.clock.now();
            if let Some((bus, front)) = self.open() {
                match self.tend(bus, front) {
                    Left::Ended => return,
                    Left::Gone(error) => warn!(error:%; "the front panel is gone"),
                }
                if self.told.blocking_send(Input::Keys(Keys::NONE)).is_err() {
                    return;
                }
            }
            // One spike is no reason to wait; a panel that comes and goes is.
            if self.clock.now().since(begun) < AGAIN && !self.rest() {
                return;
            }
        }
    }

    /// Waits until it is time to look again; false when the service ends.
    fn rest(&self) -> bool {
        let until = self.clock.now() + AGAIN;
        loop {
            let left = until.since(self.clock.now());
            match self.knocked.recv_timeout(Duration::from_millis(left.millis())) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
    }

    fn open(&mut self) -> Option<(I2cdev, Front)> {
        for path in find::candidates(self.options.bus.as_deref()) {
            let Ok(mut bus) = I2cdev::new(&path) else { continue };
            let (size, now) = (self.options.size, self.clock.now());
            if let Ok(front) = Front::find(&mut bus, &mut Delay, size, now) {
                info!(bus = path.display().to_string(); "a front panel is there");
                self.was_there = true;
                return Some((bus, front));
            }
        }
        if std::mem::take(&mut self.was_there) {
            info!("no front panel; one that is plugged in will be used");
        }
        None
    }

    fn tend(&mut self, mut bus: I2cdev, mut front: Front) -> Left {
        let mut is_ending = false;
        loop {
            let screen = self.shown.borrow_and_update().clone();
            let clock = self.clock.clone();
            match front.tend(&mut bus, &mut Delay, &screen, || clock.now()) {
                Err(error) => return Left::Gone(error),
                Ok(_) if is_ending => return Left::Ended,
                Ok(None) => {}
                Ok(Some(keys)) => {
                    if self.told.blocking_send(Input::Keys(keys)).is_err() {
                        return Left::Ended;
                    }
                }
            }
            let pause = Duration::from_millis(front.pause().millis());
            is_ending =
                matches!(self.knocked.recv_timeout(pause), Err(RecvTimeoutError::Disconnected));
        }
    }
}
