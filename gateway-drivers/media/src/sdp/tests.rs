//! Descriptions as telephones write them, round trips, and what is none.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::{Strategy, any, prop_assert_eq, prop_oneof, proptest};

use super::{Crypto, Direction, Fault, Host, Map, Media, Origin, Profile, Session};
use crate::rtp::PayloadType;
use crate::srtp::{Master, Suite};

const DESK_PHONE: &str = "v=0\r\n\
    o=- 20518 20518 IN IP4 192.0.2.7\r\n\
    s=SDP data\r\n\
    c=IN IP4 192.0.2.7\r\n\
    b=AS:64\r\n\
    t=0 0\r\n\
    m=audio 11780 RTP/AVP 9 0 8 18 101\r\n\
    a=rtpmap:9 G722/8000\r\n\
    a=rtpmap:0 PCMU/8000\r\n\
    a=rtpmap:8 PCMA/8000\r\n\
    a=rtpmap:18 G729/8000\r\n\
    a=fmtp:18 annexb=no\r\n\
    a=rtpmap:101 telephone-event/8000\r\n\
    a=fmtp:101 0-15\r\n\
    a=ptime:20\r\n\
    a=sendrecv\r\n\
    m=video 11782 RTP/AVP 99\r\n\
    c=IN IP6 2001:db8::1\r\n\
    a=rtpmap:99 H264/90000\r\n\
    a=rtcp:12000 IN IP4 192.0.2.7\r\n";

#[test]
fn a_desk_phones_description_is_understood() {
    let session = Session::parse(DESK_PHONE.as_bytes()).expect("sound");
    assert_eq!((session.origin.id, session.media.len()), (20_518, 2));
    let audio = &session.media[0];
    assert_eq!((audio.kind.as_str(), audio.port, &audio.profile), ("audio", 11_780, &Profile::Avp));
    let types: Vec<u8> = audio.payload_types().map(PayloadType::number).collect();
    assert_eq!(types, [9, 0, 8, 18, 101]);
    let events = PayloadType::new(101).expect("7 bits");
    assert_eq!(audio.maps[&events].name, "telephone-event");
    assert_eq!(audio.parameters[&events], "0-15");
    assert_eq!((audio.ptime, audio.direction), (Some(20), Some(Direction::Both)));
    assert_eq!(session.address(audio), "192.0.2.7".parse().ok());
    assert_eq!(session.address(&session.media[1]), "2001:db8::1".parse().ok());
    assert_eq!(session.media[1].control_port, Some(12_000));
    assert_eq!(Session::parse(session.write().as_bytes()), Ok(session));
}

#[test]
fn bare_line_ends_and_a_last_line_without_one_are_taken() {
    let bare = DESK_PHONE.replace("\r\n", "\n");
    assert_eq!(Session::parse(bare.trim_end().as_bytes()), Session::parse(DESK_PHONE.as_bytes()));
}

#[test]
fn what_is_no_description_is_told_why() {
    let fault = |text: &str| Session::parse(text.as_bytes()).err();
    assert_eq!(fault(""), Some(Fault::Version));
    assert_eq!(fault("v=1\r\n"), Some(Fault::Version));
    assert_eq!(fault("v=0\r\ns=-\r\n"), Some(Fault::Origin));
    assert_eq!(fault("v=0\r\no=- 1 x IN IP4 192.0.2.1\r\n"), Some(Fault::Origin));
    let head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n";
    assert_eq!(fault(&format!("{head}nonsense\r\n")), Some(Fault::Line(3)));
    assert_eq!(fault(&format!("{head}a=send\rrecv\r\n")), Some(Fault::Line(3)));
    assert_eq!(fault(&format!("{head}c=IN IP6 192.0.2.1\r\n")), Some(Fault::Connection(3)));
    assert_eq!(fault(&format!("{head}m=audio 70000 RTP/AVP 0\r\n")), Some(Fault::Media(3)));
    assert_eq!(fault(&format!("{head}m=audio 7000 RTP/AVP\r\n")), Some(Fault::Media(3)));
    let many = "m=audio 7000 RTP/AVP 0\r\n".repeat(17);
    assert_eq!(fault(&format!("{head}{many}")), Some(Fault::Many(19)));
    let many = "a=x\r\n".repeat(65);
    assert_eq!(fault(&format!("{head}{many}")), Some(Fault::Many(67)));
    assert_eq!(fault(&"v=0\n".repeat(5_000)), Some(Fault::Long(20_000)));
    assert_eq!(Session::parse(&[b'v', b'=', b'0', 0xff]), Err(Fault::Text));
}

#[test]
fn media_are_sent_to_one_host_only() {
    let with = |host: &str| {
        let text =
            format!("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\nc=IN {host}\r\nm=audio 7000 RTP/AVP 0\r\n");
        let session = Session::parse(text.as_bytes()).expect("sound");
        (session.address(&session.media[0]).is_some(), session.direction(&session.media[0]))
    };
    assert_eq!(with("IP4 192.0.2.1"), (true, Direction::Both));
    assert_eq!(with("IP4 239.1.2.3/127"), (false, Direction::Both));
    assert_eq!(with("IP4 255.255.255.255"), (false, Direction::Both));
    assert_eq!(with("IP4 phone.example"), (false, Direction::Both));
    // The old way to put somebody on hold.
    assert_eq!(with("IP4 0.0.0.0"), (false, Direction::SendOnly));
}

#[test]
fn a_key_is_taken_where_it_protects_whole_packets() {
    let key = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
    let usable = |rest: &str| {
        let line = format!(
            "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\nm=audio 7000 RTP/SAVP 0\r\na=crypto:{rest}\r\n"
        );
        let session = Session::parse(line.as_bytes()).expect("sound");
        session.media[0].crypto.first().map(|crypto| crypto.key().map(|(suite, _)| suite))
    };
    let sha80 = "AES_CM_128_HMAC_SHA1_80";
    assert_eq!(usable(&format!("1 {sha80} inline:{key}")), Some(Some(Suite::Tag80)));
    assert_eq!(usable(&format!("1 {sha80} inline:{key}|2^31 WSH=64")), Some(Some(Suite::Tag80)));
    assert_eq!(
        usable(&format!("9 AES_CM_128_HMAC_SHA1_32 inline:{key}|1048576")),
        Some(Some(Suite::Tag32))
    );
    for refused in [
        format!("1 F8_128_HMAC_SHA1_80 inline:{key}"),
        format!("1 {sha80} inline:{key}|2^20|1:4"),
        format!("1 {sha80} inline:{key}|1:4"),
        format!("1 {sha80} inline:{key}|2^10"),
        format!("1 {sha80} inline:{key};inline:{key}"),
        format!("1 {sha80} inline:{key} UNENCRYPTED_SRTCP"),
        format!("1 {sha80} inline:{key} UNAUTHENTICATED_SRTP"),
        format!("1 {sha80} inline:{key} KDR=3"),
        format!("1 {sha80} inline:{}", &key[..39]),
        format!("1 {sha80} uri:{key}"),
    ] {
        assert_eq!(usable(&refused), Some(None), "{refused}");
    }
    assert_eq!(usable("x y z"), None);
    let master = Master::new(&[7; 30]);
    let crypto = Crypto::new(3, Suite::Tag32, &master);
    assert!(crypto.key() == Some((Suite::Tag32, master)));
    assert!(!format!("{crypto:?}").contains("BwcH"), "a key is shown");
}

#[test]
fn no_value_adds_a_line() {
    let mut session = Session::new(1, 1, [192, 0, 2, 1].into());
    session.name = "a\r\nm=audio 1 RTP/AVP 0".to_owned();
    let read = Session::parse(session.write().as_bytes()).expect("sound");
    assert!(read.media.is_empty());
}

fn word() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9-]{1,12}"
}

fn host() -> impl Strategy<Value = Host> {
    let name = "[a-z][a-z0-9-]{0,8}\\.example".prop_map(Host::Name);
    prop_oneof![
        any::<[u8; 4]>().prop_map(|ip| Host::Ip(ip.into())),
        any::<[u16; 8]>().prop_map(|ip| Host::Ip(ip.into())),
        name
    ]
}

fn direction() -> impl Strategy<Value = Option<Direction>> {
    option::of(
        (any::<bool>(), any::<bool>()).prop_map(|(sends, receives)| Direction::of(sends, receives)),
    )
}

fn payload_type() -> impl Strategy<Value = PayloadType> {
    (0..128u8).prop_map(|number| PayloadType::new(number).expect("7 bits"))
}

/// Attributes that mean nothing here.
fn others() -> impl Strategy<Value = Vec<String>> {
    vec("x-[a-z]{1,8}(:[ -~]{0,12})?", 0..4)
}

fn media() -> impl Strategy<Value = Media> {
    let profile = prop_oneof![
        "RTP/SAVPF|udptl|TCP/RTP/AVP".prop_map(Profile::Other),
        any::<bool>().prop_map(|is_safe| if is_safe { Profile::Savp } else { Profile::Avp })
    ];
    let map = (word(), any::<u32>(), any::<u8>()).prop_map(|(name, clock, channels)| Map {
        name,
        clock,
        channels,
    });
    let crypto = (0..1_000u32, any::<[u8; 15]>()).prop_map(|(tag, half)| {
        let bytes = [half, half].concat();
        let master = Master::new(&bytes.try_into().expect("30 bytes"));
        let mut crypto = Crypto::new(tag, Suite::Tag80, &master);
        crypto.parameters = vec!["WSH=64".to_owned()];
        crypto
    });
    let first = (word(), any::<u16>(), profile, vec(word(), 1..6), option::of(host()), direction());
    let maps = btree_map(payload_type(), map, 0..4);
    let parameters = btree_map(payload_type(), "[!-~]{1,9}( [!-~]{1,9})?", 0..4);
    let rest =
        (option::of(any::<u32>()), vec(crypto, 0..3), option::of(any::<u16>()), any::<bool>());
    (first, maps, parameters, rest, others()).prop_map(|(first, maps, parameters, rest, others)| {
        let (kind, port, profile, formats, host, direction) = first;
        let (ptime, crypto, control_port, is_muxed) = rest;
        Media {
            host,
            direction,
            maps,
            parameters,
            ptime,
            crypto,
            control_port,
            is_muxed,
            others,
            ..Media::new(&kind, port, profile, formats)
        }
    })
}

fn session() -> impl Strategy<Value = Session> {
    let origin = (word(), any::<u64>(), any::<u64>(), host())
        .prop_map(|(user, id, version, host)| Origin { user, id, version, host });
    (origin, "[ -~]{0,20}", option::of(host()), direction(), others(), vec(media(), 0..4)).prop_map(
        |(origin, name, host, direction, others, media)| Session {
            origin,
            name,
            host,
            direction,
            others,
            media,
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(session in session()) {
        prop_assert_eq!(Session::parse(session.write().as_bytes()), Ok(session));
    }

    #[test]
    fn any_change_is_a_description_or_refused(
        changes in vec((0..DESK_PHONE.len(), any::<u8>()), 0..6),
        cut in 0..DESK_PHONE.len(),
    ) {
        let mut bytes = DESK_PHONE.as_bytes().to_vec();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        bytes.truncate(cut);
        if let Ok(session) = Session::parse(&bytes) {
            let written = session.write();
            let again = Session::parse(written.as_bytes());
            prop_assert_eq!(again.map(|session| session.write()), Ok(written));
        }
    }
}
