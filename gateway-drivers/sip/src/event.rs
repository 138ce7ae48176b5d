//! Message waiting (RFC 3842): the words that light a phone's lamp.

/// The package.
pub const PACKAGE: &str = "message-summary";
/// What its bodies are.
pub const KIND: &str = "application/simple-message-summary";

/// How many messages wait for a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Not heard yet.
    pub new: u32,
    /// Heard.
    pub old: u32,
}

impl Waiting {
    /// The body for the account that the phone calls to hear them.
    #[must_use]
    pub fn body(self, account: &str) -> String {
        let Self { new, old } = self;
        let is_waiting = if new > 0 { "yes" } else { "no" };
        format!(
            "Messages-Waiting: {is_waiting}\r\nMessage-Account: {account}\r\n\
             Voice-Message: {new}/{old} (0/0)\r\n"
        )
    }
}
