//! A message to bytes.

use super::{Message, Start};

impl Message {
    /// The message as it goes out, with the length of its body. A value that holds the end of a
    /// line cannot begin another header: what cannot be shown goes out as a blank.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut head = String::with_capacity(512);
        match &self.start {
            Start::Request { method, target } => {
                shown(&mut head, method.as_str());
                head.push(' ');
                shown(&mut head, target);
                head.push_str(" SIP/2.0\r\n");
            }
            Start::Status { code, reason } => {
                head.push_str(&format!("SIP/2.0 {code:03} "));
                shown(&mut head, reason);
                head.push_str("\r\n");
            }
        }
        for header in &self.headers {
            shown(&mut head, &header.name);
            head.push_str(": ");
            shown(&mut head, &header.value);
            head.push_str("\r\n");
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", self.body.len()));
        let mut bytes = head.into_bytes();
        bytes.extend(&self.body);
        bytes
    }
}

fn shown(head: &mut String, text: &str) {
    head.extend(text.chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c }));
}
