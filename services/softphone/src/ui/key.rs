//! Keys, as the screen knows them.

/// A key, or what the terminal gives in the place of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// A character with the control key.
    Ctrl(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// To the next pane.
    Tab,
    /// To the pane before.
    BackTab,
    /// Deletes the last character.
    Backspace,
    /// One up.
    Up,
    /// One down.
    Down,
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the first.
    Home,
    /// To the last.
    End,
    /// Text that was pasted, or a file that was dropped on the terminal (row 30).
    Paste(String),
    /// A click at a column and row.
    Click(u16, u16),
}
