//! The keyboard's thread: waits for the terminal, and tells keys.

use std::io;
use std::thread;
use std::time::Duration;

use ratatui::crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind, poll, read,
};
use tokio::sync::mpsc;

use crate::ui::Key;

/// Keys that wait: a person types no faster.
const WAITING: usize = 64;
/// How long the thread waits before it looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(200);

/// The keyboard.
pub(super) struct Keys {
    keys: mpsc::Receiver<Option<Key>>,
}

impl Keys {
    /// Begins to read.
    pub(super) fn start() -> io::Result<Self> {
        let (sender, keys) = mpsc::channel(WAITING);
        thread::Builder::new().name("keyboard".to_owned()).spawn(move || {
            while !sender.is_closed() {
                match poll(LOOK).and_then(|ready| if ready { read().map(Some) } else { Ok(None) }) {
                    Ok(Some(event)) => {
                        if let Some(told) = told(event)
                            && sender.blocking_send(told).is_err()
                        {
                            return;
                        }
                    }
                    Ok(None) => {}
                    // The terminal is gone: so is the person.
                    Err(_) => {
                        drop(sender.blocking_send(Some(Key::Ctrl('c'))));
                        return;
                    }
                }
            }
        })?;
        Ok(Self { keys })
    }

    /// The next key; none for another size of the terminal. Cancel-safe.
    pub(super) async fn next(&mut self) -> Option<Key> {
        match self.keys.recv().await {
            Some(key) => key,
            None => std::future::pending().await,
        }
    }
}

/// What to tell of an event: a key, another size (`Some(None)`), or nothing.
fn told(event: Event) -> Option<Option<Key>> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => key_of(key).map(Some),
        Event::Paste(text) => Some(Some(Key::Paste(text))),
        Event::Mouse(mouse) => match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                Some(Some(Key::Click(mouse.column, mouse.row)))
            }
            MouseEventKind::ScrollUp => Some(Some(Key::Up)),
            MouseEventKind::ScrollDown => Some(Some(Key::Down)),
            _ => None,
        },
        Event::Resize(..) => Some(None),
        Event::Key(_) | Event::FocusGained | Event::FocusLost => None,
    }
}

fn key_of(key: KeyEvent) -> Option<Key> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char(letter) if control => Some(Key::Ctrl(letter)),
        KeyCode::Char(letter) => Some(Key::Char(letter)),
        KeyCode::Enter => Some(Key::Enter),
        KeyCode::Esc => Some(Key::Esc),
        KeyCode::Tab => Some(Key::Tab),
        KeyCode::BackTab => Some(Key::BackTab),
        KeyCode::Backspace => Some(Key::Backspace),
        KeyCode::Up => Some(Key::Up),
        KeyCode::Down => Some(Key::Down),
        KeyCode::Left => Some(Key::Left),
        KeyCode::Right => Some(Key::Right),
        KeyCode::PageUp => Some(Key::PageUp),
        KeyCode::PageDown => Some(Key::PageDown),
        KeyCode::Home => Some(Key::Home),
        KeyCode::End => Some(Key::End),
        _ => None,
    }
}
