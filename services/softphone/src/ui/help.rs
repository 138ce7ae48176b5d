//! The keys: all of them in the help, the most important ones at the bottom.

/// Every key and what it does.
pub(super) const KEYS: [(&str, &str); 21] = [
    ("Space", "speak to the marked people, or the chosen one; again: stop"),
    ("Enter", "send the draft; else mark a person, play a message"),
    ("Tab", "people or messages"),
    ("↑ ↓ j k", "choose"),
    ("m", "mark a person as recipient, or not"),
    ("l", "live: heard while you speak; again: as presence suggests"),
    ("r", "record first; while you speak live: keep the rest as a recording"),
    ("p", "play the message or the draft; again: stop"),
    ("n  +", "speak the draft again; go on at its end"),
    ("a", "attach a file (or drop one on the terminal)"),
    ("s", "save the attachments"),
    ("u", "urgency of the next message"),
    ("R", "answer the chosen message"),
    ("d  D", "delete; from all your devices"),
    ("f", "list all messages, the inbox, the sent ones"),
    ("o", "online, away, do not disturb"),
    ("c", "put a person on the contact list, or take it off"),
    ("v", "compare the safety number of a person"),
    ("Esc", "silence; no marks"),
    ("?", "this help"),
    ("q", "quit"),
];

/// The keys that are worth showing now, the most important first.
pub(super) fn bottom(draft_waits: bool, speaking: bool) -> &'static [(&'static str, &'static str)] {
    if speaking {
        &[("Space", "stop"), ("Enter", "send"), ("r", "record"), ("d", "throw away"), ("?", "help")]
    } else if draft_waits {
        &[
            ("Enter", "send"),
            ("p", "play"),
            ("n", "again"),
            ("+", "go on"),
            ("a", "attach"),
            ("d", "throw away"),
            ("?", "help"),
            ("q", "quit"),
        ]
    } else {
        &[
            ("Space", "speak"),
            ("m", "mark"),
            ("p", "play"),
            ("R", "reply"),
            ("a", "attach"),
            ("d", "delete"),
            ("?", "help"),
            ("q", "quit"),
            ("l/r", "live/record"),
            ("o", "status"),
            ("v", "verify"),
        ]
    }
}
