//! Their descriptions: answered, or taken as the answer to ours.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::make::audio;
use super::{Agreed, Keys, Ours, Refusal, Secrecy};
use crate::codec::{CLOCK, Codec};
use crate::rtp::PayloadType;
use crate::sdp::{Crypto, Direction, Media, Profile, Session};

/// The answer to an offer, and what is agreed on by it.
///
/// # Errors
/// Why the offer cannot be taken.
pub fn answer(ours: &Ours, offer: &Session) -> Result<(Session, Agreed), Refusal> {
    // The refusal that came nearest to an agreement says most.
    let mut refusal = Refusal::NoAudio;
    let mut order: Vec<usize> = (0..offer.media.len()).collect();
    order.sort_by_key(|at| offer.media[*at].crypto.is_empty());
    for chosen in order {
        match taken(ours, offer, &offer.media[chosen]) {
            Ok((media, agreed)) => {
                let mut session = Session::new(ours.id, ours.version, ours.address);
                session.media = offer.media.iter().map(refused).collect();
                session.media[chosen] = media;
                return Ok((session, agreed));
            }
            Err(Refusal::NoAudio) => {}
            Err(other) => refusal = other,
        }
    }
    Err(refusal)
}

/// What is agreed on by the answer to our offer.
///
/// # Errors
/// Why the answer cannot be taken.
pub fn conclude(ours: &Ours, offer: &Session, answer: &Session) -> Result<Agreed, Refusal> {
    let (asked, told) = (offer.media.first(), answer.media.first());
    let (asked, told) = asked.zip(told).ok_or(Refusal::NoAudio)?;
    check_kind(told)?;
    let codecs = codecs(told, &ours.codecs);
    let (payload_type, codec) = codecs.first().copied().ok_or(Refusal::NoCodec)?;
    // They may send all that we offered, not only what they like best (RFC 3264, section 5.1).
    let mut receive: BTreeMap<PayloadType, Codec> =
        self::codecs(asked, &ours.codecs).into_iter().collect();
    receive.extend(codecs);
    let keys = match (&asked.profile, told.crypto.as_slice()) {
        (Profile::Savp, [crypto]) if told.profile == Profile::Savp => {
            let own =
                asked.crypto.iter().find(|own| own.tag == crypto.tag).ok_or(Refusal::Misfit)?;
            if own.suite != crypto.suite {
                return Err(Refusal::Misfit);
            }
            Some(keys(ours, crypto).ok_or(Refusal::NotSecret)?)
        }
        (Profile::Savp, _) => return Err(Refusal::NotSecret),
        (Profile::Avp | Profile::Other(_), _) if told.profile == asked.profile => None,
        (Profile::Avp | Profile::Other(_), _) => return Err(Refusal::Misfit),
    };
    let direction = seen(answer.direction(told), asked.direction.unwrap_or_default());
    let is_muxed = asked.is_muxed && told.is_muxed;
    let (remote, control) = places(answer, told, is_muxed, direction)?;
    let events = events(told);
    Ok(Agreed { codec, payload_type, receive, events, remote, control, is_muxed, direction, keys })
}

/// One medium of an offer, taken.
fn taken(ours: &Ours, offer: &Session, media: &Media) -> Result<(Media, Agreed), Refusal> {
    check_kind(media)?;
    let offered = codecs(media, &ours.codecs);
    let best = ours.codecs.iter().find_map(|want| offered.iter().find(|(_, codec)| codec == want));
    let (payload_type, codec) = *best.ok_or(Refusal::NoCodec)?;
    let secret = media.crypto.iter().find_map(|crypto| Some((crypto, keys(ours, crypto)?)));
    if secret.is_none() && (media.profile == Profile::Savp || ours.secrecy == Secrecy::Required) {
        return Err(Refusal::NotSecret);
    }
    let direction = seen(offer.direction(media), ours.direction);
    let (remote, control) = places(offer, media, media.is_muxed, direction)?;
    let events = events(media);
    let mut told = audio(ours, &[(payload_type, codec)], events);
    told.profile = media.profile.clone();
    told.direction = Some(direction);
    told.is_muxed = media.is_muxed;
    let keys = secret.map(|(crypto, keys)| {
        told.crypto = vec![Crypto::new(crypto.tag, keys.suite, &ours.master)];
        keys
    });
    // One codec is answered, so that they send no other.
    let receive = BTreeMap::from([(payload_type, codec)]);
    let is_muxed = media.is_muxed;
    Ok((
        told,
        Agreed { codec, payload_type, receive, events, remote, control, is_muxed, direction, keys },
    ))
}

fn check_kind(media: &Media) -> Result<(), Refusal> {
    let is_known = matches!(media.profile, Profile::Avp | Profile::Savp);
    let is_sound = media.kind == "audio" && media.port != 0 && is_known;
    if is_sound { Ok(()) } else { Err(Refusal::NoAudio) }
}

/// A medium that we do not take, in its place (RFC 3264, section 6).
fn refused(media: &Media) -> Media {
    Media::new(&media.kind, 0, media.profile.clone(), media.formats.clone())
}

fn keys(ours: &Ours, crypto: &Crypto) -> Option<Keys> {
    let (suite, theirs) = crypto.key()?;
    // A key that comes back is a mirror, and would let our own packets in again.
    (theirs != ours.master).then(|| Keys { suite, ours: ours.master.clone(), theirs })
}

/// The codecs of theirs that we know, in their order.
fn codecs(media: &Media, known: &[Codec]) -> Vec<(PayloadType, Codec)> {
    let codec = |kind: PayloadType| {
        known.iter().copied().find(|codec| match media.maps.get(&kind) {
            // Some write the rate of G.722 for its clock.
            Some(map) => {
                let is_clock = map.clock == CLOCK || map.clock == codec.rate().hertz();
                map.name.eq_ignore_ascii_case(codec.name()) && is_clock && map.channels == 1
            }
            None => kind == codec.payload_type(),
        })
    };
    media.payload_types().filter_map(|kind| Some((kind, codec(kind)?))).collect()
}

fn events(media: &Media) -> Option<PayloadType> {
    media.payload_types().find(|kind| {
        media.maps.get(kind).is_some_and(|map| {
            map.name.eq_ignore_ascii_case("telephone-event") && map.clock == CLOCK
        })
    })
}

/// Their direction from our side, as far as ours allows it.
fn seen(theirs: Direction, ours: Direction) -> Direction {
    Direction::of(theirs.receives() && ours.sends(), theirs.sends() && ours.receives())
}

type Places = (Option<SocketAddr>, Option<SocketAddr>);

/// Where sound and reports go. They may be nowhere only if we send nothing.
fn places(
    session: &Session,
    media: &Media,
    is_muxed: bool,
    direction: Direction,
) -> Result<Places, Refusal> {
    let Some(ip) = session.address(media) else {
        return if direction.sends() { Err(Refusal::NoAddress) } else { Ok((None, None)) };
    };
    let above = media.control_port.or(media.port.checked_add(1));
    let control = if is_muxed { Some(media.port) } else { above };
    Ok((Some(SocketAddr::new(ip, media.port)), control.map(|port| SocketAddr::new(ip, port))))
}
