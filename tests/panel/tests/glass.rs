//! The panel on the emulated bus, on a virtual clock: one process, no USB, no kernel.

use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};
use lcd::{Front, Input, Known, Output, Panel, Screen, Size, Wall, Whereabouts};
use machine::{Machine, Moment, Span};
use qemu::bus::{Bus, Fault, LCD, Nack};
use qemu::keys::Key;
use qemu::picture::Glass;
use settings::{Language, Settings};

/// The emulated bus as the driver wants it.
struct Wires(Bus);

impl ErrorType for Wires {
    type Error = ErrorKind;
}

impl I2c for Wires {
    fn transaction(&mut self, address: u8, work: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        for operation in work {
            let done = match operation {
                Operation::Write(bytes) => self.0.write(address, bytes),
                Operation::Read(bytes) => self.0.read(address, bytes),
            };
            done.map_err(|Nack| ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address))?;
        }
        Ok(())
    }
}

/// The pause that the emulated adapter makes between two messages stands for the driver's waits.
struct AdaptersPause;

impl DelayNs for AdaptersPause {
    fn delay_ns(&mut self, _: u32) {}
}

/// The service's thread and machine, played on one clock.
struct Desk {
    wires: Wires,
    front: Option<Front>,
    panel: Panel,
    screen: Screen,
    now: Moment,
    /// Milliseconds between two readings of the keys.
    step: u32,
    orders: Vec<Output>,
}

impl Desk {
    fn new(size: Size, glass: Glass) -> Self {
        let now = Moment::from_millis(1_000);
        let bus = Bus::new(glass);
        let panel = Panel::new(size, false, now);
        let screen = Screen::blank(size);
        let orders = Vec::new();
        let mut desk =
            Self { wires: Wires(bus), front: None, panel, screen, now, step: 20, orders };
        desk.hear(Input::Time(Wall { unix_ms: 1_770_300_300_000, offset_s: 0 }));
        desk
    }

    fn size(&self) -> Size {
        let rows = self.screen.rows().count();
        if rows == 4 { Size::LARGE } else { Size::SMALL }
    }

    fn hear(&mut self, input: Input) {
        self.panel.handle(input, self.now);
        self.take_outputs();
    }

    fn take_outputs(&mut self) {
        while let Some(output) = self.panel.poll() {
            match output {
                Output::Draw(screen) => self.screen = screen,
                output => self.orders.push(output),
            }
        }
    }

    /// Lets time pass in the steps in which the thread tends its panel.
    fn pass(&mut self, millis: u64) {
        let until = self.now + Span::from_millis(millis);
        while self.now < until {
            self.now = self.now + Span::from_millis(u64::from(self.step));
            self.wires.0.pass(self.step * 1_000);
            // The timers do not wait for the bus.
            if self.panel.deadline().is_some_and(|due| due <= self.now) {
                self.panel.expire(self.now);
            }
            self.take_outputs();
            let now = self.now;
            let size = self.size();
            let (wires, delay) = (&mut self.wires, &mut AdaptersPause);
            match self.front.take() {
                None => self.front = Front::find(wires, delay, size, now).ok(),
                Some(mut front) => {
                    if let Ok(keys) = front.tend(wires, delay, &self.screen, || now) {
                        self.front = Some(front);
                        keys.into_iter().for_each(|keys| self.hear(Input::Keys(keys)));
                    }
                }
            }
            self.take_outputs();
        }
    }

    fn tap(&mut self, key: Key) {
        assert!(self.wires.0.keys.tap(key), "the finger is free");
        self.pass(700);
    }

    fn shows(&self, text: &str) -> bool {
        self.wires.0.picture().shows(text)
    }

    fn at_first_boot(size: Size, glass: Glass) -> Self {
        let mut desk = Self::new(size, glass);
        let settings = Settings::default();
        let known = Known { revision: 1, settings, pending: None, is_managed: true };
        desk.hear(Input::Settings(Box::new(known)));
        desk.hear(Input::Whereabouts(Some(Whereabouts {
            https: "https://ivm.local".to_owned(),
            fingerprint: "AB:CD:EF".to_owned(),
            code: Some("7K3M-XQ2W".to_owned()),
        })));
        desk.pass(1_000);
        desk
    }
}

// rows 110, 114
#[test]
fn the_code_of_the_first_run_is_read_off_the_glass() {
    for (size, glass) in [(Size::LARGE, Glass::G20X4), (Size::SMALL, Glass::G16X2)] {
        let mut desk = Desk::at_first_boot(size, glass);
        assert!(desk.shows("→English"), "{}", desk.wires.0.picture());
        desk.tap(Key::Ok);
        desk.tap(Key::Ok);
        if size == Size::SMALL {
            desk.tap(Key::Down);
        }
        assert!(desk.shows("7K3M-XQ2W"), "{}", desk.wires.0.picture());
        assert!(desk.wires.0.picture().backlight);
    }
}

#[test]
fn german_letters_are_on_the_glass() {
    let mut desk = Desk::at_first_boot(Size::LARGE, Glass::G20X4);
    desk.tap(Key::Down);
    desk.tap(Key::Ok);
    let proposed = desk.orders.iter().find_map(|order| match order {
        Output::Propose { settings, .. } => Some((**settings).clone()),
        Output::Draw(_)
        | Output::Order(_)
        | Output::Begin(_)
        | Output::Confirm(_)
        | Output::Revert(_)
        | Output::Search
        | Output::Decide(..)
        | Output::AskTimeline(_)
        | Output::Walked => None,
    });
    let settings = proposed.expect("a language was chosen");
    assert_eq!(settings.language, Language::Deutsch);
    let known = Known { revision: 2, settings, pending: None, is_managed: true };
    desk.hear(Input::Settings(Box::new(known)));
    desk.hear(Input::Answer(Ok(())));
    desk.tap(Key::Ok);
    for _ in 0..4 {
        desk.tap(Key::Left);
    }
    assert!(desk.shows("Sprache") && desk.shows("OK: ändern"), "{}", desk.wires.0.picture());
}

#[test]
fn garbled_wires_press_no_key() {
    let mut desk = Desk::at_first_boot(Size::LARGE, Glass::G20X4);
    // As slow as an emulated machine: a reading is the only one of its moment.
    desk.step = 100;
    desk.wires.0.set_fault(Fault::Garble { one_in: 20, seed: 7 });
    desk.pass(60_000);
    desk.wires.0.set_fault(Fault::None);
    desk.pass(15_000);
    assert!(desk.shows("→English"), "{}", desk.wires.0.picture());
    assert!(desk.orders.is_empty(), "{:?}", desk.orders);
}

#[test]
fn a_panel_that_was_unplugged_comes_back_with_the_right_picture() {
    let mut desk = Desk::at_first_boot(Size::LARGE, Glass::G20X4);
    desk.wires.0.set_fault(Fault::Nack);
    desk.pass(500);
    assert!(desk.front.is_none());
    desk.wires.0.restart();
    desk.wires.0.set_fault(Fault::None);
    desk.pass(500);
    assert!(desk.shows("→English") && desk.shows("Deutsch"), "{}", desk.wires.0.picture());
    desk.tap(Key::Ok);
    assert!(desk.shows("DHCP (auto)"), "{}", desk.wires.0.picture());
}

#[test]
fn a_garbled_bus_heals_within_seconds_after_it_is_mended() {
    for seed in 0..20 {
        let mut desk = Desk::at_first_boot(Size::LARGE, Glass::G20X4);
        desk.wires.0.set_fault(Fault::Garble { one_in: 5, seed });
        desk.pass(3_000);
        desk.wires.0.set_fault(Fault::None);
        desk.pass(10_500);
        let wanted: Vec<String> = desk.screen.rows().map(|row| row.iter().collect()).collect();
        for row in wanted.iter().filter(|row| row.is_ascii()) {
            assert!(desk.shows(row), "seed {seed}: {row}\n{}", desk.wires.0.picture());
        }
    }
}

/// The instruction that shifts the picture by one column, as garbled wires may give it.
#[test]
fn a_shifted_picture_heals() {
    let mut desk = Desk::at_first_boot(Size::LARGE, Glass::G20X4);
    let right = desk.wires.0.picture();
    let shift_left: [u8; 4] = [0x1c, 0x18, 0x8c, 0x88];
    desk.wires.0.write(LCD, &shift_left).expect("the glass answers");
    assert_ne!(desk.wires.0.picture(), right);
    desk.pass(10_500);
    assert_eq!(desk.wires.0.picture(), right);
}

#[test]
fn the_light_follows_and_the_first_key_wakes() {
    let mut desk = Desk::at_first_boot(Size::LARGE, Glass::G20X4);
    desk.pass(121_000);
    assert!(!desk.wires.0.picture().backlight);
    desk.tap(Key::Down);
    assert!(desk.wires.0.picture().backlight && desk.shows("→English"));
}
