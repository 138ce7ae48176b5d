//! Two ends that agree, and some that cannot.

use std::net::SocketAddr;

use super::{Agreed, Ours, Refusal, Secrecy, answer, conclude, offer};
use crate::codec::Codec;
use crate::sdp::{Direction, Session};

fn end(port: u16) -> Ours {
    let address = SocketAddr::from(([192, 0, 2, 1], port));
    Ours::new(7, address, &[port as u8; 30])
}

fn session(lines: &[&str]) -> Session {
    let head = ["v=0", "o=- 1 1 IN IP4 192.0.2.9", "s=-", "c=IN IP4 192.0.2.9", "t=0 0"];
    let text: String = head.iter().chain(lines).flat_map(|line| [line, "\r\n"]).collect();
    Session::parse(text.as_bytes()).expect("sound")
}

/// Over the wire, as it were.
fn again(session: &Session) -> Session {
    Session::parse(session.write().as_bytes()).expect("our own")
}

fn talk(caller: &Ours, called: &Ours) -> Result<(Agreed, Agreed), Refusal> {
    let offered = offer(caller);
    let (answered, theirs) = answer(called, &again(&offered))?;
    Ok((conclude(caller, &offered, &again(&answered))?, theirs))
}

#[test]
fn two_of_us_agree_on_the_best_codec_events_and_one_port() {
    let (ours, theirs) = talk(&end(4_000), &end(5_000)).expect("they can");
    assert_eq!((ours.codec, theirs.codec), (Codec::G722, Codec::G722));
    assert_eq!(ours.remote, Some(SocketAddr::from(([192, 0, 2, 1], 5_000))));
    assert_eq!(theirs.remote, Some(SocketAddr::from(([192, 0, 2, 1], 4_000))));
    assert_eq!((ours.control, theirs.control), (ours.remote, theirs.remote));
    assert!(ours.events.is_some() && ours.events == theirs.events);
    assert!(ours.keys.is_none() && theirs.keys.is_none());
    assert_eq!((ours.receive.len(), theirs.receive.len()), (3, 1));
}

#[test]
fn secrecy_that_one_side_requires_is_there_for_both() {
    let caller = Ours { secrecy: Secrecy::Required, ..end(4_000) };
    let (ours, theirs) = talk(&caller, &end(5_000)).expect("they can");
    let (ours, theirs) = (ours.keys.expect("secret"), theirs.keys.expect("secret"));
    assert_eq!(ours.suite, theirs.suite);
    assert!(ours.ours == theirs.theirs && ours.theirs == theirs.ours && ours.ours != ours.theirs);
    // One who calls in the clear is not taken by one who requires it.
    let called = Ours { secrecy: Secrecy::Required, ..end(5_000) };
    assert_eq!(talk(&end(4_000), &called).map(|_| ()), Err(Refusal::NotSecret));
}

#[test]
fn an_answer_cannot_take_secrecy_away() {
    let caller = Ours { secrecy: Secrecy::Required, ..end(4_000) };
    let offered = offer(&caller);
    let (answered, _) = answer(&end(5_000), &offered).expect("they can");
    let changed = |from: &str, to: &str| {
        let text = answered.write().replace(from, to);
        conclude(&caller, &offered, &Session::parse(text.as_bytes()).expect("sound")).map(|_| ())
    };
    assert_eq!(changed("", ""), Ok(()));
    assert_eq!(changed("RTP/SAVP", "RTP/AVP"), Err(Refusal::NotSecret));
    assert_eq!(changed("a=crypto:", "a=nothing:"), Err(Refusal::NotSecret));
    assert_eq!(changed("a=crypto:1", "a=crypto:3"), Err(Refusal::Misfit));
    assert_eq!(changed("SHA1_80", "SHA1_32"), Err(Refusal::Misfit));
    assert_eq!(changed("inline:", "inline:A"), Err(Refusal::NotSecret));
    // Our own key, sent back.
    let mirrored = conclude(&caller, &offered, &{
        let mut mirrored = answered.clone();
        mirrored.media[0].crypto = offered.media[0].crypto[..1].to_vec();
        mirrored
    });
    assert_eq!(mirrored.map(|_| ()), Err(Refusal::NotSecret));
}

#[test]
fn an_offer_of_both_ways_is_taken_encrypted_and_the_other_is_refused_in_its_place() {
    let key = "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
    let crypto = format!("a=crypto:4 AES_CM_128_HMAC_SHA1_32 {key}");
    let unknown = format!("a=crypto:2 AEAD_AES_256_GCM {key}");
    let offered = session(&[
        "m=video 6000 RTP/AVP 99",
        "m=audio 4000 RTP/AVP 0",
        "m=audio 4002 RTP/SAVP 8 0",
        &unknown,
        &crypto,
    ]);
    let (answered, agreed) = answer(&end(5_000), &offered).expect("they can");
    let ports: Vec<u16> = answered.media.iter().map(|media| media.port).collect();
    assert_eq!(ports, [0, 0, 5_000]);
    assert_eq!(answered.media[0].formats, ["99"]);
    assert_eq!(answered.media[2].crypto[0].tag, 4);
    assert_eq!(agreed.codec, Codec::Pcmu);
    assert!(agreed.keys.is_some());
    assert_eq!(agreed.control, Some(SocketAddr::from(([192, 0, 2, 9], 4_003))));
    // Keys beside a profile in the clear are an offer, too (RFC 8643).
    let (answered, agreed) =
        answer(&end(5_000), &session(&["m=audio 4000 RTP/AVP 0", &crypto])).expect("they can");
    assert!(agreed.keys.is_some() && answered.media[0].crypto.len() == 1);
}

#[test]
fn encryption_that_we_cannot_do_is_refused_and_not_left_out() {
    let key = "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
    let clear_reports = format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 {key} UNENCRYPTED_SRTCP");
    let offered = session(&["m=audio 4002 RTP/SAVP 0", &clear_reports]);
    assert_eq!(answer(&end(5_000), &offered).map(|_| ()), Err(Refusal::NotSecret));
}

#[test]
fn hold_in_all_its_spellings_turns_the_direction_around() {
    for (line, seen) in [
        ("a=sendrecv", Direction::Both),
        ("a=sendonly", Direction::ReceiveOnly),
        ("a=recvonly", Direction::SendOnly),
        ("a=inactive", Direction::Inactive),
        ("c=IN IP4 0.0.0.0", Direction::ReceiveOnly),
    ] {
        let offered = session(&["m=audio 4000 RTP/AVP 0", line]);
        let (answered, agreed) = answer(&end(5_000), &offered).expect("they can");
        assert_eq!(agreed.direction, seen, "{line}");
        assert_eq!(answered.media[0].direction, Some(seen), "{line}");
    }
    let mute = Ours { direction: Direction::SendOnly, ..end(5_000) };
    let (_, agreed) = answer(&mute, &session(&["m=audio 4000 RTP/AVP 0"])).expect("they can");
    assert_eq!(agreed.direction, Direction::SendOnly);
}

#[test]
fn dynamic_numbers_and_odd_spellings_are_understood() {
    let offered = session(&[
        "m=audio 4000 RTP/AVP 18 96 97",
        "a=rtpmap:96 g722/16000/1",
        "a=rtpmap:97 TELEPHONE-EVENT/8000",
    ]);
    let (answered, agreed) = answer(&end(5_000), &offered).expect("they can");
    assert_eq!((agreed.codec, agreed.payload_type.number()), (Codec::G722, 96));
    assert_eq!(agreed.events.map(|kind| kind.number()), Some(97));
    assert_eq!(answered.media[0].formats, ["96", "97"]);
}

#[test]
fn what_cannot_be_taken_is_refused_with_its_reason() {
    let refusal = |lines: &[&str]| answer(&end(5_000), &session(lines)).map(|_| ()).err();
    assert_eq!(refusal(&[]), Some(Refusal::NoAudio));
    assert_eq!(refusal(&["m=video 6000 RTP/AVP 99"]), Some(Refusal::NoAudio));
    assert_eq!(refusal(&["m=audio 0 RTP/AVP 0"]), Some(Refusal::NoAudio));
    assert_eq!(refusal(&["m=audio 4000 RTP/AVPF 0"]), Some(Refusal::NoAudio));
    assert_eq!(refusal(&["m=audio 4000 RTP/AVP 18 3"]), Some(Refusal::NoCodec));
    // A static number that is given another meaning is that meaning.
    let other = ["m=audio 4000 RTP/AVP 0", "a=rtpmap:0 L16/44100/2"];
    assert_eq!(refusal(&other), Some(Refusal::NoCodec));
    let many = ["m=audio 4000 RTP/AVP 0", "c=IN IP4 239.0.0.1/5"];
    assert_eq!(refusal(&many), Some(Refusal::NoAddress));
    let offered = offer(&end(4_000));
    let none = session(&["m=audio 0 RTP/AVP 0"]);
    assert_eq!(conclude(&end(4_000), &offered, &none).map(|_| ()), Err(Refusal::NoAudio));
}
