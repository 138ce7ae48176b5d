//! SIP messages that anybody on the network may send, in datagrams and in pieces of a stream: what
//! is read can be written and is then read as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sip::digest::Answer;
use sip::message::uri::Uri;
use sip::message::value::{CSeq, NameAddr, Params, Via};
use sip::message::{Frame, Framer, Message, name, parse};

fn same(message: &Message) {
    let written = message.write();
    if written.len() < sip::message::BODY_MOST {
        assert_eq!(parse(&written).as_ref(), Ok(message));
    }
    let _ = message.essentials();
    let _ = (message.contact(), message.number(name::EXPIRES), message.content_type());
}

/// What values say of themselves is understood again.
fn values(text: &str) {
    if let Some(uri) = Uri::parse(text) {
        assert_eq!(Uri::parse(&uri.to_string()), Some(uri));
    }
    if let Some(via) = Via::parse(text) {
        assert_eq!(Via::parse(&via.to_string()), Some(via));
    }
    if let Some(cseq) = CSeq::parse(text) {
        assert_eq!(CSeq::parse(&cseq.to_string()), Some(cseq));
    }
    if let Some(address) = NameAddr::parse(text) {
        let _ = (address.tag(), address.to_string());
    }
    let _ = (Params::parse(text), Answer::parse(text));
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(message) = parse(bytes) {
        same(&message);
        for header in &message.headers {
            values(&header.value);
        }
    }
    values(&String::from_utf8_lossy(bytes));
    let mut framer = Framer::default();
    for piece in bytes.chunks(1 + bytes.first().copied().map_or(0, usize::from)) {
        if framer.push(piece).is_err() {
            return;
        }
        loop {
            match framer.pop() {
                Ok(Some(Frame::Message(message))) => same(&message),
                Ok(Some(Frame::Ping)) => {}
                Ok(None) => break,
                Err(_) => return,
            }
        }
    }
});
