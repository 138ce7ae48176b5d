//! The front panel at its socket: a thread carries bytes between a machine and the adapter, and
//! whoever looks is told when the picture changes.

use std::fmt;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use chassis::clock::Clock;
use machine::Moment;

use crate::bus::{Bus, Fault};
use crate::keys::Key;
use crate::picture::{Glass, Picture};
use crate::redir::Device;
use crate::wait::Deadline;

/// A panel. Clones are the same one.
#[derive(Clone)]
pub struct Panel {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Clock,
    inside: Mutex<Inside>,
    changed: Condvar,
}

struct Inside {
    bus: Bus,
    device: Device,
    /// The cable; none while it is unplugged.
    cable: Option<UnixStream>,
    /// How often it was plugged in: a thread of an old cable must not touch the new one.
    plugged: u64,
    passed: Moment,
    picture: Picture,
    changes: u64,
}

impl fmt::Debug for Panel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.picture())
    }
}

impl Panel {
    /// A panel that is not plugged in yet.
    #[must_use]
    pub fn new(glass: Glass) -> Self {
        let inside = Inside {
            bus: Bus::new(glass),
            device: Device::new(),
            cable: None,
            plugged: 0,
            passed: Moment::START,
            picture: Picture::dark(glass),
            changes: 1,
        };
        let shared =
            Shared { clock: Clock::start(), inside: Mutex::new(inside), changed: Condvar::new() };
        Self { shared: Arc::new(shared) }
    }

    /// Plugs it into the machine behind this socket; it gets power, and starts anew.
    ///
    /// # Errors
    /// Nobody listens there.
    pub fn plug(&self, socket: &Path) -> io::Result<()> {
        self.unplug();
        let cable = UnixStream::connect(socket)?;
        let reader = cable.try_clone()?;
        let mut inside = self.lock();
        inside.plugged += 1;
        inside.bus.restart();
        inside.device = Device::new();
        let hello = inside.device.take_output();
        (&cable).write_all(&hello)?;
        inside.cable = Some(cable);
        let number = inside.plugged;
        self.show(inside);
        let panel = self.clone();
        thread::Builder::new().name("panel".into()).spawn(move || panel.carry(reader, number))?;
        Ok(())
    }

    /// Pulls the plug.
    pub fn unplug(&self) {
        let mut inside = self.lock();
        if let Some(cable) = inside.cable.take() {
            // Whether the other side still hears it does not matter.
            let _gone = cable.shutdown(std::net::Shutdown::Both);
        }
        self.show(inside);
    }

    /// Is it plugged in?
    #[must_use]
    pub fn is_plugged(&self) -> bool {
        self.lock().cable.is_some()
    }

    /// Breaks the bus inside, or mends it.
    pub fn set_fault(&self, fault: Fault) {
        self.lock().bus.set_fault(fault);
    }

    /// Presses a key until it is released.
    pub fn press(&self, key: Key) {
        self.finger(|bus| bus.keys.press(key));
    }

    /// Lets go of a key.
    pub fn release(&self, key: Key) {
        self.finger(|bus| bus.keys.release(key));
    }

    /// Presses and lets go; the machine sees it in its own time.
    pub fn tap(&self, key: Key) {
        self.finger(|bus| bus.keys.tap(key));
    }

    /// A finger on a panel without power does nothing.
    fn finger(&self, deed: impl FnOnce(&mut Bus) -> bool) {
        let mut inside = self.lock();
        if inside.cable.is_some() {
            deed(&mut inside.bus);
        }
        self.show(inside);
    }

    /// Has the machine seen everything that the finger did?
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.lock().bus.keys.is_idle()
    }

    /// What a person sees now.
    #[must_use]
    pub fn picture(&self) -> Picture {
        self.lock().picture.clone()
    }

    /// How often the picture has changed.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.lock().changes
    }

    /// Waits for a picture that differs from that of `changes`, at most so long.
    #[must_use]
    pub fn next(&self, changes: u64, patience: Duration) -> (u64, Picture) {
        let inside = self.lock();
        let waited = self
            .shared
            .changed
            .wait_timeout_while(inside, patience, |inside| inside.changes == changes);
        let (inside, _) = waited.unwrap_or_else(PoisonError::into_inner);
        (inside.changes, inside.picture.clone())
    }

    /// Waits until the picture is as wanted; nothing if it was not in time.
    pub fn wait<T>(
        &self,
        patience: Duration,
        mut wanted: impl FnMut(&Picture) -> Option<T>,
    ) -> Option<T> {
        let deadline = Deadline::after(patience);
        let (mut changes, mut picture) = self.next(0, Duration::ZERO);
        loop {
            let found = wanted(&picture);
            if found.is_some() || deadline.passed() {
                return found;
            }
            (changes, picture) = self.next(changes, deadline.left());
        }
    }

    /// Carries bytes until the cable is pulled or the machine is gone.
    fn carry(&self, mut cable: UnixStream, number: u64) {
        let mut bytes = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = cable.read(&mut bytes) {
            let mut inside = self.lock();
            if inside.plugged != number {
                return;
            }
            inside.pass(self.shared.clock.now());
            let Inside { bus, device, .. } = &mut *inside;
            let understood = device.handle(&bytes[..length], bus).is_ok();
            let answer = inside.device.take_output();
            self.show(inside);
            if !understood || cable.write_all(&answer).is_err() {
                break;
            }
        }
        let mut inside = self.lock();
        if inside.plugged == number {
            inside.cable = None;
            self.show(inside);
        }
    }

    /// Tells who looks, if there is something new to see.
    fn show(&self, mut inside: MutexGuard<'_, Inside>) {
        let picture = if inside.cable.is_some() {
            inside.bus.picture()
        } else {
            Picture::dark(inside.picture.glass)
        };
        if picture != inside.picture {
            inside.picture = picture;
            inside.changes += 1;
            self.shared.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.shared.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn pass(&mut self, now: Moment) {
        let millis = (now - self.passed).millis();
        self.passed = now;
        self.bus.pass(u32::try_from(millis.saturating_mul(1000)).unwrap_or(u32::MAX));
    }
}
