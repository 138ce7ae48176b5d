//! Messages that nobody should send.

use super::office::{Office, user};
use crate::engine::{Order, Output};
use crate::message::{Message, Method, parse};

/// A request of a station's address with some lines of our own.
fn text(method: &str, target: &str, lines: &str) -> String {
    format!(
        "{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9:5062;branch=z9hG4bK{}\r\n\
         From: <sip:100@10.0.0.1>;tag=f\r\nTo: <sip:ivm@10.0.0.1>\r\nCall-ID: odd\r\n\
         CSeq: 1 {method}\r\n{lines}\r\n",
        lines.len() + target.len()
    )
}

/// What a station hears to it.
fn heard(text: &str) -> Vec<Option<u16>> {
    let mut office = Office::new(1);
    office.phones.clear();
    let source = "10.0.0.9:5062".parse().expect("an address");
    let local = "10.0.0.1:5060".parse().expect("an address");
    let bytes = text.as_bytes().to_vec();
    let input = crate::engine::Input::Datagram { bytes, source, local };
    machine::Machine::handle(&mut office.engine, input, office.now);
    let mut codes = Vec::new();
    while let Some(output) = machine::Machine::poll(&mut office.engine) {
        if let Output::Send { way, bytes } = output {
            assert_eq!(way.remote, source);
            codes.push(parse(&bytes).expect("sound").code());
        }
    }
    codes
}

#[test]
fn what_is_not_understood_is_named_once_or_not_at_all() {
    let ivm = "sip:ivm@10.0.0.1";
    for (message, code) in [
        (text("OPTIONS", ivm, ""), Some(200)),
        (text("OPTIONS", "tel:12", ""), Some(416)),
        (text("OPTIONS", ivm, "Require: nothing\r\n"), Some(420)),
        (text("MESSAGE", ivm, ""), Some(405)),
        (text("PUBLISH", ivm, ""), Some(405)),
        (text("DANCE", ivm, ""), Some(501)),
        (text("REFER", ivm, ""), Some(603)),
        (text("NOTIFY", ivm, ""), Some(481)),
        (text("BYE", ivm, ""), Some(481)),
        (text("INFO", ivm, ""), Some(481)),
        (text("CANCEL", ivm, ""), Some(481)),
        (text("OPTIONS", ivm, "To: <sip:second@b>\r\n"), Some(400)),
        (text("OPTIONS", ivm, "").replace("1 OPTIONS", "1 INVITE"), Some(400)),
        (text("OPTIONS", ivm, "").replace("Call-ID", "Subject"), Some(400)),
        (text("OPTIONS", ivm, "").replace("<sip:ivm@10.0.0.1>", "\"x <sip:ivm@b>"), Some(400)),
        (text("BYE", ivm, "").replace("1>\r\nCall", "1>;tag=unknown\r\nCall"), Some(481)),
        (text("INVITE", ivm, "").replace("1>\r\nCall", "1>;tag=unknown\r\nCall"), Some(481)),
    ] {
        assert_eq!(heard(&message), [code], "{message}");
    }
    for message in [
        text("ACK", ivm, ""),
        text("ACK", ivm, "To: <sip:second@b>\r\n"),
        text("OPTIONS", ivm, "").replace("SIP/2.0\r\nVia", "SIP/3.0\r\nVia"),
        text("OPTIONS", ivm, "").replace("Via", "Vai"),
        text("OPTIONS", ivm, "Content-Length: 5\r\n"),
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKx\r\n\r\n".to_owned(),
        "broken".to_owned(),
        "\r\n\r\n".to_owned(),
        "\0".to_owned(),
        String::new(),
    ] {
        assert_eq!(heard(&message), [], "{message}");
    }
}

#[test]
fn an_answer_that_nobody_asked_for_changes_nothing() {
    let mut office = Office::talking(1);
    let mut request = Message::request(Method::Invite, "sip:ivm@10.0.0.1");
    request.push("Via", "SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKguess");
    for (name, value) in [("From", "<sip:a@b>;tag=1"), ("To", "<sip:c@d>;tag=2")] {
        request.push(name, value);
    }
    request.push("Call-ID", "guess");
    request.push("CSeq", "1 INVITE");
    for code in [100, 180, 200, 302, 486, 603] {
        let response = Message::response(&request, code);
        office.throw("10.0.0.9:5062", &String::from_utf8(response.write()).expect("text"));
    }
    office.pass(1);
    office.expect(&[]);
    assert_eq!(office.engine.counts().calls, 1);
}

#[test]
fn orders_for_what_is_not_there_do_nothing() {
    let mut office = Office::registered(1);
    let call = crate::engine::Call(9);
    office.order(Order::Ringing(call));
    office.order(Order::Answer { call, sdp: Vec::new() });
    office.order(Order::Refuse { call, code: 486 });
    office.order(Order::HangUp(call));
    office.order(Order::Waiting { user: user("999"), new: 1, old: 1 });
    let question = crate::engine::Question(9);
    office.order(Order::Announce { question, url: "http://a/".to_owned() });
    office.pass(1);
    office.expect(&[]);
    office.expect_rest();
}
