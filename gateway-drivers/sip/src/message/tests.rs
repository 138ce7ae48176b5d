//! Bytes and messages, against each other.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::{Just, Strategy, any};
use proptest::{prop_assert_eq, prop_oneof, proptest};

use super::uri::Uri;
use super::value::{CSeq, NameAddr, Params, Via, quote, unquote};
use super::{Fault, Frame, Framer, HEADERS_MOST, Header, Message, Method, Start, name, parse};

const INVITE: &str = "INVITE sip:100@10.0.0.9:5062;transport=udp SIP/2.0\r\n\
    Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1;rport\r\n\
    From: \"Desk 7\" <sip:ivm@10.0.0.1>;tag=a1\r\n\
    To: <sip:100@10.0.0.1>\r\n\
    Call-ID: c1@10.0.0.1\r\n\
    CSeq: 1 INVITE\r\n\
    Content-Type: application/sdp\r\n\
    Content-Length: 4\r\n\r\nv=0\n";

fn with_line(line: &str) -> Result<Message, Fault> {
    parse(INVITE.replacen("CSeq: 1 INVITE\r\n", line, 1).as_bytes())
}

#[test]
fn a_message_is_read_and_written_to_the_letter() {
    let message = parse(INVITE.as_bytes()).expect("a message");
    assert_eq!(message.method(), Some(&Method::Invite));
    assert_eq!(message.body, b"v=0\n");
    assert_eq!(message.content_type(), "application/sdp");
    let essentials = message.essentials().expect("whole");
    assert_eq!(essentials.via.sent_by, "10.0.0.1:5060");
    assert_eq!(essentials.from.display.as_deref(), Some("Desk 7"));
    assert_eq!(essentials.from.tag().as_deref(), Some("a1"));
    assert_eq!((essentials.cseq.number, essentials.to.tag()), (1, None));
    assert_eq!(String::from_utf8(message.write()).expect("text"), INVITE);
}

#[test]
fn what_is_no_message_is_named() {
    let of = |text: &str| parse(text.as_bytes()).map(|_| ());
    assert_eq!(of(""), Err(Fault::Unfinished));
    assert_eq!(of("OPTIONS sip:a@b SIP/2.0\r\nTo: x\r\n"), Err(Fault::Unfinished));
    assert_eq!(of("OPTIONS  sip:a@b SIP/2.0\r\n\r\n"), Err(Fault::Start));
    assert_eq!(of("OPTIONS sip:a b SIP/2.0\r\n\r\n"), Err(Fault::Start));
    assert_eq!(of("OPTIONS <sip:a@b> SIP/2.0\r\n\r\n"), Err(Fault::Start));
    assert_eq!(of("SIP/2.0 4294967301 OK\r\n\r\n"), Err(Fault::Start));
    assert_eq!(of("SIP/2.0 099 OK\r\n\r\n"), Err(Fault::Start));
    assert_eq!(of("OPTIONS sip:a@b SIP/7.0\r\n\r\n"), Err(Fault::Version));
    assert_eq!(with_line("no header\r\n").map(|_| ()), Err(Fault::Line));
    assert_eq!(with_line("Subject: a\u{7}b\r\n").map(|_| ()), Err(Fault::Line));
    assert_eq!(with_line("l: 4\r\n").map(|_| ()), Err(Fault::Length));
    for length in ["-999", "5", "99999999999999999999999", "4 4", ""] {
        let text = INVITE.replace("Length: 4", &format!("Length: {length}"));
        assert_eq!(of(&text), Err(Fault::Length), "{length}");
    }
    let many = "Subject: a\r\n".repeat(HEADERS_MOST);
    assert_eq!(with_line(&many).map(|_| ()), Err(Fault::Headers));
    let commas = format!("Route: {}\r\n", "<sip:a>,".repeat(HEADERS_MOST));
    assert_eq!(with_line(&commas).map(|_| ()), Err(Fault::Headers));
    let long = format!("Subject: {}\r\n", "a".repeat(20_000));
    assert_eq!(with_line(&long).map(|_| ()), Err(Fault::Long));
    assert_eq!(parse(&[b'a'; 70_000]), Err(Fault::Long));
}

#[test]
fn a_value_cannot_begin_another_header() {
    let message = Message::request(Method::Options, "sip:a\r\nEvil: 1\r\n\r\n@b")
        .with(name::SERVER, "x\r\nVia: SIP/2.0/UDP evil");
    let text = String::from_utf8(message.write()).expect("text");
    assert_eq!(text.lines().filter(|line| !line.is_empty()).count(), 3, "{text}");
}

#[test]
fn a_stream_is_cut_into_messages_wherever_it_breaks() {
    let stream = format!("\r\n\r\n{INVITE}\r\n{INVITE}\r\n\r\n\r\n");
    for piece in [1, 2, 3, 7, 100, 5_000] {
        let mut framer = Framer::default();
        let (mut pings, mut messages) = (0, 0);
        for bytes in stream.as_bytes().chunks(piece) {
            framer.push(bytes).expect("small");
            while let Some(frame) = framer.pop().expect("sound") {
                match frame {
                    Frame::Ping => pings += 1,
                    Frame::Message(message) => {
                        messages += 1;
                        assert_eq!(message.body, b"v=0\n");
                    }
                }
            }
        }
        assert_eq!((pings, messages, framer.held()), (2, 2, 2), "pieces of {piece}");
    }
}

#[test]
fn a_stream_holds_no_more_than_one_message() {
    let mut framer = Framer::default();
    let mut pushed = 0;
    let fault = loop {
        let result = framer.push(&[b'a'; 1_000]).and_then(|()| framer.pop());
        pushed += 1_000;
        if let Err(fault) = result {
            break fault;
        }
    };
    assert!(fault == Fault::Long && pushed < 20_000, "{fault:?} after {pushed}");
    for length in ["70000", ""] {
        let mut framer = Framer::default();
        let text = INVITE.replace("Content-Length: 4", &format!("Content-Length: {length}"));
        framer.push(text.as_bytes()).expect("small");
        assert!(framer.pop().is_err());
    }
}

fn token() -> impl Strategy<Value = String> {
    "[A-Za-z0-9.!%*_+`'~-]{1,12}"
}

fn shown() -> impl Strategy<Value = String> {
    "[ -~äß€]{0,30}".prop_map(|text| text.trim().to_owned())
}

fn param() -> impl Strategy<Value = (String, Option<String>)> {
    (token(), of(prop_oneof![token(), "[ -~ä]{0,9}".prop_map(|text| quote(&text))]))
}

fn params() -> impl Strategy<Value = Params> {
    vec(param(), 0..4).prop_map(Params)
}

fn uri() -> impl Strategy<Value = Uri> {
    let host = prop_oneof![
        "[a-z0-9]{1,8}(\\.[a-z0-9]{1,8}){0,2}",
        Just("[2001:db8::1]".to_owned()),
        Just("192.0.2.1".to_owned())
    ];
    let plain = vec((token(), of(token())), 0..3).prop_map(Params);
    let parts = (any::<bool>(), of("\\PC{1,12}"), host, of(any::<u16>()), plain, of(token()));
    parts.prop_map(|(is_secure, user, host, port, params, headers)| Uri {
        is_secure,
        user,
        host,
        port,
        params,
        headers,
    })
}

fn start() -> impl Strategy<Value = Start> {
    let method = prop_oneof![token(), Just("INVITE".to_owned()), Just("NOTIFY".to_owned())];
    prop_oneof![
        (method, uri()).prop_map(|(method, target)| Start::Request {
            method: Method::parse(&method).expect("a token"),
            target: target.to_string(),
        }),
        (100_u16..700, shown()).prop_map(|(code, reason)| Start::Status { code, reason }),
    ]
}

fn header() -> impl Strategy<Value = Header> {
    let any_name = prop_oneof![token(), Just("v".to_owned()), Just("subject".to_owned())];
    let plain = (any_name, shown()).prop_filter_map("a list, or a length", |(word, value)| {
        let name = name::canonical(&word);
        let is_other = !name::is_list(&name) && name != name::CONTENT_LENGTH;
        is_other.then_some(Header { name, value })
    });
    let listed = (uri(), params(), of(shown())).prop_map(|(uri, params, display)| Header {
        name: name::CONTACT.into(),
        value: NameAddr { display, uri: uri.to_string(), params }.to_string(),
    });
    prop_oneof![plain, listed]
}

proptest! {
    #[test]
    fn any_bytes_are_a_message_or_a_fault(bytes in vec(any::<u8>(), 0..600)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn a_message_with_a_broken_byte_is_read_or_refused(at in 0..INVITE.len(), byte in any::<u8>()) {
        let mut bytes = INVITE.as_bytes().to_vec();
        bytes[at] = byte;
        if let Ok(message) = parse(&bytes) {
            let _ = message.essentials();
            prop_assert_eq!(parse(&message.write()), Ok(message));
        }
    }

    #[test]
    fn what_was_written_is_read(
        start in start(),
        headers in vec(header(), 0..12),
        body in vec(any::<u8>(), 0..99),
    ) {
        let message = Message { start, headers, body };
        prop_assert_eq!(parse(&message.write()), Ok(message.clone()));
        let mut framer = Framer::default();
        framer.push(&message.write()).expect("small");
        prop_assert_eq!(framer.pop(), Ok(Some(Frame::Message(message))));
    }

    #[test]
    fn values_that_were_written_are_read(
        uri in uri(),
        params in params(),
        display in of("[ -~ä]{0,12}"),
        number in 0_u32..1 << 31,
        method in token(),
        port in any::<u16>(),
    ) {
        prop_assert_eq!(Uri::parse(&uri.to_string()), Some(uri.clone()));
        let address = NameAddr { display, uri: uri.to_string(), params: params.clone() };
        prop_assert_eq!(NameAddr::parse(&address.to_string()), Some(address));
        let cseq = CSeq { number, method: Method::parse(&method).expect("a token") };
        prop_assert_eq!(CSeq::parse(&cseq.to_string()), Some(cseq));
        let via = Via { transport: "UDP".into(), sent_by: format!("h:{port}"), params };
        prop_assert_eq!(via.port(), Some(port));
        prop_assert_eq!(Via::parse(&via.to_string()), Some(via));
    }

    #[test]
    fn any_text_is_a_value_or_none(text in "\\PC{0,60}") {
        let _ = (Uri::parse(&text), NameAddr::parse(&text), Via::parse(&text));
        let _ = (CSeq::parse(&text), Params::parse(&text));
        prop_assert_eq!(unquote(&quote(&text)), text);
    }
}
