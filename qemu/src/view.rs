//! The panel in a terminal: its glass, its keys, what is known of the machine, and the end of its
//! serial console.

mod draw;

use std::io;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};

use crate::keys::Key;
use crate::web::Controls;

/// How long nothing may happen before the console is looked at again.
const TICK: Duration = Duration::from_millis(60);

/// Shows it until the person leaves, somebody ends it, or the machine is off.
pub(crate) fn show(
    controls: &Controls,
    end: &Receiver<()>,
    mut ended: impl FnMut() -> bool,
) -> anyhow::Result<()> {
    let mut terminal = ratatui::try_init()?;
    let result = (|| -> io::Result<()> {
        while end.try_recv().is_err() && !ended() {
            let seen = controls.look();
            terminal.draw(|frame| draw::all(frame, &seen))?;
            if event::poll(TICK)?
                && let Event::Key(key) = event::read()?
                && key.kind != KeyEventKind::Release
                && !pressed(controls, key.code, key.modifiers)
            {
                break;
            }
        }
        Ok(())
    })();
    ratatui::try_restore()?;
    Ok(result?)
}

/// What a key of the keyboard does; false if the person leaves.
fn pressed(controls: &Controls, code: KeyCode, modifiers: KeyModifiers) -> bool {
    let key = match code {
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Enter => Key::Ok,
        KeyCode::Backspace | KeyCode::Esc => Key::Back,
        KeyCode::Char('p') => {
            controls.turn_plug();
            return true;
        }
        KeyCode::Char('c') => return !modifiers.contains(KeyModifiers::CONTROL),
        KeyCode::Char('q') => return false,
        _ => return true,
    };
    controls.panel().tap(key);
    true
}
