//! The traps of RFC 4475, in messages of our own.

use super::uri::Uri;
use super::value::{CSeq, NameAddr, Via, number};
use super::{Fault, Lack, Message, Method, name, parse};

/// A sound message with some of its lines replaced: name and a new value each.
fn message(method: &str, target: &str, changed: &[(&str, &str)]) -> String {
    let lines = [
        ("Via", "SIP/2.0/UDP 10.0.0.7;branch=z9hG4bK77"),
        ("From", "<sip:100@10.0.0.1>;tag=f"),
        ("To", "<sip:ivm@10.0.0.1>"),
        ("Call-ID", "t@10.0.0.7"),
        ("CSeq", "9 METHOD"),
    ];
    let mut text = format!("{method} {target} SIP/2.0\r\n");
    for (name, value) in lines {
        let value = changed.iter().find(|(other, _)| *other == name).map_or(value, |(_, v)| *v);
        text += &format!("{name}: {}\r\n", value.replace("METHOD", method));
    }
    let is_new = |name: &str| lines.iter().all(|(known, _)| *known != name);
    for (name, value) in changed.iter().filter(|(name, _)| is_new(name)) {
        text += &format!("{name}: {value}\r\n");
    }
    text + "\r\n"
}

fn read(changed: &[(&str, &str)]) -> Message {
    parse(message("OPTIONS", "sip:ivm@10.0.0.1", changed).as_bytes()).expect("a message")
}

fn lack(changed: &[(&str, &str)]) -> Option<Lack> {
    read(changed).essentials().err()
}

#[test]
fn blanks_folds_and_short_names_stand_wherever_they_may() {
    let text = "INVITE sip:ivm@10.0.0.1;unknownparam SIP/2.0\r\n\
        TO :\r\n sip:ivm@10.0.0.1 ;   tag    = 19n\r\n\
        from   : \"J Desk \\\\\\\"\"       <sip:100@10.0.0.1>\r\n  ;\r\n  tag = 98asjd8\r\n\
        MaX-fOrWaRdS: 0068\r\n\
        i: ws.1\r\n\
        cseq: 0009\r\n  INVITE\r\n\
        v:  SIP  / 2.0  / TCP     pc33.example   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n \
        SIP  /    2.0   / UDP  192.0.2.2 : 5062  ; branch=\r\n z9hG4bK30239\r\n\
        s :\r\n\
        Strange:   one\r\n\t two\r\n\
        Stranger: ;;,,;;,;\r\n\
        m:\"Quoted string \\\"\\\"\" <sip:100@10.0.0.7> ; newparam =\r\n new ;\r\n q = 0.33\r\n\
        l :  3\r\n\r\nabc";
    let message = parse(text.as_bytes()).expect("valid, if ugly");
    let seen = message.essentials().expect("whole");
    assert_eq!((seen.to.uri.as_str(), seen.to.tag().as_deref()), ("sip:ivm@10.0.0.1", Some("19n")));
    assert_eq!(seen.from.display.as_deref(), Some("J Desk \\\""));
    assert_eq!(seen.from.tag().as_deref(), Some("98asjd8"));
    assert_eq!((seen.cseq.number, message.number(name::MAX_FORWARDS)), (9, Some(68)));
    assert_eq!((seen.via.transport.as_str(), seen.via.sent_by.as_str()), ("TCP", "pc33.example"));
    assert_eq!(seen.via.branch().as_deref(), Some("z9hG4bK9ikj8"));
    let ways: Vec<Via> = message.all(name::VIA).filter_map(Via::parse).collect();
    assert_eq!((ways.len(), ways[1].port()), (2, Some(5062)));
    assert_eq!(message.get("Strange"), Some("one two"));
    assert_eq!(message.get("Stranger"), Some(";;,,;;,;"));
    assert_eq!(message.get("Subject"), Some(""));
    let contact = NameAddr::parse(message.get(name::CONTACT).expect("one")).expect("an address");
    assert_eq!(contact.params.get("newparam").as_deref(), Some("new"));
    assert_eq!(message.body, b"abc");
    assert_eq!(parse(&message.write()), Ok(message));
}

#[test]
fn unusual_letters_are_letters() {
    let method = "!interesting-Method0123456789_*+`.%indeed'~";
    let target = "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com";
    let text = message(method, target, &[("To", "\"BEL:\\\u{7f} NUL \\\" é\" <sip:%75se%72@b>")]);
    assert_eq!(parse(text.as_bytes()).map(|_| ()), Err(Fault::Line), "a control character");
    let text = message(method, target, &[("To", "\"\\\" é漢\" <sip:%75se%72@b>")]);
    let read = parse(text.as_bytes()).expect("valid");
    assert_eq!(read.method(), Some(&Method::Other(method.to_owned())));
    let uri = Uri::parse(target).expect("a URI");
    assert_eq!((uri.host.as_str(), uri.headers), ("example.com", None));
    let to = read.essentials().expect("whole").to;
    assert_eq!(to.display.as_deref(), Some("\" é漢"));
    assert_eq!(Uri::parse(&to.uri).expect("a URI").user.as_deref(), Some("user"));
    assert_eq!(Method::parse("invite"), Some(Method::Other("invite".to_owned())));
}

#[test]
fn escapes_and_semicolons_left_of_the_at_belong_to_the_user() {
    let uri = Uri::parse("sip:sips%3Auser%40example.com@example.net").expect("a URI");
    assert_eq!(uri.user.as_deref(), Some("sips:user@example.com"));
    assert_eq!(uri.host, "example.net");
    let uri = Uri::parse("sip:user;par=u%40example.net@example.com").expect("a URI");
    assert_eq!((uri.user.as_deref(), uri.params.0.len()), (Some("user;par=u@example.net"), 0));
    let uri = Uri::parse("sip:null-%00-null%zz%@example.com").expect("a URI");
    assert_eq!(uri.user.as_deref(), Some("null-\0-null%zz%"));
}

#[test]
fn parameters_without_brackets_are_the_header_s() {
    let bare = NameAddr::parse("sip:100@10.0.0.7;unknown;tag=1").expect("an address");
    assert_eq!((bare.uri.as_str(), bare.tag().as_deref()), ("sip:100@10.0.0.7", Some("1")));
    let inside = NameAddr::parse("<sip:100@10.0.0.7;unknown>;expires=9").expect("an address");
    assert_eq!(inside.uri, "sip:100@10.0.0.7;unknown");
    assert_eq!(inside.params.get("expires").as_deref(), Some("9"));
    assert_eq!(NameAddr::parse("sip:a@b?Route=%3Csip:c%3E"), None);
    assert!(NameAddr::parse("<sip:a@b?Route=%3Csip:c%3E>").is_some());
}

#[test]
fn a_quote_or_bracket_without_its_end_is_no_address() {
    for bad in ["\"Mr. J <sip:j@b>", "<sip:j@b", "<>", "\"x\"", "", "sip:a b@c", "J <sip:a> x"] {
        assert_eq!(NameAddr::parse(bad), None, "{bad}");
    }
    assert_eq!(lack(&[("To", "\"Mr. J <sip:j@b>")]), Some(Lack(name::TO)));
}

#[test]
fn numbers_beyond_all_bounds_are_refused_or_the_largest() {
    assert_eq!(lack(&[("CSeq", "36893488147419103232 METHOD")]), Some(Lack(name::CSEQ)));
    assert_eq!(lack(&[("CSeq", "2147483648 METHOD")]), Some(Lack(name::CSEQ)));
    assert_eq!(CSeq::parse("-1 INVITE"), None);
    assert_eq!(CSeq::parse("+1 INVITE"), None);
    assert_eq!(number("10000000000000000000000000000"), Some(u32::MAX));
    assert_eq!((number("-5"), number(""), number("60;x")), (None, None, Some(60)));
}

#[test]
fn what_is_missing_twice_or_of_another_method_is_named() {
    assert_eq!(lack(&[]), None);
    assert_eq!(lack(&[("CSeq", "9 INVITE")]), Some(Lack(name::CSEQ)));
    assert_eq!(lack(&[("i", "second@10.0.0.7")]), Some(Lack(name::CALL_ID)));
    assert_eq!(lack(&[("t", "<sip:second@10.0.0.7>")]), Some(Lack(name::TO)));
    assert_eq!(lack(&[("Call-ID", "")]), Some(Lack(name::CALL_ID)));
    assert_eq!(lack(&[("Via", "SIP/2.0/UDP")]), Some(Lack(name::VIA)));
    assert_eq!(lack(&[("Via", "SIP/7.0/UDP a;branch=b")]), Some(Lack(name::VIA)));
    assert_eq!(lack(&[("From", "nonsense")]), Some(Lack(name::FROM)));
}

#[test]
fn a_second_message_in_a_datagram_is_not_the_first_s() {
    let first = message("REGISTER", "sip:10.0.0.1", &[("Content-Length", "0")]);
    let second = message("INVITE", "sip:ivm@10.0.0.1", &[]);
    let read = parse(format!("\r\n\r\n{first}{second}").as_bytes()).expect("the first");
    assert_eq!((read.method(), read.body.len()), (Some(&Method::Register), 0));
}

#[test]
fn unknown_schemes_are_kept_but_are_no_sip_address() {
    for target in ["nobodyKnowsThisScheme:totallyopaquecontent", "soap.beep://192.0.2.103:3002"] {
        let read = parse(message("OPTIONS", target, &[]).as_bytes()).expect("a message");
        assert_eq!((read.target(), Uri::parse(target)), (Some(target), None));
    }
    let read = read(&[("To", "isbn:2983792873"), ("From", "<http://www.example.com>;tag=1")]);
    assert_eq!(read.essentials().expect("whole").to.uri, "isbn:2983792873");
}

#[test]
fn a_branch_of_nothing_is_none_and_an_old_one_is_kept() {
    let branch = |value: &str| Via::parse(value).and_then(|via| via.branch());
    assert_eq!(branch("SIP/2.0/UDP 192.0.2.1;branch="), None);
    assert_eq!(branch("SIP/2.0/UDP 192.0.2.1"), None);
    assert_eq!(branch("SIP/2.0/UDP 192.0.2.1;branch=390skdjuw").as_deref(), Some("390skdjuw"));
    let via = Via::parse("SIP/2.0/TLS [2001:db8::9:1]:5061;branch=x").expect("a way");
    assert_eq!((via.port(), via.sent_by.as_str()), (Some(5061), "[2001:db8::9:1]:5061"));
    let via = Via::parse("SIP/2.0/UDP [2001:db8::9:1]").expect("a way");
    assert_eq!(via.port(), None);
}

#[test]
fn an_answer_may_have_no_words_and_any_letters() {
    let text = "SIP/2.0 200 = 2**3 * 5**2 но\r\nVia: x\r\n\r\n";
    assert_eq!(parse(text.as_bytes()).expect("an answer").code(), Some(200));
    for text in ["SIP/2.0 100 \r\nVia: x\r\n\r\n", "SIP/2.0 100\r\nVia: x\r\n\r\n"] {
        assert_eq!(parse(text.as_bytes()).expect("an answer").code(), Some(100));
    }
    let latin = [b"SIP/2.0 486 besch\xe4ftigt\r\n\r\n".as_slice()].concat();
    assert_eq!(parse(&latin).expect("an answer").code(), Some(486));
}

#[test]
fn what_is_no_sip_address_is_none() {
    for bad in [
        "sip:",
        "sip:@b",
        "sip:a@",
        "sip:a@b:x",
        "sip:a@b:70000",
        "sip:a@[::1",
        "sip:a@[x]",
        "sip:a@b c",
        "<sip:a@b>",
        "tel:12",
        "a@b",
        "sip:a@b@c",
        "sip:a@[::1]x",
    ] {
        assert_eq!(Uri::parse(bad), None, "{bad}");
    }
}
